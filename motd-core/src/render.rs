//! Notices as lines of a terminal.

use alloc::string::String;
use alloc::vec::Vec;

use crate::{Shown, SkipReason, SourceName};

/// The frame that lines are made in: a source's name and a width. Chapter 6, "Lines".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    source: SourceName,
    prefix: String,
    columns: usize,
    ambiguous_wide: bool,
}

impl Frame {
    /// A frame whose lines begin with `notice[SOURCE]`, for a terminal of so many columns (`None`: unknown).
    ///
    /// # Errors
    /// [`SkipReason::TooNarrow`] when fewer than 20 columns are left for text.
    pub fn new(source: SourceName, columns: Option<u16>) -> Result<Self, SkipReason> {
        todo!()
    }

    /// A frame without prefixes, for screen readers. The source stands in the first line of each notice instead.
    ///
    /// # Errors
    /// [`SkipReason::TooNarrow`] when fewer than 20 columns are left for text.
    pub fn plain(source: SourceName, columns: Option<u16>) -> Result<Self, SkipReason> {
        todo!()
    }

    /// Whether characters of ambiguous width take two columns, as on Chinese, Japanese and Korean terminals.
    #[must_use]
    pub const fn with_ambiguous_wide(mut self, wide: bool) -> Self {
        self.ambiguous_wide = wide;
        self
    }
}

/// The lines of a notice, without line feeds.
#[must_use]
pub fn render(shown: &Shown<'_>, frame: &Frame) -> Vec<String> {
    todo!()
}

/// The lines that say how many more notices there are, and `how` to read them: a command that the installer fixes.
#[must_use]
pub fn more_lines(count: usize, how: &str, frame: &Frame) -> Vec<String> {
    todo!()
}

/// A notice as one line of printable ASCII, for logs that asked for it. Chapter 6, MOTD-SHOW-9.
#[must_use]
pub fn one_line_ascii(shown: &Shown<'_>, source: &SourceName) -> String {
    todo!()
}
