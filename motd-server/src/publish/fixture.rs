//! A repository whose keys everybody knows, and what goes around every check: for tests, demonstrations and published
//! vectors. It is behind the feature `fixture`, which no release of a library enables.
//!
//! The constructor's name begins with `assert_test`, so that a search finds every place that trusts such keys.

use motd_core::{RepositoryId, Time};
use serde_json::{Value, json};

use super::document::NoticeDocument;
use super::key::{Signer, SigningKey};
use super::metadata::canonical::{canonical, file_form};
use super::metadata::write::{after, meta_entry, set, set_version, target_entry, target_file};
use super::metadata::{RoleFile, malformed};
use super::plan::{Draft, LaterDelegation, Plan, RoleKeys, RootChange};
use super::publication::Online;
use super::repository::Repository;
use super::request::SigningRequest;
use super::steps::Published as _;
use super::{NOTICE_ROLE, TARGET_PATH};
use crate::publish::PublishError;
use crate::store::Lifetimes;
use crate::store::files::{FIRST_ROOT, Files, TIMESTAMP, versioned};

/// What the repository has beside the notice role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Notices alone.
    Sidecar,
    /// A later delegation `packages` for `packages/*` too, with one package.
    InBand,
}

/// A repository and all its keys in one place, which is what a real one never has.
///
/// Three people hold root, targets and notices, two of three each; a server holds a key for snapshots and one for
/// timestamps.
#[derive(Debug)]
pub struct TestRepository {
    /// The three people.
    pub people: [SigningKey; 3],
    /// The server's key for snapshots.
    pub snapshot: SigningKey,
    /// The server's key for timestamps.
    pub timestamp: SigningKey,
    /// The key that signs packages, where there are any.
    pub package: SigningKey,
    /// The identifier.
    pub id: RepositoryId,
    /// How long roles live.
    pub lifetimes: Lifetimes,
    /// What is published.
    pub repository: Repository,
}

impl TestRepository {
    /// A new repository at `now`, with an empty document.
    ///
    /// Keys are made of `seed`: two repositories with one seed have the same keys, with two seeds they share none.
    ///
    /// # Errors
    ///
    /// As [`Plan::draft`] and [`Draft::publish`]; none for sensible times.
    pub fn assert_test_repository(
        id: &RepositoryId,
        seed: u8,
        shape: Shape,
        now: Time,
    ) -> Result<Self, PublishError> {
        let key = |number: u8| {
            let mut bytes = [seed; 32];
            if let Some(last) = bytes.last_mut() {
                *last = number;
            }
            SigningKey::assert_test_seed(bytes)
        };
        let people = [key(1), key(2), key(3)];
        let (snapshot, timestamp, package) = (key(4), key(5), key(6));
        let team = role_keys(&people.iter().collect::<Vec<_>>(), 2);
        let content = b"a package\n";
        let entry = target_entry(content, None);
        let later = LaterDelegation {
            name: "packages".to_owned(),
            paths: vec!["packages/*".to_owned()],
            terminating: false,
            keys: role_keys(&[&package], 1),
            targets: [("packages/demo-1.0.tar.gz".to_owned(), entry)]
                .into_iter()
                .collect(),
        };
        let lifetimes = Lifetimes::default();
        let in_band = shape == Shape::InBand;
        let plan = Plan {
            repository: id.clone(),
            default_language: "en".to_owned(),
            root: team.clone(),
            targets: team.clone(),
            notices: team,
            snapshot: role_keys(&[&snapshot], 1),
            timestamp: role_keys(&[&timestamp], 1),
            later: in_band.then_some(later).into_iter().collect(),
            lifetimes,
        };
        let online = Online {
            snapshot: &snapshot,
            timestamp: &timestamp,
            lifetimes,
        };
        let mut signers: Vec<&dyn Signer> = vec![&people[0], &people[1]];
        if in_band {
            signers.push(&package);
        }
        let mut repository = first(plan.draft(now)?, &signers, &online, now)?;
        if in_band {
            let mut files = repository.files().clone();
            files.0.insert(
                target_file("packages/demo-1.0.tar.gz", content),
                content.to_vec(),
            );
            repository = Repository::load(files, repository.root().bytes())?;
        }
        Ok(Self {
            people,
            snapshot,
            timestamp,
            package,
            id: id.clone(),
            lifetimes,
            repository,
        })
    }

