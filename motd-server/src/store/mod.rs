//! A repository in a folder: locked while it is written, whole at every moment as seen from outside.
//!
//! ```text
//! motd-repository.toml   settings
//! metadata/              1.root.json, 1.targets.json, 1.motd.json, 1.snapshot.json, timestamp.json
//! targets/               motd/<sha256>.notices.json
//! keys/                  the online keys, readable by their owner alone
//! .lock                  held by who publishes
//! ```
//!
//! Every file but `timestamp.json` is created under its final name in one step and never written again. `timestamp.json`
//! is replaced last, by a rename: until then nothing that was written can be reached, so a crash anywhere leaves the old
//! repository whole. Superseded files are kept: a client that holds the previous timestamp still finds everything.

mod config;
mod disk;

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

pub use config::Config;
use disk::{Disk, RealDisk};

use crate::error::Error;
use crate::files::{BUNDLE, Files, METADATA, Publication, TARGETS, TIMESTAMP};

const LOCK: &str = ".lock";
const KEYS: &str = "keys";

/// A folder that holds a repository.
#[derive(Clone, Debug)]
pub struct Store {
    folder: PathBuf,
}

/// The right to publish, given back when it is dropped.
#[derive(Debug)]
pub struct Lock {
    folder: PathBuf,
    _file: File,
}

impl Store {
    /// Makes the folder of a new repository, without metadata.
    ///
    /// # Errors
    ///
    /// [`Error::Exists`] when the folder has a configuration already, or [`Error::Io`].
    pub fn create(folder: &Path, config: &Config) -> Result<Self, Error> {
        if folder.join(Config::FILE).try_exists()? {
            return Err(Error::Exists {
                path: folder.to_owned(),
            });
        }
        for inner in [METADATA, TARGETS, KEYS] {
            fs_err::create_dir_all(folder.join(inner))?;
        }
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let private = std::fs::Permissions::from_mode(0o700);
            fs_err::set_permissions(folder.join(KEYS), private)?;
        }
        RealDisk.create(&folder.join(Config::FILE), config.to_toml().as_bytes())?;
        RealDisk.sync_folder(folder)?;
        Ok(Self {
            folder: folder.to_owned(),
        })
    }

    /// Opens a folder that [`Store::create`] made.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] or [`Error::Io`] when it is not one.
    pub fn open(folder: &Path) -> Result<Self, Error> {
        let store = Self {
            folder: folder.to_owned(),
        };
        store.config()?;
        Ok(store)
    }

    /// The settings.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] or [`Error::Io`].
    pub fn config(&self) -> Result<Config, Error> {
        Config::load(&self.folder.join(Config::FILE))
    }

    /// The folder itself.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where the online key of this name lies.
    #[must_use]
    pub fn key_path(&self, name: &str) -> PathBuf {
        self.folder.join(KEYS).join(format!("{name}.pem"))
    }

    /// Every file of the two trees.
    ///
    /// Symbolic links and names that begin with a dot are left out: what is served is what was published.
    ///
    /// # Errors
    ///
    /// [`Error::Io`].
    pub fn load(&self) -> Result<Files, Error> {
        // The timestamp is read first: whatever it names was complete before it was written.
        let mut files = Files::default();
        if let Some(bytes) = read_if_there(&self.folder.join(TIMESTAMP))? {
            files.0.insert(TIMESTAMP.to_owned(), bytes);
        }
        for tree in [METADATA, TARGETS] {
            load_tree(&self.folder.join(tree), tree, &mut files)?;
        }
        Ok(files)
    }

    /// Takes the lock, without waiting for it.
    ///
    /// # Errors
    ///
    /// [`Error::Conflict`] when somebody else holds it.
    pub fn lock(&self) -> Result<Lock, Error> {
        let path = self.folder.join(LOCK);
        let file = fs_err::OpenOptions::new()
            .create(true)
            .append(true)
            .open(path)?
            .into_file();
        match file.try_lock() {
            Ok(()) => Ok(Lock {
                folder: self.folder.clone(),
                _file: file,
            }),
            // MOTD-PUB-11: one wins, the other is told.
            Err(TryLockError::WouldBlock) => Err(Error::Conflict),
            Err(TryLockError::Error(error)) => Err(Error::Io(error)),
        }
    }
}

impl Lock {
    /// Writes a publication: every new file, made durable, and then the timestamp.
    ///
    /// # Errors
    ///
    /// [`Error::Conflict`] when the repository is no longer the one it was made from, [`Error::Burned`], [`Error::Io`].
    /// After an error, and after a crash, the old repository is whole and the same publication can be tried again.
    pub fn commit(&self, publication: &Publication) -> Result<(), Error> {
        self.commit_on(&RealDisk, publication)
    }

    fn commit_on(&self, disk: &dyn Disk, publication: &Publication) -> Result<(), Error> {
        let timestamp = self.folder.join(TIMESTAMP);
        let there = |path: &str| read_if_there(&self.folder.join(path));
        publication.check(read_if_there(&timestamp)?.as_deref(), there)?;
        // MOTD-SRV-6: files are added and none is taken away, so a client with the previous timestamp, or the first root,
        // finds all that it leads to.
        for (path, bytes) in &publication.create {
            let path = self.folder.join(path);
            let parent = path.parent().unwrap_or(&self.folder);
            disk.create_folders(parent)?;
            if read_if_there(&path)?.is_none() {
                disk.create(&path, bytes)?;
            }
            // Also for a file that was there: the attempt that made it may have stopped before this.
            disk.sync_folder(parent)?;
        }
        // MOTD-BUNDLE-2: before the timestamp, so that who finds that finds this too. Nothing depends on it.
        if let Some(bytes) = &publication.bundle {
            disk.replace(&self.folder.join(BUNDLE), bytes)?;
        }
        // MOTD-PUB-4: the last write, one rename; before it nothing new can be reached, after it everything is there.
        if let Some(bytes) = &publication.timestamp {
            disk.replace(&timestamp, bytes)?;
            disk.sync_folder(timestamp.parent().unwrap_or(&self.folder))?;
        }
        Ok(())
    }
}

fn read_if_there(path: &Path) -> Result<Option<Vec<u8>>, Error> {
    match fs_err::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn load_tree(folder: &Path, prefix: &str, files: &mut Files) -> Result<(), Error> {
    for entry in fs_err::read_dir(folder)? {
        let entry = entry?;
        let Ok(name) = entry.file_name().into_string() else {
            continue;
        };
        // MOTD-SRV-5: a dot file is a write that never finished.
        if name.starts_with('.') {
            continue;
        }
        // MOTD-SRV-5: a link may lead out of the trees; it is neither folder nor file here, because it is not followed.
        let kind = entry.file_type()?;
        let path = format!("{prefix}{name}");
        if kind.is_dir() {
            load_tree(&entry.path(), &format!("{path}/"), files)?;
        } else if kind.is_file() && path != TIMESTAMP {
            files.0.insert(path, fs_err::read(entry.path())?);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
