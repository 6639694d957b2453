//! `motd check`: asks a repository, and shows what concerns this machine.

use std::time::Duration;

use anyhow::{Context as _, Result};
use motd_client::{
    CheckConfig, Failure, Installer, Report, SeenStore, Source, State, Surroundings, Switch,
    Terminal, check_blocking, decisions, default_state_dir, rollout_secret, write_to_terminal,
};
use motd_core::{
    Code, Components, Environment, LanguageRange, Mode, SeenState, Time, posix_language, to_json,
};
use serde_json::{Value, json};

use super::now;
use crate::arguments::Check;
use crate::exit::Exit;
use crate::shell::Shell;

pub(super) fn run(arguments: &Check, shell: &mut Shell) -> Result<Exit> {
    // MOTD-OFF-1: before anything is read or sent.
    if Surroundings::of_this_process(false).switch == Switch::Off {
        shell.talk("notices are switched off (MOTD=off)");
        return Ok(Exit::Well);
    }
    check(arguments, now(arguments.now)?, shell)
}

/// The check itself, at this reference time (MOTD-GATE-1: fixed once).
pub(crate) fn check(arguments: &Check, now: Time, shell: &mut Shell) -> Result<Exit> {
    let folder = arguments
        .state_dir
        .clone()
        .map_or_else(default_state_dir, Ok)?;
    let report = check_blocking(&config(arguments, &folder, now)?)?;
    // The state folder may be unusable: then nothing was seen and nothing is recorded, which the report says.
    let store = SeenStore::open(&folder, &arguments.repository).ok();
    let seen = store
        .as_ref()
        .and_then(|store| store.load().ok())
        .map(|(seen, _)| seen)
        .unwrap_or_default();
    let components = components(&arguments.components)?;
    let environment = environment(arguments, &components, &folder, now);
    if arguments.json {
        shell.json(&as_json(arguments, &report, &seen, &environment))?;
    } else {
        show(
            arguments,
            &report,
            &seen,
            &environment,
            store.as_ref(),
            shell,
        )?;
    }
    Ok(Exit::from_status(report.exit_status()))
}

fn config(arguments: &Check, folder: &std::path::Path, now: Time) -> Result<CheckConfig> {
    // MOTD-BOOT-1: root and identifier are arguments; nothing from the network takes their place.
    let root = fs_err::read(&arguments.root)?;
    let installer = Installer::new("motd", env!("CARGO_PKG_VERSION"))?;
    let config = CheckConfig::new(
        root,
        arguments.repository.clone(),
        arguments.metadata_url.clone(),
        installer,
        now,
    )?
    .with_state_dir(folder)
    .with_deadline(Duration::from_secs(arguments.timeout.into()));
    Ok(match &arguments.targets_url {
        Some(url) => config.with_targets_url(url.clone())?,
        None => config,
    })
}

/// `purl@version` for each.
fn components(given: &[String]) -> Result<Components> {
    let mut components = Components::new();
    for component in given {
        let (purl, version) = component
            .rsplit_once('@')
            .filter(|(purl, version)| !purl.is_empty() && !version.is_empty())
            .with_context(|| {
                format!("{component}: not a purl with a version such as pkg:pypi/pip@24.0")
            })?;
        anyhow::ensure!(
            components.add(purl, version),
            "{purl}: not a purl such as pkg:pypi/pip"
        );
    }
    Ok(components)
}

fn environment<'a>(
    arguments: &Check,
    components: &'a Components,
    folder: &std::path::Path,
    now: Time,
) -> Environment<'a> {
    Environment {
        components,
        os: Some(
            arguments
                .os
                .clone()
                .unwrap_or_else(|| std::env::consts::OS.to_owned()),
        ),
        arch: Some(
            arguments
                .arch
                .clone()
                .unwrap_or_else(|| std::env::consts::ARCH.to_owned()),
        ),
        command: arguments.command.clone(),
        languages: languages(arguments),
        now,
        rollout_secret: rollout_secret(folder).ok(),
    }
}

fn languages(arguments: &Check) -> Vec<LanguageRange> {
    if !arguments.languages.is_empty() {
        return arguments.languages.clone();
    }
    let variable = |name| std::env::var(name).ok();
    let (all, messages, lang) = (
        variable("LC_ALL"),
        variable("LC_MESSAGES"),
        variable("LANG"),
    );
    posix_language(all.as_deref(), messages.as_deref(), lang.as_deref())
        .map(LanguageRange::from)
        .into_iter()
        .collect()
}

fn as_json(
    arguments: &Check,
    report: &Report,
    seen: &SeenState,
    environment: &Environment<'_>,
) -> Value {
    let run = decisions(
        &sources(arguments, report, seen),
        environment,
        Terminal::default(),
        Mode::Automatic,
    );
    json!({
        "state": report.state.as_str(),
        "failure": report.failure.map(|failure| json!({
            "stage": failure.stage.as_str(),
            "code": failure.code.as_str(),
        })),
        "notices": run.decisions.iter().map(|(_, decision)| to_json(decision)).collect::<Vec<_>>(),
        "requests": report.requests,
        "round_trips": report.round_trips,
        "bytes": report.bytes,
        "warnings": report.warnings.iter().map(|warning| warning.fact()).collect::<Vec<_>>(),
    })
}

fn sources<'a>(arguments: &'a Check, report: &'a Report, seen: &'a SeenState) -> Vec<Source<'a>> {
    let document = report.document.as_ref();
    document
        .map(|document| Source {
            name: &arguments.source,
            document,
            seen,
        })
        .into_iter()
        .collect()
}

fn show(
    arguments: &Check,
    report: &Report,
    seen: &SeenState,
    environment: &Environment<'_>,
    store: Option<&SeenStore>,
    shell: &mut Shell,
) -> Result<()> {
    for warning in &report.warnings {
        shell.talk(&format!("warning: {}", warning.fact()));
    }
    // MOTD-GATE-9: a mirror that is behind is not worth a word as long as something newer is held.
    let quiet =
        |failure: &Failure| failure.code == Code::StaleMirror && report.state == State::Cached;
    if let Some(failure) = report.failure.filter(|failure| !quiet(failure)) {
        // MOTD-FAIL-2: one line of fixed words.
        shell.talk(&format!("{}: {failure}", arguments.source));
    }
    if let Some(until) = report.held_until {
        shell.talk(&format!(
            "{}: the repository asked not to be asked before {until}",
            arguments.source
        ));
    }
    let sources = sources(arguments, report, seen);
    let terminal = Terminal::new(shell.columns(), arguments.plain);
    let run = decisions(&sources, environment, terminal, Mode::Automatic);
    let written = write_to_terminal(
        &run,
        environment,
        terminal,
        "motd check --json",
        shell.out(),
    );
    // MOTD-REP-8: only what a person saw on a terminal was seen.
    if let Some(store) = store.filter(|_| shell.is_terminal()) {
        let shown: Vec<_> = written.into_iter().map(|(_, shown)| shown).collect();
        store.prune(environment.now)?;
        store.record_shown(&shown, environment.now)?;
    }
    Ok(())
}
