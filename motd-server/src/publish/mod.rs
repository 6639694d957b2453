//! Authoring TUF repositories that carry notices, in memory: drafts, signatures by people, publications.
//!
//! - [`Plan`] and [`Draft`] make a new repository; [`Repository`] is one that is there.
//! - A [`Proposal`] is the next version of the notice role. People [`sign`](Repository::sign) it, one after the other;
//!   [`publish`](Repository::publish) checks everything and gives a [`Publication`](crate::store::files::Publication), which
//!   goes into a [`Store`](crate::store::Store) or into the memory of a test.
//! - [`Host`] is a repository that another tool makes and signs, to which notices are attached.
//! - [`raw`] signs anything with anything.
//!
//! Time is an argument everywhere.

mod admit;
mod attach;
mod authority;
mod bundle;
pub mod canonical;
mod changes;
mod check;
mod difference;
mod distance;
mod doctor;
pub mod document;
mod draft;
mod fixture;
pub mod key;
pub mod limits;
pub mod notice_file;
mod plan;
pub mod pouf;
mod publish;
pub mod raw;
mod repository;
mod request;
mod role_file;
mod rotation;
mod shadow;

pub use attach::{
    Attached, Covering, Handover, Host, HostFault, HostFiles, HostFinding, HostFolder, Reading,
    Weight, delegation, read_back,
};
pub use authority::{Authority, KeyValue};
pub use changes::{NoticeChange, changes};
pub use difference::{Difference, differences};
pub use doctor::Advice;
pub use draft::RootChange;
pub use fixture::{Shape, TestRepository};
pub use plan::{Draft, LaterDelegation, Lifetimes, Plan, RoleKeys};
pub use publish::{Change, Online};
pub use repository::{Proposal, Repository};
pub use request::{REQUEST_FILE_BYTES, Review, RoleReview, Signing, SigningRequest};
pub use role_file::RoleFile;
pub use shadow::{NOTICE_PATTERN, check as check_shadows};

/// The reserved target path.
pub const TARGET_PATH: &str = "motd/notices.json";

/// The delegated role that signs notices.
pub const NOTICE_ROLE: &str = "motd";

/// The member of `custom` that carries a document inline.
pub const CUSTOM_MEMBER: &str = "motd";

/// The longest life of the notice role, in days (MOTD-DEL-3).
pub const NOTICE_DAYS: u64 = 93;

#[cfg(test)]
mod tests;
