//! The time of the tests.

use motd_core::Time;

/// The reference time of tests, and of the first publication.
pub const START: i64 = 1_523_520_000;

/// So many seconds after [`START`].
pub fn at(seconds: i64) -> Time {
    Time::from_unix_seconds(START + seconds).unwrap()
}

/// Seconds of an hour.
pub const HOUR: i64 = 3_600;
/// Seconds of a day.
pub const DAY: i64 = 86_400;
