//! The helper: what asks the sources beside a command, and shows what they say. The wrapper only waits for the command.
//!
//! A check can take more memory than a limit allows, meet a disk that never answers, or have a defect. In a process of its own
//! that is not the command's end (MOTD-FAIL-1, MOTD-FAIL-4): the wrapper ends the helper and no byte of a notice was in its
//! own memory. The decision is ADR 0015.
//!
//! The wrapper says which program the command runs, and at the command's end how many milliseconds there are to show
//! something: a line each. The helper says a [`Word`] at a time.

use std::time::Instant;

use super::beside::Word;
#[cfg(unix)]
use super::process::Line;
#[cfg(not(unix))]
use super::thread::Line;
use crate::arguments::RunArguments;
use crate::installers::Program;

/// The helper as the wrapper knows it.
pub(super) struct Helper {
    line: Line,
    has_begun: bool,
    has_found: bool,
}

impl Helper {
    /// Starts it. Without a helper there are no notices.
    pub(super) fn start(arguments: RunArguments, program: Option<&Program>) -> Option<Self> {
        Some(Self {
            line: Line::open(arguments, program)?,
            has_begun: false,
            has_found: false,
        })
    }

    /// What ends the helper from another thread.
    pub(super) fn interrupter(&self) -> impl Fn() + Send + 'static {
        self.line.closer()
    }

    /// What takes the helper's status from another thread, when it has ended by itself.
    pub(super) fn reaper(&self) -> impl Fn() + Send + 'static {
        self.line.reaper()
    }

    /// Waits until the helper has found all that it can find, for no longer than until this time; whether there is
    /// something to show.
    pub(super) fn wait(&mut self, until: Instant) -> bool {
        while let Ok(Some(word)) = self.line.hear(until) {
            match word {
                Word::Begun => self.has_begun = true,
                Word::Found => self.has_found = true,
                Word::Complete => break,
            }
        }
        self.has_found
    }

    /// Lets it show what it found, until this time.
    pub(super) fn show(&mut self, until: Instant) {
        if self
            .line
            .say(until.saturating_duration_since(Instant::now()))
        {
            while let Ok(Some(_)) = self.line.hear(until) {}
        }
    }

    /// Ends it, and what it started; waits no longer than until this time.
    pub(super) fn end(mut self, until: Instant) {
        // What it has said by now.
        self.wait(Instant::now());
        // One that has not begun has started nothing and opened nothing.
        self.line.close(self.has_begun.then_some(until));
    }
}
