//! Whether this machine's clock is to be believed before something is signed by it.

use motd_core::Time;

use super::metadata::RoleFile;
use super::metadata::write::DAY;
use super::repository::Repository;
use crate::publish::PublishError;
use crate::store::Lifetimes;

impl Repository {
    /// MOTD-PUB-14: a clock that is far ahead makes what others serve look long expired; with a clock that is far behind,
    /// people seem to have signed in the future. What is signed by such a clock would live for as long as the clock is off,
    /// or be dead at once.
    ///
    /// `written` is when the timestamp was written, by the clock of the store: where a role lives too long, it tells
    /// whether the signer's clock was wrong, or is this machine's.
    ///
    /// # Errors
    ///
    /// [`PublishError::Clock`].
    pub fn check_clock(
        &self,
        lifetimes: &Lifetimes,
        written: Option<Time>,
        now: Time,
    ) -> Result<(), PublishError> {
        let days = |days: u64| days.saturating_mul(DAY);
        let from_the_future = |written: Time| written.seconds_since(now) > TOLERANCE_SECONDS;
        let what = if now.seconds_since(self.timestamp().expires()) > days(lifetimes.snapshot) {
            "by it, the timestamp expired longer ago than a snapshot lives"
        // MOTD-DEL-3, and a week for the clocks of people.
        } else if self.notices().expires().seconds_since(now) > days(Lifetimes::MOST.notices + 7) {
            "by it, people have signed in the future"
        } else if self.lives_too_long(lifetimes, now).is_some()
            && written.is_some_and(from_the_future)
        {
            "by it, a role lives too long, and the store wrote the timestamp in the future"
        } else {
            return Ok(());
        };
        Err(PublishError::Clock {
            now: now.to_string(),
            what,
        })
    }

    /// The timestamp or the snapshot, if it expires later than it would when it was signed now.
    #[must_use]
    pub fn lives_too_long(&self, lifetimes: &Lifetimes, now: Time) -> Option<&RoleFile> {
        let lives = [
            (self.timestamp(), lifetimes.timestamp),
            (self.snapshot(), lifetimes.snapshot),
        ];
        let mut lives = lives.into_iter();
        let too_long = lives.find(|(role, days)| {
            let most = days.saturating_mul(DAY).saturating_add(TOLERANCE_SECONDS);
            role.expires().seconds_since(now) > most
        });
        too_long.map(|(role, _)| role)
    }
}

/// By how much clocks may differ without harm.
const TOLERANCE_SECONDS: u64 = 3_600;
