//! What is signed first: the metadata of a new repository, and the roots and top-level targets that follow.

use motd_core::{RepositoryId, Time};
use serde_json::{Map, Value, json};

use super::document::NoticeDocument;
use super::key::{PublicKey, Signer};
use super::metadata::write::{after, head, set, set_version};
use super::metadata::{Authority, RoleFile};
use super::repository::Repository;
use super::request::Proposal;
use super::shadow::NOTICE_PATTERN;
use super::steps::Published as _;
use super::{NOTICE_ROLE, TARGET_PATH, check};
use crate::publish::PublishError;
use crate::store::Lifetimes;

/// The keys of a role and how many of them have to sign.
#[derive(Clone, Debug)]
pub struct RoleKeys {
    /// One key for each person or server.
    pub keys: Vec<PublicKey>,
    /// How many have to sign.
    pub threshold: u64,
}

/// A delegation that stands after the one to the notice role, such as that of the packages.
#[derive(Clone, Debug)]
pub struct LaterDelegation {
    /// The role's name.
    pub name: String,
    /// Its path patterns.
    pub paths: Vec<String>,
    /// Whether the search stops there.
    pub terminating: bool,
    /// Who signs.
    pub keys: RoleKeys,
    /// The entries of its first version.
    pub targets: Map<String, Value>,
}

/// What a new repository is to be.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The identifier that its documents carry.
    pub repository: RepositoryId,
    /// The language that every notice has.
    pub default_language: String,
    /// Who may change who may sign.
    pub root: RoleKeys,
    /// Who may change the delegations.
    pub targets: RoleKeys,
    /// Who may say something.
    pub notices: RoleKeys,
    /// The server's key for snapshots.
    pub snapshot: RoleKeys,
    /// The server's key for timestamps.
    pub timestamp: RoleKeys,
    /// Delegations after the one to the notice role.
    pub later: Vec<LaterDelegation>,
    /// How long roles live.
    pub lifetimes: Lifetimes,
}

/// The first metadata of a repository, to be signed by people, on different days and machines if they like.
#[derive(Clone, Debug)]
pub struct Draft {
    /// Root, version 1.
    pub root: RoleFile,
    /// Top-level targets, version 1.
    pub targets: RoleFile,
    /// The notice role, version 1, with a document that says nothing.
    pub notices: Proposal,
    /// The roles of the later delegations, version 1.
    pub later: Vec<RoleFile>,
}

impl Plan {
    /// Writes the first metadata, unsigned.
    ///
    /// # Errors
    ///
    /// [`PublishError::DuplicateKey`], [`PublishError::Metadata`] when a threshold cannot be met,
    /// [`PublishError::Limits`], [`PublishError::Document`].
    pub fn draft(&self, now: Time) -> Result<Draft, PublishError> {
        let lifetimes = &self.lifetimes;
        let roles = [
            ("root", &self.root),
            ("targets", &self.targets),
            ("snapshot", &self.snapshot),
            ("timestamp", &self.timestamp),
        ];
        let mut root = head("root", 1, after(now, lifetimes.root));
        set_root_keys(&mut root, &roles);
        let root = RoleFile::unsigned("root", root)?;
        root.authorities().try_for_each(Authority::check_distinct)?;

        let targets_expire = after(now, lifetimes.targets);
        let motd = delegation(
            NOTICE_ROLE,
            &[NOTICE_PATTERN.to_owned()],
            true,
            &self.notices,
        );
        let later = self
            .later
            .iter()
            .map(|later| delegation(&later.name, &later.paths, later.terminating, &later.keys));
        // MOTD-DEL-1: first, and terminating.
        let delegations: Vec<Value> = core::iter::once(motd).chain(later).collect();
        let all_keys =
            core::iter::once(&self.notices).chain(self.later.iter().map(|later| &later.keys));
        let mut targets = head("targets", 1, targets_expire);
        set(&mut targets, "targets", json!({}));
        set(
            &mut targets,
            "delegations",
            json!({ "keys": key_map(all_keys), "roles": delegations }),
        );
        let targets = RoleFile::unsigned("targets", targets)?;
        targets.authority(NOTICE_ROLE)?.check_distinct()?;

        let document = NoticeDocument::compose(&self.repository, &self.default_language, &[])?;
        let mut notices = head("targets", 1, after(now, lifetimes.notices));
        let entry = document.target_entry();
        set(&mut notices, "targets", json!({ TARGET_PATH: entry }));
        let notices = RoleFile::unsigned(NOTICE_ROLE, notices)?;

        let later = self.later.iter().map(|later| {
            let mut signed = head("targets", 1, targets_expire);
            set(&mut signed, "targets", later.targets.clone());
            RoleFile::unsigned(&later.name, signed)
        });
        Ok(Draft {
            root,
            targets,
            notices: Proposal::new(notices, document)?,
            later: later.collect::<Result<_, _>>()?,
        })
    }
}

