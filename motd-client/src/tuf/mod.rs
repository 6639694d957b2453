//! The TUF client workflow (specification 1.0, section 5): what is offered is parsed once, then trusted or refused.
//!
//! Parsing, canonical form, keys, signatures and thresholds are those of `sigstore-tuf`'s
//! [`Metadata`](sigstore_tuf::Metadata). Order, pins, floors, distinct keys, restarts and the reuse of stored roles are
//! here. That crate's own updater forgets floors when the root changes, counts one key under two ids twice, and
//! fetches again what has not changed; its `TrustedMetadataSet` takes bytes alone, so that each question about a role
//! would parse it again.

pub(crate) mod baseline;
pub(crate) mod hashes;
pub(crate) mod keys;
pub(crate) mod names;
pub(crate) mod offered;
pub(crate) mod search;
pub(crate) mod verifier;
pub(crate) mod workflow;
