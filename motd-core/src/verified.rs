//! The proof that a document came through the gate.

use crate::{Document, Refusal, RepositoryId};

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
    pub hashes: &'a [(alloc::string::String, alloc::string::String)],
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
        todo!()
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
        todo!()
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
