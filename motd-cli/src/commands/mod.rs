//! The commands: each parses nothing, calls the libraries, and says what they said.

mod acknowledge;
mod attach;
pub(crate) mod check;
mod config;
mod diff;
mod discard;
mod doctor;
mod held;
mod key;
mod lint;
mod list;
mod log;
mod manual;
mod new;
mod preview;
mod propose;
pub(crate) mod publish;
mod published;
pub(crate) mod repo;
mod review;
mod rotate;
mod run;
mod serve;
mod sign;
mod source;
mod views;
mod who;
mod withdraw;

use std::path::Path;
use std::time::SystemTime;

use anyhow::{Context as _, Result};
use motd_client::{Failure, Report, SeenStore};
use motd_core::{Shown, Time};
use motd_server::store::{Location, S3Settings, Store};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::arguments::{Command, Repo};
use crate::bounded::bounded;
use crate::demo;
use crate::exit::Exit;
use crate::shell::Shell;

/// What an explicit command says when notices are switched off. Chapter 6, section 6.13.
const OFF: &str = "notices are switched off (MOTD=off)";
const OFF_BY_CONFIGURATION: &str =
    "notices are switched off (display = \"off\" in the configuration)";

/// Runs one command.
pub(crate) fn run(command: Command, shell: &mut Shell) -> Result<Exit> {
    match command {
        Command::New(arguments) => new::run(&arguments, shell),
        Command::Lint(arguments) => lint::run(&arguments, shell),
        Command::Preview(arguments) => preview::run(&arguments, shell),
        Command::Who(arguments) => who::run(&arguments, shell),
        Command::Repo(Repo::Init(arguments)) => repo::init(&arguments, shell),
        Command::Repo(Repo::Renew(arguments)) => repo::renew(&arguments, shell),
        Command::Key(arguments) => key::run(&arguments, shell),
        Command::Repo(Repo::Rotate(arguments)) => rotate::run(&arguments, shell),
        Command::Publish(arguments) => publish::run(&arguments, shell),
        Command::Diff(arguments) => diff::run(&arguments, shell),
        Command::Propose(arguments) => propose::run(&arguments, shell),
        Command::Review(arguments) => review::run(&arguments, shell),
        Command::Sign(arguments) => sign::run(&arguments, shell),
        Command::Discard(arguments) => discard::run(&arguments, shell),
        Command::Log(arguments) => log::run(&arguments, shell),
        Command::Withdraw(arguments) => withdraw::run(&arguments, shell),
        Command::Doctor(arguments) => doctor::run(&arguments, shell),
        Command::Attach(arguments) => attach::run(&arguments, shell),
        Command::Serve(arguments) => serve::run(&arguments, shell),
        Command::Run(arguments) => run::run(arguments, shell),
        Command::List(arguments) => list::run(&arguments, shell),
        Command::Source(arguments) => source::run(arguments, shell),
        Command::Config(arguments) => config::run(&arguments, shell),
        Command::Check(arguments) => check::run(&arguments, shell),
        Command::Acknowledge(arguments) => acknowledge::run(&arguments, shell),
        Command::Demo(arguments) => demo::run(&arguments, shell),
        Command::Completions { shell: kind } => Ok(manual::completions(kind, shell)),
        Command::Man => manual::page(shell),
    }
}

/// The repository at this place.
pub(crate) fn store(location: &Location) -> Result<Store> {
    Ok(Store::at(location, &s3_settings(location))?)
}

/// How S3 is reached: as the environment says, which is read when there is something to reach.
pub(crate) fn s3_settings(location: &Location) -> S3Settings {
    let variables = std::env::vars_os().filter(|_| location.as_folder().is_none());
    let readable = variables
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    S3Settings::from_variables(readable)
}

/// What storing waits on, in a command that does one thing after the other.
pub(crate) fn runtime() -> Result<Runtime> {
    Ok(tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?)
}

/// The longest file that a person wrote: a notice, or a document in any form.
const FILE_BYTES: u64 = 4 * 1024 * 1024;

/// The bytes of such a file.
fn file(path: &Path) -> Result<Vec<u8>> {
    bounded(fs_err::File::open(path)?, FILE_BYTES)
}

/// A stage and a code, for programs.
fn failure_json(failure: Option<Failure>) -> Value {
    failure.map_or(
        Value::Null,
        |failure| json!({ "stage": failure.stage.as_str(), "code": failure.code.as_str() }),
    )
}

/// The warnings of a report, for programs.
fn warnings_json(report: &Report) -> Value {
    report
        .warnings
        .iter()
        .map(|warning| warning.fact())
        .collect()
}

/// Records what was written to a terminal (MOTD-REP-8). What cannot be recorded was verified and shown all the same: it
/// is shown again, and that is all (MOTD-STATE-4, MOTD-CHECK-1). `warned` says that a line about the state folder was
/// printed before: one is enough.
fn record(store: &SeenStore, shown: &[Shown<'_>], now: Time, warned: bool, shell: &mut Shell) {
    if store.record_shown(shown, now).is_err() && !shown.is_empty() && !warned {
        shell.talk("warning: what was shown could not be recorded, and may be shown again");
    }
}

/// The reference time: the one that was given, or this machine's clock.
pub(crate) fn now(given: Option<Time>) -> Result<Time> {
    if let Some(given) = given {
        return Ok(given);
    }
    let elapsed = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .context("the clock is before 1970")?;
    Time::from_unix_seconds(elapsed.as_secs().try_into()?)
        .context("the clock is after the year 9999")
}
