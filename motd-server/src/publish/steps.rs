//! The steps of a change, in their order: propose, review, sign, admit, check. What follows is
//! [`Repository::publish`](super::Repository::publish), or [`Attached::hand_over`](super::Attached::hand_over) where
//! another tool publishes.
//!
//! They are the same wherever the change comes from and goes to: a folder, a bucket, a proposal at a server, a
//! repository that another tool makes. Nothing else proposes, reviews or signs.

use std::collections::{BTreeMap, BTreeSet};

use motd_core::{Code, Refusal, RepositoryId, Time};
use serde_json::json;

use super::changes::{changes, members};
use super::difference::{Difference, differences};
use super::document::{self, NoticeDocument};
use super::key::{PublicKey, Signer};
use super::metadata::write::{SPEC_VERSION, hashed, head, set, set_version, sha256};
use super::metadata::{Authority, RoleFile, malformed};
use super::request::{Proposal, REQUEST_FILE_BYTES, SigningRequest};
use super::review::{Review, RoleReview, Signing, is_expected};
use super::{NOTICE_ROLE, TARGET_PATH, check, shadow};
use crate::publish::PublishError;
use crate::store::StoreError;
use crate::store::files::versioned;

/// How many versions of the notice role are compared with the next one: 27 years of one a day.
const MOST_OLDER: usize = 10_000;

const DOCUMENT_BYTES: u64 = motd_core::limits::TARGET_DOCUMENT_BYTES as u64;

/// What is published, and the steps that lead to the next of it.
pub trait Published {
    /// The newest root.
    fn root(&self) -> &RoleFile;

    /// Top-level targets.
    fn targets(&self) -> &RoleFile;

    /// The notice role; absent where there never was one.
    fn notice_role(&self) -> Option<&RoleFile>;

    /// The version of the notice role that the snapshot lists; 0 where it lists none.
    fn listed_version(&self) -> u64;

    /// The last version of top-level targets.
    fn targets_version(&self) -> u64 {
        self.targets().version()
    }

    /// A file by its path in the repository, of which at most `limit` bytes are read.
    ///
    /// # Errors
    ///
    /// [`StoreError::Io`], or [`PublishError::Metadata`] when there are more.
    fn file(&self, path: &str, limit: u64) -> Result<Option<Vec<u8>>, PublishError>;

    /// Whether people sign a role here, and not with another tool.
    fn signs(&self, _role: &str) -> bool {
        true
    }

    /// Writes the next version of the notice role for a document, unsigned, to expire at a time. Everything else in
    /// the role stays.
    ///
    /// # Errors
    ///
    /// [`PublishError::Expiry`] for more than 93 days, [`PublishError::Revision`], [`PublishError::OtherRepository`],
    /// [`PublishError::Limits`], or [`StoreError::Missing`] when the published document is not at hand.
    fn propose(
        &self,
        document: &NoticeDocument,
        now: Time,
        expires: Time,
    ) -> Result<SigningRequest, PublishError> {
        self.check_revisions(document)?;
        // MOTD-DEL-6, MOTD-PUB-2: one more than is published; MOTD-PUB-5: a version that a failed attempt left is
        // skipped.
        let mut version = self.listed_version().saturating_add(1);
        while self.version(version)?.is_some() {
            version += 1;
        }
        let mut signed = match self.notice_role() {
            Some(role) => role.signed().clone(),
            None => head("targets", version, expires),
        };
        set_version(&mut signed, version, expires);
        let entry = document.target_entry();
        match signed.get_mut("targets") {
            Some(targets) => set(targets, TARGET_PATH, entry),
            None => set(&mut signed, "targets", json!({ TARGET_PATH: entry })),
        }
        let role = RoleFile::unsigned(NOTICE_ROLE, signed)?;
        check::expiry(&role, now)?;
        Ok(Proposal::new(role, document.clone())?.into())
    }

