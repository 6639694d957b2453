//! A repository as it is published now, and the one way to its next state.

use std::collections::BTreeMap;

use motd_core::{RepositoryId, Time};
use serde_json::{Value, json};
use tuf::crypto::PrivateKey;

use super::authority::Authority;
use super::plan::{Draft, Lifetimes, head, set};
use super::role_file::{RoleFile, malformed};
use super::{NOTICE_ROLE, TARGET_PATH, check, raw, shadow};
use crate::document::NoticeDocument;
use crate::error::Error;
use crate::files::{Files, METADATA, Publication, TIMESTAMP, versioned};

/// The server's keys, and how long what they sign lives.
#[derive(Clone, Copy)]
pub struct Online<'a> {
    /// Signs snapshots.
    pub snapshot: &'a dyn PrivateKey,
    /// Signs timestamps.
    pub timestamp: &'a dyn PrivateKey,
    /// How long they live.
    pub lifetimes: Lifetimes,
}

/// A new version of the notice role, signed or not yet, with the document that it carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// The role's file.
    pub role: RoleFile,
    /// The document bytes.
    pub document: Vec<u8>,
}

/// Roles to be taken in together. What is absent stays as it is.
#[derive(Clone, Copy, Debug, Default)]
pub struct Change<'a> {
    /// The next root.
    pub root: Option<&'a RoleFile>,
    /// The next top-level targets.
    pub targets: Option<&'a RoleFile>,
    /// The next version of the notice role.
    pub notices: Option<&'a Proposal>,
}

/// A whole repository whose signatures have been verified, whatever its expiry.
#[derive(Clone, Debug)]
pub struct Repository {
    files: Files,
    root: RoleFile,
    timestamp: RoleFile,
    snapshot: RoleFile,
    roles: BTreeMap<String, RoleFile>,
}

impl Repository {
    /// Reads a repository and verifies it from its newest root down.
    ///
    /// # Errors
    ///
    /// [`Error::Missing`], [`Error::Metadata`], [`Error::Threshold`]: it is not whole.
    pub fn load(files: Files) -> Result<Self, Error> {
        let newest = (1..)
            .take_while(|version| files.bytes(&versioned(*version, "root")).is_some())
            .last();
        let root = read(&files, &versioned(newest.unwrap_or(1), "root"), "root")?;
        Authority::of_root(&root, "root")?.check(&root)?;
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
        NoticeDocument::read(&self.published_bytes()?, repository)
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
        if let Ok(published) =
            NoticeDocument::read(&self.published_bytes()?, document.judged().repository())
        {
            document.check_after(&published)?;
        }
        let current = self.notices()?;
        let mut signed = current.signed().clone();
        set(
            &mut signed,
            "version",
            self.next_version(NOTICE_ROLE, current.version()?).into(),
        );
        set(
            &mut signed,
            "expires",
            raw::after(now, days).to_string().into(),
        );
        match signed.get_mut("targets") {
            Some(targets) => set(targets, TARGET_PATH, document.target_entry()),
            None => set(
                &mut signed,
                "targets",
                json!({ TARGET_PATH: document.target_entry() }),
            ),
        }
        let role = RoleFile::unsigned(NOTICE_ROLE, signed)?;
        check::expiry(&role, now)?;
        Ok(Proposal {
            role,
            document: document.bytes().to_vec(),
        })
    }

    /// Adds one person's signature to a proposal, after the checks that make a signature worth giving.
    ///
    /// # Errors
    ///
    /// [`Error::KeyNotInRole`], [`Error::Expiry`], [`Error::Version`], [`Error::Document`], [`Error::Limits`],
    /// [`Error::Signer`].
    pub fn sign(
        &self,
        proposal: &mut Proposal,
        key: &dyn PrivateKey,
        now: Time,
    ) -> Result<(), Error> {
        let authority = Authority::of_delegation(self.targets()?, NOTICE_ROLE)?;
        authority.check_distinct()?;
        if !authority.has(key.public()) {
            let key_id = key.public().key_id().to_string();
            return Err(Error::KeyNotInRole {
                role: NOTICE_ROLE.to_owned(),
                key_id,
            });
        }
        check::expiry(&proposal.role, now)?;
        check::version(&self.files, self.notices()?, &proposal.role)?;
        check::carriers(proposal)?;
        proposal.role.add_signature(key)
    }

    /// Takes a signed proposal in.
    ///
    /// # Errors
    ///
    /// As [`Repository::publish_change`].
    pub fn publish(
        &self,
        proposal: &Proposal,
        online: &Online<'_>,
        now: Time,
    ) -> Result<Publication, Error> {
        self.publish_change(
            &Change {
                notices: Some(proposal),
                ..Change::default()
            },
            online,
            now,
        )
    }

