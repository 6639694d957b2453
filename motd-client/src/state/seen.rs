//! What this machine's reader has seen of one repository, on disk.

use std::path::Path;

use motd_core::{Notice, NoticeId, RepositoryId, SeenState, Shown, Time};

use super::disk::Durability;
use super::stamped::{self, Kept};
use super::{Access, StateFolder, Unusable};
use crate::{Error, Warning};

const FILE: &str = "seen.json";
const LOCK: &str = "seen.lock";
/// More bytes than the entries of the notices that one run displays.
const ROOM: usize = 4_096;

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

    /// Holds what was seen for a display, so that no other process displays or records beside it.
    ///
    /// # Errors
    ///
    /// [`Error::State`] when another process holds or changes it at this moment, or when nothing can be recorded.
    pub fn hold(&self) -> Result<HeldSeen, Error> {
        let folder = self.folder.locked(LOCK).map_err(Error::State)?;
        let (state, _) = read(&folder).map_err(Error::State)?;
        Ok(HeldSeen { folder, state })
    }

    /// Records notices that were written to a terminal (MOTD-REP-8), and only those.
    ///
    /// # Errors
    ///
    /// [`Error::State`] when another process changes it at this moment, [`Error::Write`].
    pub fn record_shown(&self, shown: &[Shown<'_>], now: Time) -> Result<(), Error> {
        self.hold()?.record_shown(shown, now)
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

    /// Changes the file under its own lock, which no check holds while it waits for a network.
    fn change<T>(
        &self,
        durability: Durability,
        change: impl FnOnce(&mut SeenState) -> T,
    ) -> Result<T, Error> {
        self.hold()?.change(durability, change)
    }
}

/// The seen-state of one repository, which no other process changes for as long as this is kept.
pub struct HeldSeen {
    folder: StateFolder,
    state: SeenState,
}

impl HeldSeen {
    /// What was seen.
    #[must_use]
    pub const fn state(&self) -> &SeenState {
        &self.state
    }

    /// Makes sure that a display can be recorded, before it happens: the file is written again, with room for the notices of
    /// one run. MOTD-REP-1.
    ///
    /// # Errors
    ///
    /// [`Error::Write`], as on a full disk: nothing may be displayed without being asked for.
    pub fn reserve(&self) -> Result<(), Error> {
        self.write(&self.state, ROOM, Durability::Process)
    }

    /// Records notices that were written to a terminal (MOTD-REP-8), and only those.
    ///
    /// # Errors
    ///
    /// [`Error::Write`].
    pub fn record_shown(&self, shown: &[Shown<'_>], now: Time) -> Result<(), Error> {
        // At the end of a command, which does not wait for a disk (MOTD-FAIL-4).
        self.change(Durability::Process, |seen| seen.record_shown(shown, now))
    }

    fn change<T>(
        &self,
        durability: Durability,
        change: impl FnOnce(&mut SeenState) -> T,
    ) -> Result<T, Error> {
        let mut seen = self.state.clone();
        let outcome = change(&mut seen);
        if seen != self.state {
            self.write(&seen, 0, durability)?;
        }
        Ok(outcome)
    }

    fn write(&self, seen: &SeenState, room: usize, durability: Durability) -> Result<(), Error> {
        let written = stamped::write_with_room(&self.folder, FILE, seen, room, durability);
        written.map_err(|source| Error::Write {
            folder: self.folder.path().to_path_buf(),
            source,
        })
    }
}

fn read(folder: &StateFolder) -> Result<(SeenState, Option<Warning>), Unusable> {
    Ok(match stamped::read(folder, FILE)? {
        Kept::Value(seen) => (seen, None),
        Kept::Absent => (SeenState::new(), None),
        Kept::Corrupt => (SeenState::new(), Some(Warning::SetAside)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_held_is_no_other_process_and_room_is_made_before() {
        let state = tempfile::tempdir().unwrap();
        let repository = "example.org".parse().unwrap();
        let store = SeenStore::open(state.path(), &repository).unwrap();
        let held = store.hold().unwrap();
        assert!(store.hold().is_err());
        assert!(store.load().is_ok());
        held.reserve().unwrap();
        let length = || std::fs::metadata(held.folder.file(FILE)).unwrap().len();
        assert!(length() > u64::try_from(ROOM).unwrap());
        drop(held);
        assert_eq!(store.hold().unwrap().state(), &SeenState::new());
    }

    #[test]
    fn where_no_file_can_be_replaced_nothing_is_reserved() {
        let state = tempfile::tempdir().unwrap();
        let repository = "example.org".parse().unwrap();
        let held = SeenStore::open(state.path(), &repository)
            .unwrap()
            .hold()
            .unwrap();
        std::fs::create_dir_all(held.folder.file(FILE).join("full")).unwrap();
        assert!(held.reserve().is_err());
    }
}
