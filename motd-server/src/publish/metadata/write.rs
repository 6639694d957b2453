//! The pieces that metadata is written from.

use motd_core::Time;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::store::files::TARGETS;

/// The `spec_version` of new roles: the version of the TUF specification that they follow.
pub const SPEC_VERSION: &str = "1.0.31";

/// Seconds of a day.
pub const DAY: u64 = 86_400;

/// The members that every role has.
#[must_use]
pub fn head(kind: &str, version: u64, expires: Time) -> Value {
    json!({
        "_type": kind,
        "spec_version": SPEC_VERSION,
        "version": version,
        "expires": expires.to_string(),
    })
}

/// Puts a member into an object.
pub fn set(object: &mut Value, name: &str, value: impl Into<Value>) {
    if let Some(members) = object.as_object_mut() {
        members.insert(name.to_owned(), value.into());
    }
}

/// Gives the next version of a role its version and its expiry.
pub fn set_version(signed: &mut Value, version: u64, expires: Time) {
    set(signed, "version", version);
    set(signed, "expires", expires.to_string());
}

/// What snapshot or timestamp say about a file: version, length and hash, from its bytes.
#[must_use]
pub fn meta_entry(version: u64, bytes: &[u8]) -> Value {
    // MOTD-PUB-6: from the bytes that are served, never from what they were parsed into.
    json!({ "version": version, "length": bytes.len(), "hashes": { "sha256": sha256(bytes) } })
}

/// What a targets role says about a file.
#[must_use]
pub fn target_entry(bytes: &[u8], custom: Option<Value>) -> Value {
    let mut entry = json!({ "length": bytes.len(), "hashes": { "sha256": sha256(bytes) } });
    if let Some(custom) = custom {
        set(&mut entry, "custom", custom);
    }
    entry
}

/// Where a target file lies with consistent snapshots: its hash before its name.
#[must_use]
pub fn target_file(path: &str, bytes: &[u8]) -> String {
    // MOTD-PUB-7: a new document never takes the place of an old one.
    hashed(path, &sha256(bytes))
}

/// The same for a hash.
pub(crate) fn hashed(path: &str, hash: &str) -> String {
    match path.rsplit_once('/') {
        Some((folder, name)) => format!("{TARGETS}{folder}/{hash}.{name}"),
        None => format!("{TARGETS}{hash}.{path}"),
    }
}

/// SHA-256 in lower-case hexadecimal.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// `days` after `now`, at most the end of the year 9999.
#[must_use]
pub fn after(now: Time, days: u64) -> Time {
    let seconds = now.unix_seconds().saturating_add(days.saturating_mul(DAY));
    i64::try_from(seconds)
        .ok()
        .and_then(Time::from_unix_seconds)
        .unwrap_or(Time::LAST)
}
