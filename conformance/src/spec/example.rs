//! Fenced examples. Every one in the specification is a test.

use super::Chapter;

/// A fenced block with an info string.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// File name of the chapter.
    pub chapter: String,
    /// Line of the opening fence, from 1.
    pub line: usize,
    /// The fence's info string, such as `json` or `vers`.
    pub language: String,
    /// What the comment `<!-- example: ... -->` on the line before says, if there is one.
    pub expectation: Option<String>,
    /// The lines between the fences.
    pub text: String,
}

pub(super) fn read(chapter: &Chapter) -> Vec<Example> {
    let mut found: Vec<Example> = Vec::new();
    let mut open: Option<Example> = None;
    let mut before = "";
    for (index, line) in chapter.text.lines().enumerate() {
        match (&mut open, line.strip_prefix("```")) {
            (Some(_), Some(_)) => found.extend(open.take()),
            (Some(example), None) => {
                example.text.push_str(line);
                example.text.push('\n');
            }
            (None, Some(language)) => {
                open = Some(Example {
                    chapter: chapter.name.clone(),
                    line: index + 1,
                    language: language.trim().to_owned(),
                    expectation: before
                        .trim()
                        .strip_prefix("<!-- example:")
                        .and_then(|rest| rest.strip_suffix("-->"))
                        .map(|expectation| expectation.trim().to_owned()),
                    text: String::new(),
                });
            }
            (None, None) => {}
        }
        before = line;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fence_is_read_with_the_comment_before_it() {
        let text = "<!-- example: document ok -->\n```json\n{}\n```\n\n```vers\na | b | in\n```\n";
        let found = read(&Chapter {
            name: "x.md".into(),
            text: text.into(),
        });
        let seen: Vec<_> = found
            .iter()
            .map(|e| (e.line, e.language.as_str(), e.expectation.as_deref()))
            .collect();
        assert_eq!(seen, [(2, "json", Some("document ok")), (6, "vers", None)]);
        assert_eq!(
            found.first().map(|example| example.text.as_str()),
            Some("{}\n")
        );
    }
}
