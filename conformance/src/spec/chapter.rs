//! A chapter, and what is wrong in one.

/// One chapter: a Markdown file of the folder `spec`.
#[derive(Debug, Clone)]
pub struct Chapter {
    /// File name, such as `3-text.md`.
    pub name: String,
    /// The text as it stands.
    pub text: String,
}

/// Something in the specification that breaks its own rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// File name of the chapter.
    pub chapter: String,
    /// Line, from 1.
    pub line: usize,
    /// What is wrong.
    pub what: String,
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}: {}", self.chapter, self.line, self.what)
    }
}
