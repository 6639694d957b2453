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

use crate::arguments::MotdCommand;
#[cfg(feature = "publisher")]
use crate::demo;
use crate::exit::Exit;
use crate::shell::Shell;

/// Runs one command.
pub(crate) fn run(command: MotdCommand, shell: &mut Shell) -> Result<Exit> {
    match command {
        #[cfg(feature = "publisher")]
        MotdCommand::Publisher(command) => publisher::run(command, shell),
        MotdCommand::Run(arguments) => run::run(arguments, shell),
        MotdCommand::List(arguments) => list::run(&arguments, shell),
        MotdCommand::Source(arguments) => source::run(arguments, shell),
        MotdCommand::Config(arguments) => config::run(&arguments, shell),
        MotdCommand::Check(arguments) => check::run(&arguments, shell),
        MotdCommand::Acknowledge(arguments) => acknowledge::run(&arguments, shell),
        #[cfg(feature = "publisher")]
        MotdCommand::Demo(arguments) => demo::run(&arguments, shell),
        MotdCommand::Completions { shell: kind } => Ok(manual::completions(kind, shell)),
        MotdCommand::Man => manual::page(shell),
    }
}
