//! The table of mutants.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;

use crate::spec::Block;

/// Where the table is.
const FOLDER: &str = "conformance/mutants";

/// One check, switched off.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mutant {
    /// The requirement that it breaks.
    pub requirement: String,
    /// Short words, unique in the table.
    pub id: String,
    /// What is off.
    pub what: String,
    /// The file that is changed, from the project's folder.
    pub file: String,
    /// A text that stands exactly once in it.
    pub find: String,
    /// What stands there instead. The word `MUTANT` is the condition "this mutant is on".
    pub replace: String,
    /// Other places at which the same check is made once more.
    #[serde(default)]
    pub more: Vec<Change>,
}

/// One place at which a check is made.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// As of a [`Mutant`].
    pub file: String,
    /// As of a [`Mutant`].
    pub find: String,
    /// As of a [`Mutant`].
    pub replace: String,
}

impl Mutant {
    /// All its places.
    pub fn changes(&self) -> impl Iterator<Item = Change> {
        let first = Change {
            file: self.file.clone(),
            find: self.find.clone(),
            replace: self.replace.clone(),
        };
        std::iter::once(first).chain(self.more.iter().cloned())
    }
}

/// All mutants, by file of the table and in the order of each.
#[derive(Debug, Clone, Default)]
pub struct Table {
    /// One after the other. The number of a mutant is its place, from 1.
    pub mutants: Vec<Mutant>,
}

/// One file of the table.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Part {
    #[serde(default)]
    mutant: Vec<Mutant>,
}

impl Table {
    /// Reads the table of the project in this folder.
    ///
    /// # Errors
    /// When a file cannot be read or is not of this form, or when an id comes twice.
    pub fn read(workspace: &Path) -> Result<Self> {
        let folder = workspace.join(FOLDER);
        let mut paths = Vec::new();
        for entry in std::fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
            let path = entry?.path();
            if path.extension().is_some_and(|end| end == "toml") {
                paths.push(path);
            }
        }
        paths.sort();
        let mut table = Self::default();
        for path in paths {
            let text =
                std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
            let part: Part = toml::from_str(&text).with_context(|| path.display().to_string())?;
            table.mutants.extend(part.mutant);
        }
        let mut ids = BTreeSet::new();
        for mutant in &table.mutants {
            if !ids.insert(mutant.id.as_str()) {
                bail!("two mutants are called {}", mutant.id);
            }
        }
        Ok(table)
    }

    /// What is wrong with its entries, whatever the sources say: a requirement that does not exist, a replacement
    /// without a condition.
    #[must_use]
    pub fn complaints(&self, blocks: &[Block]) -> Vec<String> {
        let mut out = Vec::new();
        for mutant in &self.mutants {
            if !blocks.iter().any(|block| block.id == mutant.requirement) {
                out.push(format!(
                    "{}: there is no requirement {}",
                    mutant.id, mutant.requirement
                ));
            }
            if !mutant
                .changes()
                .all(|change| change.replace.contains("MUTANT"))
            {
                out.push(format!("{}: nothing depends on MUTANT", mutant.id));
            }
        }
        out
    }

    /// The mutants with their numbers.
    pub fn numbered(&self) -> impl Iterator<Item = (usize, &Mutant)> {
        (1..).zip(&self.mutants)
    }
}
