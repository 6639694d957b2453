//! The machine's secret for `rollout`. MOTD-ROLL-3.

use std::path::Path;

use super::disk::{Disk, SystemDisk};
use super::folder::{Access, Unusable, require_own_folder};

const LENGTH: usize = 32;

/// The 32 bytes that decide which part of a rollout this user is in; made on first use, readable by its owner only,
/// and never sent anywhere.
///
/// # Errors
///
/// Why the state folder cannot be used; without a stored secret only a rollout of 100 percent is in (MOTD-ROLL-4).
pub fn rollout_secret(state_dir: &Path) -> Result<[u8; LENGTH], Unusable> {
    require_own_folder(state_dir, Access::Check)?;
    let path = state_dir.join("secret");
    let limit = u64::try_from(LENGTH).unwrap_or(u64::MAX);
    if let Ok(Some(bytes)) = SystemDisk.read(&path, limit)
        && let Ok(secret) = bytes.try_into()
    {
        return Ok(secret);
    }
    if std::fs::symlink_metadata(&path).is_ok_and(|metadata| metadata.is_symlink()) {
        return Err(Unusable::SymbolicLink);
    }
    let mut secret = [0; LENGTH];
    getrandom::fill(&mut secret).map_err(|_| Unusable::WriteFailed)?;
    // The temporary file of a whole write is its owner's alone.
    SystemDisk
        .write_whole(&path, &secret)
        .map_err(|_| Unusable::WriteFailed)?;
    Ok(secret)
}