    /// Compares a request with what is published, computed from the payload itself.
    ///
    /// # Errors
    ///
    /// [`PublishError::Metadata`], [`StoreError::Missing`], [`PublishError::Document`]: it cannot be published as it
    /// is.
    fn review(&self, request: &SigningRequest) -> Result<Review, PublishError> {
        let mut roles = Vec::new();
        for file in request.roles() {
            let authorities = self.authorities(request, file)?;
            let signing = authorities
                .iter()
                .map(|(authority, appointed)| Signing::of(authority, file, *appointed));
            roles.push(RoleReview {
                role: file.name().to_owned(),
                current: self.current_version(file.name()),
                version: file.version(),
                expires: file.expires(),
                differences: self.differences(file),
                signing: signing.collect::<Result<_, _>>()?,
            });
        }
        let document = request.notices.as_ref().map(Proposal::document).cloned();
        let (notices, members) = match &document {
            None => (Vec::new(), Vec::new()),
            Some(after) => {
                let repository = after.judged().repository();
                let before = match self.published_document(repository)? {
                    Some(before) => before,
                    None => NoticeDocument::compose(repository, "en", &[])?,
                };
                (changes(&before, after), members(&before, after))
            }
        };
        Ok(Review {
            roles,
            notices,
            members,
            document,
        })
    }

    /// Adds one person's signature to every role of a request that the key belongs to, after the checks that make a
    /// signature worth giving. `accepted` are places of differences that the signer has read beyond those which every
    /// new version has. The names of the roles come back.
    ///
    /// # Errors
    ///
    /// [`PublishError::KeyNotInRole`] when it belongs to none, [`PublishError::Unexpected`],
    /// [`PublishError::Expiry`], [`PublishError::Version`], [`PublishError::Document`], [`PublishError::Revision`],
    /// [`PublishError::Limits`], [`PublishError::Signer`]. The request is then as it was.
    fn sign(
        &self,
        request: &mut SigningRequest,
        key: &dyn Signer,
        now: Time,
        accepted: &[&str],
    ) -> Result<Vec<String>, PublishError> {
        let mut signed = request.clone();
        let mut names = Vec::new();
        signed.sign_each(|file| {
            let authorities = self.authorities(request, file)?;
            let mut authorities = authorities.iter();
            let is_mine = authorities.any(|(authority, _)| authority.has(key.public()));
            if !is_mine || !self.signs(file.name()) {
                return Ok(());
            }
            // Who signs sees one text and must not sign something else with it.
            let differences = self.differences(file);
            let unread = differences
                .iter()
                .find(|found| !is_expected(file.name(), found) && !found.is_among(accepted));
            if let Some(unread) = unread {
                return Err(PublishError::Unexpected {
                    role: file.name().to_owned(),
                    place: unread.place.clone(),
                });
            }
            self.check_role(request, file, now)?;
            file.add_signature(key)?;
            names.push(file.name().to_owned());
            Ok(())
        })?;
        if names.is_empty() {
            let roles: Vec<_> = request.roles().map(RoleFile::name).collect();
            return Err(PublishError::KeyNotInRole {
                role: roles.join(" or "),
                key_id: key.public().id().to_owned(),
            });
        }
        *request = signed;
        Ok(names)
    }

    /// Checks a request that came from anywhere, the cheapest first. It comes back as it is to be kept, without a
    /// byte that nobody signed, and with the key ids of those who have signed it and may sign that role as it is
    /// published.
    ///
    /// There is no other authentication (ADR 0005): the signatures on a request are who it comes from. So every one
    /// of them has to verify, one of them has to be of somebody who may sign now, and the rest has to be what could
    /// be published.
    ///
    /// # Errors
    ///
    /// [`PublishError::Unsigned`]; [`PublishError::KeyNotInRole`], [`PublishError::SignatureInvalid`],
    /// [`PublishError::SignatureTwice`]; and everything for which the request could not be published, missing
    /// signatures apart.
    fn admit(
        &self,
        request: &SigningRequest,
        now: Time,
    ) -> Result<(SigningRequest, BTreeSet<String>), PublishError> {
        let mut bare = request.clone();
        bare.sign_each(|file| {
            *file = file.bare()?;
            Ok(())
        })?;
        let mut signers = BTreeSet::new();
        for file in bare.roles() {
            signers.extend(self.authority_now(file.name())?.signing_ids(file)?);
        }
        // Whom the request itself appoints is nobody yet: anybody can appoint themselves.
        if signers.is_empty() {
            return Err(PublishError::Unsigned);
        }
        for file in bare.roles() {
            check_signatures(&self.authorities(&bare, file)?, file)?;
        }
        self.check_change(&bare, now)?;
        Ok((bare, signers))
    }

