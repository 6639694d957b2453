//! A second engine for what is about to become visible: the `tuf` crate's `Database`, which shares no code with what
//! wrote it ([ADR 0001](../../../docs/adr/0001-engines-and-authoring.md)).
//!
//! It verifies signatures and versions from root to the notice role. What its types cannot hold is not read back:
//! keys of other kinds than Ed25519, key ids that are no hash of their key, versions above 2^32 - 1, delegations by
//! hash prefix.

use tuf::Database;
use tuf::metadata::{Metadata, MetadataPath, RawSignedMetadata};

use super::NOTICE_ROLE;
use super::key::key_id;
use super::metadata::RoleFile;
use super::pouf::OlpcPouf;
use crate::publish::PublishError;
use crate::store::files::{Files, Publication, TIMESTAMP, versioned};

/// Before every expiry, which is no matter of signatures: what has expired stays until it is replaced.
const BEFORE_EXPIRY: &str = "1970-01-01T00:00:00Z";

/// Reads a publication as it will lie beside these files, from a root that holds.
///
/// # Errors
///
/// [`PublishError::ReadBack`] with the role that does not verify.
pub(super) fn check(
    files: &Files,
    publication: &Publication,
    root: &RoleFile,
) -> Result<(), PublishError> {
    let created = |path: &str| {
        let mut created = publication.create.iter();
        created.find_map(|(created, bytes)| (created == path).then_some(bytes.as_slice()))
    };
    let bytes = |path: &str| created(path).or_else(|| files.bytes(path));
    let read = |name: &str, path: String| {
        let bytes = bytes(&path).ok_or(PublishError::missing(path))?;
        RoleFile::read(name, bytes)
    };
    let listed = |parent: &RoleFile, name: &str| {
        let listed = parent.listed(name);
        let listed = listed.ok_or_else(|| refused(name));
        listed.and_then(|listed| read(name, versioned(listed.version, name)))
    };
    let timestamp = match &publication.timestamp {
        Some(timestamp) => RoleFile::read("timestamp", timestamp)?,
        None => read("timestamp", TIMESTAMP.to_owned())?,
    };
    let snapshot = listed(&timestamp, "snapshot")?;
    let (targets, notices) = (
        listed(&snapshot, "targets")?,
        listed(&snapshot, NOTICE_ROLE)?,
    );
    if !has_known_keys(root, &targets) {
        return Ok(());
    }
    let time = BEFORE_EXPIRY.parse().map_err(|_| refused("root"))?;
    let mut database = match Database::from_trusted_root(&raw(root)) {
        Ok(database) => database,
        Err(error) => return verdict("root", &error),
    };
    if let Err(error) = database.update_timestamp(&time, &raw(&timestamp)) {
        return verdict("timestamp", &error);
    }
    if let Err(error) = database.update_snapshot(&time, &raw(&snapshot)) {
        return verdict("snapshot", &error);
    }
    if let Err(error) = database.update_targets(&time, &raw(&targets)) {
        return verdict("targets", &error);
    }
    let role = MetadataPath::new(NOTICE_ROLE).map_err(|_| refused(NOTICE_ROLE))?;
    let above = MetadataPath::targets();
    match database.update_delegated_targets(&time, &above, &role, &raw(&notices)) {
        Ok(_) => Ok(()),
        Err(error) => verdict(NOTICE_ROLE, &error),
    }
}

/// Whether the engine counts every key that may sign a role on the way: it knows Ed25519, and calls a key by its hash.
fn has_known_keys(root: &RoleFile, targets: &RoleFile) -> bool {
    let authorities = root.authorities().chain(targets.authority(NOTICE_ROLE));
    let mut keys = authorities.flat_map(super::metadata::Authority::keys);
    keys.all(|key| key.is_ed25519() && key_id(key.object()).as_deref() == Some(key.id()))
}

/// A refusal, unless it is that the engine's types cannot hold the role.
fn verdict(role: &str, error: &tuf::Error) -> Result<(), PublishError> {
    match error {
        tuf::Error::Json(_) | tuf::Error::Encoding(_) => Ok(()),
        _ => Err(refused(role)),
    }
}

fn refused(role: &str) -> PublishError {
    PublishError::ReadBack {
        role: role.to_owned(),
    }
}

fn raw<M: Metadata>(file: &RoleFile) -> RawSignedMetadata<OlpcPouf, M> {
    RawSignedMetadata::new(file.bytes().to_vec())
}
