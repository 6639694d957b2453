//! Where proposals wait: opened, signed, taken back, and found again.

use std::collections::BTreeSet;
use std::sync::Arc;

use futures_util::future::try_join_all;
use motd_core::Time;
use tokio::sync::Mutex;

use super::id::{self, ProposalId};
use super::log::{LogEntry, LogEvent, ProposalLog};
use super::quota;
use super::record::{DiscardRecord, OpeningRecord, SignatureRecord, read, to_bytes};
use super::stored::{Standing, StoredProposal, closed};

use crate::publish::{Published as _, Repository, RoleFile, SigningRequest};
use crate::serve::ServeError;
use crate::store::{Objects, StoreError, WriteOutcome};

/// The longest request, in bytes: all of its files together.
pub const REQUEST_BYTES: usize = 256 * 1024;

/// What came of opening a proposal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Opening {
    /// It is open now.
    New(StoredProposal),
    /// The same was open already.
    Again(StoredProposal),
}

/// Where proposals wait.
#[derive(Clone, Debug)]
pub struct Proposals {
    objects: Objects,
    log: ProposalLog,
    /// Held while one is opened: what is counted is still so when it is there.
    opening: Arc<Mutex<()>>,
}

impl Proposals {
    /// In these objects, which should hold nothing else.
    #[must_use]
    pub fn on(objects: Objects) -> Self {
        let log = ProposalLog::on(objects.clone());
        let opening = Arc::default();
        Self {
            objects,
            log,
            opening,
        }
    }

    /// The log of what was accepted.
    #[must_use]
    pub const fn log(&self) -> &ProposalLog {
        &self.log
    }

    /// Keeps a request that came from anywhere, if it [may be](Repository::admit). The same request while it is open is
    /// the same proposal. `asked_by` is the key id of a person who has signed the request over HTTP.
    ///
    /// # Errors
    ///
    /// As [`Repository::admit`]; [`ServeError::ProposalTooLong`], [`ServeError::ProposalClosed`] when a role of it
    /// was taken back, [`ServeError::NothingNew`], [`ServeError::ProposalsFull`], [`StoreError::Bounds`],
    /// [`StoreError::Storage`], [`StoreError::Io`].
    pub async fn open(
        &self,
        request: &SigningRequest,
        asked_by: Option<String>,
        repository: &Repository,
        now: Time,
    ) -> Result<Opening, ServeError> {
        let (request, key_ids) = repository.admit(request, now)?;
        let bytes: usize = request.to_files().values().map(Vec::len).sum();
        if bytes > REQUEST_BYTES {
            return Err(ServeError::ProposalTooLong {
                bytes,
                most: REQUEST_BYTES,
            });
        }
        let id = ProposalId::new(&request, now)?;
        let _one = self.opening.lock().await;
        let there = self.list(now).await?;
        let is_same = |stored: &&StoredProposal| {
            stored.id.is_same_request(&id) && stored.standing(repository, now).is_open()
        };
        if let Some(same) = there.iter().find(is_same) {
            return Ok(Opening::Again(same.clone()));
        }
        if self.is_taken_back(&request, &key_ids).await? {
            return Err(closed(&id, Standing::Discarded));
        }
        let stored = StoredProposal {
            id,
            opened: now,
            // Who has not signed it asks for somebody else.
            asked_by: asked_by.filter(|key_id| key_ids.contains(key_id)),
            opened_by: key_ids.clone(),
            request,
            discarded: false,
        };
        quota::check(&there, &stored, repository, now)?;
        self.note(LogEvent::Opened, &stored, key_ids, now).await?;
        let path = stored.id.path("request.json");
        self.create(&path, &to_bytes(&OpeningRecord::of(&stored)?)?)
            .await?;
        Ok(Opening::New(stored))
    }

