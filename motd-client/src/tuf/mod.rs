//! The TUF client workflow (specification 1.0, section 5), bytes in and verdict out.
//!
//! Signatures, pins and parsing are `sigstore-tuf`'s [`TrustedMetadataSet`](sigstore_tuf::TrustedMetadataSet); order,
//! floors, distinct keys, restarts and the reuse of stored roles are here, because that crate's own updater forgets
//! floors when the root changes, counts one key under two ids twice, and fetches again what has not changed.

pub(crate) mod keys;
pub(crate) mod names;
pub(crate) mod search;
pub(crate) mod verdict;
pub(crate) mod verifier;
pub(crate) mod workflow;
