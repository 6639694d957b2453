//! The client against repositories that are honest, broken and hostile.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod background;
mod canary;
mod chance;
mod common;
mod display;
mod gate;
mod network;
mod state;
mod vouched;
