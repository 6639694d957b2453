//! `motd run`: any command, unchanged, and after it what its repositories have to say.
//!
//! The command is started before anything of ours is read, and its end decides how this program ends. What goes wrong
//! on the way of the notices is at most one line (MOTD-FAIL-1).

mod beside;
mod child;
mod helper;
#[cfg(unix)]
mod process;
#[cfg(not(unix))]
mod thread;

use std::io::IsTerminal as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use anyhow::Result;
use motd_client::limits::COLLECT;
use motd_client::{Surroundings, Switch};

use self::beside::look;
use self::child::{Child, Ended};
use self::helper::Helper;
use crate::arguments::RunArguments;
use crate::exit::Exit;
use crate::installers::Program;
use crate::shell::{Shell, is_anothers};

/// Statuses of shells for a command that is not there, and for one that cannot be started.
const NOT_FOUND: i32 = 127;
const NOT_STARTED: i32 = 126;

/// The part of the 200 milliseconds of MOTD-FAIL-4 that is left for writing what was found, and for recording it.
const FOR_WRITING: Duration = Duration::from_millis(40);

/// How long a terminal or a disk may take nothing after a command that did not use the network.
const UNREAD: Duration = Duration::from_millis(100);

pub(super) fn run(arguments: RunArguments, shell: &mut Shell) -> Result<Exit> {
    #[cfg(unix)]
    if process::is_helper() {
        process::help(arguments)?;
        return Ok(Exit::Well);
    }
    let surroundings = Surroundings::of_this_process(arguments.quiet);
    // MOTD-OFF-1: no process, no file, no request.
    let is_on = !arguments.no_motd && surroundings.switch != Switch::Off;
    // Before the command, which can put another one in its place. No file is opened for it.
    let name = arguments.command.first().filter(|_| is_on);
    let program = name.and_then(|name| Program::named(name));
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
    let start = || is_on.then(|| Beside::start(arguments, surroundings, program.as_ref()))?;
    let beside = catch_unwind(start).ok().flatten();
    #[cfg(unix)]
    child::leave_streams(beside.as_ref().is_some_and(|beside| beside.terminal));
    let interrupter = beside.as_ref().map(|beside| beside.helper.interrupter());
    let reaper = beside.as_ref().map(|beside| beside.helper.reaper());
    let interrupt = move || {
        if let Some(interrupt) = &interrupter {
            interrupt();
        }
    };
    let ended = child.wait(interrupt, move || {
        if let Some(reap) = &reaper {
            reap();
        }
    })?;
    if let Some(beside) = beside {
        // MOTD-FAIL-1. Who interrupted the command wants its end, and no notice.
        let shows = matches!(ended, Ended::Exited(_));
        let _ = catch_unwind(AssertUnwindSafe(|| beside.finish(shows)));
    }
    Ok(match ended {
        Ended::Exited(status) => Exit::Command(status),
        #[cfg(unix)]
        Ended::Killed(signal) => Exit::Signal(signal),
    })
}

/// The helper, and how long its command's end may wait for it.
struct Beside {
    helper: Helper,
    /// For what it finds, and then for what it shows.
    patience: (Duration, Duration),
    terminal: bool,
    /// Whether the command writes to a terminal: this program's own standard output is gone by its end.
    output_is_terminal: bool,
}

impl Beside {
    fn start(
        arguments: RunArguments,
        surroundings: Surroundings,
        program: Option<&Program>,
    ) -> Option<Self> {
        // MOTD-FAIL-4: nothing is waited for when the command did not use the network itself.
        let network = look(&arguments.command, None).is_some_and(|call| call.asked.network);
        let grace = arguments
            .grace
            .map_or(COLLECT.saturating_sub(FOR_WRITING), Duration::from_secs);
        Some(Self {
            helper: Helper::start(arguments, program)?,
            patience: if network {
                (grace, FOR_WRITING)
            } else {
                (Duration::ZERO, UNREAD)
            },
            terminal: surroundings.terminal,
            output_is_terminal: std::io::stdout().is_terminal(),
        })
    }

    /// The command has ended: shows what was found, and ends the helper.
    fn finish(mut self, shows: bool) {
        let begin = Instant::now();
        let (grace, writing) = self.patience;
        let end = begin + grace + writing;
        // MOTD-SHOW-9: a terminal that another program uses at this moment.
        if shows
            && self.helper.wait(begin + grace)
            && !(self.terminal && is_anothers(self.output_is_terminal))
        {
            self.helper.show(end);
        }
        self.helper.end(end);
    }
}
