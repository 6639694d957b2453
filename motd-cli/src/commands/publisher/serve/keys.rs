//! The online keys of a server.

use std::hash::BuildHasher as _;
use std::path::{Path, PathBuf};

use motd_client::require_trusted_place;
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

/// A server that only serves has no keys there, and then nothing is to be refused.
pub(super) fn require_trusted(folder: &Path) -> Result<(), motd_client::Error> {
    let mut there = files(folder).into_iter().filter(|path| path.exists());
    there.try_for_each(|path| require_trusted_place(&path))
}

fn files(folder: &Path) -> [PathBuf; 2] {
    ["snapshot.pem", "timestamp.pem"].map(|name| folder.join(name))
}

fn online_keys(folder: Option<PathBuf>) -> Result<Option<OnlineKeys>, PublishError> {
    let Some(folder) = folder else {
        return Ok(None);
    };
    let [snapshot, timestamp] = files(&folder);
    if !fs_err::exists(&snapshot)? && !fs_err::exists(&timestamp)? {
        return Ok(None);
    }
    require_trusted(&folder).map_err(std::io::Error::other)?;
    Ok(Some(OnlineKeys {
        snapshot: Box::new(SigningKey::load(&snapshot)?),
        timestamp: Box::new(SigningKey::load(&timestamp)?),
    }))
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn keys_that_others_can_replace_are_not_loaded_later_either() {
        let folder = tempfile::tempdir().unwrap();
        let open = PermissionsExt::from_mode(0o777);
        let load = load_from(Some(folder.path().to_owned()));
        fs_err::set_permissions(folder.path(), open).unwrap();
        assert!(load().unwrap().is_none());
        assert!(require_trusted(folder.path()).is_ok());
        for path in files(folder.path()) {
            SigningKey::generate()
                .unwrap()
                .create_file(&path, None)
                .unwrap();
        }
        let error = load().err().unwrap().to_string();
        assert!(error.contains("other users can write to it"), "{error}");
    }
}
