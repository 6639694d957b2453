//! Tests of the crate as its users see it. One binary, so that it is linked once.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where it fails"
)]

mod bases;
mod carriers;
mod codes;
mod grammars;
mod hostile;
mod properties;
mod ranges;
mod rendering;
mod repeating;
mod scaling;
#[cfg(feature = "schema")]
mod schema;
mod selection;
mod vectors;

/// What must not compile: nothing unverified can be shown.
#[test]
fn chain_of_types() {
    trybuild::TestCases::new().compile_fail("tests/compile-fail/*.rs");
}
