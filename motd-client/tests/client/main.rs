//! The client against repositories that are honest, broken and hostile.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod background;
mod bundle;
mod canary;
mod chance;
mod common;
mod display;
mod embed;
mod gallery;
mod gate;
mod links;
mod network;
mod processes;
mod seen;
mod stall;
mod state;
mod vouched;
