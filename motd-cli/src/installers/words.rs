//! The words of a command line: options, their values, and the word that says what to do.

use std::ffi::OsString;

/// The words after the program, as far as they are options or a command.
pub(super) struct CommandWords<'a>(Vec<&'a str>);

impl<'a> CommandWords<'a> {
    /// The words up to `--`; what is not Unicode is no option of any installer.
    pub(super) fn new(words: &'a [OsString]) -> Self {
        let words = words.iter().map(|word| word.to_str().unwrap_or_default());
        Self(words.take_while(|word| *word != "--").collect())
    }

    /// The first word that is neither an option nor the value of one of these options, and the one after it.
    pub(super) fn command(&self, with_value: &[&str]) -> Option<(&'a str, Option<&'a str>)> {
        let mut words = self.0.iter();
        let mut plain = Vec::new();
        while let Some(word) = words.next() {
            if with_value.contains(word) {
                words.next();
            } else if !word.starts_with('-') {
                plain.push(*word);
            }
        }
        let mut plain = plain.into_iter();
        Some((plain.next()?, plain.next()))
    }

    /// Whether one of these options is there.
    pub(super) fn has(&self, options: &[&str]) -> bool {
        self.0.iter().any(|word| options.contains(word))
    }

    /// Whether a word is there that this is true of.
    pub(super) fn any(&self, is: impl Fn(&str) -> bool) -> bool {
        self.0.iter().any(|word| is(word))
    }

    /// The values of an option, as `--option value`, `--option=value`, `-o value` or `-ovalue`, in order.
    pub(super) fn values(&self, options: &[&str]) -> Vec<&'a str> {
        let mut values = Vec::new();
        let mut words = self.0.iter();
        while let Some(word) = words.next() {
            for option in options {
                if word == option {
                    values.extend(words.as_slice().first());
                    break;
                }
                let Some(rest) = word.strip_prefix(option) else {
                    continue;
                };
                if option.starts_with("--") {
                    values.extend(rest.strip_prefix('='));
                } else {
                    values.push(rest.trim_start_matches('='));
                }
            }
        }
        values
    }
}
