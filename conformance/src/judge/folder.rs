//! The folder of a case, whose layout only the implementation knows: looked at, kept and disturbed from outside.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::{Context, Result};

use crate::case::{Disturbance, VectorFiles};
use crate::disk;

/// The files of a folder, by their paths in it.
pub(super) type Copy = BTreeMap<PathBuf, Vec<u8>>;

/// What stands in the file to which a [`Disturbance::Link`] leads.
pub(super) const WATCHED: &[u8] = b"this file belongs to somebody else\n";

/// Everything in the folder, links not followed.
pub(super) fn copy(folder: &Path) -> Copy {
    copy_but(folder, None)
}

fn copy_but(folder: &Path, but: Option<&Path>) -> Copy {
    let mut found = Copy::new();
    walk_but(folder, but, &mut |path| {
        if let (Ok(name), Ok(bytes)) = (path.strip_prefix(folder), std::fs::read(path)) {
            found.insert(name.to_owned(), bytes);
        }
    });
    found
}

/// Files and folders by their paths, with what tells whether one was touched: bytes, permissions, time of the last change.
/// Of a folder the time is left out: looking for a file that is not there leaves no trace, and a lock that came and went is
/// none.
pub(super) type Look = BTreeMap<PathBuf, (Vec<u8>, u32, Option<SystemTime>)>;

/// What is in the folder, and how it lies there.
pub(super) fn look(folder: &Path) -> Look {
    let mut found = Look::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(inside) = folders.pop() {
        for entry in std::fs::read_dir(&inside).into_iter().flatten().flatten() {
            let path = entry.path();
            let Ok(metadata) = std::fs::symlink_metadata(&path) else {
                continue;
            };
            let (bytes, time) = if metadata.is_dir() {
                folders.push(path.clone());
                (Vec::new(), None)
            } else {
                (
                    std::fs::read(&path).unwrap_or_default(),
                    metadata.modified().ok(),
                )
            };
            let name = path.strip_prefix(folder).unwrap_or(&path).to_owned();
            found.insert(name, (bytes, permissions(&metadata), time));
        }
    }
    found
}

#[cfg(unix)]
fn permissions(metadata: &std::fs::Metadata) -> u32 {
    use std::os::unix::fs::MetadataExt as _;
    metadata.mode()
}

#[cfg(not(unix))]
fn permissions(metadata: &std::fs::Metadata) -> u32 {
    u32::from(metadata.permissions().readonly())
}

/// Every file of the place but those of the folder.
pub(super) fn around(place: &Path, folder: &Path) -> Copy {
    copy_but(place, Some(folder))
}

/// The paths that are in one of two copies only, or have other bytes.
pub(super) fn changed<'c>(before: &'c Copy, after: &'c Copy) -> Vec<&'c Path> {
    let differs = |path: &&PathBuf| before.get(*path) != after.get(*path);
    let paths: BTreeSet<&PathBuf> = before.keys().chain(after.keys()).collect();
    paths
        .into_iter()
        .filter(differs)
        .map(PathBuf::as_path)
        .collect()
}

/// Why a disturbance would disturb nothing: the folder is empty although something was to be kept in it. What is kept in
/// another place is out of the judge's sight.
pub(super) fn nothing_to_disturb(folder: &Path, disturbance: &Disturbance) -> Option<String> {
    let needs_files = matches!(
        disturbance,
        Disturbance::CorruptAll
            | Disturbance::LinkFiles
            | Disturbance::CorruptOne(0)
            | Disturbance::RemoveOne(0)
    );
    (needs_files && paths(folder).is_empty())
        .then(|| "MOTD-STATE-1: nothing is kept in the folder that was given".to_owned())
}

/// The names of all files and folders in it.
pub(super) fn names(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            found.push(entry.file_name().to_string_lossy().into_owned());
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                folders.push(entry.path());
            }
        }
    }
    found
}

