//! The low level: any JSON signed by any keys, with no check at all.
//!
//! The rest of the module is built on these few functions, and so are the attacks: a test or a demonstration that plays
//! a thief of keys signs here what [`super::Repository`] refuses to sign.

use motd_core::Time;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tuf::crypto::PrivateKey;

use super::role_file::malformed;
use crate::error::Error;
use crate::publish::canonical::{canonical, file_form};
use crate::store::files::TARGETS;

/// Seconds of a day.
pub const DAY: u64 = 86_400;

/// Signs `signed` with every key and gives the file's bytes.
///
/// # Errors
///
/// [`Error::Metadata`] when a number in it has a fraction, [`Error::Signer`] when a key does not sign.
pub fn sign_raw(signed: &Value, keys: &[&dyn PrivateKey]) -> Result<Vec<u8>, Error> {
    let fraction = |_| malformed("signed", "a number is not an integer");
    let message = canonical(signed).map_err(fraction)?;
    let mut signatures = Vec::with_capacity(keys.len());
    for key in keys {
        let signature = key.sign(&message).map_err(Error::Signer)?;
        signatures.push(json!({
            "keyid": signature.key_id().to_string(),
            "sig": hex::encode(signature.value().as_bytes()),
        }));
    }
    file_form(&json!({ "signatures": signatures, "signed": signed })).map_err(fraction)
}

/// The `signed` of a file, for whoever wants to change and sign it again.
///
/// # Errors
///
/// [`Error::Metadata`] when there is none.
pub fn signed_of(bytes: &[u8]) -> Result<Value, Error> {
    let file: Value = serde_json::from_slice(bytes).map_err(|_| malformed("signed", "not JSON"))?;
    file.get("signed")
        .cloned()
        .ok_or_else(|| malformed("signed", "missing"))
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
    if let (Some(custom), Some(members)) = (custom, entry.as_object_mut()) {
        members.insert("custom".to_owned(), custom);
    }
    entry
}

/// Where a target file lies with consistent snapshots: its hash before its name.
#[must_use]
pub fn target_file(path: &str, bytes: &[u8]) -> String {
    // MOTD-PUB-7: a new document never takes the place of an old one.
    match path.rsplit_once('/') {
        Some((folder, name)) => format!("{TARGETS}{folder}/{}.{name}", sha256(bytes)),
        None => format!("{TARGETS}{}.{path}", sha256(bytes)),
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
