//! The one place of this program that prints: data to standard output, talk to standard error.

use std::io::Write as _;

/// Where words go.
#[derive(Debug, Default)]
pub struct SuiteShell;

impl SuiteShell {
    /// A line of data. A reader that went away is no error.
    pub fn data(&self, line: &str) {
        let _ = writeln!(std::io::stdout(), "{}", printable(line));
    }

    /// A line of talk.
    pub fn talk(&self, line: &str) {
        let _ = writeln!(std::io::stderr(), "{}", printable(line));
    }
}

/// What an adapter says does not steer the terminal.
fn printable(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        if char.is_control() && !matches!(char, '\n' | '\t') {
            out.extend(char.escape_unicode());
        } else {
            out.push(char);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::printable;

    #[test]
    fn escapes_reach_no_terminal() {
        assert_eq!(
            printable("a\u{1b}[8m\u{9b}31m\r\n\tb\u{7f}"),
            "a\\u{1b}[8m\\u{9b}31m\\u{d}\n\tb\\u{7f}"
        );
    }
}
