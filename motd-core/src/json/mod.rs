//! JSON as the document needs it: parsed with every limit of the bytes seen, printed as RFC 8785 prints it.

mod canonical;
mod number;
mod parse;
mod value;

pub(crate) use canonical::canonical_length;
pub use number::Number;
pub use parse::parse;
pub(crate) use value::Faults;
pub use value::Value;
