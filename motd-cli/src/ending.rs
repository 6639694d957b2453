//! An end by a signal, whatever the caller blocks or ignores.

use std::os::unix::process::CommandExt as _;
use std::process::Command;
use std::sync::Arc;

use nix::sys::signal::SigSet;
use rustix::process::{Signal, getpid, kill_process};
use signal_hook::consts::FORBIDDEN;
use signal_hook::low_level::emulate_default_handler;

/// What this program is called where all that it does is to end by a signal.
const NAME: &str = "motd (ends by a signal)";

/// Ends this program by a signal; returns where that does not end it.
pub(crate) fn by(signal: i32) {
    // The command has left its own core dump.
    let _ = crate::secrets::keep_in_memory();
    // No signal of its own ends the first process of a container.
    if getpid().is_init() {
        return;
    }
    let _ = emulate_default_handler(signal);
    // The library has no name for it, such as for one of real time. What is caught is at its default again in the program
    // that takes the place of this one.
    if FORBIDDEN.contains(&signal) || signal_hook::flag::register(signal, Arc::default()).is_err() {
        return;
    }
    if let Ok(this) = crate::inherited::this_program() {
        let _ = Command::new(this).arg0(NAME).arg(signal.to_string()).exec();
    }
}

/// Where this program took the place of itself to end by a signal: which one.
pub(crate) fn asked() -> Option<i32> {
    let mut words = std::env::args();
    (words.next()? == NAME).then(|| words.next()?.parse().ok())?
}

/// Ends this program by a signal that is at its default.
pub(crate) fn at_default(signal: i32) {
    let _ = SigSet::empty().thread_set_mask();
    if let Some(signal) = signal_of(signal) {
        let _ = kill_process(getpid(), signal);
    }
}

/// The signal of a number, also one of real time.
#[cfg(target_os = "linux")]
pub(crate) fn signal_of(number: i32) -> Option<Signal> {
    use rustix_libc_wrappers::process::SignalExt as _;
    Signal::from_raw(number)
}

/// The signal of a number, where there are none of real time.
#[cfg(not(target_os = "linux"))]
pub(crate) const fn signal_of(number: i32) -> Option<Signal> {
    Signal::from_named_raw(number)
}
