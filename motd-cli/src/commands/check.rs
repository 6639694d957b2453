//! `motd check`: asks a repository, and shows what concerns this machine.

use std::time::Duration;

use anyhow::{Context as _, Result};
use motd_client::{
    CheckConfig, Failure, GateState, Report, SeenStore, Source, Surroundings, Switch, Terminal,
    check_blocking, decisions, write_to_terminal,
};
use motd_core::{Code, Environment, Mode, SeenState, SourceName, Stage, Time};

use super::reading::{OFF, OFF_BY_CONFIGURATION, TOO_NARROW, is_narrow, record};
use crate::arguments::CheckArguments;
use crate::clock::now;
use crate::exit::Exit;
use crate::installers::Installed;
use crate::machine;
use crate::shell::Shell;
use crate::sources::{self, ConfiguredSources};

pub(super) fn run(arguments: &CheckArguments, shell: &mut Shell) -> Result<Exit> {
    // MOTD-OFF-1: before anything is read or sent.
    if Surroundings::of_this_process(false).switch == Switch::Off {
        shell.talk(OFF);
        return Ok(Exit::Well);
    }
    check(arguments, now(arguments.now)?, shell)
}

/// What is asked: the arguments, completed by the configuration where they name a source of it.
struct CheckRequest {
    name: SourceName,
    config: CheckConfig,
    installed: Installed,
    plain: bool,
    /// What shows all of it.
    how: &'static str,
}

/// The check itself, at this reference time (MOTD-GATE-1: fixed once).
pub(crate) fn check(arguments: &CheckArguments, now: Time, shell: &mut Shell) -> Result<Exit> {
    let folder = sources::state(arguments.places.state_dir.as_deref())?;
    let Some(asked) = asked(arguments, &folder, now)? else {
        shell.talk(OFF_BY_CONFIGURATION);
        return Ok(Exit::Well);
    };
    let report = check_blocking(&asked.config)?;
    // MOTD-BOOT-1: before the first request nothing but the configured root was looked at.
    if let Some(failure) = report.failure
        && failure.stage == Stage::Root
        && report.requests == 0
        && report.held_until.is_none()
        && failure.code != Code::Connect
    {
        anyhow::bail!(
            "the configured root is not a trusted root of TUF, or not of this repository's chain [{}]",
            failure.code
        );
    }
    // The state folder may be unusable: then nothing was seen and nothing is recorded, which the report says.
    let store = SeenStore::open(&folder, &asked.config.repository).ok();
    let seen = store
        .as_ref()
        .and_then(|store| store.load().ok())
        .map(|(seen, _)| seen)
        .unwrap_or_default();
    let environment = machine::described(&arguments.machine, &asked.installed, Some(&folder), now);
    let columns = shell.columns();
    let terminal = if arguments.json {
        Terminal::default()
    } else {
        Terminal::new(&columns, shell.is_plain(asked.plain)).with_utf8(shell.is_utf8())
    };
    let sources = sources(&asked, &report, &seen);
    let run = decisions(&sources, &environment, terminal, Mode::Automatic);
    // Without a document the clock can be wrong by years.
    let store = store.filter(|_| report.document.is_some());
    if let Some(store) = &store {
        note(store, &run, now);
    }
    if arguments.json {
        shell.json(&report.to_json(&run))?;
    } else {
        talk(&asked, &report, shell);
        let warned = !report.warnings.is_empty();
        let store = store.as_ref().map(|store| (store, warned));
        show(&run, &environment, terminal, asked.how, store, shell);
    }
    Ok(Exit::from_status(report.exit_status()))
}

