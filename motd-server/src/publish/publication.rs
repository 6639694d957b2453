//! The one way to the next state of a repository: what was signed is checked, listed in a snapshot, and made visible
//! by a timestamp.

use motd_core::Time;
use serde_json::{Map, Value};

use super::bundle::bundle;
use super::key::Signer;
use super::metadata::RoleFile;
use super::metadata::limits::MAX_INTEGER;
use super::metadata::write::{DAY, after, head, meta_entry, set, set_version, target_file};
use super::plan::Draft;
use super::repository::Repository;
use super::request::{Proposal, SigningRequest};
use super::steps::Published as _;
use super::{NOTICE_ROLE, TARGET_PATH, check, read_back, shadow};
use crate::publish::PublishError;
use crate::store::files::{Files, Publication, TIMESTAMP, versioned};
use crate::store::{Lifetimes, RepositoryConfig};

/// The server's keys, and how long what they sign lives.
#[derive(Clone, Copy)]
pub struct Online<'a> {
    /// Signs snapshots.
    pub snapshot: &'a dyn Signer,
    /// Signs timestamps.
    pub timestamp: &'a dyn Signer,
    /// How long they live.
    pub lifetimes: Lifetimes,
}

impl<'a> Online<'a> {
    /// These keys, with what the repository's settings say of lifetimes.
    #[must_use]
    pub const fn new(
        snapshot: &'a dyn Signer,
        timestamp: &'a dyn Signer,
        config: &RepositoryConfig,
    ) -> Self {
        Self {
            snapshot,
            timestamp,
            lifetimes: config.lifetimes,
        }
    }
}

/// Keys, and the root under which what they sign has to hold.
type OnlineSigner<'a> = (&'a RoleFile, &'a Online<'a>);

impl Repository {
    /// Takes new roles in, with the snapshot and the timestamp that make them visible.
    ///
    /// # Errors
    ///
    /// [`PublishError::Threshold`], [`PublishError::DuplicateKey`], [`PublishError::Version`],
    /// [`PublishError::Expired`], [`PublishError::Expiry`], [`PublishError::Shadowed`], [`PublishError::Limits`],
    /// [`PublishError::Document`], [`PublishError::Revision`], [`PublishError::Store`].
    pub fn publish(
        &self,
        request: &SigningRequest,
        online: &Online<'_>,
        now: Time,
    ) -> Result<Publication, PublishError> {
        let request = &self.left_to_publish(request);
        self.check_change(request, now)?;
        self.check_signatures(request)?;
        let root = request.root.as_ref().unwrap_or(self.root());
        let online_roles_hold = root.authority("snapshot")?.check(self.snapshot()).is_ok()
            && root.authority("timestamp")?.check(self.timestamp()).is_ok();
        let below: Vec<&RoleFile> = request
            .roles()
            .filter(|file| file.name() != "root")
            .collect();
        let mut publication = if below.is_empty() && online_roles_hold {
            Publication {
                base: self.base(),
                ..Publication::default()
            }
        } else {
            let create = files(request.notices.as_ref(), below.iter().copied());
            Latest::of(self).seal(&[(root, online)], &below, create, now)?
        };
        // Last but the timestamp: the fewer moments a client can see the one without the other, the better.
        publication.create.extend(files(None, request.root.iter()));
        publication.check(publication.base.as_deref(), |path| {
            Ok(self.files().bytes(path).map(<[u8]>::to_vec))
        })?;
        self.finished(publication, &[root])
    }

    /// A new snapshot when the old one has less than half its life left, and a new timestamp always.
    ///
    /// # Errors
    ///
    /// [`PublishError::Threshold`] when the online keys are not those of root, [`PublishError::Signer`].
    pub fn renew(&self, online: &Online<'_>, now: Time) -> Result<Publication, PublishError> {
        let left = self.snapshot().expires().seconds_since(now);
        if left.saturating_mul(2) < online.lifetimes.snapshot.saturating_mul(DAY) {
            return self.renew_both(online, now);
        }
        let signers = [(self.root(), online)];
        let timestamp = Latest::of(self).timestamp(&signers, self.snapshot(), now)?;
        let publication = Publication {
            base: self.base(),
            timestamp: Some(timestamp),
            ..Publication::default()
        };
        self.finished(publication, &[self.root()])
    }

    /// A new snapshot and a new timestamp, however much life the old ones have left.
    ///
    /// # Errors
    ///
    /// As [`Repository::renew`].
    pub fn renew_both(&self, online: &Online<'_>, now: Time) -> Result<Publication, PublishError> {
        let signers = [(self.root(), online)];
        let publication = Latest::of(self).seal(&signers, &[], Vec::new(), now)?;
        self.finished(publication, &[self.root()])
    }

