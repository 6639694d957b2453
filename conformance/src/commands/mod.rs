//! The commands, one file for each. They print through [`Shell`] alone.

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

pub use exit::Exit;
pub use shell::Shell;

use crate::arguments::{Arguments, Command};

/// Does what the command line says.
///
/// # Errors
/// When a file or the adapter cannot be used.
pub fn run(arguments: &Arguments, shell: &Shell) -> Result<Exit> {
    match &arguments.command {
        Command::Run(run) => run::run(run, shell),
        Command::Matrix(matrix) => matrix::run(matrix, shell),
        Command::CheckAdapter(adapter) => check_adapter::run(adapter, shell),
        Command::List(list) => list::run(list, shell),
        Command::Explain(explain) => explain::run(explain, &arguments.workspace, shell),
        Command::Replay(replay) => replay::run(replay, shell),
        Command::Vectors(vectors) => vectors::run(vectors, shell),
        Command::Report(report) => report::run(report, shell),
        Command::Mutants(mutants) => mutants::run(mutants, &arguments.workspace, shell),
        Command::Generate(generate) => maintain::generate(generate, &arguments.workspace, shell),
        Command::Trace(trace) => maintain::trace(trace, &arguments.workspace, shell),
    }
}
