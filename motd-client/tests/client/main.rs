//! The client against repositories that are honest, broken and hostile.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod background;
mod bundle;
mod canary;
mod chance;
mod display;
mod embed;
mod gallery;
mod gate;
mod links;
#[cfg(target_os = "linux")]
mod memory;
mod network;
mod processes;
mod seen;
mod stall;
mod state;
mod vouched;

/// A file of the workspace, outside of this package.
fn of_the_workspace(path: &str) -> String {
    let workspace = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    std::fs::read_to_string(workspace.join(path)).unwrap()
}
