//! Columns of a terminal, and lines that are never wrapped by it.

use alloc::string::String;
use alloc::vec::Vec;

use crate::tables::{self, contains};

/// How wide code points are: Tables 2 to 4. Chapter 3, section 3.2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Widths {
    /// Whether ambiguous ones take two columns.
    pub(crate) ambiguous_wide: bool,
}

impl Widths {
    pub(crate) fn of(self, character: char) -> usize {
        if character.is_ascii() {
            return 1;
        }
        // A mark counts 1 or, in Table 3, 2: some terminals give it columns of its own, and a line that is counted too
        // narrow is continued by the terminal without its prefix.
        let wide = contains(tables::WIDE, character)
            || (self.ambiguous_wide && contains(tables::AMBIGUOUS, character));
        1 + usize::from(wide)
    }
}

/// Wraps a text into lines, the first of at most `first_columns` and the others of at most `columns`, calling `line` for
/// each. Chapter 6, section 6.10.
///
/// A line breaks at the last space that fits, and the spaces there are not written; a word that is too long is cut.
/// A combining mark stays with its base. One pass: what is carried over to the next line is measured again, and that
/// is less than a line.
pub(crate) fn wrap(
    text: &str,
    first_columns: usize,
    columns: usize,
    widths: Widths,
    mut line: impl FnMut(&str),
) {
    let characters: Vec<(usize, char)> = text.char_indices().collect();
    let offset = |index: usize| {
        characters
            .get(index)
            .map_or(text.len(), |(offset, _)| *offset)
    };
    let character = |index: usize| characters.get(index).map(|(_, character)| *character);
    let is_space = |index: usize| character(index) == Some(' ');
    let is_mark = |index: usize| {
        character(index)
            .is_some_and(|character| !character.is_ascii() && contains(tables::MARKS, character))
    };
    let mut emit = |first: usize, after: usize| {
        line(text.get(offset(first)..offset(after)).unwrap_or_default());
    };

    let mut start = 0;
    loop {
        let columns = if start == 0 { first_columns } else { columns };
        // The longest beginning of the rest that is not wider than the line.
        let mut end = start;
        let mut width = 0;
        while let Some(character) = character(end) {
            width += widths.of(character);
            if width > columns {
                break;
            }
            end += 1;
        }
        if end == characters.len() {
            emit(start, end);
            return;
        }
        // A break is a space that something other than a space stands before; the one directly after the beginning,
        // or the last one inside it. One that carries a mark is the mark's base.
        let first_word = (start..end).find(|index| !is_space(*index)).unwrap_or(end);
        let at_break = (first_word + 1..=end)
            .rev()
            .find(|index| is_space(*index) && !is_mark(*index + 1));
        let (after_line, next) = if let Some(at_break) = at_break {
            let word_end = (start..at_break)
                .rev()
                .find(|index| !is_space(*index))
                .map_or(start, |index| index + 1);
            let next = (at_break..characters.len())
                .find(|index| !is_space(*index))
                .unwrap_or(characters.len());
            // A space that carries a mark begins the next line.
            let next = if is_mark(next) { next - 1 } else { next };
            (word_end, next)
        } else {
            let base = (start + 1..=end)
                .rev()
                .find(|index| !is_mark(*index))
                .unwrap_or(end)
                .max(start + 1);
            (base, base)
        };
        emit(start, after_line);
        if next >= characters.len() {
            return;
        }
        start = next;
    }
}

/// A text in printable ASCII: everything else, and the backslash, as `\\u{...}`.
pub(crate) fn escape_ascii(text: &str, out: &mut String) {
    for character in text.chars() {
        if matches!(character, ' '..='~') && character != '\\' {
            out.push(character);
        } else {
            out.extend(character.escape_unicode());
        }
    }
}

#[cfg(test)]
mod tests {
    use unicode_width::UnicodeWidthChar;

    use super::*;

    /// MOTD-SHOW-2: a source that no table was made from gives no code point more columns, and none at all only to marks.
    #[test]
    fn no_code_point_is_wider_than_it_is_counted() {
        let permitted = ('\0'..=char::MAX).filter(|point| contains(tables::PERMITTED, *point));
        let narrow = Widths {
            ambiguous_wide: false,
        };
        let wide = Widths {
            ambiguous_wide: true,
        };
        let mut seen = 0;
        for point in permitted {
            seen += 1;
            let drawn = (point.width().unwrap(), point.width_cjk().unwrap());
            assert!(narrow.of(point) >= drawn.0, "{point:?}");
            assert!(wide.of(point) >= drawn.1, "{point:?}");
            assert!(drawn.0 > 0 || contains(tables::MARKS, point), "{point:?}");
        }
        assert_eq!(seen, 144_259);
    }
}
