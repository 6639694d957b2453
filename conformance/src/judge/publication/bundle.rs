//! Whether the bundle holds what MOTD-BUNDLE-1 asks for, and nothing else.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::reader::PublicationContent;
use crate::simulator::NOTICES;

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

/// Every root, and the current snapshot, top-level targets and role for notices.
fn expected(published: &PublicationContent) -> BTreeMap<String, &[u8]> {
    let roots = published.roots.iter().map(|root| ("root", root));
    let roles = ["snapshot", "targets", NOTICES].into_iter();
    let roles = roles.filter_map(|name| Some((name, published.roles.get(name)?)));
    roots
        .chain(roles)
        .filter_map(|(name, role)| {
            Some((
                format!("{}.{name}.json", role.named?),
                role.bytes.as_slice(),
            ))
        })
        .collect()
}
