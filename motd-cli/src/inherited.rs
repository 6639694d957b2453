//! What the caller gave this program beside its words: ignored signals, descriptors, and the environment.

use std::ffi::{CString, OsString};
use std::os::unix::ffi::OsStringExt as _;
#[cfg(target_os = "linux")]
use std::sync::OnceLock;

#[cfg(target_os = "linux")]
static IGNORED: OnceLock<Option<u64>> = OnceLock::new();
#[cfg(target_os = "linux")]
static CLOSED: OnceLock<Vec<i32>> = OnceLock::new();
#[cfg(target_os = "linux")]
static MORE: OnceLock<Vec<i32>> = OnceLock::new();

/// The signals that were ignored when this program started, a bit for each, where the system tells.
#[cfg(target_os = "linux")]
pub(crate) fn ignored() -> Option<u64> {
    *IGNORED.get()?
}

/// The standard streams that were closed when this program started, where the system tells.
#[cfg(target_os = "linux")]
pub(crate) fn closed_streams() -> &'static [i32] {
    CLOSED.get().map_or(&[], Vec::as_slice)
}

/// The descriptors beyond the standard streams that this program was started with, where the system tells.
#[cfg(target_os = "linux")]
pub(crate) fn more_descriptors() -> &'static [i32] {
    MORE.get().map_or(&[], Vec::as_slice)
}

/// Closes those descriptors, once: no program that is started from here on can read what is in them.
pub(crate) fn close_more() {
    static CLOSING: std::sync::Once = std::sync::Once::new();
    // Later, each number may be a file of this program.
    CLOSING.call_once(|| {
        for descriptor in more_descriptors() {
            // One that cannot be closed is closed already.
            let _ = nix::unistd::close(*descriptor);
        }
    });
}

/// The file that runs, whatever stands in its place by now.
pub(crate) fn this_program() -> std::io::Result<std::path::PathBuf> {
    if cfg!(target_os = "linux") {
        Ok("/proc/self/exe".into())
    } else {
        std::env::current_exe()
    }
}

/// An entry of an environment; nothing for one that cannot be one.
pub(crate) fn variable((mut name, value): (OsString, OsString)) -> Option<CString> {
    name.push("=");
    name.push(value);
    CString::new(name.into_vec()).ok()
}

/// The environment, entry for entry: also those that are no variables, where the system tells.
pub(crate) fn environment() -> Vec<CString> {
    #[cfg(target_os = "linux")]
    if let Ok(mut bytes) = std::fs::read("/proc/self/environ")
        && bytes.pop() == Some(0)
    {
        let entries = bytes.split(|byte| *byte == 0);
        return entries
            .filter_map(|entry| CString::new(entry).ok())
            .collect();
    }
    std::env::vars_os().filter_map(variable).collect()
}

#[cfg(not(target_os = "linux"))]
pub(crate) const fn ignored() -> Option<u64> {
    None
}

#[cfg(not(target_os = "linux"))]
pub(crate) const fn closed_streams() -> &'static [i32] {
    &[]
}

#[cfg(not(target_os = "linux"))]
pub(crate) const fn more_descriptors() -> &'static [i32] {
    &[]
}

/// Runs before Rust's runtime, which ignores SIGPIPE for itself and opens the standard streams that are closed, and does
/// not say what was before.
#[cfg(target_os = "linux")]
#[ctor::ctor]
fn remember() {
    let read = || {
        let status = std::fs::read_to_string("/proc/self/status").ok()?;
        let mut lines = status.lines();
        let mask = lines.find_map(|line| line.strip_prefix("SigIgn:"))?;
        u64::from_str_radix(mask.trim(), 16).ok()
    };
    // Looked at by their names: an opened file would take their place.
    let is_closed = |stream: &i32| {
        std::fs::symlink_metadata("/proc/self/fd").is_ok()
            && std::fs::symlink_metadata(format!("/proc/self/fd/{stream}")).is_err()
    };
    // Nothing else sets these.
    let _ = CLOSED.set((0..3).filter(is_closed).collect());
    let entries = std::fs::read_dir("/proc/self/fd").into_iter().flatten();
    let descriptors = entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    let mut descriptors: Vec<i32> = descriptors.filter(|descriptor| *descriptor > 2).collect();
    // One of them was the folder itself.
    descriptors.retain(|descriptor| {
        std::fs::symlink_metadata(format!("/proc/self/fd/{descriptor}")).is_ok()
    });
    let _ = MORE.set(descriptors);
    let _ = IGNORED.set(read());
}
