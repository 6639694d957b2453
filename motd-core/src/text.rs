//! The rules of plain text: permitted code points, marks, emptiness, length.

use alloc::borrow::Cow;
use alloc::string::String;
use core::fmt::Write as _;

use crate::{Code, tables};

/// One kind of text: how long it may be, and the code for one that is not its kind at all.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TextRule {
    pub(crate) longest: usize,
    pub(crate) malformed: Code,
}

/// Titles. Chapter 3, MOTD-TEXT-2.
pub(crate) const TITLE: TextRule = TextRule {
    longest: crate::limits::TITLE_CODE_POINTS,
    malformed: Code::TitleMalformed,
};
/// Paragraphs. Chapter 3, MOTD-TEXT-3.
pub(crate) const PARAGRAPH: TextRule = TextRule {
    longest: crate::limits::PARAGRAPH_CODE_POINTS,
    malformed: Code::ParagraphMalformed,
};

impl TextRule {
    /// Judges a text, which is taken as it is or refused: it is never cleaned (MOTD-TEXT-8).
    ///
    /// The order is emptiness and length, code points, marks, commands. Each step is linear.
    pub(crate) fn judge(self, text: &str) -> Result<(), Code> {
        // MOTD-TEXT-2, MOTD-TEXT-3: a text that nobody sees hides the end of a notice.
        if !text.chars().any(is_visible) || longer_than(text, self.longest) {
            return Err(self.malformed);
        }
        // MOTD-TEXT-11: a log of a CI system obeys them anywhere in a line.
        // Printable ASCII is permitted and has no marks; a test holds that against the tables. Without a way out of
        // the loop, since that makes it many bytes at a time.
        let commands = if text.contains("##") {
            Err(Code::TextCommand)
        } else {
            Ok(())
        };
        if text
            .bytes()
            .fold(true, |printable, byte| printable & is_printable_ascii(byte))
        {
            return commands;
        }
        // MOTD-TEXT-1, MOTD-TEXT-7: by the published table. Controls move cursors, bidirectional overrides reorder,
        // invisible characters hide.
        let mut permitted = Finder::new(tables::PERMITTED);
        if !text
            .chars()
            .all(|character| is_plain(character) || permitted.contains(character))
        {
            return Err(Code::TextCodePoint);
        }
        judge_marks(text)?;
        commands
    }
}

/// Whether a title or a paragraph can hold this character: table 1 of chapter 3. What it leaves out moves cursors, turns text
/// around, hides or is not assigned (MOTD-TEXT-1).
#[must_use]
pub fn is_permitted(character: char) -> bool {
    is_plain(character) || tables::contains(tables::PERMITTED, character)
}

/// Words of other people, such as names of keys, members and roles: each character that `is_kept` refuses is written as JSON
/// escapes it, so that JSON stays what it says.
#[must_use]
pub fn escaped(text: &str, is_kept: impl Fn(char) -> bool) -> Cow<'_, str> {
    if text.chars().all(&is_kept) {
        return Cow::Borrowed(text);
    }
    let mut written = String::with_capacity(text.len());
    for character in text.chars() {
        if is_kept(character) {
            written.push(character);
        } else {
            for unit in character.encode_utf16(&mut [0; 2]) {
                // Writing to a string does not fail.
                let _ = write!(written, "\\u{unit:04x}");
            }
        }
    }
    Cow::Owned(written)
}

const fn is_printable_ascii(byte: u8) -> bool {
    matches!(byte, 0x20..=0x7E)
}

/// Whether a character is of general category Zs in Unicode 14.0. Chapter 3, section 3.1.
const fn is_space(character: char) -> bool {
    matches!(
        character,
        ' ' | '\u{A0}' | '\u{1680}' | '\u{2000}'
            ..='\u{200A}' | '\u{202F}' | '\u{205F}' | '\u{3000}'
    )
}

/// Whether a character can be seen by itself. Chapter 3, section 3.1.
fn is_visible(character: char) -> bool {
    !is_space(character) && (is_plain(character) || !tables::contains(tables::MARKS, character))
}

/// Whether a character is one that needs no table.
const fn is_plain(character: char) -> bool {
    matches!(character, ' '..='~')
}

/// MOTD-TEXT-5: a mark in front would join the frame; a stack of marks climbs over the lines above.
fn judge_marks(text: &str) -> Result<(), Code> {
    let mut marks = Finder::new(tables::MARKS);
    let mut in_a_row = 0;
    for (index, character) in text.chars().enumerate() {
        if is_plain(character) || !marks.contains(character) {
            in_a_row = 0;
            continue;
        }
        in_a_row += 1;
        if index == 0 || in_a_row > crate::limits::MARKS_IN_A_ROW {
            return Err(Code::TextMarks);
        }
    }
    Ok(())
}

/// Whether a text has more code points than this.
fn longer_than(text: &str, code_points: usize) -> bool {
    text.len() > code_points && text.chars().count() > code_points
}

/// A table with the places of the last look-ups: neighbours in a text are neighbours in a table.
struct Finder {
    table: &'static [(u32, u32)],
    /// The last range of the table that was found.
    inside: (u32, u32),
    /// The last gap between two of them.
    outside: (u32, u32),
}

impl Finder {
    const fn new(table: &'static [(u32, u32)]) -> Self {
        Self {
            table,
            inside: (1, 0),
            outside: (1, 0),
        }
    }

