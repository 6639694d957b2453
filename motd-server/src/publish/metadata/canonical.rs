//! The two written forms of TUF metadata: what is signed, and what the file holds.
//!
//! What is signed is OLPC canonical JSON, because that is what python-tuf, tuf-js, go-tuf and tough hash: names sorted,
//! no spaces, integers only, and of all characters in a string only `"` and `\` escaped. A line feed stays a line feed,
//! which makes the canonical form no JSON at all; the file is therefore written in strict JSON instead, with the same
//! order of names so that two people who build it get the same bytes.

use serde_json::Value;

/// A number that OLPC canonical JSON cannot write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a number is not an integer")]
pub struct NotCanonical;

/// The OLPC canonical form of `value`: the bytes that a signature is made over.
///
/// # Errors
///
/// [`NotCanonical`] when a number has a fraction, an exponent or is minus zero.
pub fn canonical(value: &Value) -> Result<Vec<u8>, NotCanonical> {
    let mut out = Vec::new();
    write(value, &olpc_string, &mut out)?;
    Ok(out)
}

/// The file form of `value`: strict JSON (RFC 8259), names sorted by their bytes, no spaces, no final newline.
///
/// # Errors
///
/// [`NotCanonical`] as for [`canonical`]: a file never holds what cannot be signed.
pub fn file_form(value: &Value) -> Result<Vec<u8>, NotCanonical> {
    let mut out = Vec::new();
    write(value, &strict_string, &mut out)?;
    Ok(out)
}

fn write(
    value: &Value,
    string: &dyn Fn(&str, &mut Vec<u8>),
    out: &mut Vec<u8>,
) -> Result<(), NotCanonical> {
    match value {
        Value::Null => out.extend_from_slice(b"null"),
        Value::Bool(true) => out.extend_from_slice(b"true"),
        Value::Bool(false) => out.extend_from_slice(b"false"),
        Value::Number(number) => {
            // MOTD-PUB-9: the form has no fractions; python-tuf refuses a role that has one.
            if number.is_f64() {
                return Err(NotCanonical);
            }
            out.extend_from_slice(number.to_string().as_bytes());
        }
        Value::String(text) => string(text, out),
        Value::Array(items) => {
            out.push(b'[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                write(item, string, out)?;
            }
            out.push(b']');
        }
        Value::Object(members) => {
            // Sorted here and not left to the map: with one feature switched on somewhere in the build, serde_json's
            // map keeps the order of insertion.
            let mut sorted: Vec<_> = members.iter().collect();
            sorted.sort_unstable_by(|a, b| a.0.as_bytes().cmp(b.0.as_bytes()));
            out.push(b'{');
            for (index, (name, member)) in sorted.into_iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                string(name, out);
                out.push(b':');
                write(member, string, out)?;
            }
            out.push(b'}');
        }
    }
    Ok(())
}

// MOTD-PUB-9: only these two are escaped, whatever the character.
fn olpc_string(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    for byte in text.bytes() {
        if matches!(byte, b'"' | b'\\') {
            out.push(b'\\');
        }
        out.push(byte);
    }
    out.push(b'"');
}

fn strict_string(text: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(Value::from(text).to_string().as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn only_quote_and_backslash_are_escaped() {
        let value =
            json!({"b": "a\n\t\u{1f}\u{7f}\"\\é\u{1f600}", "a": [1, -2, true, false, null]});
        assert_eq!(
            canonical(&value).unwrap(),
            "{\"a\":[1,-2,true,false,null],\"b\":\"a\n\t\u{1f}\u{7f}\\\"\\\\é\u{1f600}\"}"
                .as_bytes()
        );
        assert_eq!(
            file_form(&value).unwrap(),
            "{\"a\":[1,-2,true,false,null],\"b\":\"a\\n\\t\\u001f\u{7f}\\\"\\\\é\u{1f600}\"}"
                .as_bytes()
        );
    }

    #[test]
    fn fractions_are_refused_wherever_they_stand() {
        for value in [
            json!(1.5),
            json!([1.0]),
            json!({"a": {"b": 1e300}}),
            json!(-0.0),
        ] {
            assert_eq!(canonical(&value), Err(NotCanonical), "{value}");
            assert_eq!(file_form(&value), Err(NotCanonical), "{value}");
        }
    }

    fn any_value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            ".*".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 32, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                prop::collection::btree_map(".*", inner, 0..6)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn the_file_form_reads_back(value in any_value()) {
            let bytes = file_form(&value).unwrap();
            prop_assert_eq!(serde_json::from_slice::<Value>(&bytes).unwrap(), value);
        }

        #[test]
        fn different_values_are_signed_differently(a in any_value(), b in any_value()) {
            prop_assert_eq!(a == b, canonical(&a).unwrap() == canonical(&b).unwrap());
        }
    }
}
