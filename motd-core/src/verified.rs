//! The proof that a document came through the gate.

use alloc::string::String;

use sha2::{Digest, Sha256, Sha512};

use crate::{Code, Document, Refusal, RepositoryId, judge, limits};

/// Something that a TUF client has verified, or that its own author looks at. Minted in this module only, each time
/// by a constructor whose name says who vouches for it; selection and rendering take nothing else.
#[derive(Clone, Debug)]
pub struct Verified<T>(T);

/// What the verified role says about the target at the reserved path. Chapter 5, "Carriers".
#[derive(Clone, Copy, Debug)]
pub struct TargetEntry<'a> {
    /// The target's length, in bytes.
    pub length: u64,
    /// The target's hashes: algorithm and hexadecimal digest, as the role names them.
    pub hashes: &'a [(String, String)],
}

impl Verified<Document> {
    /// The document in the `custom` object of a target entry.
    ///
    /// The caller vouches that the entry for `motd/notices.json`, with its custom member `motd`, stands in a role that
    /// its TUF client has verified to the end in this run, or again from the store (MOTD-GATE-2). The value has to be
    /// the parsed one whose canonical form was verified (MOTD-CARRY-4).
    ///
    /// # Errors
    /// In this order: size, depth, member names, then equality with the entry's length and hashes (MOTD-CARRY-3), then
    /// the document.
    pub fn assert_tuf_verified_custom(
        custom_motd: &serde_json::Value,
        entry: &TargetEntry<'_>,
        expected: &RepositoryId,
    ) -> Result<Self, Refusal> {
        let value = judge::custom_value(custom_motd)?;
        entry
            .judge_custom(&value.document_bytes())
            .map_err(Refusal::of_document)?;
        // MOTD-CARRY-4: the value whose canonical form was compared, and no other reading of it.
        Document::judge(&value, Some(expected)).map(Self)
    }

    /// The document in the target file at the reserved path.
    ///
    /// The caller vouches that the entry stands in a role that its TUF client has verified to the end. Length and
    /// hashes of the bytes are compared again here (MOTD-CARRY-8).
    ///
    /// # Errors
    /// `length-mismatch`, `hash-mismatch` or `carrier-no-hash`, then those of [`Document::judge_bytes`].
    pub fn assert_tuf_verified_target(
        bytes: &[u8],
        entry: &TargetEntry<'_>,
        expected: &RepositoryId,
    ) -> Result<Self, Refusal> {
        entry.judge_target(bytes).map_err(Refusal::of_document)?;
        Document::judge_bytes(bytes, Some(expected)).map(Self)
    }

    /// A document that its own author looks at before anybody signs it: never one from a network.
    #[must_use]
    pub const fn assert_author_preview(document: Document) -> Self {
        Self(document)
    }
}

impl<T> Verified<T> {
    /// What was verified.
    #[must_use]
    pub const fn verified(&self) -> &T {
        &self.0
    }
}

/// What the known hashes of an entry say about some bytes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Hashes {
    /// There is no known one.
    Unknown,
    /// One of them is another.
    Differ,
    /// All of them are theirs.
    Match,
}

impl TargetEntry<'_> {
    /// MOTD-CARRY-3: one equality rule for both carriers, which also settles every parser's quirks.
    fn judge_custom(&self, document_bytes: &[u8]) -> Result<(), Code> {
        let hashes = self.hashes_of(document_bytes);
        if hashes == Hashes::Unknown {
            return Err(Code::CarrierNoHash);
        }
        if self.length != document_bytes.len() as u64 {
            return Err(Code::CarrierLength);
        }
        if hashes == Hashes::Match {
            Ok(())
        } else {
            Err(Code::CarrierHash)
        }
    }

    /// MOTD-CARRY-8: compared again, whatever the transport did.
    fn judge_target(&self, bytes: &[u8]) -> Result<(), Code> {
        // MOTD-BYTES-1: said by the entry, before anything is hashed.
        if self.length > limits::TARGET_DOCUMENT_BYTES as u64 {
            return Err(Code::DocumentTooLarge);
        }
        if self.length != bytes.len() as u64 {
            return Err(Code::LengthMismatch);
        }
        match self.hashes_of(bytes) {
            Hashes::Unknown => Err(Code::CarrierNoHash),
            Hashes::Differ => Err(Code::HashMismatch),
            Hashes::Match => Ok(()),
        }
    }

    fn hashes_of(&self, bytes: &[u8]) -> Hashes {
        let mut hashes = Hashes::Unknown;
        for (algorithm, digest) in self.hashes {
            // Every known one has to match: an entry with two must not be two entries.
            let matches = match algorithm.as_str() {
                "sha256" => is_hexadecimal_of(digest, &Sha256::digest(bytes)),
                "sha512" => is_hexadecimal_of(digest, &Sha512::digest(bytes)),
                _ => continue,
            };
            if !matches {
                return Hashes::Differ;
            }
            hashes = Hashes::Match;
        }
        hashes
    }
}

/// In the one spelling that section 5.4 has: lower case.
fn is_hexadecimal_of(text: &str, digest: &[u8]) -> bool {
    let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16);
    let expected = digest
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 0xF)]);
    text.chars().map(Some).eq(expected)
}