    /// The server's keys.
    #[must_use]
    pub fn online(&self) -> Online<'_> {
        Online {
            snapshot: &self.snapshot,
            timestamp: &self.timestamp,
            lifetimes: self.lifetimes,
        }
    }

    /// Version 1 of root: what an installer ships.
    #[must_use]
    pub fn trusted_root(&self) -> Vec<u8> {
        self.repository
            .files()
            .bytes(FIRST_ROOT)
            .unwrap_or_default()
            .to_vec()
    }

    /// Publishes notices: proposed, signed by the first two people, taken in.
    ///
    /// # Errors
    ///
    /// As `propose` and [`Repository::publish`].
    pub fn publish_notices(&mut self, notices: &[Value], now: Time) -> Result<(), PublishError> {
        let proposal = self.signed_proposal(notices, now)?;
        let publication = self.repository.publish(&proposal, &self.online(), now)?;
        self.repository.apply(&publication)
    }

    /// A proposal that the first two people have signed and nobody has published.
    ///
    /// # Errors
    ///
    /// As `propose`.
    pub fn signed_proposal(
        &self,
        notices: &[Value],
        now: Time,
    ) -> Result<SigningRequest, PublishError> {
        let notices = notices.iter().map(motd_core::json::Value::from_parsed);
        let notices = notices.collect::<Result<Vec<_>, _>>()?;
        let document = NoticeDocument::compose(&self.id, "en", &notices)?;
        let mut proposal =
            self.repository
                .propose(&document, now, after(now, self.lifetimes.notices))?;
        let [first, second, _] = &self.people;
        self.repository.sign(&mut proposal, first, now, &[])?;
        self.repository.sign(&mut proposal, second, now, &[])?;
        Ok(proposal)
    }

    /// Publishes any document at all inside a correctly signed role: what a client must refuse by itself.
    ///
    /// `document` is served as it is; `custom` is what the entry carries inline.
    ///
    /// # Errors
    ///
    /// [`PublishError::Metadata`] when a number in `custom` has a fraction.
    pub fn assert_publish_anything(
        &mut self,
        document: &[u8],
        custom: Option<Value>,
        now: Time,
    ) -> Result<(), PublishError> {
        let notices = self.repository.notices();
        let mut role = notices.signed().clone();
        let expires = after(now, self.lifetimes.notices);
        set_version(&mut role, notices.version() + 1, expires);
        let entry = target_entry(document, custom);
        set(&mut role, "targets", json!({ TARGET_PATH: entry }));
        let bytes = sign_raw(&role, &[&self.people[0], &self.people[1]])?;
        let role = RoleFile::read(NOTICE_ROLE, &bytes)?;
        let file = (target_file(TARGET_PATH, document), document.to_vec());
        self.assert_take_in(&role, vec![file], now)
    }

    /// Takes a role in without any check, as a thief of the online keys would.
    ///
    /// # Errors
    ///
    /// [`PublishError::Signer`], or as [`Repository::load`] when not even that is possible.
    pub fn assert_take_in(
        &mut self,
        role: &RoleFile,
        more: Vec<(String, Vec<u8>)>,
        now: Time,
    ) -> Result<(), PublishError> {
        let mut files = self.repository.files().clone();
        files.0.extend(more);
        let path = |file: &RoleFile| versioned(file.version(), file.name());
        files.0.insert(path(role), role.bytes().to_vec());
        let next = |before: &RoleFile, of: &RoleFile, days: u64, key: &SigningKey| {
            let mut signed = before.signed().clone();
            set_version(&mut signed, before.version() + 1, after(now, days));
            if let Some(meta) = signed.get_mut("meta") {
                let entry = meta_entry(of.version(), of.bytes());
                set(meta, &format!("{}.json", of.name()), entry);
            }
            RoleFile::read(before.name(), &sign_raw(&signed, &[key])?)
        };
        let (before, days) = (&self.repository, &self.lifetimes);
        let snapshot = next(before.snapshot(), role, days.snapshot, &self.snapshot)?;
        let timestamp = next(
            before.timestamp(),
            &snapshot,
            days.timestamp,
            &self.timestamp,
        )?;
        files.0.insert(path(&snapshot), snapshot.bytes().to_vec());
        files
            .0
            .insert(TIMESTAMP.to_owned(), timestamp.bytes().to_vec());
        self.repository = Repository::load(files, self.repository.root().bytes())?;
        Ok(())
    }

    /// Publishes the next root with one other person in the place of the third, and a new timestamp key.
    ///
    /// # Errors
    ///
    /// As [`Repository::publish`].
    pub fn rotate_root(
        &mut self,
        person: SigningKey,
        timestamp: SigningKey,
        now: Time,
    ) -> Result<(), PublishError> {
        let [first, second, third] = &self.people;
        let change = RootChange {
            root: Some(role_keys(&[first, second, &person], 2)),
            timestamp: Some(role_keys(&[&timestamp], 1)),
            ..RootChange::default()
        };
        let mut root: RoleFile = self
            .repository
            .draft_root(&change, now, self.lifetimes.root)?;
        for key in [second, third, &person] {
            root.add_signature(key)?;
        }
        let online = Online {
            timestamp: &timestamp,
            ..self.online()
        };
        let request = SigningRequest {
            root: Some(root),
            ..SigningRequest::default()
        };
        let publication = self.repository.publish(&request, &online, now)?;
        self.repository.apply(&publication)?;
        let [_, _, third] = &mut self.people;
        *third = person;
        self.timestamp = timestamp;
        Ok(())
    }

    /// Publishes a new timestamp, and a new snapshot when that is due.
    ///
    /// # Errors
    ///
    /// As [`Repository::renew`].
    pub fn renew(&mut self, now: Time) -> Result<(), PublishError> {
        let publication = self.repository.renew(&self.online(), now)?;
        self.repository.apply(&publication)
    }
}

