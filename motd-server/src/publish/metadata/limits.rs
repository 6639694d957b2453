//! The limits that every value inside `signed` keeps, so that every TUF client reads the same thing.
//!
//! This is measured: a fraction in `custom` makes python-tuf refuse the whole role and tuf-js read an integer; an
//! integer beyond 2^53 or a name outside ASCII makes tuf-js refuse it; text that is not NFC makes tough refuse it. A
//! role that is refused stops package installs too, so a publisher checks foreign members as strictly as its own.

use core::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use unicode_normalization::is_nfc;

/// The largest integer that every JSON parser reads exactly: 2^53 - 1.
pub const MAX_INTEGER: u64 = (1 << 53) - 1;

/// What is wrong with a value, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{kind} at {place:?}")]
pub struct LimitFault {
    /// JSON pointer (RFC 6901) from the value that was checked; empty for that value itself.
    pub place: String,
    /// Which limit.
    pub kind: LimitKind,
}

/// The limits of MOTD-BYTES-9, one each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LimitKind {
    /// A number with a fraction, an exponent or minus zero, or beyond 2^53 - 1 either way.
    Number,
    /// A string with a control character (C0, DEL, C1).
    ControlCharacter,
    /// A string that is not in normalization form C.
    NotNfc,
    /// A member name that is empty or has a character outside U+0020 to U+007E.
    Name,
    /// Two members of one name in one object.
    DuplicateName,
    /// Bytes that are no JSON at all (RFC 8259).
    NotJson,
}

impl fmt::Display for LimitKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Number => "a number is not an integer from -(2^53-1) to 2^53-1",
            Self::ControlCharacter => "a string has a control character",
            Self::NotNfc => "a string is not in normalization form C",
            Self::Name => "a member name is empty or not printable ASCII",
            Self::DuplicateName => "an object has two members of one name",
            Self::NotJson => "the bytes are not one JSON text",
        })
    }
}

/// Checks every value below `value` and says where the first fault is, in document order.
///
/// # Errors
///
/// The first [`LimitFault`].
pub fn check(value: &Value) -> Result<(), LimitFault> {
    check_at(value, "")
}

/// Reads one JSON text and sees what `serde_json` alone would hide: two members of one name.
///
/// # Errors
///
/// [`LimitKind::DuplicateName`] with its place, or [`LimitKind::NotJson`].
pub fn read(bytes: &[u8]) -> Result<Value, LimitFault> {
    let mut fault = None;
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let seed = Strict {
        place: String::new(),
        fault: &mut fault,
    };
    let value = seed.deserialize(&mut deserializer).and_then(|value| {
        deserializer.end()?;
        Ok(value)
    });
    match (value, fault) {
        (_, Some(fault)) => Err(fault),
        (Ok(value), None) => Ok(value),
        (Err(_), None) => Err(LimitFault {
            place: String::new(),
            kind: LimitKind::NotJson,
        }),
    }
}

/// `parent` with one more reference token, escaped after RFC 6901.
pub(crate) fn pointer(parent: &str, token: &str) -> String {
    format!("{parent}/{}", token.replace('~', "~0").replace('/', "~1"))
}

// MOTD-BYTES-9: everything inside `signed`, foreign and unknown members included.
fn check_at(value: &Value, place: &str) -> Result<(), LimitFault> {
    let fault = |kind| {
        Err(LimitFault {
            place: place.to_owned(),
            kind,
        })
    };
    match value {
        Value::Number(number) => {
            let fits = number
                .as_i64()
                .is_some_and(|integer| integer.unsigned_abs() <= MAX_INTEGER);
            if fits {
                Ok(())
            } else {
                fault(LimitKind::Number)
            }
        }
        Value::String(text) if text.chars().any(char::is_control) => {
            fault(LimitKind::ControlCharacter)
        }
        Value::String(text) if !is_nfc(text) => fault(LimitKind::NotNfc),
        Value::Null | Value::Bool(_) | Value::String(_) => Ok(()),
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                check_at(item, &pointer(place, &index.to_string()))?;
            }
            Ok(())
        }
        Value::Object(members) => {
            for (name, member) in members {
                let inner = pointer(place, name);
                if name.is_empty() || !name.bytes().all(|byte| (0x20..=0x7e).contains(&byte)) {
                    return Err(LimitFault {
                        place: inner,
                        kind: LimitKind::Name,
                    });
                }
                check_at(member, &inner)?;
            }
            Ok(())
        }
    }
}

