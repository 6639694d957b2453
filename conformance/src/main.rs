//! `motd-conformance`: the command line of the judge.

use std::process::ExitCode;

use clap::Parser as _;
use motd_conformance::arguments::Arguments;
use motd_conformance::commands::{self, Exit, Shell};

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let shell = Shell;
    match commands::run(&arguments, &shell) {
        Ok(Exit::Well) => ExitCode::SUCCESS,
        Ok(Exit::NotWell) => ExitCode::FAILURE,
        Err(error) => {
            shell.talk(&format!("error: {error:#}"));
            ExitCode::from(2)
        }
    }
}
