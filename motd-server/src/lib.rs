//! Authors, stores and serves TUF repositories that carry notices.
//!
//! # Architecture
//!
//! From an operator's file to a reader's request, in this order; each step takes the value of the one before:
//!
//! 1. a TOML file becomes a notice, with the line of everything that is wrong with it ([`publish::notice_file`]),
//! 2. notices become a document of which a client refuses nothing ([`publish::document`]),
//! 3. a document becomes a request, a signed role, a publication ([`publish`]),
//! 4. a publication goes into a folder or a bucket, in one step as seen from outside ([`store`]),
//! 5. the files are answered from memory ([`serve`]), and pages for people are made of them ([`serve::page`]).
//!
//! Arrows go one way: `serve` imports `publish` and `store`, and `publish` imports `store`.
//!
//! *Invariants*: no clock (time is an argument), no output, no secret in an error or a debug form. Nothing is signed or
//! published that a check of [`publish`] refuses. What goes around the checks is behind the feature `fixture`.

mod error;
pub mod publish;
mod regular;
#[cfg(test)]
mod rooms;
pub mod serve;
pub mod store;
