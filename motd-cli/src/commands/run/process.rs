//! The helper as a process.

use std::ffi::OsString;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::Shutdown;
use std::os::fd::{AsFd as _, AsRawFd as _};
use std::os::unix::net::UnixStream;
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rustix::process::{
    Pid, Resource, Rlimit, Signal, WaitId, WaitIdOptions, WaitOptions, getpid, kill_process,
    kill_process_group, setrlimit, waitid, waitpid,
};

use super::beside::{BesideEvent, Word, work};
use crate::arguments::RunArguments;
use crate::installers::{Program, Questions};

/// What the helper is called. It is no option and no variable, so that neither makes a wrapper a helper, which runs no
/// command.
const NAME: &str = "motd (beside a command)";

/// The longest description of a program that is sent, in bytes.
const DESCRIPTION: usize = 32_768;

/// Whether this process is a helper.
pub(super) fn is_helper() -> bool {
    std::env::args_os().next().is_some_and(|name| name == NAME)
}

/// The wrapper's end of a line to a helper.
pub(super) struct Line {
    process: Arc<Mutex<Option<Pid>>>,
    stream: UnixStream,
}

impl Line {
    pub(super) fn open(_: RunArguments, program: Option<&Program>) -> Option<Self> {
        let (mut stream, its) = UnixStream::pair().ok()?;
        let process = start(&its).ok()?;
        // One whose description would fill the socket is not asked.
        let mut first = serde_json::to_vec(&program)
            .ok()
            .filter(|first| first.len() <= DESCRIPTION)
            .unwrap_or_else(|| b"null".to_vec());
        first.push(b'\n');
        // One that takes longer than what the system keeps for it is not waited for.
        stream.set_nonblocking(true).ok()?;
        let said = stream.write_all(&first);
        stream.set_nonblocking(false).ok()?;
        let process = Arc::new(Mutex::new(Some(process)));
        let line = Self { process, stream };
        if said.is_err() {
            line.close(None);
            return None;
        }
        Some(line)
    }

    pub(super) fn closer(&self) -> impl Fn() + Send + 'static {
        let stream = self.stream.try_clone();
        move || {
            if let Ok(stream) = &stream {
                let _ = stream.shutdown(Shutdown::Write);
            }
        }
    }

    /// One with nothing to say has ended long before the command.
    pub(super) fn reaper(&self) -> impl Fn() + Send + 'static {
        let process = Arc::clone(&self.process);
        move || {
            let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
            take(&process, |process| {
                matches!(waitid(WaitId::Pid(process), options), Ok(Some(_)))
            });
        }
    }

    /// The next word, or that none comes any more.
    ///
    /// # Errors
    ///
    /// None came until this time.
    pub(super) fn hear(&mut self, until: Instant) -> io::Result<Option<Word>> {
        let mut byte = [0];
        loop {
            let left = until.saturating_duration_since(Instant::now());
            // A timeout of nothing would be none.
            self.stream.set_nonblocking(left.is_zero())?;
            let timeout = Some(left).filter(|left| !left.is_zero());
            self.stream.set_read_timeout(timeout)?;
            return match self.stream.read(&mut byte) {
                Ok(0) => Ok(None),
                Ok(_) => Ok(Some(match byte {
                    [b'b'] => Word::Begun,
                    [b'f'] => Word::Found,
                    _ => Word::Complete,
                })),
                Err(error) => match error.kind() {
                    io::ErrorKind::Interrupted => continue,
                    // It ended with something unread.
                    io::ErrorKind::ConnectionReset => Ok(None),
                    _ => Err(error),
                },
            };
        }
    }

    pub(super) fn say(&mut self, left: Duration) -> bool {
        writeln!(self.stream, "{}", left.as_millis()).is_ok()
    }

    /// Ends the helper, which ends by itself when it can.
    pub(super) fn close(mut self, until: Option<Instant>) {
        let _ = self.stream.shutdown(Shutdown::Write);
        let until = until.unwrap_or_else(Instant::now);
        let has_ended = loop {
            match self.hear(until) {
                Ok(Some(_)) => {}
                Ok(None) => break true,
                Err(_) => break false,
            }
        };
        take(&self.process, |process| {
            // Whatever became of it, no process of its group stays behind.
            let _ = kill_process_group(process, Signal::KILL);
            // A disk that never answers keeps a process that was killed.
            has_ended || {
                let _ = waitpid(Some(process), WaitOptions::NOHANG);
                false
            }
        });
    }
}

/// Takes the status of a process that has ended, once, and ends its group before another one can have its number.
fn take(process: &Mutex<Option<Pid>>, has_ended: impl FnOnce(Pid) -> bool) {
    let mut held = process.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(process) = *held
        && has_ended(process)
    {
        let _ = kill_process_group(process, Signal::KILL);
        let _ = waitpid(Some(process), WaitOptions::empty());
        *held = None;
    }
}

/// Starts this program again, in a session without a terminal, so that what is typed there is the command's alone. It
/// has the line as its input, and the command's standard error as its output. On its own standard error a runtime would
/// say why it failed.
fn start(line: &UnixStream) -> io::Result<Pid> {
    let null = std::fs::File::options().write(true).open("/dev/null")?;
    let mut files = nix::spawn::PosixSpawnFileActions::init()?;
    files.add_dup2(line.as_raw_fd(), 0)?;
    files.add_dup2(2, 1)?;
    files.add_dup2(null.as_raw_fd(), 2)?;
    for descriptor in crate::inherited::more_descriptors() {
        files.add_close(*descriptor)?;
    }
    let this = crate::inherited::this_program()?;
    let words = std::env::args_os().skip(1);
    let words: Vec<_> = std::iter::once(OsString::from(NAME)).chain(words).collect();
    let environment = crate::inherited::environment();
    crate::spawn::spawn(this.as_os_str(), &words, &environment, &files, None, true)
}

/// What the helper does.
pub(super) fn help(arguments: RunArguments) -> io::Result<()> {
    std::panic::set_hook(Box::new(|_| {}));
    // It goes first when there is no memory left, and leaves no core dump where the command runs.
    let _ = std::fs::write("/proc/self/oom_score_adj", "1000");
    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    // A process that is marked as not to be dumped cannot find its own terminal.
    let _ = setrlimit(Resource::Core, none);
    let line = UnixStream::from(io::stdin().as_fd().try_clone_to_owned()?);
    let mut lines = BufReader::new(line.try_clone()?).lines();
    let first = lines.next().ok_or(io::ErrorKind::UnexpectedEof)??;
    let program = serde_json::from_str(&first)?;
    let (sender, events) = channel();
    let (questions, show) = (Questions::default(), sender.clone());
    let asked = questions.clone();
    let listen = move || {
        for left in lines.map_while(|line| line.ok()?.parse().ok()) {
            let _ = show.send(BesideEvent::Show(Duration::from_millis(left)));
        }
        // The wrapper is gone, or waits no longer. MOTD-FAIL-1: no process stays behind.
        asked.end();
        let _ = kill_process(getpid(), Signal::KILL);
    };
    std::thread::Builder::new().spawn(listen)?;
    let say = |word| {
        let byte = match word {
            Word::Begun => b'b',
            Word::Found => b'f',
            Word::Complete => b'c',
        };
        let _ = (&line).write_all(&[byte]);
    };
    work(arguments, program, sender, &events, &questions, say);
    Ok(())
}
