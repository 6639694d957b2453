//! What a role says, in types. Unknown members stay in the JSON that [`RoleFile`](super::RoleFile) holds beside them.
//!
//! A member that has not the form that TUF gives it counts as absent: what needs it then says that it is not there.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::authority::Authority;
use crate::publish::key::PublicKey;
use crate::publish::{CUSTOM_MEMBER, TARGET_PATH};

/// What a role says, by its type.
#[derive(Clone, Debug)]
pub(super) enum Content {
    /// Root: who signs the top-level roles.
    Root {
        consistent_snapshot: bool,
        keys: Vec<PublicKey>,
        roles: Vec<Authority>,
    },
    /// Targets, top-level or delegated.
    Targets {
        notices: Option<NoticeEntry>,
        keys: Vec<PublicKey>,
        delegations: Vec<Delegation>,
        succinct_roles: bool,
    },
    /// Snapshot or timestamp.
    Listing(BTreeMap<String, ListedRole>),
}

/// A delegation, in the order of its role.
#[derive(Clone, Debug)]
pub struct Delegation {
    /// The role; empty when the entry has no name.
    pub name: String,
    /// The path patterns; absent when the entry has none.
    pub paths: Option<Vec<String>>,
    /// Whether it has `path_hash_prefixes`.
    pub path_hash_prefixes: bool,
    /// Whether a search ends with it.
    pub terminating: bool,
    /// Who signs; absent when the entry does not say.
    pub authority: Option<Authority>,
    /// The entry as it is.
    pub entry: Value,
}

/// What a timestamp or a snapshot says about a role.
#[derive(Clone, Debug)]
pub struct ListedRole {
    /// The version.
    pub version: u64,
    /// The length of its file in bytes, where it is said.
    pub length: Option<u64>,
    /// The SHA-256 of its file in hexadecimal, where it is said.
    pub sha256: Option<String>,
}

/// What a targets role says about `motd/notices.json`.
#[derive(Clone, Debug, PartialEq)]
pub struct NoticeEntry {
    /// The length in bytes.
    pub length: Option<u64>,
    /// The SHA-256 in hexadecimal.
    pub sha256: Option<String>,
    /// The SHA-512 in hexadecimal.
    pub sha512: Option<String>,
    /// The document inline: `custom.motd`.
    pub inline: Option<Value>,
}

impl Content {
    /// Reads what is signed, of the type that its `_type` says.
    pub(super) fn of(signed: &Value) -> Option<Self> {
        Some(match signed.get("_type")?.as_str()? {
            "root" => Self::root(signed),
            "targets" => Self::targets(signed),
            "snapshot" | "timestamp" => {
                let meta = members(signed.get("meta"));
                let listed = meta.filter_map(|(name, entry)| {
                    Some((
                        name.strip_suffix(".json")?.to_owned(),
                        ListedRole::of(entry)?,
                    ))
                });
                Self::Listing(listed.collect())
            }
            _ => return None,
        })
    }

    fn root(signed: &Value) -> Self {
        let keys = signed.get("keys");
        let roles = members(signed.get("roles"));
        Self::Root {
            consistent_snapshot: signed.get("consistent_snapshot") == Some(&Value::Bool(true)),
            keys: public_keys(keys),
            roles: roles
                .filter_map(|(role, entry)| Authority::of_entry(role, entry, keys?))
                .collect(),
        }
    }

    fn targets(signed: &Value) -> Self {
        let delegations = signed.get("delegations");
        let member = |name: &str| delegations.and_then(|delegations| delegations.get(name));
        let keys = member("keys");
        let roles = member("roles").and_then(Value::as_array).into_iter();
        let targets = signed.get("targets");
        let notices = targets.and_then(|targets| targets.get(TARGET_PATH));
        Self::Targets {
            notices: notices.map(NoticeEntry::of),
            keys: public_keys(keys),
            delegations: roles
                .flatten()
                .map(|entry| Delegation::of(entry, keys))
                .collect(),
            succinct_roles: member("succinct_roles").is_some(),
        }
    }
}

impl Delegation {
    fn of(entry: &Value, keys: Option<&Value>) -> Self {
        let name = entry.get("name").and_then(Value::as_str);
        let name = name.unwrap_or_default().to_owned();
        let paths = entry.get("paths").and_then(Value::as_array);
        let patterns = |paths: &Vec<Value>| {
            let texts = paths.iter().map(|path| path.as_str().unwrap_or_default());
            texts.map(str::to_owned).collect()
        };
        Self {
            paths: paths.map(patterns),
            path_hash_prefixes: entry.get("path_hash_prefixes").is_some(),
            terminating: entry.get("terminating") == Some(&Value::Bool(true)),
            authority: keys.and_then(|keys| Authority::of_entry(&name, entry, keys)),
            entry: entry.clone(),
            name,
        }
    }

    /// Whether one of its patterns is just this.
    #[must_use]
    pub fn has_path(&self, pattern: &str) -> bool {
        let mut paths = self.paths.iter().flatten();
        paths.any(|path| path == pattern)
    }
}

impl ListedRole {
    fn of(entry: &Value) -> Option<Self> {
        let length = entry.get("length").map(Value::as_u64);
        Some(Self {
            version: entry.get("version")?.as_u64()?,
            length: length.map_or(Some(None), |length| length.map(Some))?,
            sha256: hash(entry, "sha256"),
        })
    }
}

impl NoticeEntry {
    fn of(entry: &Value) -> Self {
        let custom = entry.get("custom");
        Self {
            length: entry.get("length").and_then(Value::as_u64),
            sha256: hash(entry, "sha256"),
            sha512: hash(entry, "sha512"),
            inline: custom.and_then(|custom| custom.get(CUSTOM_MEMBER)).cloned(),
        }
    }
}

/// A hash of an entry. One that is no text matches nothing, which is not the same as one that is absent.
fn hash(entry: &Value, name: &str) -> Option<String> {
    let hash = entry.get("hashes")?.get(name)?;
    Some(hash.as_str().unwrap_or_default().to_owned())
}

fn members(object: Option<&Value>) -> impl Iterator<Item = (&String, &Value)> {
    object
        .and_then(Value::as_object)
        .into_iter()
        .flat_map(Map::iter)
}

fn public_keys(keys: Option<&Value>) -> Vec<PublicKey> {
    members(keys)
        .map(|(id, key)| PublicKey::named(id, key.clone()))
        .collect()
}
