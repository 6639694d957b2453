//! `Retry-After`, RFC 9110 section 10.2.3.

use std::time::{Duration, UNIX_EPOCH};

use motd_core::Time;

use crate::limits;

/// Reads a `Retry-After` value, as seconds or as a date; anything else is no wish at all.
pub(crate) fn parse(value: &str, now: Time) -> Option<Duration> {
    let value = value.trim();
    let wait = if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        // More digits than an integer holds is a long time.
        Duration::from_secs(value.parse().unwrap_or(u64::MAX))
    } else {
        // In any of the three forms that RFC 9110, section 5.6.7, asks a recipient to read.
        let date = httpdate::parse_http_date(value).ok()?;
        let date = date.duration_since(UNIX_EPOCH).ok()?;
        Duration::from_secs(date.as_secs().saturating_sub(now.unix_seconds()))
    };
    // MOTD-NET-3: bounded, or one forged answer silences the repository for ever.
    Some(wait.min(limits::RETRY_AFTER))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Time {
        Time::from_unix_seconds(1_523_520_000).unwrap()
    }

    #[test]
    fn seconds_and_dates_are_read_and_bounded() {
        assert_eq!(parse("120", now()), Some(Duration::from_mins(2)));
        assert_eq!(
            parse("99999999999999999999999", now()),
            Some(limits::RETRY_AFTER)
        );
        assert_eq!(
            parse("Thu, 12 Apr 2018 08:01:00 GMT", now()),
            Some(Duration::from_mins(1))
        );
        assert_eq!(
            parse("Thu, 12 Apr 2012 08:01:00 GMT", now()),
            Some(Duration::ZERO)
        );
        for obsolete in [
            "Thursday, 12-Apr-18 08:01:00 GMT",
            "Thu Apr 12 08:01:00 2018",
        ] {
            assert_eq!(parse(obsolete, now()), Some(Duration::from_mins(1)));
        }
        assert_eq!(
            parse("Fri, 31 Dec 9999 23:59:59 GMT", now()),
            Some(limits::RETRY_AFTER)
        );
    }

    #[test]
    fn anything_else_is_no_wish() {
        for value in ["", "-5", "soon", "1.5", "12 parsecs"] {
            assert_eq!(parse(value, now()), None, "{value}");
        }
    }
}
