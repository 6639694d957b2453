//! Which versions programs said they have: learnt beside a command, and read where no program is started.

use std::path::Path;

use super::disk::{Durability, StateDisk, SystemDisk, remove_left};
use super::folder::{Access, lock, require_own_folder, require_writable};
use super::unusable::Unusable;
use crate::limits::VERSIONS_BYTES;

const NAME: &str = "versions.json";

/// What [`keep_versions`] wrote last, unverified; `None` where nothing is kept or the folder cannot be used.
#[must_use]
pub fn kept_versions(state_dir: &Path) -> Option<Vec<u8>> {
    require_own_folder(state_dir, Access::Read).ok()?;
    let path = state_dir.join(NAME);
    SystemDisk.read(&path, VERSIONS_BYTES).ok()?
}

/// Keeps these bytes, at most [`VERSIONS_BYTES`], in the place of those before.
///
/// # Errors
///
/// Why the state folder cannot be used. Nothing is lost then but what the next command learns again.
pub fn keep_versions(state_dir: &Path, bytes: &[u8]) -> Result<(), Unusable> {
    require_own_folder(state_dir, Access::Check)?;
    require_writable(state_dir)?;
    // Of two processes that learn at once, one is forgotten.
    let _lock = lock(&state_dir.join("versions.lock"))?;
    let path = state_dir.join(NAME);
    remove_left(&SystemDisk, &path);
    SystemDisk
        .write_whole(&path, bytes, Durability::Process)
        .map_err(|_| Unusable::WriteFailed)
}
