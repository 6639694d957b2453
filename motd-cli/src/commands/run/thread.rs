//! The helper where it is a thread, which the end of this program abandons.

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use super::beside::{BesideEvent, Word, work};
use crate::arguments::RunArguments;
use crate::installers::{Program, Questions};

pub(super) struct Line {
    words: Receiver<Word>,
    events: Sender<BesideEvent>,
}

impl Line {
    pub(super) fn open(arguments: RunArguments, program: Option<&Program>) -> Option<Self> {
        let program = program.cloned();
        let (sender, words) = channel();
        let (events, receiver) = channel();
        let own = events.clone();
        let say = move |word| {
            let _ = sender.send(word);
        };
        let work = move || {
            work(
                arguments,
                program,
                own,
                &receiver,
                &Questions::default(),
                say,
            )
        };
        std::thread::Builder::new().spawn(work).ok()?;
        Some(Self { words, events })
    }

    pub(super) fn closer(&self) -> impl Fn() + Send + 'static {
        || {}
    }

    pub(super) fn reaper(&self) -> impl Fn() + Send + 'static {
        || {}
    }

    pub(super) fn hear(&mut self, until: Instant) -> Result<Option<Word>, RecvTimeoutError> {
        let left = until.saturating_duration_since(Instant::now());
        match self.words.recv_timeout(left) {
            Ok(word) => Ok(Some(word)),
            Err(RecvTimeoutError::Disconnected) => Ok(None),
            Err(late) => Err(late),
        }
    }

    pub(super) fn say(&mut self, left: Duration) -> bool {
        self.events.send(BesideEvent::Show(left)).is_ok()
    }

    pub(super) fn close(self, _: Option<Instant>) {}
}
