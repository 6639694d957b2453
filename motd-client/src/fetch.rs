//! The requests of one run: one deadline, one count, one origin.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use motd_core::Code;
use tokio::time::Instant;
use url::Url;

use crate::limits;
use crate::transport::{Answer, Transport};

/// Fetches the files of one repository for one run.
pub(crate) struct Fetcher<'a> {
    transport: &'a dyn Transport,
    metadata: Url,
    targets: Url,
    deadline: Instant,
    requests: AtomicU32,
    bytes: AtomicU64,
    retry_after_seconds: AtomicU64,
}

impl<'a> Fetcher<'a> {
    pub(crate) fn new(
        transport: &'a dyn Transport,
        metadata: Url,
        targets: Url,
        deadline: Duration,
    ) -> Self {
        Self {
            transport,
            metadata,
            targets,
            // A deadline beyond what a clock can say is none worth having.
            deadline: Instant::now()
                .checked_add(deadline)
                .unwrap_or_else(|| Instant::now() + limits::DEADLINE),
            requests: AtomicU32::new(0),
            bytes: AtomicU64::new(0),
            retry_after_seconds: AtomicU64::new(0),
        }
    }

    pub(crate) async fn metadata(&self, name: &str, limit: u64) -> Result<Answer, Code> {
        self.get(self.metadata.join(name), limit).await
    }

    pub(crate) async fn target(&self, path: &str, limit: u64) -> Result<Answer, Code> {
        self.get(self.targets.join(path), limit).await
    }

    async fn get(&self, url: Result<Url, url::ParseError>, limit: u64) -> Result<Answer, Code> {
        let url = url.map_err(|_| Code::Connect)?;
        // MOTD-NET-2: the deadline is the run's, so that a server that answers slowly a hundred times is no slower.
        let Ok(received) =
            tokio::time::timeout_at(self.deadline, self.transport.get(&url, limit)).await
        else {
            self.requests.fetch_add(1, Ordering::Relaxed);
            return Err(Code::Timeout);
        };
        self.requests
            .fetch_add(received.requests, Ordering::Relaxed);
        self.bytes.fetch_add(received.bytes, Ordering::Relaxed);
        if let Some(wait) = received.retry_after {
            self.retry_after_seconds
                .fetch_max(wait.as_secs(), Ordering::Relaxed);
        }
        received.answer
    }

    pub(crate) fn requests(&self) -> u32 {
        self.requests.load(Ordering::Relaxed)
    }

    pub(crate) fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    /// The longest wait that the server asked for in this run, in seconds; 0 when it asked for none.
    pub(crate) fn retry_after_seconds(&self) -> u64 {
        self.retry_after_seconds.load(Ordering::Relaxed)
    }
}
