//! `motd`: authenticated notices for people who run an installer. Glue: parse, call the libraries, print.

mod arguments;
mod commands;
#[expect(
    clippy::indexing_slicing,
    reason = "the demo indexes JSON and arrays that it made itself; a read of foreign JSON by index gives null"
)]
mod demo;
mod exit;
mod shell;

use std::process::ExitCode;

use clap::Parser as _;

use arguments::Arguments;
use shell::Shell;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let mut shell = Shell::process();
    match commands::run(arguments.command, &mut shell) {
        Ok(exit) => exit.into(),
        Err(error) => {
            shell.talk(&format!("error: {error:#}"));
            ExitCode::FAILURE
        }
    }
}
