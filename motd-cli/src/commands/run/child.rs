//! The command itself: its streams, working folder and process group are this program's, and so are its signals.

use std::ffi::OsString;
use std::io;

/// How the command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    /// By itself, with this status.
    Exited(i32),
    /// By this signal.
    #[cfg(unix)]
    Killed(i32),
}

/// A command that runs.
#[cfg(not(unix))]
pub(super) struct Child(std::process::Child);

#[cfg(not(unix))]
impl Child {
    /// Starts it.
    pub(super) fn start(command: &[OsString]) -> io::Result<Self> {
        let (program, words) = command.split_first().ok_or(io::ErrorKind::InvalidInput)?;
        std::process::Command::new(program)
            .args(words)
            .spawn()
            .map(Self)
    }

    /// Waits for its end. The console sends its events to the command itself.
    pub(super) fn wait(
        mut self,
        _: impl Fn() + Send + 'static,
        _: impl Fn() + Send + 'static,
    ) -> io::Result<Ended> {
        let status = self.0.wait()?;
        Ok(Ended::Exited(status.code().unwrap_or(1)))
    }
}

/// A command that runs.
#[cfg(unix)]
pub(super) struct Child {
    pid: rustix::process::Pid,
    signals: Option<signals::SignalTarget>,
}

#[cfg(unix)]
impl Child {
    /// Starts it. A signal that is ignored here is ignored by the command, as under `nohup`.
    pub(super) fn start(command: &[OsString]) -> io::Result<Self> {
        // They wait until it is known whom they are handed on to. The command is started with the caller's own mask.
        let held = signals::hold();
        let started = spawn(command, held);
        // Not before the command: it may take the last process that the user may have.
        let signals = started.as_ref().ok().and_then(|pid| signals::hand_on(*pid));
        signals::release(held, signals.is_some());
        started.map(|pid| Self { pid, signals })
    }

    /// Waits for its end. A signal that this program is sent meanwhile is the command's; one that comes after the
    /// command's end, until this program's, is said to `interrupted`. `ended` is done when another process may have ended.
    pub(super) fn wait(
        self,
        interrupted: impl Fn() + Send + 'static,
        ended: impl Fn() + Send + 'static,
    ) -> io::Result<Ended> {
        use rustix::process::{WaitOptions, waitpid};
        if let Some(target) = &self.signals {
            target.at_an_end(ended);
        }
        signals::wait_for_end(self.pid);
        if let Some(target) = &self.signals {
            // From here on the process id may be another's.
            target.forget();
        }
        signals::tell(interrupted);
        let (_, status) =
            waitpid(Some(self.pid), WaitOptions::empty())?.ok_or(io::ErrorKind::Other)?;
        Ok(match status.terminating_signal() {
            Some(signal) => Ended::Killed(signal),
            None => Ended::Exited(status.exit_status().unwrap_or(1)),
        })
    }
}

/// Starts the command with the streams of this program; one that was closed is closed.
#[cfg(unix)]
fn spawn(
    command: &[OsString],
    mask: Option<nix::sys::signal::SigSet>,
) -> io::Result<rustix::process::Pid> {
    use crate::spawn::spawn;
    let mut files = nix::spawn::PosixSpawnFileActions::init()?;
    for stream in crate::inherited::closed_streams() {
        files.add_close(*stream)?;
    }
    let environment = crate::inherited::environment();
    let start = |words: &[OsString]| {
        let program = words.first().ok_or(io::ErrorKind::InvalidInput)?;
        spawn(program, words, &environment, &files, mask, false)
    };
    let started = start(command);
    let is_script = |error: &io::Error| error.raw_os_error() == Some(nix::Error::ENOEXEC as i32);
    if started.as_ref().is_err_and(is_script)
        && let Some((name, words)) = command.split_first()
    {
        // What is no program of the system is a script of the shell, as for the shell itself.
        let folders = crate::installers::search_folders();
        let file = crate::installers::find(name, &folders).ok_or(io::ErrorKind::NotFound)?;
        let shell = ["/bin/sh".into(), file.into()];
        return start(&[&shell, words].concat());
    }
    started
}

/// Leaves the streams and other descriptors to the command alone: who waits for their ends waits for no other process. A
/// terminal stays, on which the helper's display is waited for.
#[cfg(unix)]
pub(super) fn leave_streams(keeps_terminal: bool) {
    use rustix::stdio::{dup2_stderr, dup2_stdin, dup2_stdout};
    crate::inherited::close_more();
    let null = std::fs::File::options()
        .read(true)
        .write(true)
        .open("/dev/null");
    let Ok(null) = null else { return };
    // One that cannot be left stays.
    let _ = dup2_stdin(&null);
    let _ = dup2_stdout(&null);
    if !keeps_terminal {
        let _ = dup2_stderr(&null);
    }
}

#[cfg(unix)]
mod signals {
    //! Signals handed on to the command.

