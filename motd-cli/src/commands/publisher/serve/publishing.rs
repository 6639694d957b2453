//! What a server does for the people who sign: it takes proposals and signatures, and publishes what has enough of them.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use motd_client::require_trusted_place;
use motd_core::{RepositoryId, Time};
use motd_server::publish::{Published as _, Repository};
use motd_server::serve::api::{Api, ApiSettings};
use motd_server::serve::page::OpenProposal;
use motd_server::serve::proposals::Proposals;
use motd_server::serve::{Release, ServeError, Upkeep};
use motd_server::store::{Location, Objects, create_private_folder};
use tokio::sync::{Notify, watch};
use tokio::time::Instant;

use crate::clock::now;

/// How often what waits is looked at without being told: another server may have taken the last signature.
const PERIOD: Duration = Duration::from_secs(30);

/// The proposals of one server.
pub(super) struct Publishing {
    proposals: Proposals,
    published: watch::Sender<Arc<Repository>>,
    signed: Arc<Notify>,
    next: Instant,
}

impl Publishing {
    /// At the place where all servers keep them, and the interface to it.
    pub(super) fn at(
        place: &Location,
        id: RepositoryId,
        repository: &Repository,
        settings: ApiSettings,
    ) -> Result<(Self, Api)> {
        let objects = Objects::at(place, &crate::stored::s3_settings(place))?;
        let proposals = Proposals::on(objects);
        let (published, current) = watch::channel(Arc::new(repository.clone()));
        let signed = Arc::new(Notify::new());
        let api = Api::new(
            id,
            proposals.clone(),
            current,
            Arc::clone(&signed),
            Arc::new(clock),
            settings,
        );
        let publishing = Self {
            proposals,
            published,
            signed,
            next: Instant::now(),
        };
        Ok((publishing, api))
    }

    /// Returns when a proposal has got its last signature, or what waits has to be looked at.
    pub(super) async fn due(&self) {
        tokio::select! {
            () = self.signed.notified() => {}
            () = tokio::time::sleep_until(self.next) => {}
        }
    }

    /// Publishes what has enough signatures.
    pub(super) async fn release(
        &mut self,
        upkeep: &mut Upkeep,
        now: Time,
    ) -> Result<Vec<Release>, ServeError> {
        self.next = Instant::now() + PERIOD;
        upkeep.release(&self.proposals, now).await
    }

    /// What is published from now on.
    pub(super) fn take_up(&self, repository: &Repository) {
        let is_same = |current: &Arc<Repository>| current.files() == repository.files();
        if !is_same(&self.published.borrow()) {
            self.published.send_replace(Arc::new(repository.clone()));
        }
    }

    /// What waits, for the operators' page.
    pub(super) async fn open(
        &self,
        repository: &Repository,
        now: Time,
    ) -> Result<Vec<OpenProposal>, ServeError> {
        let held = self.proposals.list(now).await?;
        let open = held
            .iter()
            .filter(|held| held.standing(repository, now).is_open());
        let of = |held: &motd_server::serve::proposals::StoredProposal| OpenProposal {
            id: held.id.to_string(),
            opened: held.opened,
            closes: held.closes(),
            review: repository.review(&held.request),
        };
        Ok(open.map(of).collect())
    }
}

/// Makes a folder for proposals, if there is none. What waits in it is not for every user of this machine: the mode of a
/// folder that others can read comes back.
pub(super) fn make_folder(folder: &Path) -> Result<Option<u32>> {
    require_trusted_place(folder)?;
    create_private_folder(folder)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs_err::metadata(folder)?.permissions().mode() & 0o777;
        anyhow::ensure!(
            mode & 0o002 == 0,
            "{}: every user of this machine can write into the folder of proposals (mode {mode:04o})",
            folder.display()
        );
        Ok((mode & 0o077 != 0).then_some(mode))
    }
    #[cfg(not(unix))]
    Ok(None)
}

/// The reference time of health. A clock that cannot be read vouches for nothing.
pub(super) fn clock() -> Time {
    now(None).unwrap_or(Time::LAST)
}
