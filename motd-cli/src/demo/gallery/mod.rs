//! The attacks. Each is carried out for real over HTTP, against the baseline client and against `motd`.
//!
//! An attack says what the attacker holds, builds what the attacker serves, and says by what its success would be
//! seen. The runner lets both clients run into it and compares; `motd` has to end exactly as the attack says, so
//! that an attack which fails for another reason than the one named is not counted as stopped.

mod attack;
mod keys;
mod link;
mod text;
mod time;

pub(crate) use attack::Attack;

use std::time::{Duration, Instant};

use anyhow::Result;

use super::naive;
use super::screen::{COLUMNS, printable};
use super::victim::{Ours, Victim};
use super::world::DemoWorld;
use attack::Aim;

/// How an attack ended.
pub(crate) struct AttackOutcome {
    /// It worked on the baseline.
    pub(crate) fooled: bool,
    /// What the baseline did, in a few words.
    pub(crate) naive: String,
    /// `motd` ended as it has to, and the aim was not reached.
    pub(crate) stopped: bool,
    /// What `motd` did, in a few words.
    pub(crate) ours: String,
}

impl AttackOutcome {
    /// Whether it fooled the baseline and not `motd`.
    pub(crate) const fn passed(&self) -> bool {
        self.fooled && self.stopped
    }
}

/// Longer than the deadline that the demo gives to `motd`.
const TOO_LONG: Duration = Duration::from_secs(5);

/// More body bytes than the limits of what is asked for at once, a root and a timestamp or a bundle.
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
pub(crate) fn carry_out(attack: &Attack, world: &DemoWorld) -> Result<AttackOutcome> {
    let trap = (attack.prepare)(world)?;
    let victim = if trap.knows {
        Victim::acquainted(world)?
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
    Ok(AttackOutcome {
        fooled,
        naive,
        stopped: as_expected && !reached,
        ours: ours.summary(),
    })
}

fn judge_naive(seen: &naive::NaiveOutcome, aim: Aim) -> (bool, String) {
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
