//! Notices as lines of a terminal.

use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use crate::width::{Widths, escape_ascii, wrap};
use crate::{LanguageRange, Shown, SkipReason, SourceName, limits};

/// What stands before the lines that a text could fill as it likes.
const INDENTATION: &str = "  ";

/// The frame that lines are made in: a source's name and a width. Chapter 6, section 6.10.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    source: SourceName,
    /// `notice[SOURCE]`, or empty in plain mode.
    prefix: String,
    /// Columns for text, beside the prefix and its space.
    text_columns: usize,
    widths: Widths,
    /// Whether the terminal is known to be in UTF-8.
    utf8: bool,
}

impl Frame {
    /// A frame whose lines begin with `notice[SOURCE]`, for a terminal of so many columns (`None`: unknown).
    ///
    /// # Errors
    /// [`SkipReason::TooNarrow`] when fewer than [`limits::TEXT_COLUMNS`] are left for text.
    pub fn new(source: SourceName, columns: Option<u16>) -> Result<Self, SkipReason> {
        // MOTD-SHOW-1: the word is fixed and the name is the client's own, so that no text can begin a line.
        let prefix = format!("notice[{source}]");
        Self::with_prefix(source, prefix, columns)
    }

    /// A frame without prefixes, for who asked for it, such as the user of a screen reader. A line
    /// `notice from SOURCE` stands before each notice instead.
    ///
    /// # Errors
    /// [`SkipReason::TooNarrow`] when there are fewer than [`limits::TEXT_COLUMNS`] for text.
    pub fn plain(source: SourceName, columns: Option<u16>) -> Result<Self, SkipReason> {
        Self::with_prefix(source, String::new(), columns)
    }

    /// Whether characters of ambiguous width take two columns; see [`is_ambiguous_wide`].
    #[must_use]
    pub const fn with_ambiguous_wide(mut self, wide: bool) -> Self {
        self.widths.ambiguous_wide = wide;
        self
    }

    /// Whether the terminal is known to be in UTF-8; see [`posix_is_utf8`](crate::posix_is_utf8). As long as it is not, lines
    /// are printable ASCII.
    #[must_use]
    pub const fn with_utf8(mut self, utf8: bool) -> Self {
        self.utf8 = utf8;
        self
    }

    /// The source's name.
    #[must_use]
    pub const fn source(&self) -> &SourceName {
        &self.source
    }

    fn with_prefix(
        source: SourceName,
        prefix: String,
        columns: Option<u16>,
    ) -> Result<Self, SkipReason> {
        // MOTD-SHOW-2: spare columns, since some terminals wrap a line that fills them, and some draw a character wider.
        let columns = columns
            .unwrap_or(limits::UNKNOWN_COLUMNS)
            .min(limits::COLUMNS);
        let line = usize::from(columns.saturating_sub(limits::SPARE_COLUMNS));
        let before_text = if prefix.is_empty() {
            0
        } else {
            prefix.len() + 1
        };
        let text_columns = line.saturating_sub(before_text);
        if text_columns < limits::TEXT_COLUMNS {
            return Err(SkipReason::TooNarrow);
        }
        Ok(Self {
            source,
            prefix,
            text_columns,
            widths: Widths {
                ambiguous_wide: true,
            },
            utf8: false,
        })
    }

    fn is_plain(&self) -> bool {
        self.prefix.is_empty()
    }

    /// Adds the lines of a title, a link or the number of what is left out: only the first is not indented.
    fn push_item(&self, text: &str, lines: &mut Vec<String>) {
        self.push(text, "", lines);
    }

    /// Adds the lines of a paragraph.
    fn push_paragraph(&self, text: &str, lines: &mut Vec<String>) {
        self.push(text, INDENTATION, lines);
    }

    /// Adds the lines of a text, each with the prefix.
    fn push(&self, text: &str, first_indentation: &'static str, lines: &mut Vec<String>) {
        let mut escaped = String::new();
        let text = if self.utf8 {
            text
        } else {
            // MOTD-SHOW-12: elsewhere a byte of a letter can be a control character, such as 9B of U+015B.
            escape_ascii(text, &mut escaped);
            &escaped
        };
        let space = if self.is_plain() { "" } else { " " };
        let mut indentation = first_indentation;
        // MOTD-SHOW-2: hard, because a soft wrap goes on at column 0 without the prefix, where a text could pretend
        // to be the installer.
        wrap(
            text,
            self.text_columns - first_indentation.len(),
            self.text_columns - INDENTATION.len(),
            self.widths,
            |line| {
                lines.push([self.prefix.as_str(), space, indentation, line].concat());
                // MOTD-SHOW-10: what is not indented begins with a word of the client or of the link's grammar, so that
                // a text cannot draw a second header.
                indentation = INDENTATION;
            },
        );
    }
}

/// Whether characters of ambiguous width take two columns for this reader: unless the first language is known and is none
/// whose readers have terminals that are set so. Chapter 3, section 3.2.
#[must_use]
pub fn is_ambiguous_wide(languages: &[LanguageRange]) -> bool {
    languages.first().is_none_or(|first| {
        matches!(
            first.language(),
            "*" | "en" | "ja" | "ko" | "zh" | "cmn" | "hak" | "lzh" | "nan" | "yue"
        )
    })
}

