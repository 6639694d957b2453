//! A repository as it is published now, verified: from files that are at hand, or from where it is served.

use std::collections::BTreeMap;

use motd_core::Time;

use super::NOTICE_ROLE;
use super::bundle::{self, bundle};
use super::check;
use super::metadata::write::sha256;
use super::metadata::{ListedRole, RoleFile, malformed};
use super::request::REQUEST_FILE_BYTES;
use super::steps::{Published, document_path};
use crate::publish::PublishError;
use crate::store::files::{
    BUNDLE, Files, METADATA, Publication, TIMESTAMP, role_version, versioned,
};
use crate::store::{RepositoryConfig, StoreError};

/// How many roles a repository may have that is read from a distance: one that also serves packages has thousands,
/// and is signed beside a copy of it.
const MOST_ROLES: usize = 64;

/// How many versions of the notice role that failed attempts left behind are looked at.
const MOST_BURNED: u64 = 16;

/// A whole repository whose signatures have been verified, whatever its expiry.
#[derive(Clone, Debug)]
pub struct Repository {
    files: Files,
    /// The roots before, as far as they are known to be of the chain.
    pub(super) former_roots: Vec<RoleFile>,
    root: RoleFile,
    timestamp: RoleFile,
    snapshot: RoleFile,
    targets: RoleFile,
    notices: RoleFile,
    roles: BTreeMap<String, RoleFile>,
    pub(super) damage: Option<Damage>,
    bundle_lags: bool,
}

/// What is wrong with the timestamp or the snapshot of a store.
#[derive(Clone, Debug)]
pub(super) struct Damage {
    pub(super) why: String,
    /// The versions in the newest snapshot that verifies.
    pub(super) listed: BTreeMap<String, u64>,
}

impl Published for Repository {
    fn root(&self) -> &RoleFile {
        &self.root
    }

    fn targets(&self) -> &RoleFile {
        &self.targets
    }

    fn notice_role(&self) -> Option<&RoleFile> {
        Some(&self.notices)
    }

    fn listed_version(&self) -> u64 {
        self.last_version(&self.notices)
    }

    fn targets_version(&self) -> u64 {
        self.last_version(&self.targets)
    }

    fn file(&self, path: &str, _limit: u64) -> Result<Option<Vec<u8>>, PublishError> {
        // They are in memory already.
        Ok(self.files.bytes(path).map(<[u8]>::to_vec))
    }
}

impl Repository {
    /// Reads a repository and verifies it from `held`, the root that the reader trusts already.
    ///
    /// MOTD-PUB-12: an intruder who can write the files writes the first root too, with keys of their own in it. So the
    /// files never say themselves where trust begins. A newer `held` is a floor: the files cannot go back behind it.
    ///
    /// # Errors
    ///
    /// [`PublishError::Root`] when the files do not continue the held root; [`StoreError::Missing`],
    /// [`PublishError::Metadata`], [`PublishError::Threshold`]: they are not whole.
    pub fn load(files: Files, held: &[u8]) -> Result<Self, PublishError> {
        let (root, former_roots) = Self::newest_root(&files, held)?;
        Ok(Self {
            former_roots,
            ..Self::under(root, files)?
        })
    }

    /// The newest root that the held one leads to, and those before it.
    pub(super) fn newest_root(
        files: &Files,
        held: &[u8],
    ) -> Result<(RoleFile, Vec<RoleFile>), PublishError> {
        let mut root = RoleFile::read("root", held)?;
        root.authority("root")?.check(&root)?;
        let path = path_of(&root);
        // Clients with an older root follow this file.
        let there = read(files, &path, "root").and_then(|there| {
            // Its signatures are no part of what is held, and clients look at them.
            root.authority("root")?.check(&there).map(|()| there)
        });
        if there.map_err(|error| of_root(error, &path))?.signed() != root.signed() {
            return Err(PublishError::Root { path });
        }
        let mut former_roots = roots_before(files, &root);
        loop {
            let path = versioned(root.version().saturating_add(1), "root");
            if files.bytes(&path).is_none() {
                break;
            }
            let next = read(files, &path, "root")
                .and_then(|next| check::root_follows(&root, &next).map(|()| next));
            former_roots.push(root);
            root = next.map_err(|error| of_root(error, &path))?;
        }
        Ok((root, former_roots))
    }

