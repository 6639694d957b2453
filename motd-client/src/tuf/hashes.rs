//! Lengths and hashes of files, as metadata states them. TUF 5.5.2, 5.7.3.

use std::collections::BTreeMap;

use motd_core::Code;
use sha2::{Digest, Sha256, Sha512};
use sigstore_tuf::MetaFile;

/// Compares bytes with the length and hashes of a pin: the code of what differs, `None` when nothing does.
pub(crate) fn integrity(bytes: &[u8], pin: &MetaFile) -> Option<Code> {
    if pin
        .length
        .is_some_and(|length| u64::try_from(bytes.len()) != Ok(length))
    {
        return Some(Code::LengthMismatch);
    }
    // In either spelling, as other TUF clients read them; an entry of a target has one (section 5.4).
    let lower =
        |(algorithm, hash): (&String, &String)| (algorithm.clone(), hash.to_ascii_lowercase());
    let hashes = pin.hashes.as_ref()?.iter().map(lower).collect();
    (!hashes_match(bytes, &hashes)).then_some(Code::HashMismatch)
}

/// Whether every known hash is that of the bytes, and at least one is known. TUF 5.5.2, MOTD-CARRY-8.
pub(crate) fn hashes_match(bytes: &[u8], hashes: &BTreeMap<String, String>) -> bool {
    let mut known = 0;
    for (algorithm, expected) in hashes {
        let actual = match algorithm.as_str() {
            "sha256" => hex::encode(Sha256::digest(bytes)),
            "sha512" => hex::encode(Sha512::digest(bytes)),
            _ => continue,
        };
        if actual != *expected {
            return false;
        }
        known += 1;
    }
    known > 0
}

/// Whether a hash by this algorithm is compared.
pub(crate) fn is_known(algorithm: &str) -> bool {
    matches!(algorithm, "sha256" | "sha512")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_known_hash_counts_and_one_is_needed() {
        let hashes = |pairs: &[(&str, String)]| -> BTreeMap<String, String> {
            pairs
                .iter()
                .map(|(algorithm, hash)| ((*algorithm).to_owned(), hash.clone()))
                .collect()
        };
        let (short, long) = (
            hex::encode(Sha256::digest(b"x")),
            hex::encode(Sha512::digest(b"x")),
        );
        // One spelling, section 5.4.
        assert!(!hashes_match(
            b"x",
            &hashes(&[("sha256", short.to_uppercase())])
        ));
        assert!(hashes_match(
            b"x",
            &hashes(&[("sha256", short.clone()), ("blake2b", String::new())])
        ));
        assert!(!hashes_match(
            b"x",
            &hashes(&[("sha256", short.clone()), ("sha512", short)])
        ));
        assert!(!hashes_match(b"y", &hashes(&[("sha512", long)])));
        assert!(!hashes_match(b"x", &hashes(&[("md5", String::new())])));
    }
}
