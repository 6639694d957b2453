//! Authors, stores and serves TUF repositories that carry notices.
//!
//! # Architecture
//!
//! From an operator's file to a reader's request, in this order; each step takes the value of the one before:
//!
//! 1. a TOML file becomes a notice, with the line of everything that is wrong with it ([`publish::notice_file`]),
//! 2. notices become a document of which a client refuses nothing ([`publish::document`]),
//! 3. a document becomes a proposal, a signed role, a publication ([`publish`]),
//! 4. a publication goes into a folder or a bucket, in one step as seen from outside ([`store`]),
//! 5. the files are answered from memory ([`serve`]), and pages for people are made of them ([`serve::page`]).
//!
//! Under them lie what is signed and how it is written ([`publish::metadata`]), the keys ([`publish::key`]) and the set
//! of files that everything hands on ([`store::files`]).
//!
//! *Invariants*: no clock (time is an argument), no output, no secret in an error or a debug form. Nothing is signed or
//! published that a check of [`publish`] refuses; what goes around the checks is called `assert_`, or is in
//! [`publish::metadata::write`](mod@publish::metadata::write).

mod error;
pub mod publish;
#[cfg(test)]
mod rooms;
pub mod serve;
pub mod store;
