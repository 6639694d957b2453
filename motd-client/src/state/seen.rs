//! What this machine's reader has seen of one repository, on disk.

use std::path::Path;

use motd_core::{Notice, NoticeId, RepositoryId, SeenState, Shown, Time};

use super::disk::Durability;
use super::stamped::{self, Kept};
use super::{Access, StateFolder, Unusable};
use crate::{Error, Warning};

const FILE: &str = "seen.json";
const LOCK: &str = "seen.lock";

/// The seen-state of one repository in a state folder. MOTD-REP-8, MOTD-REP-9.
pub struct SeenStore {
    folder: StateFolder,
}

impl SeenStore {
    /// Opens it, and makes the folder when it is missing.
    ///
    /// # Errors
    ///
    /// Why the state folder cannot be used.
    pub fn open(state_dir: &Path, repository: &RepositoryId) -> Result<Self, Unusable> {
        if let Ok(folder) = StateFolder::open(state_dir, repository, Access::Read) {
            return Ok(Self { folder });
        }
        // Made as for a check; the lock of a check is let go at once.
        StateFolder::open(state_dir, repository, Access::Check)?;
        let folder = StateFolder::open(state_dir, repository, Access::Read)?;
        Ok(Self { folder })
    }

    /// What was seen. A corrupt file is set aside and nothing was seen.
    ///
    /// # Errors
    ///
    /// [`Unusable::NewerFormat`].
    pub fn load(&self) -> Result<(SeenState, Option<Warning>), Unusable> {
        match self.folder.locked(LOCK) {
            Ok(folder) => read(&folder),
            // Somebody changes it at this moment: what is there is whole all the same.
            Err(_) => read(&self.folder),
        }
    }

    /// Records notices that were written to a terminal (MOTD-REP-8), and only those.
    ///
    /// # Errors
    ///
    /// [`Error::State`] when another process changes it at this moment, [`Error::Write`].
    pub fn record_shown(&self, shown: &[Shown<'_>], now: Time) -> Result<(), Error> {
        // At the end of a command, which does not wait for a disk (MOTD-FAIL-4).
        self.change(Durability::Process, |seen| seen.record_shown(shown, now))
    }

    /// Remembers notices that apply here, so that they can be acknowledged: by who was told of them in JSON, for one.
    ///
    /// # Errors
    ///
    /// [`Error::State`] when another process changes it at this moment, [`Error::Write`].
    pub fn note<'a>(
        &self,
        notices: impl IntoIterator<Item = &'a Notice>,
        now: Time,
    ) -> Result<(), Error> {
        self.change(Durability::Power, |seen| seen.note(notices, now))
    }

    /// Acknowledges the highest revision of a notice that was shown or applied here; `false` when none was.
    ///
    /// # Errors
    ///
    /// [`Error::State`] when another process changes it at this moment, [`Error::Write`].
    pub fn acknowledge(&self, id: &NoticeId) -> Result<bool, Error> {
        self.change(Durability::Power, |seen| seen.acknowledge(id))
    }

    /// Forgets what has ended, and writes times of the future back as now (MOTD-REP-6).
    ///
    /// # Errors
    ///
    /// [`Error::State`] when another process changes it at this moment, [`Error::Write`].
    pub fn prune(&self, now: Time) -> Result<(), Error> {
        self.change(Durability::Power, |seen| {
            seen.prune(now);
        })
    }

    /// Changes the file under its own lock, which no check holds while it waits for a network.
    fn change<T>(
        &self,
        durability: Durability,
        change: impl FnOnce(&mut SeenState) -> T,
    ) -> Result<T, Error> {
        let folder = self.folder.locked(LOCK).map_err(Error::State)?;
        let (before, _) = read(&folder).map_err(Error::State)?;
        let mut seen = before.clone();
        let outcome = change(&mut seen);
        if seen != before {
            stamped::write(&folder, FILE, &seen, durability).map_err(|source| Error::Write {
                folder: folder.path().to_path_buf(),
                source,
            })?;
        }
        Ok(outcome)
    }
}

fn read(folder: &StateFolder) -> Result<(SeenState, Option<Warning>), Unusable> {
    Ok(match stamped::read(folder, FILE)? {
        Kept::Value(seen) => (seen, None),
        Kept::Absent => (SeenState::new(), None),
        Kept::Corrupt => (SeenState::new(), Some(Warning::SetAside)),
    })
}
