//! Languages: tags (BCP 47), the choice between them (RFC 4647 lookup), and the reader's wish (POSIX).

mod posix;
mod range;
mod tag;

pub use posix::{posix_is_utf8, posix_language};
pub use range::LanguageRange;
pub use tag::LanguageTag;
pub(crate) use tag::is_well_formed;
