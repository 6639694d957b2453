//! A program that is asked something: the one that `motd run` runs, or one beside it, and no other.
//!
//! It is asked in a folder that no other user can write to. Programs such as rustup, pyenv and corepack choose what they
//! run by files of the working folder and the folders above, and there a cloned repository would choose a program of
//! its own.

use std::ffi::OsString;
use std::io::Read as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::program::Program;

/// How long a program may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// The longest answer that is read, in bytes.
const ANSWER: u64 = 65_536;

/// What a program is asked with: nothing that it does then leaves a file or sends a request.
const QUIETLY: [(&str, &str); 9] = [
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
    Running(Child),
    /// Nobody is asked any more.
    Ended,
}

impl Questions {
    /// Asks nobody any more, and ends who is being asked: no process stays behind (MOTD-FAIL-1).
    pub(crate) fn end(&self) {
        let asking = std::mem::replace(&mut *self.asking(), Asking::Ended);
        if let Asking::Running(mut child) = asking {
            end(&mut child);
        }
    }

    /// What a program prints, when it ends its answer in time.
    pub(super) fn answer(
        &self,
        program: &Program,
        own: &[OsString],
        words: &[&str],
    ) -> Option<String> {
        let folder = folder()?;
        let mut answer = {
            let mut asking = self.asking();
            if matches!(*asking, Asking::Ended) {
                return None;
            }
            // The command runs by now, and can have replaced it.
            if !program.is_unchanged() {
                return None;
            }
            let mut command = Command::new(&program.path);
            command
                .args(own)
                .args(words)
                .envs(QUIETLY)
                .env("PWD", folder)
                .current_dir(folder)
                .stdin(Stdio::null())
                .stdout(Stdio::piped())
                .stderr(Stdio::null());
            #[cfg(unix)]
            std::os::unix::process::CommandExt::process_group(&mut command, 0);
            let mut child = command.spawn().ok()?;
            let answer = child.stdout.take();
            *asking = Asking::Running(child);
            answer?.take(ANSWER)
        };
        let (sender, receiver) = sync_channel(1);
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
        if let Asking::Running(mut child) = asking {
            // It has said what it was asked, or has taken too long to.
            end(&mut child);
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

/// Ends a program and what it started, as scripts do that stand in front of an installer.
fn end(child: &mut Child) {
    // One that is gone already is no fault. Its status is taken last: until then no other group has its number.
    #[cfg(unix)]
    {
        use rustix::process::{Pid, Signal, kill_process_group};
        let _ = kill_process_group(Pid::from_child(child), Signal::KILL);
    }
    let _ = child.kill();
    let _ = child.wait();
}

/// A folder that no other user can write to, with none above it.
#[cfg(unix)]
fn folder() -> Option<&'static Path> {
    use std::os::unix::fs::MetadataExt as _;
    let root = Path::new("/");
    let metadata = std::fs::metadata(root).ok()?;
    let own = [0, rustix::process::geteuid().as_raw()].contains(&metadata.uid());
    (own && metadata.mode() & 0o022 == 0).then_some(root)
}

/// Nobody is asked where it is not known who can write, and a program does not end with what it started.
#[cfg(not(unix))]
const fn folder() -> Option<&'static Path> {
    None
}
