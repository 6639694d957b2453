//! The terminal that standard error is, as a command left it.

use std::io::{self, IsTerminal as _, Write};
use std::time::Instant;

/// A stream that may take nothing: a user can stop a terminal, and a program can stop reading.
#[cfg(unix)]
pub(super) trait Stream: Write + std::os::fd::AsFd {}
#[cfg(unix)]
impl<T: Write + std::os::fd::AsFd> Stream for T {}
#[cfg(not(unix))]
pub(super) trait Stream: Write {}
#[cfg(not(unix))]
impl<T: Write> Stream for T {}

/// Writes line by line for as long as the stream takes bytes in time (MOTD-FAIL-4). What is cut so ends with a line end.
///
/// A command can leave a terminal on which a line feed does not return to column 0, and lines would begin where others
/// end: then each is written as CR LF, or nothing is written where CR does not return either (MOTD-SHOW-6). It can also
/// leave a stream that does not wait (`O_NONBLOCK`).
pub(super) struct PatientWriter<S> {
    pub(super) stream: S,
    /// Without a time, it waits for as long as it takes.
    pub(super) until: Option<Instant>,
}

impl<S: Stream> PatientWriter<S> {
    fn write_line(&mut self, mut rest: &[u8]) -> io::Result<()> {
        while !rest.is_empty() {
            self.wait()?;
            match self.stream.write(rest) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(count) => rest = rest.get(count..).unwrap_or_default(),
                // A terminal with room for one byte is ready, and takes no CR LF.
                Err(error) if error.kind() == io::ErrorKind::WouldBlock && !self.is_late() => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn is_late(&self) -> bool {
        self.until.is_some_and(|until| Instant::now() >= until)
    }

    /// Waits until the stream takes bytes.
    #[cfg(unix)]
    fn wait(&self) -> io::Result<()> {
        use rustix::event::{PollFd, PollFlags, Timespec, poll};
        let left = self
            .until
            .map(|until| until.saturating_duration_since(Instant::now()));
        let left = left.and_then(|left| Timespec::try_from(left).ok());
        // Where the system cannot tell, the stream is written to.
        match poll(
            &mut [PollFd::new(&self.stream, PollFlags::OUT)],
            left.as_ref(),
        ) {
            Ok(0) => Err(io::ErrorKind::TimedOut.into()),
            _ => Ok(()),
        }
    }

    #[cfg(not(unix))]
    #[expect(clippy::unused_self, reason = "it asks the stream on other systems")]
    fn wait(&self) -> io::Result<()> {
        Ok(())
    }

    /// What ends a line; `None` on a terminal that turns CR into something else, or leaves it out.
    #[cfg(unix)]
    fn line_end(&self) -> Option<&'static [u8]> {
        use rustix::termios::{OutputModes, tcgetattr};
        let Ok(attributes) = tcgetattr(&self.stream) else {
            return Some(b"\n");
        };
        let modes = attributes.output_modes;
        if modes.contains(OutputModes::OPOST | OutputModes::ONLCR) {
            return Some(b"\n");
        }
        let changes_returns = modes.contains(OutputModes::OPOST)
            && modes.intersects(OutputModes::OCRNL | OutputModes::ONOCR);
        (!changes_returns).then_some(b"\r\n")
    }

    #[cfg(not(unix))]
    #[expect(clippy::unused_self, reason = "it asks the stream on other systems")]
    const fn line_end(&self) -> Option<&'static [u8]> {
        Some(b"\n")
    }
}

impl<S: Stream> Write for PatientWriter<S> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let end = bytes.iter().position(|byte| *byte == b'\n');
        let (line, _) = bytes.split_at(end.map_or(bytes.len(), |end| end + 1));
        match line.strip_suffix(b"\n") {
            Some(text) => {
                let end = self.line_end().ok_or(io::ErrorKind::Unsupported)?;
                self.write_line(&[text, end].concat())?;
            }
            None => self.write_line(line)?,
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}

/// Where the process beside a command talks. It is the command's standard error, which that process has as its standard
/// output: what a runtime says on standard error when it fails is not for the command's reader.
#[cfg(unix)]
fn talk() -> io::Stdout {
    io::stdout()
}

#[cfg(not(unix))]
fn talk() -> io::Stderr {
    io::stderr()
}

/// Whether the process beside a command talks on a terminal.
pub(crate) fn talk_is_terminal() -> bool {
    talk().is_terminal()
}

/// Columns of that terminal at this moment (MOTD-SHOW-2).
pub(crate) fn talk_columns() -> Option<u16> {
    columns_of(talk())
}

