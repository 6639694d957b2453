//! What the client reads of a role, and nothing else: unknown members, targets that are not searched for and lists of
//! delegated roles that do not match take no more memory than their bytes.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use motd_core::Code;
use serde::Deserialize;
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor,
};
use serde_json::value::RawValue;
use sha2::{Digest as _, Sha256};
use sigstore_tuf::DelegatedRole;

use super::hashes::Hashes;
use crate::limits;

/// A type of role.
pub(crate) trait Role: DeserializeOwned + Send + Sync + 'static {
    /// Its `_type`.
    const TYPE: &'static str;

    /// Whether its keys and delegations keep the limits. MOTD-GATE-17.
    fn is_within_limits(&self) -> bool {
        true
    }
}

#[derive(Debug, Deserialize)]
pub(crate) struct Root {
    #[serde(default)]
    pub(crate) consistent_snapshot: bool,
    pub(crate) keys: BTreeMap<String, Key>,
    pub(crate) roles: BTreeMap<String, Authority>,
}

impl Root {
    /// The keys and the threshold of a top-level role.
    pub(crate) fn role(&self, name: &str) -> Option<&Authority> {
        self.roles.get(name)
    }
}

impl Role for Root {
    const TYPE: &'static str = "root";

    fn is_within_limits(&self) -> bool {
        let mut roles = self.roles.values();
        self.keys.len() <= limits::KEYS && roles.all(|role| role.keyids.count <= limits::KEY_IDS)
    }
}

#[derive(Debug, Deserialize)]
pub(crate) struct Timestamp {
    meta: BTreeMap<String, MetaFile>,
}

impl Timestamp {
    /// The pin of the snapshot.
    pub(crate) fn snapshot_meta(&self) -> Option<&MetaFile> {
        self.meta.get("snapshot.json")
    }
}

impl Role for Timestamp {
    const TYPE: &'static str = "timestamp";
}

#[derive(Debug, Deserialize)]
pub(crate) struct Snapshot {
    pub(crate) meta: BTreeMap<String, MetaFile>,
}

impl Role for Snapshot {
    const TYPE: &'static str = "snapshot";
}

#[derive(Debug, Deserialize)]
pub(crate) struct Targets {
    #[serde(rename = "targets", deserialize_with = "every_target")]
    _targets: (),
    #[serde(default, deserialize_with = "present")]
    delegations: Option<Arc<Delegations>>,
}

impl Targets {
    pub(crate) const fn delegations(&self) -> Option<&Arc<Delegations>> {
        self.delegations.as_ref()
    }
}

impl Role for Targets {
    const TYPE: &'static str = "targets";

    fn is_within_limits(&self) -> bool {
        let Some(Delegations { keys, roles }) = self.delegations.as_deref() else {
            return true;
        };
        let lists = roles.iter().map(|role| {
            let others = [&role.paths, &role.path_hash_prefixes];
            let others = others.into_iter().flatten().map(|list| list.count);
            others.sum::<usize>() + role.authority.keyids.count
        });
        keys.len() <= limits::KEYS
            && roles.len() <= limits::DELEGATED_ROLES
            && (roles.iter()).all(|role| role.authority.keyids.count <= limits::KEY_IDS)
            && lists.sum::<usize>() <= limits::DELEGATED_TEXTS
    }
}

/// The entry of a target in the JSON form of a targets role that was parsed before.
pub(crate) fn target(targets: &[u8], path: &str) -> Option<TargetFile> {
    let targets: &RawValue = serde_json::from_slice(targets).ok()?;
    let entry = member(member(targets, "targets")?, path)?;
    serde_json::from_str(entry.get()).ok()
}

/// The member of this name in an object whose names are unique.
pub(crate) fn member<'a>(object: &'a RawValue, name: &str) -> Option<&'a RawValue> {
    let mut deserializer = serde_json::Deserializer::from_str(object.get());
    Member(name).deserialize(&mut deserializer).ok()?
}

#[derive(Debug, Deserialize)]
pub(crate) struct Delegations {
    pub(crate) keys: BTreeMap<String, Key>,
    #[serde(default)]
    pub(crate) roles: Vec<Delegation>,
}

/// A delegation to a role. TUF 4.5.
#[derive(Debug, Deserialize)]
#[serde(try_from = "DelegationForm")]
pub(crate) struct Delegation {
    pub(crate) name: String,
    pub(crate) authority: Authority,
    pub(crate) terminating: bool,
    paths: Option<Texts>,
    path_hash_prefixes: Option<Texts>,
}

#[derive(Deserialize)]
struct DelegationForm {
    name: String,
    keyids: Texts,
    threshold: u64,
    terminating: bool,
    paths: Option<Texts>,
    path_hash_prefixes: Option<Texts>,
}

impl TryFrom<DelegationForm> for Delegation {
    type Error = &'static str;

    fn try_from(form: DelegationForm) -> Result<Self, &'static str> {
        if form.threshold < 1 {
            return Err("a threshold of zero");
        }
        if form.paths.is_some() == form.path_hash_prefixes.is_some() {
            return Err("not one way of naming paths");
        }
        Ok(Self {
            name: form.name,
            authority: Authority {
                keyids: form.keyids,
                threshold: form.threshold,
            },
            terminating: form.terminating,
            paths: form.paths,
            path_hash_prefixes: form.path_hash_prefixes,
        })
    }
}

