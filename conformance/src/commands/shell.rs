//! The one place of this program that prints: data to standard output, talk to standard error.

use std::io::Write as _;

/// Where words go.
#[derive(Debug, Default)]
pub struct Shell;

impl Shell {
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
    let is_harmless = |char: char| !char.is_control() || char == '\n' || char == '\t';
    let escaped = |char: char| {
        let code = u32::from(char);
        format!("\\u{{{code:x}}}")
    };
    text.chars()
        .map(|char| {
            if is_harmless(char) {
                char.to_string()
            } else {
                escaped(char)
            }
        })
        .collect()
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
