//! What the client reads of a role, and nothing else: unknown members, targets that are not searched for and lists of
//! delegated roles that do not match take no more memory than their bytes.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor,
};
use serde_json::value::RawValue;

use super::hashes::Hashes;
use crate::limits;

/// Types whose members `serde` derives, but for lists: it would read the members from a list, in their order.
macro_rules! objects_alone {
    ($($type:ty),+) => {$(
        impl<'de> FromMembers<'de> for $type {
            fn from_members<A: MapAccess<'de>>(access: A) -> Result<Self, A::Error> {
                <$type>::deserialize(MapAccessDeserializer::new(access))
            }
        }

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_map(Members(PhantomData))
            }
        }
    )+};
}

objects_alone!(
    Root,
    Timestamp,
    TimestampMeta,
    Snapshot,
    Targets,
    Delegations,
    DelegationForm,
    Authority,
    Key,
    KeyValue,
    MetaFile,
    TargetFile,
    Signature
);

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
#[serde(remote = "Self")]
pub(crate) struct Root {
    #[serde(default)]
    pub(crate) consistent_snapshot: bool,
    pub(crate) keys: BTreeMap<String, Key>,
    #[serde(deserialize_with = "top_level")]
    pub(crate) roles: BTreeMap<&'static str, Authority>,
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
#[serde(remote = "Self")]
pub(crate) struct Timestamp {
    meta: TimestampMeta,
}

#[derive(Debug, Deserialize)]
#[serde(remote = "Self")]
struct TimestampMeta {
    #[serde(rename = "snapshot.json")]
    snapshot: MetaFile,
}

impl Timestamp {
    /// The pin of the snapshot.
    pub(crate) const fn snapshot_meta(&self) -> &MetaFile {
        &self.meta.snapshot
    }
}

impl Role for Timestamp {
    const TYPE: &'static str = "timestamp";
}

#[derive(Debug, Deserialize)]
#[serde(remote = "Self")]
pub(crate) struct Snapshot {
    pub(crate) meta: BTreeMap<String, MetaFile>,
}

impl Role for Snapshot {
    const TYPE: &'static str = "snapshot";
}

#[derive(Debug, Deserialize)]
#[serde(remote = "Self")]
pub(crate) struct Targets {
    #[serde(rename = "targets", deserialize_with = "every_target")]
    _targets: (),
    #[serde(default, deserialize_with = "present")]
    delegations: Option<Delegations>,
}

impl Targets {
    pub(crate) const fn delegations(&self) -> Option<&Delegations> {
        self.delegations.as_ref()
    }
}

impl Role for Targets {
    const TYPE: &'static str = "targets";

