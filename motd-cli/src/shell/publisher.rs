//! What only the commands of publishers and the demo do: ask a person, write a log, stand for a terminal.

use std::io::{self, BufRead as _, Read as _, Write};

use motd_client::Surroundings;

use super::{Shell, plain};

/// The longest answer to a question, in bytes.
const ANSWER: u64 = 65_536;

impl Shell {
    /// Streams of the caller's, which stand for a terminal of that many columns.
    pub(crate) fn terminal(
        out: impl Write + Send + 'static,
        err: impl Write + Send + 'static,
        columns: u16,
    ) -> Self {
        Self {
            out: Box::new(out),
            err: Box::new(err),
            terminal: true,
            surroundings: Surroundings::of(
                |name| (name == "LANG").then(|| "C.UTF-8".to_owned()),
                true,
                false,
            ),
            asks: false,
            columns: Some(columns),
        }
    }

    /// Whether a person can be asked: standard input and standard error are a terminal.
    pub(crate) fn can_ask(&self) -> bool {
        self.asks
    }

    /// Asks, and reads a line of at most [`ANSWER`] bytes; nothing when the input has ended.
    pub(crate) fn prompt(&mut self, question: &str) -> io::Result<Option<String>> {
        let question = plain(question, self.surroundings.utf8);
        let _ = write!(self.err, "{question}").and_then(|()| self.err.flush());
        let mut line = String::new();
        let read = io::stdin().lock().take(ANSWER).read_line(&mut line)?;
        Ok((read > 0).then(|| line.trim().to_owned()))
    }
}

/// Where a log is written: whole lines, by any thread.
pub(crate) fn log_stream() -> impl Write {
    io::stderr()
}
