//! The trusted root that this person or server holds, from which a repository in a store is verified.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use motd_client::{default_state_dir, require_trusted_place};
use motd_core::Time;
use motd_server::publish::metadata::write::sha256;
use motd_server::publish::{Floors, Published as _, REQUEST_FILE_BYTES, Repository, RoleFile};
use motd_server::serve::Upkeep;
use motd_server::store::{Location, Store, create_private_folder};

use crate::bounded::{bounded, open_regular};
use crate::shell::Shell;

/// Four sets of floors, each of a snapshot of the longest that is read.
const FLOORS_BYTES: u64 = 4 * REQUEST_FILE_BYTES;

/// MOTD-PUB-12, MOTD-SRV-9: held here, and never taken from the store.
pub(crate) struct TrustedRoot {
    root: RoleFile,
    /// The oldest one that this user holds. A server serves the roots from there on.
    first: RoleFile,
    location: Option<Location>,
}

impl TrustedRoot {
    /// The file that is named; otherwise the newest root that this user has seen there; otherwise the first root beside
    /// the online keys. It says which chain is meant: what is held is the newest root that this user has seen of it.
    pub(crate) fn find(
        named: Option<&Path>,
        online_keys: Option<&Path>,
        location: &Location,
    ) -> Result<Self> {
        let remembered = || remembered(location).filter(|path| path.exists());
        let beside = || {
            let path = online_keys?.join("1.root.json");
            path.exists().then_some(path)
        };
        let path = named
            .map(Path::to_owned)
            .or_else(remembered)
            .or_else(beside);
        let path = path.context(
            "--root names the trusted root that you hold, as installers have it; a store does not vouch for itself",
        )?;
        let first = named.map_or_else(|| first_at(location).filter(|path| path.exists()), |_| None);
        Ok(Self {
            root: newest(&path)?,
            first: read(&first.unwrap_or(path))?,
            location: Some(location.clone()),
        })
    }

    /// For what is read from a server: the file that is named, or the newest root that this user has seen after it.
    pub(crate) fn of_server(named: &Path) -> Result<Self> {
        Ok(Self {
            root: newest(named)?,
            first: read(named)?,
            location: None,
        })
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        self.root.bytes()
    }

    /// The oldest root that leads to it.
    pub(crate) fn first(&self) -> &[u8] {
        self.first.bytes()
    }

    /// What the store holds, verified, to sign and publish in it. The newest root is remembered: the store cannot go back
    /// behind it.
    pub(crate) async fn load(
        &self,
        store: &Store,
        now: Time,
        shell: &mut Shell,
    ) -> Result<Repository> {
        let mut repository = Repository::recover(store.load().await?, self.bytes(), now)?;
        if repository.damage().is_some() {
            // A publication may have come in between two reads.
            repository = Repository::recover(store.load().await?, self.bytes(), now)?;
        }
        if let Some(why) = repository.damage() {
            let [root, targets, notices] = [
                repository.root(),
                repository.targets(),
                repository.notices(),
            ]
            .map(|role| format!("{} {}", role.name(), role.version()));
            // MOTD-PUB-15: what was published last is for people to compare.
            shell.talk(&format!(
                "warning: the timestamp or the snapshot in the store does not verify: {why}. The newest roles that people have \
                 signed are {root}, {targets}, {notices}; the next publication signs a new snapshot and a new timestamp over them"
            ));
        }
        repository.check_settings(&store.config().await?)?;
        self.has_led_to(repository.root());
        Ok(repository)
    }

    /// MOTD-SRV-10: what this user's server has taken up there before it was started.
    pub(crate) fn floors(&self) -> Result<Floors> {
        let path = self.location.as_ref().and_then(floors_at);
        let Some(path) = path.filter(|path| path.exists()) else {
            return Ok(Floors::default());
        };
        require_trusted_place(&path)?;
        let read = || -> Result<Floors> {
            let bytes = bounded(open_regular(&path)?, FLOORS_BYTES)?;
            Ok(serde_json::from_slice(&bytes)?)
        };
        read().with_context(|| path.display().to_string())
    }

