//! `motd-conformance`: the command line of the judge.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};
use motd_conformance::{golden, spec, trace};

/// Judges implementations of TUF-MOTD against the specification.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// The project's folder, which holds `spec` and the packages.
    #[arg(long, default_value = ".", global = true)]
    workspace: PathBuf,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Writes the files that are generated from the specification and the core types.
    Generate {
        /// Compares instead of writing; exit status 1 when a file is stale.
        #[arg(long)]
        check: bool,
    },
    /// Shows where the code carries each requirement out; exit status 1 when one has no place or none is known.
    Trace,
}

fn main() -> Result<ExitCode> {
    let arguments = Arguments::parse();
    let complaints = match arguments.command {
        Command::Generate { check: false } => {
            golden::write(&arguments.workspace)?;
            Vec::new()
        }
        Command::Generate { check: true } => golden::stale(&arguments.workspace)?
            .into_iter()
            .map(|path| {
                format!(
                    "{} is stale; run `motd-conformance generate`",
                    path.display()
                )
            })
            .collect(),
        Command::Trace => trace_all(&arguments.workspace)?,
    };
    for complaint in &complaints {
        print(complaint);
    }
    Ok(if complaints.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn trace_all(workspace: &Path) -> Result<Vec<String>> {
    let (blocks, faults) = spec::blocks(&spec::chapters(&workspace.join("spec"))?);
    let places = trace::places(workspace)?;
    for block in &blocks {
        let places = places
            .get(&block.id)
            .into_iter()
            .flatten()
            .cloned()
            .collect::<Vec<_>>();
        print(&format!("{} {}", block.id, places.join(" ")));
    }
    let mut complaints: Vec<_> = faults.iter().map(ToString::to_string).collect();
    complaints.extend(trace::complaints(&blocks, &places));
    Ok(complaints)
}

#[expect(
    clippy::print_stdout,
    reason = "the one place of this program that prints"
)]
fn print(line: &str) {
    println!("{line}");
}
