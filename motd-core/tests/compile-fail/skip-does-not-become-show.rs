//! A decision can be withheld, and never the other way round.

use motd_core::{Decision, ShowReason, Verdict};

fn show(decision: &mut Decision<'_>) {
    decision.verdict = Verdict::Show(ShowReason::New);
}

fn main() {}