    fn is_within_limits(&self) -> bool {
        let Some(Delegations { keys, roles }) = self.delegations.as_ref() else {
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
#[serde(remote = "Self")]
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
#[serde(remote = "Self")]
struct DelegationForm {
    name: String,
    keyids: Texts,
    #[serde(deserialize_with = "positive")]
    threshold: u64,
    terminating: bool,
    #[serde(default, deserialize_with = "present")]
    paths: Option<Texts>,
    #[serde(default, deserialize_with = "present")]
    path_hash_prefixes: Option<Texts>,
}

impl TryFrom<DelegationForm> for Delegation {
    type Error = &'static str;

    fn try_from(form: DelegationForm) -> Result<Self, &'static str> {
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
    /// Whether it gives the role this path, whose SHA-256 has these hexadecimal digits.
    pub(crate) fn matches_path(&self, path: &str, hash: &str) -> bool {
        let any = |list: &Option<Texts>, matches: &dyn Fn(&str) -> bool| {
            list.as_ref().is_some_and(|list| list.any(matches))
        };
        any(&self.paths, &|pattern| matches_pattern(pattern, path))
            || any(&self.path_hash_prefixes, &|prefix| hash.starts_with(prefix))
    }
}

/// MOTD-GATE-18: `*` is any number of characters and `?` is one, within a segment of the path. One pass, with one place to
/// go back to, so that no pattern takes long or much memory.
fn matches_pattern(pattern: &str, path: &str) -> bool {
    let (mut pattern, mut path) = (pattern.chars(), path.chars());
    // What stands behind the last star, and where its match ends.
    let mut star = None;
    loop {
        let (mut pattern_rest, mut path_rest) = (pattern.clone(), path.clone());
        match (pattern_rest.next(), path_rest.next()) {
            (None, None) => return true,
            (Some('*'), _) => {
                pattern = pattern_rest;
                star = Some((pattern.clone(), path.clone()));
            }
            (Some(wanted), Some(found)) if wanted == found || (wanted == '?' && found != '/') => {
                (pattern, path) = (pattern_rest, path_rest);
            }
            _ => {
                // The star takes one character more.
                let Some((behind, end)) = &mut star else {
                    return false;
                };
                if end.next().is_none_or(|character| character == '/') {
                    return false;
                }
                (pattern, path) = (behind.clone(), end.clone());
            }
        }
    }
}

/// Whose signatures a role needs, and how many.
#[derive(Clone, Debug, Deserialize)]
#[serde(remote = "Self")]
pub(crate) struct Authority {
    keyids: Texts,
    #[serde(deserialize_with = "positive")]
    pub(crate) threshold: u64,
}

impl Authority {
    pub(crate) fn key_ids(&self) -> Vec<Cow<'_, str>> {
        self.keyids.read()
    }
}

/// A public key. What it is, `sigstore-tuf` says when a signature by it is looked at.
#[derive(Clone, Debug, Deserialize)]
#[serde(remote = "Self")]
pub(crate) struct Key {
    keytype: String,
    scheme: String,
    /// What is in it is the key type's own affair: a type that is not known here may have no public value (TUF 4.2).
    #[serde(deserialize_with = "object")]
    keyval: Box<RawValue>,
}

#[derive(Deserialize)]
#[serde(remote = "Self")]
struct KeyValue {
    public: String,
}

impl Key {
    pub(crate) fn verifying(&self) -> Option<sigstore_tuf::Key> {
        let KeyValue { public } = serde_json::from_str(self.keyval.get()).ok()?;
        // MOTD-DEL-5: one text in hexadecimal, whatever else a library takes.
        let is_hex = public.len() == 64 && public.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !is_hex && !public.starts_with("-----BEGIN PUBLIC KEY-----") {
            return None;
        }
        serde_json::from_value(serde_json::json!({
            "keytype": self.keytype, "scheme": self.scheme, "keyval": { "public": public },
        }))
        .ok()
    }
}

/// What a role says of another one's file.
#[derive(Debug, Deserialize)]
#[serde(remote = "Self")]
pub(crate) struct MetaFile {
    #[serde(deserialize_with = "positive")]
    pub(crate) version: u64,
    #[serde(default, deserialize_with = "present")]
    pub(crate) length: Option<u64>,
    #[serde(default, deserialize_with = "present")]
    pub(crate) hashes: Option<Hashes>,
}

/// What a targets role says of a target.
#[derive(Debug, Deserialize)]
#[serde(remote = "Self")]
pub(crate) struct TargetFile {
    pub(crate) length: u64,
    pub(crate) hashes: Hashes,
    /// As JSON without white space: what is made of it is its reader's business.
    pub(crate) custom: Option<Box<RawValue>>,
}

/// A signature, and the key id that it is said to be by.
#[derive(Debug, Deserialize)]
#[serde(remote = "Self")]
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
    fn any(&self, matches: &dyn Fn(&str) -> bool) -> bool {
        let mut deserializer = serde_json::Deserializer::from_str(self.json.get());
        // The list was read before: it is one of texts.
        deserializer.deserialize_seq(Any(matches)).unwrap_or(false)
    }

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

/// Whether a text of a list is such a one.
struct Any<'m>(&'m dyn Fn(&str) -> bool);

impl<'de> Visitor<'de> for Any<'_> {
    type Value = bool;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a list of texts")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<bool, A::Error> {
        let mut any = false;
        while let Some(Text(text)) = access.next_element()? {
            any = any || (self.0)(&text);
        }
        Ok(any)
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

/// The roles of root that TUF defines; others have any form.
fn top_level<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<BTreeMap<&'static str, Authority>, D::Error> {
    #[derive(Deserialize)]
    #[serde(remote = "Self")]
    struct TopLevel {
        root: Authority,
        timestamp: Authority,
        snapshot: Authority,
        targets: Authority,
    }
    objects_alone!(TopLevel);
    let roles: TopLevel = Deserialize::deserialize(deserializer)?;
    Ok(BTreeMap::from([
        ("root", roles.root),
        ("timestamp", roles.timestamp),
        ("snapshot", roles.snapshot),
        ("targets", roles.targets),
    ]))
}

/// Reads a type from the members of an object.
pub(crate) trait FromMembers<'de>: Sized {
    fn from_members<A: MapAccess<'de>>(access: A) -> Result<Self, A::Error>;
}

/// What is read from an object and from nothing else.
pub(crate) struct Members<T>(pub(crate) PhantomData<T>);

impl<'de, T: FromMembers<'de>> Visitor<'de> for Members<T> {
    type Value = T;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, access: A) -> Result<T, A::Error> {
        T::from_members(access)
    }
}

/// A version or a threshold.
fn positive<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    let number = u64::deserialize(deserializer)?;
    if number == 0 {
        return Err(serde::de::Error::custom("zero"));
    }
    Ok(number)
}

fn object<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Box<RawValue>, D::Error> {
    let json = Box::<RawValue>::deserialize(deserializer)?;
    if !json.get().starts_with('{') {
        return Err(serde::de::Error::custom("not an object"));
    }
    Ok(json)
}

/// A member that is not `null` where it stands.
fn present<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_and_question_marks_stay_in_a_segment() {
        for (pattern, path, expected) in [
            ("motd/*", "motd/notices.json", true),
            ("*/*", "motd/notices.json", true),
            ("motd/***", "motd/notices.json", true),
            ("motd/n**", "motd/notices.json", true),
            ("motd/*notices.json*", "motd/notices.json", true),
            ("m*d/*i*e*.json", "motd/notices.json", true),
            ("motd/?otices.json", "motd/notices.json", true),
            ("?", "é", true),
            ("", "", true),
            ("*", "", true),
            ("*a*/b", "xaya/b", true),
            ("*a", "aaa", true),
            ("*", "motd/notices.json", false),
            ("**", "motd/notices.json", false),
            ("motd*", "motd/notices.json", false),
            ("motd?notices.json", "motd/notices.json", false),
            ("motd/[n]otices.json", "motd/notices.json", false),
            ("motd/[", "motd/[", true),
            ("motd/\\*", "motd/notices.json", false),
            ("MOTD/*", "motd/notices.json", false),
            ("motd/??", "motd/a", false),
            ("motd/*x", "motd/notices.json", false),
            ("*/*/*", "motd/notices.json", false),
            ("", "motd", false),
        ] {
            assert_eq!(matches_pattern(pattern, path), expected, "{pattern} {path}");
        }
    }
}
