//! The one place of this program that prints: data to standard output, talk to standard error.

use std::io::Write as _;

/// Where words go.
#[derive(Debug, Default)]
pub struct Shell;

impl Shell {
    /// A line of data. A reader that went away is no error.
    pub fn data(&self, line: &str) {
        let _ = writeln!(std::io::stdout(), "{line}");
    }

    /// A line of talk.
    pub fn talk(&self, line: &str) {
        let _ = writeln!(std::io::stderr(), "{line}");
    }
}
