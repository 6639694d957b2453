//! One repository's folder: whether it can be used, and the lock on it.

#[cfg(unix)]
use std::fs::Metadata;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use motd_core::RepositoryId;
use sha2::{Digest, Sha256};

use super::disk::{self, StateDisk, SystemDisk};
#[cfg(unix)]
use super::owner;
use super::unusable::Unusable;
use crate::Error;

/// What a folder is opened for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// A check: the folder is made when it is missing, and locked where it can be.
    Check,
    /// Reading what whole files say, and changing what has a lock of its own.
    Read,
}

/// One repository's folder, looked at and, for a check, locked.
pub(crate) struct StateFolder {
    path: PathBuf,
    disk: Arc<dyn StateDisk>,
    /// Held until the folder is dropped.
    lock: Option<Lock>,
    /// Why nothing in it can be changed, whoever holds a lock.
    fixed: Option<Unusable>,
    /// Why a check only reads it.
    unlocked: Option<Unusable>,
}

impl StateFolder {
    /// Opens a repository's folder on the machine's disk. One that belongs to this user alone can always be read: what it
    /// says holds, whether or not something can be added (MOTD-STATE-4, MOTD-STATE-7).
    pub(crate) fn open(
        state: &Path,
        repository: &RepositoryId,
        access: Access,
    ) -> Result<Self, Unusable> {
        Self::open_on(Arc::new(SystemDisk), state, repository, access)
    }

    /// The same with another disk for its files.
    pub(crate) fn open_on(
        disk: Arc<dyn StateDisk>,
        state: &Path,
        repository: &RepositoryId,
        access: Access,
    ) -> Result<Self, Unusable> {
        let path = state.join(name(repository));
        require_own_folder(state, access)?;
        require_own_folder(&path, access)?;
        let fixed = [state, &path].map(|folder| require_writable(folder).err());
        let fixed = fixed.into_iter().flatten().next();
        let (mut held, mut unlocked) = (None, None);
        if access == Access::Check {
            match fixed.map_or_else(|| lock(&path.join("lock")), Err) {
                Ok(lock) => held = Some(lock),
                Err(why) => unlocked = Some(why),
            }
        }
        Ok(Self {
            path,
            disk,
            lock: held,
            fixed,
            unlocked,
        })
    }

    /// The folder of a chain in it, to read it; `name` is one of this crate's own.
    pub(super) fn chain(&self, name: &str) -> Result<Self, Unusable> {
        let path = self.path.join(name);
        require_own_folder(&path, Access::Read)?;
        Ok(Self {
            path,
            disk: Arc::clone(&self.disk),
            lock: None,
            fixed: self.fixed,
            unlocked: self.unlocked,
        })
    }

    /// The same with the lock, where it is held; then the folder is made when it is missing.
    pub(super) fn into_chain(self, name: &str) -> Result<Self, Unusable> {
        let access = if self.is_locked() {
            Access::Check
        } else {
            Access::Read
        };
        let path = self.path.join(name);
        let files = path.join("files");
        require_own_folder(&path, access)?;
        let mut fixed = match require_own_folder(&files, access) {
            Ok(()) => None,
            // What lies beside it is read all the same.
            Err(why @ (Unusable::ReadOnly | Unusable::NotAFolder | Unusable::Missing)) => Some(why),
            Err(why) => return Err(why),
        };
        for folder in [&path, &files] {
            fixed = fixed.or(require_writable(folder).err());
        }
        let is_locked = self.is_locked();
        Ok(Self {
            path,
            lock: self.lock.filter(|_| fixed.is_none()),
            unlocked: self.unlocked.or(fixed.filter(|_| is_locked)),
            fixed: self.fixed.or(fixed),
            disk: self.disk,
        })
    }

