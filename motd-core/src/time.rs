//! Points in time, as seconds of UTC.

use core::fmt;
use core::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A point in time: whole seconds since 1970-01-01T00:00:00Z, up to the end of the year 9999. Leap seconds are not
/// counted. Chapter 3, MOTD-TIME-1; RFC 3339.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Time(u64);

/// A text that is not exactly `YYYY-MM-DDTHH:MM:SSZ`, or not a real date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[error("the time is malformed")]
pub struct MalformedTime;

impl Time {
    /// 1970-01-01T00:00:00Z.
    pub const EPOCH: Self = Self(0);
    /// 9999-12-31T23:59:59Z.
    pub const LAST: Self = Self(253_402_300_799);

    /// The time this many seconds after [`Time::EPOCH`]; `None` before it or after [`Time::LAST`].
    #[must_use]
    pub fn from_unix_seconds(seconds: i64) -> Option<Self> {
        u64::try_from(seconds)
            .ok()
            .map(Self)
            .filter(|time| *time <= Self::LAST)
    }

    /// Seconds since [`Time::EPOCH`].
    #[must_use]
    pub const fn unix_seconds(self) -> u64 {
        self.0
    }

    /// Seconds from an earlier time to this one; 0 when it is not earlier.
    #[must_use]
    pub const fn seconds_since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}

impl FromStr for Time {
    type Err = MalformedTime;

    /// Reads exactly 20 bytes `YYYY-MM-DDTHH:MM:SSZ`: RFC 3339 in UTC, upper-case, whole seconds, no second 60.
    fn from_str(text: &str) -> Result<Self, MalformedTime> {
        let bytes: &[u8; 20] = text.as_bytes().try_into().map_err(|_| MalformedTime)?;
        let [
            y1,
            y2,
            y3,
            y4,
            b'-',
            o1,
            o2,
            b'-',
            d1,
            d2,
            b'T',
            h1,
            h2,
            b':',
            m1,
            m2,
            b':',
            s1,
            s2,
            b'Z',
        ] = *bytes
        else {
            return Err(MalformedTime);
        };
        let year = number(&[y1, y2, y3, y4])?;
        let month = number(&[o1, o2])?;
        let day = number(&[d1, d2])?;
        let (hour, minute, second) = (number(&[h1, h2])?, number(&[m1, m2])?, number(&[s1, s2])?);
        let real = year >= 1970
            && (1..=12).contains(&month)
            && (1..=days_in_month(year, month)).contains(&day)
            && hour <= 23
            && minute <= 59
            && second <= 59;
        if !real {
            return Err(MalformedTime);
        }
        Ok(Self(
            days_before(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second,
        ))
    }
}

impl fmt::Display for Time {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = date(self.0 / 86_400);
        let second = self.0 % 86_400;
        let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
        write!(
            formatter,
            "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z"
        )
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        alloc::string::String::deserialize(deserializer)?
            .parse()
            .map_err(de::Error::custom)
    }
}

fn number(digits: &[u8]) -> Result<u64, MalformedTime> {
    digits.iter().try_fold(0, |number, digit| {
        if digit.is_ascii_digit() {
            Ok(number * 10 + u64::from(digit - b'0'))
        } else {
            Err(MalformedTime)
        }
    })
}

const fn is_leap(year: u64) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

const fn days_in_month(year: u64, month: u64) -> u64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days of the proleptic Gregorian calendar from the year 0 to this year's first.
const fn days_before_year(year: u64) -> u64 {
    let last = year - 1;
    366 + last * 365 + last / 4 - last / 100 + last / 400
}

/// Days from 1970-01-01 to this date.
fn days_before(year: u64, month: u64, day: u64) -> u64 {
    let months: u64 = (1..month).map(|month| days_in_month(year, month)).sum();
    days_before_year(year) - days_before_year(1970) + months + day - 1
}

/// The date that many days after 1970-01-01.
fn date(days: u64) -> (u64, u64, u64) {
    // No year is shorter than 365 days, so this guess is never early; it is late by at most six years before 9999.
    let mut year = 1970 + days / 365;
    while days_before(year, 1, 1) > days {
        year -= 1;
    }
    let mut rest = days - days_before(year, 1, 1);
    let mut month = 1;
    while rest >= days_in_month(year, month) {
        rest -= days_in_month(year, month);
        month += 1;
    }
    (year, month, rest + 1)
}