    use std::sync::atomic::{AtomicBool, Ordering};
    use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

    use nix::sys::signal::{SigSet, SigmaskHow, Signal as Named};
    use rustix::process::{
        Pid, Signal, WaitIdOptions, getpgid, getpgrp, getpid, getsid, kill_process, waitid,
    };
    use rustix::termios::tcgetpgrp;
    use signal_hook::consts::{
        SIGABRT, SIGALRM, SIGCHLD, SIGCONT, SIGHUP, SIGINT, SIGIO, SIGPIPE, SIGPROF, SIGQUIT,
        SIGSTOP, SIGSYS, SIGTERM, SIGTRAP, SIGTSTP, SIGTTIN, SIGTTOU, SIGURG, SIGUSR1, SIGUSR2,
        SIGVTALRM, SIGWINCH, SIGXCPU, SIGXFSZ,
    };
    use signal_hook::iterator::SignalsInfo;
    use signal_hook::iterator::exfiltrator::WithOrigin;
    use signal_hook::low_level::raise;
    use signal_hook::low_level::siginfo::{Cause, Origin};

    use crate::ending::signal_of;
    use crate::inherited::ignored;

    /// The signals that are the command's: all but those that cannot be caught, that tell of a defect of this program
    /// (ILL, FPE, SEGV, BUS), or that stop it where it writes itself (TTIN, TTOU).
    const HANDED_ON: [i32; 20] = [
        SIGABRT, SIGALRM, SIGCONT, SIGHUP, SIGINT, SIGIO, SIGPIPE, SIGPROF, SIGQUIT, SIGSYS,
        SIGTERM, SIGTRAP, SIGTSTP, SIGURG, SIGUSR1, SIGUSR2, SIGVTALRM, SIGWINCH, SIGXCPU, SIGXFSZ,
    ];
    /// Those of Linux without a name elsewhere: STKFLT, PWR, and those of real time.
    #[cfg(target_os = "linux")]
    fn more() -> impl Iterator<Item = i32> {
        [16, 30].into_iter().chain(34..=64)
    }
    #[cfg(not(target_os = "linux"))]
    fn more() -> impl Iterator<Item = i32> {
        std::iter::empty()
    }

    /// Whether this program stopped with the command, which goes on with it.
    static STOPPED: AtomicBool = AtomicBool::new(false);
    /// Whether the command is stopped, and this program is not.
    static HELD: AtomicBool = AtomicBool::new(false);

    fn is_in(mask: u64, signal: i32) -> bool {
        mask >> (signal - 1) & 1 == 1
    }

    /// Lets signals wait; the caller's mask.
    pub(super) fn hold() -> Option<SigSet> {
        if ignored().is_some_and(|ignored| is_in(ignored, SIGCHLD)) {
            // Nobody would be told how the command ended. It needs no reader.
            let _ = signal_hook::flag::register(SIGCHLD, Arc::default());
        }
        SigSet::all().thread_swap_mask(SigmaskHow::SIG_SETMASK).ok()
    }

    /// Lets them come. Those that the caller blocked, and this program hands on, come too: the command may not block them.
    pub(super) fn release(callers: Option<SigSet>, are_read: bool) {
        let Some(mut mask) = callers else { return };
        if are_read {
            // Those that it does not hand on.
            let others = [
                Named::SIGILL,
                Named::SIGFPE,
                Named::SIGSEGV,
                Named::SIGBUS,
                Named::SIGTTIN,
                Named::SIGTTOU,
            ];
            let others = others.into_iter();
            mask = others.filter(|signal| mask.contains(*signal)).collect();
        }
        let _ = mask.thread_set_mask();
    }

    /// Whom signals are handed on to: the command while it runs, and then nobody.
    #[derive(Clone, Default)]
    pub(super) struct SignalTarget(Arc<Mutex<Recipients>>);

    #[derive(Default)]
    struct Recipients {
        command: Option<Pid>,
        /// What is done when a process of this program has ended.
        ended: Option<Box<dyn Fn() + Send>>,
    }

    impl SignalTarget {
        fn recipients(&self) -> MutexGuard<'_, Recipients> {
            self.0.lock().unwrap_or_else(PoisonError::into_inner)
        }

        /// Hands no signal on any more.
        pub(super) fn forget(&self) {
            self.recipients().command = None;
        }

