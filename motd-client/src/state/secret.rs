//! The machine's secret for `rollout`. MOTD-ROLL-3.

use std::path::Path;

use super::disk::{Durability, StateDisk, SystemDisk, remove_left};
use super::folder::{Access, lock, require_own_folder, require_writable};
use super::unusable::Unusable;

const LENGTH: usize = 32;

/// The 32 bytes that decide which part of a rollout this user is in; made on first use, readable by its owner only,
/// and never sent anywhere.
///
/// # Errors
///
/// Why the state folder cannot be used, [`Unusable::Locked`] while another process makes the secret; without a stored
/// secret only a rollout of 100 percent is in (MOTD-ROLL-4).
pub fn rollout_secret(state_dir: &Path) -> Result<[u8; LENGTH], Unusable> {
    require_own_folder(state_dir, Access::Check)?;
    let path = state_dir.join("secret");
    if let Some(secret) = read(&path) {
        return Ok(secret);
    }
    require_writable(state_dir)?;
    // MOTD-STATE-4: of several processes that find none one makes it, or each would be in a part of its own.
    let _lock = lock(&state_dir.join("secret.lock"))?;
    if let Some(secret) = read(&path) {
        return Ok(secret);
    }
    if std::fs::symlink_metadata(&path).is_ok_and(|metadata| metadata.is_symlink()) {
        return Err(Unusable::SymbolicLink);
    }
    remove_left(&SystemDisk, &path);
    let mut secret = [0; LENGTH];
    getrandom::fill(&mut secret).map_err(|_| Unusable::WriteFailed)?;
    // The temporary file of a whole write is its owner's alone.
    SystemDisk
        .write_whole(&path, &secret, Durability::Power)
        .map_err(|_| Unusable::WriteFailed)?;
    Ok(secret)
}

fn read(path: &Path) -> Option<[u8; LENGTH]> {
    let limit = u64::try_from(LENGTH).unwrap_or(u64::MAX);
    SystemDisk.read(path, limit).ok()??.try_into().ok()
}
