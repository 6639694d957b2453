//! The attacks. Each is carried out for real over HTTP, against the baseline client and against `motd`.
//!
//! An attack says what the attacker holds, builds what the attacker serves, and says by what its success would be
//! seen. The runner lets both clients run into it and compares; `motd` has to end exactly as the attack says, so
//! that an attack which fails for another reason than the one named is not counted as stopped.

mod keys;
mod link;
mod text;
mod time;

use std::time::{Duration, Instant};

use anyhow::Result;
use motd_core::Time;

use super::hostile::Hostile;
use super::naive;
use super::site::Site;
use super::victim::{Ours, Victim};
use super::world::World;

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
    pub(crate) prepare: fn(&World) -> Result<Trap>,
}

/// What both clients run into.
pub(crate) struct Trap {
    /// What the attacker serves.
    pub(crate) site: Site,
    /// Whether the victim has checked the honest index before, and so has floors and a cache.
    pub(crate) knows: bool,
    /// The reference time.
    pub(crate) now: Time,
    /// How `motd` has to end.
    pub(crate) expected: Expected,
    /// By what success would be seen.
    pub(crate) aim: Aim,
    /// Other servers that have to live as long as the attack.
    pub(crate) company: Vec<Hostile>,
}

/// How a check has to end: `state`, the failure's stage and code, and what becomes of the first notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Expected {
    pub(crate) state: &'static str,
    pub(crate) failure: Option<(&'static str, &'static str)>,
    /// The code by which it was refused, or the reason why it is shown or not.
    pub(crate) notice: Option<&'static str>,
}

/// Nothing verified, nothing shown.
pub(crate) const fn stopped_at(stage: &'static str, code: &'static str) -> Expected {
    Expected {
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

/// How an attack ended.
pub(crate) struct Outcome {
    /// It worked on the baseline.
    pub(crate) fooled: bool,
    /// What the baseline did, in a few words.
    pub(crate) naive: String,
    /// `motd` ended as it has to, and the aim was not reached.
    pub(crate) stopped: bool,
    /// What `motd` did, in a few words.
    pub(crate) ours: String,
}

impl Outcome {
    /// Whether it fooled the baseline and not `motd`.
    pub(crate) const fn passed(&self) -> bool {
        self.fooled && self.stopped
    }
}

/// Columns of the terminals in the demo.
pub(crate) const COLUMNS: u16 = 80;

/// Longer than the deadline that the demo gives to `motd`.
const TOO_LONG: Duration = Duration::from_secs(5);

/// More body bytes than the limits of what is asked for at once: a root, a timestamp and a bundle.
const TOO_MUCH: u64 = 2 * 1024 * 1024;

/// Every attack, in the order of the gallery.
pub(crate) fn attacks() -> Vec<Attack> {
    [link::ATTACKS, keys::ATTACKS, time::ATTACKS, text::ATTACKS]
        .into_iter()
        .flatten()
        .copied()
        .collect()
}

/// Carries one attack out.
pub(crate) fn carry_out(attack: &Attack, world: &World) -> Result<Outcome> {
    let trap = (attack.prepare)(world)?;
    let victim = if trap.knows {
        world.acquainted()?
    } else {
        Victim::new()?
    };
    let server = trap.site.serve()?;
    let naive = world.wait_for(naive::check(&format!("{}/notices.json", server.origin())));
    let started = Instant::now();
    let ours = victim.check(world, &server.origin(), trap.now)?;
    let elapsed = started.elapsed();
    drop(trap.company);
    let (fooled, naive) = judge_naive(&naive, trap.aim);
    let reached = reached(&ours, trap.aim, elapsed);
    let as_expected = ours.state == trap.expected.state
        && ours.failure() == trap.expected.failure
        && ours.notice.as_deref() == trap.expected.notice;
    Ok(Outcome {
        fooled,
        naive,
        stopped: as_expected && !reached,
        ours: ours.summary(),
    })
}

fn judge_naive(seen: &naive::Seen, aim: Aim) -> (bool, String) {
    let first = seen.screen.lines().next().unwrap_or_default();
    match aim {
        Aim::Words(words) => {
            let line = seen.screen.lines().find(|line| line.contains(words));
            (
                line.is_some(),
                format!("\u{201c}{}\u{201d}", printable(line.unwrap_or(first))),
            )
        }
        Aim::Hang => (seen.hung, "nothing: it still waits".to_owned()),
        Aim::Flood => (
            seen.bytes >= naive::ENOUGH,
            format!("nothing: it reads on after {} MiB", seen.bytes >> 20),
        ),
        Aim::Unframed => {
            let fooled = seen.screen.lines().any(|line| unframed(line, ""));
            (fooled, format!("\u{201c}{}\u{201d}", printable(first)))
        }
    }
}

fn reached(ours: &Ours, aim: Aim, elapsed: Duration) -> bool {
    match aim {
        Aim::Words(words) => ours.printed.contains(words),
        Aim::Hang => elapsed > TOO_LONG,
        Aim::Flood => ours.bytes > TOO_MUCH,
        Aim::Unframed => ours.screen.lines().any(|line| unframed(line, "notice[")),
    }
}

/// Whether a terminal would show a part of the line in a place or a direction of its own.
fn unframed(line: &str, prefix: &str) -> bool {
    let moves = |character: char| {
        character.is_control()
            || matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    !line.starts_with(prefix)
        || line.chars().any(moves)
        || line.chars().count() >= usize::from(COLUMNS)
}

/// The text with everything that would act on the reader's own terminal written out.
pub(crate) fn printable(text: &str) -> String {
    text.chars()
        .map(|character| match character {
            '\u{1b}' => "<ESC>".to_owned(),
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => "<bidi>".to_owned(),
            character if character.is_control() => "<control>".to_owned(),
            character => character.to_string(),
        })
        .collect()
}