    /// New online keys without a moment in which readers fail: a snapshot and a timestamp, signed with the online
    /// keys of the published root and with those of the next one. To be published before `next`, which is then a
    /// publication of its own, [`Repository::publish`].
    ///
    /// A root is visible as soon as it is there, and a timestamp as soon as it is replaced: they are two files, and
    /// no store changes two in one step. Each of the two publications is one step, and between them, however long
    /// that lasts, everything verifies. Meanwhile, whoever renews does so with this too; [`Repository::renew`] with
    /// one half of the keys would take the other signature away.
    ///
    /// # Errors
    ///
    /// [`PublishError::Threshold`] when the keys are not those of the roots or `next` is not signed,
    /// [`PublishError::Version`], [`PublishError::Signer`].
    pub fn bridge(
        &self,
        next: &RoleFile,
        leaving: &Online<'_>,
        coming: &Online<'_>,
        now: Time,
    ) -> Result<Publication, PublishError> {
        check::next_root(self.root(), next)?;
        check::root_follows(self.root(), next)?;
        let signers = [(self.root(), leaving), (next, coming)];
        let publication = Latest::of(self).seal(&signers, &[], Vec::new(), now)?;
        self.finished(publication, &[self.root(), next])
    }

    /// What is replaced, whatever it is.
    fn base(&self) -> Option<Vec<u8>> {
        self.files().bytes(TIMESTAMP).map(<[u8]>::to_vec)
    }

    fn finished(
        &self,
        publication: Publication,
        roots: &[&RoleFile],
    ) -> Result<Publication, PublishError> {
        finished(publication, self.files(), roots)
    }
}

impl Draft {
    /// The first publication, when enough people have signed.
    ///
    /// # Errors
    ///
    /// [`PublishError::Threshold`] and whatever else [`Repository::publish`] checks.
    pub fn publish(&self, online: &Online<'_>, now: Time) -> Result<Publication, PublishError> {
        let Self {
            root,
            targets,
            notices,
            later,
        } = self;
        for role in [root, targets, notices.role()] {
            check::limits(role)?;
        }
        check::root_roles(root)?;
        root.authority("root")?.check(root)?;
        root.authority("targets")?.check(targets)?;
        shadow::check(targets)?;
        check::delegations(targets)?;
        targets.authority(NOTICE_ROLE)?.check(notices.role())?;
        check::expiry(notices.role(), now)?;
        for role in later {
            check::limits(role)?;
            targets.authority(role.name())?.check(role)?;
        }
        let roles: Vec<_> = [targets, notices.role()].into_iter().chain(later).collect();
        let all = core::iter::once(root).chain(roles.iter().copied());
        let create = files(Some(notices), all);
        let publication = Latest::nothing().seal(&[(root, online)], &roles, create, now)?;
        finished(publication, &Files::default(), &[root])
    }
}

/// The files of roles, and that of the document.
fn files<'a>(
    notices: Option<&Proposal>,
    roles: impl Iterator<Item = &'a RoleFile>,
) -> Vec<(String, Vec<u8>)> {
    // MOTD-CARRY-6: always, whether or not the metadata carries it inline too.
    let document = notices.map(|proposal| {
        let bytes = proposal.document().bytes();
        (target_file(TARGET_PATH, bytes), bytes.to_vec())
    });
    let roles = roles.map(|role| {
        let path = versioned(role.version(), role.name());
        (path, role.bytes().to_vec())
    });
    document.into_iter().chain(roles).collect()
}

/// The snapshot and the timestamp that the next ones follow.
struct Latest<'a> {
    published: Option<&'a Repository>,
}

impl<'a> Latest<'a> {
    const fn of(published: &'a Repository) -> Self {
        Self {
            published: Some(published),
        }
    }

    /// Of a repository that is still to be.
    const fn nothing() -> Self {
        Self { published: None }
    }

