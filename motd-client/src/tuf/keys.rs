//! Thresholds counted by distinct keys. MOTD-DEL-5.

use std::collections::{BTreeMap, BTreeSet};

use motd_core::Code;
use sha2::{Digest as _, Sha256};
use sigstore_tuf::{Error, Key, Metadata, Role, RoleKeys, Root};

/// Requires a threshold of valid signatures, each under a key id of its own.
pub(crate) fn require_threshold<T: Role>(
    metadata: &Metadata<T>,
    keys: &BTreeMap<String, Key>,
    role: &RoleKeys,
    name: &str,
) -> Result<(), Code> {
    metadata
        .verify_threshold(keys, role, name)
        .map_err(|error| match error {
            Error::ThresholdNotMet { .. } => Code::SignatureThreshold,
            // A key id that signed twice, or a threshold of zero.
            _ => Code::Malformed,
        })
}

/// Requires a threshold of distinct key values over metadata whose threshold of key *ids* has been verified.
///
/// TUF key ids are names that the delegator chose, so one key may stand under several; all known libraries count it
/// once for each, and one person passes as two of three.
pub(crate) fn require_distinct<T: Role>(
    metadata: &Metadata<T>,
    keys: &BTreeMap<String, Key>,
    role: &RoleKeys,
    name: &str,
) -> Result<(), Code> {
    let ids: BTreeSet<&String> = role.keyids.iter().collect();
    // Compared as a key and not as text: upper-case hex, PEM or another scheme name do not make another key.
    let mut values: BTreeMap<Vec<u8>, Vec<&String>> = BTreeMap::new();
    for id in ids {
        if let Some(Ok(key)) = keys.get(id).map(Key::verification_key) {
            values.entry(key.as_bytes().to_vec()).or_default().push(id);
        }
    }
    if values.values().all(|ids| ids.len() == 1) {
        // Every id is a key of its own: what was counted by id was counted by key.
        return Ok(());
    }
    // MOTD-DEL-5: a key that stands under several ids counts once.
    let signed = |id: &String| {
        let mut alone = role.clone();
        alone.keyids = vec![id.clone()];
        alone.threshold = 1;
        metadata.verify_threshold(keys, &alone, name).is_ok()
    };
    let distinct = values
        .values()
        .filter(|ids| ids.iter().any(|id| signed(id)))
        .count();
    if distinct >= role.threshold {
        Ok(())
    } else {
        Err(Code::SignatureThreshold)
    }
}

/// The keys of a top-level role, each as the role's name and the SHA-256 of the key's value: what a rollback floor is
/// stored with. MOTD-FLOOR-2.
pub(crate) fn of_role(root: &Root, name: &str) -> BTreeSet<String> {
    let ids = root.role(name).into_iter().flat_map(|role| &role.keyids);
    // A key that cannot be read signs nothing, and so sets no floor.
    ids.filter_map(|id| root.keys.get(id)?.verification_key().ok())
        .map(|key| format!("{name} {}", hex::encode(Sha256::digest(key.as_bytes()))))
        .collect()
}
