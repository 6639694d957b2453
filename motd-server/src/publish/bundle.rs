//! The bundle: what a new client needs, in one file. Chapter 5, section 5.8.

use serde_json::{Map, Value};

use super::NOTICE_ROLE;
use super::metadata::RoleFile;
use crate::store::files::{METADATA, TIMESTAMP, versioned};

/// The longest bundle, in bytes.
const BYTES: usize = 1_048_576;

/// The bundle of a repository whose files are given by path: every root, and of what the timestamp leads to the
/// snapshot, top-level targets and the roles for notices. MOTD-BUNDLE-1.
pub(super) fn bundle<'a>(file: impl Fn(&str) -> Option<&'a [u8]>) -> Vec<u8> {
    let mut members = Map::new();
    let mut add = |version: u64, role: &str| -> Option<RoleFile> {
        let path = versioned(version, role);
        let bytes = file(&path)?;
        let text = String::from_utf8(bytes.to_vec()).ok()?;
        let name = path.strip_prefix(METADATA)?.to_owned();
        let role = RoleFile::read(role, bytes).ok()?;
        members
            .insert(name, Value::String(text))
            .is_none()
            .then_some(role)
    };
    let mut roots = 1;
    while add(roots, "root").is_some() {
        roots += 1;
    }
    let timestamp = file(TIMESTAMP).and_then(|bytes| RoleFile::read("timestamp", bytes).ok());
    let listed = |parent: &RoleFile, role: &str| Some(parent.listed(role)?.version);
    let snapshot = timestamp
        .and_then(|timestamp| listed(&timestamp, "snapshot"))
        .and_then(|version| add(version, "snapshot"));
    if let Some(snapshot) = snapshot {
        let mut waiting = vec!["targets".to_owned(), NOTICE_ROLE.to_owned()];
        while let Some(role) = waiting.pop() {
            // A role that is there already is not looked at again: delegations can go in circles.
            let added = listed(&snapshot, &role).and_then(|version| add(version, &role));
            // Below top-level targets there are packages; below the notice role there are notices.
            if let Some(added) = added.filter(|_| role != "targets") {
                let delegations = added.delegations().iter();
                waiting.extend(delegations.map(|delegation| delegation.name.clone()));
            }
        }
    }
    let bundle = serde_json::to_vec(&members).unwrap_or_default();
    // MOTD-BUNDLE-2: one that is too long for clients would be traffic for nothing.
    if (1..=BYTES).contains(&bundle.len()) {
        bundle
    } else {
        b"{}".to_vec()
    }
}
