//! A program that is asked something: the one that `motd run` runs, or one beside it, and no other.
//!
//! It is asked in a folder that no other user can write to. Programs such as rustup, pyenv and corepack choose what they
//! run by files of the working folder and the folders above, and there a cloned repository would choose a program of
//! its own.

use std::ffi::OsString;
#[cfg(unix)]
use std::io::{self, PipeReader, Read as _};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
#[cfg(unix)]
use std::time::Duration;

#[cfg(unix)]
use rustix::process::Pid;

use super::program::Program;

/// How long a program may take to answer.
#[cfg(unix)]
const PATIENCE: Duration = Duration::from_secs(10);
/// The longest answer that is read, in bytes.
#[cfg(unix)]
const ANSWER: u64 = 65_536;

/// The variables of the caller that a program is asked with: where its own files are, and which one of several answers.
/// Others name files that it would write, or code that it would run.
#[cfg(unix)]
const VARIABLES: [&str; 20] = [
    "HOME",
    "USER",
    "LOGNAME",
    "LANG",
    "TMPDIR",
    "CARGO_HOME",
    "RUSTUP_HOME",
    "RUSTUP_TOOLCHAIN",
    "PYENV_ROOT",
    "PYENV_VERSION",
    "VIRTUAL_ENV",
    "NVM_DIR",
    "NODENV_ROOT",
    "NODENV_VERSION",
    "VOLTA_HOME",
    "FNM_DIR",
    "ASDF_DIR",
    "ASDF_DATA_DIR",
    "MISE_DATA_DIR",
    "COREPACK_HOME",
];

/// And what it is told: nothing that it does then leaves a file or sends a request.
#[cfg(unix)]
const QUIETLY: [(&str, &str); 10] = [
    ("PWD", FOLDER),
    ("PYTHONDONTWRITEBYTECODE", "1"),
    ("PIP_DISABLE_PIP_VERSION_CHECK", "1"),
    ("PIP_NO_INPUT", "1"),
    ("npm_config_logs_max", "0"),
    ("npm_config_update_notifier", "false"),
    ("npm_config_loglevel", "silent"),
    ("COREPACK_ENABLE_NETWORK", "0"),
    ("RUSTUP_AUTO_INSTALL", "0"),
    ("MOTD", "off"),
];

/// The questions of one run. One is asked at a time, and with the run's end the one that is asked ends too.
#[derive(Clone, Default)]
pub(crate) struct Questions(Arc<Mutex<Asking>>);

/// The program that is asked at this moment.
#[derive(Default)]
enum Asking {
    #[default]
    Nobody,
    #[cfg(unix)]
    Running(Pid),
    /// Nobody is asked any more.
    Ended,
}

impl Questions {
    /// Asks nobody any more, and ends who is being asked: no process stays behind (MOTD-FAIL-1).
    pub(crate) fn end(&self) {
        let asking = std::mem::replace(&mut *self.asking(), Asking::Ended);
        #[cfg(unix)]
        if let Asking::Running(process) = asking {
            end(process);
        }
        #[cfg(not(unix))]
        let _ = asking;
    }

    /// Nobody is asked where it is not known who can write, and a program does not end with what it started.
    #[cfg(not(unix))]
    #[expect(clippy::unused_self, reason = "there is nobody to ask")]
    pub(super) const fn answer(&self, _: &Program, _: &[OsString], _: &[&str]) -> Option<String> {
        None
    }