    /// The path of one of its files; `name` is one of this crate's own.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// The same folder with a lock of its own for some of its files.
    pub(crate) fn locked(&self, name: &str) -> Result<Self, Unusable> {
        let lock = self
            .fixed
            .map_or_else(|| lock(&self.path.join(name)), Err)?;
        Ok(Self {
            path: self.path.clone(),
            disk: Arc::clone(&self.disk),
            lock: Some(lock),
            fixed: None,
            unlocked: None,
        })
    }

    /// The same without the lock: it can be read, and nothing in it is changed.
    pub(crate) fn unlocked(self) -> Self {
        Self { lock: None, ..self }
    }

    /// Whether this process alone may change what a check keeps.
    pub(crate) const fn is_locked(&self) -> bool {
        self.lock.is_some()
    }

    /// Why a check only reads it. MOTD-STATE-4, MOTD-STATE-7.
    pub(crate) const fn why_unlocked(&self) -> Option<Unusable> {
        self.unlocked
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn disk(&self) -> &dyn StateDisk {
        &*self.disk
    }
}

/// MOTD-STATE-5: a hash, and nothing that a configuration or document says.
fn name(repository: &RepositoryId) -> String {
    let mut hash = Sha256::new();
    hash.update(b"tuf-motd-state-v1\0");
    hash.update(repository.as_str());
    hex::encode(hash.finalize())
}

/// A folder of this user alone that is no link; made for a check when it is missing.
pub(crate) fn require_own_folder(folder: &Path, access: Access) -> Result<(), Unusable> {
    require_trusted_way(folder)?;
    let metadata = match std::fs::symlink_metadata(folder) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == ErrorKind::NotFound && access == Access::Check => {
            make(folder).map_err(|_| Unusable::ReadOnly)?;
            std::fs::symlink_metadata(folder).map_err(|_| Unusable::ReadOnly)?
        }
        Err(error) if error.kind() == ErrorKind::NotFound => return Err(Unusable::Missing),
        Err(_) => return Err(Unusable::ReadOnly),
    };
    // MOTD-STATE-3: a link planted here would have root write where another user points.
    if metadata.is_symlink() {
        return Err(Unusable::SymbolicLink);
    }
    if !metadata.is_dir() {
        return Err(Unusable::NotAFolder);
    }
    #[cfg(unix)]
    owner::require_own(&metadata)?;
    Ok(())
}

/// Root may write anywhere; a folder that was made read-only still is.
pub(crate) fn require_writable(folder: &Path) -> Result<(), Unusable> {
    match std::fs::symlink_metadata(folder) {
        Ok(metadata) if !metadata.permissions().readonly() => Ok(()),
        _ => Err(Unusable::ReadOnly),
    }
}

/// Every folder above this one, and every link on the way: nobody but this user and root can put another one in its
/// place. MOTD-STATE-7.
#[cfg(unix)]
fn require_trusted_way(folder: &Path) -> Result<(), Unusable> {
    let absolute = std::path::absolute(folder).map_err(|_| Unusable::ReadOnly)?;
    let above = absolute.parent().unwrap_or(&absolute);
    walk(above, |metadata| {
        if metadata.is_symlink() {
            owner::require_trusted_link(metadata)
        } else if metadata.is_dir() {
            owner::require_trusted_folder(metadata)
        } else {
            Err(Unusable::NotAFolder)
        }
    })
    .map_err(|(_, why)| why)
}

/// Refuses a file or folder that another user can change or replace: by its mode, or by the folders and links above it.
///
/// For keys, trusted roots and proposals. For a process of root the owners are not looked at: a folder of another user is
/// mounted into a container, and root works in it. A part that is missing is no error here, and neither is one that this
/// process cannot look at: what reads it afterwards says so. On Windows nothing is looked at.
///
/// # Errors
///
/// [`Error::WritableByOthers`] and [`Error::OfAnotherUser`], with the file or folder where it is so.
#[cfg(unix)]
pub fn require_trusted_place(path: &Path) -> Result<(), Error> {
    let Ok(absolute) = std::path::absolute(path) else {
        return Ok(());
    };
    match walk(&absolute, owner::require_trusted_place) {
        Err((path, Unusable::OthersCanWrite)) => Err(Error::WritableByOthers { path }),
        Err((path, Unusable::OtherOwner)) => Err(Error::OfAnotherUser { path }),
        _ => Ok(()),
    }
}