/// Builds a [`Value`] and remembers the first name that stands twice.
struct Strict<'a> {
    place: String,
    fault: &'a mut Option<LimitFault>,
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value)
            .map(Value::Number)
            .ok_or_else(|| E::custom("number"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        loop {
            let place = pointer(&self.place, &items.len().to_string());
            match access.next_element_seed(Strict {
                place,
                fault: &mut *self.fault,
            })? {
                Some(item) => items.push(item),
                None => return Ok(Value::Array(items)),
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut members = Map::new();
        while let Some(name) = access.next_key::<String>()? {
            let place = pointer(&self.place, &name);
            // MOTD-BYTES-9: a first-wins parser and a last-wins parser read two different roles under one signature.
            if members.contains_key(&name) {
                *self.fault = Some(LimitFault {
                    place,
                    kind: LimitKind::DuplicateName,
                });
                return Err(A::Error::custom("duplicate name"));
            }
            let member = access.next_value_seed(Strict {
                place,
                fault: &mut *self.fault,
            })?;
            members.insert(name, member);
        }
        Ok(Value::Object(members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn fault(value: &Value) -> Option<(LimitKind, String)> {
        check(value).err().map(|fault| (fault.kind, fault.place))
    }

    #[test]
    fn what_every_parser_reads_alike_passes() {
        let value = json!({"a": [0, -9_007_199_254_740_991_i64, 9_007_199_254_740_991_i64, "é \u{1f600}", null, true], "~/": {}});
        assert_eq!(check(&value), Ok(()));
    }

    #[test]
    fn each_limit_is_named_with_its_place() {
        let cases = [
            (
                json!({"custom": {"x": 1.5}}),
                LimitKind::Number,
                "/custom/x",
            ),
            (json!([1e2]), LimitKind::Number, "/0"),
            (json!([-0.0]), LimitKind::Number, "/0"),
            (json!([9_007_199_254_740_992_i64]), LimitKind::Number, "/0"),
            (json!([-9_007_199_254_740_992_i64]), LimitKind::Number, "/0"),
            (json!([u64::MAX]), LimitKind::Number, "/0"),
            (json!({"a": "x\ny"}), LimitKind::ControlCharacter, "/a"),
            (json!({"a": "\u{7f}"}), LimitKind::ControlCharacter, "/a"),
            (json!({"a": "\u{85}"}), LimitKind::ControlCharacter, "/a"),
            (json!({"a": "e\u{301}"}), LimitKind::NotNfc, "/a"),
            (
                json!({"a/b": {"~": "\u{212b}"}}),
                LimitKind::NotNfc,
                "/a~1b/~0",
            ),
            (json!({"": 1}), LimitKind::Name, "/"),
            (json!({"é": 1}), LimitKind::Name, "/é"),
            (
                json!({"a": {"\u{1f600}": 1}}),
                LimitKind::Name,
                "/a/\u{1f600}",
            ),
            (json!({"a\t": 1}), LimitKind::Name, "/a\t"),
        ];
        for (value, kind, place) in cases {
            assert_eq!(fault(&value), Some((kind, place.to_owned())), "{value}");
        }
    }

    #[test]
    fn a_name_that_stands_twice_is_seen_in_the_bytes() {
        let fault = read(br#"{"a":[{},{"b":1,"c":2,"b":1}]}"#).unwrap_err();
        assert_eq!(
            (fault.kind, fault.place.as_str()),
            (LimitKind::DuplicateName, "/a/1/b")
        );
        // The same name, once escaped.
        let fault = read(br#"{"a":1,"\u0061":2}"#).unwrap_err();
        assert_eq!(
            (fault.kind, fault.place.as_str()),
            (LimitKind::DuplicateName, "/a")
        );
    }

    #[test]
    fn what_is_no_json_is_refused() {
        for bytes in [
            &b""[..],
            b"{",
            b"{} {}",
            b"\xef\xbb\xbf{}",
            b"[1,]",
            b"\"\\ud800\"",
            b"nul",
        ] {
            assert_eq!(
                read(bytes).unwrap_err().kind,
                LimitKind::NotJson,
                "{bytes:?}"
            );
        }
    }

    #[test]
    fn minus_zero_and_fractions_survive_reading_and_fail_the_check() {
        for bytes in [&b"[-0]"[..], b"[1.0]", b"[1e0]", b"[18446744073709551616]"] {
            assert_eq!(
                check(&read(bytes).unwrap()).unwrap_err().kind,
                LimitKind::Number,
                "{bytes:?}"
            );
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
            if let Ok(value) = read(&bytes) {
                let _ = check(&value);
            }
        }
    }
}
