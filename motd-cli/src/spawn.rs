//! Programs that are started as `std::process` starts them, but for what it cannot leave alone.

use std::ffi::{CString, OsStr, OsString};
use std::io;
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};

use nix::spawn::{PosixSpawnAttr, PosixSpawnFileActions, PosixSpawnFlags, posix_spawnp};
use nix::sys::signal::{SigSet, Signal};
use rustix::process::Pid;

/// The flag for a session of its own, which has no terminal.
#[cfg(any(target_os = "linux", target_os = "android"))]
const SESSION: PosixSpawnFlags = PosixSpawnFlags::from_bits_retain(0x80);
#[cfg(target_vendor = "apple")]
const SESSION: PosixSpawnFlags = PosixSpawnFlags::from_bits_retain(0x400);
/// Elsewhere it is a process group, with the terminal.
#[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
const SESSION: PosixSpawnFlags = PosixSpawnFlags::POSIX_SPAWN_SETPGROUP;

/// Whether this program was started to ignore a signal.
pub(crate) fn is_ignored(signal: i32) -> bool {
    crate::inherited::ignored().is_some_and(|mask| mask >> (signal - 1) & 1 == 1)
}

/// Starts a program with these words, its own name among them, this environment, and this program's signal mask or another
/// one. A SIGPIPE that the caller ignored stays ignored.
pub(crate) fn spawn(
    program: &OsStr,
    words: &[OsString],
    environment: &[CString],
    files: &PosixSpawnFileActions,
    mask: Option<SigSet>,
    own_session: bool,
) -> io::Result<Pid> {
    let words: Result<Vec<_>, _> = words
        .iter()
        .map(|word| CString::new(word.clone().into_vec()))
        .collect();
    let words = words?;
    let mut attributes = PosixSpawnAttr::init()?;
    let mut flags = PosixSpawnFlags::empty();
    flags.set(SESSION, own_session);
    if !is_ignored(signal_hook::consts::SIGPIPE) {
        // Rust's runtime ignores it in this program.
        flags.insert(PosixSpawnFlags::POSIX_SPAWN_SETSIGDEF);
        attributes.set_sigdefault(&SigSet::from(Signal::SIGPIPE))?;
    }
    if let Some(mask) = mask {
        flags.insert(PosixSpawnFlags::POSIX_SPAWN_SETSIGMASK);
        attributes.set_sigmask(&mask)?;
    }
    attributes.set_flags(flags)?;
    let pid = posix_spawnp(
        &CString::new(program.as_bytes())?,
        files,
        &attributes,
        &words,
        environment,
    )?;
    Pid::from_raw(pid.as_raw()).ok_or_else(|| io::ErrorKind::Other.into())
}
