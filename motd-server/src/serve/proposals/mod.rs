//! Proposals that wait for signatures, in a store of their own, and the log of what was accepted.
//!
//! ```text
//! proposals/20261123/<32 hexadecimal digits>/request.json   who opened it, when, and the files of the request
//! proposals/20261123/<...>/signature-<...>.json             one object for each signature that came later
//! proposals/20261123/<...>/discarded.json                   who took it back, and when
//! log/000000000001.json                                     see [`Log`]
//! ```
//!
//! Every object is created once and never changed, so any number of servers work on one store without a lock, and what two
//! of them add at the same time is there. Nothing is deleted; what is too old is not looked at, and a rule of the storage
//! may remove it.
//!
//! This is not the repository's store: what waits here is not public. Whoever could write into it without a server could
//! still put nothing into the repository, since what is released is [admitted](Repository::admit) and checked once more.

mod held;
mod id;
mod log;
mod quota;
mod record;

use std::collections::BTreeSet;
use std::sync::Arc;

use futures_util::future::try_join_all;
use motd_core::Time;
use tokio::sync::Mutex;

pub use held::{Held, Standing};
pub use id::ProposalId;
pub use log::{Entry, Event, Head, Log, LoggedRole};
use record::{Discarded, Opened, Signature, read, to_bytes};

use crate::error::Error;
use crate::publish::{Published as _, Repository, RoleFile, SigningRequest};
use crate::store::{Objects, Written};

/// The longest request, in bytes: all of its files together.
pub const REQUEST_BYTES: usize = 256 * 1024;

/// How many open proposals there may be that have something which a key was the first to bring with its signature.
pub const OPEN_FOR_EACH_KEY: usize = 8;

/// The same of all that are looked at, whatever became of them.
pub const OPENED_BY_EACH_KEY: usize = 64;

/// How long a proposal stays open, in days.
pub const OPEN_DAYS: u64 = 7;

/// What came of opening a proposal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Opening {
    /// It is open now.
    New(Held),
    /// The same was open already.
    Again(Held),
}

/// Where proposals wait.
#[derive(Clone, Debug)]
pub struct Proposals {
    objects: Objects,
    log: Log,
    /// Held while one is opened: what is counted is still so when it is there.
    opening: Arc<Mutex<()>>,
}

impl Proposals {
    /// In these objects, which should hold nothing else.
    #[must_use]
    pub fn on(objects: Objects) -> Self {
        let log = Log::on(objects.clone());
        let opening = Arc::default();
        Self {
            objects,
            log,
            opening,
        }
    }

    /// The log of what was accepted.
    #[must_use]
    pub const fn log(&self) -> &Log {
        &self.log
    }

    /// Keeps a request that came from anywhere, if it [may be](Repository::admit). The same request while it is open is the
    /// same proposal.
    ///
    /// # Errors
    ///
    /// As [`Repository::admit`]; [`Error::ProposalTooLong`], [`Error::ProposalClosed`] when the same was taken back,
    /// [`Error::NothingNew`], [`Error::ProposalsFull`], [`Error::Bounds`], [`Error::Storage`], [`Error::Io`].
    pub async fn open(
        &self,
        request: &SigningRequest,
        repository: &Repository,
        now: Time,
    ) -> Result<Opening, Error> {
        let (request, key_ids) = repository.admit(request, now)?;
        let bytes: usize = request.to_files().values().map(Vec::len).sum();
        if bytes > REQUEST_BYTES {
            return Err(Error::ProposalTooLong {
                bytes,
                most: REQUEST_BYTES,
            });
        }
        let id = ProposalId::new(&request, now)?;
        let _one = self.opening.lock().await;
        let there = self.list(now).await?;
        let is_open = |held: &&Held| held.standing(repository, now).is_open();
        let mut same = there.iter().filter(|held| held.id.is_same_request(&id));
        if let Some(same) = same.clone().find(is_open) {
            return Ok(Opening::Again(same.clone()));
        }
        // What was taken back stays so: the signatures on it are in other people's hands too.
        if let Some(taken_back) = same.find(|held| held.discarded) {
            taken_back.check_open(repository, now)?;
        }
        quota::check(&there, &request, &key_ids, repository, now)?;
        let held = Held {
            id,
            opened: now,
            opened_by: key_ids.clone(),
            request,
            discarded: false,
        };
        self.note(Event::Opened, &held, key_ids, now).await?;
        let path = held.id.path("request.json");
        self.create(&path, &to_bytes(&Opened::of(&held)?)?).await?;
        Ok(Opening::New(held))
    }

    /// Adds one signature to an open proposal, if it verifies. Another one by a key that has signed changes nothing.
    ///
    /// # Errors
    ///
    /// [`Error::ProposalUnknown`], [`Error::ProposalClosed`]; as [`Repository::admit_signature`]; [`Error::Storage`],
    /// [`Error::Io`].
    pub async fn sign(
        &self,
        id: &ProposalId,
        role: &str,
        (key_id, signature): (&str, &str),
        repository: &Repository,
        now: Time,
    ) -> Result<Held, Error> {
        let held = self.find(id, now).await?;
        held.check_open(repository, now)?;
        let mut signed = held.request.clone();
        repository.admit_signature(&mut signed, role, key_id, signature)?;
        // Of one key there are as many valid signatures as it likes, and one is enough.
        let is_there = |file: &RoleFile| file.signatures().any(|(there, _)| there == key_id);
        if held.request.role(role).is_some_and(is_there) {
            return Ok(held);
        }
        self.note(Event::Signed, &held, [key_id.to_owned()].into(), now)
            .await?;
        let record = Signature::new(role, key_id, signature, now);
        let path = held.id.path(&record.name());
        self.create(&path, &to_bytes(&record)?).await?;
        // Who signed at the same time is seen by one of the two at least.
        self.find(id, now).await
    }