/// All lines of a notice, without line feeds, as a list that the user asked for has them. Chapter 6, section 6.10.
#[must_use]
pub fn render(shown: &Shown<'_>, frame: &Frame) -> Vec<String> {
    let mut lines = head(shown, frame);
    lines.append(&mut text_lines(shown, frame));
    // MOTD-SHOW-4: each on lines of its own, as it was signed.
    lines.extend(link_lines(shown, frame).into_iter().flatten());
    lines
}

/// The lines of a notice in an automatic display: its title, the first lines of its text, the links that there is room
/// for, and how many lines are left out. `how` to read those are fixed words of the installer. Chapter 6, MOTD-SHOW-13.
#[must_use]
pub fn render_short(shown: &Shown<'_>, how: &str, frame: &Frame) -> Vec<String> {
    let mut lines = head(shown, frame);
    let mut text = text_lines(shown, frame);
    let mut left_out = text.len().saturating_sub(limits::LINES_OF_TEXT);
    text.truncate(limits::LINES_OF_TEXT);
    lines.append(&mut text);
    let mut room = limits::LINES_OF_LINKS;
    for mut link in link_lines(shown, frame) {
        // MOTD-SHOW-4: a link is there as a whole, or it is not.
        if link.len() <= room {
            room -= link.len();
            lines.append(&mut link);
        } else {
            left_out += link.len();
        }
    }
    if left_out > 0 {
        let noun = if left_out == 1 { "line" } else { "lines" };
        frame.push_item(&format!("{left_out} more {noun}: {how}"), &mut lines);
    }
    lines
}

/// Severity and title.
fn head(shown: &Shown<'_>, frame: &Frame) -> Vec<String> {
    let mut lines = Vec::new();
    if frame.is_plain() {
        frame.push_item(&format!("notice from {}", frame.source), &mut lines);
    }
    // MOTD-SHOW-3: severity is a word. MOTD-SHOW-6: a text has no control characters (MOTD-TEXT-1) and neither has
    // anything that is added.
    let severity = shown.notice().effective_severity().word();
    let title = shown.applicable().text().title();
    frame.push_item(&format!("{severity}: {title}"), &mut lines);
    lines
}

/// The paragraphs, with a line between two of them.
fn text_lines(shown: &Shown<'_>, frame: &Frame) -> Vec<String> {
    let mut lines = Vec::new();
    for (index, paragraph) in shown.applicable().text().body().iter().enumerate() {
        if index > 0 {
            lines.push(frame.prefix.clone());
        }
        frame.push_paragraph(paragraph, &mut lines);
    }
    lines
}

/// The lines of each link.
fn link_lines(shown: &Shown<'_>, frame: &Frame) -> Vec<Vec<String>> {
    let links = shown.notice().links().iter().map(|link| {
        let mut lines = Vec::new();
        frame.push_item(&format!("{}: {}", link.rel(), link.url()), &mut lines);
        lines
    });
    links.collect()
}

/// The lines that say how many more notices there are, and `how` to read them: fixed words of the installer, never a
/// document's. `critical` has the source of each that is critical. Chapter 6, MOTD-SHOW-5.
#[must_use]
pub fn more_lines(count: usize, critical: &[&SourceName], how: &str, frame: &Frame) -> Vec<String> {
    let sources: BTreeSet<_> = critical.iter().map(|source| source.as_str()).collect();
    let sources: Vec<_> = sources.into_iter().collect();
    let critical = match (critical.len(), sources.len()) {
        (0, _) => String::new(),
        (count, 1..=limits::SOURCES_NAMED) => {
            format!(", {count} critical ({})", sources.join(", "))
        }
        (count, _) => format!(", {count} critical"),
    };
    let mut lines = Vec::new();
    frame.push_item(&format!("{count} more{critical}: {how}"), &mut lines);
    lines
}

/// A text of anybody's in lines of a terminal of so many columns. All but the first have an indentation, so that no text
/// stands at the beginning of a line.
#[must_use]
pub fn wrapped(text: &str, columns: Option<u16>, indentation: &str) -> Vec<String> {
    let columns = columns.unwrap_or(limits::UNKNOWN_COLUMNS);
    let columns = usize::from(columns.saturating_sub(limits::SPARE_COLUMNS));
    let rest = columns.saturating_sub(indentation.len());
    let widths = Widths {
        ambiguous_wide: true,
    };
    let mut lines = Vec::new();
    wrap(text, columns.max(1), rest.max(1), widths, |line| {
        let before = if lines.is_empty() { "" } else { indentation };
        lines.push([before, line].concat());
    });
    lines
}

/// Severity and title of a notice in printable ASCII, for who asked for no more: on a terminal in its `frame`, and as one
/// line in a log. Chapter 6, MOTD-SHOW-9.
#[must_use]
pub fn title_in_ascii(shown: &Shown<'_>, source: &SourceName, frame: Option<Frame>) -> Vec<String> {
    let mut title = format!("{}: ", shown.notice().effective_severity().word());
    escape_ascii(shown.applicable().text().title(), &mut title);
    let Some(frame) = frame else {
        return vec![format!("notice[{source}] {title}")];
    };
    let mut lines = Vec::new();
    // It is ASCII already.
    frame.with_utf8(true).push_item(&title, &mut lines);
    lines
}
