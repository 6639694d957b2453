//! A repository as it is published now, verified, and proposals for its notice role.

use std::collections::BTreeMap;

use motd_core::{Code, Refusal, RepositoryId, Time};
use serde_json::{Value, json};
use tuf::crypto::PrivateKey;

use super::authority::Authority;
use super::difference::{Difference, differences};
use super::plan::set;
use super::request::unexpected;
use super::role_file::{RoleFile, malformed};
use super::{CUSTOM_MEMBER, NOTICE_ROLE, TARGET_PATH, check, raw};
use crate::error::Error;
use crate::publish::document::NoticeDocument;
use crate::store::files::{Files, METADATA, Publication, TARGETS, TIMESTAMP, versioned};

/// A new version of the notice role, signed or not yet, with the document that it carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// The role's file.
    pub role: RoleFile,
    /// The document bytes.
    pub document: Vec<u8>,
}

impl Proposal {
    /// Reads a proposal that travelled as files. The document may be absent when the role carries it inline.
    ///
    /// # Errors
    ///
    /// [`Error::Metadata`], [`Error::Limits`], or [`Error::Missing`] when there is no document anywhere.
    pub fn read(role: &[u8], document: Option<Vec<u8>>) -> Result<Self, Error> {
        let role = RoleFile::read(NOTICE_ROLE, role)?;
        let inline = || {
            let entry = role.signed().get("targets")?.get(TARGET_PATH)?;
            let value =
                motd_core::json::Value::from_parsed(entry.get("custom")?.get(CUSTOM_MEMBER)?)
                    .ok()?;
            Some(value.document_bytes())
        };
        let document = document.or_else(inline);
        let document = document.ok_or_else(|| Error::Missing {
            path: TARGET_PATH.to_owned(),
        })?;
        Ok(Self { role, document })
    }
}

impl Proposal {
    /// The next version of a notice role, unsigned: another document, and everything else as it is.
    pub(super) fn draft(
        mut signed: Value,
        version: u64,
        document: &NoticeDocument,
        now: Time,
        expires: Time,
    ) -> Result<Self, Error> {
        set(&mut signed, "version", version.into());
        set(&mut signed, "expires", expires.to_string().into());
        let entry = document.target_entry();
        match signed.get_mut("targets") {
            Some(targets) => set(targets, TARGET_PATH, entry),
            None => set(&mut signed, "targets", json!({ TARGET_PATH: entry })),
        }
        let role = RoleFile::unsigned(NOTICE_ROLE, signed)?;
        check::expiry(&role, now)?;
        Ok(Self {
            role,
            document: document.bytes().to_vec(),
        })
    }

    /// The document, judged as a client would, and compared with the role's entry.
    ///
    /// # Errors
    ///
    /// [`Error::Document`] or [`Error::Metadata`] when a client would refuse it.
    pub fn read_document(&self) -> Result<NoticeDocument, Error> {
        check::carriers(self)
    }
}

/// A whole repository whose signatures have been verified, whatever its expiry.
#[derive(Clone, Debug)]
pub struct Repository {
    pub(super) files: Files,
    pub(super) root: RoleFile,
    pub(super) timestamp: RoleFile,
    pub(super) snapshot: RoleFile,
    roles: BTreeMap<String, RoleFile>,
}

impl Repository {
    /// Reads a repository and verifies it from its newest root down.
    ///
    /// # Errors
    ///
    /// [`Error::Missing`], [`Error::Metadata`], [`Error::Threshold`]: it is not whole.
    pub fn load(files: Files) -> Result<Self, Error> {
        let mut newest = 1;
        while files.bytes(&versioned(newest + 1, "root")).is_some() {
            newest += 1;
        }
        let root = read(&files, &versioned(newest, "root"), "root")?;
        Authority::of_root(&root, "root")?.check(&root)?;
        Self::under(root, files)
    }

    /// The same under a root that has been verified.
    pub(super) fn under(root: RoleFile, files: Files) -> Result<Self, Error> {
        let timestamp = read(&files, TIMESTAMP, "timestamp")?;
        Authority::of_root(&root, "timestamp")?.check(&timestamp)?;
        let snapshot = read_listed(&files, &timestamp, "snapshot")?;
        Authority::of_root(&root, "snapshot")?.check(&snapshot)?;
        let mut roles = BTreeMap::new();
        let listed = snapshot
            .signed()
            .get("meta")
            .and_then(Value::as_object)
            .into_iter()
            .flatten();
        for name in listed.filter_map(|(name, _)| name.strip_suffix(".json")) {
            roles.insert(name.to_owned(), read_listed(&files, &snapshot, name)?);
        }
        let repository = Self {
            files,
            root,
            timestamp,
            snapshot,
            roles,
        };
        Authority::of_root(&repository.root, "targets")?.check(repository.targets()?)?;
        Authority::of_delegation(repository.targets()?, NOTICE_ROLE)?
            .check(repository.notices()?)?;
        Ok(repository)
    }