    /// Takes a proposal back, which whoever opened it may.
    ///
    /// # Errors
    ///
    /// [`Error::ProposalUnknown`], [`Error::ProposalClosed`], [`Error::KeyNotInRole`]; [`Error::Storage`], [`Error::Io`].
    pub async fn discard(
        &self,
        id: &ProposalId,
        key_id: &str,
        repository: &Repository,
        now: Time,
    ) -> Result<(), Error> {
        let held = self.find(id, now).await?;
        held.check_open(repository, now)?;
        if !held.opened_by.contains(key_id) {
            return Err(Error::NotYours {
                key_id: key_id.to_owned(),
            });
        }
        self.note(Event::Discarded, &held, [key_id.to_owned()].into(), now)
            .await?;
        let record = Discarded::new(key_id, now);
        self.create(&held.id.path(Discarded::NAME), &to_bytes(&record)?)
            .await
    }

    /// One proposal of the last days.
    ///
    /// # Errors
    ///
    /// [`Error::ProposalUnknown`], [`Error::Storage`], [`Error::Io`].
    pub async fn find(&self, id: &ProposalId, now: Time) -> Result<Held, Error> {
        let unknown = || Error::ProposalUnknown { id: id.to_string() };
        if !id::days(now).any(|day| id.is_of(&day)) {
            return Err(unknown());
        }
        let names = self.names(&id.path("")).await?;
        self.held(id, &names).await?.ok_or_else(unknown)
    }

    /// Every proposal of the last days, the newest first, whatever became of it.
    ///
    /// # Errors
    ///
    /// [`Error::Bounds`], [`Error::Storage`], [`Error::Io`].
    pub async fn list(&self, now: Time) -> Result<Vec<Held>, Error> {
        let mut found = Vec::new();
        let days = id::days(now).map(|day| self.names_of_day(day));
        for names in try_join_all(days).await? {
            let ids: BTreeSet<ProposalId> = names
                .iter()
                .filter_map(|name| ProposalId::of_path(name))
                .collect();
            let read = ids.iter().map(|id| self.held(id, &names));
            found.extend(try_join_all(read).await?.into_iter().flatten());
        }
        found.sort_by(|one, other| (other.opened, &other.id).cmp(&(one.opened, &one.id)));
        Ok(found)
    }

    async fn names_of_day(&self, day: String) -> Result<Vec<String>, Error> {
        self.names(&format!("{}{day}", id::FOLDER)).await
    }

    async fn names(&self, prefix: &str) -> Result<Vec<String>, Error> {
        let objects = self.objects.list(prefix, MOST_OBJECTS).await?;
        Ok(objects
            .into_iter()
            .map(|object| object.location.to_string())
            .collect())
    }

    /// Logs what is about to take effect: nothing takes effect that is not in the log.
    async fn note(
        &self,
        event: Event,
        held: &Held,
        key_ids: BTreeSet<String>,
        now: Time,
    ) -> Result<(), Error> {
        let roles = held.request.roles();
        let entry = Entry::new(event, Some(held.id.to_string()), key_ids, roles, now)?;
        self.log.append(entry).await
    }

    /// What lies there was written by whoever can write there: every file is read as if it had come from anywhere. What is
    /// not as it is written here is not there, so that one object of somebody's keeps nobody from all the others.
    async fn held(&self, id: &ProposalId, names: &[String]) -> Result<Option<Held>, Error> {
        let opened = self.object(&id.path("request.json")).await?;
        let held = opened.and_then(|bytes| read::<Opened>(&bytes).ok()?.held(id).ok());
        let Some(mut held) = held else {
            return Ok(None);
        };
        let folder = id.path("");
        let of_it = names.iter().filter_map(|name| name.strip_prefix(&folder));
        for name in of_it.filter(|name| name.starts_with(Signature::PREFIX)) {
            let bytes = self.object(&id.path(name)).await?;
            let signature = bytes.and_then(|bytes| read::<Signature>(&bytes).ok());
            if let Some(signature) = signature.filter(|signature| signature.name() == name) {
                signature.put(&mut held.request);
            }
        }
        held.discarded = names.contains(&id.path(Discarded::NAME));
        Ok(Some(held))
    }

    async fn object(&self, path: &str) -> Result<Option<Vec<u8>>, Error> {
        match self.objects.read(path, OBJECT_BYTES).await {
            Err(Error::Bounds { .. }) => Ok(None),
            object => Ok(object?.map(|object| object.bytes.to_vec())),
        }
    }

    async fn create(&self, path: &str, bytes: &[u8]) -> Result<(), Error> {
        match self.objects.create(path, bytes).await? {
            Written::Well => Ok(()),
            Written::Lost => Err(Error::Conflict),
        }
    }
}

/// The files of a request as JSON strings, in which a quote is two characters.
const OBJECT_BYTES: u64 = 3 * REQUEST_BYTES as u64;

/// Far more than the keys of a repository can open and sign in a day.
const MOST_OBJECTS: usize = 10_000;

#[cfg(test)]
mod tests;
