//! The next root and the next top-level targets, drafted to be signed by people.

use motd_core::Time;
use serde_json::{Value, json};

use super::plan::{RoleKeys, delegation, key_ids, set};
use super::repository::Repository;
use super::role_file::RoleFile;
use super::shadow::NOTICE_PATTERN;
use super::{NOTICE_ROLE, raw};
use crate::error::Error;
use crate::publish::key::key_object;

/// New keys for some of root's roles; what is absent keeps its keys.
#[derive(Clone, Debug, Default)]
pub struct RootChange {
    /// Who may change who may sign.
    pub root: Option<RoleKeys>,
    /// Who may change the delegations.
    pub targets: Option<RoleKeys>,
    /// The server's snapshot key.
    pub snapshot: Option<RoleKeys>,
    /// The server's timestamp key.
    pub timestamp: Option<RoleKeys>,
}

impl Repository {
    /// The next root, unsigned: it needs the signatures of the old root's people and of the new one's.
    ///
    /// Unknown members stay, and a key that no role uses any more goes.
    ///
    /// # Errors
    ///
    /// [`Error::Limits`], or [`Error::Metadata`] when a threshold cannot be met.
    pub fn draft_root(&self, change: &RootChange, now: Time, days: u64) -> Result<RoleFile, Error> {
        let mut signed = self.root().signed().clone();
        let changes = [
            ("root", &change.root),
            ("targets", &change.targets),
            ("snapshot", &change.snapshot),
            ("timestamp", &change.timestamp),
        ];
        for (role, keys) in changes {
            let Some(keys) = keys else { continue };
            add_keys(signed.get_mut("keys"), keys);
            if let Some(entry) = signed
                .get_mut("roles")
                .and_then(|roles| roles.get_mut(role))
            {
                set(entry, "keyids", json!(key_ids(keys)));
                set(entry, "threshold", keys.threshold.into());
            }
        }
        let roles: Vec<Value> = signed
            .get("roles")
            .and_then(Value::as_object)
            .map(|roles| roles.values().cloned().collect())
            .unwrap_or_default();
        drop_unused_keys(signed.get_mut("keys"), &roles);
        set(&mut signed, "version", (self.root().version()? + 1).into());
        set(
            &mut signed,
            "expires",
            raw::after(now, days).to_string().into(),
        );
        RoleFile::unsigned("root", signed)
    }

    /// The next top-level targets, unsigned, with other people for the notice role and everything else as it is.
    ///
    /// # Errors
    ///
    /// [`Error::Limits`], or [`Error::Metadata`] when a threshold cannot be met.
    pub fn draft_notice_keys(
        &self,
        keys: &RoleKeys,
        now: Time,
        days: u64,
    ) -> Result<RoleFile, Error> {
        self.draft_targets(now, days, |signed| {
            let Some(delegations) = signed.get_mut("delegations") else {
                return;
            };
            add_keys(delegations.get_mut("keys"), keys);
            let new = delegation(NOTICE_ROLE, &[NOTICE_PATTERN.to_owned()], true, keys);
            let Some(roles) = delegations.get_mut("roles").and_then(Value::as_array_mut) else {
                return;
            };
            let is_motd =
                |role: &&mut Value| role.get("name").and_then(Value::as_str) == Some(NOTICE_ROLE);
            match roles.iter_mut().find(is_motd) {
                Some(role) => *role = new,
                None => roles.insert(0, new),
            }
            let roles = roles.clone();
            drop_unused_keys(delegations.get_mut("keys"), &roles);
        })
    }

    /// The next top-level targets, unsigned, with an edit of what is signed. The order of delegations and unknown members
    /// stay as the edit leaves them.
    ///
    /// # Errors
    ///
    /// [`Error::Limits`], or [`Error::Metadata`] when the edit leaves no targets metadata.
    pub fn draft_targets(
        &self,
        now: Time,
        days: u64,
        edit: impl FnOnce(&mut Value),
    ) -> Result<RoleFile, Error> {
        let mut signed = self.targets()?.signed().clone();
        set(
            &mut signed,
            "version",
            (self.targets()?.version()? + 1).into(),
        );
        set(
            &mut signed,
            "expires",
            raw::after(now, days).to_string().into(),
        );
        edit(&mut signed);
        RoleFile::unsigned("targets", signed)
    }
}

fn add_keys(keys: Option<&mut Value>, role: &RoleKeys) {
    if let Some(keys) = keys {
        for key in &role.keys {
            set(keys, &key.key_id().to_string(), key_object(key));
        }
    }
}

fn drop_unused_keys(keys: Option<&mut Value>, roles: &[Value]) {
    let ids = roles
        .iter()
        .filter_map(|role| role.get("keyids")?.as_array())
        .flatten();
    let used: Vec<&str> = ids.filter_map(Value::as_str).collect();
    if let Some(keys) = keys.and_then(Value::as_object_mut) {
        keys.retain(|id, _| used.contains(&id.as_str()));
    }
}
