//! The one place that prints: data to standard output, talk to standard error.

use std::io::{self, BufRead as _, IsTerminal as _, Read as _, Write};

/// The longest answer to a question, in bytes.
const ANSWER: u64 = 65_536;

/// Where a command writes. A broken pipe ends the writing and nothing else.
pub(crate) struct Shell {
    out: Box<dyn Write + Send>,
    err: Box<dyn Write + Send>,
    terminal: bool,
    asks: bool,
    columns: Option<u16>,
    talk_columns: Option<u16>,
}

impl Shell {
    /// The process's own streams.
    pub(crate) fn process() -> Self {
        let columns = terminal_size::terminal_size().map(|(width, _)| width.0);
        let talk_columns = terminal_size::terminal_size_of(io::stderr()).map(|(width, _)| width.0);
        Self {
            out: Box::new(io::stdout()),
            err: Box::new(io::stderr()),
            terminal: io::stdout().is_terminal(),
            asks: io::stdin().is_terminal() && io::stderr().is_terminal(),
            columns,
            talk_columns,
        }
    }

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
            asks: false,
            columns: Some(columns),
            talk_columns: Some(columns),
        }
    }

    /// Whether a person reads standard output.
    pub(crate) fn is_terminal(&self) -> bool {
        self.terminal
    }

    /// Columns of the terminal, where they are known.
    pub(crate) fn columns(&self) -> Option<u16> {
        self.columns
    }

    /// Columns of the terminal that standard error is, where it is one.
    pub(crate) fn talk_columns(&self) -> Option<u16> {
        self.talk_columns
    }

    /// A line of data. A reader that went away is no error.
    pub(crate) fn data(&mut self, line: &str) {
        let _ = writeln!(self.out, "{line}").and_then(|()| self.out.flush());
    }

    /// The stream of the data, for what writes several lines at once.
    pub(crate) fn out(&mut self) -> &mut dyn Write {
        &mut self.out
    }

    /// The stream of the talk, for notices that nobody asked for (MOTD-SHOW-7).
    pub(crate) fn err(&mut self) -> &mut dyn Write {
        &mut self.err
    }

    /// Whether a person can be asked: standard input and standard error are a terminal.
    pub(crate) fn can_ask(&self) -> bool {
        self.asks
    }

    /// Asks, and reads a line of at most [`ANSWER`] bytes; nothing when the input has ended.
    pub(crate) fn ask(&mut self, question: &str) -> io::Result<Option<String>> {
        let _ = write!(self.err, "{question}").and_then(|()| self.err.flush());
        let mut line = String::new();
        let read = io::stdin().lock().take(ANSWER).read_line(&mut line)?;
        Ok((read > 0).then(|| line.trim().to_owned()))
    }

    /// A JSON value as data, indented.
    pub(crate) fn json(&mut self, value: &impl serde::Serialize) -> serde_json::Result<()> {
        let text = serde_json::to_string_pretty(value)?;
        self.data(&text);
        Ok(())
    }

    /// A line of talk.
    pub(crate) fn talk(&mut self, line: &str) {
        // When nobody listens there is nobody to tell.
        let _ = writeln!(self.err, "{line}");
    }
}

/// Where a log is written: whole lines, by any thread.
pub(crate) fn log_stream() -> impl Write {
    io::stderr()
}
