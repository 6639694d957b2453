//! Whether notices can be attached to a host, and why not.

use motd_core::Time;
use serde_json::Value;
use sigstore_tuf::DelegatedRole;

use super::super::metadata::{Delegation, RoleFile, limits};
use super::super::shadow::NOTICE_PATTERN;
use super::super::{NOTICE_ROLE, TARGET_PATH};
use super::finding::{Covering, HostFinding};
use super::host::{Host, ROOT_BYTES, SNAPSHOT_BYTES, TARGETS_BYTES, TIMESTAMP_BYTES};
use crate::publish::PublishError;
use crate::publish::key::{PublicKey, key_id};

/// What the delegation adds to top-level targets, in bytes: nine keys with their ids, and some room.
const DELEGATION_BYTES: u64 = 4_096;

/// What the role adds to the snapshot, in bytes: an entry with version, length and two hashes.
const ENTRY_BYTES: u64 = 512;

impl Host {
    /// Everything that is in the way, that cannot be known, and that is to be done; the heaviest first.
    #[must_use]
    pub fn check(&self, now: Time) -> Vec<HostFinding> {
        let mut found = Vec::new();
        self.check_shape(&mut found);
        self.check_delegation(&mut found);
        self.check_listing(&mut found);
        self.check_keys(&mut found);
        for role in self.roles() {
            check_role(role, now, &mut found);
        }
        self.check_sizes(&mut found);
        found.sort_by_key(HostFinding::weight);
        found
    }

    fn roles(&self) -> [&RoleFile; 4] {
        [&self.root, &self.targets, &self.snapshot, &self.timestamp]
    }

    fn check_shape(&self, found: &mut Vec<HostFinding>) {
        // MOTD-PUB-7
        if !self.root.is_consistent() {
            found.push(HostFinding::Inconsistent);
        }
        // MOTD-DEL-1: TUF allows ordered roles or computed bins in one role, and not both.
        if self.targets.has_succinct_roles() {
            found.push(HostFinding::Succinct);
        }
        // MOTD-DEL-2: an entry of top-level targets wins over every delegation.
        let mut paths = self.targets.target_paths();
        if let Some(path) = paths.find(|path| path.starts_with("motd/")) {
            found.push(HostFinding::Reserved { path: path.clone() });
        }
    }

    fn check_delegation(&self, found: &mut Vec<HostFinding>) {
        let roles = self.targets.delegations();
        let position = roles.iter().position(|role| role.name == NOTICE_ROLE);
        let before = roles.iter().take(position.unwrap_or(roles.len()));
        let covering = before.filter_map(|role| Some((role.name.clone(), covering(role)?)));
        let Some(role) = position.and_then(|position| roles.get(position)) else {
            found.extend(covering.map(|(by, covering)| HostFinding::Covered { by, covering }));
            self.check_name(found);
            if !found.contains(&HostFinding::Succinct) {
                found.push(HostFinding::Delegation);
            }
            return;
        };
        // MOTD-DEL-2: reached before the notice role.
        found.extend(covering.map(|(by, covering)| HostFinding::Shadowed { by, covering }));
        // MOTD-DEL-1: for this and for nothing else. A search for a package that led here could be stopped here.
        if !role.has_path(NOTICE_PATTERN) {
            found.push(HostFinding::NameTaken);
            return;
        }
        if role.paths.iter().flatten().count() != 1 || role.path_hash_prefixes {
            found.push(HostFinding::Paths);
        }
        // MOTD-DEL-1: first, whatever the others match: patterns are not read alike by all.
        if let Some(first) = roles.first().filter(|first| first.name != NOTICE_ROLE) {
            found.push(HostFinding::Order {
                before: first.name.clone(),
            });
        }
        if !role.terminating {
            found.push(HostFinding::NotTerminating);
        }
    }

    /// Without a delegation from top-level targets, what is listed under the name is ours from before or another's.
    fn check_name(&self, found: &mut Vec<HostFinding>) {
        let Some(version) = self.notices.listed else {
            return;
        };
        let is_ours = self
            .notices
            .unverified
            .as_ref()
            .is_none_or(|role| role.target_paths().all(|path| path.starts_with("motd/")));
        found.push(if is_ours {
            // MOTD-DEL-6: a version that was listed once is not given again.
            HostFinding::ListedBefore { version }
        } else {
            HostFinding::NameTaken
        });
    }