    /// Adds one signature to an open proposal, if it verifies. Another one by a key that has signed changes nothing.
    ///
    /// # Errors
    ///
    /// [`ServeError::ProposalUnknown`], [`ServeError::ProposalClosed`]; as [`Repository::admit_signature`];
    /// [`StoreError::Storage`], [`StoreError::Io`].
    pub async fn sign(
        &self,
        id: &ProposalId,
        role: &str,
        (key_id, signature): (&str, &str),
        repository: &Repository,
        now: Time,
    ) -> Result<StoredProposal, ServeError> {
        let stored = self.find(id, now).await?;
        stored.check_open(repository, now)?;
        let mut signed = stored.request.clone();
        repository.admit_signature(&mut signed, role, key_id, signature)?;
        // Of one key there are as many valid signatures as it likes, and one is enough.
        let is_there = |file: &RoleFile| file.signatures().any(|(there, _)| there == key_id);
        if stored.request.role(role).is_some_and(is_there) {
            return Ok(stored);
        }
        let key_ids = BTreeSet::from([key_id.to_owned()]);
        if self.is_taken_back(&signed, &key_ids).await? {
            return Err(closed(id, Standing::Discarded));
        }
        self.note(LogEvent::Signed, &stored, key_ids, now).await?;
        let record = SignatureRecord::new(role, key_id, signature, now);
        let path = stored.id.path(&record.name());
        self.create(&path, &to_bytes(&record)?).await?;
        // Who signed at the same time is seen by one of the two at least.
        self.find(id, now).await
    }

    /// Takes a proposal back, which whoever opened it may, unless it is published. With it goes every other one that
    /// was opened with their signature on a role of it.
    ///
    /// # Errors
    ///
    /// [`ServeError::ProposalUnknown`], [`ServeError::ProposalClosed`], [`ServeError::NotYours`];
    /// [`StoreError::Storage`], [`StoreError::Io`].
    pub async fn discard(
        &self,
        id: &ProposalId,
        key_id: &str,
        repository: &Repository,
        now: Time,
    ) -> Result<(), ServeError> {
        // Also one that is not open any more: the signatures on it may be good for weeks.
        let stored = self.kept(id).await?;
        let standing = stored.standing(repository, now);
        if matches!(standing, Standing::Published | Standing::Discarded) {
            return Err(closed(id, standing));
        }
        if !stored.opened_by.contains(key_id) {
            return Err(ServeError::NotYours {
                key_id: key_id.to_owned(),
            });
        }
        self.note(
            LogEvent::Discarded,
            &stored,
            [key_id.to_owned()].into(),
            now,
        )
        .await?;
        let record = to_bytes(&DiscardRecord::new(key_id, now))?;
        for role in stored.request.roles() {
            if role.signatures().any(|(there, _)| there == key_id) {
                // It may be there: of an attempt that broke off, or of another proposal with this role.
                let path = DiscardRecord::path_of(role, key_id)?;
                self.objects.create(&path, &record).await?;
            }
        }
        self.create(&stored.id.path(DiscardRecord::NAME), &record)
            .await
    }

    /// One proposal of the last days.
    ///
    /// # Errors
    ///
    /// [`ServeError::ProposalUnknown`], [`StoreError::Storage`], [`StoreError::Io`].
    pub async fn find(&self, id: &ProposalId, now: Time) -> Result<StoredProposal, ServeError> {
        if !id::days(now).any(|day| id.is_of(&day)) {
            return Err(ServeError::ProposalUnknown { id: id.to_string() });
        }
        self.kept(id).await
    }

    /// One proposal of whatever day.
    async fn kept(&self, id: &ProposalId) -> Result<StoredProposal, ServeError> {
        let names = self.names(&id.path("")).await?;
        let stored = self.stored(id, &names).await?;
        stored.ok_or_else(|| ServeError::ProposalUnknown { id: id.to_string() })
    }

