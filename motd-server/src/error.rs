//! What the errors of all three rooms have beside a message.

use motd_core::Code;

/// The stable word for an error, the clause of the specification behind it, and what to do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Meaning {
    pub(crate) code: &'static str,
    pub(crate) requirement: Option<&'static str>,
    pub(crate) hint: Option<&'static str>,
}

impl Meaning {
    /// An error that has a reason code of the specification.
    pub(crate) const fn of(code: Code) -> Self {
        Self {
            code: code.as_str(),
            requirement: Some(code.requirement()),
            hint: code.hint(),
        }
    }

    /// An error that the specification does not know, under a word in kebab-case.
    pub(crate) const fn named(code: &'static str) -> Self {
        Self {
            code,
            requirement: None,
            hint: None,
        }
    }

    /// The same error with this advice.
    pub(crate) const fn with_hint(self, hint: &'static str) -> Self {
        Self {
            hint: Some(hint),
            ..self
        }
    }
}
