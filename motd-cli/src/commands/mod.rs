//! The commands: each parses nothing, calls the libraries, and says what they said.

mod acknowledge;
pub(crate) mod check;
mod config;
mod list;
mod manual;
#[cfg(feature = "publisher")]
pub(crate) mod publisher;
mod reading;
mod run;
mod source;

use anyhow::Result;

use crate::arguments::Command;
#[cfg(feature = "publisher")]
use crate::demo;
use crate::exit::Exit;
use crate::shell::Shell;

/// Runs one command.
pub(crate) fn run(command: Command, shell: &mut Shell) -> Result<Exit> {
    match command {
        #[cfg(feature = "publisher")]
        Command::Publisher(command) => publisher::run(command, shell),
        Command::Run(arguments) => run::run(arguments, shell),
        Command::List(arguments) => list::run(&arguments, shell),
        Command::Source(arguments) => source::run(arguments, shell),
        Command::Config(arguments) => config::run(&arguments, shell),
        Command::Check(arguments) => check::run(&arguments, shell),
        Command::Acknowledge(arguments) => acknowledge::run(&arguments, shell),
        #[cfg(feature = "publisher")]
        Command::Demo(arguments) => demo::run(&arguments, shell),
        Command::Completions { shell: kind } => Ok(manual::completions(kind, shell)),
        Command::Man => manual::page(shell),
    }
}
