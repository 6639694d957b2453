//! Authors, stores and serves TUF repositories that carry notices.
//!
//! # Architecture
//!
//! From an operator's file to a reader's request, in this order; each step takes the value of the one before:
//!
//! 1. a TOML file becomes a notice, with the line of everything that is wrong with it ([`notice_file`]),
//! 2. notices become a document of which a client refuses nothing ([`document`]),
//! 3. a document becomes a proposal, a signed role, a publication ([`author`]),
//! 4. a publication goes into a folder or a bucket, in one step as seen from outside ([`store`]),
//! 5. the files are answered from memory ([`serve`]), and pages for people are made of them ([`page`]).
//!
//! Under them lie what is signed and how it is written ([`canonical`], [`pouf`]), what must not be signed ([`limits`]),
//! the keys ([`key`]) and the set of files that everything hands on ([`files`]).
//!
//! *Invariants*: no clock (time is an argument), no output, no secret in an error or a debug form. Nothing is signed or
//! published that a check of [`author`] refuses; what goes around the checks is called `assert_` or [`author::raw`].

pub mod api;
pub mod author;
pub mod canonical;
pub mod document;
mod error;
pub mod files;
pub mod key;
pub mod limits;
pub mod notice_file;
pub mod page;
pub mod pouf;
pub mod proposals;
pub mod serve;
pub mod store;

pub use error::Error;
