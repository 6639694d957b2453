//! Makes what a repository publishes: notices, documents, signed roles, publications. Everything is in memory, and time is
//! an argument everywhere.
//!
//! The steps, in their order:
//!
//! 1. [`notice_file`] reads a notice from TOML, and [`document`] puts notices together.
//! 2. [`Plan`] and [`Draft`] make a new repository; [`Repository`] is one that is there, and [`Attached`] one that another
//!    tool makes.
//! 3. [`Published`] has the steps of a change: it proposes, reviews and signs a [`SigningRequest`].
//! 4. [`Repository::publish`] checks everything and gives a [`Publication`](crate::store::files::Publication), which goes
//!    into a [`Store`](crate::store::Store). [`Attached::hand_over`] gives two files for another tool.
//!
//! Under them lie [`metadata`] (what is signed, and how it is written) and [`key`] (what signs).

mod attach;
mod bundle;
mod changes;
mod check;
mod clock;
mod difference;
mod doctor;
pub mod document;
mod error;
#[cfg(any(test, feature = "fixture"))]
pub mod fixture;
mod floors;
pub mod key;
pub mod metadata;
pub mod notice_file;
mod plan;
pub mod pouf;
mod publication;
mod read_back;
mod recovery;
mod repository;
mod request;
mod review;
mod served;
mod shadow;
mod steps;

pub use attach::{
    Attached, Covering, Handover, Host, HostFault, HostFiles, HostFinding, HostFolder, HostReading,
    Weight, delegation, read_back,
};
pub use changes::{NoticeChange, changes};
pub use difference::{Difference, differences};
pub use doctor::Advice;
pub use error::PublishError;
pub use floors::Floors;
pub use metadata::{Authority, RoleFile};
pub use plan::{Draft, LaterDelegation, Plan, RoleKeys, RootChange};
pub use publication::Online;
pub use repository::Repository;
pub use request::{Proposal, REQUEST_FILE_BYTES, SigningRequest};
pub use review::{Review, RoleReview, Signing};
pub use shadow::{NOTICE_PATTERN, check as check_shadows};
pub use steps::Published;

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