    /// Adds one signature to a request. It is an error unless it verifies; one that is there already changes nothing.
    ///
    /// # Errors
    ///
    /// [`StoreError::Missing`] when the request has no such role, [`PublishError::KeyNotInRole`],
    /// [`PublishError::SignatureInvalid`].
    fn admit_signature(
        &self,
        request: &mut SigningRequest,
        role: &str,
        key_id: &str,
        signature: &str,
    ) -> Result<(), PublishError> {
        if let Some(file) = request.role(role) {
            check_signature(&self.authorities(request, file)?, file, key_id, signature)?;
        }
        request.put_signature(role, key_id, signature)
    }

    /// The same without the signatures that count for nothing now: of people who have left since, or that somebody
    /// wrote beside the others.
    ///
    /// # Errors
    ///
    /// [`PublishError::Metadata`], [`StoreError::Missing`].
    fn without_void_signatures(
        &self,
        request: &SigningRequest,
    ) -> Result<SigningRequest, PublishError> {
        let mut counted = request.clone();
        counted.sign_each(|file| {
            let authorities = self.authorities(request, file)?;
            let counts = |key_id: &str, signature: &str| {
                check_signature(&authorities, file, key_id, signature).is_ok()
            };
            *file = file.with_signatures(counts)?;
            Ok(())
        })?;
        Ok(counted)
    }

    /// Everything that has to hold for a change but the signatures on it.
    ///
    /// # Errors
    ///
    /// [`PublishError::Version`], [`StoreError::Burned`], [`PublishError::Expired`], [`PublishError::Expiry`],
    /// [`PublishError::Shadowed`], [`PublishError::DuplicateKey`], [`PublishError::Limits`],
    /// [`PublishError::Revision`], [`PublishError::OtherRepository`].
    fn check_change(&self, request: &SigningRequest, now: Time) -> Result<(), PublishError> {
        if let Some(root) = &request.root {
            check::next_root(self.root(), root)?;
        }
        if let Some(targets) = &request.targets {
            self.check_version(targets)?;
            check::limits(targets)?;
        }
        let root = request.root.as_ref().unwrap_or(self.root());
        let targets = request.targets.as_ref().unwrap_or(self.targets());
        check::unexpired(root, now)?;
        check::unexpired(targets, now)?;
        shadow::check(targets)?;
        check::delegations(targets)?;
        match &request.notices {
            Some(proposal) => self.check_proposal(proposal, now),
            None => Ok(()),
        }
    }

    /// MOTD-PUB-3: the signatures on every role, those that stay as they are included, because who may sign can change.
    ///
    /// # Errors
    ///
    /// [`PublishError::Threshold`], [`PublishError::DuplicateKey`].
    fn check_signatures(&self, request: &SigningRequest) -> Result<(), PublishError> {
        let targets = request.targets.as_ref().unwrap_or(self.targets());
        let notices = request.role(NOTICE_ROLE).or(self.notice_role());
        let files = [request.root.as_ref(), Some(targets), notices];
        for file in files.into_iter().flatten() {
            for (authority, _) in self.authorities(request, file)? {
                authority.check(file)?;
            }
        }
        Ok(())
    }

    /// Whether every role of a request has the signatures that it needs.
    fn is_signed(&self, request: &SigningRequest) -> bool {
        request.roles().all(|file| {
            let authorities = self.authorities(request, file).unwrap_or_default();
            let mut enough = authorities
                .iter()
                .map(|(authority, _)| authority.check(file));
            !authorities.is_empty() && enough.all(|enough| enough.is_ok())
        })
    }

