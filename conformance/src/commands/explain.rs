//! `explain`: everything about a requirement or a case.

use std::path::Path;

use anyhow::{Result, bail};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::{SuiteExit, SuiteShell};
use crate::arguments::ExplainArguments;
use crate::case::{Case, Vectors};
use crate::mutants::Table;
use crate::requirements;
use crate::spec::Block;
use crate::trace;

pub(super) fn run(
    arguments: &ExplainArguments,
    workspace: &Path,
    shell: &SuiteShell,
) -> Result<SuiteExit> {
    let vectors = Vectors::compiled_in()?;
    let blocks = requirements::compiled_in()?;
    if let Some(block) = blocks.iter().find(|block| block.id == arguments.what) {
        requirement(block, &vectors, workspace, shell)?;
    } else if let Some(case) = vectors.case(&arguments.what) {
        shell.data(&serde_json::to_string_pretty(case)?);
        for text in case.steps.iter().filter_map(|step| target(&step.request)) {
            shell.data(&format!("\nthe target's bytes: {text}"));
        }
        for cited in &case.requirements {
            if let Some(block) = blocks.iter().find(|block| block.id == cited.id) {
                shell.data(&format!("\n{}: {}", block.id, block.text));
            }
        }
    } else {
        bail!(
            "there is no requirement and no case called {}",
            arguments.what
        );
    }
    Ok(SuiteExit::Well)
}

fn requirement(
    block: &Block,
    vectors: &Vectors,
    workspace: &Path,
    shell: &SuiteShell,
) -> Result<()> {
    shell.data(&format!(
        "{} · {} · {} · spec/{}",
        block.id,
        block.role.as_str(),
        block.level.0,
        block.chapter
    ));
    shell.data(&block.text);
    if !block.codes.is_empty() {
        shell.data(&format!("codes: {}", block.codes.join(" ")));
    }
    let cites = |case: &&Case| case.requirements.iter().any(|cited| cited.id == block.id);
    for case in vectors.cases.iter().filter(cites) {
        shell.data(&format!(
            "case {} {}: {}",
            case.id,
            case.side.as_str(),
            case.title
        ));
    }
    // Outside of the project there are no mutants and no code to look at.
    if workspace.join("motd-core").is_dir() {
        let table = Table::read(workspace)?;
        for mutant in table
            .mutants
            .iter()
            .filter(|mutant| mutant.requirement == block.id)
        {
            shell.data(&format!("mutant {}: {}", mutant.id, mutant.what));
        }
        for place in trace::places(workspace)?
            .get(&block.id)
            .into_iter()
            .flatten()
        {
            shell.data(&format!("code {place}"));
        }
    }
    Ok(())
}

/// The bytes of a request that are text, shortened.
fn target(request: &Value) -> Option<String> {
    const LONGEST: usize = 2_000;
    let encoded = request
        .get("target")
        .or_else(|| request.get("document"))?
        .as_str()?;
    let text = String::from_utf8(STANDARD.decode(encoded).ok()?).ok()?;
    Some(text.chars().take(LONGEST).collect())
}
