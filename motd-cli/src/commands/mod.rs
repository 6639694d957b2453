//! The commands: each parses nothing, calls the libraries, and says what they said.

mod acknowledge;
pub(crate) mod check;
mod config;
mod lint;
mod list;
mod manual;
mod preview;
pub(crate) mod publish;
pub(crate) mod repo;
mod run;
mod serve;
mod source;

use std::io::Read as _;
use std::path::Path;
use std::time::SystemTime;

use anyhow::{Context as _, Result};
use motd_core::Time;

use crate::arguments::{Command, Repo};
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
        Command::Lint(arguments) => lint::run(&arguments, shell),
        Command::Preview(arguments) => preview::run(&arguments, shell),
        Command::Repo(Repo::Init(arguments)) => repo::init(&arguments, shell),
        Command::Repo(Repo::Renew(arguments)) => repo::renew(&arguments, shell),
        Command::Publish(arguments) => publish::run(&arguments, shell),
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

/// The longest file that a person wrote: a notice, or a document in any form.
const FILE_BYTES: u64 = 4 * 1024 * 1024;

/// The bytes of such a file.
fn file(path: &Path) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    fs_err::File::open(path)?
        .take(FILE_BYTES + 1)
        .read_to_end(&mut bytes)?;
    anyhow::ensure!(
        u64::try_from(bytes.len())? <= FILE_BYTES,
        "{}: longer than {FILE_BYTES} bytes",
        path.display()
    );
    Ok(bytes)
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
