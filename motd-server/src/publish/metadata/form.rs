//! MOTD-PUB-13, MOTD-SRV-11: what every client asks of a file before it verifies a signature, section 6.4 and 6.5 of the
//! specification. A publisher that took in what no client reads would silence them, and could not go on itself.
//!
//! The two halves share no code ([ADR 0001](../../../../docs/adr/0001-engines-and-authoring.md)); `tests/store/forms.rs`
//! compares them.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::limits::MAX_INTEGER;
use super::{RoleFile, TOP_LEVEL_ROLES};

const DEPTH: usize = 64;
const SIGNATURES: usize = 128;
const KEYS: usize = 4_096;
const KEY_IDS: usize = 64;
const DELEGATED_ROLES: usize = 20_000;
const DELEGATED_TEXTS: usize = 100_000;

/// Whether the numbers of entries keep the limits; nothing, when it has not the form of its type.
type Form = Option<bool>;

/// Why clients would refuse a file, whoever has signed the role: for what is signed and for everything beside it.
///
/// # Errors
///
/// A fixed string.
pub(crate) fn check(role: &RoleFile) -> Result<(), &'static str> {
    let (bytes, form) = match role.name() {
        "root" => (512_000, root as fn(&Value) -> Form),
        "timestamp" => (16_384, timestamp as fn(&Value) -> Form),
        "snapshot" => (2_000_000, snapshot as fn(&Value) -> Form),
        _ => (5_000_000, targets as fn(&Value) -> Form),
    };
    if role.bytes().len() > bytes {
        return Err("it is longer than clients read");
    }
    let file: Value =
        serde_json::from_slice(role.bytes()).map_err(|_| "it is not one JSON text")?;
    if !is_alike(&file, DEPTH) {
        return Err(
            "it nests too deep, or a number in it is not an integer from -(2^53-1) to 2^53-1",
        );
    }
    if !text(role.signed(), "spec_version").is_some_and(is_readable_version) {
        return Err("its spec_version is not one of TUF 1");
    }
    let within_limits = form(role.signed()).ok_or("it has not the form of its type")?;
    let ids = signatures(&file).ok_or("its signatures have not the form of TUF")?;
    if !within_limits || ids.len() > SIGNATURES {
        return Err("it has more signatures, keys or delegations than clients read");
    }
    if !are_distinct(&ids) {
        return Err("one key id has two signatures");
    }
    Ok(())
}

/// What parsers of JSON read alike: MOTD-GATE-6.
fn is_alike(value: &Value, depth: usize) -> bool {
    let inner = |value| depth > 0 && is_alike(value, depth - 1);
    match value {
        Value::Number(number) => number
            .as_i64()
            .is_some_and(|number| number.unsigned_abs() <= MAX_INTEGER),
        Value::Array(items) => depth > 0 && items.iter().all(inner),
        Value::Object(members) => depth > 0 && members.values().all(inner),
        Value::Null | Value::Bool(_) | Value::String(_) => true,
    }
}

fn is_readable_version(version: &str) -> bool {
    let numbers: Vec<_> = version.split('.').collect();
    let is_number = |number: &&str| {
        let all_digits = number.bytes().all(|byte| byte.is_ascii_digit());
        all_digits && (*number == "0" || !(number.is_empty() || number.starts_with('0')))
    };
    matches!(numbers.len(), 2 | 3) && numbers.iter().all(is_number) && numbers.first() == Some(&"1")
}

/// The key ids of the signatures.
fn signatures(file: &Value) -> Option<Vec<&str>> {
    let signatures = file.get("signatures")?.as_array()?.iter();
    signatures
        .map(|signature| text(signature, "sig").and(text(signature, "keyid")))
        .collect()
}

fn root(signed: &Value) -> Form {
    let keys = keys(signed)?;
    let roles = object(signed, "roles")?;
    let counts = TOP_LEVEL_ROLES.map(|role| authority(roles.get(role)?));
    optional(signed, "consistent_snapshot", false, Value::as_bool)?;
    let mut within_limits = keys <= KEYS;
    for count in counts {
        within_limits &= count? <= KEY_IDS;
    }
    Some(within_limits)
}

