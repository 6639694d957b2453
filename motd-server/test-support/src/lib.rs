//! Helpers that the tests of several packages share: programs that are not part of the build, clients in other languages,
//! an S3 endpoint, and what has to hold of every page.

#![expect(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "tests: a helper fails the test by panicking"
)]

pub mod needs;
pub mod readers;
pub mod s3;
pub mod sound;
