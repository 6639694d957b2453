//! The TUF client workflow (specification 1.0, section 5): what is offered is parsed once, then trusted or refused.
//!
//! Keys and their signatures are those of `sigstore-tuf`. What is read of a role is the client's own, and so are order,
//! pins, floors, thresholds, restarts and the reuse of stored roles. That crate's `Metadata` makes two trees of JSON
//! values of each role and keeps what it does not know; its updater forgets floors when the root changes, counts one key
//! under two ids twice, and fetches again what has not changed. A test compares what both read.

pub(crate) mod baseline;
mod canonical;
pub(crate) mod hashes;
pub(crate) mod keys;
pub(crate) mod names;
pub(crate) mod offered;
pub(crate) mod plain;
pub(crate) mod roles;
pub(crate) mod search;
mod text;
pub(crate) mod verifier;
pub(crate) mod workflow;
