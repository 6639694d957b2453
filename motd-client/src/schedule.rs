//! When the next background check may be sent: interval, back-off, `Retry-After`. MOTD-NET-3 to MOTD-NET-5.

use std::time::Duration;

use motd_core::{Code, Stage, Time};
use serde::{Deserialize, Serialize};

use crate::limits;
use crate::report::Failure;
use crate::state::disk::Durability;
use crate::state::stamped::{self, Kept};
use crate::state::{StateFolder, Unusable};

const FILE: &str = "schedule.json";

/// The record of attempts of one chain of roots.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Schedule {
    /// When the last attempt began or the last check completed, whichever was later.
    since: Option<Time>,
    /// How long to wait from then, in seconds.
    wait: u64,
    /// Attempts since the last completed check.
    failures: u32,
    /// No request before then, because the server said so; and when it said so.
    retry_after: Option<(Time, Time)>,
    /// When a check last completed.
    last_success: Option<Time>,
    /// What went wrong since.
    last_failure: Option<(String, String)>,
}

impl Schedule {
    /// Reads the record. A corrupt one is set aside: it is as if nothing had been tried.
    pub(crate) fn read(folder: &StateFolder, now: Time) -> Result<Self, Unusable> {
        let mut schedule: Self = match stamped::read(folder, FILE)? {
            Kept::Value(schedule) => schedule,
            Kept::Absent | Kept::Corrupt => Self::default(),
        };
        schedule.correct(now);
        Ok(schedule)
    }

    pub(crate) fn write(&self, folder: &StateFolder) -> std::io::Result<()> {
        stamped::write(folder, FILE, self, Durability::Process)
    }

    /// An attempt in the future is ignored, or a clock that was wrong once would silence the repository for years: one that
    /// counted as now would count so in each run, and be due in none.
    fn correct(&mut self, now: Time) {
        self.since = self.since.filter(|since| *since <= now);
        self.wait = self.wait.min(longest_wait());
        self.last_success = self.last_success.map(|time| time.min(now));
        let bounded = |(said, until): (Time, Time)| {
            let longest = limits::RETRY_AFTER.as_secs();
            said <= now && until.seconds_since(said) <= longest
        };
        self.retry_after = self.retry_after.filter(|both| bounded(*both));
    }

    /// Whether a background check may be sent.
    pub(crate) fn is_due(&self, now: Time) -> bool {
        // MOTD-NET-4, MOTD-NET-5: the interval after a completed check, the back-off after a failed one.
        let waited = self
            .since
            .is_none_or(|since| now.seconds_since(since) >= self.wait);
        waited && self.held_until(now).is_none()
    }

    /// Until when the server asked to be left alone. It holds an explicit check back as well.
    pub(crate) fn held_until(&self, now: Time) -> Option<Time> {
        // MOTD-NET-3.
        self.retry_after
            .map(|(_, until)| until)
            .filter(|until| now < *until)
    }

    /// MOTD-NET-4: an attempt begins, and is a failure until it is known to be none: a crash in the middle waits too.
    pub(crate) fn begin(&mut self, now: Time, interval: Duration, random: u32) {
        self.since = Some(now);
        let doubled = 1_u64.checked_shl(self.failures).unwrap_or(u64::MAX);
        let wait = limits::FIRST_BACK_OFF.as_secs().saturating_mul(doubled);
        self.wait = wait
            .saturating_add(part(wait / 4, random))
            // A failure waits no longer than a success: an attacker who broke some checks would gain a day.
            .min(within_bounds(interval));
        self.failures = self.failures.saturating_add(1).min(32);
        // A command can end before the attempt does, each time.
        self.fail(Failure::new(Stage::Root, Code::Timeout));
    }

    fn fail(&mut self, failure: Failure) {
        let (stage, code) = (failure.stage.as_str(), failure.code.as_str());
        self.last_failure = Some((stage.to_owned(), code.to_owned()));
    }

    /// How the attempt ended.
    pub(crate) fn finish(
        &mut self,
        now: Time,
        failure: Option<Failure>,
        mut retry_after_seconds: u64,
        interval: Duration,
        random: u32,
    ) {
        if let Some(failure) = failure {
            self.fail(failure);
        } else {
            // MOTD-NET-3: a server that answered everything was not overloaded.
            retry_after_seconds = 0;
            self.failures = 0;
            self.last_failure = None;
            self.since = Some(now);
            self.last_success = Some(now);
            // MOTD-NET-5: plus or minus a quarter, so that a million machines do not ask in step.
            let interval = within_bounds(interval);
            self.wait = interval - interval / 4 + part(interval / 2, random);
        }
        let until = now
            .unix_seconds()
            .saturating_add(retry_after_seconds.min(limits::RETRY_AFTER.as_secs()));
        self.retry_after = i64::try_from(until)
            .ok()
            .and_then(Time::from_unix_seconds)
            .filter(|until| *until > now)
            .map(|until| (now, until));
    }

    /// When the chain was last asked for.
    pub(crate) const fn since(&self) -> Option<Time> {
        self.since
    }

    pub(crate) const fn last_success(&self) -> Option<Time> {
        self.last_success
    }

    /// What went wrong since the last success, from the registry and nothing else.
    pub(crate) fn last_failure(&self) -> Option<Failure> {
        let (stage, code) = self.last_failure.as_ref()?;
        let code = *Code::ALL.iter().find(|known| known.as_str() == code)?;
        let stages: &[Stage] = code.stages();
        let stage = *stages.iter().find(|known| known.as_str() == stage)?;
        Some(Failure::new(stage, code))
    }
}

