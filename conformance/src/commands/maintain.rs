//! `generate` and `trace`: what holds the project itself together.

use std::path::Path;

use anyhow::Result;

use super::{Exit, Shell};
use crate::arguments::{GenerateArguments, TraceArguments};
use crate::case::Vectors;
use crate::profile::Profiles;
use crate::report::Report;
use crate::{golden, spec, trace};

pub(super) fn generate(
    arguments: &GenerateArguments,
    workspace: &Path,
    shell: &Shell,
) -> Result<Exit> {
    if !arguments.check {
        golden::write(workspace)?;
        if arguments.freeze {
            golden::freeze(workspace)?;
        }
        return Ok(Exit::Well);
    }
    let stale = golden::stale(workspace)?;
    for path in &stale {
        shell.data(&format!(
            "{} is stale; run `motd-conformance generate`",
            path.display()
        ));
    }
    Ok(Exit::of(stale.is_empty()))
}

pub(super) fn trace(arguments: &TraceArguments, workspace: &Path, shell: &Shell) -> Result<Exit> {
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
        let report: Report = super::report::read(path)?;
        complaints.extend(trace::unreported(&vectors.cases, &report));
    }
    for complaint in &complaints {
        shell.data(complaint);
    }
    Ok(Exit::of(complaints.is_empty()))
}
