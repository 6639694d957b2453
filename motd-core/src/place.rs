//! Where a fault is, and the refusal that carries it.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use crate::Code;

/// A JSON Pointer (RFC 6901) into the document, such as `/notices/0/text/en/title`; empty for the whole document.
///
/// It is made of names that the published text defines, of indexes and of well-formed language tags, and of nothing
/// else that the document says: a place can be shown to a person. A language whose tag is not well-formed is named
/// by its position among the members of `text`, counted from 0 in the order of their names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place(String);

impl Place {
    /// The whole document.
    #[must_use]
    pub const fn document() -> Self {
        Self(String::new())
    }

    /// The entry of `notices` with this index.
    #[must_use]
    pub fn notice(index: usize) -> Self {
        Self(format!("/notices/{index}"))
    }

    /// The pointer as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// A fault: its code and its place.
///
/// It never quotes the input (MOTD-GATE-12): an error message is shown to people, and what was refused is not.
#[derive(Clone, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub struct Refusal {
    /// What is wrong.
    pub code: Code,
    /// Where it is wrong.
    pub place: Place,
}

impl Refusal {
    /// A refusal at a place.
    #[must_use]
    pub const fn new(code: Code, place: Place) -> Self {
        Self { code, place }
    }

    /// A refusal of the whole document.
    #[must_use]
    pub const fn of_document(code: Code) -> Self {
        Self::new(code, Place::document())
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.place.0.is_empty() {
            write!(formatter, "{}: ", self.place)?;
        }
        write!(
            formatter,
            "{} [{}]",
            self.code.fact(),
            self.code.requirement()
        )
    }
}

/// A place while a document is judged: a list on the stack, so that only a fault pays for its pointer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct At<'a> {
    parent: Option<&'a At<'a>>,
    step: Step<'a>,
}

#[derive(Clone, Copy, Debug)]
enum Step<'a> {
    Document,
    Name(&'a str),
    Index(usize),
}

impl At<'_> {
    /// The document.
    pub(crate) const DOCUMENT: At<'static> = At {
        parent: None,
        step: Step::Document,
    };

    /// The member of this object with a name that the published text defines.
    pub(crate) const fn member(&self, name: &'static str) -> At<'_> {
        At {
            parent: Some(self),
            step: Step::Name(name),
        }
    }

    /// The item of this array with an index.
    pub(crate) const fn item(&self, index: usize) -> At<'_> {
        At {
            parent: Some(self),
            step: Step::Index(index),
        }
    }

    /// The language of this `text`; the caller has checked that the tag is well-formed.
    pub(crate) const fn language<'a>(&'a self, tag: &'a str) -> At<'a> {
        At {
            parent: Some(self),
            step: Step::Name(tag),
        }
    }

    /// A fault here.
    pub(crate) fn refuse(&self, code: Code) -> Refusal {
        Refusal::new(code, self.place())
    }

    /// A fault at a member of this object.
    pub(crate) fn refuse_member(&self, name: &'static str, code: Code) -> Refusal {
        self.member(name).refuse(code)
    }

    fn place(&self) -> Place {
        let mut steps = Vec::new();
        let mut at = Some(self);
        while let Some(here) = at {
            steps.push(here.step);
            at = here.parent;
        }
        let mut pointer = String::new();
        for step in steps.iter().rev() {
            match step {
                Step::Document => {}
                Step::Name(name) => {
                    pointer.push('/');
                    pointer.push_str(name);
                }
                Step::Index(index) => pointer.extend(["/", &index.to_string()]),
            }
        }
        Place(pointer)
    }
}