/// Nothing is looked at on this system.
///
/// # Errors
///
/// None.
#[cfg(not(unix))]
pub fn require_trusted_place(_: &Path) -> Result<(), Error> {
    Ok(())
}

/// Judges each folder and link on the way to an absolute path, and what lies there. The one that is refused comes back.
#[cfg(unix)]
fn walk(
    path: &Path,
    judge: impl Fn(&Metadata) -> Result<(), Unusable>,
) -> Result<(), (PathBuf, Unusable)> {
    let mut here = PathBuf::from("/");
    let mut rest = names_backwards(path);
    let mut links = 0;
    while let Some(name) = rest.pop() {
        if name == ".." {
            here.pop();
            continue;
        }
        let next = here.join(name);
        let metadata = match std::fs::symlink_metadata(&next) {
            Ok(metadata) => metadata,
            // From here on this user makes them.
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
            Err(_) => return Err((next, Unusable::ReadOnly)),
        };
        if let Err(why) = judge(&metadata) {
            return Err((next, why));
        }
        if !metadata.is_symlink() {
            here = next;
            continue;
        }
        links += 1;
        let Ok(target) = std::fs::read_link(&next) else {
            return Err((next, Unusable::ReadOnly));
        };
        if links > LINKS {
            return Err((next, Unusable::SymbolicLink));
        }
        if target.is_absolute() {
            here = PathBuf::from("/");
        }
        rest.append(&mut names_backwards(&target));
    }
    Ok(())
}

/// Links followed on the way to a folder, as many as Linux follows.
#[cfg(unix)]
const LINKS: u32 = 40;

#[cfg(unix)]
fn names_backwards(path: &Path) -> Vec<std::ffi::OsString> {
    use std::path::Component;
    let name = |component: Component<'_>| match component {
        Component::Normal(_) | Component::ParentDir => Some(component.as_os_str().to_owned()),
        _ => None,
    };
    path.components().rev().filter_map(name).collect()
}

#[cfg(not(unix))]
fn require_trusted_way(_: &Path) -> Result<(), Unusable> {
    Ok(())
}

fn make(folder: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// A lock that ends with this value.
///
/// It is let go of by name: a process that the installer started meanwhile may have inherited the open file, and would
/// hold the lock for as long as it takes to become another program.
pub(super) struct Lock(File);

impl Drop for Lock {
    fn drop(&mut self) {
        // When that fails the file is closed all the same.
        let _ = self.0.unlock();
    }
}

/// MOTD-STATE-4: by trying, never by waiting.
pub(super) fn lock(path: &Path) -> Result<Lock, Unusable> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    let file =
        disk::open(&mut options, path).map_err(|_| match std::fs::symlink_metadata(path) {
            Ok(metadata) if metadata.is_symlink() => Unusable::SymbolicLink,
            _ => Unusable::ReadOnly,
        })?;
    match file.try_lock() {
        Ok(()) => Ok(Lock(file)),
        Err(TryLockError::WouldBlock) => Err(Unusable::Locked),
        // A file system without locks.
        Err(TryLockError::Error(_)) => Err(Unusable::ReadOnly),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_ends_with_its_folder_whoever_inherited_the_file() {
        let state = tempfile::tempdir().unwrap();
        let repository = "example.org".parse().unwrap();
        let open = || StateFolder::open(state.path(), &repository, Access::Check).unwrap();
        let folder = open();
        // What a child has between its beginning and its own program.
        let inherited = folder.lock.as_ref().unwrap().0.try_clone().unwrap();
        assert_eq!(open().why_unlocked(), Some(Unusable::Locked));
        drop(folder);
        assert_eq!(open().why_unlocked(), None);
        drop(inherited);
    }
}