/// Does to the folder what a case says; `copies` are what it held after each step, `watched` is a file outside of it.
///
/// # Errors
/// When this machine does not let the judge do it.
pub(super) fn disturb(
    folder: &Path,
    disturbance: &Disturbance,
    copies: &[Copy],
    watched: &Path,
    files: &VectorFiles,
) -> Result<()> {
    match disturbance {
        Disturbance::CorruptAll => paths(folder).iter().try_for_each(|path| corrupt(path)),
        Disturbance::CorruptOne(number) => paths(folder)
            .get(*number)
            .map_or(Ok(()), |path| corrupt(path)),
        Disturbance::RemoveOne(number) => match paths(folder).get(*number) {
            Some(path) => std::fs::remove_file(path).with_context(|| path.display().to_string()),
            None => Ok(()),
        },
        Disturbance::Restore(step) => {
            let before = copies.get(*step).context("no such step")?;
            for path in paths(folder) {
                std::fs::remove_file(path)?;
            }
            for (name, bytes) in before {
                disk::write(&folder.join(name), bytes)?;
            }
            Ok(())
        }
        Disturbance::LinkFiles => {
            for (index, path) in paths(folder).into_iter().enumerate() {
                let elsewhere = watched.with_file_name(format!("watched-{index}"));
                std::fs::rename(&path, &elsewhere)?;
                link(&elsewhere, &path)?;
            }
            Ok(())
        }
        Disturbance::Put(names) => super::publish::publish(folder, names, files),
        Disturbance::Pad(path, spaces) => super::publish::pad(&folder.join(path), *spaces),
        Disturbance::Link(path) => {
            std::fs::write(watched, WATCHED)?;
            link(watched, &folder.join(path)).with_context(|| path.clone())
        }
        // A superuser may write anywhere, and nobody else may give a folder away.
        Disturbance::Unusable => give_away(folder).or_else(|_| modes(folder, false)),
        Disturbance::ReadOnly => modes(folder, false),
        Disturbance::WritableByOthers => writable_by_others(folder),
    }
}

/// Lets the judge remove the folder again.
pub(super) fn make_writable(folder: &Path) {
    let _ = modes(folder, true);
}

#[cfg(unix)]
fn give_away(folder: &Path) -> Result<()> {
    /// Any user other than this one.
    const NOBODY: u32 = 65_534;
    let owner = |path: &Path| std::os::unix::fs::lchown(path, Some(NOBODY), None);
    owner(folder)?;
    let mut result = Ok(());
    walk(folder, &mut |path| {
        if let Err(error) = owner(path) {
            result = Err(error);
        }
    });
    Ok(result?)
}

#[cfg(unix)]
fn writable_by_others(folder: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = std::fs::Permissions::from_mode(0o777);
    Ok(std::fs::set_permissions(folder, mode)?)
}

#[cfg(not(unix))]
fn give_away(_: &Path) -> Result<()> {
    Ok(())
}

#[cfg(not(unix))]
fn writable_by_others(_: &Path) -> Result<()> {
    Ok(())
}

/// Other bytes in the middle, so that both ends still look right.
fn corrupt(path: &Path) -> Result<()> {
    let mut bytes = std::fs::read(path).unwrap_or_default();
    let middle = bytes.len() / 2;
    for byte in bytes.iter_mut().skip(middle.saturating_sub(4)).take(8) {
        *byte = b'\x01';
    }
    std::fs::write(path, bytes).with_context(|| path.display().to_string())
}

/// All files, by path.
fn paths(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    walk(folder, &mut |path| found.push(path.to_owned()));
    found
}

/// Every file below the folder, links among them but not followed.
fn walk(folder: &Path, found: &mut dyn FnMut(&Path)) {
    walk_but(folder, None, found);
}

/// The same but for one folder in it.
fn walk_but(folder: &Path, but: Option<&Path>, found: &mut dyn FnMut(&Path)) {
    if but == Some(folder) {
        return;
    }
    let mut entries: Vec<_> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .collect();
    entries.sort_by_key(std::fs::DirEntry::path);
    for entry in entries {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            walk_but(&entry.path(), but, found);
        } else {
            found(&entry.path());
        }
    }
}

#[cfg(unix)]
fn link(to: &Path, at: &Path) -> std::io::Result<()> {
    std::os::unix::fs::symlink(to, at)
}

#[cfg(not(unix))]
fn link(_: &Path, _: &Path) -> std::io::Result<()> {
    Err(std::io::Error::other("symbolic links need a POSIX system"))
}

fn modes(folder: &Path, writable: bool) -> Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let (of_folder, of_file) = if writable {
            (0o700, 0o600)
        } else {
            (0o500, 0o400)
        };
        let mut folders = vec![folder.to_owned()];
        while let Some(folder) = folders.pop() {
            if writable {
                std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(of_folder))?;
            }
            for entry in std::fs::read_dir(&folder)? {
                let entry = entry?;
                let kind = entry.file_type()?;
                if kind.is_dir() {
                    folders.push(entry.path());
                } else if kind.is_file() {
                    let mode = std::fs::Permissions::from_mode(of_file);
                    std::fs::set_permissions(entry.path(), mode)?;
                }
            }
            if !writable {
                std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(of_folder))?;
            }
        }
    }
    let _ = (folder, writable);
    Ok(())
}