    /// Remembers what a server has taken up.
    pub(crate) fn is_taken_up(&self, upkeep: &Upkeep) -> Result<()> {
        self.has_led_to(upkeep.repository().root());
        self.keep_first();
        let floors = serde_json::to_vec(upkeep.floors())?;
        keep(self.location.as_ref().and_then(floors_at), &floors)
    }

    /// Remembers the oldest root that is held, for a server that is started without a name of one.
    fn keep_first(&self) {
        let path = self.location.as_ref().and_then(first_at);
        let kept = path.as_deref().and_then(|path| read(path).ok());
        if kept.is_none_or(|kept| kept.version() >= self.first.version()) {
            keep_root(path, &self.first);
        }
    }

    /// Remembers what was verified from this root.
    pub(crate) fn has_led_to(&self, root: &RoleFile) {
        remember_next(&self.root, root);
        if let Some(location) = &self.location {
            remember(location, root);
        }
    }
}

fn read(path: &Path) -> Result<RoleFile> {
    require_trusted_place(path)?;
    let bytes = bounded(open_regular(path)?, REQUEST_FILE_BYTES)?;
    Ok(RoleFile::read("root", &bytes)?)
}

/// The root in this file, or the newest one that this user has seen after it, wherever that was.
fn newest(path: &Path) -> Result<RoleFile> {
    let mut root = read(path)?;
    while let Some(path) = remembered_after(&root).filter(|path| path.exists()) {
        let next = read(&path).with_context(|| path.display().to_string())?;
        if next.version() <= root.version() {
            break;
        }
        root = next;
    }
    Ok(root)
}

/// Keeps the newest root of a repository that was made or verified here. A user without a folder of their own, such as a
/// service, names it each time.
pub(crate) fn remember(location: &Location, root: &RoleFile) {
    keep_root(remembered(location), root);
}

/// Keeps that one root led to another. It is found by what the former says, and not by where it was: the same repository
/// is a folder for one command and a server's for another.
pub(crate) fn remember_next(root: &RoleFile, next: &RoleFile) {
    if root.version() < next.version() {
        keep_root(remembered_after(root), next);
    }
}

fn keep_root(path: Option<PathBuf>, root: &RoleFile) {
    if let Err(error) = keep(path, root.bytes()) {
        tracing::debug!(%error, "the trusted root is not remembered");
    }
}

fn keep(path: Option<PathBuf>, bytes: &[u8]) -> Result<()> {
    let path = path.context("there is no folder for state")?;
    let folder = path.parent().context("no folder")?;
    create_private_folder(folder)?;
    let file = tempfile::NamedTempFile::new_in(folder)?;
    fs_err::write(file.path(), bytes)?;
    file.as_file().sync_all()?;
    file.persist(&path)?;
    Ok(())
}

/// For a repository that is removed, as the demo's is.
pub(crate) fn forget(location: &Location) {
    for path in [
        remembered(location),
        first_at(location),
        floors_at(location),
    ]
    .into_iter()
    .flatten()
    {
        let _ = fs_err::remove_file(path);
    }
}

fn remembered(location: &Location) -> Option<PathBuf> {
    file_of(place(location)?.as_encoded_bytes())
}

fn first_at(location: &Location) -> Option<PathBuf> {
    let place = place(location)?;
    file_of(&[b"first root of ", place.as_encoded_bytes()].concat())
}

fn floors_at(location: &Location) -> Option<PathBuf> {
    let place = place(location)?;
    file_of(&[b"floors of ", place.as_encoded_bytes()].concat())
}

fn place(location: &Location) -> Option<OsString> {
    match location.as_folder() {
        Some(folder) => Some(fs_err::canonicalize(folder).ok()?.into_os_string()),
        None => Some(location.to_string().into()),
    }
}

fn remembered_after(root: &RoleFile) -> Option<PathBuf> {
    file_of(&root.canonical().ok()?)
}

fn file_of(key: &[u8]) -> Option<PathBuf> {
    let folder = default_state_dir().ok()?.join("trusted-roots");
    Some(folder.join(format!("{}.json", sha256(key))))
}
