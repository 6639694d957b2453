//! What was accepted, in the order in which it was: each entry holds the hash of the one before.
//!
//! An entry is one object that is created under the next number and never written again, so several servers append to
//! one log without a lock. Whoever keeps the number and hash of an entry can tell later whether anything up to it was
//! changed or taken away; who keeps nothing can tell only whether the chain holds in itself.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use motd_core::Time;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use tokio::sync::Mutex;
use utoipa::ToSchema;

use super::record;
use crate::publish::RoleFile;
use crate::publish::metadata::write;
use crate::serve::ServeError;
use crate::store::{Objects, StoreError, WriteOutcome};

/// What was accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = Event)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum LogEvent {
    /// A proposal, with its first signatures.
    Opened,
    /// One more signature on it.
    Signed,
    /// It was taken back.
    Discarded,
    /// Enough people have signed it, and a server publishes it.
    Released,
    /// Something is published that no server has released: somebody published by another way.
    Observed,
}

impl LogEvent {
    /// One word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::Signed => "signed",
            Self::Discarded => "discarded",
            Self::Released => "released",
            Self::Observed => "observed",
        }
    }
}

/// One entry of the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = Entry)]
pub struct LogEntry {
    /// Its number; the first is 1.
    pub entry: u64,
    /// SHA-256 of the bytes of the entry before, in lower-case hexadecimal; 64 zeros in the first.
    pub previous: String,
    /// When, by the clock of the server that wrote it.
    #[schema(value_type = String)]
    pub time: Time,
    /// What happened.
    pub event: LogEvent,
    /// The proposal; absent when there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proposal: Option<String>,
    /// Who signed: opened it, signed it, took it back, or all whose valid signatures were published.
    pub key_ids: BTreeSet<String>,
    /// The roles that it is about.
    pub roles: BTreeMap<String, LoggedRole>,
}

/// A role as the log names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LoggedRole {
    /// Its version.
    pub version: u64,
    /// SHA-256 of what is signed, in canonical form, in lower-case hexadecimal.
    pub sha256: String,
}

impl LogEntry {
    /// Of roles as they are; number and link are given when it is appended.
    pub(crate) fn new<'a>(
        event: LogEvent,
        proposal: Option<String>,
        key_ids: BTreeSet<String>,
        roles: impl Iterator<Item = &'a RoleFile>,
        now: Time,
    ) -> Result<Self, ServeError> {
        let logged = |file: &RoleFile| {
            let sha256 = write::sha256(&file.canonical()?);
            let version = file.version();
            Ok((file.name().to_owned(), LoggedRole { version, sha256 }))
        };
        Ok(Self {
            entry: 0,
            previous: String::new(),
            time: now,
            event,
            proposal,
            key_ids,
            roles: roles.map(logged).collect::<Result<_, ServeError>>()?,
        })
    }
}

/// The last entry that is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogHead {
    /// Its number; 0 before the first.
    pub entry: u64,
    /// Its hash.
    pub hash: String,
}

impl LogHead {
    /// Before the first entry.
    #[must_use]
    pub fn none() -> Self {
        Self {
            entry: 0,
            hash: "0".repeat(64),
        }
    }

    /// The head after the next entry, for who has the entries from elsewhere.
    ///
    /// # Errors
    ///
    /// [`ServeError::LogBroken`] when it does not follow.
    pub fn follow(&self, next: &LogEntry) -> Result<Self, ServeError> {
        if next.entry != self.entry + 1 || next.previous != self.hash {
            return Err(ServeError::LogBroken {
                entry: self.entry + 1,
            });
        }
        Ok(Self::of(next.entry, &record::to_bytes(next)?))
    }

    fn of(entry: u64, bytes: &[u8]) -> Self {
        Self {
            entry,
            hash: hex::encode(Sha256::digest(bytes)),
        }
    }
}

/// The log in a store.
#[derive(Clone, Debug)]
pub struct ProposalLog {
    objects: Objects,
    head: Arc<Mutex<Option<LogHead>>>,
}

impl ProposalLog {
    pub(super) fn on(objects: Objects) -> Self {
        Self {
            objects,
            head: Arc::default(),
        }
    }