    /// MOTD-SRV-12: serves the roots from `first` on too, an older root that the reader holds, if they lead to the newest.
    pub fn continue_from(&mut self, first: &[u8]) {
        if let Ok((newest, former_roots)) = Self::newest_root(&self.files, first)
            && newest.signed() == self.root.signed()
        {
            self.former_roots = former_roots;
        }
    }

    /// Goes on serving the former roots that `known` had, whatever lies in the store now.
    pub fn keep_roots(&mut self, known: &Self) {
        if known.root.version() > self.root.version() {
            return;
        }
        for root in &known.former_roots {
            self.files.0.insert(path_of(root), root.bytes().to_vec());
            self.former_roots
                .retain(|other| other.version() != root.version());
            self.former_roots.push(root.clone());
        }
    }

    /// The files that are not read again when a store is looked at again: those that are served, and older ones. A file
    /// under a name that comes later can become another one until it is published.
    #[must_use]
    pub fn known(&self, served: &Files) -> Files {
        let is_older = |path: &str| {
            let (version, name) = role_version(path)?;
            let current = match name {
                "root" => self.root.version(),
                "snapshot" => self.snapshot.version(),
                name => self.snapshot.listed(name)?.version,
            };
            Some(version < current)
        };
        let files = self.files.0.iter().filter(|(path, _)| {
            !path.starts_with(METADATA)
                || served.0.contains_key(*path)
                || is_older(path) == Some(true)
        });
        Files(
            files
                .map(|(path, bytes)| (path.clone(), bytes.clone()))
                .collect(),
        )
    }

    pub(super) fn former_roots(&self) -> &[RoleFile] {
        &self.former_roots
    }

    /// The newest root file that is not served, since nothing tells that it is one of the chain.
    #[must_use]
    pub fn unknown_root(&self) -> Option<String> {
        let versions = self.former_roots.iter().map(RoleFile::version);
        let oldest = versions.fold(self.root.version(), u64::min);
        let unknown = oldest.checked_sub(1)?;
        let path = versioned(unknown, "root");
        self.files.bytes(&path).is_some().then_some(path)
    }

    /// The same under a root that has been verified.
    fn under(root: RoleFile, files: Files) -> Result<Self, PublishError> {
        let roles = Self::sealed(&root, &files)?;
        Self::of_roles(root, files, roles, None)
    }

    /// What the timestamp leads to: the timestamp, the snapshot, and each role that it lists.
    pub(super) fn sealed(root: &RoleFile, files: &Files) -> Result<SealedRoles, PublishError> {
        let timestamp = read(files, TIMESTAMP, "timestamp")?;
        root.authority("timestamp")?.check(&timestamp)?;
        let snapshot = read_listed(files, &timestamp, "snapshot")?;
        root.authority("snapshot")?.check(&snapshot)?;
        let mut roles = BTreeMap::new();
        for (name, _) in snapshot.listing() {
            roles.insert(name.to_owned(), read_listed(files, &snapshot, name)?);
        }
        Ok((timestamp, snapshot, roles))
    }

    pub(super) fn of_roles(
        root: RoleFile,
        mut files: Files,
        (timestamp, snapshot, mut roles): SealedRoles,
        damage: Option<Damage>,
    ) -> Result<Self, PublishError> {
        let mut take = |name: &str| {
            roles
                .remove(name)
                .ok_or_else(|| PublishError::missing(format!("{METADATA}{name}.json")))
        };
        let targets = take("targets")?;
        root.authority("targets")?.check(&targets)?;
        let authority = targets.authority(NOTICE_ROLE)?;
        let notices = take(NOTICE_ROLE)?;
        authority.check(&notices)?;
        // MOTD-BUNDLE-2: whatever became of the last attempt to write it, this one is served.
        let bundle = bundle(|path| files.bytes(path));
        let before = files.0.insert(BUNDLE.to_owned(), bundle.clone());
        let bundle_lags = before.is_none_or(|before| before != bundle);
        Ok(Self {
            files,
            former_roots: Vec::new(),
            root,
            timestamp,
            snapshot,
            targets,
            notices,
            roles,
            damage,
            bundle_lags,
        })
    }