    /// Takes new roles in, with the snapshot and the timestamp that make them visible.
    ///
    /// # Errors
    ///
    /// [`Error::Threshold`], [`Error::DuplicateKey`], [`Error::Version`], [`Error::Expiry`], [`Error::Shadowed`],
    /// [`Error::Limits`], [`Error::Document`], [`Error::Revision`], [`Error::Burned`].
    pub fn publish_change(
        &self,
        change: &Change<'_>,
        online: &Online<'_>,
        now: Time,
    ) -> Result<Publication, Error> {
        let root = change.root.unwrap_or(&self.root);
        if let Some(root) = change.root {
            check::root(&self.root, root)?;
        }
        let targets = change.targets.unwrap_or(self.targets()?);
        if let Some(targets) = change.targets {
            check::version(&self.files, self.targets()?, targets)?;
            check::limits(targets)?;
        }
        Authority::of_root(root, "targets")?.check(targets)?;
        shadow::check(targets)?;
        let authority = Authority::of_delegation(targets, NOTICE_ROLE)?;
        let mut create = Vec::new();
        if let Some(proposal) = change.notices {
            authority.check(&proposal.role)?;
            check::version(&self.files, self.notices()?, &proposal.role)?;
            check::expiry(&proposal.role, now)?;
            check::limits(&proposal.role)?;
            let document = check::carriers(proposal)?;
            if let Ok(published) =
                NoticeDocument::read(&self.published_bytes()?, document.judged().repository())
            {
                document.check_after(&published)?;
            }
            // MOTD-CARRY-6: always, whether or not the metadata carries it inline too.
            create.push((
                raw::target_file(TARGET_PATH, &proposal.document),
                proposal.document.clone(),
            ));
        } else {
            authority.check(self.notices()?)?;
        }
        let changed: Vec<&RoleFile> = change
            .targets
            .into_iter()
            .chain(change.notices.map(|proposal| &proposal.role))
            .collect();
        for role in &changed {
            create.push((
                versioned(role.version()?, role.name()),
                role.bytes().to_vec(),
            ));
        }
        let online_roles_hold = Authority::of_root(root, "snapshot")?
            .check(&self.snapshot)
            .is_ok()
            && Authority::of_root(root, "timestamp")?
                .check(&self.timestamp)
                .is_ok();
        let mut publication = if changed.is_empty() && online_roles_hold {
            Publication {
                base: self.base(),
                create,
                timestamp: None,
            }
        } else {
            self.seal(root, &changed, create, online, now)?
        };
        if let Some(root) = change.root {
            // Last but the timestamp: the fewer moments a client can see the one without the other, the better.
            publication
                .create
                .push((versioned(root.version()?, "root"), root.bytes().to_vec()));
        }
        publication.check(publication.base.as_deref(), |path| {
            Ok(self.files.bytes(path).map(<[u8]>::to_vec))
        })?;
        Ok(publication)
    }