    /// Writes the next entry.
    ///
    /// # Errors
    ///
    /// [`ServeError::LogBroken`], [`StoreError::Conflict`] when others are always first, [`StoreError::Bounds`] for an
    /// entry that nobody could read, [`StoreError::Storage`], [`StoreError::Io`].
    pub(crate) async fn append(&self, entry: LogEntry) -> Result<(), ServeError> {
        let mut known = self.head.lock().await;
        let mut head = match known.take() {
            Some(head) => head,
            None => self.find_head().await?,
        };
        for _ in 0..MOST_TRIES {
            let next = LogEntry {
                entry: head.entry + 1,
                previous: head.hash.clone(),
                ..entry.clone()
            };
            let bytes = record::to_bytes(&next)?;
            // What could not be read again would be the last entry for ever.
            if bytes.len() as u64 > ENTRY_BYTES {
                let path = path(next.entry);
                let what = "it is longer than is read";
                return Err(StoreError::Bounds { path, what }.into());
            }
            match self.objects.create(&path(next.entry), &bytes).await? {
                WriteOutcome::Stored => {
                    *known = Some(LogHead::of(next.entry, &bytes));
                    return Ok(());
                }
                // Another server's entry comes before this one.
                WriteOutcome::Taken => {
                    (_, head) = self.read(&head).await?.ok_or(StoreError::Conflict)?;
                }
            }
        }
        *known = Some(head);
        Err(StoreError::Conflict.into())
    }

    /// The entries after one, at most `most` of them, with the head that follows. It is an error if they do not follow.
    ///
    /// # Errors
    ///
    /// [`ServeError::LogBroken`] with the number of the entry that does not follow, [`StoreError::Storage`],
    /// [`StoreError::Io`].
    pub async fn since(
        &self,
        after: &LogHead,
        most: usize,
    ) -> Result<(Vec<LogEntry>, LogHead), ServeError> {
        let mut entries = Vec::new();
        let mut head = after.clone();
        while entries.len() < most {
            let Some((entry, next)) = self.read(&head).await? else {
                break;
            };
            entries.push(entry);
            head = next;
        }
        Ok((entries, head))
    }

    /// The entry of this number as a head to go on from, whatever comes before it; nothing when there is none.
    ///
    /// # Errors
    ///
    /// [`StoreError::Storage`], [`StoreError::Io`].
    pub async fn at(&self, entry: u64) -> Result<Option<LogHead>, ServeError> {
        if entry == 0 {
            return Ok(Some(LogHead::none()));
        }
        let object = self.objects.read(&path(entry), ENTRY_BYTES).await?;
        Ok(object.map(|object| LogHead::of(entry, &object.bytes)))
    }

    /// Whether an entry says that these roles are published, or about to be.
    pub(crate) async fn has(
        &self,
        roles: &BTreeMap<String, LoggedRole>,
    ) -> Result<bool, ServeError> {
        // An entry of later versions is a release that failed half-way; one of older versions comes before all that is
        // looked for.
        let is_older = |entry: &LogEntry| {
            let version = |name| roles.get(name).map(|role| role.version);
            let mut logged = entry.roles.iter();
            logged.all(|(name, role)| Some(role.version) <= version(name))
        };
        let mut number = self.find_head().await?.entry;
        while number > 0 {
            let object = self.objects.read(&path(number), ENTRY_BYTES).await?;
            let object = object.ok_or(ServeError::LogBroken { entry: number })?;
            let entry: LogEntry = record::read(&object.bytes)?;
            if matches!(entry.event, LogEvent::Released | LogEvent::Observed) {
                if entry.roles == *roles {
                    return Ok(true);
                }
                if is_older(&entry) {
                    break;
                }
            }
            number -= 1;
        }
        Ok(false)
    }

    /// The next entry, if there is one, and the head after it.
    async fn read(&self, head: &LogHead) -> Result<Option<(LogEntry, LogHead)>, ServeError> {
        let number = head.entry + 1;
        let Some(object) = self.objects.read(&path(number), ENTRY_BYTES).await? else {
            return Ok(None);
        };
        let broken = || ServeError::LogBroken { entry: number };
        let entry: LogEntry = record::read(&object.bytes).map_err(|_| broken())?;
        let next = head.follow(&entry)?;
        // Whoever reads it from a server makes the bytes again.
        if next != LogHead::of(number, &object.bytes) {
            return Err(broken());
        }
        Ok(Some((entry, next)))
    }

    /// Entries have no gap, so that the last one is found in as many steps as its number has binary digits, twice.
    async fn find_head(&self) -> Result<LogHead, ServeError> {
        let is_there = async |entry: u64| {
            Ok::<_, ServeError>(self.objects.mark(&path(entry)).await?.is_some())
        };
        let (mut last, mut beyond) = (0, 1);
        while is_there(beyond).await? {
            (last, beyond) = (beyond, beyond.saturating_mul(2));
        }
        while beyond - last > 1 {
            let middle = last + (beyond - last) / 2;
            if is_there(middle).await? {
                last = middle;
            } else {
                beyond = middle;
            }
        }
        let head = self.at(last).await?;
        head.ok_or(ServeError::LogBroken { entry: last })
    }
}

fn path(entry: u64) -> String {
    format!("log/{entry:012}.json")
}

/// Each loss is an entry of somebody else, and people sign seldom.
const MOST_TRIES: usize = 64;

/// An entry names a few keys and roles.
const ENTRY_BYTES: u64 = 256 * 1024;
