//! `generate` and `trace`: what holds the project itself together.

use std::path::Path;

use anyhow::Result;

use super::{Exit, Shell};
use crate::{golden, spec, trace};

pub(super) fn generate(workspace: &Path, check: bool, shell: &Shell) -> Result<Exit> {
    if !check {
        golden::write(workspace)?;
        return Ok(Exit::Well);
    }
    let stale = golden::stale(workspace)?;
    for path in &stale {
        shell.data(&format!("{} is stale; run `motd-conformance generate`", path.display()));
    }
    Ok(Exit::of(stale.is_empty()))
}

pub(super) fn trace(workspace: &Path, shell: &Shell) -> Result<Exit> {
    let (blocks, faults) = spec::blocks(&spec::chapters(&workspace.join("spec"))?);
    let places = trace::places(workspace)?;
    for block in &blocks {
        let places: Vec<_> = places.get(&block.id).into_iter().flatten().cloned().collect();
        shell.data(&format!("{} {}", block.id, places.join(" ")));
    }
    let mut complaints: Vec<_> = faults.iter().map(ToString::to_string).collect();
    complaints.extend(trace::complaints(&blocks, &places));
    for complaint in &complaints {
        shell.data(complaint);
    }
    Ok(Exit::of(complaints.is_empty()))
}
