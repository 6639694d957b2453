//! Where a repository is stored: over memory, a folder and a real S3 endpoint, the same promises.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stderr,
    reason = "a test fails by panicking, and says how much it tried"
)]

mod bounds;
mod conditional;
mod faults;
mod faulty;
mod proposals;
mod race;
mod reader;
mod s3;
mod upkeep;
mod world;
