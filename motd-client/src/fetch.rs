//! The requests of one run: one deadline, one count, one origin.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use motd_core::Code;
use url::Url;

use crate::deadline::Deadline;
use crate::limits;
use crate::transport::{FileResponse, Transport};

/// Fetches the files of one repository for one run.
pub(crate) struct Fetcher<'a> {
    transport: &'a dyn Transport,
    metadata: Url,
    targets: Url,
    deadline: Deadline,
    requests: AtomicU32,
    /// The longest chain of answered requests, each sent after the one before was answered.
    round_trips: AtomicU32,
    bytes: AtomicU64,
    /// Bytes of bodies, decompressed.
    body_bytes: AtomicU64,
    retry_after_seconds: AtomicU64,
}

impl<'a> Fetcher<'a> {
    pub(crate) fn new(
        transport: &'a dyn Transport,
        metadata: Url,
        targets: Url,
        deadline: Deadline,
    ) -> Self {
        Self {
            transport,
            metadata,
            targets,
            deadline,
            requests: AtomicU32::new(0),
            round_trips: AtomicU32::new(0),
            bytes: AtomicU64::new(0),
            body_bytes: AtomicU64::new(0),
            retry_after_seconds: AtomicU64::new(0),
        }
    }

    /// A metadata file.
    pub(crate) fn metadata(
        &self,
        name: &str,
        limit: u64,
    ) -> impl Future<Output = Result<FileResponse, Code>> + use<'_, 'a> {
        self.get(self.metadata.join(name), limit)
    }

    /// Counts a role from the store as if it had come in this run. MOTD-GATE-14.
    pub(crate) fn count_stored(&self, role: &[u8]) -> Result<(), Code> {
        let length = u64::try_from(role.len()).unwrap_or(u64::MAX);
        let before = self.body_bytes.fetch_add(length, Ordering::Relaxed);
        if before.saturating_add(length) > limits::RUN_BYTES {
            return Err(Code::TooLong);
        }
        Ok(())
    }

    pub(crate) const fn deadline(&self) -> Deadline {
        self.deadline
    }

    pub(crate) async fn target(&self, path: &str, limit: u64) -> Result<FileResponse, Code> {
        self.get(self.targets.join(path), limit).await
    }

    /// The request counts as sent when this is called: what is then awaited together is one round trip.
    fn get(
        &self,
        url: Result<Url, url::ParseError>,
        limit: u64,
    ) -> impl Future<Output = Result<FileResponse, Code>> + use<'_, 'a> {
        let before = self.round_trips.load(Ordering::Relaxed);
        async move {
            let url = url.map_err(|_| Code::Connect)?;
            // MOTD-GATE-14: roles of the longest length that one run can ask for are many.
            let received = self.body_bytes.load(Ordering::Relaxed);
            let limit = limit.min(limits::RUN_BYTES.saturating_sub(received));
            // MOTD-NET-2: the deadline is the run's, so that a server that answers slowly a hundred times is no slower.
            let answer = self.transport.get(&url, limit);
            let Ok(received) = tokio::time::timeout_at(self.deadline.instant(), answer).await
            else {
                self.requests.fetch_add(1, Ordering::Relaxed);
                return Err(Code::Timeout);
            };
            self.requests
                .fetch_add(received.requests, Ordering::Relaxed);
            self.round_trips
                .fetch_max(before.saturating_add(received.requests), Ordering::Relaxed);
            self.bytes.fetch_add(received.bytes, Ordering::Relaxed);
            if let Some(wait) = received.retry_after {
                self.retry_after_seconds
                    .fetch_max(wait.as_secs(), Ordering::Relaxed);
            }
            if let Ok(FileResponse::Body(body)) = &received.answer {
                let length = u64::try_from(body.len()).unwrap_or(u64::MAX);
                self.body_bytes.fetch_add(length, Ordering::Relaxed);
            }
            received.answer
        }
    }

    pub(crate) fn requests(&self) -> u32 {
        self.requests.load(Ordering::Relaxed)
    }

    pub(crate) fn round_trips(&self) -> u32 {
        self.round_trips.load(Ordering::Relaxed)
    }

    pub(crate) fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    /// The longest wait that the server asked for in this run, in seconds; 0 when it asked for none.
    pub(crate) fn retry_after_seconds(&self) -> u64 {
        self.retry_after_seconds.load(Ordering::Relaxed)
    }
}