    /// Everybody whose signature counts for something now, by key id: the keys of root, of top-level targets and of the
    /// notice role.
    ///
    /// # Errors
    ///
    /// [`PublishError::Metadata`].
    fn people(&self) -> Result<BTreeMap<String, PublicKey>, PublishError> {
        let roles = [Some(self.root()), Some(self.targets()), self.notice_role()];
        self.keys_of(&SigningRequest::default(), roles.into_iter().flatten())
    }

    /// Everybody who can sign a request: for who it appoints, it is theirs to read.
    ///
    /// # Errors
    ///
    /// As [`Published::people`].
    fn people_of(
        &self,
        request: &SigningRequest,
    ) -> Result<BTreeMap<String, PublicKey>, PublishError> {
        self.keys_of(request, request.roles())
    }

    /// The key ids of those who have validly signed these roles, seen from a request that some of them are in.
    ///
    /// # Errors
    ///
    /// As [`Published::people`].
    fn signers_of(
        &self,
        request: &SigningRequest,
        roles: &[&RoleFile],
    ) -> Result<BTreeSet<String>, PublishError> {
        let mut signers = BTreeSet::new();
        for file in roles {
            for (authority, _) in self.authorities(request, file)? {
                signers.extend(authority.signing_ids(file)?);
            }
        }
        Ok(signers)
    }

    /// The document that is published now.
    ///
    /// # Errors
    ///
    /// [`StoreError::Missing`], or [`PublishError::Document`] when a client would refuse it.
    fn document(&self, repository: &RepositoryId) -> Result<NoticeDocument, PublishError> {
        self.published_document(repository)?.ok_or_else(no_document)
    }

    /// The identifier in the document that is published now.
    ///
    /// # Errors
    ///
    /// [`StoreError::Missing`], or [`PublishError::Document`] when it has none.
    fn identifier(&self) -> Result<RepositoryId, PublishError> {
        let bytes = self.published_bytes()?.ok_or_else(no_document)?;
        document::identifier(&bytes)
    }
}

fn no_document() -> PublishError {
    PublishError::missing(TARGET_PATH)
}

/// What the steps are made of.
pub(super) trait Compare: Published {
    /// The published version of a role that people sign.
    fn published(&self, role: &str) -> Option<&RoleFile> {
        match role {
            "root" => Some(self.root()),
            "targets" => Some(self.targets()),
            _ => self.notice_role(),
        }
    }

    fn current_version(&self, role: &str) -> u64 {
        match role {
            "root" => self.root().version(),
            "targets" => self.targets_version(),
            _ => self.listed_version(),
        }
    }

    fn differences(&self, file: &RoleFile) -> Vec<Difference> {
        let nothing = json!({ "_type": "targets", "spec_version": SPEC_VERSION, "targets": {} });
        let published = self.published(file.name());
        differences(published.map_or(&nothing, RoleFile::signed), file.signed())
    }

    /// Who may sign a role now.
    fn authority_now(&self, role: &str) -> Result<&Authority, PublishError> {
        match role {
            "root" | "targets" => self.root().authority(role),
            name => self.targets().authority(name),
        }
    }

