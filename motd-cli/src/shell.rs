//! The one place that prints: data to standard output, talk to standard error.

#[cfg(feature = "publisher")]
mod publisher;
mod terminal;

use std::borrow::Cow;
use std::io::{self, IsTerminal as _, Write};
use std::time::Instant;

use motd_client::Surroundings;
#[cfg(feature = "publisher")]
use motd_core::wrapped;
use motd_core::{escaped, is_permitted};

#[cfg(feature = "publisher")]
pub(crate) use publisher::log_stream;
use terminal::PatientWriter;
pub(crate) use terminal::{is_anothers, never_stop, talk_columns, talk_is_terminal};

/// What stands before the rows of a long line: as no line of this program begins.
#[cfg(feature = "publisher")]
const INDENTATION: &str = "        ";

/// Where a command writes. A broken pipe ends the writing and nothing else.
pub(crate) struct Shell {
    out: Box<dyn Write + Send>,
    err: Box<dyn Write + Send>,
    terminal: bool,
    surroundings: Surroundings,
    #[cfg(feature = "publisher")]
    asks: bool,
    /// Columns that do not change, of a terminal that is not the process's.
    columns: Option<u16>,
}

impl Shell {
    /// The process's own streams.
    pub(crate) fn process() -> Self {
        Self {
            out: Box::new(io::stdout()),
            err: Box::new(PatientWriter {
                stream: io::stderr(),
                until: None,
            }),
            terminal: io::stdout().is_terminal(),
            surroundings: Surroundings::of_this_process(false),
            #[cfg(feature = "publisher")]
            asks: io::stdin().is_terminal() && io::stderr().is_terminal(),
            columns: None,
        }
    }

    /// The process beside a command, where the talk ends at this time at the latest (MOTD-FAIL-4).
    pub(crate) fn beside(until: Instant) -> Self {
        Self {
            err: terminal::talk_until(until),
            ..Self::process()
        }
    }

    /// Whether a person reads standard output.
    pub(crate) fn is_terminal(&self) -> bool {
        self.terminal
    }

    /// Whether what a person reads is known to be in UTF-8 (MOTD-SHOW-12).
    pub(crate) fn is_utf8(&self) -> bool {
        self.surroundings.utf8
    }

    /// Whether there is the mode without prefixes for a user who asked for it, as [`Surroundings::plain`] has it.
    pub(crate) fn is_plain(&self, asked: bool) -> bool {
        self.surroundings.plain(asked)
    }

    /// Columns of the terminal, where they are known: measured when they are asked for (MOTD-SHOW-2).
    pub(crate) fn columns(&self) -> impl Fn() -> Option<u16> + use<> {
        let columns = self.columns;
        move || columns.or_else(terminal::columns)
    }

    /// Lines of data, of a text that this program made: its line ends are its own.
    pub(crate) fn lines(&mut self, text: &str) {
        for line in text.split('\n') {
            self.data(line);
        }
    }

    /// A line of data with other people's words, which a terminal would go on with at the beginning of a row: there it is
    /// broken, and the rows after the first are indented. Returns how many rows it has.
    #[cfg(feature = "publisher")]
    pub(crate) fn wrapped(&mut self, line: &str) -> usize {
        if !self.terminal {
            self.data(line);
            return 1;
        }
        let line = plain(line, self.surroundings.utf8);
        let rows = wrapped(&line, self.columns()(), INDENTATION);
        let _ = writeln!(self.out, "{}", rows.join("\n")).and_then(|()| self.out.flush());
        rows.len()
    }

    /// A line of data. A reader that went away is no error.
    pub(crate) fn data(&mut self, line: &str) {
        // What goes to a file or a program says itself how it is read.
        let line = plain(line, self.surroundings.utf8 || !self.terminal);
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

    /// A JSON value as data, indented.
    pub(crate) fn json(&mut self, value: &impl serde::Serialize) -> serde_json::Result<()> {
        let text = serde_json::to_string_pretty(value)?;
        self.lines(&text);
        Ok(())
    }

    /// A line of talk.
    pub(crate) fn talk(&mut self, line: &str) {
        // When nobody listens there is nobody to tell.
        let _ = writeln!(self.err, "{}", plain(line, self.surroundings.utf8));
    }
}

/// An argument, as it can be quoted.
pub(crate) fn word(argument: &std::ffi::OsStr) -> String {
    let utf8 = Surroundings::of_this_process(false).utf8;
    plain(&argument.to_string_lossy(), utf8).into_owned()
}

/// A line in which nothing moves a cursor, turns text around, hides or begins another line: names of keys, members, roles and
/// files are other people's words, errors included. Outside of UTF-8 a byte of any letter can move a cursor (MOTD-SHOW-12).
///
/// Where a CI system reads along, no word of theirs is a command to it: `##` is one anywhere in a line, and `::` at its
/// beginning (MOTD-TEXT-11).
fn plain(line: &str, utf8: bool) -> Cow<'_, str> {
    let mut line = escaped(line, |letter| {
        is_permitted(letter) && (utf8 || letter.is_ascii())
    });
    if line.contains("##") {
        line = Cow::Owned(line.replace("##", "#\\u0023"));
    }
    let text = line.trim_start();
    if let Some(rest) = text.strip_prefix("::") {
        let spaces = line.strip_suffix(text).unwrap_or_default();
        line = Cow::Owned(format!("{spaces}\\u003a:{rest}"));
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_moves_turns_or_hides_is_written_as_its_number() {
        for (line, written) in [
            ("plain, na\u{ef}ve, \u{65e5}\u{672c} #[a] a::b", None),
            ("a\nnotice[a] b\tc", Some("a\\u000anotice[a] b\\u0009c")),
            ("a ##vso[b]###", Some("a #\\u0023vso[b]#\\u0023#")),
            ("  ::add-mask::a", Some("  \\u003a:add-mask::a")),
            ("\u{1b}[2J", Some("\\u001b[2J")),
            ("a\rb\u{7}", Some("a\\u000db\\u0007")),
            ("\u{7f}\u{9b}2J", Some("\\u007f\\u009b2J")),
            (
                "\u{202e}redro\u{2066}\u{200b}",
                Some("\\u202eredro\\u2066\\u200b"),
            ),
            ("\u{e0041}", Some("\\udb40\\udc41")),
        ] {
            assert_eq!(plain(line, true), written.unwrap_or(line));
            assert!(!plain(line, true).contains("##"));
        }
        let json = serde_json::json!({ "a\u{202e}": "\u{9b}2J\u{e0041}" });
        let read: serde_json::Value =
            serde_json::from_str(&plain(&json.to_string(), true)).unwrap();
        assert_eq!(read, json);
        // On a terminal that is not in UTF-8.
        let json = serde_json::json!({ "\u{15b}": "\u{1f600}\\" });
        let line = plain(&json.to_string(), false).into_owned();
        assert_eq!(line, r#"{"\u015b":"\ud83d\ude00\\"}"#);
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&line).unwrap(),
            json
        );
    }
}