    fn check_listing(&self, found: &mut Vec<HostFinding>) {
        let mut others = self.targets.delegations().iter();
        let unlisted = others
            .find(|role| role.name != NOTICE_ROLE && self.snapshot.listed(&role.name).is_none());
        if let Some(role) = unlisted {
            // MOTD-DEL-6: what is not listed cannot be verified, and python-tuf fails a search that leads to it.
            found.push(HostFinding::Unlisted {
                role: role.name.clone(),
            });
        }
        if self.snapshot.listing().count() < 2 {
            found.push(HostFinding::ListsUnknown);
        }
        let is_delegated = self.targets.delegation(NOTICE_ROLE).is_some();
        match (self.notices.listed, self.notices.fault) {
            (Some(version), Some(fault)) => found.push(HostFinding::Broken { version, fault }),
            (None, _) => {
                if is_delegated {
                    found.push(HostFinding::Role);
                }
                found.push(HostFinding::TakesInUnknown);
            }
            (Some(_), None) => {}
        }
    }

    fn check_keys(&self, found: &mut Vec<HostFinding>) {
        let authorities = self.root.authorities().chain(self.targets.authorities());
        for authority in authorities {
            // MOTD-DEL-4
            if let Err(PublishError::DuplicateKey {
                role,
                first,
                second,
            }) = authority.check_distinct()
            {
                found.push(HostFinding::DuplicateKey {
                    role,
                    first,
                    second,
                });
            }
        }
        for file in [&self.root, &self.targets] {
            let odd = file.keys().iter().find(|key| !is_computed(key));
            found.extend(odd.map(|key| HostFinding::KeyId {
                role: file.name().to_owned(),
                key_id: key.id().to_owned(),
            }));
        }
        let Some(delegation) = self.targets.delegation(NOTICE_ROLE) else {
            return;
        };
        let Some(authority) = &delegation.authority else {
            found.push(HostFinding::DelegationForm);
            return;
        };
        // MOTD-PUB-3: what cannot be counted here is not published from here.
        if authority.ed25519_keys() < authority.threshold() {
            found.push(HostFinding::KeyKind {
                keys: authority.ed25519_keys(),
                threshold: authority.threshold(),
            });
        }
    }

    fn check_sizes(&self, found: &mut Vec<HostFinding>) {
        let is_attached = self.notices.listed.is_some();
        let more = |bytes: u64| if is_attached { 0 } else { bytes };
        // MOTD-GATE-14: the limits that clients have, and that python-tuf has too.
        for (role, limit, more) in [
            (&self.root, ROOT_BYTES, 0),
            (&self.timestamp, TIMESTAMP_BYTES, 0),
            (&self.snapshot, SNAPSHOT_BYTES, more(ENTRY_BYTES)),
            (&self.targets, TARGETS_BYTES, more(DELEGATION_BYTES)),
        ] {
            let bytes = u64::try_from(role.bytes().len()).unwrap_or(u64::MAX);
            if bytes.saturating_add(more) > limit {
                found.push(HostFinding::Size {
                    role: role.name().to_owned(),
                    bytes,
                    limit: limit.saturating_sub(more),
                });
            }
        }
    }
}

fn check_role(role: &RoleFile, now: Time, found: &mut Vec<HostFinding>) {
    // MOTD-BYTES-9: what a client of notices refuses, it refuses for the packages too.
    if let Err(fault) = limits::check(&without_pem(role.signed())) {
        found.push(HostFinding::Limits {
            role: role.name().to_owned(),
            fault,
        });
    }
    if role.expires() <= now {
        found.push(HostFinding::Expired {
            role: role.name().to_owned(),
            expires: role.expires(),
        });
    }
}

/// What is signed, with the line ends of PEM keys taken out: all TUF libraries read those alike, and ECDSA and RSA keys
/// have no other form.
fn without_pem(signed: &Value) -> Value {
    let mut signed = signed.clone();
    for place in ["/keys", "/delegations/keys"] {
        let keys = signed.pointer_mut(place).and_then(Value::as_object_mut);
        for key in keys.into_iter().flat_map(|keys| keys.values_mut()) {
            if let Some(Value::String(public)) = key.pointer_mut("/keyval/public")
                && public.starts_with("-----BEGIN ")
            {
                *public = public.replace('\n', " ");
            }
        }
    }
    signed
}

/// How a delegation matches the reserved path, if it does. A pattern that is none is taken for one that does: clients
/// fail at it when they get there.
fn covering(delegation: &Delegation) -> Option<Covering> {
    let role: Option<DelegatedRole> = serde_json::from_value(delegation.entry.clone()).ok();
    let matches = role.is_none_or(|role| role.matches_path(TARGET_PATH).unwrap_or(true));
    matches.then_some(if delegation.path_hash_prefixes {
        Covering::HashPrefix
    } else {
        Covering::Pattern
    })
}

/// Whether a key id is the hash of the key, with or without what its maker added to it.
fn is_computed(key: &PublicKey) -> bool {
    let bare = ["keytype", "scheme", "keyval"].map(|name| {
        let value = key.object().get(name).cloned().unwrap_or_default();
        (name.to_owned(), value)
    });
    let bare = Value::Object(bare.into_iter().collect());
    let mut ids = [key_id(key.object()), key_id(&bare)].into_iter().flatten();
    ids.any(|id| id == key.id())
}
