//! The complete set and the staged set of verified metadata. MOTD-STATE-1.
//!
//! Files lie under the SHA-256 of their bytes; one index says which of them are the chain of roots, the complete set
//! and the staged set. Replacing the index is the one step that makes the staged set complete, so a crash at any
//! write leaves the old set or the new one. Without a folder everything stays in memory and is forgotten.

use std::any::Any;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::disk::Durability;
use super::stamped::{self, Kept};
use super::{StateFolder, Unusable};
use crate::floors::{Floors, StoredFloors};
use crate::tuf::offered::OfferedRole;
use crate::tuf::roles::{Role, Root};
use crate::{Warning, limits};

const INDEX: &str = "index.json";
const FLOORS: &str = "floors.json";

/// The name of a file: the SHA-256 of its bytes, in lower-case hexadecimal.
type FileName = String;

/// A role's file; of timestamp and snapshot also the keys that these two roles had when it was verified.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct StoredRole {
    file: FileName,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    keys: BTreeSet<String>,
}

/// One set of metadata, complete or on its way.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct Set {
    timestamp: Option<StoredRole>,
    snapshot: Option<StoredRole>,
    /// Targets and delegated roles, by name.
    roles: BTreeMap<String, StoredRole>,
    /// The target file, when the document came from one.
    document: Option<FileName>,
}

impl Set {
    /// The names of its files, the target file apart.
    fn files(&self) -> impl Iterator<Item = &str> {
        let top = self.timestamp.iter().chain(&self.snapshot);
        top.chain(self.roles.values())
            .map(|role| role.file.as_str())
    }

    fn role(&self, slot: Slot<'_>) -> Option<&StoredRole> {
        match slot {
            Slot::Timestamp => self.timestamp.as_ref(),
            Slot::Snapshot => self.snapshot.as_ref(),
            Slot::Role(name) => self.roles.get(name),
        }
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct StateIndex {
    /// Roots after a configured one, by version.
    roots: BTreeMap<u64, FileName>,
    complete: Option<Set>,
    staged: Option<Set>,
}

/// Which set a file is looked for in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Which {
    Complete,
    Staged,
}

/// A role that one timestamp and one snapshot name.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Slot<'a> {
    Timestamp,
    Snapshot,
    Role(&'a str),
}

/// Verified metadata of one chain of roots between runs.
pub(crate) struct Sets {
    folder: Option<StateFolder>,
    /// The version of the configured root.
    configured: u64,
    index: StateIndex,
    /// The index as it is on disk.
    written: StateIndex,
    floors: Floors,
    written_floors: Option<Floors>,
    /// The files that were read or written: all of them while none can be written, else the small ones.
    memory: BTreeMap<FileName, Arc<[u8]>>,
    /// Timestamps and snapshots that were parsed.
    parsed: BTreeMap<FileName, Box<dyn Any + Send + Sync>>,
    warnings: Vec<Warning>,
}

impl Sets {
    /// Nothing is known, and nothing is kept.
    pub(crate) fn stateless(warnings: Vec<Warning>) -> Self {
        Self {
            folder: None,
            configured: 0,
            index: StateIndex::default(),
            written: StateIndex::default(),
            floors: Floors::default(),
            written_floors: None,
            memory: BTreeMap::new(),
            parsed: BTreeMap::new(),
            warnings,
        }
    }

    /// What a folder holds. A corrupt file is set aside, and one of a newer version left alone, with the whole folder;
    /// neither lowers a floor that another one holds (MOTD-FLOOR-3). `had_checks` says that floors are to be expected.
    pub(crate) fn open(mut folder: StateFolder, had_checks: bool) -> Self {
        let warning = folder.why_unlocked().map(Warning::Stateless);
        let mut sets = Self::stateless(warning.into_iter().collect());
        let (mut newer, mut corrupt) = (false, false);
        match stamped::read::<StateIndex>(&folder, INDEX) {
            Ok(Kept::Value(index)) => {
                sets.index.clone_from(&index);
                sets.written = index;
            }
            Ok(Kept::Absent) => {}
            Ok(Kept::Corrupt) => corrupt = true,
            Err(_) => newer = true,
        }
        match stamped::read::<Floors>(&folder, FLOORS) {
            Ok(Kept::Value(floors)) => {
                sets.floors = floors.clone();
                sets.written_floors = Some(floors);
            }
            Ok(Kept::Absent) => {}
            Ok(Kept::Corrupt) => corrupt = true,
            Err(_) => newer = true,
        }
        if corrupt {
            sets.warn(Warning::SetAside);
        }
        if newer {
            folder = folder.unlocked();
            sets.warn(Warning::Stateless(Unusable::NewerFormat));
        }
        let no_floors = sets.written_floors.is_none() && sets.index == StateIndex::default();
        if no_floors && (corrupt || had_checks) && !newer {
            sets.warn(Warning::FloorsLost);
        }
        sets.folder = Some(folder);
        sets
    }

