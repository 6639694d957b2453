//! What every handler works on.

use core::fmt;
use std::sync::Arc;
use std::time::Duration;

use motd_core::{RepositoryId, Time};
use tokio::sync::{Notify, Semaphore, watch};

use super::rates::{Limiter, Rates};
use crate::publish::Repository;
use crate::serve::ServerClock;
use crate::serve::addresses::OpenByOwner;
use crate::serve::proposals::Proposals;

/// Where the interface is.
pub const BASE: &str = "/api/v1";

/// How the interface behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ApiSettings {
    /// How often anybody may ask.
    pub rates: Rates,
    /// How long a body may take to arrive, and how long a request without a valid signature waits for its turn.
    pub patience: Duration,
    /// How many uploads without a valid signature are taken at the same time; one address, and one person with a signature,
    /// has an eighth of that.
    pub uploads: usize,
    /// Whether every connection comes from a proxy that appends who it speaks for to `X-Forwarded-For`.
    pub behind_proxy: bool,
}

impl Default for ApiSettings {
    fn default() -> Self {
        Self {
            rates: Rates::default(),
            patience: Duration::from_secs(10),
            uploads: 32,
            behind_proxy: false,
        }
    }
}

/// How many addresses it takes to hold all uploads.
const SHARES: usize = 8;

/// How many requests read the proposals at the same time.
const READINGS: usize = 2;

/// How many requests without a valid signature work on the proposals at the same time.
const STRANGERS: usize = 2;

/// What the interface works on.
#[derive(Clone)]
pub struct Api {
    pub(super) id: RepositoryId,
    pub(super) proposals: Proposals,
    pub(super) published: watch::Receiver<Arc<Repository>>,
    pub(super) signed: Arc<Notify>,
    pub(super) clock: ServerClock,
    pub(super) settings: ApiSettings,
    pub(super) limiter: Arc<Limiter>,
    pub(super) uploads: Arc<Semaphore>,
    /// By address, or by the key id of a person.
    pub(super) uploads_of_each: Arc<OpenByOwner<String>>,
    /// Each reading of what waits takes memory: as many as there is room for, and the others in turn.
    pub(super) readings: Arc<Semaphore>,
    /// The others wait in turn: each may list all that waits in a bucket, and people would wait behind them.
    pub(super) strangers: Arc<Semaphore>,
    pub(super) names: Arc<[String]>,
}

impl Api {
    /// Over proposals, and what is published at each moment. `signed` is told when a proposal has got its last signature.
    #[must_use]
    pub fn new(
        id: RepositoryId,
        proposals: Proposals,
        published: watch::Receiver<Arc<Repository>>,
        signed: Arc<Notify>,
        clock: ServerClock,
        settings: ApiSettings,
    ) -> Self {
        Self {
            id,
            proposals,
            published,
            signed,
            clock,
            settings,
            limiter: Arc::new(Limiter::new(settings.rates)),
            uploads: Arc::new(Semaphore::new(settings.uploads)),
            uploads_of_each: Arc::new(OpenByOwner::new((settings.uploads / SHARES).max(1))),
            readings: Arc::new(Semaphore::new(READINGS)),
            strangers: Arc::new(Semaphore::new(STRANGERS)),
            names: Arc::default(),
        }
    }

    /// Under these names alone, each `host` or `host:port` as people ask for it. Without one, a server that somebody asks
    /// with their key can pass the signed request on to this one, and read what they may read.
    #[must_use]
    pub fn named(self, names: &[String]) -> Self {
        let names = names.iter().map(|name| name.to_ascii_lowercase());
        Self {
            names: names.collect(),
            ..self
        }
    }

    pub(super) fn now(&self) -> Time {
        (self.clock)()
    }

    pub(super) fn repository(&self) -> Arc<Repository> {
        Arc::clone(&self.published.borrow())
    }
}

impl fmt::Debug for Api {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Api")
            .field("id", &self.id)
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}
