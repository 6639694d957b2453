//! MOTD-PUB-13: what every client asks of a role before it verifies a signature, section 6.4 and 6.5 of the
//! specification. A publisher that took in what no client reads would silence them, and could not go on itself.
//!
//! It is the form that the client's own types have. The two halves share no code
//! ([ADR 0001](../../../../docs/adr/0001-engines-and-authoring.md)); `tests/store/forms.rs` compares them.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::Value;

use super::RoleFile;

const SIGNATURES: usize = 128;
const KEYS: usize = 4_096;
const KEY_IDS: usize = 64;
const DELEGATED_ROLES: usize = 20_000;
const DELEGATED_TEXTS: usize = 100_000;

/// Why clients would refuse a role, whoever has signed it.
///
/// # Errors
///
/// A fixed string.
pub(crate) fn check(role: &RoleFile) -> Result<(), &'static str> {
    let (bytes, form) = match role.name() {
        "root" => (512_000, Root::check as fn(&Value) -> _),
        "timestamp" => (16_384, Listing::check as fn(&Value) -> _),
        "snapshot" => (2_000_000, Listing::check as fn(&Value) -> _),
        _ => (5_000_000, Targets::check as fn(&Value) -> _),
    };
    if role.bytes().len() > bytes {
        return Err("it is longer than clients read");
    }
    let spec_version = role.signed().get("spec_version").and_then(Value::as_str);
    if !spec_version.is_some_and(is_readable_version) {
        return Err("its spec_version is not one of TUF 1");
    }
    let file: SignedFile = serde_json::from_slice(role.bytes())
        .map_err(|_| "its signatures have not the form of TUF")?;
    let mut ids = BTreeSet::new();
    if !file
        .signatures
        .iter()
        .all(|signature| ids.insert(&signature.keyid))
    {
        return Err("one key id has two signatures");
    }
    if ids.len() > SIGNATURES {
        return Err("it has more signatures than clients read");
    }
    form(role.signed())
}

fn is_readable_version(version: &str) -> bool {
    let mut numbers = version.split('.');
    let is_number =
        |number: &str| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    numbers.clone().count() <= 3 && numbers.clone().all(is_number) && numbers.next() == Some("1")
}

fn read<'a, T: Deserialize<'a>>(signed: &'a Value) -> Result<T, &'static str> {
    T::deserialize(signed).map_err(|_| "it has not the form of its type")
}

#[derive(Deserialize)]
struct SignedFile {
    signatures: Vec<Signature>,
}

#[derive(Deserialize)]
struct Signature {
    keyid: String,
    #[serde(rename = "sig")]
    _sig: String,
}

#[derive(Deserialize)]
struct Root {
    #[serde(default, rename = "consistent_snapshot")]
    _consistent_snapshot: bool,
    keys: BTreeMap<String, Key>,
    roles: BTreeMap<String, KeyIds>,
}

impl Root {
    fn check(signed: &Value) -> Result<(), &'static str> {
        let Self { keys, roles, .. } = read(signed)?;
        if keys.len() > KEYS || roles.values().any(|role| role.keyids.len() > KEY_IDS) {
            return Err("it has more keys than clients read");
        }
        Ok(())
    }
}

#[derive(Deserialize)]
struct Key {
    #[serde(rename = "keytype")]
    _keytype: String,
    #[serde(rename = "scheme")]
    _scheme: String,
    #[serde(rename = "keyval")]
    _keyval: Value,
}

#[derive(Deserialize)]
struct KeyIds {
    keyids: Vec<String>,
    #[serde(rename = "threshold")]
    _threshold: u64,
}

#[derive(Deserialize)]
struct Listing {
    #[serde(rename = "meta")]
    _meta: BTreeMap<String, MetaFile>,
}

impl Listing {
    fn check(signed: &Value) -> Result<(), &'static str> {
        read::<Self>(signed).map(drop)
    }
}

#[derive(Deserialize)]
struct MetaFile {
    #[serde(rename = "version")]
    _version: u64,
    #[serde(rename = "length")]
    _length: Option<u64>,
    #[serde(rename = "hashes")]
    _hashes: Option<BTreeMap<String, String>>,
}

#[derive(Deserialize)]
struct Targets {
    #[serde(rename = "targets")]
    _targets: BTreeMap<String, TargetFile>,
    delegations: Option<Delegations>,
}

impl Targets {
    fn check(signed: &Value) -> Result<(), &'static str> {
        let Self { delegations, .. } = read(signed)?;
        let Some(Delegations { keys, roles }) = delegations else {
            // `null` is not the same as nothing.
            return match signed.get("delegations") {
                None => Ok(()),
                Some(_) => Err("it has not the form of its type"),
            };
        };
        let texts = |role: &DelegatedRole| {
            let lists = [&role.paths, &role.path_hash_prefixes];
            lists.into_iter().flatten().map(Vec::len).sum::<usize>() + role.keyids.len()
        };
        let named_both_ways =
            |role: &DelegatedRole| role.paths.is_some() == role.path_hash_prefixes.is_some();
        if roles
            .iter()
            .any(|role| role.threshold < 1 || named_both_ways(role))
        {
            return Err("a delegation has not the form of TUF");
        }
        let is_too_much = keys.len() > KEYS
            || roles.len() > DELEGATED_ROLES
            || roles.iter().any(|role| role.keyids.len() > KEY_IDS)
            || roles.iter().map(texts).sum::<usize>() > DELEGATED_TEXTS;
        if is_too_much {
            return Err("it has more keys or delegations than clients read");
        }
        Ok(())
    }
}

#[derive(Deserialize)]
struct TargetFile {
    #[serde(rename = "length")]
    _length: u64,
    #[serde(rename = "hashes")]
    _hashes: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Delegations {
    keys: BTreeMap<String, Key>,
    #[serde(default)]
    roles: Vec<DelegatedRole>,
}

#[derive(Deserialize)]
struct DelegatedRole {
    #[serde(rename = "name")]
    _name: String,
    keyids: Vec<String>,
    threshold: u64,
    #[serde(rename = "terminating")]
    _terminating: bool,
    paths: Option<Vec<String>>,
    path_hash_prefixes: Option<Vec<String>>,
}