    /// The folder, while it can be written.
    pub(crate) fn folder(&self) -> Option<&StateFolder> {
        self.folder.as_ref().filter(|folder| folder.is_locked())
    }

    pub(crate) fn take_warnings(&mut self) -> Vec<Warning> {
        std::mem::take(&mut self.warnings)
    }

    // Floors.

    pub(crate) const fn floors(&self) -> &Floors {
        &self.floors
    }

    /// Changes the floors, and writes them before the run goes on (MOTD-FLOOR-1).
    pub(crate) fn raise_floors(&mut self, raise: impl FnOnce(&mut Floors)) {
        raise(&mut self.floors);
        if self.written_floors.as_ref() != Some(&self.floors) {
            let floors = self.floors.clone();
            self.attempt(|folder| stamped::write(folder, FLOORS, &floors, Durability::Power));
            self.written_floors = Some(floors);
        }
    }

    /// The stored metadata that holds floors: of the staged and of the complete set.
    pub(crate) fn stored_floors(&mut self) -> Vec<StoredFloors> {
        let sets: Vec<Set> = [self.index.staged.clone(), self.index.complete.clone()]
            .into_iter()
            .flatten()
            .collect();
        let mut stored = Vec::new();
        for set in sets {
            let timestamp = set
                .timestamp
                .and_then(|role| Some((self.offered(&role.file)?, role.keys)));
            let snapshot = set
                .snapshot
                .and_then(|role| Some((self.offered(&role.file)?, role.keys)));
            stored.push(StoredFloors {
                timestamp,
                snapshot,
            });
        }
        stored
    }

    // Roots.

    /// Whether the chain that is stored here has a root of this version and this value.
    pub(crate) fn contains(&mut self, version: u64, value: &str) -> bool {
        // MOTD-FLOOR-3: whichever of the two is there.
        self.floors.root_value(version) == Some(value)
            || self.root(version).is_some_and(|root| {
                let root = root.unverified();
                root.is_some_and(|root| root.value() == value)
            })
    }

    /// Says which root the run began with.
    pub(crate) const fn begin_at(&mut self, version: u64) {
        self.configured = version;
    }

    /// The stored root of a version. Whether it is trusted is decided by what leads to it.
    pub(crate) fn root(&mut self, version: u64) -> Option<OfferedRole<Root>> {
        let name = self.index.roots.get(&version)?.clone();
        Some(OfferedRole::parse(self.load(&name)?))
    }

    /// Keeps a root that was verified.
    pub(crate) fn keep_root(&mut self, version: u64, root: &[u8]) {
        let name = self.store(root);
        self.index.roots.insert(version, name);
        self.write_index();
    }

    // Sets.

    /// A role in a set. A timestamp or a snapshot is parsed once in a run, however often it is looked at.
    pub(crate) fn role<T: Role>(&mut self, which: Which, slot: Slot<'_>) -> Option<OfferedRole<T>> {
        let name = self.role_name(which, slot)?;
        match slot {
            Slot::Timestamp | Slot::Snapshot => self.offered(&name),
            // A search looks at each once, and all of them are too much to keep.
            Slot::Role(_) => Some(OfferedRole::parse(self.load(&name)?)),
        }
    }

    /// The file of a role in a set.
    pub(crate) fn role_bytes(&mut self, which: Which, slot: Slot<'_>) -> Option<Arc<[u8]>> {
        let name = self.role_name(which, slot)?;
        self.load(&name)
    }

    fn role_name(&self, which: Which, slot: Slot<'_>) -> Option<FileName> {
        let set = match which {
            Which::Complete => self.index.complete.as_ref(),
            Which::Staged => self.index.staged.as_ref(),
        }?;
        Some(set.role(slot)?.file.clone())
    }

