//! The program `motd` as its users run it: the built binary, real files, real ports.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "tests"
)]

mod author;
mod common;
mod demo;
#[cfg(unix)]
mod desk;
#[cfg(unix)]
mod installers;
#[cfg(unix)]
mod keys;
mod lint;
mod manual;
#[cfg(unix)]
mod modes;
mod operator;
mod preview;
mod readme;
#[cfg(unix)]
mod run;
#[cfg(unix)]
mod sources;
