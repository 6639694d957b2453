//! The common limits of MOTD-BYTES-9, as far as they need no table of Unicode.

use serde_json::Value;

use super::reader::{PublicationContent, RoleMetadata};

/// The largest integer that every parser reads alike.
const MOST: u64 = (1 << 53) - 1;

/// Role and JSON pointer of every value that breaks them, in roles that were not there before.
pub(super) fn broken(before: &PublicationContent, after: &PublicationContent) -> Vec<String> {
    let is_new = |name: &str, role: &RoleMetadata| {
        before
            .roles
            .get(name)
            .is_none_or(|old| old.bytes != role.bytes)
    };
    let mut places = Vec::new();
    for (name, role) in &after.roles {
        if is_new(name, role) {
            judge(&role.signed, name, &mut places);
        }
    }
    places
}

fn judge(value: &Value, place: &str, places: &mut Vec<String>) {
    match value {
        Value::Number(number) => {
            let fits = number
                .as_i64()
                .is_some_and(|integer| integer.unsigned_abs() <= MOST);
            if !fits {
                places.push(place.to_owned());
            }
        }
        Value::String(text) if text.chars().any(char::is_control) => places.push(place.to_owned()),
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                judge(item, &format!("{place}/{index}"), places);
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                let place = format!("{place}/{name}");
                if name.is_empty() || !name.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
                    places.push(place.clone());
                }
                judge(member, &place, places);
            }
        }
        Value::Null | Value::Bool(_) | Value::String(_) => {}
    }
}
