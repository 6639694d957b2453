//! Who is meant: clauses over components, systems, commands and a rollout.

mod purl;
mod rollout;
mod tokens;

pub(crate) use purl::is_type;
pub use purl::{MalformedPurl, Purl};
pub use rollout::Rollout;
pub use tokens::{ARCHITECTURES, COMMANDS, OPERATING_SYSTEMS};

use alloc::vec::Vec;

use crate::{Environment, Versions, Word};

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
    /// The members that this version knows.
    pub const MEMBERS: &'static [&'static str] =
        &["components", "os", "arch", "commands", "rollout"];

    /// Whether the clause matches.
    ///
    /// What costs least is compared first, so that components are looked up only when nothing else decides.
    ///
    /// # Errors
    /// A member that does not match; an expected outcome, for who asks why.
    pub fn matches(&self, environment: &Environment<'_>) -> Result<(), Mismatch> {
        // MOTD-AUD-6: what is not understood is false.
        if self.has_unknown || self.components.iter().any(Component::is_unknown) {
            return Err(Mismatch::Unknown);
        }
        // MOTD-AUD-5: any one word of each array that is there.
        if !any_of(&self.os, environment.os.as_deref(), &OPERATING_SYSTEMS) {
            return Err(Mismatch::Os);
        }
        if !any_of(&self.arch, environment.arch.as_deref(), &ARCHITECTURES) {
            return Err(Mismatch::Arch);
        }
        if !any_of(&self.commands, environment.command.as_deref(), &COMMANDS) {
            return Err(Mismatch::Command);
        }
        if self
            .rollout
            .as_ref()
            .is_some_and(|rollout| !rollout.includes(environment.rollout_secret.as_ref()))
        {
            return Err(Mismatch::Rollout);
        }
        // MOTD-AUD-5: every component, each by itself.
        match self
            .components
            .iter()
            .position(|component| !component.matches(environment))
        {
            Some(index) => Err(Mismatch::Component(index)),
            None => Ok(()),
        }
    }

    /// The components that the clause asks for, all of them.
    #[must_use]
    pub fn components(&self) -> &[Component] {
        &self.components
    }

    /// The operating systems, one of which has to run; empty when the clause does not ask.
    #[must_use]
    pub fn os(&self) -> &[Word] {
        &self.os
    }

    /// The architectures, likewise.
    #[must_use]
    pub fn arch(&self) -> &[Word] {
        &self.arch
    }

    /// The commands, likewise.
    #[must_use]
    pub fn commands(&self) -> &[Word] {
        &self.commands
    }

    /// The rollout, when the clause has one.
    #[must_use]
    pub const fn rollout(&self) -> Option<&Rollout> {
        self.rollout.as_ref()
    }

    /// Whether something in the clause is not known to this version, so that it matches nothing.
    #[must_use]
    pub fn has_unknown(&self) -> bool {
        self.has_unknown
            || self.components.iter().any(Component::is_unknown)
            || self
                .rollout
                .as_ref()
                .is_some_and(|rollout| rollout.has_unknown)
    }
}

impl Component {
    /// The members that this version knows.
    pub const MEMBERS: &'static [&'static str] = &["purl", "versions"];

    /// The component's package URL.
    #[must_use]
    pub const fn purl(&self) -> &Purl {
        &self.purl
    }

    /// The versions that it may have.
    #[must_use]
    pub const fn versions(&self) -> &Versions {
        &self.versions
    }

    fn is_unknown(&self) -> bool {
        self.has_unknown || self.versions == Versions::Unimplemented
    }

    fn matches(&self, environment: &Environment<'_>) -> bool {
        // MOTD-AUD-7: what is missing or cannot be read is no match.
        self.versions
            .match_any(&environment.components.versions(&self.purl))
    }
}

/// MOTD-AUD-7: an array that is there needs a registered word that the machine has.
fn any_of(words: &[Word], machine: Option<&str>, registered: &[&str]) -> bool {
    let machine = machine.filter(|machine| registered.contains(machine));
    words.is_empty()
        || machine.is_some_and(|machine| words.iter().any(|word| word.as_str() == machine))
}