fn timestamp(signed: &Value) -> Form {
    listed(object(signed, "meta")?.get("snapshot.json")?)?;
    Some(true)
}

fn snapshot(signed: &Value) -> Form {
    let mut roles = object(signed, "meta")?.values();
    roles.try_for_each(listed)?;
    Some(true)
}

fn targets(signed: &Value) -> Form {
    let mut targets = object(signed, "targets")?.values();
    targets.try_for_each(target)?;
    optional(signed, "delegations", true, delegations)
}

fn delegations<'a>(delegations: &'a Value) -> Form {
    let keys = keys(delegations)?;
    let list = |roles: &'a Value| Some(roles.as_array()?.as_slice());
    let roles = optional(delegations, "roles", &[][..], list)?;
    let names: Option<Vec<_>> = roles.iter().map(|role| text(role, "name")).collect();
    let names = names?;
    // MOTD-GATE-7: a role listed twice would be found by the paths of one entry and verified by the keys of the other.
    let reserved = |name: &&str| name.is_empty() || TOP_LEVEL_ROLES.contains(name);
    if names.iter().any(reserved) || !are_distinct(&names) {
        return None;
    }
    let (mut texts, mut within_limits) = (0, keys <= KEYS && roles.len() <= DELEGATED_ROLES);
    for role in roles {
        let key_ids = authority(role)?;
        role.get("terminating")?.as_bool()?;
        // One way of naming paths.
        let lists = (role.get("paths"), role.get("path_hash_prefixes"));
        let ((Some(list), None) | (None, Some(list))) = lists else {
            return None;
        };
        texts += count(list)? + key_ids;
        within_limits &= key_ids <= KEY_IDS;
    }
    Some(within_limits && texts <= DELEGATED_TEXTS)
}

/// What a role says of another one's file.
fn listed(entry: &Value) -> Option<()> {
    positive(entry, "version")?;
    optional(entry, "length", 0, Value::as_u64)?;
    optional(entry, "hashes", (), hashes)
}

fn target(entry: &Value) -> Option<()> {
    entry.get("length")?.as_u64()?;
    hashes(entry.get("hashes")?)
}

fn hashes(hashes: &Value) -> Option<()> {
    let mut hashes = hashes.as_object()?.values();
    hashes.all(Value::is_string).then_some(())
}

/// How many keys there are.
fn keys(holder: &Value) -> Option<usize> {
    let keys = object(holder, "keys")?;
    for key in keys.values() {
        text(key, "keytype").and(text(key, "scheme"))?;
        object(key, "keyval")?;
    }
    Some(keys.len())
}

/// How many key ids a role has.
fn authority(role: &Value) -> Option<usize> {
    positive(role, "threshold")?;
    count(role.get("keyids")?)
}

/// How many texts a list has.
fn count(list: &Value) -> Option<usize> {
    let list = list.as_array()?;
    list.iter().all(Value::is_string).then_some(list.len())
}

fn positive(holder: &Value, name: &str) -> Option<()> {
    (holder.get(name)?.as_u64()? > 0).then_some(())
}

fn text<'a>(holder: &'a Value, name: &str) -> Option<&'a str> {
    holder.get(name)?.as_str()
}

fn object<'a>(holder: &'a Value, name: &str) -> Option<&'a Map<String, Value>> {
    holder.get(name)?.as_object()
}

/// A member that has its form where it stands; `null` is not the same as nothing.
fn optional<'a, T>(
    holder: &'a Value,
    name: &str,
    missing: T,
    form: impl Fn(&'a Value) -> Option<T>,
) -> Option<T> {
    holder.get(name).map_or(Some(missing), form)
}

fn are_distinct(texts: &[&str]) -> bool {
    let distinct: BTreeSet<_> = texts.iter().collect();
    distinct.len() == texts.len()
}
