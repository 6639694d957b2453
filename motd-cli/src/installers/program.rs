//! The program that a command line runs: found before the command starts, and the same file for as long as it is asked.
//!
//! The command can put files of other people in its folders, such as the packages that it installs. What is found there
//! later is code that nobody ran.

use std::ffi::{OsStr, OsString};
#[cfg(unix)]
use std::path::Path;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// The folders where programs are searched when `PATH` is not set: what glibc's `posix_spawnp` takes then, which is
/// `confstr(_CS_PATH)` (`CS_PATH` in its `sysdeps/unix/confstr.h`). An empty list would be the working directory.
const WITHOUT_PATH: &str = "/bin:/usr/bin";

/// The folders where programs are searched.
pub(crate) fn search_folders() -> OsString {
    std::env::var_os("PATH").unwrap_or_else(|| WITHOUT_PATH.into())
}

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

    /// Whether it did not change since this time, in seconds and nanoseconds. No program can set the time of change itself.
    #[cfg(unix)]
    fn is_older(&self, than: (i64, i64)) -> bool {
        let [_, _, seconds, nanoseconds] = self.4;
        // Some file systems count in steps of up to two seconds.
        let is_whole = nanoseconds == 0 && seconds.saturating_add(2) > than.0;
        (seconds, nanoseconds) < than && !is_whole
    }
}

/// A program as it was when it was found.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Program {
    #[cfg_attr(unix, serde(with = "path_bytes"))]
    pub(super) path: PathBuf,
    pub(super) identity: Identity,
    /// The folders where the system searched it, up to its own, and when.
    #[cfg(unix)]
    searched: Vec<Option<Identity>>,
    #[cfg(unix)]
    found: (i64, i64),
    /// The folders where programs are searched: the same for the process that it is sent to.
    #[cfg(unix)]
    #[serde(skip, default = "search_folders")]
    search: OsString,
    /// Those where it finds the programs that it runs itself.
    #[cfg(unix)]
    #[serde(skip)]
    folders: Vec<(PathBuf, Option<Identity>)>,
}

/// Paths that are not UTF-8.
#[cfg(unix)]
mod path_bytes {
    use std::ffi::OsString;
    use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
    use std::path::{Path, PathBuf};

    use serde::{Deserialize as _, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(path: &Path, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(path.as_os_str().as_bytes())
    }

    pub(super) fn deserialize<'a, D: Deserializer<'a>>(from: D) -> Result<PathBuf, D::Error> {
        Ok(OsString::from_vec(Vec::deserialize(from)?).into())
    }
}

#[cfg(unix)]
impl Program {
    /// The program that a command's first word names.
    pub(crate) fn named(name: &OsStr) -> Option<Self> {
        Self::found_in(name, &search_folders())
    }

    /// The program of this name in a list of folders. No file system is asked but those where the system looks for it: another
    /// one may never answer.
    pub(super) fn found_in(name: &OsStr, folders: &OsStr) -> Option<Self> {
        let found = coarse_now();
        let path = find(name, folders)?;
        let own = is_searched(name).then(|| {
            let mut searched = std::env::split_paths(folders);
            searched.position(|folder| folder.join(name) == path)
        });
        if own.is_some() && !path.is_absolute() {
            // The working directory is chosen by whoever made it.
            return None;
        }
        let searched = std::env::split_paths(folders).take(own.flatten().map_or(0, |own| own + 1));
        let path = std::path::absolute(path).ok()?;
        Some(Self {
            identity: Identity::of(&path)?,
            path,
            searched: searched.map(|folder| Identity::of(&folder)).collect(),
            found,
            search: folders.to_owned(),
            folders: Vec::new(),
        })
    }

    /// The same with the folders where it finds other programs, looked at beside the command; nothing when one of them can
    /// have changed since the command's start.
    pub(super) fn with_folders(mut self) -> Option<Self> {
        for (index, folder) in std::env::split_paths(&self.search).enumerate() {
            // A relative one is another folder where the program is asked.
            if folder.is_relative() {
                continue;
            }
            let identity = Identity::of(&folder);
            let is_unchanged = match self.searched.get(index) {
                Some(before) => *before == identity,
                None => identity.as_ref().is_none_or(|now| now.is_older(self.found)),
            };
            if !is_unchanged {
                return None;
            }
            self.folders.push((folder, identity));
        }
        Some(self)
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

/// The clock of the times in files: on Linux it stands still for some milliseconds at a time.
#[cfg(unix)]
fn coarse_now() -> (i64, i64) {
    use rustix::time::{ClockId, clock_gettime};
    #[cfg(target_os = "linux")]
    let clock = ClockId::RealtimeCoarse;
    #[cfg(not(target_os = "linux"))]
    let clock = ClockId::Realtime;
    let now = clock_gettime(clock);
    (now.tv_sec, now.tv_nsec)
}

/// Whether a program of this name is searched in folders.
#[cfg(unix)]
fn is_searched(name: &OsStr) -> bool {
    Path::new(name)
        .parent()
        .is_some_and(|parent| parent.as_os_str().is_empty())
}

/// The path of a program, found as the system does.
#[cfg(unix)]
pub(crate) fn find(name: &OsStr, folders: &OsStr) -> Option<PathBuf> {
    let is_program = |path: &PathBuf| {
        path.is_file() && rustix::fs::access(path, rustix::fs::Access::EXEC_OK).is_ok()
    };
    if is_searched(name) {
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

    pub(super) const fn with_folders(self) -> Option<Self> {
        Some(self)
    }
}