    /// What a program prints, when it ends its answer in time.
    #[cfg(unix)]
    pub(super) fn answer(
        &self,
        program: &Program,
        own: &[OsString],
        words: &[&str],
    ) -> Option<String> {
        let mut answer = {
            let mut asking = self.asking();
            // The command runs by now, and can have replaced it.
            if matches!(*asking, Asking::Ended) || !nobody_else_writes() || !program.is_unchanged()
            {
                return None;
            }
            let words = own.iter().cloned().chain(words.iter().map(OsString::from));
            let (process, answer) = start(program, words).ok()?;
            *asking = Asking::Running(process);
            answer.take(ANSWER)
        };
        let (sender, receiver) = std::sync::mpsc::sync_channel(1);
        let reading = std::thread::Builder::new().spawn(move || {
            let mut text = String::new();
            // An error means that nobody waits any more.
            let _ = sender.send(answer.read_to_string(&mut text).ok().map(|_| text));
        });
        let text = reading
            .ok()
            .and_then(|_| receiver.recv_timeout(PATIENCE).ok().flatten());
        let asking = {
            let mut asking = self.asking();
            let next = match *asking {
                Asking::Ended => Asking::Ended,
                Asking::Nobody | Asking::Running(_) => Asking::Nobody,
            };
            std::mem::replace(&mut *asking, next)
        };
        if let Asking::Running(process) = asking {
            // It has said what it was asked, or has taken too long to.
            end(process);
        }
        // It was asked by its path.
        text.filter(|_| program.is_unchanged())
    }

    /// Whether nobody is asked any more.
    pub(super) fn have_ended(&self) -> bool {
        matches!(*self.asking(), Asking::Ended)
    }

    fn asking(&self) -> MutexGuard<'_, Asking> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Starts a program in [`FOLDER`], with nothing of the caller's but [`VARIABLES`].
#[cfg(unix)]
fn start(
    program: &Program,
    words: impl Iterator<Item = OsString>,
) -> io::Result<(Pid, PipeReader)> {
    use std::os::fd::AsRawFd as _;

    let (answer, writer) = io::pipe()?;
    let mut files = nix::spawn::PosixSpawnFileActions::init()?;
    let null = std::fs::File::options()
        .read(true)
        .write(true)
        .open("/dev/null")?;
    files.add_dup2(null.as_raw_fd(), 0)?;
    files.add_dup2(writer.as_raw_fd(), 1)?;
    files.add_dup2(null.as_raw_fd(), 2)?;
    for descriptor in crate::inherited::more_descriptors() {
        files.add_close(*descriptor)?;
    }
    // A folder cannot be chosen before the start everywhere.
    let before = ["/bin/sh", "-c", "cd \"$0\" && exec \"$@\"", FOLDER].map(OsString::from);
    let words = before
        .into_iter()
        .chain([program.path.clone().into()])
        .chain(words);
    let variables = std::env::vars_os().filter(|(name, _)| {
        name.to_str()
            .is_some_and(|name| VARIABLES.contains(&name) || name.starts_with("LC_"))
    });
    let told = QUIETLY.map(|(name, value)| (name.into(), value.into()));
    let variables = variables
        .chain(told)
        .chain([("PATH".into(), program.search_path())]);
    let words: Vec<_> = words.collect();
    let environment: Vec<_> = variables.filter_map(crate::inherited::variable).collect();
    let shell = "/bin/sh".as_ref();
    let process = crate::spawn::spawn(shell, &words, &environment, &files, None, true)?;
    Ok((process, answer))
}

/// Ends a program and what it started, as scripts do that stand in front of an installer.
#[cfg(unix)]
fn end(process: Pid) {
    use rustix::process::{Signal, WaitOptions, kill_process, kill_process_group, waitpid};
    // One that is gone already is no fault. Its status is taken last: until then no other group has its number.
    let _ = kill_process_group(process, Signal::KILL);
    if kill_process(process, Signal::KILL).is_err() {
        // It has become another user's, and is not waited for.
        return;
    }
    while matches!(
        waitpid(Some(process), WaitOptions::empty()),
        Err(rustix::io::Errno::INTR)
    ) {}
}

/// Where programs are asked.
#[cfg(unix)]
const FOLDER: &str = "/";

/// Whether no other user can write to [`FOLDER`]. None is above it.
#[cfg(unix)]
fn nobody_else_writes() -> bool {
    use std::os::unix::fs::MetadataExt as _;
    std::fs::metadata(FOLDER).is_ok_and(|metadata| {
        let own = [0, rustix::process::geteuid().as_raw()].contains(&metadata.uid());
        own && metadata.mode() & 0o022 == 0
    })
}
