//! Files that are generated from the specification and the core types, kept in version control and compared.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::{requirements, spec};

/// A generated file: where it belongs, and what it holds.
#[derive(Debug)]
pub struct Golden {
    /// Path of the file.
    pub path: PathBuf,
    /// The whole text.
    pub text: String,
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
    let schema = serde_json::to_string_pretty(&motd_core::notices_schema())? + "\n";
    Ok(vec![
        Golden {
            path: folder.join("requirements.json"),
            text: requirements::to_json(&blocks)?,
        },
        Golden {
            path: folder.join("schema").join("notices.schema.json"),
            text: schema,
        },
    ])
}

/// Writes every golden.
///
/// # Errors
/// As [`all`], and when a file cannot be written.
pub fn write(workspace: &Path) -> Result<()> {
    for golden in all(workspace)? {
        std::fs::write(&golden.path, golden.text)
            .with_context(|| golden.path.display().to_string())?;
    }
    Ok(())
}

/// The goldens that are missing or differ from what would be written now.
///
/// # Errors
/// As [`all`].
pub fn stale(workspace: &Path) -> Result<Vec<PathBuf>> {
    let differs = |golden: &Golden| {
        std::fs::read_to_string(&golden.path).ok().as_deref() != Some(&golden.text)
    };
    Ok(all(workspace)?
        .into_iter()
        .filter(differs)
        .map(|golden| golden.path)
        .collect())
}
