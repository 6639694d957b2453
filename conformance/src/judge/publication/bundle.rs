//! Whether the bundle holds what MOTD-BUNDLE-1 asks for, and nothing else.

#![expect(
    clippy::indexing_slicing,
    reason = "a JSON value is null where it has no such member"
)]

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::reader::PublicationContent;
use crate::simulator::{NOTICES, PATH};

pub(super) const BUNDLE: &str = "metadata/motd-bundle.json";

/// `missing`, `surplus` and `differs` are names; `bytes` is its length; null when there is none that is JSON.
pub(super) fn facts(published: &PublicationContent) -> Value {
    let Some(bytes) = published.files.get(BUNDLE) else {
        return Value::Null;
    };
    let Ok(Value::Object(members)) = serde_json::from_slice(bytes) else {
        return Value::Null;
    };
    let expected = expected(published);
    let missing = expected.keys().filter(|name| !members.contains_key(*name));
    let surplus = members.keys().filter(|name| !expected.contains_key(*name));
    let differs = members.iter().filter(|(name, text)| {
        let served = expected.get(*name);
        served.is_some_and(|served| text.as_str().map(str::as_bytes) != Some(served))
    });
    json!({
        "missing": missing.collect::<Vec<_>>(),
        "surplus": surplus.collect::<Vec<_>>(),
        "differs": differs.map(|(name, _)| name).collect::<Vec<_>>(),
        "members": members.len(),
        "bytes": bytes.len(),
    })
}

/// The timestamp, and the current snapshot, top-level targets and role for notices, with the document's file where none
/// carries it.
fn expected(published: &PublicationContent) -> BTreeMap<String, &[u8]> {
    let roles = ["timestamp", "snapshot", "targets", NOTICES].into_iter();
    let roles = roles.filter_map(|name| Some((name, published.roles.get(name)?)));
    let mut files: BTreeMap<String, &[u8]> = roles
        .map(|(name, role)| {
            let version = role
                .named
                .map_or_else(String::new, |named| format!("{named}."));
            (format!("{version}{name}.json"), role.bytes.as_slice())
        })
        .collect();
    let notices = published.roles.get(NOTICES);
    let entry = notices.map_or(&Value::Null, |role| &role.signed["targets"][PATH]);
    if let (Some(hash), None) = (
        entry["hashes"]["sha256"].as_str(),
        entry["custom"].get("motd"),
    ) {
        let name = format!("motd/{hash}.notices.json");
        if let Some(bytes) = published.files.get(&format!("targets/{name}")) {
            files.insert(name, bytes);
        }
    }
    files
}
