//! What the judge finds in a folder after a publisher has worked on it: a JSON object of facts, each found apart from the
//! others, with which a case's pattern is compared. So a case asks for the facts of its own requirement.
//!
//! | member | |
//! |---|---|
//! | `published` | whether `timestamp.json` has other bytes than before |
//! | `versions`, `raised` | role to its version, and to how much higher that is than before |
//! | `days` | role to how long it lives after the time of the request |
//! | `absent` | names that lead to no file |
//! | `misnumbered` | roles whose own version is not that of the name which leads to them |
//! | `unlinked` | roles whose stated length or hashes are not those of the bytes |
//! | `unsigned`, `doubled` | roles without their signatures; roles in which one key stands twice |
//! | `beyond_limits` | places in roles that are new, with a value that breaks the common limits (NFC is not looked at) |
//! | `replaced`, `gone` | files with a version or a hash in their name that had other bytes before, or are not there any more |
//! | `listed` | the roles that the snapshot lists |
//! | `consistent_snapshot` | of the newest root |
//! | `delegations` | those of top-level targets, each with `name`, `paths` and `terminating` |
//! | `reserved_entries` | what top-level targets itself lists below `motd/` |
//! | `target` | the file at the reserved path: whether it is `present`, keeps its `entry`, and is `document_bytes` |
//! | `document`, `custom` | the value in the target file, and that in `custom.motd` or null |
//! | `bundle` | what is `missing`, `surplus` or `differs` in it, and its `bytes`; null when there is none |
//! | `files` | every path to the name that its bytes have in `vectors/files` |

#![expect(
    clippy::indexing_slicing,
    reason = "a JSON value is null where it has no such member"
)]

mod bundle;
pub(super) mod invariants;
mod limits;
mod reader;
mod signatures;

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hex::ToHex as _;
use motd_core::{Time, json::parse};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256, Sha512};

use self::reader::{PublicationContent, PublishedFiles, RoleMetadata};
use super::folder::Copy;
use crate::case::VectorFiles;
use crate::simulator::{NOTICES, PATH};

const TIMESTAMP: &str = "metadata/timestamp.json";

/// Everything that is found, after a request at the time `now`.
pub(super) fn facts(before: &Copy, after: &Copy, now: &str) -> Value {
    let (before, after) = (
        PublicationContent::read(before),
        PublicationContent::read(after),
    );
    let targets = after.roles.get("targets");
    json!({
        "published": before.files.get(TIMESTAMP) != after.files.get(TIMESTAMP),
        "versions": versions(&after),
        "raised": raised(&before, &after),
        "days": days(&after, now),
        "absent": after.absent,
        "misnumbered": misnumbered(&after),
        "unlinked": unlinked(&after),
        "unsigned": signatures::unsigned(&after),
        "doubled": signatures::doubled(&after),
        "beyond_limits": limits::broken(&before, &after),
        "replaced": changed(&before.files, &after.files, |after| after.is_some()),
        "gone": changed(&before.files, &after.files, |after| after.is_none()),
        "listed": after.roles.get("snapshot").map_or_else(Vec::new, |role| {
            role.listed().map(|(name, _)| name.to_owned()).collect()
        }),
        "consistent_snapshot": after.root().map(|root| root.signed["consistent_snapshot"].clone()),
        "delegations": targets.map_or_else(Vec::new, |role| {
            signatures::delegations(role).map(|entry| json!({
                "name": entry["name"], "paths": entry["paths"], "terminating": entry["terminating"],
            })).collect()
        }),
        "reserved_entries": targets.map_or_else(Vec::new, reserved),
        "target": target(&after),
        "document": document(&after).and_then(|bytes| serde_json::from_slice::<Value>(bytes).ok()),
        "custom": entry(&after).map(|entry| entry["custom"]["motd"].clone()),
        "bundle": bundle::facts(&after),
        "files": after.files.iter().map(|(path, bytes)| (path.clone(), json!(VectorFiles::name(bytes)))).collect::<Map<_, _>>(),
    })
}

/// What a client that has the timestamp does not find, or not as it is stated.
pub(super) fn missing(copy: &Copy) -> Vec<String> {
    let published = PublicationContent::read(copy);
    let mut missing = published.absent.clone();
    missing.extend(
        unlinked(&published)
            .into_iter()
            .map(|name| format!("{name} as it is stated")),
    );
    if document(&published).is_none() {
        missing.push(PATH.to_owned());
    }
    missing
}

/// MOTD-PUB-11: whether every accepted request, and no other one, made a publication. `answer` is that of one request, or
/// has the `answers` of several.
pub(super) fn not_one_each<'a>(
    facts: &Value,
    requests: impl Iterator<Item = &'a Value>,
    answer: &Value,
) -> Option<String> {
    let answers = answer["answers"]
        .as_array()
        .map_or(std::slice::from_ref(answer), Vec::as_slice);
    let accepted: Vec<Value> = requests
        .zip(answers)
        .filter(|(_, answer)| answer["status"] == "accepted")
        .filter_map(|(request, _)| {
            let document = request["document"].as_str();
            let bytes = STANDARD
                .decode(document.or(request["target"].as_str())?)
                .ok()?;
            serde_json::from_slice(&bytes).ok()
        })
        .collect();
    let raised = &facts["raised"]["timestamp"];
    if *raised != json!(accepted.len()) {
        return Some(format!(
            "{} requests were accepted, and the timestamp rose by {raised}",
            accepted.len()
        ));
    }
    let is_theirs = accepted.contains(&facts["document"]);
    (!is_theirs).then(|| "the published document is that of no accepted request".to_owned())
}

