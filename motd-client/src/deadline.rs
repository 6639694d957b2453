//! The end of a run. MOTD-NET-2.

use std::time::Duration;

use motd_core::Code;
use tokio::time::Instant;

use crate::limits;

/// When a run has to be over, whatever it waits for or computes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deadline(Instant);

impl Deadline {
    /// So long from now.
    pub(crate) fn after(allowed: Duration) -> Self {
        let now = Instant::now();
        // A deadline beyond what a clock can say is none worth having.
        Self(
            now.checked_add(allowed)
                .unwrap_or_else(|| now + limits::DEADLINE),
        )
    }

    pub(crate) const fn instant(self) -> Instant {
        self.0
    }

    /// MOTD-NET-2: between two steps of a computation, since metadata can be made to take long to verify.
    pub(crate) fn require(self) -> Result<(), Code> {
        if Instant::now() < self.0 {
            Ok(())
        } else {
            Err(Code::Timeout)
        }
    }
}
