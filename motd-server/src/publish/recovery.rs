//! A store whose timestamp or snapshot does not verify: an intruder wrote into it, or a publication stopped half-way.
//!
//! The roles that people sign verify from the held root, wherever they come from. The online roles only say which of them
//! are current. Without the online roles the highest versions are current. An intruder who deletes files makes older ones
//! current; the floors of clients hold against that, and the log of the proposals shows it.

use std::collections::{BTreeMap, BTreeSet};

use motd_core::Time;
use serde_json::{Map, Value};

use super::NOTICE_ROLE;
use super::metadata::limits::MAX_INTEGER;
use super::metadata::write::{head, meta_entry, set, set_version};
use super::metadata::{Authority, RoleFile, TOP_LEVEL_ROLES};
use super::publication::FAR;
use super::repository::{Damage, Repository, SealedRoles, read, read_listed};
use super::request::{Proposal, SigningRequest};
use super::steps::Published as _;
use crate::publish::PublishError;
use crate::store::files::{Files, TIMESTAMP, role_version, versioned};

impl Repository {
    /// Reads a repository to publish in it. As [`Repository::load`]; but MOTD-PUB-15: a timestamp or a snapshot that does
    /// not verify, or does not lead to every file, counts as absent ([`Repository::damage`] says why). The next publication
    /// has new ones.
    ///
    /// # Errors
    ///
    /// [`PublishError::Root`], or [`PublishError::Lost`] when no targets or no notices verify.
    pub fn recover(files: Files, held: &[u8], now: Time) -> Result<Self, PublishError> {
        let (root, former_roots) = Self::newest_root(&files, held)?;
        let sealed = Self::sealed(&root, &files);
        let is_sealed = sealed.is_ok();
        let mut recovered =
            match sealed.and_then(|sealed| is_whole(&root, &sealed).map(|()| sealed)) {
                Ok(sealed) => Self::of_roles(root, files, sealed, None),
                Err(fault) => {
                    let why = fault.to_string();
                    // Where the online roles hold, the fault is in what people have signed, and says more.
                    let newest = newest_roles(&root, &files, now);
                    let newest = newest.map_err(|lost| if is_sealed { fault } else { lost });
                    let (roles, listed) = newest?;
                    Self::of_roles(root, files, roles, Some(Damage { why, listed }))
                }
            }?;
        recovered.former_roots = former_roots;
        Ok(recovered)
    }

    /// The request without what is current already: a publication that stopped half-way wrote it, or an intruder who had
    /// read the request.
    #[must_use]
    pub fn left_to_publish(&self, request: &SigningRequest) -> SigningRequest {
        let mut left = request.clone();
        let is_damaged = self.damage().is_some();
        let is_new = |role: &RoleFile, there: &RoleFile| role.signed() != there.signed();
        // A root takes effect at once, and whatever comes with it later.
        if is_damaged || left.targets.is_some() || left.notices.is_some() {
            left.root = left.root.filter(|root| is_new(root, self.root()));
        }
        if is_damaged {
            left.targets = left.targets.filter(|role| is_new(role, self.targets()));
            let is_new_notice = |notices: &Proposal| is_new(notices.role(), self.notices());
            left.notices = left.notices.filter(is_new_notice);
        }
        left
    }

    /// The version that the next one of a role follows. Of a file that is gone, the snapshot knows it.
    pub(super) fn last_version(&self, role: &RoleFile) -> u64 {
        let listed = self.damage.as_ref();
        let listed = listed.and_then(|damage| damage.listed.get(role.name()));
        let listed = listed.copied().filter(|version| *version < FAR);
        role.version().max(listed.unwrap_or_default())
    }

    /// MOTD-PUB-16: clients that have seen a snapshot refuse one that lists less, while its keys stay (MOTD-FLOOR-2).
    pub(super) fn check_not_behind<'a>(
        &self,
        changed: &[&RoleFile],
        roots: impl Iterator<Item = &'a RoleFile>,
    ) -> Result<(), PublishError> {
        let Some(damage) = &self.damage else {
            return Ok(());
        };
        let mut authorities = roots.flat_map(|root| root.authority("snapshot"));
        if !authorities.any(|authority| self.has_authority(authority)) {
            return Ok(());
        }
        for (name, listed) in &damage.listed {
            let changed = changed.iter().find(|role| role.name() == name);
            let role = changed.copied().or_else(|| self.role(name).ok());
            if role.is_none_or(|role| role.version() < *listed) {
                return Err(PublishError::Gone {
                    role: name.clone(),
                    listed: *listed,
                });
            }
        }
        Ok(())
    }

    /// Whether the newest root gives a role to these keys.
    pub(super) fn has_authority(&self, authority: &Authority) -> bool {
        let mine = self.root().authority(authority.role());
        mine.is_ok_and(|mine| mine == authority)
    }
}

/// People have signed what is theirs.
fn is_whole(root: &RoleFile, sealed: &SealedRoles) -> Result<(), PublishError> {
    Repository::of_roles(root.clone(), Files::default(), sealed.clone(), None).map(drop)
}