    /// Who has to sign a role of a request, and whether the request appoints them: those who may now, and for a root
    /// also those whom it names. Below root the roles above count as the request has them, because they are published
    /// together.
    fn authorities<'a>(
        &'a self,
        request: &'a SigningRequest,
        file: &'a RoleFile,
    ) -> Result<Vec<(&'a Authority, bool)>, PublishError> {
        let above = match file.name() {
            "root" => {
                let (old, new) = (self.root().authority("root")?, file.authority("root")?);
                // TUF 5.3.4: by both, which is one group when nothing changes.
                let both = [(old, false), (new, true)];
                return Ok(both
                    .into_iter()
                    .take(if old == new { 1 } else { 2 })
                    .collect());
            }
            "targets" => &request.root,
            _ => &request.targets,
        };
        Ok(vec![match above {
            Some(above) => (above.authority(file.name())?, true),
            None => (self.authority_now(file.name())?, false),
        }])
    }

    fn keys_of<'a>(
        &'a self,
        request: &'a SigningRequest,
        roles: impl Iterator<Item = &'a RoleFile>,
    ) -> Result<BTreeMap<String, PublicKey>, PublishError> {
        let mut people = BTreeMap::new();
        for file in roles {
            for (authority, _) in self.authorities(request, file)? {
                let keys = authority.keys().filter(|key| key.is_ed25519());
                people.extend(keys.map(|key| (key.id().to_owned(), key.clone())));
            }
        }
        Ok(people)
    }

    /// What makes a signature on a role of a request worth giving.
    fn check_role(
        &self,
        request: &SigningRequest,
        file: &RoleFile,
        now: Time,
    ) -> Result<(), PublishError> {
        match (file.name(), &request.notices) {
            ("root", _) => check::next_root(self.root(), file)?,
            (NOTICE_ROLE, Some(proposal)) => return self.check_proposal(proposal, now),
            _ => {
                self.check_version(file)?;
                check::limits(file)?;
            }
        }
        check::unexpired(file, now)
    }

    fn check_proposal(&self, proposal: &Proposal, now: Time) -> Result<(), PublishError> {
        let role = proposal.role();
        self.check_version(role)?;
        check::expiry(role, now)?;
        check::limits(role)?;
        check::delegations(role)?;
        self.check_revisions(proposal.document())
    }

    /// The version comes next.
    fn check_version(&self, offered: &RoleFile) -> Result<(), PublishError> {
        let current = self.current_version(offered.name());
        let path = |version: u64| versioned(version, offered.name());
        let mut expected = current.saturating_add(1);
        // MOTD-DEL-6, MOTD-PUB-2: current + 1, so that neither a replay nor a jump to the end of numbers gets in.
        // MOTD-PUB-5: a version is passed over only when a failed attempt has left a file of it behind.
        while expected < offered.version() && self.role_bytes(&path(expected))?.is_some() {
            expected += 1;
        }
        if offered.version() != expected {
            return Err(PublishError::Version {
                role: offered.name().to_owned(),
                offered: offered.version(),
                expected: current.saturating_add(1),
            });
        }
        // What says the same and lacks only signatures is well: a proposal is compared before it is fully signed.
        let is_same = |bytes: &[u8]| {
            let there = RoleFile::read(offered.name(), bytes);
            bytes == offered.bytes() || there.is_ok_and(|there| there.signed() == offered.signed())
        };
        match self.role_bytes(&path(expected))? {
            Some(bytes) if !is_same(&bytes) => Err(StoreError::Burned {
                path: path(expected),
            }
            .into()),
            _ => Ok(()),
        }
    }

    /// MOTD-PUB-8: compares with everything that was published before: who saw a notice, saw it whenever that was.
    fn check_revisions(&self, document: &NoticeDocument) -> Result<(), PublishError> {
        let offered = document.judged().repository();
        let Some(newest) = self.published_bytes()? else {
            return Ok(());
        };
        let published = document::identifier(&newest)?;
        // MOTD-DOC-4: clients compare with what they have configured, and that does not change.
        if published != *offered {
            return Err(PublishError::OtherRepository {
                offered: offered.to_string(),
                published: published.to_string(),
            });
        }
        // A host's version number says nothing of how many versions there are.
        let older = (1..self.listed_version()).rev().take(MOST_OLDER);
        let older = older.map(|version| -> Result<Option<Vec<u8>>, PublishError> {
            // Burned versions and files that were cleared away have nothing to say.
            let bytes = self.version(version)?;
            let role = bytes.and_then(|bytes| RoleFile::read(NOTICE_ROLE, &bytes).ok());
            Ok(role.and_then(|role| self.bytes_of(&role).ok().flatten()))
        });
        let all = core::iter::once(Ok(Some(newest))).chain(older);
        let readable = all.filter_map(|bytes| {
            let document = bytes.map(|bytes| NoticeDocument::read(&bytes?, offered).ok());
            document.transpose()
        });
        document.check_after(readable)
    }

    fn published_document(
        &self,
        repository: &RepositoryId,
    ) -> Result<Option<NoticeDocument>, PublishError> {
        let bytes = self.published_bytes()?;
        bytes
            .map(|bytes| NoticeDocument::read(&bytes, repository))
            .transpose()
    }

    fn published_bytes(&self) -> Result<Option<Vec<u8>>, PublishError> {
        match self.notice_role() {
            Some(role) => self.bytes_of(role),
            None => Ok(None),
        }
    }

    /// The document of a role: the target file, or inline where there is none. Nothing when the role has no entry for
    /// it.
    fn bytes_of(&self, role: &RoleFile) -> Result<Option<Vec<u8>>, PublishError> {
        let Some(entry) = role.notices_entry() else {
            return Ok(None);
        };
        let path = document_path(role)?;
        let inline = || {
            let inline = motd_core::json::Value::from_parsed(entry.inline.as_ref()?);
            Some(inline.ok()?.document_bytes())
        };
        let bytes = self.file(&path, DOCUMENT_BYTES)?.or_else(inline);
        let bytes = bytes.ok_or(PublishError::missing(path))?;
        // MOTD-CARRY-8: a name with the hash in it is only what whoever holds the files calls them.
        match &entry.sha256 {
            Some(hash) if hash.eq_ignore_ascii_case(&sha256(&bytes)) => Ok(Some(bytes)),
            _ => Err(Refusal::of_document(Code::HashMismatch).into()),
        }
    }

    /// The file of a version of the notice role.
    fn version(&self, version: u64) -> Result<Option<Vec<u8>>, PublishError> {
        self.role_bytes(&versioned(version, NOTICE_ROLE))
    }

    fn role_bytes(&self, path: &str) -> Result<Option<Vec<u8>>, PublishError> {
        self.file(path, REQUEST_FILE_BYTES)
    }
}

