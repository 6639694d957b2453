//! Lengths and hashes of files, as metadata states them. TUF 5.5.2, 5.7.3.

use std::fmt;

use motd_core::Code;
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use sha2::{Digest, Sha256, Sha512};

/// The hashes that a role states, as far as their algorithms are known: algorithm and digest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Hashes(pub(crate) Vec<(String, String)>);

impl Hashes {
    pub(crate) fn of(&self, algorithm: &str) -> Option<&str> {
        let mut known = self.0.iter();
        let known = known.find(|(known, _)| known == algorithm);
        known.map(|(_, digest)| digest.as_str())
    }
}

impl<'de> Deserialize<'de> for Hashes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(HashesVisitor)
    }
}

struct HashesVisitor;

impl<'de> Visitor<'de> for HashesVisitor {
    type Value = Hashes;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object of texts")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Hashes, A::Error> {
        let mut hashes = Vec::new();
        while let Some((algorithm, digest)) = access.next_entry::<String, String>()? {
            if matches!(algorithm.as_str(), "sha256" | "sha512") {
                hashes.push((algorithm, digest));
            }
        }
        Ok(Hashes(hashes))
    }
}

/// Compares bytes with a stated length and stated hashes: the code of what differs, `None` when nothing does.
pub(crate) fn integrity(
    bytes: &[u8],
    length: Option<u64>,
    hashes: Option<&Hashes>,
) -> Option<Code> {
    if length.is_some_and(|length| u64::try_from(bytes.len()) != Ok(length)) {
        return Some(Code::LengthMismatch);
    }
    (!hashes_match(bytes, hashes?)).then_some(Code::HashMismatch)
}

/// Whether every known hash is that of the bytes, and at least one is known. TUF 5.5.2, MOTD-CARRY-8.
pub(crate) fn hashes_match(bytes: &[u8], hashes: &Hashes) -> bool {
    let actual = |algorithm: &str| match algorithm {
        "sha256" => hex::encode(Sha256::digest(bytes)),
        _ => hex::encode(Sha512::digest(bytes)),
    };
    let mut all = hashes.0.iter();
    !hashes.0.is_empty() && all.all(|(algorithm, expected)| actual(algorithm) == *expected)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_known_hash_counts_and_one_is_needed() {
        let hashes = |pairs: &[(&str, String)]| -> Hashes {
            let pairs: serde_json::Map<_, _> = pairs
                .iter()
                .map(|(algorithm, hash)| ((*algorithm).to_owned(), hash.clone().into()))
                .collect();
            serde_json::from_value(pairs.into()).unwrap()
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
            &hashes(&[("sha256", short.clone()), ("sha512", short.clone())])
        ));
        assert!(!hashes_match(b"y", &hashes(&[("sha512", long)])));
        assert!(!hashes_match(b"x", &hashes(&[("md5", String::new())])));
        let upper = hashes(&[("sha256", short.to_uppercase())]);
        assert_eq!(
            integrity(b"x", None, Some(&upper)),
            Some(Code::HashMismatch)
        );
    }
}