/// The newest roles that verify, below a snapshot and a timestamp without signatures, and what the newest snapshot that
/// verifies lists.
fn newest_roles(
    root: &RoleFile,
    files: &Files,
    now: Time,
) -> Result<(SealedRoles, BTreeMap<String, u64>), PublishError> {
    let timestamp = read(files, TIMESTAMP, "timestamp");
    let timestamp = timestamp.ok().filter(|timestamp| {
        let authority = root.authority("timestamp");
        authority.is_ok_and(|authority| authority.check(timestamp).is_ok())
    });
    let named = timestamp.as_ref().and_then(|role| role.listed("snapshot"));
    let named = named.map(|snapshot| snapshot.version);
    let versions = Versions::of(files);
    let mut snapshots = versions.of_role(root.authority("snapshot")?);
    let snapshot = snapshots.find(|role| role.version() < FAR || Some(role.version()) == named);
    let mut roles = signed_roles(root, &versions)?;
    let mut listed = BTreeMap::new();
    for (name, entry) in snapshot.iter().flat_map(RoleFile::listing) {
        listed.insert(name.to_owned(), entry.version);
        // A role with keys of other kinds: the snapshot vouches for it.
        let unknown = snapshot.as_ref().filter(|_| !roles.contains_key(name));
        let unknown = unknown.and_then(|snapshot| read_listed(files, snapshot, name).ok());
        roles.extend(unknown.map(|role| (name.to_owned(), role)));
    }
    let last = last_unknown(now);
    let version = match named {
        Some(named) => named.min(MAX_INTEGER),
        None => snapshot
            .as_ref()
            .map_or(last, |role| role.version().max(last)),
    };
    let mut signed = match snapshot {
        Some(role) => role.signed().clone(),
        None => head("snapshot", version, now),
    };
    set_version(&mut signed, version, now);
    set(&mut signed, "meta", meta(roles.values()));
    let snapshot = RoleFile::unsigned("snapshot", signed)?;
    let absent = || {
        let mut signed = head("timestamp", last, now);
        set(&mut signed, "meta", meta([&snapshot].into_iter()));
        RoleFile::unsigned("timestamp", signed)
    };
    let timestamp = timestamp.map_or_else(absent, Ok)?;
    Ok(((timestamp, snapshot, roles), listed))
}

/// The newest targets below which notices verify, and the newest version of each role below them.
fn signed_roles(
    root: &RoleFile,
    versions: &Versions<'_>,
) -> Result<BTreeMap<String, RoleFile>, PublishError> {
    let mut lost = "targets";
    for targets in versions.of_role(root.authority("targets")?) {
        let mut roles: BTreeMap<String, RoleFile> = BTreeMap::new();
        let mut waiting = vec![targets];
        while let Some(role) = waiting.pop() {
            if roles.contains_key(role.name()) {
                continue;
            }
            let delegated = role.authorities().filter(|authority| {
                // No role takes the place of one that is above it.
                !TOP_LEVEL_ROLES.contains(&authority.role())
                    && !roles.contains_key(authority.role())
            });
            waiting.extend(delegated.filter_map(|authority| versions.of_role(authority).next()));
            roles.insert(role.name().to_owned(), role);
        }
        if roles.contains_key(NOTICE_ROLE) {
            return Ok(roles);
        }
        lost = NOTICE_ROLE;
    }
    Err(PublishError::Lost {
        role: lost.to_owned(),
    })
}

fn meta<'a>(roles: impl Iterator<Item = &'a RoleFile>) -> Value {
    let entries = roles.map(|role| {
        let name = format!("{}.json", role.name());
        (name, meta_entry(role.version(), role.bytes()))
    });
    Value::Object(entries.collect::<Map<_, _>>())
}

/// MOTD-PUB-2: stands for a last version that is not known. No honest publisher makes more than one a second, so that
/// clients have seen nothing higher.
fn last_unknown(now: Time) -> u64 {
    now.unix_seconds().min(FAR - 1)
}

/// The versions of each role in a store, whatever their files hold.
struct Versions<'a> {
    files: &'a Files,
    of: BTreeMap<&'a str, BTreeSet<u64>>,
}

impl<'a> Versions<'a> {
    fn of(files: &'a Files) -> Self {
        let mut of: BTreeMap<&str, BTreeSet<u64>> = BTreeMap::new();
        for (version, name) in files.0.keys().filter_map(|path| role_version(path)) {
            of.entry(name).or_default().insert(version);
        }
        Self { files, of }
    }

    /// The versions of a role that hold, the highest first.
    fn of_role(&self, authority: &Authority) -> impl Iterator<Item = RoleFile> {
        let name = authority.role();
        let versions = self.of.get(name);
        versions
            .into_iter()
            .flatten()
            .rev()
            .filter_map(move |version| {
                let role = read(self.files, &versioned(*version, name), name).ok()?;
                (role.version() == *version && authority.check(&role).is_ok()).then_some(role)
            })
    }
}
