//! Thresholds counted by distinct keys. MOTD-DEL-5.

use std::collections::{BTreeMap, BTreeSet};

use motd_core::Code;
use sha2::{Digest as _, Sha256};

use super::offered::Metadata;
use super::roles::{Authority, Key, Root, Signature};
use crate::deadline::Deadline;

/// Requires a threshold of valid signatures by distinct keys, and gives those that counted.
///
/// TUF key ids are names that the delegator chose, so one key may stand under several; all known libraries count it
/// once for each, and one person passes as two of three.
pub(crate) fn require_threshold<'m, T>(
    metadata: &'m Metadata<T>,
    keys: &BTreeMap<String, Key>,
    role: &Authority,
    deadline: Deadline,
) -> Result<Vec<&'m Signature>, Code> {
    let ids = role.key_ids();
    let ids: BTreeSet<&str> = ids.iter().map(AsRef::as_ref).collect();
    let mut signed: BTreeSet<Vec<u8>> = BTreeSet::new();
    let mut counted = Vec::new();
    for signature in metadata.signatures() {
        // MOTD-GATE-17: a signature that nobody asked for costs nothing.
        if !ids.contains(signature.keyid.as_str()) {
            continue;
        }
        let key = keys.get(&signature.keyid).and_then(Key::verifying);
        let (Some(key), Ok(bytes)) = (key, hex::decode(&signature.sig)) else {
            continue;
        };
        // Compared as a key and not as text: upper-case hex, PEM or another scheme name do not make another key.
        let Ok(value) = key.verification_key().map(|key| key.as_bytes().to_vec()) else {
            continue;
        };
        // MOTD-DEL-5: a key that stands under several ids counts once.
        if signed.contains(&value) {
            continue;
        }
        deadline.require()?;
        if key.verify(metadata.canonical(), &bytes.into()).is_ok() {
            signed.insert(value);
            counted.push(signature);
        }
        if u64::try_from(signed.len()).is_ok_and(|signed| signed >= role.threshold) {
            return Ok(counted);
        }
    }
    Err(Code::SignatureThreshold)
}

/// The keys of a top-level role, each as the role's name and the SHA-256 of the key's value: what a rollback floor is
/// stored with. MOTD-FLOOR-2.
pub(crate) fn of_role(root: &Root, name: &str) -> BTreeSet<String> {
    let ids = root.role(name).map(Authority::key_ids).unwrap_or_default();
    // A key that cannot be read signs nothing, and so sets no floor.
    ids.iter()
        .filter_map(|id| root.keys.get(&**id)?.verifying()?.verification_key().ok())
        .map(|key| format!("{name} {}", hex::encode(Sha256::digest(key.as_bytes()))))
        .collect()
}