    /// The names of the targets roles that are stored, top-level and delegated.
    pub(crate) fn roles(&self) -> Vec<String> {
        let newest = self.index.staged.as_ref().or(self.index.complete.as_ref());
        newest.map_or_else(Vec::new, |set| set.roles.keys().cloned().collect())
    }

    /// The target file of the complete set.
    pub(crate) fn document(&mut self) -> Option<Arc<[u8]>> {
        let name = self.index.complete.as_ref()?.document.clone()?;
        self.load(&name)
    }

    /// Stages a role that was verified, beside the complete set and at once.
    pub(crate) fn stage<T: Role>(
        &mut self,
        slot: Slot<'_>,
        offered: &OfferedRole<T>,
        keys: BTreeSet<String>,
    ) {
        let role = StoredRole {
            file: self.store(offered.bytes()),
            keys,
        };
        if let Slot::Timestamp | Slot::Snapshot = slot {
            let parsed = self.parsed.entry(role.file.clone());
            parsed.or_insert_with(|| Box::new(offered.clone()));
        }
        let newest = self.index.staged.as_ref().or(self.index.complete.as_ref());
        if newest.and_then(|set| set.role(slot)) == Some(&role) {
            return;
        }
        let mut staged = newest.cloned().unwrap_or_default();
        match slot {
            Slot::Timestamp => staged.timestamp = Some(role),
            Slot::Snapshot => staged.snapshot = Some(role),
            Slot::Role(name) => {
                staged.roles.insert(name.to_owned(), role);
            }
        }
        self.index.staged = Some(staged);
        self.write_index();
        // Section 6.7: what was staged in this place before, in updates that were never complete.
        self.sweep();
    }

    /// The staged set is whole: it becomes the complete one, in one step, when all of it is stored. `path` names the roles
    /// from the top-level targets role on; `document` is the target file, when the document came from one.
    pub(crate) fn complete(&mut self, path: &[String], document: Option<&[u8]>) {
        let document = document.map(|bytes| self.store(bytes));
        let mut set = self
            .index
            .staged
            .take()
            .or_else(|| self.index.complete.clone())
            .unwrap_or_default();
        set.roles.retain(|name, _| path.contains(name));
        set.document = document;
        // MOTD-STATE-1: one that there was no room for takes the place of no other.
        let is_whole = set.roles.len() == path.len()
            && self.is_stored(set.files().chain(set.document.as_deref()));
        if !is_whole {
            self.index.staged = Some(set);
            return;
        }
        self.index.complete = Some(set);
        if self.write_index() {
            self.sweep();
        }
    }

    /// A file by the SHA-256 of its bytes, whatever it is: the caller compares it with verified metadata.
    pub(crate) fn file(&mut self, sha256: &str) -> Option<Arc<[u8]>> {
        self.load(&sha256.to_ascii_lowercase())
    }

    // Files.

    fn store(&mut self, bytes: &[u8]) -> FileName {
        let name = hex::encode(Sha256::digest(bytes));
        if self.memory.contains_key(&name) {
            return name;
        }
        let fits = self.make_room(&name, bytes.len());
        let file = format!("files/{name}");
        self.attempt(|folder| {
            let path = folder.file(&file);
            match folder.disk().read(&path, limits::STATE_FILE_BYTES) {
                Ok(Some(present)) if present == bytes => Ok(()),
                _ if fits => folder.disk().write_whole(&path, bytes, Durability::Process),
                _ => Ok(()),
            }
        });
        self.remember(&name, bytes.into());
        name
    }

    /// Whether all files of these names are kept.
    fn is_stored<'n>(&self, mut names: impl Iterator<Item = &'n str>) -> bool {
        let Some(folder) = self.folder() else {
            return names.all(|name| self.memory.contains_key(name));
        };
        let files = folder.disk().list(&folder.file("files"));
        let files = files.unwrap_or_default().into_iter();
        let kept: BTreeSet<String> = files.map(|(name, _)| name).collect();
        names.all(|name| kept.contains(name))
    }

    /// Keeps a file in memory, unless it is a large one that is in the folder for as long as the lock is held.
    fn remember(&mut self, name: &str, bytes: Arc<[u8]>) {
        if self.folder().is_none() || bytes.len() <= limits::MEMORY_FILE_BYTES {
            self.memory.insert(name.to_owned(), bytes);
        }
    }

