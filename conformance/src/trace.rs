//! Whether everything that has to name something else does: requirements, code, cases, profiles.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use motd_core::Code;

use crate::case::{Case, Side};
use crate::report::SuiteReport;
use crate::requirements::text_hash;
use crate::spec::{Block, Verification, keywords};

/// The packages that carry requirements out. Tests, benches and this package do not count as a place.
pub const PACKAGES: [&str; 4] = ["motd-core", "motd-client", "motd-server", "motd-cli"];

/// Where an id is named and nothing is carried out: the registry of codes names every requirement, and the demo's
/// attacks name what stops them.
const NO_PLACE: [&str; 2] = ["motd-core/src/code.rs", "motd-cli/src/demo/"];

/// Requirement id to the places, as `path:line`, that name it.
pub type RequirementPlaces = BTreeMap<String, BTreeSet<String>>;

/// Finds every requirement id in the Rust sources of the packages below `workspace`.
///
/// # Errors
/// When a folder or file cannot be read.
pub fn places(workspace: &Path) -> Result<RequirementPlaces> {
    let mut found = RequirementPlaces::new();
    for package in PACKAGES {
        for path in sources(&workspace.join(package).join("src"))? {
            let text =
                std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
            let name = path
                .strip_prefix(workspace)
                .unwrap_or(&path)
                .display()
                .to_string();
            if NO_PLACE.iter().any(|prefix| name.starts_with(prefix)) {
                continue;
            }
            // A test module closes a file; what it cites is no place.
            let code = text.split("#[cfg(test)]").next().unwrap_or_default();
            for (index, line) in code.lines().enumerate() {
                for id in ids(line) {
                    found
                        .entry(id)
                        .or_default()
                        .insert(format!("{name}:{}", index + 1));
                }
            }
        }
    }
    Ok(found)
}

fn sources(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(sources(&path)?);
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// What does not agree between the specification and the code: a requirement without a place, a place that names a
/// requirement which is not there, a reason code that the two sides put under different requirements.
#[must_use]
pub fn complaints(blocks: &[Block], places: &RequirementPlaces) -> Vec<String> {
    let mut out = Vec::new();
    let known: BTreeSet<&str> = blocks.iter().map(|block| block.id.as_str()).collect();
    for block in blocks {
        if !places.contains_key(&block.id) {
            out.push(format!("{} has no place in the code", block.id));
        }
        for code in &block.codes {
            if !Code::ALL.iter().any(|known| known.as_str() == code) {
                out.push(format!(
                    "{} yields the code {code}, which the core does not know",
                    block.id
                ));
            }
        }
    }
    for (id, places) in places {
        if !known.contains(id.as_str()) {
            let places: Vec<_> = places.iter().map(String::as_str).collect();
            out.push(format!(
                "{id} is no requirement, but is named in {}",
                places.join(" ")
            ));
        }
    }
    for code in Code::ALL {
        let listed = |block: &&Block| block.codes.iter().any(|listed| listed == code.as_str());
        let claimed = blocks.iter().find(|block| block.id == code.requirement());
        if !claimed.as_ref().is_some_and(listed) {
            out.push(format!(
                "the code {} claims {}, which does not list it",
                code.as_str(),
                code.requirement()
            ));
        }
    }
    out
}

/// What does not agree between the specification and the cases: a testable MUST without a case of either side, a SHOULD
/// without any, a case that was written for another wording.
#[must_use]
pub fn case_complaints(blocks: &[Block], cases: &[Case]) -> Vec<String> {
    let mut out = Vec::new();
    for block in blocks {
        if block.verification != Verification::Test {
            continue;
        }
        let cites = |case: &&Case| case.requirements.iter().any(|cited| cited.id == block.id);
        let sides: BTreeSet<Side> = cases.iter().filter(cites).map(|case| case.side).collect();
        let is_must = keywords(&block.text)
            .iter()
            .any(|word| word.starts_with("MUST"));
        for side in [Side::Positive, Side::Negative] {
            if is_must && !sides.contains(&side) {
                out.push(format!("{} has no {} case", block.id, side.as_str()));
            }
        }
        if sides.is_empty() && !is_must {
            out.push(format!("{} has no case", block.id));
        }
    }
    for case in cases {
        for cited in &case.requirements {
            match blocks.iter().find(|block| block.id == cited.id) {
                None => out.push(format!(
                    "{} cites {}, which is no requirement",
                    case.id, cited.id
                )),
                Some(block) if text_hash(&block.text) != cited.sha256 => {
                    out.push(format!(
                        "{} was written for another wording of {}",
                        case.id, cited.id
                    ));
                }
                Some(_) => {}
            }
        }
        if case.side == Side::Negative {
            match case
                .base
                .as_ref()
                .map(|base| cases.iter().find(|other| other.id == *base))
            {
                None => out.push(format!("{} is negative and has no base", case.id)),
                Some(None) => out.push(format!("{} stands on a case that is not there", case.id)),
                Some(Some(base)) if base.side == Side::Negative || base.role > case.role => {
                    out.push(format!(
                        "{} stands on {}, which cannot carry it",
                        case.id, base.id
                    ));
                }
                Some(Some(_)) => {}
            }
            if case.fault.is_none() || case.gain.is_none() {
                out.push(format!(
                    "{} is negative and does not say what is wrong, or what is gained",
                    case.id
                ));
            }
        }
    }
    out
}

/// The cases that a whole report says nothing of.
#[must_use]
pub fn unreported(cases: &[Case], report: &SuiteReport) -> Vec<String> {
    let reported: BTreeSet<&str> = report
        .cases
        .iter()
        .map(|case| case.judged.case.as_str())
        .collect();
    cases
        .iter()
        .filter(|case| !reported.contains(case.id.as_str()))
        .map(|case| format!("{} is declared, and the report says nothing of it", case.id))
        .collect()
}

/// The requirement ids in one line: `MOTD-AREA-number`.
fn ids(line: &str) -> Vec<String> {
    line.match_indices("MOTD-")
        .filter_map(|(start, _)| {
            let rest = line.get(start + "MOTD-".len()..)?;
            let area: String = rest.chars().take_while(char::is_ascii_uppercase).collect();
            let number = rest.get(area.len()..)?.strip_prefix('-')?;
            let number: String = number.chars().take_while(char::is_ascii_digit).collect();
            (!area.is_empty() && !number.is_empty()).then(|| format!("MOTD-{area}-{number}"))
        })
        .collect()
}

#[cfg(test)]
mod tests;
