//! `motd list`: all current notices that concern this machine, from what was verified before. Nobody is asked.

use anyhow::Result;
use motd_client::{
    GateState, Report, SeenStore, Source, Surroundings, Switch, Terminal, check_offline, decisions,
    write_to_terminal,
};
use motd_core::{Environment, Mode, SeenState, SourceName, to_json};
use serde_json::{Value, json};

use super::reading::{
    OFF, OFF_BY_CONFIGURATION, TOO_NARROW, failure_json, is_narrow, record, warnings_json,
};
use crate::arguments::ListArguments;
use crate::clock::now;
use crate::exit::Exit;
use crate::installers::Installed;
use crate::machine;
use crate::shell::Shell;
use crate::sources::ConfiguredSources;

/// A source, and what is stored of it.
struct StoredSource<'a> {
    name: &'a SourceName,
    repository: &'a str,
    report: Report,
    store: Option<SeenStore>,
    seen: SeenState,
}

pub(super) fn run(arguments: &ListArguments, shell: &mut Shell) -> Result<Exit> {
    // MOTD-OFF-1: before anything is read.
    if Surroundings::of_this_process(false).switch == Switch::Off {
        shell.talk(OFF);
        return Ok(Exit::Well);
    }
    let configured = ConfiguredSources::read(&arguments.places)?;
    if configured.settings.is_off() {
        shell.talk(OFF_BY_CONFIGURATION);
        return Ok(Exit::Well);
    }
    let now = now(arguments.now)?;
    let state = configured.state()?;
    let (mut stored, mut fault) = (Vec::new(), None);
    for (name, source) in configured.sources(arguments.source.as_ref())? {
        let repository = &source.repository.0;
        let config = match configured.check_config(source, now) {
            Ok(config) => config,
            // The others are shown before it is said.
            Err(error) => {
                fault.get_or_insert(error.context(name.to_string()));
                continue;
            }
        };
        let report = check_offline(&config);
        // Where nothing is stored no folder is made.
        let held = report.document.is_some();
        let store = held.then(|| SeenStore::open(&state, repository).ok());
        let store = store.flatten();
        let seen = store.as_ref().and_then(|store| store.load().ok());
        stored.push(StoredSource {
            name,
            repository: repository.as_str(),
            report,
            store,
            seen: seen.map(|(seen, _)| seen).unwrap_or_default(),
        });
    }
    let installed = Installed::on_this_machine(&configured.settings, &state, now);
    let environment = machine::environment(
        &installed,
        Some(arguments.command.clone()),
        &arguments.languages,
        // Where nothing is stored no secret is made.
        stored
            .iter()
            .any(|stored| stored.store.is_some())
            .then_some(&*state),
        now,
    );
    let columns = shell.columns();
    let plain = shell.is_plain(arguments.plain || configured.settings.is_plain());
    let terminal = Terminal::new(&columns, plain).with_utf8(shell.is_utf8());
    if arguments.json {
        let sources: Vec<_> = stored
            .iter()
            .map(|stored| as_json(stored, &environment))
            .collect();
        shell.json(&json!({ "sources": sources }))?;
    } else {
        show(&stored, &environment, terminal, shell);
    }
    fault.map_or(Ok(Exit::Well), Err)
}

/// The source's document, as the display takes it.
fn source<'a>(stored: &'a StoredSource<'_>) -> Option<Source<'a>> {
    Some(Source {
        name: stored.name,
        document: stored.report.document.as_ref()?,
        seen: &stored.seen,
    })
}

fn show(
    stored: &[StoredSource<'_>],
    environment: &Environment<'_>,
    terminal: Terminal<'_>,
    shell: &mut Shell,
) {
    let sources: Vec<_> = stored.iter().filter_map(source).collect();
    let run = decisions(&sources, environment, terminal, Mode::List);
    if is_narrow(&run) {
        shell.talk(TOO_NARROW);
    }
    let written = write_to_terminal(&run, environment, terminal, None, shell.out());
    if shell.is_terminal() {
        for stored in stored {
            let Some(store) = &stored.store else { continue };
            let ours = written.iter().filter(|(name, _)| name == stored.name);
            let shown: Vec<_> = ours.map(|(_, shown)| *shown).collect();
            // Seen, and charged to no budget.
            let warned = !stored.report.warnings.is_empty();
            record(store, &shown, environment.now, warned, shell);
        }
    }
    for stored in stored {
        for line in standing(stored) {
            shell.talk(&format!("{}: {line}", stored.name));
        }
    }
    if stored.is_empty() {
        shell.talk("no sources; `motd source add` adds one");
    }
}

/// How a source stands: a freeze is not invisible to who asks.
fn standing(stored: &StoredSource<'_>) -> Vec<String> {
    let report = &stored.report;
    let held = match (report.state, report.last_success) {
        (GateState::None, None) => "nothing is stored",
        (GateState::None, Some(_)) => "what is stored has expired or does not verify any more",
        (GateState::Fresh | GateState::Cached, _) => match &report.document {
            Some(document) if document.verified().entries().is_empty() => "nothing to say",
            Some(_) => "verified",
            None if report.failure.is_some() => "verified, and its document was refused",
            None => "nothing to say",
        },
    };
    let success = report.last_success.map_or_else(
        || "no check has completed yet".to_owned(),
        |time| format!("last success {time}"),
    );
    let mut lines = vec![format!("{held}, {success}")];
    // MOTD-FAIL-2: codes and fixed words.
    if let Some(failure) = report.last_failure {
        lines.push(format!("since then: {failure}"));
    }
    if let Some(failure) = report.failure {
        lines.push(failure.to_string());
    }
    lines.extend(
        report
            .warnings
            .iter()
            .map(|warning| format!("warning: {}", warning.fact())),
    );
    lines
}

fn as_json(stored: &StoredSource<'_>, environment: &Environment<'_>) -> Value {
    let sources: Vec<_> = source(stored).into_iter().collect();
    let run = decisions(&sources, environment, Terminal::default(), Mode::List);
    let report = &stored.report;
    json!({
        "name": stored.name.as_str(),
        "repository": stored.repository,
        "state": report.state.as_str(),
        "last_success": report.last_success.map(|time| time.to_string()),
        "last_failure": failure_json(report.last_failure),
        "failure": failure_json(report.failure),
        "notices": run.decisions.iter().map(|(_, decision)| to_json(decision)).collect::<Vec<_>>(),
        "warnings": warnings_json(report),
    })
}