    /// Reads and verifies a repository that the reader has no copy of, from a root that the reader trusts already, as
    /// a client verifies it: for signing from anywhere. `get` brings the file of a path such as
    /// `metadata/timestamp.json`, of at most so many bytes, or nothing when there is none.
    ///
    /// A server can answer with something old that has not expired; what is signed on top of that has a version that
    /// cannot be published.
    ///
    /// # Errors
    ///
    /// Whatever `get` fails with; [`StoreError::Missing`], [`PublishError::Metadata`], [`PublishError::Threshold`],
    /// [`PublishError::Version`], [`PublishError::Limits`]: it does not verify; [`PublishError::Expired`];
    /// [`StoreError::Bounds`] for more than 64 roles.
    pub async fn from_distance<E: From<PublishError>>(
        trusted_root: &[u8],
        now: Time,
        mut get: impl AsyncFnMut(&str, u64) -> Result<Option<Vec<u8>>, E>,
    ) -> Result<Self, E> {
        let mut files = Files::default();
        let mut root = RoleFile::read("root", trusted_root)?;
        files.0.insert(path_of(&root), trusted_root.to_vec());
        // TUF 5.3: one root after the other, each signed by the people of the one before.
        loop {
            let path = versioned(root.version().saturating_add(1), "root");
            let Some(bytes) = get(&path, REQUEST_FILE_BYTES).await? else {
                break;
            };
            let next = RoleFile::read("root", &bytes)?;
            check::next_root(&root, &next)?;
            check::root_follows(&root, &next)?;
            files.0.insert(path, bytes);
            root = next;
        }
        check::unexpired(&root, now)?;
        let mut take = async |path: String| -> Result<Vec<u8>, E> {
            let bytes = get(&path, REQUEST_FILE_BYTES).await?;
            let bytes = bytes.ok_or_else(|| PublishError::missing(path.clone()))?;
            files.0.insert(path, bytes.clone());
            Ok(bytes)
        };
        // Each is verified before it says what else to fetch: who has no key could make the list without end.
        let verified = |role: RoleFile| -> Result<RoleFile, PublishError> {
            root.authority(role.name())?.check(&role)?;
            check::unexpired(&role, now)?;
            Ok(role)
        };
        let timestamp = RoleFile::read("timestamp", &take(TIMESTAMP.to_owned()).await?)?;
        let timestamp = verified(timestamp)?;
        let version = listed(&timestamp, "snapshot")?.version;
        let snapshot = take(versioned(version, "snapshot")).await?;
        let snapshot = verified(RoleFile::read("snapshot", &snapshot)?)?;
        if snapshot.listing().count() > MOST_ROLES {
            return Err(E::from(PublishError::from(StoreError::Bounds {
                path: path_of(&snapshot),
                what: "it lists more roles than are read from a distance",
            })));
        }
        for (name, listed) in snapshot.listing() {
            // It becomes part of a path.
            if name.is_empty() || name.contains('/') {
                return Err(E::from(unlisted(&snapshot)));
            }
            let role = take(versioned(listed.version, name)).await?;
            let role = RoleFile::read(name, &role)?;
            if name == NOTICE_ROLE {
                take(document_path(&role)?).await?;
            }
        }
        // Nothing is verified by it: whatever is wrong with it is what a doctor says.
        if let Ok(Some(bundle)) = get(BUNDLE, bundle::BYTES as u64).await {
            files.0.insert(BUNDLE.to_owned(), bundle);
        }
        let mut repository = Self::under(root, files)?;
        // MOTD-PUB-5: versions that are taken are seen by whoever proposes the next.
        let current = repository.notices.version();
        for version in (1..=MOST_BURNED).map(|more| current.saturating_add(more)) {
            let path = versioned(version, NOTICE_ROLE);
            let Some(bytes) = get(&path, REQUEST_FILE_BYTES).await? else {
                break;
            };
            repository.files.0.insert(path, bytes);
        }
        Ok(repository)
    }

    /// The settings are signed by nobody. Where they name another repository, a writer of the store changed them.
    ///
    /// # Errors
    ///
    /// [`PublishError::OtherSettings`].
    pub fn check_settings(&self, config: &RepositoryConfig) -> Result<(), PublishError> {
        match self.identifier() {
            Ok(published) if published != config.repository => Err(PublishError::OtherSettings {
                settings: config.repository.to_string(),
                published: published.to_string(),
            }),
            // What is wrong with the document is said by whoever needs it.
            _ => Ok(()),
        }
    }

    /// Whether the bundle that was read is not the one of the files.
    #[must_use]
    pub const fn bundle_lags(&self) -> bool {
        self.bundle_lags
    }

    /// The files, with the bundle that belongs to them.
    #[must_use]
    pub const fn files(&self) -> &Files {
        &self.files
    }