/// Columns of the first standard stream that is a terminal.
pub(super) fn columns() -> Option<u16> {
    columns_of(io::stdout())
        .or_else(|| columns_of(io::stderr()))
        .or_else(|| columns_of(io::stdin()))
}

/// Columns of a terminal that says them, whatever it says of its rows: `stty cols 40` on a serial line leaves those at 0.
#[cfg(unix)]
fn columns_of(stream: impl std::os::fd::AsFd) -> Option<u16> {
    let size = rustix::termios::tcgetwinsize(stream).ok()?;
    Some(size.ws_col).filter(|columns| *columns > 0)
}

#[cfg(not(unix))]
fn columns_of(stream: impl std::os::windows::io::AsHandle) -> Option<u16> {
    terminal_size::terminal_size_of(stream).map(|(width, _)| width.0)
}

/// The talk of the process beside a command, until this time.
pub(super) fn talk_until(until: Instant) -> Box<dyn Write + Send> {
    let until = Some(until);
    #[cfg(unix)]
    if let Some(stream) = reopened().or_else(own) {
        return Box::new(PatientWriter { stream, until });
    }
    let stream = talk();
    Box::new(PatientWriter { stream, until })
}

/// The terminal of the talk, opened anew so that a write returns when a part of a line was taken. The mode of the stream
/// itself is shared with other programs, such as the shell. Another user's terminal cannot be opened.
#[cfg(unix)]
fn reopened() -> Option<std::fs::File> {
    use std::os::unix::ffi::OsStrExt as _;

    use rustix::fs::{Mode, OFlags, open};
    let path = rustix::termios::ttyname(talk(), Vec::new()).ok()?;
    let path = std::ffi::OsStr::from_bytes(path.as_bytes());
    let flags = OFlags::WRONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    open(path, flags, Mode::empty()).ok().map(Into::into)
}

/// The stream of the talk without the buffer of Rust's standard output.
#[cfg(unix)]
fn own() -> Option<std::fs::File> {
    use std::os::fd::AsFd as _;
    let stream = talk().as_fd().try_clone_to_owned().ok()?;
    Some(stream.into())
}

/// Lets this thread write to a terminal from the background, where the system would stop the program instead.
pub(crate) fn never_stop() {
    #[cfg(unix)]
    {
        use nix::sys::signal::{SigSet, Signal};
        let _ = SigSet::from(Signal::SIGTTOU).thread_block();
    }
}

/// Whether another program has the terminal that standard error is: a job in the foreground, or a pager that reads
/// standard output and takes keys one by one.
#[cfg(unix)]
pub(crate) fn is_anothers(output_is_terminal: bool) -> bool {
    use rustix::process::getpgrp;
    use rustix::termios::{LocalModes, tcgetattr, tcgetpgrp};
    tcgetpgrp(io::stderr()).is_ok_and(|group| group != getpgrp())
        || !output_is_terminal
            && tcgetattr(io::stderr())
                .is_ok_and(|modes| !modes.local_modes.contains(LocalModes::ICANON))
}

#[cfg(not(unix))]
pub(crate) const fn is_anothers(_: bool) -> bool {
    false
}

#[cfg(all(test, unix))]
mod tests {
    use std::io::Read as _;
    use std::os::unix::net::UnixStream;
    use std::time::Duration;

    use super::*;

    fn lines() -> Vec<u8> {
        (0..100_000)
            .flat_map(|n| format!("line {n:06}\n").into_bytes())
            .collect()
    }

    #[test]
    fn a_stream_that_does_not_wait_is_waited_for() {
        let (stream, mut reader) = UnixStream::pair().unwrap();
        stream.set_nonblocking(true).unwrap();
        let reading = std::thread::spawn(move || {
            let mut read = Vec::new();
            reader.read_to_end(&mut read).unwrap();
            read
        });
        for until in [None, Some(Instant::now() + Duration::from_mins(10))] {
            let stream = stream.try_clone().unwrap();
            PatientWriter { stream, until }.write_all(&lines()).unwrap();
        }
        drop(stream);
        assert!(reading.join().unwrap() == [lines(), lines()].concat());
    }

    #[test]
    fn a_stream_that_takes_nothing_is_given_up() {
        for nonblocking in [true, false] {
            let (stream, _reader) = UnixStream::pair().unwrap();
            // Full.
            stream.set_nonblocking(true).unwrap();
            while (&stream).write(&[0]).is_ok() {}
            stream.set_nonblocking(nonblocking).unwrap();
            let until = Some(Instant::now());
            let error = PatientWriter { stream, until }
                .write_all(b"line\n")
                .unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        }
    }
}
