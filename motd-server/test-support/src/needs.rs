//! What is not part of the build: who has it names it in a variable.

use std::path::PathBuf;

/// Where it is. Without it a test says so and passes; with `MOTD_REQUIRE_INTEROP=1` it fails instead.
#[must_use]
pub fn variable(name: &str, needed: &str) -> Option<PathBuf> {
    let found = std::env::var_os(name)
        .filter(|value| !value.is_empty())
        .map(PathBuf::from);
    if found.is_none() {
        assert!(
            std::env::var_os("MOTD_REQUIRE_INTEROP").is_none_or(|value| value != "1"),
            "{name} is not set"
        );
        eprintln!("skipped: needs {needed} (set {name})");
    }
    found
}
