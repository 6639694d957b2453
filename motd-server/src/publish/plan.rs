//! A new repository: who signs what, and its first metadata.

use motd_core::{RepositoryId, Time};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use tuf::crypto::{PrivateKey, PublicKey};

use super::authority::Authority;
use super::publish::Online;
use super::repository::{Proposal, Repository};
use super::role_file::RoleFile;
use super::shadow::NOTICE_PATTERN;
use super::{NOTICE_ROLE, TARGET_PATH, raw};
use crate::error::Error;
use crate::publish::document::NoticeDocument;
use crate::publish::key::key_object;
use crate::publish::pouf::SPEC_VERSION;
use crate::store::files::{Files, Publication};

/// The keys of a role and how many of them have to sign.
#[derive(Clone, Debug)]
pub struct RoleKeys {
    /// One key for each person or server.
    pub keys: Vec<PublicKey>,
    /// How many have to sign.
    pub threshold: u64,
}

/// How long roles live once they are signed, in days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Lifetimes {
    /// Root metadata.
    pub root: u64,
    /// Top-level targets metadata.
    pub targets: u64,
    /// The notice role: at most 93, better at most 30, because it bounds the replay of an old notice.
    pub notices: u64,
    /// Snapshot metadata.
    pub snapshot: u64,
    /// Timestamp metadata: at least three times as long as the period in which it is renewed.
    pub timestamp: u64,
}

impl Default for Lifetimes {
    fn default() -> Self {
        // MOTD-DEL-7: 30 days, so that a reader without state cannot be shown an older role than that.
        Self {
            root: 365,
            targets: 365,
            notices: 30,
            snapshot: 7,
            timestamp: 1,
        }
    }
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
    /// [`Error::DuplicateKey`], [`Error::Metadata`] when a threshold cannot be met, [`Error::Limits`], [`Error::Document`].
    pub fn draft(&self, now: Time) -> Result<Draft, Error> {
        let lifetimes = &self.lifetimes;
        let roles = [
            ("root", &self.root),
            ("targets", &self.targets),
            ("snapshot", &self.snapshot),
            ("timestamp", &self.timestamp),
        ];
        let mut root = head("root", 1, now, lifetimes.root);
        set_root_keys(&mut root, &roles);
        let root = RoleFile::unsigned("root", root)?;
        for (role, _) in roles {
            Authority::of_root(&root, role)?.check_distinct()?;
        }

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
        let mut targets = head("targets", 1, now, lifetimes.targets);
        set(&mut targets, "targets", json!({}));
        set(
            &mut targets,
            "delegations",
            json!({ "keys": key_map(all_keys), "roles": delegations }),
        );
        let targets = RoleFile::unsigned("targets", targets)?;
        Authority::of_delegation(&targets, NOTICE_ROLE)?.check_distinct()?;

        let document = NoticeDocument::compose(&self.repository, &self.default_language, &[])?;
        let mut notices = head("targets", 1, now, lifetimes.notices);
        set(
            &mut notices,
            "targets",
            json!({ TARGET_PATH: document.target_entry() }),
        );
        let notices = Proposal {
            role: RoleFile::unsigned(NOTICE_ROLE, notices)?,
            document: document.bytes().to_vec(),
        };

        let later = self.later.iter().map(|later| {
            let mut signed = head("targets", 1, now, lifetimes.targets);
            set(&mut signed, "targets", Value::Object(later.targets.clone()));
            RoleFile::unsigned(&later.name, signed)
        });
        Ok(Draft {
            root,
            targets,
            notices,
            later: later.collect::<Result<_, _>>()?,
        })
    }
}

impl Draft {
    /// Adds a key's signature to every role that the key belongs to.
    ///
    /// # Errors
    ///
    /// [`Error::KeyNotInRole`] when it belongs to none, [`Error::Signer`].
    pub fn sign(&mut self, key: &dyn PrivateKey) -> Result<(), Error> {
        let mut signed = false;
        let mut sign = |authority: Authority, file: &mut RoleFile| {
            if authority.has(key.public()) {
                signed = true;
                file.add_signature(key)?;
            }
            Ok::<(), Error>(())
        };
        sign(Authority::of_root(&self.root, "root")?, &mut self.root)?;
        sign(
            Authority::of_delegation(&self.targets, NOTICE_ROLE)?,
            &mut self.notices.role,
        )?;
        for later in &mut self.later {
            sign(
                Authority::of_delegation(&self.targets, later.name())?,
                later,
            )?;
        }
        sign(
            Authority::of_root(&self.root, "targets")?,
            &mut self.targets,
        )?;
        if signed {
            Ok(())
        } else {
            let key_id = key.public().key_id().to_string();
            Err(Error::KeyNotInRole {
                role: "any role".to_owned(),
                key_id,
            })
        }
    }

    /// The first publication, when enough people have signed.
    ///
    /// # Errors
    ///
    /// [`Error::Threshold`] and whatever else [`Repository::publish`] checks.
    pub fn publish(&self, online: &Online<'_>, now: Time) -> Result<Publication, Error> {
        Repository::first(self, online, now)
    }
}

impl Repository {
    /// Drafts, signs with every person's key in turn, and publishes: for one process that holds all keys, which only
    /// tests and demonstrations do.
    ///
    /// # Errors
    ///
    /// As [`Plan::draft`], [`Draft::sign`] and [`Draft::publish`].
    pub fn init(
        plan: &Plan,
        people: &[&dyn PrivateKey],
        online: &Online<'_>,
        now: Time,
    ) -> Result<Self, Error> {
        let mut draft = plan.draft(now)?;
        for person in people {
            draft.sign(*person)?;
        }
        let mut files = Files::default();
        files.apply(&draft.publish(online, now)?)?;
        Self::load(files)
    }
}

/// The members that every role has.
pub(crate) fn head(kind: &str, version: u64, now: Time, days: u64) -> Value {
    json!({
        "_type": kind,
        "spec_version": SPEC_VERSION,
        "version": version,
        "expires": raw::after(now, days).to_string(),
    })
}

pub(crate) fn set(signed: &mut Value, name: &str, value: Value) {
    if let Some(members) = signed.as_object_mut() {
        members.insert(name.to_owned(), value);
    }
}

/// Root's `keys` and `roles`, with no key left over that no role uses.
pub(crate) fn set_root_keys(root: &mut Value, roles: &[(&str, &RoleKeys)]) {
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
        keys.map(|key| (key.key_id().to_string(), key_object(key)))
            .collect(),
    )
}

pub(crate) fn key_ids(role: &RoleKeys) -> Vec<String> {
    role.keys
        .iter()
        .map(|key| key.key_id().to_string())
        .collect()
}
