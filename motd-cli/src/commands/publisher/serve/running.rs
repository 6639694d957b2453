//! What goes on beside the answering: looking, renewing, publishing, and keeping pages and health up to date.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use motd_core::{RepositoryId, Time};
use motd_server::serve::api::{Api, ApiSettings, Rates};
use motd_server::serve::page::{OperatorsView, operators_page, public_pages};
use motd_server::serve::{Health, Metrics, Site, Tls, Upkeep};
use tokio::time::Instant;

use super::messages::ServeMessages;
use super::publishing::Publishing;
use crate::trusted_root::TrustedRoot;

/// How often pages are made again when nothing happens: notices begin and end, and roles come nearer to their expiry.
const PAGES: Duration = Duration::from_secs(20);

/// How many times what one address may ask for all of them may.
const ALL: NonZeroU32 = NonZeroU32::new(10).unwrap();

/// A server that runs.
pub(super) struct RunningServer {
    pub(super) upkeep: Upkeep,
    /// What it began with.
    pub(super) root: TrustedRoot,
    pub(super) id: RepositoryId,
    pub(super) site: Arc<Site>,
    /// The pages that only operators see, where there is an address for them.
    pub(super) operators: Option<Arc<Site>>,
    pub(super) health: Arc<Health>,
    pub(super) metrics: Arc<Metrics>,
    pub(super) tls: Option<Arc<Tls>>,
    /// Where proposals are taken.
    pub(super) publishing: Option<Publishing>,
    pub(super) pages_at: Option<Instant>,
}

impl RunningServer {
    /// Returns when proposals have to be looked at, and never where none are taken.
    pub(super) async fn due(&self) {
        match &self.publishing {
            Some(publishing) => publishing.due().await,
            None => std::future::pending().await,
        }
    }

    /// Takes up what was published, and renews what is due.
    pub(super) async fn look(&mut self, now: Time, messages: &mut ServeMessages<'_>) {
        let look = self.upkeep.check(now).await;
        self.metrics.upkeep(&look);
        if look.published {
            self.serve_published(messages);
        }
        self.health.set(self.upkeep.freshness(now));
        messages.look(&look, self.upkeep.renewal(now));
        self.pages(now).await;
    }

    /// Publishes what enough people have signed.
    pub(super) async fn release(&mut self, now: Time, messages: &mut ServeMessages<'_>) {
        let Some(publishing) = &mut self.publishing else {
            return;
        };
        let before = self.upkeep.repository().timestamp().clone();
        let releases = publishing.release(&mut self.upkeep, now).await;
        messages.releases(&releases);
        if *self.upkeep.repository().timestamp() != before {
            self.serve_published(messages);
            self.health.set(self.upkeep.freshness(now));
        } else if let Some(publishing) = &self.publishing {
            publishing.take_up(self.upkeep.repository());
        }
        self.pages_at = None;
        self.pages(now).await;
    }

    /// Reads the certificate again, if it was asked for or the files are others.
    pub(super) fn certificate(&self, asked: bool, messages: &mut ServeMessages<'_>) {
        let Some(tls) = &self.tls else {
            return;
        };
        let read = if asked {
            tls.reload().map(|()| true)
        } else {
            tls.reload_if_changed()
        };
        messages.certificate(&read);
        if matches!(read, Ok(true)) {
            self.metrics.certificate_reloaded();
        }
    }

    fn serve_published(&mut self, messages: &mut ServeMessages<'_>) {
        // Before anybody sees it.
        messages.kept(&self.root.is_taken_up(&self.upkeep));
        self.site.replace(self.upkeep.files().clone());
        // Who asks the interface whether it is published can read it by then.
        if let Some(publishing) = &self.publishing {
            publishing.take_up(self.upkeep.repository());
        }
        self.pages_at = None;
    }

    /// Makes the pages, if it is time.
    pub(super) async fn pages(&mut self, now: Time) {
        if self.pages_at.is_some_and(|at| Instant::now() < at) {
            return;
        }
        self.pages_at = Some(Instant::now() + PAGES);
        let repository = self.upkeep.repository();
        self.site.set_pages(public_pages(repository, &self.id, now));
        let Some(operators) = &self.operators else {
            return;
        };
        let proposals = match &self.publishing {
            Some(publishing) => publishing.open(repository, now).await,
            None => Ok(Vec::new()),
        };
        // Out of reach for a moment: the page of before says when it was made.
        if let Ok(proposals) = proposals {
            let view = OperatorsView {
                repository,
                id: &self.id,
                lifetimes: self.upkeep.lifetimes(),
                now,
                renewal: &self.upkeep.renewal(now),
                proposals: &proposals,
            };
            operators.set_pages(vec![operators_page(&view)]);
        }
    }
}

/// The interface, if proposals are taken.
pub(super) fn publishing(
    arguments: &crate::arguments::publisher::ServeArguments,
    id: &RepositoryId,
    upkeep: &Upkeep,
) -> Result<Option<(Publishing, Api)>> {
    let place = arguments.proposals.as_ref();
    let each = arguments.requests_per_minute;
    let settings = ApiSettings {
        rates: Rates {
            from_each: each,
            from_all: each.saturating_mul(ALL),
        },
        behind_proxy: arguments.behind_proxy,
        ..ApiSettings::default()
    };
    let at = |place| Publishing::at(place, id.clone(), upkeep.repository(), settings);
    place.map(at).transpose()
}
