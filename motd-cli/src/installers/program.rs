//! The program that a command line runs: found before the command starts, and the same file for as long as it is asked.
//!
//! The command can put files of other people in its folders, such as the packages that it installs. What is found there
//! later is code that nobody ran.

use std::ffi::OsStr;
#[cfg(unix)]
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// Device, inode, length, owner, and the times of change of a file: another file in its place differs in one of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Identity(u64, u64, u64, u32, [i64; 4]);

impl Identity {
    #[cfg(unix)]
    fn of(path: &Path) -> Option<Self> {
        use std::os::unix::fs::MetadataExt as _;
        let file = std::fs::metadata(path).ok()?;
        let times = [
            file.mtime(),
            file.mtime_nsec(),
            file.ctime(),
            file.ctime_nsec(),
        ];
        Some(Self(file.dev(), file.ino(), file.len(), file.uid(), times))
    }
}

/// A program as it was when it was found.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Program {
    pub(super) path: PathBuf,
    pub(super) identity: Identity,
    /// The folders where programs are searched: those that it runs itself are found there.
    #[cfg(unix)]
    folders: Vec<(PathBuf, Option<Identity>)>,
}

#[cfg(unix)]
impl Program {
    /// The program that a command's first word names.
    pub(crate) fn named(name: &OsStr) -> Option<Self> {
        Self::found_in(name, &std::env::var_os("PATH").unwrap_or_default())
    }

    /// The program of this name in a list of folders.
    pub(super) fn found_in(name: &OsStr, folders: &OsStr) -> Option<Self> {
        let path = std::path::absolute(find(name, folders)?).ok()?;
        // A relative one is another folder where the program is asked.
        let folders = std::env::split_paths(folders).filter(|folder| folder.is_absolute());
        Some(Self {
            identity: Identity::of(&path)?,
            path,
            folders: folders
                .map(|folder| {
                    let identity = Identity::of(&folder);
                    (folder, identity)
                })
                .collect(),
        })
    }

    /// Whether it is still the same file, and the programs that it runs can be no new ones.
    pub(super) fn is_unchanged(&self) -> bool {
        Identity::of(&self.path).as_ref() == Some(&self.identity)
            && self
                .folders
                .iter()
                .all(|(folder, identity)| Identity::of(folder) == *identity)
    }

    /// Where it finds other programs.
    pub(super) fn search_path(&self) -> OsString {
        std::env::join_paths(self.folders.iter().map(|(folder, _)| folder)).unwrap_or_default()
    }
}

/// The path of a program, found as the system does.
#[cfg(unix)]
pub(crate) fn find(name: &OsStr, folders: &OsStr) -> Option<PathBuf> {
    let is_program = |path: &PathBuf| {
        path.is_file() && rustix::fs::access(path, rustix::fs::Access::EXEC_OK).is_ok()
    };
    if Path::new(name).parent()?.as_os_str().is_empty() {
        std::env::split_paths(folders)
            .map(|folder| folder.join(name))
            .find(is_program)
    } else {
        Some(name.into())
    }
}

/// Nobody is asked where a program does not end with what it started.
#[cfg(not(unix))]
impl Program {
    pub(crate) const fn named(_: &OsStr) -> Option<Self> {
        None
    }

    pub(super) const fn found_in(_: &OsStr, _: &OsStr) -> Option<Self> {
        None
    }
}
