//! `motd-conformance`: the command line of the judge.

use std::process::ExitCode;

use clap::Parser as _;
use motd_conformance::arguments::Arguments;
use motd_conformance::commands::{self, SuiteExit, SuiteShell};

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let shell = SuiteShell;
    match commands::run(&arguments, &shell) {
        Ok(SuiteExit::Well) => ExitCode::SUCCESS,
        Ok(SuiteExit::NotWell) => ExitCode::FAILURE,
        Err(error) => {
            shell.talk(&format!("error: {error:#}"));
            ExitCode::from(2)
        }
    }
}
