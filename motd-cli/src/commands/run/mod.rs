//! `motd run`: any command, unchanged, and after it what its repositories have to say.
//!
//! The command is started before anything of ours is read, and its end decides how this program ends. What goes wrong
//! on the way of the notices is at most one line (MOTD-FAIL-1).

mod beside;
mod child;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::channel;

use anyhow::Result;

use self::beside::Beside;
use self::child::{Child, Ended};
use crate::arguments::RunArguments;
use crate::exit::Exit;
use crate::installers::Program;
use crate::shell::Shell;

/// Statuses of shells for a command that is not there, and for one that cannot be started.
const NOT_FOUND: i32 = 127;
const NOT_STARTED: i32 = 126;

pub(super) fn run(arguments: RunArguments, shell: &mut Shell) -> Result<Exit> {
    let (sender, events) = channel();
    // Before the command, which can put another one in its place. No file is opened for it.
    let program = arguments
        .command
        .first()
        .and_then(|name| Program::named(name));
    let child = match Child::start(&arguments.command) {
        Ok(child) => child,
        Err(error) => {
            let name = arguments.command.first().map(|name| name.to_string_lossy());
            shell.talk(&format!("error: {}: {error}", name.unwrap_or_default()));
            let missing = error.kind() == std::io::ErrorKind::NotFound;
            return Ok(Exit::Command(if missing { NOT_FOUND } else { NOT_STARTED }));
        }
    };
    // MOTD-FAIL-1: a defect of ours is not the command's, and says nothing among its output.
    std::panic::set_hook(Box::new(|_| {}));
    let interrupted = sender.clone();
    let beside = catch_unwind(AssertUnwindSafe(|| {
        Beside::start(arguments, program, sender, events)
    }));
    #[cfg(unix)]
    child::leave_streams(beside.as_ref().map_or(true, Beside::is_silent));
    let ended = child.wait(interrupted)?;
    if let Ok(beside) = beside {
        // Who interrupted the command wants its end, and no notice.
        if matches!(ended, Ended::Exited(_)) {
            // MOTD-FAIL-1.
            let _ = catch_unwind(AssertUnwindSafe(|| beside.finish()));
        }
        // MOTD-FAIL-1: after an interrupt too.
        beside.end();
    }
    Ok(match ended {
        Ended::Exited(status) => Exit::Command(status),
        #[cfg(unix)]
        Ended::Killed(signal) => Exit::Signal(signal),
    })
}