        /// Does this at the end of a process of this program.
        pub(super) fn at_an_end(&self, ended: impl Fn() + Send + 'static) {
            let mut recipients = self.recipients();
            // It may have come already.
            ended();
            recipients.ended = Some(Box::new(ended));
        }
    }

    /// Hands the signals that this program is sent on to the command, from a thread of its own; nothing where there can be
    /// none.
    pub(super) fn hand_on(command: Pid) -> Option<SignalTarget> {
        let target = SignalTarget::default();
        target.recipients().command = Some(command);
        let to = target.clone();
        let is_heard = listen(move |origin| {
            // Held while it is sent, so that it is not sent to another process of the same id.
            let recipients = to.recipients();
            if let Some(ended) = recipients
                .ended
                .as_ref()
                .filter(|_| origin.signal == SIGCHLD)
            {
                ended();
            }
            if let Some(pid) = recipients.command.filter(|pid| is_for(*pid, &origin))
                && let Some(signal) = signal_of(origin.signal)
            {
                // It may have ended by now.
                let _ = kill_process(pid, signal);
            }
        });
        is_heard.then_some(target)
    }

    /// Says when a signal that ends a program comes from here on. One of the time before, which was the command's, is
    /// not said.
    pub(super) fn tell(interrupted: impl Fn() + Send + 'static) {
        listen(move |origin| {
            let ends = !matches!(
                origin.signal,
                SIGCHLD | SIGCONT | SIGPIPE | SIGTSTP | SIGURG | SIGWINCH
            );
            if ends {
                interrupted();
            }
        });
    }

    /// Does this for each signal that is not ignored, for as long as the program runs; whether it does.
    fn listen(heard: impl Fn(Origin) + Send + 'static) -> bool {
        let Ok(mut signals) = SignalsInfo::<WithOrigin>::new([0; 0]) else {
            return false;
        };
        let handle = signals.handle();
        let reading = std::thread::Builder::new()
            .name("motd-signals".to_owned())
            .spawn(move || signals.forever().for_each(heard));
        // Without a reader a signal that is caught is lost.
        if reading.is_err() {
            return false;
        }
        let ignored = ignored().unwrap_or(0);
        let heard = HANDED_ON.into_iter().chain(more());
        for signal in heard.filter(|signal| !is_in(ignored, *signal)) {
            let _ = handle.add_signal(signal);
        }
        let _ = handle.add_signal(SIGCHLD);
        true
    }

    /// Waits until the command has ended, and leaves its status to be taken. While it is stopped, this program is.
    pub(super) fn wait_for_end(command: Pid) {
        let any = WaitIdOptions::EXITED | WaitIdOptions::STOPPED | WaitIdOptions::NOWAIT;
        let is = |option| {
            let options = option | WaitIdOptions::NOHANG;
            matches!(
                waitid(rustix::process::WaitId::Pid(command), options),
                Ok(Some(_))
            )
        };
        loop {
            match waitid(rustix::process::WaitId::Pid(command), any) {
                Err(rustix::io::Errno::INTR) => {}
                Ok(Some(status)) if status.stopped() => {
                    let by_terminal =
                        matches!(status.stopping_signal(), Some(SIGTSTP | SIGTTIN | SIGTTOU));
                    if !by_terminal {
                        // Whoever stopped it lets it go on, and may not know of this program.
                        HELD.store(true, Ordering::SeqCst);
                        let on = WaitIdOptions::EXITED
                            | WaitIdOptions::CONTINUED
                            | WaitIdOptions::NOWAIT;
                        let _ = waitid(rustix::process::WaitId::Pid(command), on);
                        HELD.store(false, Ordering::SeqCst);
                    } else if is(WaitIdOptions::STOPPED) {
                        // It was not continued already, together with this program.
                        STOPPED.store(true, Ordering::SeqCst);
                        let _ = raise(SIGSTOP);
                        // A shell continues the whole group; others may have continued this program alone.
                        if !is(WaitIdOptions::CONTINUED) {
                            let _ = kill_process(command, Signal::CONT);
                        }
                    }
                }
                _ => return,
            }
        }
    }

    /// Whether the command has not been sent this signal by itself; twice would mean "at once".
    fn is_for(command: Pid, origin: &Origin) -> bool {
        match (origin.cause, origin.signal) {
            (_, SIGCHLD) => false,
            // It goes on with this program.
            (_, SIGCONT) if STOPPED.swap(false, Ordering::SeqCst) => false,
            // A process sent it to this one. Where writing makes a file too long, that was this one.
            (Cause::Sent(_), _) => origin
                .process
                .is_none_or(|sender| sender.pid != getpid().as_raw_nonzero().get()),
            // The terminal sent it, to every process of the group in the foreground.
            (_, SIGINT | SIGQUIT | SIGTSTP | SIGWINCH) => {
                if origin.signal == SIGTSTP && HELD.load(Ordering::SeqCst) {
                    // The shell is to have its terminal back.
                    let _ = raise(SIGSTOP);
                }
                getpgid(Some(command)).is_ok_and(|group| group != getpgrp()) || !is_in_foreground()
            }
            // A terminal that goes away says so to its session's first process, and to every process of a group.
            (_, SIGHUP | SIGCONT) => {
                getsid(None).is_ok_and(|session| session == getpid())
                    || getpgid(Some(command)).is_ok_and(|group| group != getpgrp())
            }
            // This program used too much.
            (_, SIGXCPU | SIGXFSZ) => false,
            _ => true,
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
