//! A repository whose keys everybody knows: for tests, demonstrations and published vectors.
//!
//! The constructor's name begins with `assert_test`, so that a search finds every place that trusts such keys.

use motd_core::{RepositoryId, Time};
use serde_json::{Value, json};
use tuf::crypto::PrivateKey;

use super::plan::{LaterDelegation, Lifetimes, Plan, RoleKeys};
use super::publish::{Change, Online};
use super::repository::{Proposal, Repository};
use super::role_file::RoleFile;
use super::{NOTICE_ROLE, RootChange, TARGET_PATH, raw};
use crate::error::Error;
use crate::publish::document::NoticeDocument;
use crate::publish::key::SigningKey;

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
    /// Whether the next publication has a bundle; at first there is none.
    pub bundle: bool,
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
    /// As [`Repository::init`]; none for sensible times.
    pub fn assert_test_repository(
        id: &RepositoryId,
        seed: u8,
        shape: Shape,
        now: Time,
    ) -> Result<Self, Error> {
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
        let entry = raw::target_entry(content, None);
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
            bundle: false,
        };
        let mut signers: Vec<&dyn PrivateKey> = vec![&people[0], &people[1]];
        if in_band {
            signers.push(&package);
        }
        let mut repository = Repository::init(&plan, &signers, &online, now)?;
        if in_band {
            let mut files = repository.files().clone();
            files.0.insert(
                raw::target_file("packages/demo-1.0.tar.gz", content),
                content.to_vec(),
            );
            repository = Repository::load(files)?;
        }
        Ok(Self {
            people,
            snapshot,
            timestamp,
            package,
            id: id.clone(),
            lifetimes,
            bundle: false,
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
            bundle: self.bundle,
        }
    }

    /// Version 1 of root: what an installer ships.
    #[must_use]
    pub fn trusted_root(&self) -> Vec<u8> {
        self.repository
            .files()
            .bytes("metadata/1.root.json")
            .unwrap_or_default()
            .to_vec()
    }

    /// Publishes notices: proposed, signed by the first two people, taken in.
    ///
    /// # Errors
    ///
    /// As [`Repository::propose`] and [`Repository::publish`].
    pub fn publish_notices(&mut self, notices: &[Value], now: Time) -> Result<(), Error> {
        let proposal = self.signed_proposal(notices, now)?;
        let publication = self.repository.publish(&proposal, &self.online(), now)?;
        self.repository.apply(&publication)
    }

    /// A proposal that the first two people have signed and nobody has published.
    ///
    /// # Errors
    ///
    /// As [`Repository::propose`].
    pub fn signed_proposal(&self, notices: &[Value], now: Time) -> Result<Proposal, Error> {
        let notices = notices.iter().map(motd_core::json::Value::from_parsed);
        let notices = notices.collect::<Result<Vec<_>, _>>()?;
        let document = NoticeDocument::compose(&self.id, "en", &notices)?;
        let mut proposal = self
            .repository
            .propose(&document, now, self.lifetimes.notices)?;
        let [first, second, _] = &self.people;
        self.repository.sign(&mut proposal, first, now)?;
        self.repository.sign(&mut proposal, second, now)?;
        Ok(proposal)
    }

    /// Publishes any document at all inside a correctly signed role: what a client must refuse by itself.
    ///
    /// `document` is served as it is; `custom` is what the entry carries inline.
    ///
    /// # Errors
    ///
    /// [`Error::Metadata`] when a number in `custom` has a fraction.
    pub fn assert_publish_anything(
        &mut self,
        document: &[u8],
        custom: Option<Value>,
        now: Time,
    ) -> Result<(), Error> {
        let mut role = self.repository.notices()?.signed().clone();
        super::plan::set(
            &mut role,
            "version",
            (self.repository.notices()?.version()? + 1).into(),
        );
        super::plan::set(
            &mut role,
            "expires",
            raw::after(now, self.lifetimes.notices).to_string().into(),
        );
        super::plan::set(
            &mut role,
            "targets",
            json!({ TARGET_PATH: raw::target_entry(document, custom) }),
        );
        let bytes = raw::sign_raw(&role, &[&self.people[0], &self.people[1]])?;
        let role = RoleFile::read(NOTICE_ROLE, &bytes)?;
        let file = (raw::target_file(TARGET_PATH, document), document.to_vec());
        let online = Online {
            snapshot: &self.snapshot,
            timestamp: &self.timestamp,
            lifetimes: self.lifetimes,
            bundle: self.bundle,
        };
        self.repository
            .assert_take_in(&role, vec![file], &online, now)
    }

    /// Publishes the next root with one other person in the place of the third, and a new timestamp key.
    ///
    /// # Errors
    ///
    /// As [`Repository::publish_change`].
    pub fn rotate_root(
        &mut self,
        person: SigningKey,
        timestamp: SigningKey,
        now: Time,
    ) -> Result<(), Error> {
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
            snapshot: &self.snapshot,
            timestamp: &timestamp,
            lifetimes: self.lifetimes,
            bundle: self.bundle,
        };
        let change = Change {
            root: Some(&root),
            ..Change::default()
        };
        let publication = self.repository.publish_change(&change, &online, now)?;
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
    pub fn renew(&mut self, now: Time) -> Result<(), Error> {
        let publication = self.repository.renew(&self.online(), now)?;
        self.repository.apply(&publication)
    }
}

fn role_keys(keys: &[&SigningKey], threshold: u64) -> RoleKeys {
    RoleKeys {
        keys: keys
            .iter()
            .map(|key| PrivateKey::public(*key).clone())
            .collect(),
        threshold,
    }
}
