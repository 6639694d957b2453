//! The command itself: its streams, working folder and process group are this program's, and so are its signals.

use std::ffi::OsString;
use std::io;
use std::process::{Command, ExitStatus};
use std::sync::mpsc::Sender;

use super::beside::BesideEvent;

/// How the command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    /// By itself, with this status.
    Exited(i32),
    /// By this signal.
    Killed(i32),
}

/// A command that runs.
pub(super) struct Child {
    process: std::process::Child,
    #[cfg(unix)]
    signals: Option<signals::Caught>,
}

impl Child {
    /// Starts it. A signal that is ignored here is ignored by the command, as under `nohup`.
    pub(super) fn start(command: &[OsString]) -> io::Result<Self> {
        let (program, words) = command.split_first().ok_or(io::ErrorKind::InvalidInput)?;
        let mut command = Command::new(program);
        command.args(words);
        #[cfg(unix)]
        {
            // Caught before the start where it is known which are ignored, so that none is lost on the way.
            let early = signals::ignored().map(signals::catch);
            let process = command.spawn()?;
            let signals = early.unwrap_or_else(|| signals::catch(0));
            Ok(Self { process, signals })
        }
        #[cfg(not(unix))]
        Ok(Self {
            process: command.spawn()?,
        })
    }

    /// Waits for its end. A signal that this program is sent meanwhile is the command's; one that comes after the
    /// command's end, until this program's, is said to `interrupted`.
    #[cfg(unix)]
    pub(super) fn wait(mut self, interrupted: Sender<BesideEvent>) -> io::Result<Ended> {
        let target = signals::hand_on(self.signals.take(), &self.process);
        signals::wait_for_end(&self.process);
        // From here on the process id may be another's.
        target.forget();
        signals::tell(interrupted);
        self.process.wait().map(ended)
    }

    /// Waits for its end. The console sends its events to the command itself.
    #[cfg(not(unix))]
    pub(super) fn wait(mut self, _: Sender<BesideEvent>) -> io::Result<Ended> {
        self.process.wait().map(ended)
    }
}

#[cfg(unix)]
fn ended(status: ExitStatus) -> Ended {
    match std::os::unix::process::ExitStatusExt::signal(&status) {
        Some(signal) => Ended::Killed(signal),
        None => Ended::Exited(status.code().unwrap_or(1)),
    }
}

#[cfg(not(unix))]
fn ended(status: ExitStatus) -> Ended {
    Ended::Exited(status.code().unwrap_or(1))
}

#[cfg(unix)]
mod signals {
    //! Signals handed on to the command.

    use std::process::Child;
    use std::sync::mpsc::Sender;
    use std::sync::{Arc, Mutex, PoisonError};

    use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, getpgrp, kill_process, waitid};
    use rustix::termios::tcgetpgrp;
    use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2};
    use signal_hook::iterator::Signals;

    use crate::commands::run::beside::BesideEvent;

    /// The signals that are the command's.
    const HANDED_ON: [i32; 6] = [SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2];

    /// Signals that wait to be handed on.
    pub(super) type Caught = Signals;

    /// The signals that this program was started to ignore, a bit for each, where the system tells.
    pub(super) fn ignored() -> Option<u64> {
        let status = std::fs::read_to_string("/proc/self/status").ok()?;
        let mask = status
            .lines()
            .find_map(|line| line.strip_prefix("SigIgn:"))?;
        u64::from_str_radix(mask.trim(), 16).ok()
    }

    /// Catches signals from here on, but for those that are ignored.
    pub(super) fn catch(ignored: u64) -> Option<Caught> {
        let is_heard = |signal: &i32| ignored >> (signal - 1) & 1 == 0;
        Signals::new(HANDED_ON.into_iter().filter(is_heard)).ok()
    }

    /// Whom signals are handed on to: the command while it runs, and then nobody.
    pub(super) struct SignalTarget(Arc<Mutex<Option<Pid>>>);

    impl SignalTarget {
        /// Hands no signal on any more.
        pub(super) fn forget(&self) {
            *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
        }
    }

    /// Hands the signals that this program is sent on to the command, from a thread of its own.
    pub(super) fn hand_on(signals: Option<Caught>, child: &Child) -> SignalTarget {
        let target = Arc::new(Mutex::new(Some(Pid::from_child(child))));
        let to = Arc::clone(&target);
        listen(signals, move |signal| {
            // Held while it is sent, so that it is not sent to another process of the same id.
            let target = to.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(pid) = *target {
                hand(pid, signal);
            }
        });
        SignalTarget(target)
    }

    /// Says when a signal comes from here on. One of the time before, which was the command's, is not said.
    pub(super) fn tell(interrupted: Sender<BesideEvent>) {
        listen(catch(ignored().unwrap_or(0)), move |_| {
            let _ = interrupted.send(BesideEvent::Interrupted);
        });
    }

    /// Does this for each signal, for as long as the program runs.
    fn listen(signals: Option<Caught>, heard: impl Fn(i32) + Send + 'static) {
        let Some(mut signals) = signals else { return };
        // Without a thread nothing is done, and the command runs all the same.
        let _ = std::thread::Builder::new()
            .name("motd-signals".to_owned())
            .spawn(move || signals.forever().for_each(heard));
    }

    /// Waits until the command has ended, and leaves its status to be taken.
    pub(super) fn wait_for_end(child: &Child) {
        let id = WaitId::Pid(Pid::from_child(child));
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
        while let Err(rustix::io::Errno::INTR) = waitid(id.clone(), options) {}
    }

    fn hand(pid: Pid, signal: i32) {
        // What was typed at the terminal has reached the command by itself; twice would mean "at once".
        if matches!(signal, SIGINT | SIGQUIT) && is_in_foreground() {
            return;
        }
        if let Some(signal) = Signal::from_named_raw(signal) {
            // It may have ended by now.
            let _ = kill_process(pid, signal);
        }
    }

    /// Whether the terminal sends what is typed there to this program and the command.
    fn is_in_foreground() -> bool {
        std::fs::File::open("/dev/tty")
            .ok()
            .and_then(|terminal| tcgetpgrp(terminal).ok())
            == Some(getpgrp())
    }
}
