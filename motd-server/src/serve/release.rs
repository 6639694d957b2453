//! Publishing what enough people have signed, with the server's own keys.
//!
//! Any of several servers does it, whichever comes first: the store's conditional write decides, and the others see
//! that it is published. Where the proposals wait is believed in nothing: each is admitted and checked as if it had
//! just arrived.

use std::collections::BTreeMap;

use motd_core::Time;

use super::upkeep::Upkeep;
use crate::publish::{Online, Published as _, Repository, RoleFile, SigningRequest};
use crate::serve::ServeError;
use crate::serve::proposals::{
    LogEntry, LogEvent, ProposalId, Proposals, Standing, StoredProposal,
};
use crate::store::StoreError;
use crate::store::files::versioned;

/// What became of a proposal that enough people have signed.
#[derive(Debug)]
pub struct Release {
    /// The proposal.
    pub id: ProposalId,
    /// Whether it is published; an error is why it cannot be, and it is tried again.
    pub end: Result<(), ServeError>,
}

impl Upkeep {
    /// Publishes every proposal that enough people have signed, the oldest first, and logs what somebody has published
    /// by another way. A server without online keys leaves it to the others.
    ///
    /// # Errors
    ///
    /// [`ServeError::LogBroken`], [`ServeError::Store`]: nothing could be looked at.
    pub async fn release(
        &mut self,
        proposals: &Proposals,
        now: Time,
    ) -> Result<Vec<Release>, ServeError> {
        self.observe(proposals, now).await?;
        let stored = proposals.list(now).await?;
        let mut releases = Vec::new();
        for stored in stored.iter().rev() {
            // What came before in this loop may have taken its place.
            if stored.standing(&self.repository, now) != Standing::Signed {
                continue;
            }
            let end = match self.release_one(stored, proposals, now).await {
                Ok(false) => continue,
                Ok(true) => Ok(()),
                Err(error) => Err(error),
            };
            releases.push(Release {
                id: stored.id.clone(),
                end,
            });
        }
        Ok(releases)
    }

    /// Logs what is published, if the log does not say so.
    async fn observe(&mut self, proposals: &Proposals, now: Time) -> Result<(), ServeError> {
        let roles = published(&self.repository, None);
        let nothing = SigningRequest::default();
        let signers = self.repository.signers_of(&nothing, &roles)?;
        let entry = LogEntry::new(LogEvent::Observed, None, signers, roles.into_iter(), now)?;
        if self.observed.as_ref() == Some(&entry.roles) {
            return Ok(());
        }
        if !proposals.log().has(&entry.roles).await? {
            proposals.log().append(entry.clone()).await?;
        }
        self.observed = Some(entry.roles);
        Ok(())
    }

    async fn release_one(
        &mut self,
        stored: &StoredProposal,
        proposals: &Proposals,
        now: Time,
    ) -> Result<bool, ServeError> {
        let mut end = Err(StoreError::Conflict.into());
        for _ in 0..MOST_TRIES {
            end = self.try_release(stored, proposals, now).await;
            self.reload().await?;
            // A renewal that happened meanwhile, mostly: with what is there now it works.
            if !matches!(end, Err(ServeError::Store(StoreError::Conflict))) {
                break;
            }
        }
        end
    }

    async fn try_release(
        &mut self,
        stored: &StoredProposal,
        proposals: &Proposals,
        now: Time,
    ) -> Result<bool, ServeError> {
        // Versions that a failed attempt left behind are seen here.
        let repository = self.read().await?;
        // It may have been taken back since it was listed.
        let stored = &proposals.find(&stored.id, now).await?;
        if stored.standing(&repository, now) != Standing::Signed {
            return Ok(false);
        }
        // Somebody who has signed and has left since does not keep the others from publishing.
        let request = repository.without_void_signatures(&stored.request)?;
        let request = as_left_behind(request, &repository)?;
        let (request, _) = repository.admit(&request, now)?;
        self.check_clock(now).await?;
        let config = self.store.config().await?;
        let publication = {
            let Some(keys) = (self.keys)()? else {
                return Ok(false);
            };
            let online = Online::new(&*keys.snapshot, &*keys.timestamp, &config);
            repository.publish(&request, &online, now)?
        };
        let roles = published(&repository, Some(&request));
        let id = Some(stored.id.to_string());
        let signers = repository.signers_of(&request, &roles)?;
        let entry = LogEntry::new(LogEvent::Released, id, signers, roles.into_iter(), now)?;
        // Before it takes effect. After a failed attempt it is in the log already.
        if !proposals.log().has(&entry.roles).await? {
            proposals.log().append(entry.clone()).await?;
        }
        self.store.commit(&publication).await?;
        self.observed = Some(entry.roles);
        Ok(true)
    }
}

/// The roles that people sign, as they would be published.
fn published<'a>(
    repository: &'a Repository,
    request: Option<&'a SigningRequest>,
) -> Vec<&'a RoleFile> {
    let mut roles = BTreeMap::from([
        ("root", repository.root()),
        ("targets", repository.targets()),
        (crate::publish::NOTICE_ROLE, repository.notices()),
    ]);
    let next = request.into_iter().flat_map(SigningRequest::roles);
    roles.extend(next.map(|file| (file.name(), file)));
    roles.into_values().collect()
}

/// An attempt that failed half-way has created the file of a role with the signatures that it had then. Under that name
/// no other bytes can be published, and they are as good.
fn as_left_behind(
    mut request: SigningRequest,
    repository: &Repository,
) -> Result<SigningRequest, ServeError> {
    let left = |file: &RoleFile| -> Option<RoleFile> {
        let path = versioned(file.version(), file.name());
        let there = repository.files().bytes(&path);
        let there = there.and_then(|bytes| RoleFile::read(file.name(), bytes).ok());
        there.filter(|there| there.signed() == file.signed())
    };
    request.sign_each(|file| {
        if let Some(there) = left(file) {
            *file = there;
        }
        Ok(())
    })?;
    Ok(request)
}

/// Renewals are hours apart; publishers who are always first are people.
const MOST_TRIES: usize = 5;
