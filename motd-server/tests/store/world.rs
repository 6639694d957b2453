//! The three stores, and the people and keys of one repository.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use motd_core::{LanguageTag, RepositoryId, Time};
use motd_server::publish::document::NoticeDocument;
use motd_server::publish::fixture::{self, Shape, TestRepository};
use motd_server::publish::key::Signer as _;
use motd_server::publish::key::SigningKey;
use motd_server::publish::metadata::write;
use motd_server::publish::{Online, PublishError, Published as _, Repository, RoleKeys};
use motd_server::store::Lifetimes;
use motd_server::store::files::{Files, METADATA, Publication};
use motd_server::store::{Location, Objects, RepositoryConfig, S3Settings, Store};
use motd_test_support::s3::{BUCKET, S3Server};
use object_store::ObjectStoreExt as _;
use object_store::memory::InMemory;
use object_store::path::Path;
use serde_json::json;

pub(crate) const HOUR: i64 = 3_600;
pub(crate) const DAY: i64 = 24 * HOUR;

/// This many seconds after the first publication.
pub(crate) fn at(seconds: i64) -> Time {
    Time::from_unix_seconds(1_523_520_000 + seconds).unwrap()
}

pub(crate) fn id() -> RepositoryId {
    "example.org".parse().unwrap()
}

pub(crate) fn config() -> RepositoryConfig {
    RepositoryConfig {
        repository: id(),
        default_language: LanguageTag::english(),
        lifetimes: Lifetimes::default(),
    }
}

/// A kind of store, with as many empty places as a test needs.
pub(crate) enum Kind {
    Memory,
    Folder(tempfile::TempDir, AtomicUsize),
    S3(Box<S3Server>, AtomicUsize),
}

impl Kind {
    pub(crate) fn all() -> [Self; 3] {
        [
            Self::Memory,
            Self::Folder(tempfile::tempdir().unwrap(), AtomicUsize::new(0)),
            Self::S3(Box::new(S3Server::start()), AtomicUsize::new(0)),
        ]
    }

    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Memory => "memory",
            Self::Folder(..) => "folder",
            Self::S3(..) => "S3",
        }
    }

    pub(crate) fn place(&self) -> Objects {
        match self {
            Self::Memory => Objects::same(Arc::new(InMemory::new())),
            Self::Folder(folder, next) => {
                let next = next.fetch_add(1, Ordering::SeqCst).to_string();
                let path = folder.path().join(next);
                std::fs::create_dir(&path).unwrap();
                Objects::at(&Location::folder(&path), &S3Settings::default()).unwrap()
            }
            Self::S3(server, next) => {
                let next = next.fetch_add(1, Ordering::SeqCst);
                let bucket = format!("{BUCKET}-{next}");
                server.make_bucket(&bucket);
                let location = Location::parse(format!("s3://{bucket}/index").into()).unwrap();
                Objects::at(&location, &S3Settings::from_variables(server.variables())).unwrap()
            }
        }
    }

    /// A place with these files in it.
    pub(crate) async fn place_with(&self, files: &Files) -> Objects {
        let place = self.place();
        for (path, bytes) in &files.0 {
            let path = Path::parse(path).unwrap();
            place.writes.put(&path, bytes.clone().into()).await.unwrap();
        }
        let config = Path::parse(RepositoryConfig::FILE).unwrap();
        let text = super::world::config().to_toml();
        place.writes.put(&config, text.into()).await.unwrap();
        place
    }
}

pub(crate) fn key(number: u8) -> SigningKey {
    let mut seed = [7; 32];
    seed[31] = number;
    SigningKey::assert_test_seed(seed)
}

pub(crate) fn keys(keys: &[&SigningKey], threshold: u64) -> RoleKeys {
    RoleKeys {
        keys: keys.iter().map(|key| key.public().clone()).collect(),
        threshold,
    }
}

/// Everybody who signs. 1 to 3 are people, 4 signs snapshots, 5 timestamps; 14 and 15 will.
pub(crate) struct Team {
    people: [SigningKey; 3],
    leaving: [SigningKey; 2],
    coming: [SigningKey; 2],
}

impl Team {
    pub(crate) fn new() -> Self {
        Self {
            people: [key(1), key(2), key(3)],
            leaving: [key(4), key(5)],
            coming: [key(14), key(15)],
        }
    }

    /// The repository on its first day, with `Before` published in it.
    pub(crate) fn repository() -> TestRepository {
        let mut test =
            TestRepository::assert_test_repository(&id(), 7, Shape::Sidecar, at(0)).unwrap();
        test.publish_notices(&[notice("Before")], at(0)).unwrap();
        test
    }

    pub(crate) fn people(&self) -> &[SigningKey; 3] {
        &self.people
    }

    pub(crate) fn leaving(&self) -> Online<'_> {
        online(&self.leaving)
    }

    pub(crate) fn coming(&self) -> Online<'_> {
        online(&self.coming)
    }

    pub(crate) fn coming_keys(&self) -> &[SigningKey; 2] {
        &self.coming
    }

    /// The online keys that this repository's root lists.
    pub(crate) fn online(&self, repository: &Repository) -> Online<'_> {
        let timestamp = repository.root().authority("timestamp").unwrap();
        if timestamp.has(self.coming[1].public()) {
            self.coming()
        } else {
            self.leaving()
        }
    }

    /// A publication of one notice, signed by two people.
    pub(crate) fn publication(
        &self,
        repository: &Repository,
        title: &str,
        now: Time,
    ) -> Result<Publication, PublishError> {
        let notice = motd_core::json::Value::from_parsed(&notice(title)).unwrap();
        let document = NoticeDocument::compose(&id(), "en", &[notice])?;
        let mut proposal = repository.propose(&document, now, write::after(now, 30))?;
        for person in &self.people[..2] {
            repository.sign(&mut proposal, person, now, &[])?;
        }
        repository.publish(&proposal, &self.online(repository), now)
    }

    /// The same from what a store holds, into it.
    pub(crate) async fn publish(
        &self,
        store: &Store,
        title: &str,
        now: Time,
    ) -> Result<(), PublishError> {
        let repository = fixture::assert_test_load(store.load().await?)?;
        let publication = self.publication(&repository, title, now)?;
        Ok(store.commit(&publication).await?)
    }
}

fn online(keys: &[SigningKey; 2]) -> Online<'_> {
    let [snapshot, timestamp] = keys;
    Online {
        snapshot,
        timestamp,
        lifetimes: Lifetimes::default(),
    }
}

pub(crate) fn notice(title: &str) -> serde_json::Value {
    json!({
        "id": title.to_lowercase(), "revision": 1, "severity": "warning",
        "begins": "2018-04-01T00:00:00Z", "ends": "2018-12-31T00:00:00Z",
        "text": { "en": { "title": title, "body": ["A paragraph."] } },
    })
}

/// The version of a role's newest file, published or not.
pub(crate) fn newest(files: &Files, role: &str) -> u64 {
    let versions = files.0.keys().filter_map(|path| {
        let name = path.strip_prefix(METADATA)?;
        let (version, rest) = name.split_once('.')?;
        (rest == format!("{role}.json")).then(|| version.parse::<u64>().ok())?
    });
    versions.max().unwrap_or_default()
}
