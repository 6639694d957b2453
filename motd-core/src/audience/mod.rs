//! Who is meant: clauses over components, systems, commands and a rollout.

mod purl;
mod rollout;

pub use purl::{MalformedPurl, Purl};
pub use rollout::Rollout;

use alloc::vec::Vec;

use crate::version::Versions;
use crate::{Environment, Word};

/// The audience of a notice: an OR of clauses. Chapter 4.
#[derive(Clone, Debug)]
pub struct Audience {
    pub(crate) clauses: Vec<Clause>,
}

impl Audience {
    /// The clauses, at least one.
    #[must_use]
    pub fn clauses(&self) -> &[Clause] {
        &self.clauses
    }

    /// Whether any clause matches.
    #[must_use]
    pub fn matches(&self, environment: &Environment<'_>) -> bool {
        // MOTD-AUD-4: an OR of clauses.
        self.clauses
            .iter()
            .any(|clause| clause.matches(environment).is_ok())
    }
}

/// A clause: an AND of its members. Chapter 4, MOTD-AUD-5.
#[derive(Clone, Debug)]
pub struct Clause {
    pub(crate) has_unknown: bool,
    pub(crate) components: Vec<Component>,
    pub(crate) os: Vec<Word>,
    pub(crate) arch: Vec<Word>,
    pub(crate) commands: Vec<Word>,
    pub(crate) rollout: Option<Rollout>,
}

/// A component that a clause asks for, and the versions that it may have.
#[derive(Clone, Debug)]
pub struct Component {
    pub(crate) has_unknown: bool,
    pub(crate) purl: Purl,
    pub(crate) versions: Versions,
}

/// The member of a clause that does not match.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Mismatch {
    /// A member or a scheme that this version does not know.
    Unknown,
    /// The component with this index.
    Component(usize),
    /// `os`.
    Os,
    /// `arch`.
    Arch,
    /// `commands`.
    Command,
    /// `rollout`.
    Rollout,
}

impl Clause {
    /// Whether the clause matches.
    ///
    /// # Errors
    /// The first member that does not; an expected outcome, for who asks why.
    pub fn matches(&self, environment: &Environment<'_>) -> Result<(), Mismatch> {
        todo!()
    }
}