    /// The files.
    #[must_use]
    pub const fn files(&self) -> &Files {
        &self.files
    }

    /// The newest root.
    #[must_use]
    pub const fn root(&self) -> &RoleFile {
        &self.root
    }

    /// The timestamp.
    #[must_use]
    pub const fn timestamp(&self) -> &RoleFile {
        &self.timestamp
    }

    /// The snapshot.
    #[must_use]
    pub const fn snapshot(&self) -> &RoleFile {
        &self.snapshot
    }

    /// Top-level targets.
    ///
    /// # Errors
    ///
    /// [`Error::Missing`] when the snapshot does not list it.
    pub fn targets(&self) -> Result<&RoleFile, Error> {
        self.role("targets")
    }

    /// The notice role.
    ///
    /// # Errors
    ///
    /// [`Error::Missing`] when the snapshot does not list it.
    pub fn notices(&self) -> Result<&RoleFile, Error> {
        self.role(NOTICE_ROLE)
    }

    /// Any role that the snapshot lists.
    ///
    /// # Errors
    ///
    /// [`Error::Missing`] when it does not.
    pub fn role(&self, name: &str) -> Result<&RoleFile, Error> {
        self.roles.get(name).ok_or_else(|| Error::Missing {
            path: format!("{METADATA}{name}.json"),
        })
    }

    /// The document that is published now.
    ///
    /// # Errors
    ///
    /// [`Error::Missing`], or [`Error::Document`] when a client would refuse it.
    pub fn document(&self, repository: &RepositoryId) -> Result<NoticeDocument, Error> {
        NoticeDocument::read(&self.document_bytes(self.notices()?)?, repository)
    }

    /// The identifier in the document that is published now.
    ///
    /// # Errors
    ///
    /// [`Error::Missing`], or [`Error::Document`] when it has none.
    pub fn identifier(&self) -> Result<RepositoryId, Error> {
        let bytes = self.document_bytes(self.notices()?)?;
        let published = motd_core::json::parse(&bytes)?;
        let member = published.member("repository");
        let id = member.and_then(|value| value.as_str()?.parse().ok());
        let malformed = Refusal::of_document(Code::RepositoryMalformed);
        id.ok_or(Error::Document(malformed))
    }

    /// Writes the next version of the notice role for a document, unsigned. Everything else in the role stays.
    ///
    /// # Errors
    ///
    /// [`Error::Expiry`] for more than 93 days, [`Error::Revision`], [`Error::Limits`].
    pub fn propose(
        &self,
        document: &NoticeDocument,
        now: Time,
        days: u64,
    ) -> Result<Proposal, Error> {
        self.propose_until(document, now, raw::after(now, days))
    }

    /// As [`Repository::propose`], for a role that expires at this time.
    ///
    /// # Errors
    ///
    /// As [`Repository::propose`].
    pub fn propose_until(
        &self,
        document: &NoticeDocument,
        now: Time,
        expires: Time,
    ) -> Result<Proposal, Error> {
        self.check_revisions(document)?;
        let current = self.notices()?;
        let version = self.next_version(NOTICE_ROLE, current.version()?);
        Proposal::draft(current.signed().clone(), version, document, now, expires)
    }

    /// What a proposal changes in the notice role, computed from the payload itself.
    ///
    /// # Errors
    ///
    /// [`Error::Missing`] when there is no notice role.
    pub fn differences(&self, proposal: &Proposal) -> Result<Vec<Difference>, Error> {
        Ok(differences(
            self.notices()?.signed(),
            proposal.role.signed(),
        ))
    }

    /// Adds one person's signature to a proposal, after the checks that make a signature worth giving.
    ///
    /// # Errors
    ///
    /// [`Error::KeyNotInRole`], [`Error::Unexpected`], [`Error::Expiry`], [`Error::Version`], [`Error::Document`],
    /// [`Error::Limits`], [`Error::Signer`].
    pub fn sign(
        &self,
        proposal: &mut Proposal,
        key: &dyn PrivateKey,
        now: Time,
    ) -> Result<(), Error> {
        self.sign_with(proposal, key, now, &[])
    }

    /// As [`Repository::sign`], for a signer who has read that the proposal changes these places too.
    ///
    /// # Errors
    ///
    /// As [`Repository::sign`].
    pub fn sign_with(
        &self,
        proposal: &mut Proposal,
        key: &dyn PrivateKey,
        now: Time,
        places: &[&str],
    ) -> Result<(), Error> {
        let authority = Authority::of_delegation(self.targets()?, NOTICE_ROLE)?;
        if !authority.has(key.public()) {
            let key_id = key.public().key_id().to_string();
            return Err(Error::KeyNotInRole {
                role: NOTICE_ROLE.to_owned(),
                key_id,
            });
        }
        self.check_proposal(proposal, now, places)?;
        proposal.role.add_signature(key)
    }