    /// Whether a file of this length can be kept. Roots before the configured one go first, then what was staged, and what
    /// is complete does not. Section 6.5.
    fn make_room(&mut self, name: &str, length: usize) -> bool {
        let fits = |sets: &Self| {
            let kept = sets.kept_bytes(name);
            let length = u64::try_from(length).unwrap_or(u64::MAX);
            kept.saturating_add(length) <= limits::STATE_BYTES
        };
        if !fits(self) {
            self.index.roots = self.index.roots.split_off(&self.configured);
            if self.write_index() {
                self.sweep();
            }
        }
        if !fits(self)
            && let Some(staged) = &mut self.index.staged
        {
            staged.roles.clear();
            self.write_index();
            self.sweep();
        }
        fits(self)
    }

    /// Bytes of all files but this one.
    fn kept_bytes(&self, but: &str) -> u64 {
        let Some(folder) = self.folder() else {
            return 0;
        };
        let files = folder.disk().list(&folder.file("files"));
        let others = files.unwrap_or_default().into_iter();
        let others = others.filter(|(name, _)| name != but);
        others.map(|(_, length)| length).sum()
    }

    fn offered<T: Role>(&mut self, name: &FileName) -> Option<OfferedRole<T>> {
        let parsed = self.parsed.get(name);
        if let Some(known) = parsed.and_then(|parsed| parsed.downcast_ref::<OfferedRole<T>>()) {
            return Some(known.clone());
        }
        let offered = OfferedRole::parse(self.load(name)?);
        self.parsed.insert(name.clone(), Box::new(offered.clone()));
        Some(offered)
    }

    fn load(&mut self, name: &str) -> Option<Arc<[u8]>> {
        if let Some(bytes) = self.memory.get(name) {
            return Some(bytes.clone());
        }
        let folder = self.folder.as_ref()?;
        // MOTD-STATE-5: an index that somebody wrote does not choose a path.
        if !is_name(name) {
            return None;
        }
        let path = folder.file(&format!("files/{name}"));
        let bytes = folder.disk().read(&path, limits::STATE_FILE_BYTES);
        if let Ok(None) = bytes {
            return None;
        }
        let intact = bytes
            .ok()
            .flatten()
            .filter(|bytes| hex::encode(Sha256::digest(bytes)) == name);
        if intact.is_none() && folder.is_locked() {
            // MOTD-STATE-6: set aside; whoever needs the file fetches it again.
            let _ = folder
                .disk()
                .rename(&path, &folder.file("files/last.corrupt"));
            self.warn(Warning::SetAside);
        }
        let bytes: Arc<[u8]> = intact?.into();
        self.remember(name, Arc::clone(&bytes));
        Some(bytes)
    }

    /// Writes the index when it changed, and says so.
    fn write_index(&mut self) -> bool {
        let changed = self.index != self.written;
        if changed {
            let index = self.index.clone();
            self.attempt(|folder| stamped::write(folder, INDEX, &index, Durability::Process));
            self.written = index;
        }
        changed
    }

    /// Removes files that no set names, and what a crash leaves behind.
    fn sweep(&mut self) {
        let index = &self.index;
        let mut named: BTreeSet<&str> = index.roots.values().map(String::as_str).collect();
        for set in [&index.complete, &index.staged].into_iter().flatten() {
            named.extend(set.files());
            named.extend(set.document.as_deref());
        }
        let Some(folder) = self.folder() else { return };
        let files = folder.file("files");
        for (name, _) in folder.disk().list(&files).unwrap_or_default() {
            if (is_name(&name) || name.starts_with(".new-")) && !named.contains(name.as_str()) {
                let _ = folder.disk().remove(&files.join(name));
            }
        }
    }

    /// Writes, and only reads from then on when that fails: a full disk is no reason to stop verifying.
    pub(crate) fn attempt(&mut self, write: impl FnOnce(&StateFolder) -> std::io::Result<()>) {
        if let Some(folder) = self.folder()
            && write(folder).is_err()
        {
            // What is there still holds.
            self.folder = self.folder.take().map(StateFolder::unlocked);
            self.warn(Warning::Stateless(Unusable::WriteFailed));
        }
    }

    pub(crate) fn warn(&mut self, warning: Warning) {
        if !self.warnings.contains(&warning) {
            self.warnings.push(warning);
        }
    }
}

/// Whether a file or folder is called like a SHA-256.
pub(super) fn is_name(name: &str) -> bool {
    name.len() == 64
        && name
            .bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}
