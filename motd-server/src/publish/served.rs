//! MOTD-SRV-12: what of a store's files is served. Caches keep a file for a year by its name. So a file is served only when
//! something that was verified leads to it: a writer of the store could put anything there.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::Value;

use super::metadata::RoleFile;
use super::repository::{Repository, read, read_listed};
use super::steps::Published as _;
use crate::store::files::{
    BUNDLE, Files, TARGETS, TIMESTAMP, is_immutable, role_version, versioned,
};

/// How many superseded snapshots are looked at, the newest first, and how many bytes they may have together. Clients
/// follow one for as long as its timestamp lives (MOTD-SRV-6).
const MOST_SNAPSHOTS: usize = 100;
const SNAPSHOT_BYTES: usize = 16_000_000;

/// How deep delegations go where snapshots state no hashes.
const DEPTH: usize = 8;

impl Repository {
    /// The files that are served: the roots of the chain, what is published, and what superseded snapshots list.
    #[must_use]
    pub fn served(&self) -> Files {
        let mut served = Served {
            repository: self,
            files: Files::default(),
            delegators: BTreeMap::new(),
        };
        served.add(TIMESTAMP);
        served.add(BUNDLE);
        for root in self.roots() {
            served.add(&versioned(root.version(), "root"));
        }
        served.list(self.snapshot(), |name| {
            self.role(name).ok().map(Cow::Borrowed)
        });
        for snapshot in self.superseded() {
            served.list(&snapshot, |name| {
                let role = read_listed(self.files(), &snapshot, name);
                role.ok().map(Cow::Owned)
            });
        }
        served.files
    }

    /// The snapshots of before, as far as they verify under a root of the chain.
    fn superseded(&self) -> impl Iterator<Item = RoleFile> {
        let versions = self.files().0.keys().filter_map(|path| role_version(path));
        let versions =
            versions.filter_map(|(version, role)| (role == "snapshot").then_some(version));
        let current = self.snapshot().version();
        let mut versions: Vec<_> = versions.filter(|version| *version < current).collect();
        versions.sort_unstable_by(|a, b| b.cmp(a));
        let mut bytes = 0;
        let paths = versions.into_iter().take(MOST_SNAPSHOTS);
        let paths = paths.map(|version| versioned(version, "snapshot"));
        let paths = paths.take_while(move |path| {
            bytes += self.files().bytes(path).map_or(0, <[u8]>::len);
            bytes <= SNAPSHOT_BYTES
        });
        let snapshots = paths.filter_map(|path| {
            let snapshot = read(self.files(), &path, "snapshot").ok()?;
            // A file of another version under this name is none.
            (versioned(snapshot.version(), "snapshot") == path).then_some(snapshot)
        });
        snapshots.filter(|snapshot| is_signed(self.roots(), snapshot))
    }

    fn roots(&self) -> impl Iterator<Item = &RoleFile> {
        self.former_roots().iter().chain([self.root()])
    }
}

/// Whether one of these roles delegates to it, and enough keys have signed it.
fn is_signed<'a>(mut delegators: impl Iterator<Item = &'a RoleFile>, role: &RoleFile) -> bool {
    delegators.any(|delegator| {
        let authority = delegator.authority(role.name());
        authority.is_ok_and(|authority| authority.check(role).is_ok())
    })
}

struct Served<'a> {
    repository: &'a Repository,
    files: Files,
    /// Roles that delegate, by their paths.
    delegators: BTreeMap<String, RoleFile>,
}

impl Served<'_> {
    fn add(&mut self, path: &str) {
        if let Some(bytes) = self.repository.files().bytes(path) {
            self.files.0.insert(path.to_owned(), bytes.to_vec());
        }
    }

    /// A snapshot that was verified, and what it lists.
    fn list<'r>(&mut self, snapshot: &RoleFile, role: impl Fn(&str) -> Option<Cow<'r, RoleFile>>) {
        self.add(&versioned(snapshot.version(), "snapshot"));
        let listed = snapshot.listing();
        let mut waiting: Vec<_> = listed
            .map(|(name, listed)| (versioned(listed.version, name), name, listed))
            .collect();
        let all: Vec<_> = waiting.iter().map(|(path, ..)| path.clone()).collect();
        waiting.retain(|(path, ..)| !self.files.0.contains_key(path));
        // Without a hash it is the delegator that vouches for a role, and it has to be known first.
        for _ in 0..DEPTH {
            let before = waiting.len();
            waiting.retain(|(path, name, listed)| {
                let Some(role) = role(name) else {
                    return false;
                };
                let delegators = all.iter().filter_map(|path| self.delegators.get(path));
                let vouched = listed.sha256.is_some()
                    || is_signed(self.repository.roots().chain(delegators), &role);
                if vouched {
                    self.accept(path, &role);
                }
                !vouched
            });
            if waiting.len() == before {
                break;
            }
        }
    }

    fn accept(&mut self, path: &str, role: &RoleFile) {
        self.add(path);
        if !role.delegations().is_empty() {
            self.delegators.insert(path.to_owned(), role.clone());
        }
        let targets = role.signed().get("targets").and_then(Value::as_object);
        for (target, entry) in targets.into_iter().flatten() {
            let hashes = entry.get("hashes").and_then(Value::as_object);
            let hashes = hashes.into_iter().flat_map(|hashes| hashes.values());
            for hash in hashes.filter_map(Value::as_str) {
                let (folder, name) = target.rsplit_once('/').unwrap_or(("", target));
                let slash = if folder.is_empty() { "" } else { "/" };
                let path = format!("{TARGETS}{folder}{slash}{hash}.{name}");
                let bytes = self.repository.files().bytes(&path);
                if bytes.is_some_and(|bytes| is_immutable(&path, bytes)) {
                    self.add(&path);
                }
            }
        }
    }
}
