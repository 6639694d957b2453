//! The online keys of a server.

use std::hash::BuildHasher as _;
use std::path::PathBuf;

use motd_server::publish::PublishError;
use motd_server::publish::key::SigningKey;
use motd_server::serve::{LoadKeys, OnlineKeys};

/// How much later than others this server renews, drawn once.
pub(super) fn jitter() -> u16 {
    let drawn = std::hash::RandomState::new().hash_one(std::process::id());
    u16::try_from(drawn % u64::from(u16::MAX)).unwrap_or_default()
}

/// The keys of this server; none where there is no folder, or neither file in it.
pub(super) fn load_from(folder: Option<PathBuf>) -> LoadKeys {
    Box::new(move || online_keys(folder.clone()))
}

fn online_keys(folder: Option<PathBuf>) -> Result<Option<OnlineKeys>, PublishError> {
    let Some(folder) = folder else {
        return Ok(None);
    };
    let [snapshot, timestamp] = ["snapshot.pem", "timestamp.pem"].map(|name| folder.join(name));
    if !fs_err::exists(&snapshot)? && !fs_err::exists(&timestamp)? {
        return Ok(None);
    }
    Ok(Some(OnlineKeys {
        snapshot: Box::new(SigningKey::load(&snapshot)?),
        timestamp: Box::new(SigningKey::load(&timestamp)?),
    }))
}
