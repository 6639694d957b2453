//! The numbers in `conformance/README.md`, counted and not claimed.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::case::{Case, Side};
use crate::mutants::Table;
use crate::spec::{Block, ConformanceRole};

const BEGIN: &str = "<!-- numbers:begin -->\n";
const END: &str = "<!-- numbers:end -->";

/// The README's path, and its text with the numbers of now between its two marks.
///
/// # Errors
/// When it or the table of mutants cannot be read, or it has no such marks.
pub(crate) fn readme(
    workspace: &Path,
    blocks: &[Block],
    cases: &[Case],
) -> Result<(PathBuf, String)> {
    let path = workspace.join("conformance/README.md");
    let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    let marks = || format!("{}: no numbers:begin and numbers:end", path.display());
    let (before, rest) = text.split_once(BEGIN).with_context(marks)?;
    let (_, after) = rest.split_once(END).with_context(marks)?;
    let table = Table::read(workspace)?;
    let numbers = numbers(blocks, cases, &table);
    Ok((path, format!("{before}{BEGIN}{numbers}{END}{after}")))
}

fn numbers(blocks: &[Block], cases: &[Case], table: &Table) -> String {
    let mut out = String::from(
        "| role | level | requirements | positive cases | negative cases | mutants |\n|---|---|---|---|---|---|\n",
    );
    let mut sums = [0; 4];
    for role in ConformanceRole::ALL {
        let mut levels: Vec<&str> = Vec::new();
        for level in blocks
            .iter()
            .filter(|block| block.role == role)
            .map(|block| block.level.0.as_str())
        {
            if !levels.contains(&level) {
                levels.push(level);
            }
        }
        for level in levels {
            let of_part = |block: &&Block| block.role == role && block.level.0 == level;
            let requirements: Vec<&str> = blocks
                .iter()
                .filter(of_part)
                .map(|block| block.id.as_str())
                .collect();
            let of_side = |side| {
                let counts =
                    |case: &&Case| case.role == role && case.level == level && case.side == side;
                cases.iter().filter(counts).count()
            };
            let mutants = table
                .mutants
                .iter()
                .filter(|mutant| requirements.contains(&mutant.requirement.as_str()))
                .count();
            let row = [
                requirements.len(),
                of_side(Side::Positive),
                of_side(Side::Negative),
                mutants,
            ];
            for (sum, number) in sums.iter_mut().zip(row) {
                *sum += number;
            }
            let [requirements, positive, negative, mutants] = row;
            let _ = writeln!(
                out,
                "| {} | {level} | {requirements} | {positive} | {negative} | {mutants} |",
                role.as_str()
            );
        }
    }
    // A case of a role may stand at a level of which the role has no requirement of its own.
    let [requirements, _, _, mutants] = sums;
    let of_side = |side| cases.iter().filter(|case| case.side == side).count();
    let (positive, negative) = (of_side(Side::Positive), of_side(Side::Negative));
    let _ = writeln!(
        out,
        "| all | | {requirements} | {positive} | {negative} | {mutants} |"
    );
    let by_python_tuf = cases
        .iter()
        .filter(|case| case.id.starts_with("installer/python-tuf/"))
        .count();
    let with_repository = cases
        .iter()
        .filter(|case| {
            case.steps.iter().any(|step| {
                step.serve
                    .as_ref()
                    .is_some_and(|serve| !serve.files.is_empty())
            })
        })
        .count();
    let _ = writeln!(
        out,
        "\nOf the {with_repository} cases in which an installer sees a repository, {by_python_tuf} are made and signed by python-tuf."
    );
    out
}
