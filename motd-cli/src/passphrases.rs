//! Passphrases from a terminal, a file descriptor or a command: never from an argument or a variable.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc::channel;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use motd_server::publish::key::{Passphrase, end_by};
use zeroize::Zeroizing;

use crate::arguments::publisher::PassphraseFrom;
use crate::shell::word;

/// The time for each answer of an agent, or of a program that signs or gives a passphrase. A person may have to find a
/// card, enter a PIN or touch a device.
pub(crate) const PATIENCE: Duration = Duration::from_mins(2);

/// Tells a command for which file it is asked.
const KEY_FILE: &str = "MOTD_KEY_FILE";

/// As much of a command's output as is read.
const MAX_OUTPUT_BYTES: usize = 64 * 1024;

/// One source of passphrases, for one run.
pub(crate) enum Passphrases {
    /// A person at the controlling terminal.
    Terminal,
    /// The lines of a file descriptor, one after the other.
    Lines(File),
    /// The first line of a command's output, each time.
    Command(String),
}

impl Passphrases {
    /// The source that the arguments name; the terminal, when they name none. Other descriptors that were given to this
    /// program cannot be read after this.
    pub(crate) fn new(from: &PassphraseFrom) -> Result<Self> {
        let source = Self::of(from.passphrase_fd, from.passphrase_command.as_deref())?;
        // A signer or a command would read the passphrases, in a file from its beginning.
        #[cfg(unix)]
        crate::inherited::close_more();
        Ok(source)
    }

    /// The source of these options, before [`Passphrases::new`].
    pub(crate) fn of(descriptor: Option<u32>, command: Option<&str>) -> Result<Self> {
        match (descriptor, command) {
            (Some(number), _) => {
                anyhow::ensure!(
                    !matches!(number, 1 | 2),
                    "file descriptor {number} is not one to read from"
                );
                let path = PathBuf::from(format!("/dev/fd/{number}"));
                let file = File::open(path)
                    .with_context(|| format!("file descriptor {number} cannot be read"))?;
                Ok(Self::Lines(file))
            }
            (None, Some(command)) => Ok(Self::Command(command.to_owned())),
            (None, None) => Ok(Self::Terminal),
        }
    }

    /// The passphrase of a key file that is there.
    pub(crate) fn existing(&mut self, path: &Path) -> Result<Passphrase> {
        match self {
            Self::Terminal => prompt(
                &format!("Passphrase for {}: ", word(path.as_os_str())),
                path,
            ),
            Self::Lines(file) => {
                first_line(file).with_context(|| format!("no passphrase for {}", path.display()))
            }
            Self::Command(command) => of_command(command, path, PATIENCE),
        }
    }

    /// The passphrase for a key file that is about to be written; a person gives it twice.
    pub(crate) fn chosen(&mut self, path: &Path) -> Result<Passphrase> {
        if !matches!(self, Self::Terminal) {
            return self.existing(path);
        }
        let name = word(path.as_os_str());
        let first = prompt(&format!("New passphrase for {name}: "), path)?;
        let second = prompt("The same again: ", path)?;
        anyhow::ensure!(first == second, "that was not the same");
        Ok(first)
    }
}

/// Asks on the controlling terminal, without echo, whatever the standard streams are.
fn prompt(words: &str, path: &Path) -> Result<Passphrase> {
    let typed = rpassword::prompt_password(words).with_context(|| {
        format!(
            "no passphrase for {}: there is no terminal to ask on; --passphrase-fd and --passphrase-command are other ways",
            path.display()
        )
    })?;
    Ok(Passphrase::new(typed.into_bytes())?)
}

