//! The notice role of a host: the next version, its signatures, and the two files for the host's snapshot tool.

use motd_core::{RepositoryId, Time};
use serde_json::{Value, json};
use sigstore_tuf::{DelegatedRole, Delegations, Metadata, Targets};
use tuf::crypto::PrivateKey;

use super::super::authority::Authority;
use super::super::changes::{changes, members};
use super::super::check;
use super::super::difference::{Difference, differences};
use super::super::plan::head;
use super::super::repository::Proposal;
use super::super::request::{Review, RoleReview, Signing, unexpected};
use super::super::role_file::{RoleFile, malformed};
use super::super::{CUSTOM_MEMBER, NOTICE_ROLE, TARGET_PATH, raw};
use super::files::HostFiles;
use super::finding::{HostFinding, Weight};
use super::host::{Host, TARGETS_BYTES, unverified};
use crate::error::Error;
use crate::publish::document::NoticeDocument;
use crate::store::files::versioned;

const DOCUMENT_BYTES: u64 = motd_core::limits::TARGET_DOCUMENT_BYTES as u64;

/// A host that nothing stands in the way of, and that delegates to the notice role.
#[derive(Clone, Copy)]
pub struct Attached<'a> {
    host: &'a Host,
    files: &'a dyn HostFiles,
}

/// What the host's snapshot tool is given.
#[derive(Clone, Debug)]
pub struct Handover {
    /// The files by their paths in the repository: the role file and the target file.
    pub files: Vec<(String, Vec<u8>)>,
    /// The version that the snapshot is to list.
    pub version: u64,
    /// When the signatures expire.
    pub expires: Time,
    /// What readers will see.
    pub document: NoticeDocument,
}

impl Host {
    /// The way to publish, for a host that is ready.
    ///
    /// # Errors
    ///
    /// [`Error::NotAttachable`] with the first obstacle, or when the delegation is not there.
    pub fn attached<'a>(
        &'a self,
        files: &'a dyn HostFiles,
        now: Time,
    ) -> Result<Attached<'a>, Error> {
        let stops = |finding: &HostFinding| {
            finding.weight() == Weight::Obstacle || *finding == HostFinding::Delegation
        };
        match self.check(now).into_iter().find(stops) {
            Some(finding) => Err(Error::NotAttachable(Box::new(finding))),
            None => Ok(Attached { host: self, files }),
        }
    }
}

