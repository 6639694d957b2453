//! Notices in a repository that another tool makes and signs: one delegation and one role file.
//!
//! - [`Host`] is the other's metadata, verified with whatever keys it has. It is read and never written.
//! - [`Host::check`] says whether notices can be attached to it, and why not.
//! - [`delegation`] is what the host's people add to top-level targets, with their own tool.
//! - [`Attached`] makes, signs and hands over the notice role: two files for the host's snapshot tool.
//! - [`read_back`] reads what was published in the end, with a client that knows nothing of the rest of this module.
//!
//! Specification, sections 5.6 and 5.7.

mod check;
mod client;
mod delegation;
mod files;
mod finding;
mod host;
mod role;

pub use client::{HostReading, read_back};
pub use delegation::delegation;
pub use files::{HostFiles, HostFolder};
pub use finding::{Covering, HostFault, HostFinding, Weight};
pub use host::Host;
pub use role::{Attached, Handover};

#[cfg(test)]
mod tests;
