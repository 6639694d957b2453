//! Publishing into a folder that a server hands out, as section 7.4 orders it.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result};

use crate::case::VectorFiles;
use crate::disk;

/// The one file that is replaced; until it is, nobody finds the others.
const TIMESTAMP: &str = "metadata/timestamp.json";

/// Writes files, path in the folder to name, `timestamp.json` last and by a rename.
///
/// # Errors
/// When the case names a file that is not there, or this machine does not let the judge write.
pub(super) fn publish(
    folder: &Path,
    names: &BTreeMap<String, String>,
    files: &VectorFiles,
) -> Result<()> {
    let (last, first): (Vec<_>, Vec<_>) = names.iter().partition(|(path, _)| *path == TIMESTAMP);
    for (path, name) in first {
        disk::write(&folder.join(path), bytes(files, name)?)?;
    }
    for (path, name) in last {
        // A name that no server takes for a published file.
        let new = folder.join("metadata/.timestamp.json.new");
        disk::write(&new, bytes(files, name)?)?;
        std::fs::rename(&new, folder.join(path)).context(TIMESTAMP)?;
    }
    Ok(())
}

/// Adds spaces to the end of a file.
///
/// # Errors
/// When there is no such file.
pub(super) fn pad(path: &Path, spaces: usize) -> Result<()> {
    let mut bytes = std::fs::read(path).with_context(|| path.display().to_string())?;
    bytes.resize(bytes.len() + spaces, b' ');
    disk::write(path, &bytes)
}

fn bytes<'a>(files: &'a VectorFiles, name: &str) -> Result<&'a [u8]> {
    files.bytes(name).with_context(|| format!("no file {name}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_come_by_their_names_and_the_timestamp_leaves_nothing_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let mut files = VectorFiles::default();
        let names = BTreeMap::from([
            (TIMESTAMP.to_owned(), files.add(b"{}".to_vec())),
            ("targets/motd/a".to_owned(), files.add(b"[]".to_vec())),
        ]);
        publish(folder.path(), &names, &files).unwrap();
        pad(&folder.path().join("targets/motd/a"), 2).unwrap();
        let found = super::super::folder::copy(folder.path());
        assert_eq!(found.len(), 2);
        assert_eq!(found[Path::new("targets/motd/a")], b"[]  ");
        let nowhere = BTreeMap::from([("a".to_owned(), "nothing.json".to_owned())]);
        assert!(publish(folder.path(), &nowhere, &files).is_err());
    }
}
