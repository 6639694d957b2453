//! Small state files: JSON with the version of their format.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::disk::{self, Durability};
use super::{StateFolder, Unusable};
use crate::limits;

/// The format that this version writes.
const FORMAT: u32 = 1;

#[derive(Serialize)]
struct StampedFile<'a, T> {
    format: u32,
    content: &'a T,
}

#[derive(Deserialize)]
struct FormatStamp {
    format: u32,
}

#[derive(Deserialize)]
struct StampedContent<T> {
    content: T,
}

/// What a file says.
pub(crate) enum Kept<T> {
    /// There is none.
    Absent,
    /// It is corrupt, and was set aside. MOTD-STATE-6.
    Corrupt,
    /// This.
    Value(T),
}

/// Reads a small state file. A corrupt one is set aside, so that the next write does not destroy what may be needed
/// to find out what happened.
pub(crate) fn read<T: DeserializeOwned>(
    folder: &StateFolder,
    name: &str,
) -> Result<Kept<T>, Unusable> {
    let bytes = match folder
        .disk()
        .read(&folder.file(name), limits::STATE_FILE_BYTES)
    {
        Ok(Some(bytes)) => bytes,
        Ok(None) => return Ok(Kept::Absent),
        Err(_) => return Ok(set_aside(folder, name)),
    };
    let Ok(FormatStamp { format }) = serde_json::from_slice(&bytes) else {
        return Ok(set_aside(folder, name));
    };
    if format != FORMAT {
        // A newer version's file is left alone.
        return Err(Unusable::NewerFormat);
    }
    match serde_json::from_slice::<StampedContent<T>>(&bytes) {
        Ok(StampedContent { content }) => Ok(Kept::Value(content)),
        Err(_) => Ok(set_aside(folder, name)),
    }
}

/// MOTD-STATE-6: renamed, never deleted and never repaired; and by nobody else than who may write the file.
fn set_aside<T>(folder: &StateFolder, name: &str) -> Kept<T> {
    if !folder.is_locked() {
        return Kept::Corrupt;
    }
    // When even this fails the file is overwritten by the next write, or that fails too.
    let _ = folder
        .disk()
        .rename(&folder.file(name), &folder.file(&format!("{name}.corrupt")));
    Kept::Corrupt
}

/// Writes a small state file.
pub(crate) fn write<T: Serialize>(
    folder: &StateFolder,
    name: &str,
    content: &T,
    outlives: Durability,
) -> std::io::Result<()> {
    write_with_room(folder, name, content, 0, outlives)
}

/// Writes a small state file with so many blanks behind it.
pub(crate) fn write_with_room<T: Serialize>(
    folder: &StateFolder,
    name: &str,
    content: &T,
    room: usize,
    outlives: Durability,
) -> std::io::Result<()> {
    let mut bytes = serde_json::to_vec(&StampedFile {
        format: FORMAT,
        content,
    })?;
    bytes.resize(bytes.len().saturating_add(room), b' ');
    let path = folder.file(name);
    disk::remove_left(folder.disk(), &path);
    folder.disk().write_whole(&path, &bytes, outlives)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::Access;

    #[test]
    fn what_an_earlier_run_left_of_a_file_goes_and_no_other() {
        let state = tempfile::tempdir().unwrap();
        let repository = "example.org".parse().unwrap();
        let folder = StateFolder::open(state.path(), &repository, Access::Check).unwrap();
        let [ours, others] = [".new-a.json-x1", ".new-b.json-x1"].map(|name| folder.file(name));
        for path in [&ours, &others] {
            std::fs::write(path, "half").unwrap();
        }
        write(&folder, "a.json", &1, Durability::Process).unwrap();
        assert!(!ours.exists());
        // Another process can be writing it.
        assert!(others.exists());
    }
}
