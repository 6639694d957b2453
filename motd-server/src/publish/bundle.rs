//! The bundle: what a check of a sidecar reads, in one file. Chapter 5, section 5.8.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value};

use super::NOTICE_ROLE;
use super::metadata::RoleFile;
use super::steps::document_path;
use crate::store::files::{METADATA, TARGETS, TIMESTAMP, versioned};

/// The longest bundle, in bytes.
pub(super) const BYTES: usize = 1_048_576;

/// The bundle of a repository whose files are given by path: the timestamp, and of what it leads to the snapshot, top-level
/// targets, the roles for notices, and the document where no role carries it. MOTD-BUNDLE-1.
pub(super) fn bundle<'a>(file: impl Fn(&str) -> Option<&'a [u8]>) -> Vec<u8> {
    let mut members = Map::new();
    let mut add = |path: &str, name: String| -> Option<&'a [u8]> {
        let bytes = file(path)?;
        let text = str::from_utf8(bytes).ok()?;
        members
            .insert(name, Value::String(text.to_owned()))
            .is_none()
            .then_some(bytes)
    };
    let mut add_role = |version: u64, role: &str| -> Option<RoleFile> {
        let name = format!("{version}.{}.json", utf8_percent_encode(role, ENCODED));
        RoleFile::read(role, add(&versioned(version, role), name)?).ok()
    };
    let listed = |parent: &RoleFile, role: &str| Some(parent.listed(role)?.version);
    let timestamp = file(TIMESTAMP).and_then(|bytes| RoleFile::read("timestamp", bytes).ok());
    let snapshot = timestamp
        .as_ref()
        .and_then(|timestamp| listed(timestamp, "snapshot"))
        .and_then(|version| add_role(version, "snapshot"));
    let mut documents = Vec::new();
    if let Some(snapshot) = snapshot {
        let mut waiting = vec!["targets".to_owned(), NOTICE_ROLE.to_owned()];
        while let Some(role) = waiting.pop() {
            // A role that is there already is not looked at again: delegations can go in circles.
            let added = listed(&snapshot, &role).and_then(|version| add_role(version, &role));
            // Below top-level targets there are packages; below the notice role there are notices.
            if let Some(added) = added.filter(|_| role != "targets") {
                let delegations = added.delegations().iter();
                waiting.extend(delegations.map(|delegation| delegation.name.clone()));
                let entry = added.notices_entry();
                if entry.is_some_and(|entry| entry.inline.is_none()) {
                    documents.extend(document_path(&added));
                }
            }
        }
    }
    for path in documents {
        if let Some(name) = path.strip_prefix(TARGETS) {
            add(&path, name.to_owned());
        }
    }
    if timestamp.is_some()
        && let Some(name) = TIMESTAMP.strip_prefix(METADATA)
    {
        add(TIMESTAMP, name.to_owned());
    }
    let bundle = serde_json::to_vec(&members).unwrap_or_default();
    // MOTD-BUNDLE-2: one that is too long for clients would be traffic for nothing.
    if (1..=BYTES).contains(&bundle.len()) {
        bundle
    } else {
        EMPTY.to_vec()
    }
}

/// What is served where a bundle would be too long.
pub(super) const EMPTY: &[u8] = b"{}";

/// What is percent-encoded in the name of a role, as a request has it: all but the unreserved characters of RFC 3986.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');
