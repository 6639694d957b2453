//! TUF metadata as a publisher handles it: files that are read once into types, and written in the form that is signed.
//!
//! - A [`RoleFile`] is one file: its bytes, its signatures, and what it says in types.
//! - An [`Authority`] says which keys sign a role and how many of them have to.
//! - [`canonical`] writes the signed form, [`limits`] keeps to values that all TUF libraries read alike, and the rest of
//!   what is written is made in [`write`](mod@write).

mod authority;
pub mod canonical;
mod content;
pub(crate) mod form;
pub mod limits;
mod role_file;
mod verify;
pub mod write;

pub use authority::Authority;
pub use content::{Delegation, ListedRole, NoticeEntry};
pub(crate) use role_file::malformed;
pub use role_file::{RoleFile, TOP_LEVEL_ROLES};
