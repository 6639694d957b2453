//! What the crate does as other programs meet it: the publishing interface over HTTP, the three stores, the pages in a
//! browser, and what other TUF libraries read.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test fails by panicking, and says how much it tried"
)]

mod api;
mod browser;
mod interop;
mod store;
