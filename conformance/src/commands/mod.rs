//! The commands, one file for each. They print through [`SuiteShell`] alone.

mod check_adapter;
mod exit;
mod explain;
mod list;
mod maintain;
mod matrix;
mod mutants;
mod replay;
mod report;
mod run;
mod shell;
mod vectors;

use anyhow::Result;

pub use exit::SuiteExit;
pub use shell::SuiteShell;

use crate::arguments::{Arguments, SuiteCommand};

/// Does what the command line says.
///
/// # Errors
/// When a file or the adapter cannot be used.
pub fn run(arguments: &Arguments, shell: &SuiteShell) -> Result<SuiteExit> {
    match &arguments.command {
        SuiteCommand::Run(run) => run::run(run, shell),
        SuiteCommand::Matrix(matrix) => matrix::run(matrix, shell),
        SuiteCommand::CheckAdapter(adapter) => check_adapter::run(adapter, shell),
        SuiteCommand::List(list) => list::run(list, shell),
        SuiteCommand::Explain(explain) => explain::run(explain, &arguments.workspace, shell),
        SuiteCommand::Replay(replay) => replay::run(replay, shell),
        SuiteCommand::Vectors(vectors) => vectors::run(vectors, shell),
        SuiteCommand::Report(report) => report::run(report, shell),
        SuiteCommand::Mutants(mutants) => mutants::run(mutants, &arguments.workspace, shell),
        SuiteCommand::Generate(generate) => {
            maintain::generate(generate, &arguments.workspace, shell)
        }
        SuiteCommand::Trace(trace) => maintain::trace(trace, &arguments.workspace, shell),
    }
}
