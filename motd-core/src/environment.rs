//! The machine and the reader, as the installer describes them.
//!
//! Nothing of it ever leaves the process (MOTD-AUD-9): what is made of it is lines and reasons, for the same machine.

use alloc::borrow::Cow;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use crate::{LanguageRange, Purl, Time, limits};

/// What the audience of a notice is compared with. Chapter 4, "Environment".
///
/// What is missing or malformed matches nothing (MOTD-AUD-7). The fields are plain text on purpose: an installer
/// passes what it knows and need not judge it.
pub struct Environment<'e> {
    /// The installed components.
    pub components: &'e dyn ComponentVersions,
    /// The operating system, as the registry names it.
    pub os: Option<String>,
    /// The processor architecture, as the registry names it.
    pub arch: Option<String>,
    /// The command that runs, as the registry names it.
    pub command: Option<String>,
    /// The reader's languages, the best first.
    pub languages: Vec<LanguageRange>,
    /// The reference time of the run (MOTD-GATE-1).
    pub now: Time,
    /// The machine's rollout secret, when one is stored.
    pub rollout_secret: Option<[u8; limits::ROLLOUT_SECRET_BYTES]>,
}

impl Environment<'_> {
    /// A machine and a reader of which nothing is known, which a literal takes as its base:
    /// `Environment { os, ..Environment::new(now) }`.
    #[must_use]
    pub const fn new(now: Time) -> Self {
        static NOTHING: Components = Components::new();
        Self {
            components: &NOTHING,
            os: None,
            arch: None,
            command: None,
            languages: Vec::new(),
            now,
            rollout_secret: None,
        }
    }
}

/// Looks installed components up, and only when a notice names them.
pub trait ComponentVersions {
    /// The installed versions of a component, as the machine writes them; empty when it is not installed.
    ///
    /// It is called during selection, at most once for each component that a clause names: it should be quick, and
    /// it must not use the network.
    fn versions(&self, component: &Purl) -> Cow<'_, [String]>;
}

/// Installed components held in memory.
#[derive(Clone, Debug, Default)]
pub struct Components(BTreeMap<Purl, Vec<String>>);

impl Components {
    /// No components.
    #[must_use]
    pub const fn new() -> Self {
        Self(BTreeMap::new())
    }

    /// Adds an installed component by its purl, which is normalised by its type's rules; one that is malformed is
    /// left out, since it matches nothing (MOTD-AUD-7). Returns whether it was taken.
    pub fn add(&mut self, purl: &str, version: &str) -> bool {
        let Some(purl) = Purl::from_machine(purl) else {
            return false;
        };
        self.0.entry(purl).or_default().push(String::from(version));
        true
    }
}

impl ComponentVersions for Components {
    fn versions(&self, component: &Purl) -> Cow<'_, [String]> {
        self.0
            .get(component)
            .map_or(Cow::Borrowed(&[]), |versions| {
                Cow::Borrowed(versions.as_slice())
            })
    }
}
