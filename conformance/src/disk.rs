//! What is written to disk, with the folders that it stands in.

use std::path::Path;

use anyhow::{Context, Result};

/// Writes a file, and makes the folders that it needs.
///
/// # Errors
/// When this machine does not let it; the path is named.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    }
    std::fs::write(path, bytes).with_context(|| path.display().to_string())
}
