//! The keywords of BCP 14 (RFC 2119, RFC 8174): they count only in capitals, and stand only in requirement blocks.

use super::{Chapter, Fault};

/// Longest first, so that `MUST NOT` is one keyword.
const KEYWORDS: [&str; 11] = [
    "NOT RECOMMENDED",
    "RECOMMENDED",
    "SHOULD NOT",
    "SHALL NOT",
    "MUST NOT",
    "REQUIRED",
    "OPTIONAL",
    "SHOULD",
    "SHALL",
    "MUST",
    "MAY",
];

/// The sentence that defines the keywords has to name them; it stands between these two lines.
const BOILERPLATE: (&str, &str) = ("<!-- keywords:begin -->", "<!-- keywords:end -->");

/// The keywords in `text`, in their order.
#[must_use]
pub fn keywords(text: &str) -> Vec<&'static str> {
    let mut found = Vec::new();
    let mut rest = text;
    let mut before = None;
    while let Some(character) = rest.chars().next() {
        let starts_word = !before.is_some_and(is_word);
        let keyword = KEYWORDS.into_iter().find(|keyword| {
            rest.strip_prefix(keyword)
                .is_some_and(|after| !after.chars().next().is_some_and(is_word))
        });
        let taken = match keyword {
            Some(keyword) if starts_word => {
                found.push(keyword);
                keyword.len()
            }
            _ => character.len_utf8(),
        };
        before = rest
            .get(..taken)
            .and_then(|taken| taken.chars().next_back());
        rest = rest.get(taken..).unwrap_or_default();
    }
    found
}

fn is_word(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '-' || character == '_'
}

/// Keywords on lines that belong to no requirement block.
pub(super) fn outside_blocks(chapter: &Chapter) -> Vec<Fault> {
    let mut faults = Vec::new();
    let (mut boilerplate, mut block) = (false, false);
    for (index, line) in chapter.text.lines().enumerate() {
        boilerplate = (boilerplate || line.trim() == BOILERPLATE.0) && line.trim() != BOILERPLATE.1;
        block = line.starts_with('>') && (block || line.starts_with("> **MOTD-"));
        if boilerplate || block {
            continue;
        }
        faults.extend(keywords(line).into_iter().map(|keyword| Fault {
            chapter: chapter.name.clone(),
            line: index + 1,
            what: format!("the keyword {keyword} stands outside a requirement block"),
        }));
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_keyword_is_a_whole_word_in_capitals() {
        assert_eq!(
            keywords("It MUST NOT and MAY; must, MAYBE, X-MUST, MUSTY"),
            ["MUST NOT", "MAY"]
        );
        assert_eq!(keywords("(SHOULD)"), ["SHOULD"]);
        assert!(keywords("").is_empty());
    }

    #[test]
    fn a_keyword_outside_a_block_is_a_fault() {
        let text = "He MUST.\n> **MOTD-A-1** · document · core · test\n> It MUST.\n\n> A quote that MAY.\n";
        let chapter = Chapter {
            name: "x.md".into(),
            text: text.into(),
        };
        let lines: Vec<_> = outside_blocks(&chapter)
            .iter()
            .map(|fault| fault.line)
            .collect();
        assert_eq!(lines, [1, 5]);
    }

    #[test]
    fn the_boilerplate_may_name_them() {
        let text = "<!-- keywords:begin -->\nMUST, MAY\n<!-- keywords:end -->\nMAY\n";
        let chapter = Chapter {
            name: "x.md".into(),
            text: text.into(),
        };
        assert_eq!(outside_blocks(&chapter).len(), 1);
    }
}
