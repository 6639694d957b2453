//! The program `motd` as its users run it: the built binary, real files, real ports.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "tests"
)]

mod attach;
mod author;
mod common;
mod demo;
#[cfg(unix)]
mod deploy;
#[cfg(unix)]
mod desk;
#[cfg(unix)]
mod helper;
#[cfg(unix)]
mod installers;
#[cfg(unix)]
mod keys;
mod lint;
mod manual;
#[cfg(unix)]
mod modes;
#[cfg(all(unix, feature = "s3"))]
mod operating;
mod operator;
mod preview;
mod readme;
#[cfg(unix)]
mod run;
#[cfg(unix)]
mod serve;
#[cfg(unix)]
mod server;
#[cfg(unix)]
mod signals;
mod signing;
#[cfg(unix)]
mod sources;
#[cfg(feature = "s3")]
mod storage;
#[cfg(feature = "s3")]
mod story;
#[cfg(unix)]
mod stuck;
#[cfg(unix)]
mod terminal;