    /// Why the timestamp or the snapshot does not verify, where [`Repository::recover`] took them for absent.
    #[must_use]
    pub fn damage(&self) -> Option<&str> {
        self.damage.as_ref().map(|damage| damage.why.as_str())
    }

    /// The timestamp.
    #[must_use]
    pub const fn timestamp(&self) -> &RoleFile {
        &self.timestamp
    }

    /// The snapshot.
    #[must_use]
    pub const fn snapshot(&self) -> &RoleFile {
        &self.snapshot
    }

    /// The notice role.
    #[must_use]
    pub const fn notices(&self) -> &RoleFile {
        &self.notices
    }

    /// Any role that the snapshot lists.
    ///
    /// # Errors
    ///
    /// [`StoreError::Missing`] when it does not.
    pub fn role(&self, name: &str) -> Result<&RoleFile, PublishError> {
        match name {
            "targets" => Ok(&self.targets),
            NOTICE_ROLE => Ok(&self.notices),
            name => self
                .roles
                .get(name)
                .ok_or_else(|| PublishError::missing(format!("{METADATA}{name}.json"))),
        }
    }

    /// Puts a publication in.
    ///
    /// # Errors
    ///
    /// [`StoreError::Conflict`], [`StoreError::Burned`], or as [`Repository::load`] when it was not made by this crate.
    pub fn apply(&mut self, publication: &Publication) -> Result<(), PublishError> {
        let mut files = self.files.clone();
        files.apply(publication)?;
        let mut next = Self::load(files, self.root.bytes())?;
        next.keep_roots(self);
        *self = next;
        Ok(())
    }
}

/// The timestamp, the snapshot, and the roles that it lists.
pub(super) type SealedRoles = (RoleFile, RoleFile, BTreeMap<String, RoleFile>);

pub(super) fn read(files: &Files, path: &str, name: &str) -> Result<RoleFile, PublishError> {
    let bytes = files
        .bytes(path)
        .ok_or_else(|| PublishError::missing(path))?;
    let role = RoleFile::read(name, bytes)?;
    // A writer of the store can change what nobody signs.
    check::readable(&role, path)?;
    Ok(role)
}

/// The roots before one that is trusted. Anybody can write a root whose keys have signed the next one. So the keys of the
/// next one have to have signed it too.
fn roots_before(files: &Files, root: &RoleFile) -> Vec<RoleFile> {
    let mut former: Vec<RoleFile> = Vec::new();
    loop {
        let next = former.last().unwrap_or(root);
        let before = || -> Result<RoleFile, PublishError> {
            let path = versioned(next.version().saturating_sub(1), "root");
            let before = read(files, &path, "root")?;
            check::root_follows(&before, next)?;
            before.authority("root")?.check(&before)?;
            next.authority("root")?.check(&before)?;
            Ok(before)
        };
        match before() {
            Ok(before) => former.push(before),
            Err(_) => break,
        }
    }
    former.reverse();
    former
}

/// What no client reads is said; all else is that the root is another one.
fn of_root(error: PublishError, path: &str) -> PublishError {
    match error {
        error @ PublishError::Unreadable { .. } => error,
        _ => PublishError::Root {
            path: path.to_owned(),
        },
    }
}

/// A role under the version that `parent` lists.
pub(super) fn read_listed(
    files: &Files,
    parent: &RoleFile,
    name: &str,
) -> Result<RoleFile, PublishError> {
    let listed = listed(parent, name)?;
    let role = read(files, &versioned(listed.version, name), name)?;
    if role.version() != listed.version {
        return Err(malformed(
            name,
            "its version is not the one that its file name says",
        ));
    }
    let length = u64::try_from(role.bytes().len()).ok();
    let hash = || sha256(role.bytes());
    if listed.length.is_none_or(|listed| Some(listed) == length)
        && listed
            .sha256
            .as_ref()
            .is_none_or(|listed| *listed == hash())
    {
        Ok(role)
    } else {
        Err(malformed(name, "its bytes are not those that are listed"))
    }
}

fn listed<'a>(parent: &'a RoleFile, name: &str) -> Result<&'a ListedRole, PublishError> {
    parent.listed(name).ok_or_else(|| unlisted(parent))
}

fn unlisted(parent: &RoleFile) -> PublishError {
    malformed(parent.name(), "a role is not listed")
}

fn path_of(role: &RoleFile) -> String {
    versioned(role.version(), role.name())
}
