//! `mutants`: whether the cases notice when the reference implementation forgets a check.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use anyhow::{Result, bail};
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

use super::run::{end_on_interrupt, processors};
use super::{Exit, Shell};
use crate::adapter::{self, Messages};
use crate::arguments;
use crate::case::{Case, Vectors};
use crate::judge::{Progress, Seen};
use crate::mutants::{self, Copied, Finding, Outcome, Table, Trial};
use crate::spec;

/// What is said as JSON.
#[derive(Serialize)]
struct Matrix<'a> {
    mutants: usize,
    killed: usize,
    survived: usize,
    no_cases: usize,
    /// Testable requirements without a mutant.
    without: &'a [String],
    /// Cases that passed without any mutant, but not at once. They were left out.
    unsteady: &'a BTreeSet<String>,
    findings: &'a [Finding],
}

pub(super) fn run(arguments: &arguments::Mutants, workspace: &Path, shell: &Shell) -> Result<Exit> {
    let vectors = match &arguments.vectors {
        Some(folder) => Vectors::read(folder)?,
        None => Vectors::compiled_in()?,
    };
    let (blocks, _) = spec::blocks(&spec::compiled_in());
    let table = Table::read(workspace)?;
    let complaints = table.complaints(&blocks);
    if !complaints.is_empty() {
        bail!("{}", complaints.join("\n"));
    }
    let wanted =
        |id: &str| arguments.only.is_empty() || arguments.only.iter().any(|only| only == id);
    if let Some(unknown) = arguments
        .only
        .iter()
        .find(|id| !blocks.iter().any(|block| block.id == **id))
    {
        bail!("there is no requirement {unknown}");
    }
    let having: BTreeSet<&str> = table
        .mutants
        .iter()
        .map(|mutant| mutant.requirement.as_str())
        .collect();
    let without: Vec<String> = mutants::testable(&blocks)
        .filter(|block| wanted(&block.id) && !having.contains(block.id.as_str()))
        .map(|block| block.id.clone())
        .collect();

    let ended = Arc::new(AtomicBool::new(false));
    end_on_interrupt(&ended)?;
    let watching = Watching::new()?;
    watching.bar.set_message("the copy is built");
    watching.bar.enable_steady_tick(Duration::from_millis(100));
    let words = Copied::make(workspace, &table)?.build()?;
    let trial = Trial {
        vectors: &vectors,
        messages: &Messages::compile()?,
        command: adapter::Command {
            words,
            environment: Vec::new(),
            one_process_per_request: false,
            grace: Duration::ZERO,
            longest: None,
        },
        // Most of the time is spent on waiting for limits of time.
        jobs: arguments.jobs.unwrap_or_else(|| 2 * processors()),
        only: arguments.only.clone(),
    };
    watching.bar.set_message("no mutant is on");
    let control = trial.control(&table, &watching, &ended)?;
    if !control.failures.is_empty() {
        watching.bar.finish_and_clear();
        for (case, status, why) in &control.failures {
            shell.data(&format!(
                "{} {case} {}",
                status.as_str(),
                why.as_deref().unwrap_or_default()
            ));
        }
        bail!(
            "nothing is proven: {} cases are no pass without any mutant",
            control.failures.len()
        );
    }
    watching.bar.set_position(0);
    watching.bar.set_length(
        table
            .mutants
            .iter()
            .filter(|mutant| wanted(&mutant.requirement))
            .count() as u64,
    );
    watching.bar.set_message("mutants");
    let findings = trial.run(&table, &control.unsteady, &|_| watching.bar.inc(1), &ended);
    watching.bar.finish_and_clear();

    let count = |outcome| {
        findings
            .iter()
            .filter(|finding| finding.outcome == outcome)
            .count()
    };
    let matrix = Matrix {
        mutants: findings.len(),
        killed: count(Outcome::Killed),
        survived: count(Outcome::Survived),
        no_cases: count(Outcome::NoCases),
        without: &without,
        unsteady: &control.unsteady,
        findings: &findings,
    };
    if arguments.json {
        shell.data(&serde_json::to_string_pretty(&matrix)?);
    } else {
        say(&matrix, control.cases, shell);
    }
    let is_whole = !ended.load(std::sync::atomic::Ordering::SeqCst);
    Ok(Exit::of(
        is_whole && matrix.killed == matrix.mutants && without.is_empty(),
    ))
}

fn say(matrix: &Matrix<'_>, cases: usize, shell: &Shell) {
    for finding in matrix.findings {
        let Finding {
            requirement,
            mutant,
            what,
            ..
        } = finding;
        shell.data(&match (finding.outcome, finding.killers.first()) {
            (Outcome::Killed, Some(first)) => {
                let (killers, tried) = (finding.killers.len(), finding.tried);
                format!("{requirement} {mutant}: killed by {killers} of {tried}, {first}")
            }
            (Outcome::NoCases, _) => format!("{requirement} {mutant}: NO CASES YET ({what})"),
            _ => format!(
                "{requirement} {mutant}: SURVIVED {} ({what})",
                finding.cases
            ),
        });
    }
    for case in matrix.unsteady {
        shell.data(&format!("{case} passes not always, and was left out"));
    }
    for id in matrix.without {
        shell.data(&format!("{id} has no mutant"));
    }
    shell.data(&format!(
        "{} mutants: {} killed, {} survived, {} of requirements that no case cites; {} requirements without a mutant; {cases} cases",
        matrix.mutants, matrix.killed, matrix.survived, matrix.no_cases, matrix.without.len(),
    ));
}

/// Progress on a terminal.
struct Watching {
    bar: ProgressBar,
}

impl Watching {
    fn new() -> Result<Self> {
        let bar = ProgressBar::new(0);
        bar.set_style(ProgressStyle::with_template(
            "{wide_bar} {pos}/{len} {msg}",
        )?);
        Ok(Self { bar })
    }
}

impl Progress for Watching {
    fn begins(&self, cases: usize) {
        self.bar.set_length(cases as u64);
    }

    fn tried(&self, _: &Case, _: &Seen) {
        self.bar.inc(1);
    }
}
