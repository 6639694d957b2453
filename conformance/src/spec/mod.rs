//! The specification as its Markdown files say it.

mod block;
mod chapter;
mod example;
mod keyword;

use std::path::Path;

use anyhow::{Context, Result};

pub use block::{Block, ConformanceRole, RequirementLevel, Verification};
pub use chapter::{Chapter, Fault};
pub use example::Example;
pub use keyword::keywords;

/// Reads the chapters of a `spec` folder, by name.
///
/// # Errors
/// When the folder or a file in it cannot be read.
pub fn chapters(folder: &Path) -> Result<Vec<Chapter>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        if path.extension().is_some_and(|end| end == "md") {
            let name = path
                .file_name()
                .map(|name| name.to_string_lossy().into_owned());
            let text =
                std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
            found.push(Chapter {
                name: name.unwrap_or_default(),
                text,
            });
        }
    }
    found.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(found)
}

/// The names that a registry of a `spec` folder lists.
///
/// # Errors
/// When there is no such registry, or an entry has no name.
pub fn registered(folder: &Path, registry: &str) -> Result<Vec<String>> {
    let path = folder.join("registries").join(format!("{registry}.json"));
    let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    let registry: serde_json::Value = serde_json::from_str(&text)?;
    let entries = registry["entries"].as_array().into_iter().flatten();
    entries
        .map(|entry| Ok(entry["name"].as_str().context("no name")?.to_owned()))
        .collect()
}

/// Every requirement block of the chapters, in the order of the text, and every fault of the text: a malformed
/// block, a keyword outside a block, none or two in one, an id that comes twice or leaves a gap.
#[must_use]
pub fn blocks(chapters: &[Chapter]) -> (Vec<Block>, Vec<Fault>) {
    let mut blocks: Vec<Block> = Vec::new();
    let mut faults = Vec::new();
    for chapter in chapters {
        let (found, wrong) = block::read(chapter);
        blocks.extend(found);
        faults.extend(wrong);
        faults.extend(keyword::outside_blocks(chapter));
    }
    faults.extend(block::numbering(&blocks));
    (blocks, faults)
}

/// Every fenced example of the chapters.
#[must_use]
pub fn examples(chapters: &[Chapter]) -> Vec<Example> {
    chapters.iter().flat_map(example::read).collect()
}
