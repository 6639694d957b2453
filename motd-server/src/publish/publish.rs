//! The one way to the next state of a repository: what was signed is checked, listed in a snapshot, and made visible by a
//! timestamp.

use motd_core::Time;
use serde_json::Value;
use tuf::crypto::PrivateKey;

use super::authority::Authority;
use super::bundle::bundle;
use super::plan::{Draft, Lifetimes, head, set};
use super::repository::{Proposal, Repository};
use super::role_file::RoleFile;
use super::{NOTICE_ROLE, TARGET_PATH, check, raw, shadow};
use crate::error::Error;
use crate::store::files::{BUNDLE, Files, Publication, TIMESTAMP, versioned};

/// The server's keys, and how long what they sign lives.
#[derive(Clone, Copy)]
pub struct Online<'a> {
    /// Signs snapshots.
    pub snapshot: &'a dyn PrivateKey,
    /// Signs timestamps.
    pub timestamp: &'a dyn PrivateKey,
    /// How long they live.
    pub lifetimes: Lifetimes,
    /// Whether there is a bundle for first checks.
    pub bundle: bool,
}

/// Keys, and the root under which what they sign has to hold.
pub(super) type Signer<'a> = (&'a RoleFile, &'a Online<'a>);

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

impl Repository {
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
    /// [`Error::Threshold`], [`Error::DuplicateKey`], [`Error::Version`], [`Error::Expired`], [`Error::Expiry`],
    /// [`Error::Shadowed`],
    /// [`Error::Limits`], [`Error::Document`], [`Error::Revision`], [`Error::Burned`].
    pub fn publish_change(
        &self,
        change: &Change<'_>,
        online: &Online<'_>,
        now: Time,
    ) -> Result<Publication, Error> {
        let root = change.root.unwrap_or(&self.root);
        self.check_change(change, now)?;
        self.check_signatures(change)?;
        let mut create = Vec::new();
        if let Some(proposal) = change.notices {
            // MOTD-CARRY-6: always, whether or not the metadata carries it inline too.
            create.push((
                raw::target_file(TARGET_PATH, &proposal.document),
                proposal.document.clone(),
            ));
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
                base: Some(self.base()),
                create,
                ..Publication::default()
            }
        } else {
            self.seal(&[(root, online)], &changed, create, now)?
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
        Ok(bundled(publication, &self.files, online))
    }

    /// Everything that has to hold for a change but the signatures on it.
    pub(super) fn check_change(&self, change: &Change<'_>, now: Time) -> Result<(), Error> {
        let root = change.root.unwrap_or(&self.root);
        if let Some(root) = change.root {
            check::next_root(&self.root, root)?;
        }
        let targets = change.targets.unwrap_or(self.targets()?);
        if let Some(targets) = change.targets {
            check::version(&self.files, self.targets()?, targets)?;
            check::limits(targets)?;
        }
        check::unexpired(root, now)?;
        check::unexpired(targets, now)?;
        shadow::check(targets)?;
        check::delegations(targets)?;
        if let Some(proposal) = change.notices {
            check::version(&self.files, self.notices()?, &proposal.role)?;
            check::expiry(&proposal.role, now)?;
            check::limits(&proposal.role)?;
            check::delegations(&proposal.role)?;
            self.check_revisions(&check::carriers(proposal)?)?;
        }
        Ok(())
    }

    /// MOTD-PUB-3: the signatures on every role, those that stay as they are included, because who may sign can change.
    fn check_signatures(&self, change: &Change<'_>) -> Result<(), Error> {
        let root = change.root.unwrap_or(&self.root);
        if change.root.is_some() {
            check::root_signatures(&self.root, root)?;
        }
        let targets = change.targets.unwrap_or(self.targets()?);
        Authority::of_root(root, "targets")?.check(targets)?;
        let notices = match change.notices {
            Some(proposal) => &proposal.role,
            None => self.notices()?,
        };
        Authority::of_delegation(targets, NOTICE_ROLE)?.check(notices)
    }

    /// A new snapshot when the old one has less than half its life left, and a new timestamp always.
    ///
    /// # Errors
    ///
    /// [`Error::Threshold`] when the online keys are not those of root, [`Error::Signer`].
    pub fn renew(&self, online: &Online<'_>, now: Time) -> Result<Publication, Error> {
        let left = self.snapshot.expires()?.seconds_since(now);
        if left.saturating_mul(2) < online.lifetimes.snapshot.saturating_mul(raw::DAY) {
            return self.renew_both(online, now);
        }
        let timestamp = self.seal_timestamp(&[(&self.root, online)], &self.snapshot, now)?;
        Ok(Publication {
            base: Some(self.base()),
            timestamp: Some(timestamp),
            ..Publication::default()
        })
    }