impl<P: Published + ?Sized> Compare for P {}

/// Where the document of a notice role lies.
pub(super) fn document_path(role: &RoleFile) -> Result<String, PublishError> {
    let hash = role.notices_entry().and_then(|entry| entry.sha256.as_ref());
    // It becomes part of a path before anything has verified it.
    let is_hash =
        |hash: &&String| hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
    let hash = hash.filter(is_hash);
    let hash = hash.ok_or_else(|| malformed(NOTICE_ROLE, "no SHA-256 of the reserved path"))?;
    Ok(hashed(TARGET_PATH, hash))
}

/// Every signature counts: one that does not would be kept and carried on for nothing, by whoever likes.
fn check_signatures(
    authorities: &[(&Authority, bool)],
    file: &RoleFile,
) -> Result<(), PublishError> {
    let mut seen = BTreeSet::new();
    for (key_id, signature) in file.signatures() {
        if !seen.insert(key_id) {
            return Err(PublishError::SignatureTwice {
                role: file.name().to_owned(),
                key_id: key_id.to_owned(),
            });
        }
        check_signature(authorities, file, key_id, signature)?;
    }
    Ok(())
}

fn check_signature(
    authorities: &[(&Authority, bool)],
    file: &RoleFile,
    key_id: &str,
    signature: &str,
) -> Result<(), PublishError> {
    let authorities = authorities.iter().map(|(authority, _)| authority);
    let theirs: Vec<_> = authorities
        .filter(|authority| authority.key(key_id).is_some())
        .collect();
    let (role, key_id) = (file.name().to_owned(), key_id.to_owned());
    if theirs.is_empty() {
        return Err(PublishError::KeyNotInRole { role, key_id });
    }
    for authority in theirs {
        if authority.verifies(file, &key_id, signature)? {
            return Ok(());
        }
    }
    Err(PublishError::SignatureInvalid { role, key_id })
}
