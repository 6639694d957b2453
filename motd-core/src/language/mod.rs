//! Languages: tags (BCP 47), the choice between them (RFC 4647 lookup), and the reader's wish (POSIX).

mod lookup;
mod posix;
mod tag;

pub(crate) use lookup::candidates;
pub use posix::posix_language;
pub use tag::LanguageTag;
pub(crate) use tag::is_well_formed;
