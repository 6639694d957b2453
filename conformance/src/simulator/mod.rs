//! A signed TUF repository in memory, to publish, to change, and to make wrong in one place.
//!
//! It is the judge's own and shares no code with any publisher, so that a fault of one is not a fault of both. Keys come
//! from published seeds and signatures are Ed25519, so the same calls make the same bytes.

mod key;
mod repository;

pub use key::Key;
pub use repository::{NOTICES, PATH, SimulatedDelegation, SimulatedRepository, SiteFiles};

use serde_json::Value;

/// OLPC canonical JSON, for values that keep the common limits (specification, section 7.3).
#[must_use]
pub fn canonical(value: &Value) -> Vec<u8> {
    let mut out = String::new();
    write(value, &mut out);
    out.into_bytes()
}

fn write(value: &Value, out: &mut String) {
    match value {
        Value::String(text) => write_string(text, out),
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write(item, out);
            }
            out.push(']');
        }
        // Members of this map are sorted by name.
        Value::Object(members) => {
            out.push('{');
            for (index, (name, value)) in members.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write_string(name, out);
                out.push(':');
                write(value, out);
            }
            out.push('}');
        }
        other => out.push_str(&other.to_string()),
    }
}

fn write_string(text: &str, out: &mut String) {
    out.push('"');
    for character in text.chars() {
        if matches!(character, '"' | '\\') {
            out.push('\\');
        }
        out.push(character);
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn canonical_escapes_two_characters_and_sorts() {
        let value = json!({ "b": [1, true, null, "a\"\\\n"], "a": {} });
        assert_eq!(
            canonical(&value),
            b"{\"a\":{},\"b\":[1,true,null,\"a\\\"\\\\\n\"]}"
        );
    }
}
