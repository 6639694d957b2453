//! A host's metadata, verified as a client verifies it, with keys of every kind.

use sigstore_tuf::TrustedMetadataSet;

use super::super::NOTICE_ROLE;
use super::super::metadata::RoleFile;
use super::files::HostFiles;
use super::finding::HostFault;
use crate::publish::PublishError;
use crate::store::files::{METADATA, TIMESTAMP, versioned};

/// The longest root that a client reads, in bytes. Section 6.5, as are the next three.
pub(super) const ROOT_BYTES: u64 = 512_000;
/// The longest timestamp.
pub(super) const TIMESTAMP_BYTES: u64 = 16_384;
/// The longest snapshot.
pub(super) const SNAPSHOT_BYTES: u64 = 2_000_000;
/// The longest targets role, top-level or delegated.
pub(super) const TARGETS_BYTES: u64 = 5_000_000;

/// Before every expiry: what is verified with it are signatures, versions, lengths and hashes. Expiry is a finding.
const BEFORE_EXPIRY: jiff::Timestamp = jiff::Timestamp::MIN;

/// Metadata that another tool made and signed: verified from a trusted root down, whatever its expiry, and never
/// rewritten.
#[derive(Clone, Debug)]
pub struct Host {
    pub(super) root: RoleFile,
    pub(super) timestamp: RoleFile,
    pub(super) snapshot: RoleFile,
    pub(super) targets: RoleFile,
    pub(super) notices: NoticeRole,
}

/// What the host has of the notice role.
#[derive(Clone, Debug)]
pub(super) struct NoticeRole {
    /// The version in the snapshot.
    pub(super) listed: Option<u64>,
    /// The role of that version, under the delegation that is there.
    pub(super) verified: Option<RoleFile>,
    /// What is wrong with it, when there is a delegation and it does not verify.
    pub(super) fault: Option<HostFault>,
    /// The role of that version when nobody vouches for it, for its shape alone.
    pub(super) unverified: Option<RoleFile>,
}

/// The error for a role that does not verify.
pub(super) fn unverified(role: &str) -> impl Fn(sigstore_tuf::Error) -> PublishError {
    let role = role.to_owned();
    move |error| PublishError::HostUnverified {
        role: role.clone(),
        fault: HostFault::of(&error),
    }
}

impl Host {
    /// Reads and verifies root, timestamp, snapshot and top-level targets, and the notice role where there is one.
    ///
    /// # Errors
    ///
    /// [`PublishError::HostUnverified`] with the role that does not verify from this root, [`PublishError::Store`],
    /// [`PublishError::Metadata`], [`PublishError::Limits`] when two members have one name, [`PublishError::Store`].
    pub fn load(files: &dyn HostFiles, trusted_root: &[u8]) -> Result<Self, PublishError> {
        // TUF 5.3 to 5.6. The verifier of the client, and not the one that authors: hosts sign with every kind of key.
        let mut trusted =
            TrustedMetadataSet::from_root(trusted_root).map_err(unverified("root"))?;
        loop {
            let next = trusted.root().version.saturating_add(1);
            let Some(bytes) = files.bytes(&versioned(next, "root"), ROOT_BYTES)? else {
                break;
            };
            trusted.update_root(&bytes).map_err(unverified("root"))?;
        }
        let root = RoleFile::read("root", trusted.root_bytes())?;
        let consistent = trusted.root().consistent_snapshot;

        let timestamp = required(files, TIMESTAMP, TIMESTAMP_BYTES)?;
        trusted
            .update_timestamp(&timestamp, BEFORE_EXPIRY)
            .map_err(unverified("timestamp"))?;
        let timestamp = RoleFile::read("timestamp", &timestamp)?;

        let version = listed(&timestamp, "snapshot").ok_or_else(|| unnamed("snapshot"))?;
        let snapshot = required(
            files,
            &path(version, "snapshot", consistent),
            SNAPSHOT_BYTES,
        )?;
        trusted
            .update_snapshot(&snapshot, BEFORE_EXPIRY)
            .map_err(unverified("snapshot"))?;
        let snapshot = RoleFile::read("snapshot", &snapshot)?;

        let version = listed(&snapshot, "targets").ok_or_else(|| unnamed("targets"))?;
        let targets = required(files, &path(version, "targets", consistent), TARGETS_BYTES)?;
        trusted
            .update_targets(&targets, BEFORE_EXPIRY)
            .map_err(unverified("targets"))?;
        let targets = RoleFile::read("targets", &targets)?;

        let notices = NoticeRole::find(files, &mut trusted, &snapshot, &targets, consistent);
        Ok(Self {
            root,
            timestamp,
            snapshot,
            targets,
            notices,
        })
    }