    /// The snapshot that lists the changed roles, and the timestamp that names it.
    fn seal(
        &self,
        signers: &[OnlineSigner<'_>],
        changed: &[&RoleFile],
        mut create: Vec<(String, Vec<u8>)>,
        now: Time,
    ) -> Result<Publication, PublishError> {
        if let Some(published) = self.published {
            published.check_not_behind(changed, signers.iter().map(|(root, _)| *root))?;
        }
        let before = self.published.map(Repository::snapshot);
        let next_version = self.next_version("snapshot", before, signers)?;
        let version = self.published.map_or(next_version, |published| {
            published.files().free_version("snapshot", next_version)
        });
        check::not_exhausted("snapshot", version)?;
        let expires = expires(signers, now, |lifetimes| lifetimes.snapshot);
        let mut next = next("snapshot", before, version, expires);
        // MOTD-DEL-6: entries are added and replaced, never removed; a role that was listed stays listed.
        if let Some(entries) = next.get_mut("meta").and_then(Value::as_object_mut) {
            entries.extend(meta(changed));
        }
        let snapshot = signed("snapshot", next, signers, |online| online.snapshot)?;
        create.push((versioned(version, "snapshot"), snapshot.bytes().to_vec()));
        Ok(Publication {
            base: self.published.and_then(Repository::base),
            create,
            timestamp: Some(self.timestamp(signers, &snapshot, now)?),
            ..Publication::default()
        })
    }

    /// The timestamp that names a snapshot.
    fn timestamp(
        &self,
        signers: &[OnlineSigner<'_>],
        snapshot: &RoleFile,
        now: Time,
    ) -> Result<Vec<u8>, PublishError> {
        let before = self.published.map(Repository::timestamp);
        let version = self.next_version("timestamp", before, signers)?;
        let expires = expires(signers, now, |lifetimes| lifetimes.timestamp);
        let mut next = next("timestamp", before, version, expires);
        set(&mut next, "meta", meta(&[snapshot]));
        let timestamp = signed("timestamp", next, signers, |online| online.timestamp)?;
        Ok(timestamp.bytes().to_vec())
    }

    /// MOTD-PUB-2: exactly one more. A thief of the online keys can sign the last version that there is. New keys void the
    /// floors of clients (MOTD-FLOOR-2), so that versions begin anew with them.
    fn next_version(
        &self,
        name: &str,
        before: Option<&RoleFile>,
        signers: &[OnlineSigner<'_>],
    ) -> Result<u64, PublishError> {
        let Some(before) = before else {
            return Ok(1);
        };
        let mut roots = signers.iter().map(|(root, _)| root);
        let keys_stay = roots.any(|root| {
            let authority = root.authority(name);
            // What was taken for absent has no signature of its own.
            authority.is_ok_and(|authority| {
                authority.check(before).is_ok()
                    || self.published.is_some_and(|published| {
                        published.damage().is_some() && published.has_authority(authority)
                    })
            })
        });
        match before.version() {
            FAR.. if !keys_stay => Ok(1),
            MAX_INTEGER.. => Err(PublishError::Exhausted {
                role: name.to_owned(),
            }),
            version => Ok(version + 1),
        }
    }
}

/// A version that no honest server reaches: one each second takes 136 years.
pub(super) const FAR: u64 = 1 << 32;

/// What follows a snapshot or a timestamp, or the first one. Unknown members stay.
fn next(kind: &str, before: Option<&RoleFile>, version: u64, expires: Time) -> Value {
    let mut next = before.map_or_else(
        || {
            let mut first = head(kind, version, expires);
            set(&mut first, "meta", Map::new());
            first
        },
        |before| before.signed().clone(),
    );
    set_version(&mut next, version, expires);
    next
}

/// The publication as it goes out: read back from every root under which it has to hold, and with its bundle.
fn finished(
    mut publication: Publication,
    files: &Files,
    roots: &[&RoleFile],
) -> Result<Publication, PublishError> {
    for root in roots {
        read_back::check(files, &publication, root)?;
    }
    publication.bundle = Some(bundle(|path| {
        let created = publication.create.iter();
        let created = created.rev().find(|(created, _)| created == path);
        match &publication.timestamp {
            Some(timestamp) if path == TIMESTAMP => Some(timestamp.as_slice()),
            _ => created
                .map(|(_, bytes)| bytes.as_slice())
                .or_else(|| files.bytes(path)),
        }
    }));
    Ok(publication)
}

fn meta(roles: &[&RoleFile]) -> Map<String, Value> {
    let entries = roles.iter().map(|role| {
        let entry = meta_entry(role.version(), role.bytes());
        (format!("{}.json", role.name()), entry)
    });
    entries.collect()
}

/// When the shortest life of the signers' ends.
fn expires(signers: &[OnlineSigner<'_>], now: Time, life: impl Fn(&Lifetimes) -> u64) -> Time {
    let days = signers.iter().map(|(_, online)| life(&online.lifetimes));
    after(now, days.min().unwrap_or_default())
}

/// Signs with online keys and checks that each root knows its own: a server with the wrong key publishes nothing.
fn signed<'a>(
    name: &str,
    signed: Value,
    signers: &[OnlineSigner<'a>],
    key: impl Fn(&Online<'a>) -> &'a dyn Signer,
) -> Result<RoleFile, PublishError> {
    let mut file = RoleFile::unsigned(name, signed)?;
    check::limits(&file)?;
    for (_, online) in signers {
        file.add_signature(key(online))?;
    }
    for (root, _) in signers {
        root.authority(name)?.check(&file)?;
    }
    Ok(file)
}
