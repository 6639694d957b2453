//! A time, for programs and in words.

use motd_core::Time;

/// A time on a page.
#[derive(Clone, Copy)]
pub(super) struct PageTime(pub(super) Time);

impl PageTime {
    /// Such as `20 April 2018, 12:00 UTC`. Seconds stand in the machine's form only.
    pub(super) fn words(self) -> String {
        let seconds = i64::try_from(self.0.unix_seconds()).ok();
        let timestamp = seconds.and_then(|seconds| jiff::Timestamp::from_second(seconds).ok());
        timestamp.map_or_else(
            // The last hours of the year 9999 are beyond what `jiff` knows.
            || self.0.to_string(),
            |timestamp| timestamp.strftime("%-d %B %Y, %H:%M UTC").to_string(),
        )
    }
}
