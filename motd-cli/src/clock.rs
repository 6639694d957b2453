//! The machine's clock, which is read nowhere else.

use std::time::SystemTime;

use anyhow::{Context as _, Result};
use motd_core::Time;

/// The reference time: the one that was given, or this machine's clock.
pub(crate) fn now(given: Option<Time>) -> Result<Time> {
    if let Some(given) = given {
        return Ok(given);
    }
    let elapsed = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .context("the clock is before 1970")?;
    Time::from_unix_seconds(elapsed.as_secs().try_into()?)
        .context("the clock is after the year 9999")
}
