//! The trusted root that this person or server holds, from which a repository in a store is verified.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use motd_server::publish::{Published as _, REQUEST_FILE_BYTES, Repository};
use motd_server::store::Store;

use crate::bounded::{bounded, open_regular};

/// MOTD-PUB-12, MOTD-SRV-9: held here, and never taken from the store.
pub(crate) struct TrustedRoot {
    pub(crate) bytes: Vec<u8>,
    /// The folder that newer roots are kept in, and the version that it has.
    kept: Option<(PathBuf, u64)>,
}

impl TrustedRoot {
    /// The file that is named; otherwise the newest root beside the online keys, where `motd repo init` writes the first.
    pub(crate) fn find(named: Option<&Path>, keys: Option<&Path>) -> Result<Self> {
        if let Some(path) = named {
            return Ok(Self {
                bytes: bounded(open_regular(path)?, REQUEST_FILE_BYTES)?,
                kept: None,
            });
        }
        let newest = keys.and_then(|folder| Some((folder.to_owned(), newest(folder)?)));
        let (folder, version) = newest.context(
            "--root names the trusted root that you hold, as installers have it; a store does not vouch for itself",
        )?;
        let file = open_regular(&folder.join(name(version)))?;
        #[cfg(unix)]
        require_own(&file)?;
        Ok(Self {
            bytes: bounded(file, REQUEST_FILE_BYTES)?,
            kept: Some((folder, version)),
        })
    }

    /// What the store holds, verified. The newest root that was seen is kept: the store cannot go back behind it.
    pub(crate) async fn load(&self, store: &Store) -> Result<Repository> {
        let repository = Repository::load(store.load().await?, &self.bytes)?;
        self.keep(&repository);
        Ok(repository)
    }

    /// As far as the folder can be written: services have it read-only.
    pub(crate) fn keep(&self, repository: &Repository) {
        let root = repository.root();
        let Some((folder, _)) = self.kept.as_ref().filter(|(_, held)| root.version() > *held)
        else {
            return;
        };
        let written = tempfile::NamedTempFile::new_in(folder)
            .and_then(|file| fs_err::write(file.path(), root.bytes()).map(|()| file));
        if let Ok(file) = written {
            let _ = file.persist(folder.join(name(root.version())));
        }
    }
}

fn name(version: u64) -> String {
    format!("{version}.root.json")
}

fn newest(folder: &Path) -> Option<u64> {
    let names = fs_err::read_dir(folder).ok()?;
    let versions = names.filter_map(|entry| {
        let name = entry.ok()?.file_name();
        let version: u64 = name.to_str()?.strip_suffix(".root.json")?.parse().ok()?;
        (self::name(version).as_str() == name).then_some(version)
    });
    versions.max()
}

/// The folder can lie in a store that others write to: what another user put there is nobody's trust.
#[cfg(unix)]
fn require_own(file: &fs_err::File) -> Result<()> {
    use std::os::unix::fs::MetadataExt as _;
    let metadata = file.metadata()?;
    let owners = [rustix::process::geteuid().as_raw(), 0];
    anyhow::ensure!(
        owners.contains(&metadata.uid()) && metadata.mode() & 0o002 == 0,
        "{}: another user can change it; --root names the trusted root that you hold",
        file.path().display()
    );
    Ok(())
}
