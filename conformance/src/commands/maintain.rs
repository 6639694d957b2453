//! `generate` and `trace`: what holds the project itself together.

use std::path::Path;

use anyhow::Result;

use super::{SuiteExit, SuiteShell};
use crate::arguments::{GenerateArguments, TraceArguments};
use crate::case::Vectors;
use crate::profile::Profiles;
use crate::report::SuiteReport;
use crate::{golden, spec, trace};

pub(super) fn generate(
    arguments: &GenerateArguments,
    workspace: &Path,
    shell: &SuiteShell,
) -> Result<SuiteExit> {
    if !arguments.check {
        golden::write(workspace)?;
        if arguments.freeze {
            golden::freeze(workspace)?;
        }
        return Ok(SuiteExit::Well);
    }
    let stale = golden::stale(workspace)?;
    for path in &stale {
        shell.data(&format!(
            "{} is stale; run `motd-conformance generate`",
            path.display()
        ));
    }
    Ok(SuiteExit::of(stale.is_empty()))
}

pub(super) fn trace(
    arguments: &TraceArguments,
    workspace: &Path,
    shell: &SuiteShell,
) -> Result<SuiteExit> {
    let (blocks, faults) = spec::blocks(&spec::chapters(&workspace.join("spec"))?);
    let places = trace::places(workspace)?;
    for block in &blocks {
        let places: Vec<_> = places
            .get(&block.id)
            .into_iter()
            .flatten()
            .cloned()
            .collect();
        shell.data(&format!("{} {}", block.id, places.join(" ")));
    }
    let mut complaints: Vec<_> = faults.iter().map(ToString::to_string).collect();
    complaints.extend(trace::complaints(&blocks, &places));
    let vectors = Vectors::read(&workspace.join(golden::VECTORS))?;
    complaints.extend(trace::case_complaints(&blocks, &vectors.cases));
    let now = Profiles::of(&blocks, &vectors.cases)?;
    complaints.extend(Profiles::frozen()?.complaints(&now));
    for path in &arguments.report {
        let report: SuiteReport = super::report::read(path)?;
        complaints.extend(trace::unreported(&vectors.cases, &report));
    }
    for complaint in &complaints {
        shell.data(complaint);
    }
    Ok(SuiteExit::of(complaints.is_empty()))
}