impl Attached<'_> {
    /// Writes the next version of the notice role for a document, unsigned. Everything else in the role stays.
    ///
    /// # Errors
    ///
    /// [`Error::Expiry`] for more than 93 days, [`Error::Revision`], [`Error::OtherRepository`], [`Error::Limits`], or
    /// [`Error::Missing`] when the published document is not at hand.
    pub fn propose(
        &self,
        document: &NoticeDocument,
        now: Time,
        days: u64,
    ) -> Result<Proposal, Error> {
        self.check_published(document)?;
        let version = self.next_version()?;
        let signed = match self.host.notices() {
            Some(role) => role.signed().clone(),
            None => head("targets", version, now, days),
        };
        Proposal::draft(signed, version, document, now, raw::after(now, days))
    }

    /// What a proposal changes and who has signed it, computed from the payload itself.
    ///
    /// # Errors
    ///
    /// [`Error::Document`], [`Error::Metadata`], [`Error::Missing`] as [`Attached::propose`].
    pub fn review(&self, proposal: &Proposal) -> Result<Review, Error> {
        let document = check::carriers(proposal)?;
        let repository = document.judged().repository().clone();
        let before = match self.published(&repository)? {
            Some(before) => before,
            None => NoticeDocument::compose(&repository, "en", &[])?,
        };
        let role = &proposal.role;
        Ok(Review {
            roles: vec![RoleReview {
                role: NOTICE_ROLE.to_owned(),
                current: self.host.listed_version().unwrap_or(0),
                version: role.version()?,
                expires: role.expires()?,
                differences: self.differences(proposal),
                signing: vec![Signing::of(&self.authority()?, role, false)?],
            }],
            notices: changes(&before, &document),
            members: members(&before, &document),
            document: Some(document),
        })
    }

    /// Adds one person's signature, after the checks that make a signature worth giving. `places` are differences that the
    /// signer has read beyond those which every new version has.
    ///
    /// # Errors
    ///
    /// [`Error::KeyNotInRole`], [`Error::Unexpected`], [`Error::Expiry`], [`Error::Version`], [`Error::Document`],
    /// [`Error::Revision`], [`Error::Limits`], [`Error::Signer`].
    pub fn sign(
        &self,
        proposal: &mut Proposal,
        key: &dyn PrivateKey,
        now: Time,
        places: &[&str],
    ) -> Result<(), Error> {
        if !self.authority()?.has(key.public()) {
            return Err(Error::KeyNotInRole {
                role: NOTICE_ROLE.to_owned(),
                key_id: key.public().key_id().to_string(),
            });
        }
        // Not a second target or delegation together with the text.
        let found = self.differences(proposal);
        if let Some(more) = found
            .iter()
            .find(|found| !found.is_expected() && !found.is_among(places))
        {
            return Err(unexpected(NOTICE_ROLE, more));
        }
        self.check_proposal(proposal, now)?;
        proposal.role.add_signature(key)
    }

    /// The two files for the host's snapshot tool, when enough people have signed. The host lists the role and serves both
    /// as the bytes that they are.
    ///
    /// # Errors
    ///
    /// [`Error::Threshold`], [`Error::DuplicateKey`], and as [`Attached::sign`]; [`Error::HostUnverified`] when the
    /// client's verifier does not accept the role.
    pub fn hand_over(&self, proposal: &Proposal, now: Time) -> Result<Handover, Error> {
        let role = &proposal.role;
        // MOTD-PUB-3
        self.authority()?.check(role)?;
        let document = self.check_proposal(proposal, now)?;
        self.check_as_client(proposal)?;
        let version = role.version()?;
        Ok(Handover {
            // MOTD-CARRY-6: the target file first, and whether or not the role carries the document inline.
            files: vec![
                (
                    raw::target_file(TARGET_PATH, &proposal.document),
                    proposal.document.clone(),
                ),
                (versioned(version, NOTICE_ROLE), role.bytes().to_vec()),
            ],
            version,
            expires: role.expires()?,
            document,
        })
    }

    fn authority(&self) -> Result<Authority, Error> {
        Authority::of_delegation(&self.host.targets, NOTICE_ROLE)
    }

    fn check_proposal(&self, proposal: &Proposal, now: Time) -> Result<NoticeDocument, Error> {
        let role = &proposal.role;
        // MOTD-DEL-3
        check::expiry(role, now)?;
        self.check_version(role)?;
        check::limits(role)?;
        check::delegations(role)?;
        let document = check::carriers(proposal)?;
        self.check_published(&document)?;
        Ok(document)
    }

    /// The same signatures and bytes once more, through the verifier that clients have and nothing of this crate's.
    fn check_as_client(&self, proposal: &Proposal) -> Result<(), Error> {
        let unverified = unverified(NOTICE_ROLE);
        let form = || malformed(NOTICE_ROLE, "a client does not read the delegation");
        let delegations = self.host.targets.signed().get("delegations").cloned();
        let delegations: Delegations =
            serde_json::from_value(delegations.unwrap_or_default()).map_err(|_| form())?;
        let entry: &DelegatedRole = delegations.roles.first().ok_or_else(form)?;
        let role = Metadata::<Targets>::from_slice(proposal.role.bytes()).map_err(&unverified)?;
        role.verify_threshold(&delegations.keys, &entry.role_keys(), NOTICE_ROLE)
            .map_err(&unverified)?;
        let target = role.signed().target(TARGET_PATH).ok_or_else(form)?;
        let bytes = &proposal.document;
        let hash = target.hashes.get("sha256");
        let same = u64::try_from(bytes.len()) == Ok(target.length)
            && hash.is_some_and(|hash| *hash == raw::sha256(bytes));
        // MOTD-CARRY-8
        same.then_some(()).ok_or_else(form)
    }

    /// MOTD-DEL-6: the lowest version above the listed one that no file has, whether that was taken in or left behind.
    fn next_version(&self) -> Result<u64, Error> {
        let mut version = self.host.listed_version().unwrap_or(0).saturating_add(1);
        while self.file(version)?.is_some() {
            version += 1;
        }
        Ok(version)
    }

    fn check_version(&self, role: &RoleFile) -> Result<(), Error> {
        let (listed, offered) = (self.host.listed_version().unwrap_or(0), role.version()?);
        let mut expected = listed.saturating_add(1);
        // MOTD-DEL-6, MOTD-PUB-5: a version is passed over only when a file has it already.
        while expected < offered && self.file(expected)?.is_some() {
            expected += 1;
        }
        if offered != expected {
            return Err(Error::Version {
                role: NOTICE_ROLE.to_owned(),
                offered,
                expected: listed.saturating_add(1),
            });
        }
        let there = self.file(offered)?;
        let is_same = |bytes: Vec<u8>| {
            let there = RoleFile::read(NOTICE_ROLE, &bytes);
            there.is_ok_and(|there| there.signed() == role.signed())
        };
        if there.is_some_and(|bytes| bytes != role.bytes() && !is_same(bytes)) {
            return Err(Error::Burned {
                path: versioned(offered, NOTICE_ROLE),
            });
        }
        Ok(())
    }

    fn differences(&self, proposal: &Proposal) -> Vec<Difference> {
        let nothing = json!({ "_type": "targets", "spec_version": crate::publish::pouf::SPEC_VERSION, "targets": {} });
        let before = self.host.notices().map_or(&nothing, RoleFile::signed);
        differences(before, proposal.role.signed())
    }

    /// Compares with everything that was published before: who saw a notice, saw it whenever that was.
    fn check_published(&self, document: &NoticeDocument) -> Result<(), Error> {
        let repository = document.judged().repository();
        let mut published = Vec::new();
        published.extend(self.published(repository)?);
        let listed = self.host.listed_version().unwrap_or(0);
        for version in (1..listed).rev() {
            // Burned versions and files that the host has cleared away have nothing to say.
            let Some(bytes) = self.file(version)? else {
                continue;
            };
            if let Ok(role) = RoleFile::read(NOTICE_ROLE, &bytes)
                && let Ok(Some(bytes)) = self.document_bytes(&role)
                && let Ok(document) = NoticeDocument::read(&bytes, repository)
            {
                published.push(document);
            }
        }
        // MOTD-PUB-8
        document.check_after(published)
    }

    /// The document that is published now.
    fn published(&self, repository: &RepositoryId) -> Result<Option<NoticeDocument>, Error> {
        let Some(role) = self.host.notices() else {
            return Ok(None);
        };
        let Some(bytes) = self.document_bytes(role)? else {
            return Ok(None);
        };
        let value = motd_core::json::parse(&bytes)?;
        let published = value.member("repository").and_then(|value| value.as_str());
        // MOTD-DOC-4: clients compare with what they have configured, and that does not change.
        match published {
            Some(published) if published != repository.as_str() => Err(Error::OtherRepository {
                offered: repository.as_str().to_owned(),
                published: published.to_owned(),
            }),
            _ => NoticeDocument::read(&bytes, repository).map(Some),
        }
    }

    /// The document of a role: inline, or the target file. Nothing when the role has none.
    fn document_bytes(&self, role: &RoleFile) -> Result<Option<Vec<u8>>, Error> {
        let targets = role.signed().get("targets");
        let Some(entry) = targets.and_then(|targets| targets.get(TARGET_PATH)) else {
            return Ok(None);
        };
        let hash = entry.get("hashes").and_then(|hashes| hashes.get("sha256"));
        let hash = hash
            .and_then(Value::as_str)
            .filter(|hash| hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()))
            .ok_or_else(|| malformed(NOTICE_ROLE, "no SHA-256 of the reserved path"))?;
        let inline = entry
            .get("custom")
            .and_then(|custom| custom.get(CUSTOM_MEMBER));
        let inline = inline.and_then(|value| motd_core::json::Value::from_parsed(value).ok());
        let path = format!("targets/motd/{hash}.notices.json");
        let bytes = match inline {
            Some(value) => Some(value.document_bytes()),
            None => self.files.bytes(&path, DOCUMENT_BYTES)?,
        };
        match bytes {
            Some(bytes) if raw::sha256(&bytes) == hash.to_ascii_lowercase() => Ok(Some(bytes)),
            Some(_) => Err(malformed(&path, "its bytes are not those that are listed")),
            None => Err(Error::Missing { path }),
        }
    }

    fn file(&self, version: u64) -> Result<Option<Vec<u8>>, Error> {
        self.files
            .bytes(&versioned(version, NOTICE_ROLE), TARGETS_BYTES)
    }
}