impl Delegation {
    /// Whether it gives the role this path, by the patterns that `sigstore-tuf` reads.
    pub(crate) fn matches_path(&self, path: &str) -> Result<bool, Code> {
        if let Some(prefixes) = &self.path_hash_prefixes {
            let hash = hex::encode(Sha256::digest(path));
            return Ok(prefixes
                .read()
                .iter()
                .any(|prefix| hash.starts_with(&**prefix)));
        }
        let paths = self.paths.as_ref().map(Texts::read);
        let role = serde_json::json!({ "name": "", "keyids": [], "threshold": 1, "paths": paths });
        // TUF 4.5: a pattern that cannot be read is no pattern that does not match.
        serde_json::from_value::<DelegatedRole>(role)
            .ok()
            .and_then(|role| role.matches_path(path).ok())
            .ok_or(Code::Malformed)
    }
}

/// Whose signatures a role needs, and how many.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Authority {
    keyids: Texts,
    pub(crate) threshold: u64,
}

impl Authority {
    pub(crate) fn key_ids(&self) -> Vec<Cow<'_, str>> {
        self.keyids.read()
    }
}

/// A public key. What it is, `sigstore-tuf` says when a signature by it is looked at.
#[derive(Debug, Deserialize)]
pub(crate) struct Key {
    keytype: String,
    scheme: String,
    /// What is in it is the key type's own affair: a type that is not known here may have no public value (TUF 4.2).
    keyval: Box<RawValue>,
}

#[derive(Deserialize)]
struct KeyValue {
    public: String,
}

impl Key {
    pub(crate) fn verifying(&self) -> Option<sigstore_tuf::Key> {
        let KeyValue { public } = serde_json::from_str(self.keyval.get()).ok()?;
        serde_json::from_value(serde_json::json!({
            "keytype": self.keytype, "scheme": self.scheme, "keyval": { "public": public },
        }))
        .ok()
    }
}

/// What a role says of another one's file.
#[derive(Debug, Deserialize)]
pub(crate) struct MetaFile {
    pub(crate) version: u64,
    pub(crate) length: Option<u64>,
    pub(crate) hashes: Option<Hashes>,
}

/// What a targets role says of a target.
#[derive(Debug, Deserialize)]
pub(crate) struct TargetFile {
    pub(crate) length: u64,
    pub(crate) hashes: Hashes,
    /// As JSON without white space: what is made of it is its reader's business.
    pub(crate) custom: Option<Box<RawValue>>,
}

/// A signature, and the key id that it is said to be by.
#[derive(Debug, Deserialize)]
pub(crate) struct Signature {
    pub(crate) keyid: String,
    pub(crate) sig: String,
}

/// A list of texts, kept as its JSON.
#[derive(Clone, Debug)]
struct Texts {
    json: Box<RawValue>,
    count: usize,
}

impl Texts {
    fn read(&self) -> Vec<Cow<'_, str>> {
        // The list was read before: it is one of texts.
        let texts: Vec<Text<'_>> = serde_json::from_str(self.json.get()).unwrap_or_default();
        texts.into_iter().map(|text| text.0).collect()
    }
}

impl<'de> Deserialize<'de> for Texts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = Box::<RawValue>::deserialize(deserializer)?;
        let count = serde_json::Deserializer::from_str(json.get())
            .deserialize_seq(Every::<Text<'_>>(PhantomData))
            .map_err(serde::de::Error::custom)?;
        Ok(Self { json, count })
    }
}

/// A text that is borrowed where it can be.
#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

/// Reads every target's entry, and keeps none.
fn every_target<'de, D: Deserializer<'de>>(deserializer: D) -> Result<(), D::Error> {
    deserializer
        .deserialize_map(Every::<TargetFile>(PhantomData))
        .map(drop)
}

/// The number of values of a list or an object, each of which is a `T`.
struct Every<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Every<T> {
    type Value = usize;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a list or an object")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<usize, A::Error> {
        let mut count = 0;
        while access.next_element::<T>()?.is_some() {
            count += 1;
        }
        Ok(count)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<usize, A::Error> {
        let mut count = 0;
        while access.next_entry::<IgnoredAny, T>()?.is_some() {
            count += 1;
        }
        Ok(count)
    }
}

struct Member<'n>(&'n str);

impl<'de> DeserializeSeed<'de> for Member<'_> {
    type Value = Option<&'de RawValue>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Member<'_> {
    type Value = Option<&'de RawValue>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Self::Value, A::Error> {
        let mut found = None;
        while let Some(Text(name)) = access.next_key()? {
            if name == self.0 {
                found = Some(access.next_value()?);
            } else {
                access.next_value::<IgnoredAny>()?;
            }
        }
        Ok(found)
    }
}

/// A member that is not `null` where it stands.
fn present<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Arc<T>>, D::Error> {
    T::deserialize(deserializer).map(|value| Some(Arc::new(value)))
}
