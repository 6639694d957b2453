//! What the commands of those who read notices share.

use motd_client::{Failure, Report, SeenStore};
use motd_core::{Run, Shown, SkipReason, SourceName, Time, Verdict};
use serde_json::{Value, json};

use crate::shell::Shell;

/// What an explicit command says when notices are switched off. Chapter 6, section 6.13.
pub(super) const OFF: &str = "notices are switched off (MOTD=off)";
pub(super) const OFF_BY_CONFIGURATION: &str =
    "notices are switched off (display = \"off\" in the configuration)";

pub(super) const TOO_NARROW: &str = "the terminal is too narrow to show the notices";

/// Whether a notice is not shown for the width of the terminal.
pub(super) fn is_narrow(run: &Run<'_, SourceName>) -> bool {
    let mut decisions = run.decisions.iter();
    decisions.any(|(_, decision)| decision.verdict() == Verdict::Skip(SkipReason::TooNarrow))
}

/// A stage and a code, for programs.
pub(super) fn failure_json(failure: Option<Failure>) -> Value {
    failure.map_or(
        Value::Null,
        |failure| json!({ "stage": failure.stage.as_str(), "code": failure.code.as_str() }),
    )
}

/// The warnings of a report, for programs.
pub(super) fn warnings_json(report: &Report) -> Value {
    report
        .warnings
        .iter()
        .map(|warning| warning.fact())
        .collect()
}

/// Records what was written to a terminal (MOTD-REP-8). What cannot be recorded was verified and shown all the same: it
/// is shown again, and that is all (MOTD-STATE-4, MOTD-CHECK-1). `warned` says that a line about the state folder was
/// printed before: one is enough.
pub(super) fn record(
    store: &SeenStore,
    shown: &[Shown<'_>],
    now: Time,
    warned: bool,
    shell: &mut Shell,
) {
    if store.record_shown(shown, now).is_err() && !shown.is_empty() && !warned {
        shell.talk("warning: what was shown could not be recorded, and may be shown again");
    }
}
