//! Sessions with the adapter as the judge has them: one process, one line for each request and for each answer.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod check;
mod common;
mod display;
mod document;
mod entry_points;
mod hostile;
mod publisher;
mod server;