fn role_keys(keys: &[&SigningKey], threshold: u64) -> RoleKeys {
    RoleKeys {
        keys: keys.iter().map(|key| key.public().clone()).collect(),
        threshold,
    }
}

/// Signs a draft with every person's key in turn, and publishes it: for one process that holds all keys.
fn first(
    mut draft: Draft,
    people: &[&dyn Signer],
    online: &Online<'_>,
    now: Time,
) -> Result<Repository, PublishError> {
    for person in people {
        draft.sign(*person)?;
    }
    let mut files = Files::default();
    files.apply(&draft.publish(online, now)?)?;
    assert_test_load(files)
}

/// Reads a repository from the first root among its own files, which only a test may believe.
///
/// # Errors
///
/// As [`Repository::load`].
pub fn assert_test_load(files: Files) -> Result<Repository, PublishError> {
    let root = files.bytes(FIRST_ROOT).unwrap_or_default().to_vec();
    Repository::load(files, &root)
}

/// Signs any JSON with any keys, with no check at all, and gives the file's bytes: what a thief of keys does.
///
/// # Errors
///
/// [`PublishError::Metadata`] when a number in it has a fraction, or what a key that does not sign fails with.
pub fn sign_raw(signed: &Value, keys: &[&dyn Signer]) -> Result<Vec<u8>, PublishError> {
    let fraction = |_| malformed("signed", "a number is not an integer");
    let message = canonical(signed).map_err(fraction)?;
    let mut signatures = Vec::with_capacity(keys.len());
    for key in keys {
        let value = hex::encode(key.sign(&message)?);
        signatures.push(json!({ "keyid": key.public().id(), "sig": value }));
    }
    file_form(&json!({ "signatures": signatures, "signed": signed })).map_err(fraction)
}

/// The `signed` of a file, for whoever wants to change and sign it again.
///
/// # Errors
///
/// [`PublishError::Metadata`] when there is none.
pub fn signed_of(bytes: &[u8]) -> Result<Value, PublishError> {
    let file: Value = serde_json::from_slice(bytes).map_err(|_| malformed("signed", "not JSON"))?;
    file.get("signed")
        .cloned()
        .ok_or_else(|| malformed("signed", "missing"))
}
