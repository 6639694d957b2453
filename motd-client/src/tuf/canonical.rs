//! The OLPC canonical form that TUF's signatures cover, written while JSON is read. MOTD-PUB-9.
//!
//! No tree is made of the JSON: its values would take many times the memory of their bytes.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

/// The canonical form of one JSON text. Of two members of one name the last counts.
///
/// # Errors
///
/// Those of `serde_json`; a number that is no integer of 64 bits is an error of the data.
pub(crate) fn canonical(json: &str) -> serde_json::Result<Vec<u8>> {
    let mut out = Vec::with_capacity(json.len());
    let mut deserializer = serde_json::Deserializer::from_str(json);
    Canonical(&mut out).deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok(out)
}

/// A canonical form as JSON: control characters stand in its strings as they are, which JSON does not allow.
pub(crate) fn as_json(canonical: &[u8]) -> Cow<'_, [u8]> {
    if !canonical.iter().any(u8::is_ascii_control) {
        return Cow::Borrowed(canonical);
    }
    let mut json = Vec::with_capacity(canonical.len());
    for byte in canonical {
        if byte.is_ascii_control() {
            json.extend(format!("\\u{byte:04x}").bytes());
        } else {
            json.push(*byte);
        }
    }
    Cow::Owned(json)
}

struct Canonical<'o>(&'o mut Vec<u8>);

impl Canonical<'_> {
    fn string(&mut self, text: &str) {
        self.0.push(b'"');
        let mut rest = text.as_bytes();
        while let Some(place) = rest.iter().position(|byte| matches!(byte, b'"' | b'\\')) {
            let (plain, escaped) = rest.split_at(place);
            self.0.extend_from_slice(plain);
            self.0.push(b'\\');
            self.0.extend(escaped.first());
            rest = escaped.get(1..).unwrap_or_default();
        }
        self.0.extend_from_slice(rest);
        self.0.push(b'"');
    }

    /// Puts the members of the object that begins at `start` in order, and leaves the last one of each name.
    fn sort(&mut self, start: usize, members: &[Member]) {
        let all = &*self.0;
        if members.is_sorted_by(|one, other| one.name(all).lt(other.name(all))) {
            return;
        }
        let mut order = members.to_vec();
        order.sort_by(|one, other| one.name(all).cmp(other.name(all)));
        let mut sorted = Vec::with_capacity(all.len() - start);
        for (place, member) in order.iter().enumerate() {
            let next = order.get(place + 1);
            if next.is_some_and(|next| next.name(all).eq(member.name(all))) {
                continue;
            }
            if !sorted.is_empty() {
                sorted.push(b',');
            }
            sorted.extend_from_slice(member.of(all));
        }
        self.0.truncate(start);
        self.0.extend(sorted);
    }
}

/// A member of an object that was written: where it begins, and its length. No role has 4 GB.
#[derive(Clone, Copy)]
struct Member(u32, u32);

impl Member {
    fn new(begin: usize, end: usize) -> Self {
        let short = |length| u32::try_from(length).unwrap_or(u32::MAX);
        Self(short(begin), short(end - begin))
    }

    fn of(self, all: &[u8]) -> &[u8] {
        let place = |length| usize::try_from(length).unwrap_or(usize::MAX);
        let rest = all.get(place(self.0)..).unwrap_or_default();
        rest.get(..place(self.1)).unwrap_or_default()
    }

    /// Its name, as it was before it was escaped.
    fn name(self, all: &[u8]) -> impl Iterator<Item = u8> {
        let mut bytes = self.of(all).iter().copied().skip(1);
        std::iter::from_fn(move || match bytes.next() {
            Some(b'\\') => bytes.next(),
            Some(b'"') | None => None,
            byte => byte,
        })
    }
}

impl<'de> DeserializeSeed<'de> for Canonical<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Canonical<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value without fractions")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        self.0.extend_from_slice(b"null");
        Ok(())
    }

    fn visit_bool<E>(self, value: bool) -> Result<(), E> {
        self.0
            .extend_from_slice(if value { b"true" } else { b"false" });
        Ok(())
    }

    fn visit_i64<E>(self, value: i64) -> Result<(), E> {
        self.0.extend(value.to_string().bytes());
        Ok(())
    }

    fn visit_u64<E>(self, value: u64) -> Result<(), E> {
        self.0.extend(value.to_string().bytes());
        Ok(())
    }

    fn visit_str<E>(mut self, text: &str) -> Result<(), E> {
        self.string(text);
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<(), A::Error> {
        self.0.push(b'[');
        let start = self.0.len();
        loop {
            let end = self.0.len();
            if end > start {
                self.0.push(b',');
            }
            if access.next_element_seed(Canonical(&mut *self.0))?.is_none() {
                self.0.truncate(end);
                self.0.push(b']');
                return Ok(());
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut access: A) -> Result<(), A::Error> {
        self.0.push(b'{');
        let start = self.0.len();
        let mut members = Vec::new();
        while let Some(name) = access.next_key::<Name<'de>>()? {
            if !members.is_empty() {
                self.0.push(b',');
            }
            let begin = self.0.len();
            self.string(&name.0);
            self.0.push(b':');
            access.next_value_seed(Canonical(&mut *self.0))?;
            members.push(Member::new(begin, self.0.len()));
        }
        self.sort(start, &members);
        self.0.push(b'}');
        Ok(())
    }
}

/// A name that is borrowed where it can be.
#[derive(serde::Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;
    use sigstore_tuf::canonical_json::to_canonical_bytes;

    use super::*;

    fn assert_same(json: &str) {
        let Ok(value) = serde_json::from_str::<Value>(json) else {
            assert!(canonical(json).is_err(), "{json}");
            return;
        };
        let ours = canonical(json).ok();
        assert_eq!(ours, to_canonical_bytes(&value).ok(), "{json}");
        if let Some(ours) = ours {
            assert_eq!(
                serde_json::from_slice::<Value>(&as_json(&ours)).unwrap(),
                value
            );
        }
    }

    #[test]
    fn the_form_is_that_of_the_library_that_verifies() {
        for json in [
            "null",
            "true",
            "-1",
            "18446744073709551615",
            "18446744073709551616",
            "-0",
            "1.0",
            "1e2",
            "\"a\\n\\u0000\\u007f\\\"\\\\ \\ud83d\\ude00é\"",
            "\"\\ud800\"",
            "[]",
            "[ 1 , [ ] , {} ]",
            "{ }",
            r#"{"b":1,"a":{"d":[],"c":"x"},"b":2}"#,
            r#"{"a":1,"\u0061":[2,{"z":1,"y":2}]}"#,
            r##"{"\"":1,"!":2,"#":3,"\\":4,"[":5,"]":6,"é":7,"":8,"\u0000":9}"##,
            r#"{"ab":1,"a":2,"a\"":3,"a!":4}"#,
            "{\"a\":1",
            "[1,]",
            "1 2",
        ] {
            assert_same(json);
        }
    }

    proptest! {
        #[test]
        fn so_it_is_for_any_json(json in r#"[{}\[\]",:ab\\\\u0\-1e.]{0,24}"#) {
            assert_same(&json);
        }

        #[test]
        fn so_it_is_for_any_object(members in prop::collection::vec((".{0,3}", ".{0,3}"), 0..6)) {
            let members: Vec<String> = members
                .iter()
                .map(|(name, text)| format!("{}:[{}]", Value::from(name.as_str()), Value::from(text.as_str())))
                .collect();
            assert_same(&format!("{{{}}}", members.join(",")));
        }
    }
}