    /// Whether one of these keys has taken back its signature on a role of it. The signatures are in other people's hands,
    /// so it holds for ever, and beside whatever else the role is put.
    async fn is_taken_back(
        &self,
        request: &SigningRequest,
        key_ids: &BTreeSet<String>,
    ) -> Result<bool, ServeError> {
        for role in request.roles() {
            for (key_id, _) in role
                .signatures()
                .filter(|(key_id, _)| key_ids.contains(*key_id))
            {
                let path = DiscardRecord::path_of(role, key_id)?;
                if self.objects.mark(&path).await?.is_some() {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// Every proposal of the last days, the newest first, whatever became of it.
    ///
    /// # Errors
    ///
    /// [`StoreError::Bounds`], [`StoreError::Storage`], [`StoreError::Io`].
    pub async fn list(&self, now: Time) -> Result<Vec<StoredProposal>, ServeError> {
        let mut found = Vec::new();
        let days = id::days(now).map(|day| self.names_of_day(day));
        for names in try_join_all(days).await? {
            let ids: BTreeSet<ProposalId> = names
                .iter()
                .filter_map(|name| ProposalId::of_path(name))
                .collect();
            let read = ids.iter().map(|id| self.stored(id, &names));
            found.extend(try_join_all(read).await?.into_iter().flatten());
        }
        found.sort_by(|one, other| (other.opened, &other.id).cmp(&(one.opened, &one.id)));
        Ok(found)
    }

    async fn names_of_day(&self, day: String) -> Result<Vec<String>, ServeError> {
        self.names(&format!("{}{day}", id::FOLDER)).await
    }

    async fn names(&self, prefix: &str) -> Result<Vec<String>, ServeError> {
        let objects = self.objects.list(prefix, MOST_OBJECTS).await?;
        Ok(objects
            .into_iter()
            .map(|object| object.location.to_string())
            .collect())
    }

    /// Logs what is about to take effect: nothing takes effect that is not in the log.
    async fn note(
        &self,
        event: LogEvent,
        stored: &StoredProposal,
        key_ids: BTreeSet<String>,
        now: Time,
    ) -> Result<(), ServeError> {
        let roles = stored.request.roles();
        let entry = LogEntry::new(event, Some(stored.id.to_string()), key_ids, roles, now)?;
        self.log.append(entry).await
    }

    /// What lies there was written by whoever can write there: every file is read as if it had come from anywhere. What
    /// is not as it is written here is not there, so that one object of somebody's keeps nobody from all the others.
    async fn stored(
        &self,
        id: &ProposalId,
        names: &[String],
    ) -> Result<Option<StoredProposal>, ServeError> {
        let opened = self.object(&id.path("request.json")).await?;
        let stored = opened.and_then(|bytes| read::<OpeningRecord>(&bytes).ok()?.stored(id).ok());
        let Some(mut stored) = stored else {
            return Ok(None);
        };
        let folder = id.path("");
        let of_it = names.iter().filter_map(|name| name.strip_prefix(&folder));
        for name in of_it.filter(|name| name.starts_with(SignatureRecord::PREFIX)) {
            let bytes = self.object(&id.path(name)).await?;
            let signature = bytes.and_then(|bytes| read::<SignatureRecord>(&bytes).ok());
            if let Some(signature) = signature.filter(|signature| signature.name() == name) {
                signature.add_to(&mut stored.request);
            }
        }
        stored.discarded = names.contains(&id.path(DiscardRecord::NAME))
            || self
                .is_taken_back(&stored.request, &stored.opened_by)
                .await?;
        Ok(Some(stored))
    }

    async fn object(&self, path: &str) -> Result<Option<Vec<u8>>, ServeError> {
        match self.objects.read(path, OBJECT_BYTES).await {
            Err(StoreError::Bounds { .. }) => Ok(None),
            object => Ok(object?.map(|object| object.bytes.to_vec())),
        }
    }

    async fn create(&self, path: &str, bytes: &[u8]) -> Result<(), ServeError> {
        match self.objects.create(path, bytes).await? {
            WriteOutcome::Stored => Ok(()),
            WriteOutcome::Taken => Err(StoreError::Conflict.into()),
        }
    }
}

/// The files of a request as JSON strings, in which a quote is two characters.
const OBJECT_BYTES: u64 = 3 * REQUEST_BYTES as u64;

/// Far more than the keys of a repository can open and sign in a day.
const MOST_OBJECTS: usize = 10_000;
