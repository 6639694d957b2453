//! A repository as the set of its files, and a publication as the change of that set.
//!
//! Paths are relative with forward slashes: `metadata/1.root.json`, `metadata/timestamp.json`,
//! `targets/motd/<sha256>.notices.json`. The same set is what a folder holds, what a server serves and what a test
//! mutates.

use std::collections::BTreeMap;

use sha2::{Digest as _, Sha256, Sha512};

use crate::store::StoreError;

/// Where the metadata files are.
pub const METADATA: &str = "metadata/";

/// Where the target files are.
pub const TARGETS: &str = "targets/";

/// What is replaced to publish. It and the bundle are the only files that are ever replaced.
pub const TIMESTAMP: &str = "metadata/timestamp.json";

/// The path of the first root, which is written once, by the people who make the repository.
pub const FIRST_ROOT: &str = "metadata/1.root.json";

/// What clients of a sidecar read: the timestamp and what it leads to, in one file.
pub const BUNDLE: &str = "metadata/motd-bundle.json";

/// The path of a version-prefixed metadata file.
#[must_use]
pub fn versioned(version: u64, role: &str) -> String {
    format!("{METADATA}{version}.{role}.json")
}

/// What follows the version in the name of a version-prefixed metadata file, such as `root.json`.
pub(crate) fn role_file(path: &str) -> Option<&str> {
    parts(path).map(|(_, role)| role)
}

/// The version and the role of a version-prefixed metadata file.
pub(crate) fn role_version(path: &str) -> Option<(u64, &str)> {
    let (version, role) = parts(path)?;
    Some((version.parse().ok()?, role.strip_suffix(".json")?))
}

fn parts(path: &str) -> Option<(&str, &str)> {
    let (version, role) = path.strip_prefix(METADATA)?.split_once('.')?;
    let is_version = !version.is_empty() && version.bytes().all(|byte| byte.is_ascii_digit());
    let is_role = |name: &str| !name.is_empty() && !name.contains('/');
    (is_version && role.strip_suffix(".json").is_some_and(is_role)).then_some((version, role))
}

/// Whether the name carries the version, or the hash of just these bytes.
pub(crate) fn is_immutable(path: &str, bytes: &[u8]) -> bool {
    if path.starts_with(METADATA) {
        return role_file(path).is_some();
    }
    let name = path.rsplit('/').next().unwrap_or_default();
    name.split_once('.').is_some_and(|(prefix, _)| {
        prefix == hex::encode(Sha256::digest(bytes)) || prefix == hex::encode(Sha512::digest(bytes))
    })
}

/// The files of a repository, by path.
///
/// The map is open on purpose: a test or a demonstration that plays the attacker removes, swaps and forges what it
/// likes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Files(pub BTreeMap<String, Vec<u8>>);

impl Files {
    /// The bytes of a file.
    #[must_use]
    pub fn bytes(&self, path: &str) -> Option<&[u8]> {
        self.0.get(path).map(Vec::as_slice)
    }

    /// MOTD-PUB-5: the first version of a role from this one on whose file is not there. A failed attempt can have left one.
    pub(crate) fn free_version(&self, role: &str, mut version: u64) -> u64 {
        while self.bytes(&versioned(version, role)).is_some() {
            version += 1;
        }
        version
    }

    /// Puts a publication in, whole or not at all.
    ///
    /// # Errors
    ///
    /// [`StoreError::Conflict`] when the set is no longer the one that the publication was made from;
    /// [`StoreError::Burned`] when a versioned file exists with other bytes.
    pub fn apply(&mut self, publication: &Publication) -> Result<(), StoreError> {
        publication.check(self.bytes(TIMESTAMP), |path| Ok(self.0.get(path).cloned()))?;
        self.0.extend(publication.create.iter().cloned());
        if let Some(bundle) = &publication.bundle {
            self.0.insert(BUNDLE.to_owned(), bundle.clone());
        }
        if let Some(timestamp) = &publication.timestamp {
            self.0.insert(TIMESTAMP.to_owned(), timestamp.clone());
        }
        Ok(())
    }
}

/// What one publication changes: files to create, in this order, and then the timestamp that makes them visible.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Publication {
    /// The timestamp that it was made from; absent when there was no repository.
    pub base: Option<Vec<u8>>,
    /// Version-prefixed and hash-prefixed files, each created and never overwritten.
    pub create: Vec<(String, Vec<u8>)>,
    /// The bundle of the new state.
    pub bundle: Option<Vec<u8>>,
    /// The new timestamp; absent when nothing but a root that changes no online key is added.
    pub timestamp: Option<Vec<u8>>,
}

impl Publication {
    /// Compares the publication with what is there.
    pub(crate) fn check(
        &self,
        timestamp: Option<&[u8]>,
        existing: impl Fn(&str) -> Result<Option<Vec<u8>>, StoreError>,
    ) -> Result<(), StoreError> {
        // MOTD-PUB-11: of two publications that start from one state, one wins and the other is told.
        if self.base.as_deref() != timestamp {
            return Err(StoreError::Conflict);
        }
        for (path, bytes) in &self.create {
            // MOTD-PUB-5: a mirror or a client may hold the other bytes already.
            if existing(path)?.is_some_and(|there| there != *bytes) {
                return Err(StoreError::Burned { path: path.clone() });
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn publication(base: Option<&[u8]>, path: &str, bytes: &[u8], timestamp: &[u8]) -> Publication {
        Publication {
            base: base.map(<[u8]>::to_vec),
            create: vec![(path.to_owned(), bytes.to_vec())],
            bundle: None,
            timestamp: Some(timestamp.to_vec()),
        }
    }

    #[test]
    fn of_two_publications_from_one_state_one_wins() {
        let mut files = Files::default();
        files
            .apply(&publication(None, "metadata/1.a.json", b"a", b"t1"))
            .unwrap();
        let before = files.clone();
        let late = publication(None, "metadata/2.a.json", b"b", b"t2");
        assert!(matches!(files.apply(&late), Err(StoreError::Conflict)));
        assert_eq!(files, before);
    }

    #[test]
    fn a_version_with_other_bytes_is_burned_and_the_same_bytes_are_well() {
        let mut files = Files::default();
        files
            .apply(&publication(None, "metadata/1.a.json", b"a", b"t1"))
            .unwrap();
        let before = files.clone();
        let other = publication(Some(b"t1"), "metadata/1.a.json", b"b", b"t2");
        assert!(
            matches!(files.apply(&other), Err(StoreError::Burned { path }) if path == "metadata/1.a.json")
        );
        assert_eq!(files, before);
        files
            .apply(&publication(Some(b"t1"), "metadata/1.a.json", b"a", b"t2"))
            .unwrap();
        assert_eq!(files.bytes(TIMESTAMP), Some(&b"t2"[..]));
    }
}
