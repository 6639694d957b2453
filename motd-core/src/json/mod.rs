//! JSON as the document needs it: parsed with every limit of the bytes seen, printed as RFC 8785 prints it.

mod canonical;
mod number;
mod parse;
mod value;

pub use number::Number;
pub use parse::parse;
pub use value::Value;
pub(crate) use value::{Faults, canonical_length};
