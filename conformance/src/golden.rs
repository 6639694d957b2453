//! Files that are generated from the specification, the core types and the generators of cases, kept in version control
//! and compared.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::case::Vectors;
use crate::profile::{self, Profiles};
use crate::{cases, disk, numbers, report, requirements, spec};

/// Where the vectors are.
pub const VECTORS: &str = "conformance/vectors";

/// A generated file: where it belongs, and what it holds.
#[derive(Debug)]
pub struct Golden {
    /// Path of the file.
    pub path: PathBuf,
    /// The whole file.
    pub bytes: Vec<u8>,
}

/// Makes every golden of this package for the workspace.
///
/// # Errors
/// When the specification cannot be read or breaks its own rules; then nothing is made.
pub fn all(workspace: &Path) -> Result<Vec<Golden>> {
    let folder = workspace.join("spec");
    let (blocks, faults) = spec::blocks(&spec::chapters(&folder)?);
    if !faults.is_empty() {
        let lines: Vec<_> = faults.iter().map(ToString::to_string).collect();
        bail!(
            "the specification breaks its own rules:\n{}",
            lines.join("\n")
        );
    }
    let examples = spec::examples(&spec::chapters(&folder)?);
    let vectors = cases::all(
        &blocks,
        &examples,
        &spec::registered(&folder, "ci-variables")?,
    )?;
    let (path, text) = numbers::readme(workspace, &blocks, &vectors.cases)?;
    let readme = Golden {
        path,
        bytes: text.into_bytes(),
    };
    let vectors = vectors.to_files()?;
    let vectors = vectors.into_iter().map(|(path, bytes)| Golden {
        path: workspace.join(VECTORS).join(path),
        bytes,
    });
    let schema = serde_json::to_string_pretty(&motd_core::notices_schema())? + "\n";
    let report = serde_json::to_string_pretty(&report::report_schema())? + "\n";
    let requirements = requirements::to_json(&blocks)?.into_bytes();
    let copy = |name: &str, bytes: Vec<u8>| Golden {
        path: workspace.join("conformance/copies").join(name),
        bytes,
    };
    let schemas_and_requirements = [
        copy("requirements.json", requirements.clone()),
        copy("LICENSE-APACHE", read(&workspace.join("LICENSE-APACHE"))?),
        copy("LICENSE-MIT", read(&workspace.join("LICENSE-MIT"))?),
        Golden {
            path: folder.join("requirements.json"),
            bytes: requirements,
        },
        Golden {
            path: folder.join("schema").join("notices.schema.json"),
            bytes: schema.into_bytes(),
        },
        Golden {
            path: workspace.join("conformance/protocol/report.schema.json"),
            bytes: report.into_bytes(),
        },
    ];
    Ok(schemas_and_requirements
        .into_iter()
        .chain([readme])
        .chain(vectors)
        .collect())
}

fn read(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).with_context(|| path.display().to_string())
}

/// Writes every golden.
///
/// # Errors
/// As [`all`], and when a file cannot be written.
pub fn write(workspace: &Path) -> Result<()> {
    let goldens = all(workspace)?;
    for path in strays(workspace, &goldens) {
        std::fs::remove_file(&path).with_context(|| path.display().to_string())?;
    }
    for golden in goldens {
        disk::write(&golden.path, &golden.bytes)?;
    }
    Ok(())
}

/// Freezes the cases as they are written now.
///
/// # Errors
/// When the vectors cannot be read or the file cannot be written.
pub fn freeze(workspace: &Path) -> Result<()> {
    let (blocks, _) = spec::blocks(&spec::chapters(&workspace.join("spec"))?);
    let vectors = Vectors::read(&workspace.join(VECTORS))?;
    let path = workspace.join(profile::PATH);
    let text = Profiles::of(&blocks, &vectors.cases)?.to_toml()?;
    std::fs::write(&path, text).with_context(|| path.display().to_string())
}

/// The goldens that are missing or differ from what would be written now, and files that nobody writes any more.
///
/// # Errors
/// As [`all`].
pub fn stale(workspace: &Path) -> Result<Vec<PathBuf>> {
    let goldens = all(workspace)?;
    let mut stale = strays(workspace, &goldens);
    let differs =
        |golden: &Golden| std::fs::read(&golden.path).ok().as_ref() != Some(&golden.bytes);
    stale.extend(
        goldens
            .into_iter()
            .filter(differs)
            .map(|golden| golden.path),
    );
    Ok(stale)
}

/// Vectors that no generator makes any more.
fn strays(workspace: &Path, goldens: &[Golden]) -> Vec<PathBuf> {
    let made: BTreeSet<&Path> = goldens.iter().map(|golden| golden.path.as_path()).collect();
    let mut folders = vec![workspace.join(VECTORS)];
    let mut strays = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if !made.contains(path.as_path())
                && path.extension().is_none_or(|end| end != "md")
            {
                strays.push(path);
            }
        }
    }
    strays.sort();
    strays
}