    /// What makes a signature on a proposal worth giving.
    pub(super) fn check_proposal(
        &self,
        proposal: &Proposal,
        now: Time,
        places: &[&str],
    ) -> Result<(), Error> {
        // Not a second target or delegation together with the text.
        let found = self.differences(proposal)?;
        if let Some(more) = found
            .iter()
            .find(|found| !found.is_expected() && !found.is_among(places))
        {
            return Err(unexpected(NOTICE_ROLE, more));
        }
        check::expiry(&proposal.role, now)?;
        check::version(&self.files, self.notices()?, &proposal.role)?;
        check::carriers(proposal)?;
        Ok(())
    }

    /// Puts a publication in.
    ///
    /// # Errors
    ///
    /// [`Error::Conflict`], [`Error::Burned`], or as [`Repository::load`] when it was not made by this crate.
    pub fn apply(&mut self, publication: &Publication) -> Result<(), Error> {
        let mut files = self.files.clone();
        files.apply(publication)?;
        *self = Self::load(files)?;
        Ok(())
    }

    /// MOTD-PUB-2: one more than is published; MOTD-PUB-5: a version that a failed attempt left behind is skipped.
    pub(super) fn next_version(&self, role: &str, current: u64) -> u64 {
        let mut version = current + 1;
        while self.files.bytes(&versioned(version, role)).is_some() {
            version += 1;
        }
        version
    }

    /// Compares with everything that was published before: who saw a notice, saw it whenever that was.
    pub(super) fn check_revisions(&self, document: &NoticeDocument) -> Result<(), Error> {
        self.check_repository(document)?;
        let newest = self.notices()?.version()?;
        let published = (1..=newest).rev().filter_map(|version| {
            let role = read(&self.files, &versioned(version, NOTICE_ROLE), NOTICE_ROLE).ok()?;
            let bytes = self.document_bytes(&role).ok()?;
            NoticeDocument::read(&bytes, document.judged().repository()).ok()
        });
        document.check_after(published)
    }

    /// MOTD-DOC-4: clients compare with what they have configured, and that does not change.
    fn check_repository(&self, document: &NoticeDocument) -> Result<(), Error> {
        let published = self.identifier()?;
        let offered = document.judged().repository();
        if published == *offered {
            return Ok(());
        }
        Err(Error::OtherRepository {
            offered: offered.to_string(),
            published: published.to_string(),
        })
    }

    fn document_bytes(&self, role: &RoleFile) -> Result<Vec<u8>, Error> {
        let hash = document_hash(role)?;
        let path = document_path(hash);
        let Some(bytes) = self.files.bytes(&path) else {
            return Err(Error::Missing { path });
        };
        // MOTD-CARRY-8: a name with the hash in it is only what whoever holds the files calls them.
        if raw::sha256(bytes) == hash {
            Ok(bytes.to_vec())
        } else {
            Err(Refusal::of_document(Code::HashMismatch).into())
        }
    }
}

/// The SHA-256 of the document, as the notice role has it.
pub(super) fn document_hash(role: &RoleFile) -> Result<&str, Error> {
    let targets = role.signed().get("targets");
    let entry = targets.and_then(|targets| targets.get(TARGET_PATH));
    let hash = entry.and_then(|entry| entry.get("hashes")?.get("sha256")?.as_str());
    hash.ok_or_else(|| malformed(NOTICE_ROLE, "no SHA-256 of the reserved path"))
}

/// Where the document of this hash lies.
pub(super) fn document_path(hash: &str) -> String {
    format!("{TARGETS}motd/{hash}.notices.json")
}

fn read(files: &Files, path: &str, name: &str) -> Result<RoleFile, Error> {
    let bytes = files.bytes(path).ok_or_else(|| Error::Missing {
        path: path.to_owned(),
    })?;
    RoleFile::read(name, bytes)
}

/// A role under the version that `parent` lists.
fn read_listed(files: &Files, parent: &RoleFile, name: &str) -> Result<RoleFile, Error> {
    let entry = parent
        .signed()
        .get("meta")
        .and_then(|meta| meta.get(format!("{name}.json")));
    let version = entry.and_then(|entry| entry.get("version")?.as_u64());
    let version = version.ok_or_else(|| malformed(parent.name(), "a role is not listed"))?;
    let role = read(files, &versioned(version, name), name)?;
    if role.version()? != version {
        return Err(malformed(
            name,
            "its version is not the one that its file name says",
        ));
    }
    let listed = |member: &str| entry.and_then(|entry| entry.get(member));
    let length = listed("length").is_none_or(|length| *length == role.bytes().len());
    let hash = listed("hashes").and_then(|hashes| hashes.get("sha256"));
    if length && hash.is_none_or(|hash| *hash == raw::sha256(role.bytes())) {
        Ok(role)
    } else {
        Err(malformed(name, "its bytes are not those that are listed"))
    }
}