    /// The first root of a folder, to be taken at its word: what is verified with it is only that the rest belongs to
    /// it.
    ///
    /// # Errors
    ///
    /// [`PublishError::Store`] when there is no `1.root.json`.
    pub fn assert_first_root(files: &dyn HostFiles) -> Result<Vec<u8>, PublishError> {
        required(files, &versioned(1, "root"), ROOT_BYTES)
    }

    /// Top-level targets.
    #[must_use]
    pub const fn targets(&self) -> &RoleFile {
        &self.targets
    }

    /// The version of the notice role that the snapshot lists.
    #[must_use]
    pub const fn listed_version(&self) -> Option<u64> {
        self.notices.listed
    }

    /// The notice role, when it is delegated to, listed and verified.
    #[must_use]
    pub const fn notices(&self) -> Option<&RoleFile> {
        self.notices.verified.as_ref()
    }
}

impl NoticeRole {
    fn find(
        files: &dyn HostFiles,
        trusted: &mut TrustedMetadataSet,
        snapshot: &RoleFile,
        targets: &RoleFile,
        consistent: bool,
    ) -> Self {
        let mut found = Self {
            listed: listed(snapshot, NOTICE_ROLE),
            verified: None,
            fault: None,
            unverified: None,
        };
        let Some(version) = found.listed else {
            return found;
        };
        let is_delegated = targets.delegation(NOTICE_ROLE).is_some();
        // A broken notice role is no reason to read no further: the next version of it is what mends it.
        let Some(bytes) = files
            .bytes(&path(version, NOTICE_ROLE, consistent), TARGETS_BYTES)
            .ok()
            .flatten()
        else {
            found.fault = is_delegated.then_some(HostFault::Missing);
            return found;
        };
        let read = RoleFile::read(NOTICE_ROLE, &bytes);
        if !is_delegated {
            found.unverified = read.ok();
            return found;
        }
        let verdict = trusted
            .update_delegated_targets(&bytes, NOTICE_ROLE, "targets", BEFORE_EXPIRY)
            .map(|_| ());
        match (verdict, read) {
            (Ok(()), Ok(read)) => found.verified = Some(read),
            (Err(error), _) => found.fault = Some(HostFault::of(&error)),
            (Ok(()), Err(_)) => found.fault = Some(HostFault::Form),
        }
        found
    }
}

/// The version of a role that timestamp or snapshot lists.
fn listed(parent: &RoleFile, role: &str) -> Option<u64> {
    Some(parent.listed(role)?.version)
}

fn path(version: u64, role: &str, consistent: bool) -> String {
    if consistent {
        versioned(version, role)
    } else {
        format!("{METADATA}{role}.json")
    }
}

fn required(files: &dyn HostFiles, path: &str, limit: u64) -> Result<Vec<u8>, PublishError> {
    let bytes = files.bytes(path, limit)?;
    bytes.ok_or_else(|| PublishError::missing(path))
}

fn unnamed(role: &str) -> PublishError {
    PublishError::HostUnverified {
        role: role.to_owned(),
        fault: HostFault::Unnamed,
    }
}
