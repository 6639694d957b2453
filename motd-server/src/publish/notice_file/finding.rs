//! One thing that is wrong with a notice file, in the form that editors and people read.

use core::fmt;

use motd_core::Code;

/// Whether a notice can be published with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FindingLevel {
    /// It cannot.
    Error,
    /// It can, and is probably not what was meant.
    Warning,
}

/// Something that is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// The file, as the caller called it.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// JSON pointer from the notice.
    pub place: String,
    /// The reason code.
    pub code: Code,
    /// Whether the notice can be published with it.
    pub level: FindingLevel,
    /// What more there is to say than the code's fact: the parser's message, the member's name.
    pub detail: Option<String>,
    /// What to do about it.
    pub hint: Option<String>,
}

impl Finding {
    /// The requirement of the specification.
    #[must_use]
    pub const fn requirement(&self) -> &'static str {
        self.code.requirement()
    }

    /// One lower-case fact.
    #[must_use]
    pub const fn fact(&self) -> &'static str {
        self.code.fact()
    }
}

/// `file:line:column: error: fact (detail) [REQUIREMENT code]`: one line, whatever the file holds.
impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let level = match self.level {
            FindingLevel::Error => "error",
            FindingLevel::Warning => "warning",
        };
        write!(
            formatter,
            "{}:{}:{}: {level}: {}",
            self.file,
            self.line,
            self.column,
            self.fact()
        )?;
        if let Some(detail) = &self.detail {
            write!(formatter, " ({detail})")?;
        }
        write!(formatter, " [{} {}]", self.requirement(), self.code)
    }
}