fn versions(published: &PublicationContent) -> BTreeMap<&str, Option<u64>> {
    let root = published.root().map(|root| ("root", root.version()));
    let others = published
        .roles
        .iter()
        .map(|(name, role)| (name.as_str(), role.version()));
    root.into_iter().chain(others).collect()
}

/// Timestamps are counted as well: they are the only trace of a publication whose role had the version already.
fn raised(before: &PublicationContent, after: &PublicationContent) -> Map<String, Value> {
    let before = versions(before);
    let number = |version: Option<u64>| {
        version
            .and_then(|version| i64::try_from(version).ok())
            .unwrap_or_default()
    };
    versions(after)
        .into_iter()
        .map(|(name, version)| {
            let old = number(before.get(name).copied().flatten());
            (name.to_owned(), json!(number(version) - old))
        })
        .collect()
}

fn days(published: &PublicationContent, now: &str) -> Map<String, Value> {
    const DAY: f64 = 86_400.0;
    let life = |role: &RoleMetadata| {
        let expires: Time = role.signed["expires"].as_str()?.parse().ok()?;
        // Lives of less than a hundred years are exact as floating-point numbers.
        #[expect(clippy::cast_precision_loss, reason = "seconds of some years")]
        let seconds = expires.seconds_since(now.parse().ok()?) as f64;
        Some(json!(seconds / DAY))
    };
    let roles = published.root().map(|root| ("root", root)).into_iter();
    let roles = roles.chain(
        published
            .roles
            .iter()
            .map(|(name, role)| (name.as_str(), role)),
    );
    roles
        .filter_map(|(name, role)| Some((name.to_owned(), life(role)?)))
        .collect()
}

fn misnumbered(published: &PublicationContent) -> Vec<&str> {
    let roots = published.roots.iter().map(|root| ("root", root));
    let roles = published
        .roles
        .iter()
        .map(|(name, role)| (name.as_str(), role));
    roots
        .chain(roles)
        .filter(|(_, role)| role.named.is_some() && role.named != role.version())
        .map(|(name, _)| name)
        .collect()
}

/// MOTD-PUB-6. What states neither length nor hashes is linked by its version alone.
fn unlinked(published: &PublicationContent) -> Vec<&str> {
    let stated = ["timestamp", "snapshot"]
        .into_iter()
        .filter_map(|of| published.roles.get(of));
    stated
        .flat_map(RoleMetadata::listed)
        .filter(|(name, stated)| {
            published
                .roles
                .get(*name)
                .is_some_and(|role| !keeps(&role.bytes, stated))
        })
        .map(|(name, _)| name)
        .collect()
}

/// Whether bytes have the length and the hashes that are stated of them, as far as they are.
fn keeps(bytes: &[u8], stated: &Value) -> bool {
    let hashes = &stated["hashes"];
    let sha256: String = Sha256::digest(bytes).encode_hex();
    let sha512: String = Sha512::digest(bytes).encode_hex();
    let is = |stated: &Value, found: Value| stated.is_null() || *stated == found;
    is(&stated["length"], json!(bytes.len()))
        && is(&hashes["sha256"], json!(sha256))
        && is(&hashes["sha512"], json!(sha512))
}

/// Paths with a version or a hash in their name whose bytes are not what they were, of those still there or not.
fn changed<'a>(
    before: &'a PublishedFiles,
    after: &PublishedFiles,
    meant: impl Fn(Option<&Vec<u8>>) -> bool,
) -> Vec<&'a str> {
    let differs = |path: &String, bytes: &Vec<u8>| {
        let now = after.get(path);
        now != Some(bytes) && meant(now)
    };
    before
        .iter()
        .filter(|(path, bytes)| is_prefixed(path) && differs(path, bytes))
        .map(|(path, _)| path.as_str())
        .collect()
}

fn is_prefixed(path: &str) -> bool {
    /// The digits of the shortest hash.
    const HASH: usize = 64;
    let name = path.rsplit('/').next().unwrap_or_default();
    let prefix = name.split_once('.').map_or("", |(prefix, _)| prefix);
    match path.split('/').next() {
        Some("metadata") => !prefix.is_empty() && prefix.bytes().all(|byte| byte.is_ascii_digit()),
        Some("targets") => {
            prefix.len() >= HASH && prefix.bytes().all(|byte| byte.is_ascii_hexdigit())
        }
        _ => false,
    }
}

fn reserved(targets: &RoleMetadata) -> Vec<String> {
    let listed = targets.signed["targets"].as_object().into_iter().flatten();
    listed
        .map(|(path, _)| path.clone())
        .filter(|path| path.starts_with("motd/"))
        .collect()
}

fn entry(published: &PublicationContent) -> Option<&Value> {
    published.roles.get(NOTICES)?.signed["targets"].get(PATH)
}

/// The file at the reserved path, under the name of any of its hashes.
fn document(published: &PublicationContent) -> Option<&[u8]> {
    let hashes = entry(published)?["hashes"].as_object()?;
    hashes.values().find_map(|hash| {
        let path = format!("targets/motd/{}.notices.json", hash.as_str()?);
        published.files.get(&path).map(Vec::as_slice)
    })
}

fn target(published: &PublicationContent) -> Value {
    let bytes = document(published);
    let is_document_bytes =
        |bytes: &[u8]| parse(bytes).is_ok_and(|value| value.document_bytes() == bytes);
    json!({
        "present": bytes.is_some(),
        "entry": bytes.zip(entry(published)).is_some_and(|(bytes, entry)| keeps(bytes, entry)),
        "document_bytes": bytes.is_some_and(is_document_bytes),
    })
}

#[cfg(test)]
mod tests;