    /// A new snapshot when the old one has less than half its life left, and a new timestamp always.
    ///
    /// # Errors
    ///
    /// [`Error::Threshold`] when the online keys are not those of root, [`Error::Signer`].
    pub fn renew(&self, online: &Online<'_>, now: Time) -> Result<Publication, Error> {
        let left = self.snapshot.expires()?.seconds_since(now);
        if left.saturating_mul(2) < online.lifetimes.snapshot.saturating_mul(raw::DAY) {
            return self.seal(&self.root, &[], Vec::new(), online, now);
        }
        let timestamp = self.seal_timestamp(&self.root, &self.snapshot, online, now)?;
        Ok(Publication {
            base: self.base(),
            create: Vec::new(),
            timestamp: Some(timestamp),
        })
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

    /// Takes a role in without any check, as a thief of the online keys would; for tests and demonstrations.
    ///
    /// # Errors
    ///
    /// [`Error::Signer`], or as [`Repository::load`] when not even that is possible.
    pub fn assert_take_in(
        &mut self,
        role: &RoleFile,
        files: Vec<(String, Vec<u8>)>,
        online: &Online<'_>,
        now: Time,
    ) -> Result<(), Error> {
        let mut create = files;
        create.push((
            versioned(role.version()?, role.name()),
            role.bytes().to_vec(),
        ));
        let publication = self.seal(&self.root, &[role], create, online, now)?;
        self.apply(&publication)
    }

    /// The first publication of a draft.
    pub(super) fn first(
        draft: &Draft,
        online: &Online<'_>,
        now: Time,
    ) -> Result<Publication, Error> {
        let Draft {
            root,
            targets,
            notices,
            later,
        } = draft;
        check::limits(root)?;
        check::limits(targets)?;
        check::limits(&notices.role)?;
        check::root_roles(root)?;
        Authority::of_root(root, "root")?.check(root)?;
        Authority::of_root(root, "targets")?.check(targets)?;
        shadow::check(targets)?;
        Authority::of_delegation(targets, NOTICE_ROLE)?.check(&notices.role)?;
        check::expiry(&notices.role, now)?;
        check::carriers(notices)?;
        for role in later {
            Authority::of_delegation(targets, role.name())?.check(role)?;
        }
        let roles: Vec<&RoleFile> = [targets, &notices.role].into_iter().chain(later).collect();
        let mut create = vec![(
            raw::target_file(TARGET_PATH, &notices.document),
            notices.document.clone(),
        )];
        for role in core::iter::once(root).chain(roles.iter().copied()) {
            create.push((
                versioned(role.version()?, role.name()),
                role.bytes().to_vec(),
            ));
        }
        let mut snapshot = head("snapshot", 1, now, online.lifetimes.snapshot);
        set(&mut snapshot, "meta", meta(&roles)?);
        let snapshot = signed("snapshot", snapshot, root, online.snapshot)?;
        create.push((versioned(1, "snapshot"), snapshot.bytes().to_vec()));
        let mut timestamp = head("timestamp", 1, now, online.lifetimes.timestamp);
        set(&mut timestamp, "meta", meta(&[&snapshot])?);
        let timestamp = signed("timestamp", timestamp, root, online.timestamp)?;
        Ok(Publication {
            base: None,
            create,
            timestamp: Some(timestamp.bytes().to_vec()),
        })
    }

    fn base(&self) -> Option<Vec<u8>> {
        Some(self.timestamp.bytes().to_vec())
    }

    /// The snapshot that lists the changed roles, and the timestamp that names it.
    fn seal(
        &self,
        root: &RoleFile,
        changed: &[&RoleFile],
        mut create: Vec<(String, Vec<u8>)>,
        online: &Online<'_>,
        now: Time,
    ) -> Result<Publication, Error> {
        let mut next = self.snapshot.signed().clone();
        let version = self.next_version("snapshot", self.snapshot.version()?);
        set(&mut next, "version", version.into());
        set(
            &mut next,
            "expires",
            raw::after(now, online.lifetimes.snapshot)
                .to_string()
                .into(),
        );
        // MOTD-DEL-6: entries are added and replaced, never removed; a role that was listed stays listed.
        if let (Some(entries), Value::Object(new)) = (
            next.get_mut("meta").and_then(Value::as_object_mut),
            meta(changed)?,
        ) {
            entries.extend(new);
        }
        let snapshot = signed("snapshot", next, root, online.snapshot)?;
        create.push((versioned(version, "snapshot"), snapshot.bytes().to_vec()));
        let timestamp = self.seal_timestamp(root, &snapshot, online, now)?;
        Ok(Publication {
            base: self.base(),
            create,
            timestamp: Some(timestamp),
        })
    }

    fn seal_timestamp(
        &self,
        root: &RoleFile,
        snapshot: &RoleFile,
        online: &Online<'_>,
        now: Time,
    ) -> Result<Vec<u8>, Error> {
        let mut next = self.timestamp.signed().clone();
        // MOTD-PUB-2: exactly one more.
        set(&mut next, "version", (self.timestamp.version()? + 1).into());
        set(
            &mut next,
            "expires",
            raw::after(now, online.lifetimes.timestamp)
                .to_string()
                .into(),
        );
        set(&mut next, "meta", meta(&[snapshot])?);
        Ok(signed("timestamp", next, root, online.timestamp)?
            .bytes()
            .to_vec())
    }

    /// MOTD-PUB-2: one more than is published; MOTD-PUB-5: a version that a failed attempt left behind is skipped.
    fn next_version(&self, role: &str, current: u64) -> u64 {
        let mut version = current + 1;
        while self.files.bytes(&versioned(version, role)).is_some() {
            version += 1;
        }
        version
    }

    fn published_bytes(&self) -> Result<Vec<u8>, Error> {
        let notices = self.notices()?;
        let entry = notices
            .signed()
            .get("targets")
            .and_then(|targets| targets.get(TARGET_PATH));
        let hash = entry.and_then(|entry| entry.get("hashes")?.get("sha256")?.as_str());
        let hash = hash.ok_or_else(|| malformed(NOTICE_ROLE, "no SHA-256 of the reserved path"))?;
        let path = format!("targets/motd/{hash}.notices.json");
        self.files
            .bytes(&path)
            .map(<[u8]>::to_vec)
            .ok_or(Error::Missing { path })
    }
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
    if role.version()? == version {
        Ok(role)
    } else {
        Err(malformed(
            name,
            "its version is not the one that its file name says",
        ))
    }
}

fn meta(roles: &[&RoleFile]) -> Result<Value, Error> {
    let entries = roles.iter().map(|role| {
        Ok((
            format!("{}.json", role.name()),
            raw::meta_entry(role.version()?, role.bytes()),
        ))
    });
    Ok(Value::Object(entries.collect::<Result<_, Error>>()?))
}

/// Signs with an online key and checks that root knows it: a server with the wrong key publishes nothing.
fn signed(
    name: &str,
    signed: Value,
    root: &RoleFile,
    key: &dyn PrivateKey,
) -> Result<RoleFile, Error> {
    let mut file = RoleFile::unsigned(name, signed)?;
    file.add_signature(key)?;
    Authority::of_root(root, name)?.check(&file)?;
    Ok(file)
}
