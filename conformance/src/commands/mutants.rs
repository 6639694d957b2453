//! `mutants`: whether the cases notice when the reference implementation forgets a check.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Result, bail};
use indicatif::{ProgressBar, ProgressStyle};

use super::run::{end_on_interrupt, processors};
use super::{SuiteExit, SuiteShell};
use crate::adapter::{self, Messages};
use crate::arguments;
use crate::case::{Case, Vectors};
use crate::judge::{Progress, Seen};
use crate::mutants::{self, Copied, KillMatrix, Table, Trial};
use crate::requirements;

pub(super) fn run(
    arguments: &arguments::MutantsArguments,
    workspace: &Path,
    shell: &SuiteShell,
) -> Result<SuiteExit> {
    let vectors = match &arguments.vectors {
        Some(folder) => Vectors::read(folder)?,
        None => Vectors::compiled_in()?,
    };
    let blocks = requirements::compiled_in()?;
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
    let watching = MutantProgress::new()?;
    watching.bar.set_message("the copy is built");
    watching.bar.enable_steady_tick(Duration::from_millis(100));
    let words = Copied::make(workspace, &table)?.build()?;
    let trial = Trial {
        vectors: &vectors,
        messages: &Messages::compile()?,
        command: adapter::AdapterCommand {
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

    let partial = !arguments.only.is_empty() || ended.load(Ordering::SeqCst);
    let matrix = KillMatrix::of(findings, control.cases, without, control.unsteady, partial);
    if arguments.json {
        shell.data(&serde_json::to_string_pretty(&matrix)?);
    } else {
        shell.data(&matrix.to_text());
    }
    Ok(SuiteExit::of(
        matrix.is_well() && !ended.load(Ordering::SeqCst),
    ))
}

/// Progress on a terminal.
struct MutantProgress {
    bar: ProgressBar,
}

impl MutantProgress {
    fn new() -> Result<Self> {
        let bar = ProgressBar::new(0);
        bar.set_style(ProgressStyle::with_template(
            "{wide_bar} {pos}/{len} {msg}",
        )?);
        Ok(Self { bar })
    }
}

impl Progress for MutantProgress {
    fn begins(&self, cases: usize) {
        self.bar.set_length(cases as u64);
    }

    fn tried(&self, _: &Case, _: &Seen) {
        self.bar.inc(1);
    }
}
