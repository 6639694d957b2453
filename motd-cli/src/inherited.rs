//! Which signals the caller had this program ignore.

#[cfg(target_os = "linux")]
use std::sync::OnceLock;

#[cfg(target_os = "linux")]
static IGNORED: OnceLock<Option<u64>> = OnceLock::new();

/// The signals that were ignored when this program started, a bit for each, where the system tells.
#[cfg(target_os = "linux")]
pub(crate) fn ignored() -> Option<u64> {
    *IGNORED.get()?
}

#[cfg(not(target_os = "linux"))]
pub(crate) const fn ignored() -> Option<u64> {
    None
}

/// Runs before Rust's runtime, which ignores SIGPIPE for itself and does not say what it was before.
#[cfg(target_os = "linux")]
#[ctor::ctor]
fn remember() {
    let read = || {
        let status = std::fs::read_to_string("/proc/self/status").ok()?;
        let mut lines = status.lines();
        let mask = lines.find_map(|line| line.strip_prefix("SigIgn:"))?;
        u64::from_str_radix(mask.trim(), 16).ok()
    };
    // Nothing else sets it.
    let _ = IGNORED.set(read());
}