/// The seconds of an interval, within what can be set.
fn within_bounds(interval: Duration) -> u64 {
    interval
        .clamp(limits::SHORTEST_INTERVAL, limits::LONGEST_INTERVAL)
        .as_secs()
}

/// Longest interval with its quarter.
const fn longest_wait() -> u64 {
    limits::LONGEST_INTERVAL.as_secs() / 4 * 5
}

/// A part of `seconds`, from nothing to all of it.
fn part(seconds: u64, random: u32) -> u64 {
    let product = u128::from(seconds) * u128::from(random) / u128::from(u32::MAX);
    u64::try_from(product).unwrap_or(seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Time {
        Time::from_unix_seconds(1_523_520_000 + seconds).unwrap()
    }

    const FAILURE: Option<Failure> = Some(Failure::new(Stage::Timestamp, Code::Connect));

    #[test]
    fn failures_double_the_wait_from_a_quarter_of_an_hour_to_the_interval() {
        let mut schedule = Schedule::default();
        assert!(schedule.is_due(at(0)));
        let mut now = 0;
        for minutes in [15, 30, 60, 120, 240, 360, 360, 360] {
            schedule.begin(at(now), limits::INTERVAL, 0);
            schedule.finish(at(now), FAILURE, 0, limits::INTERVAL, 0);
            assert!(!schedule.is_due(at(now + minutes * 60 - 1)), "{minutes}");
            assert!(schedule.is_due(at(now + minutes * 60)), "{minutes}");
            now += minutes * 60;
        }
    }

    #[test]
    fn chance_lengthens_a_back_off_by_a_quarter_at_most() {
        let mut schedule = Schedule::default();
        schedule.begin(at(0), limits::INTERVAL, u32::MAX);
        assert!(!schedule.is_due(at(15 * 60 * 5 / 4 - 1)));
        assert!(schedule.is_due(at(15 * 60 * 5 / 4)));
    }

    #[test]
    fn an_attempt_that_never_ended_is_a_failure() {
        let mut schedule = Schedule::default();
        schedule.begin(at(0), limits::INTERVAL, 0);
        assert!(!schedule.is_due(at(15 * 60 - 1)));
        let timeout = Failure::new(Stage::Root, Code::Timeout);
        assert_eq!(schedule.last_failure(), Some(timeout));
        schedule.finish(at(1), FAILURE, 0, limits::INTERVAL, 0);
        assert_eq!(schedule.last_failure(), FAILURE);
        schedule.finish(at(1), None, 0, limits::INTERVAL, 0);
        assert_eq!(schedule.last_failure(), None);
    }

    #[test]
    fn a_completed_check_is_good_for_the_interval_give_or_take_a_quarter() {
        for (random, hours_in_quarters) in [(0, 18), (u32::MAX, 30)] {
            let mut schedule = Schedule::default();
            schedule.begin(at(0), limits::INTERVAL, 0);
            schedule.finish(at(0), None, 0, limits::INTERVAL, random);
            let due = hours_in_quarters * 900;
            assert!(!schedule.is_due(at(due - 1)));
            assert!(schedule.is_due(at(due)));
        }
    }

    #[test]
    fn the_interval_is_settable_from_one_hour_to_a_day() {
        for (set, expected) in [(60, 2_700), (3_600 * 12, 32_400), (86_400 * 30, 64_800)] {
            let mut schedule = Schedule::default();
            schedule.finish(at(0), None, 0, Duration::from_secs(set), 0);
            assert!(!schedule.is_due(at(expected - 1)));
            assert!(schedule.is_due(at(expected)));
        }
    }

    #[test]
    fn retry_after_holds_for_an_hour_at_most_and_only_after_a_failure() {
        let mut schedule = Schedule::default();
        schedule.finish(at(0), FAILURE, 3_600, limits::INTERVAL, 0);
        assert_eq!(schedule.held_until(at(3_599)), Some(at(3_600)));
        assert_eq!(schedule.held_until(at(3_600)), None);
        schedule.finish(at(0), FAILURE, u64::MAX, limits::INTERVAL, 0);
        assert_eq!(schedule.held_until(at(0)), Some(at(3_600)));
        schedule.finish(at(0), None, 3_600, limits::INTERVAL, 0);
        assert_eq!(schedule.held_until(at(0)), None);
        // A record that says more than a server can ask for.
        schedule.retry_after = Some((at(0), at(3_601)));
        schedule.correct(at(1));
        assert_eq!(schedule.held_until(at(1)), None);
    }

    #[test]
    fn a_clock_that_was_wrong_once_silences_nothing() {
        let mut schedule = Schedule::default();
        schedule.begin(at(1_000_000), limits::INTERVAL, 0);
        schedule.finish(at(1_000_000), FAILURE, 3_600, limits::INTERVAL, 0);
        schedule.correct(at(0));
        assert_eq!(schedule.held_until(at(0)), None);
        assert!(schedule.is_due(at(0)));
    }

    #[test]
    fn the_last_failure_is_read_from_the_registry() {
        let mut schedule = Schedule::default();
        schedule.finish(at(0), FAILURE, 0, limits::INTERVAL, 0);
        assert_eq!(schedule.last_failure(), FAILURE);
        schedule.last_failure = Some(("timestamp".to_owned(), "come to evil.example".to_owned()));
        assert_eq!(schedule.last_failure(), None);
    }
}
