//! The program `motd` as its users run it: the built binary, real files, real ports.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "tests"
)]

mod common;
mod demo;
mod lint;
mod manual;
mod operator;
mod preview;
mod readme;