/// `None` when the configuration switches notices off.
fn asked(
    arguments: &CheckArguments,
    folder: &std::path::Path,
    now: Time,
) -> Result<Option<CheckRequest>> {
    let deadline = Duration::from_secs(arguments.timeout.into());
    let whole = (
        &arguments.root,
        &arguments.repository,
        &arguments.metadata_url,
    );
    let mut asked = if let (Some(root), Some(repository), Some(metadata_url)) = whole {
        // All of it stands here: no configuration is read.
        CheckRequest {
            name: match &arguments.source {
                Some(name) => name.clone(),
                None => "motd".parse()?,
            },
            config: sources::check_config(
                root,
                repository.clone(),
                metadata_url.clone(),
                arguments.targets_url.clone(),
                arguments.in_band,
                now,
            )?,
            installed: Installed::declared(),
            plain: arguments.plain,
            how: "motd check --json",
        }
    } else {
        let name = arguments.source.as_ref();
        let name = name.context("neither --source nor --root")?;
        let configured = ConfiguredSources::read(&arguments.places)?;
        // MOTD-OFF-1.
        if configured.settings.is_off() {
            return Ok(None);
        }
        CheckRequest {
            name: name.clone(),
            config: configured.check_config(configured.source(name)?, now)?,
            installed: Installed::on_this_machine(&configured.settings, folder, now),
            plain: arguments.plain || configured.settings.is_plain(),
            how: "motd list",
        }
    };
    asked.config = asked.config.with_state_dir(folder).with_deadline(deadline);
    for component in &arguments.machine.components {
        asked.installed.declare(&component.purl, &component.version);
    }
    Ok(Some(asked))
}

/// What applies here can be acknowledged from now on. A folder that cannot be written to is the report's to say.
fn note(store: &SeenStore, run: &motd_core::Run<'_, SourceName>, now: Time) {
    let decisions = run.decisions.iter();
    let applicable = decisions.filter_map(|(_, decision)| decision.applicable());
    let _ = store.note(applicable.map(|applicable| applicable.notice()), now);
}

fn sources<'a>(
    asked: &'a CheckRequest,
    report: &'a Report,
    seen: &'a SeenState,
) -> Vec<Source<'a>> {
    let document = report.document.as_ref();
    document
        .map(|document| Source {
            name: &asked.name,
            document,
            seen,
        })
        .into_iter()
        .collect()
}

/// How the check went, where there is a word to say about it.
fn talk(asked: &CheckRequest, report: &Report, shell: &mut Shell) {
    for warning in &report.warnings {
        shell.talk(&format!("warning: {}", warning.fact()));
    }
    // MOTD-GATE-9: a mirror that is behind is not worth a word as long as something newer is held.
    let quiet =
        |failure: &Failure| failure.code == Code::StaleMirror && report.state == GateState::Cached;
    if let Some(failure) = report.failure.filter(|failure| !quiet(failure)) {
        // MOTD-FAIL-2: one line of fixed words. A freeze is not invisible to who asks.
        let since = match report.last_success {
            Some(time) => format!("last success {time}"),
            None => "no success yet".to_owned(),
        };
        shell.talk(&format!("{}: {failure}; {since}", asked.name));
    }
    if let Some(until) = report.held_until {
        shell.talk(&format!(
            "{}: the repository asked not to be asked before {until}",
            asked.name
        ));
    }
}

fn show(
    run: &motd_core::Run<'_, SourceName>,
    environment: &Environment<'_>,
    terminal: Terminal<'_>,
    how: &str,
    store: Option<(&SeenStore, bool)>,
    shell: &mut Shell,
) {
    if is_narrow(run) {
        shell.talk(TOO_NARROW);
    }
    let written = write_to_terminal(run, environment, terminal, Some(how), shell.out());
    // MOTD-REP-8: only what a person saw on a terminal was seen.
    if let Some((store, warned)) = store.filter(|_| shell.is_terminal()) {
        let shown: Vec<_> = written.into_iter().map(|(_, shown)| shown).collect();
        // A time of the future is written back as now (MOTD-REP-6), also when nothing is shown.
        record(store, &shown, environment.now, warned, shell);
    }
}
