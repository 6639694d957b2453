//! Whether notices can be attached to a host, and why not.

use std::collections::BTreeSet;

use motd_core::Time;
use serde_json::Value;
use sigstore_tuf::DelegatedRole;

use super::super::authority::Authority;
use super::super::role_file::RoleFile;
use super::super::shadow::NOTICE_PATTERN;
use super::super::{NOTICE_ROLE, TARGET_PATH};
use super::finding::{Covering, HostFinding};
use super::host::{
    Host, ROOT_BYTES, SNAPSHOT_BYTES, TARGETS_BYTES, TIMESTAMP_BYTES, delegated_roles, listed,
};
use crate::error::Error;
use crate::publish::key::key_id;
use crate::publish::limits;

/// What the delegation adds to top-level targets, in bytes: nine keys with their ids, and some room.
const DELEGATION_BYTES: u64 = 4_096;

/// What the role adds to the snapshot, in bytes: an entry with version, length and two hashes.
const ENTRY_BYTES: u64 = 512;

const TOP_LEVEL: [&str; 4] = ["root", "targets", "snapshot", "timestamp"];

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
        if self.root.signed().get("consistent_snapshot") != Some(&Value::Bool(true)) {
            found.push(HostFinding::Inconsistent);
        }
        let signed = self.targets.signed();
        let delegations = signed.get("delegations");
        // MOTD-DEL-1: TUF allows ordered roles or computed bins in one role, and not both.
        if delegations.is_some_and(|delegations| delegations.get("succinct_roles").is_some()) {
            found.push(HostFinding::Succinct);
        }
        let entries = signed.get("targets").and_then(Value::as_object);
        // MOTD-DEL-2: an entry of top-level targets wins over every delegation.
        if let Some(path) = entries
            .into_iter()
            .flat_map(|entries| entries.keys())
            .find(|path| path.starts_with("motd/"))
        {
            found.push(HostFinding::Reserved { path: path.clone() });
        }
    }

    fn check_delegation(&self, found: &mut Vec<HostFinding>) {
        let roles: Vec<_> = delegated_roles(&self.targets).collect();
        let position = roles.iter().position(|(name, _)| *name == NOTICE_ROLE);
        let before = roles.iter().take(position.unwrap_or(roles.len()));
        let covering = before.filter_map(|(name, entry)| Some((*name, covering(entry)?)));
        let Some((_, entry)) = position.and_then(|position| roles.get(position)) else {
            found.extend(covering.map(|(by, covering)| HostFinding::Covered {
                by: by.to_owned(),
                covering,
            }));
            self.check_name(found);
            if !found.contains(&HostFinding::Succinct) {
                found.push(HostFinding::Delegation);
            }
            return;
        };
        // MOTD-DEL-2: reached before the notice role.
        found.extend(covering.map(|(by, covering)| HostFinding::Shadowed {
            by: by.to_owned(),
            covering,
        }));
        let paths = entry.get("paths").and_then(Value::as_array);
        let is_for = |path: &str| {
            let mut paths = paths.into_iter().flatten().filter_map(Value::as_str);
            paths.any(|found| found == path)
        };
        // MOTD-DEL-1: for this and for nothing else. A search for a package that led here could be stopped here.
        if !is_for(NOTICE_PATTERN) {
            found.push(HostFinding::NameTaken);
            return;
        }
        if paths.is_none_or(|paths| paths.len() != 1) || entry.get("path_hash_prefixes").is_some() {
            found.push(HostFinding::Paths);
        }
        // MOTD-DEL-1: first, whatever the others match: patterns are not read alike by all.
        if let Some((before, _)) = roles.first().filter(|(name, _)| *name != NOTICE_ROLE) {
            found.push(HostFinding::Order {
                before: (*before).to_owned(),
            });
        }
        if entry.get("terminating") != Some(&Value::Bool(true)) {
            found.push(HostFinding::NotTerminating);
        }
    }

    /// Without a delegation from top-level targets, what is listed under the name is ours from before or another's.
    fn check_name(&self, found: &mut Vec<HostFinding>) {
        let Some(version) = self.notices.listed else {
            return;
        };
        let is_ours = self.notices.unverified.as_ref().is_none_or(|role| {
            let entries = role.signed().get("targets").and_then(Value::as_object);
            let mut paths = entries.into_iter().flat_map(|entries| entries.keys());
            paths.all(|path| path.starts_with("motd/"))
        });
        found.push(if is_ours {
            // MOTD-DEL-6: a version that was listed once is not given again.
            HostFinding::ListedBefore { version }
        } else {
            HostFinding::NameTaken
        });
    }

    fn check_listing(&self, found: &mut Vec<HostFinding>) {
        let mut others = delegated_roles(&self.targets).filter(|(name, _)| *name != NOTICE_ROLE);
        let unlisted = others.find(|(name, _)| listed(&self.snapshot, name).is_none());
        if let Some((role, _)) = unlisted {
            // MOTD-DEL-6: what is not listed cannot be verified, and python-tuf fails a search that leads to it.
            found.push(HostFinding::Unlisted {
                role: role.to_owned(),
            });
        }
        let meta = self
            .snapshot
            .signed()
            .get("meta")
            .and_then(Value::as_object);
        if meta.is_none_or(|meta| meta.len() < 2) {
            found.push(HostFinding::ListsUnknown);
        }
        let is_delegated = delegated_roles(&self.targets).any(|(name, _)| name == NOTICE_ROLE);
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
        let of_root = TOP_LEVEL.map(|role| Authority::of_root(&self.root, role));
        let of_targets = delegated_roles(&self.targets)
            .map(|(name, _)| Authority::of_delegation(&self.targets, name));
        for authority in of_root.into_iter().chain(of_targets).flatten() {
            // MOTD-DEL-4
            if let Err(Error::DuplicateKey {
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
        let root_keys = self.root.signed().get("keys");
        let delegations = self.targets.signed().get("delegations");
        let targets_keys = delegations.and_then(|delegations| delegations.get("keys"));
        for (role, keys) in [("root", root_keys), ("targets", targets_keys)] {
            let keys = keys.and_then(Value::as_object).into_iter().flatten();
            let odd = keys.into_iter().find(|(id, key)| !is_computed(id, key));
            found.extend(odd.map(|(id, _)| HostFinding::KeyId {
                role: role.to_owned(),
                key_id: id.clone(),
            }));
        }
        if !delegated_roles(&self.targets).any(|(name, _)| name == NOTICE_ROLE) {
            return;
        }
        match Authority::of_delegation(&self.targets, NOTICE_ROLE) {
            Err(_) => found.push(HostFinding::DelegationForm),
            // MOTD-PUB-3: what cannot be counted here is not published from here.
            Ok(authority) if authority.ed25519_keys() < authority.threshold() => {
                found.push(HostFinding::KeyKind {
                    keys: authority.ed25519_keys(),
                    threshold: authority.threshold(),
                });
            }
            Ok(_) => {}
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
    if let Ok(expires) = role.expires()
        && expires <= now
    {
        found.push(HostFinding::Expired {
            role: role.name().to_owned(),
            expires,
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
fn covering(entry: &Value) -> Option<Covering> {
    let by_hash = entry.get("path_hash_prefixes").is_some();
    let role: Option<DelegatedRole> = serde_json::from_value(entry.clone()).ok();
    let matches = role.is_none_or(|role| role.matches_path(TARGET_PATH).unwrap_or(true));
    matches.then_some(if by_hash {
        Covering::HashPrefix
    } else {
        Covering::Pattern
    })
}

/// Whether a key id is the hash of the key, with or without what its maker added to it.
fn is_computed(id: &str, key: &Value) -> bool {
    let bare = ["keytype", "scheme", "keyval"].map(|name| {
        let value = key.get(name).cloned().unwrap_or_default();
        (name.to_owned(), value)
    });
    let bare = Value::Object(bare.into_iter().collect());
    let ids: BTreeSet<_> = [key_id(key), key_id(&bare)].into_iter().flatten().collect();
    ids.contains(id)
}