impl Draft {
    /// Adds a key's signature to every role that the key belongs to.
    ///
    /// # Errors
    ///
    /// [`PublishError::KeyNotInRole`] when it belongs to none, [`PublishError::Signer`].
    pub fn sign(&mut self, key: &dyn Signer) -> Result<(), PublishError> {
        let mut signed = false;
        let mut sign = |authority: &Authority, file: &mut RoleFile| {
            if authority.has(key.public()) {
                signed = true;
                file.add_signature(key)?;
            }
            Ok::<(), PublishError>(())
        };
        let root = self.root.authority("root")?.clone();
        sign(&root, &mut self.root)?;
        sign(self.root.authority("targets")?, &mut self.targets)?;
        let notices = self.targets.authority(NOTICE_ROLE)?;
        self.notices.sign_with(|role| sign(notices, role))?;
        for later in &mut self.later {
            sign(self.targets.authority(later.name())?, later)?;
        }
        if signed {
            Ok(())
        } else {
            Err(PublishError::KeyNotInRole {
                role: "any role".to_owned(),
                key_id: key.public().id().to_owned(),
            })
        }
    }
}

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
    /// [`PublishError::Limits`], or [`PublishError::Metadata`] when a threshold cannot be met.
    pub fn draft_root(
        &self,
        change: &RootChange,
        now: Time,
        days: u64,
    ) -> Result<RoleFile, PublishError> {
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
                set(entry, "threshold", keys.threshold);
            }
        }
        let roles: Vec<Value> = signed
            .get("roles")
            .and_then(Value::as_object)
            .map(|roles| roles.values().cloned().collect())
            .unwrap_or_default();
        drop_unused_keys(signed.get_mut("keys"), &roles);
        let version = self.root().version().saturating_add(1);
        set_version(&mut signed, version, after(now, days));
        RoleFile::unsigned("root", signed)
    }

    /// The next top-level targets, unsigned, with other people for the notice role and everything else as it is.
    ///
    /// # Errors
    ///
    /// [`PublishError::Limits`], or [`PublishError::Metadata`] when a threshold cannot be met.
    pub fn draft_notice_keys(
        &self,
        keys: &RoleKeys,
        now: Time,
        days: u64,
    ) -> Result<RoleFile, PublishError> {
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

    /// The next top-level targets, unsigned, with an edit of what is signed. The order of delegations and unknown
    /// members stay as the edit leaves them.
    ///
    /// # Errors
    ///
    /// [`PublishError::Limits`], or [`PublishError::Metadata`] when the edit leaves no targets metadata.
    pub fn draft_targets(
        &self,
        now: Time,
        days: u64,
        edit: impl FnOnce(&mut Value),
    ) -> Result<RoleFile, PublishError> {
        let mut signed = self.targets().signed().clone();
        let next = self.targets_version().saturating_add(1);
        let version = self.files().free_version("targets", next);
        check::not_exhausted("targets", version)?;
        set_version(&mut signed, version, after(now, days));
        edit(&mut signed);
        RoleFile::unsigned("targets", signed)
    }
}

/// Root's `keys` and `roles`, with no key left over that no role uses.
fn set_root_keys(root: &mut Value, roles: &[(&str, &RoleKeys)]) {
    set(root, "keys", key_map(roles.iter().map(|(_, keys)| *keys)));
    let entries = roles.iter().map(|(name, keys)| {
        let entry = json!({ "keyids": key_ids(keys), "threshold": keys.threshold });
        ((*name).to_owned(), entry)
    });
    set(root, "roles", Value::Object(entries.collect()));
    // MOTD-PUB-7
    set(root, "consistent_snapshot", Value::Bool(true));
}

/// One entry of `delegations.roles`.
pub(crate) fn delegation(
    name: &str,
    paths: &[String],
    terminating: bool,
    keys: &RoleKeys,
) -> Value {
    json!({
        "name": name,
        "paths": paths,
        "terminating": terminating,
        "keyids": key_ids(keys),
        "threshold": keys.threshold,
    })
}

pub(crate) fn key_map<'a>(roles: impl Iterator<Item = &'a RoleKeys>) -> Value {
    let keys = roles.flat_map(|role| &role.keys);
    Value::Object(
        keys.map(|key| (key.id().to_owned(), key.object().clone()))
            .collect(),
    )
}

fn key_ids(role: &RoleKeys) -> Vec<&str> {
    role.keys.iter().map(PublicKey::id).collect()
}
fn add_keys(keys: Option<&mut Value>, role: &RoleKeys) {
    if let Some(keys) = keys {
        for key in &role.keys {
            set(keys, key.id(), key.object().clone());
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
