//! Points in time, as people give them.

use motd_core::Time;

/// A point in time as RFC 3339 writes it, with any offset.
pub(super) fn time(text: &str) -> Result<Time, String> {
    let timestamp: jiff::Timestamp = text
        .parse()
        .map_err(|_| "not an RFC 3339 time such as 2018-04-12T00:00:00Z")?;
    Time::from_unix_seconds(timestamp.as_second())
        .ok_or_else(|| "outside the years 1970 to 9999".to_owned())
}