/// One line, read byte by byte: what follows is another passphrase, and is left where it is.
fn first_line(from: &mut impl Read) -> Result<Passphrase> {
    // As long as it can get from the start: one that grows leaves copies behind.
    let mut line = Zeroizing::new(Vec::with_capacity(Passphrase::MAX_BYTES + 2));
    let mut byte = Zeroizing::new([0]);
    while line.len() <= Passphrase::MAX_BYTES + 1 && from.read(&mut *byte)? == 1 {
        match *byte {
            [b'\n'] => break,
            [other] => line.push(other),
        }
    }
    if line.last() == Some(&b'\r') {
        line.pop();
    }
    Ok(Passphrase::new(line)?)
}

/// Asks a command. It may talk to its person; what it prints is read up to the first line's end.
fn of_command(command: &str, path: &Path, patience: Duration) -> Result<Passphrase> {
    let deadline = Instant::now() + patience;
    let (shell, option) = if cfg!(windows) {
        ("cmd", "/C")
    } else {
        ("sh", "-c")
    };
    let mut child = Command::new(shell)
        .args([option, command])
        .env(KEY_FILE, path)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .context("the passphrase command cannot be started")?;
    let output = child.stdout.take();
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let line = output.map(first_line_of_all);
        // The receiver is gone when the time is over.
        let _ = sender.send(line);
    });
    let line = receiver.recv_timeout(patience);
    let status = end_by(&mut child, deadline);
    let (Ok(line), Some(status)) = (line, status) else {
        anyhow::bail!(
            "the passphrase command did not end within {} seconds",
            patience.as_secs()
        );
    };
    anyhow::ensure!(status.success(), "the passphrase command failed: {status}");
    line.context("the passphrase command says nothing")?
        .context("the passphrase command")
}

fn first_line_of_all(mut output: impl Read) -> Result<Passphrase> {
    let line = first_line(&mut output);
    // Some stores of secrets print more than one line, and fail when the rest is not read.
    let mut rest = Zeroizing::new([0; 4096]);
    let mut left = MAX_OUTPUT_BYTES;
    while let Ok(count @ 1..) = output.read(&mut *rest) {
        left = left.saturating_sub(count);
        if left == 0 {
            break;
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &[u8]) -> Result<Passphrase> {
        first_line(&mut &*text)
    }

    #[test]
    fn a_line_ends_where_it_ends() {
        let right = Passphrase::new(b"right".to_vec()).unwrap();
        for text in [&b"right"[..], b"right\n", b"right\r\n", b"right\nmore"] {
            assert_eq!(line(text).unwrap(), right);
        }
        let longest = [b'a'; 1024];
        let right = Passphrase::new(longest.to_vec()).unwrap();
        assert_eq!(line(&[&longest[..], b"\r\n"].concat()).unwrap(), right);
        for text in [&b""[..], b"\n", b"\r\n", &[b'a'; 1025], &[b'a'; 4096]] {
            line(text).unwrap_err();
        }
    }

    /// A store of secrets can wait for input, or leave its output open.
    #[cfg(target_os = "linux")]
    #[test]
    fn a_command_that_does_not_end_is_not_waited_for() {
        for command in [
            "exec tail -f /dev/null",
            "echo right; exec >/dev/null; exec tail -f /dev/null",
            // It ends, and what it leaves behind does not.
            "tail -f --pid=$PPID /dev/null & echo right",
        ] {
            let (sender, receiver) = channel();
            thread::spawn(move || {
                sender.send(of_command(command, Path::new("a"), Duration::from_secs(1)))
            });
            let given = receiver.recv_timeout(Duration::from_secs(20)).unwrap();
            let error = given.unwrap_err().to_string();
            let late = "the passphrase command did not end within 1 seconds";
            assert_eq!(error, late, "{command}");
        }
        of_command("echo right; echo more", Path::new("a"), PATIENCE).unwrap();
    }

    #[test]
    fn the_next_line_is_left_for_the_next_key() {
        let mut lines = &b"one\ntwo\n"[..];
        assert_ne!(
            first_line(&mut lines).unwrap(),
            first_line(&mut lines).unwrap()
        );
        first_line(&mut lines).unwrap_err();
    }
}
