//! What an attack is.

use anyhow::Result;
use motd_core::Time;

use crate::demo::hostile::AttackerServer;
use crate::demo::site::DemoSite;
use crate::demo::world::DemoWorld;

/// One attack.
#[derive(Clone, Copy)]
pub(crate) struct Attack {
    /// Its name for `--only`.
    pub(crate) name: &'static str,
    /// What the attacker holds.
    pub(crate) attacker: &'static str,
    /// What the attacker does.
    pub(crate) deed: &'static str,
    /// The requirement that stops it.
    pub(crate) requirement: &'static str,
    /// Prepares it.
    pub(crate) prepare: fn(&DemoWorld) -> Result<Trap>,
}

/// What both clients run into.
pub(crate) struct Trap {
    /// What the attacker serves.
    pub(crate) site: DemoSite,
    /// Whether the victim has checked the honest index before, and so has floors and a cache.
    pub(crate) knows: bool,
    /// The reference time.
    pub(crate) now: Time,
    /// How `motd` has to end.
    pub(crate) expected: ExpectedEnd,
    /// By what success would be seen.
    pub(crate) aim: Aim,
    /// Other servers that have to live as long as the attack.
    pub(crate) company: Vec<AttackerServer>,
}

/// How a check has to end: `state`, the failure's stage and code, and what becomes of the first notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ExpectedEnd {
    pub(crate) state: &'static str,
    pub(crate) failure: Option<(&'static str, &'static str)>,
    /// The code by which it was refused, or the reason why it is shown or not.
    pub(crate) notice: Option<&'static str>,
}

/// Nothing verified, nothing shown.
pub(crate) const fn stopped_at(stage: &'static str, code: &'static str) -> ExpectedEnd {
    ExpectedEnd {
        state: "none",
        failure: Some((stage, code)),
        notice: None,
    }
}

/// What the attacker wants to see happen.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Aim {
    /// These words on the screen.
    Words(&'static str),
    /// A client that waits.
    Hang,
    /// A client that reads without end.
    Flood,
    /// A line that does not look like a part of a notice, or moves the cursor.
    Unframed,
}