    /// A new snapshot and a new timestamp, however much life the old ones have left: when nobody will be there to renew
    /// for a while.
    ///
    /// # Errors
    ///
    /// As [`Repository::renew`].
    pub fn renew_both(&self, online: &Online<'_>, now: Time) -> Result<Publication, Error> {
        let publication = self.seal(&[(&self.root, online)], &[], Vec::new(), now)?;
        Ok(bundled(publication, &self.files, online))
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
        let publication = self.seal(&[(&self.root, online)], &[role], create, now)?;
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
        check::delegations(targets)?;
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
        let snapshot = signed("snapshot", snapshot, &[(root, online)], |online| {
            online.snapshot
        })?;
        create.push((versioned(1, "snapshot"), snapshot.bytes().to_vec()));
        let mut timestamp = head("timestamp", 1, now, online.lifetimes.timestamp);
        set(&mut timestamp, "meta", meta(&[&snapshot])?);
        let timestamp = signed("timestamp", timestamp, &[(root, online)], |online| {
            online.timestamp
        })?;
        let publication = Publication {
            create,
            timestamp: Some(timestamp.bytes().to_vec()),
            ..Publication::default()
        };
        Ok(bundled(publication, &Files::default(), online))
    }

    fn base(&self) -> Vec<u8> {
        self.timestamp.bytes().to_vec()
    }

    /// The snapshot that lists the changed roles, and the timestamp that names it.
    pub(super) fn seal(
        &self,
        signers: &[Signer<'_>],
        changed: &[&RoleFile],
        mut create: Vec<(String, Vec<u8>)>,
        now: Time,
    ) -> Result<Publication, Error> {
        let mut next = self.snapshot.signed().clone();
        let version = self.next_version("snapshot", self.snapshot.version()?);
        set(&mut next, "version", version.into());
        set(
            &mut next,
            "expires",
            expires(signers, now, |lifetimes| lifetimes.snapshot),
        );
        // MOTD-DEL-6: entries are added and replaced, never removed; a role that was listed stays listed.
        if let (Some(entries), Value::Object(new)) = (
            next.get_mut("meta").and_then(Value::as_object_mut),
            meta(changed)?,
        ) {
            entries.extend(new);
        }
        let snapshot = signed("snapshot", next, signers, |online| online.snapshot)?;
        create.push((versioned(version, "snapshot"), snapshot.bytes().to_vec()));
        let timestamp = self.seal_timestamp(signers, &snapshot, now)?;
        Ok(Publication {
            base: Some(self.base()),
            create,
            timestamp: Some(timestamp),
            ..Publication::default()
        })
    }

    fn seal_timestamp(
        &self,
        signers: &[Signer<'_>],
        snapshot: &RoleFile,
        now: Time,
    ) -> Result<Vec<u8>, Error> {
        let mut next = self.timestamp.signed().clone();
        // MOTD-PUB-2: exactly one more.
        set(&mut next, "version", (self.timestamp.version()? + 1).into());
        set(
            &mut next,
            "expires",
            expires(signers, now, |lifetimes| lifetimes.timestamp),
        );
        set(&mut next, "meta", meta(&[snapshot])?);
        Ok(
            signed("timestamp", next, signers, |online| online.timestamp)?
                .bytes()
                .to_vec(),
        )
    }
}

/// The publication with the bundle that belongs to it, or with an empty one in the place of one that is not kept up.
pub(super) fn bundled(
    mut publication: Publication,
    files: &Files,
    online: &Online<'_>,
) -> Publication {
    if !online.bundle {
        // MOTD-BUNDLE-2.
        publication.bundle = files.bytes(BUNDLE).map(|_| bundle(|_| None));
        return publication;
    }
    let bundle = bundle(|path| {
        let created = publication.create.iter();
        let created = created.rev().find(|(created, _)| created == path);
        match &publication.timestamp {
            Some(timestamp) if path == TIMESTAMP => Some(timestamp.as_slice()),
            _ => created
                .map(|(_, bytes)| bytes.as_slice())
                .or_else(|| files.bytes(path)),
        }
    });
    publication.bundle = Some(bundle);
    publication
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

/// When the shortest life of the signers' ends.
fn expires(signers: &[Signer<'_>], now: Time, life: impl Fn(&Lifetimes) -> u64) -> Value {
    let days = signers.iter().map(|(_, online)| life(&online.lifetimes));
    raw::after(now, days.min().unwrap_or_default())
        .to_string()
        .into()
}

/// Signs with online keys and checks that each root knows its own: a server with the wrong key publishes nothing.
fn signed<'a>(
    name: &str,
    signed: Value,
    signers: &[Signer<'a>],
    key: impl Fn(&Online<'a>) -> &'a dyn PrivateKey,
) -> Result<RoleFile, Error> {
    let mut file = RoleFile::unsigned(name, signed)?;
    for (_, online) in signers {
        file.add_signature(key(online))?;
    }
    for (root, _) in signers {
        Authority::of_root(root, name)?.check(&file)?;
    }
    Ok(file)
}