    fn contains(&mut self, character: char) -> bool {
        let point = u32::from(character);
        let holds = |(first, last): (u32, u32)| first <= point && point <= last;
        if holds(self.inside) || holds(self.outside) {
            return holds(self.inside);
        }
        let after = self.table.partition_point(|&(first, _)| first <= point);
        let before = after
            .checked_sub(1)
            .and_then(|index| self.table.get(index))
            .copied();
        if let Some(range) = before.filter(|range| holds(*range)) {
            self.inside = range;
            return true;
        }
        let first = before.map_or(0, |(_, last)| last + 1);
        let last = self
            .table
            .get(after)
            .map_or(u32::MAX, |(first, _)| first - 1);
        self.outside = (first, last);
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The look-up with a memory is the look-up without.
    #[test]
    fn finder_agrees_with_the_table() {
        for table in [
            tables::PERMITTED,
            tables::MARKS,
            tables::WIDE,
            tables::AMBIGUOUS,
        ] {
            let mut finder = Finder::new(table);
            for character in ('\0'..=char::MAX).step_by(1) {
                assert_eq!(
                    finder.contains(character),
                    tables::contains(table, character),
                    "{character:?}"
                );
            }
        }
    }

    /// What the fast path takes for granted.
    #[test]
    fn printable_ascii_is_permitted_and_unmarked() {
        for character in ' '..='~' {
            assert!(tables::contains(tables::PERMITTED, character));
            assert!(!tables::contains(tables::MARKS, character));
        }
    }

    /// MOTD-TEXT-2, MOTD-TEXT-3: no space of any width and no mark makes a text.
    #[test]
    fn only_spaces_is_malformed() {
        let spaces: alloc::vec::Vec<char> = ('\0'..=char::MAX)
            .filter(|point| is_space(*point))
            .collect();
        assert_eq!(spaces.len(), 17);
        for space in spaces {
            let text: alloc::string::String = [' ', space, space].iter().collect();
            assert_eq!(TITLE.judge(&text), Err(Code::TitleMalformed), "{space:?}");
            assert_eq!(
                PARAGRAPH.judge(&text),
                Err(Code::ParagraphMalformed),
                "{space:?}"
            );
            assert_eq!(PARAGRAPH.judge(&(text + ".")), Ok(()), "{space:?}");
        }
        for invisible in [
            "",
            "\u{301}",
            " \u{301}",
            "\u{1161}\u{11A8}",
            "\u{A0}\u{FF9E}",
        ] {
            assert_eq!(
                PARAGRAPH.judge(invisible),
                Err(Code::ParagraphMalformed),
                "{invisible:?}"
            );
            assert_eq!(
                PARAGRAPH.judge(&alloc::format!("{invisible}.")).err(),
                invisible
                    .starts_with(|first| !is_space(first))
                    .then_some(Code::TextMarks),
                "{invisible:?}"
            );
        }
    }

    /// MOTD-TEXT-7: what Unicode assigned after 14.0 is refused, whatever the runtime knows.
    #[test]
    fn later_code_points_are_refused() {
        assert_eq!(PARAGRAPH.judge("\u{1F600}"), Ok(()));
        for later in ["\u{1FAE8}", "\u{1FAE9}", "\u{1FAE9} a"] {
            assert_eq!(
                PARAGRAPH.judge(later),
                Err(Code::TextCodePoint),
                "{later:?}"
            );
        }
    }

    #[test]
    fn every_row_of_the_refused_list() {
        let refused = [
            (0x00, 0x1F),
            (0x7F, 0x9F),
            (0xE000, 0xE100),
            (0xF8FF, 0xF8FF),
            (0xF_0000, 0xF_0001),
            (0x10_FFFD, 0x10_FFFF),
            (0xFDD0, 0xFDEF),
            (0xFFFE, 0xFFFF),
            (0x1_FFFE, 0x1_FFFF),
            (0xAD, 0xAD),
            (0x34F, 0x34F),
            (0x600, 0x605),
            (0x61C, 0x61C),
            (0x6DD, 0x6DD),
            (0x70F, 0x70F),
            (0x890, 0x891),
            (0x8E2, 0x8E2),
            (0x115F, 0x1160),
            (0x17B4, 0x17B5),
            (0x17D8, 0x17D8),
            (0x180B, 0x180F),
            (0x200B, 0x200F),
            (0x2028, 0x202E),
            (0x2060, 0x206F),
            (0x2800, 0x2800),
            (0x303F, 0x303F),
            (0x3164, 0x3164),
            (0xFE00, 0xFE0F),
            (0xFEFF, 0xFEFF),
            (0xFFA0, 0xFFA0),
            (0xFFF0, 0xFFFC),
            (0x1_10BD, 0x1_10BD),
            (0x1_10CD, 0x1_10CD),
            (0x1_3430, 0x1_3438),
            (0x1_6FE4, 0x1_6FE4),
            (0x1_BCA0, 0x1_BCA3),
            (0x1_D159, 0x1_D159),
            (0x1_D173, 0x1_D17A),
            (0xE_0000, 0xE_0FFF),
            (0x378, 0x379),
        ];
        for character in refused
            .into_iter()
            .flat_map(|(first, last)| first..=last)
            .filter_map(char::from_u32)
        {
            let mut text = alloc::string::String::from("a");
            text.push(character);
            assert_eq!(
                PARAGRAPH.judge(&text),
                Err(Code::TextCodePoint),
                "{character:?}"
            );
        }
    }
}
