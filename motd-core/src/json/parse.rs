//! Target bytes to a value: UTF-8, one JSON text, depth, duplicate names, member names.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::{Faults, Number, Value};
use crate::{Code, Refusal, limits};

/// Reads exactly one JSON text.
///
/// The checks have the order of chapter 2: UTF-8, JSON, depth, duplicate names, member names. So a text that nests too
/// deep *and* ends too early is `not-json`: the whole text is always read.
///
/// # Errors
/// `not-utf-8`, `not-json`, `too-deep`, `duplicate-name`, `name-not-ascii`; and `not-document-bytes` for a number
/// beyond the doubles, which is JSON and has no RFC 8785 form. The place is always the document.
pub fn parse(bytes: &[u8]) -> Result<Value, Refusal> {
    // MOTD-BYTES-2: two decoders that repair a bad sequence differently show different texts.
    let text = core::str::from_utf8(bytes).map_err(|_| Refusal::of_document(Code::NotUtf8))?;
    let (read, faults) = read(text);
    let Ok(value) = read else {
        // MOTD-BYTES-3: what is not one whole JSON text is read differently by each lenient parser.
        if !is_json(text) {
            return Err(Refusal::of_document(Code::NotJson));
        }
        // A number is beyond the doubles: JSON, but without document bytes. The other faults still come first.
        let (_, faults) = read_without_numbers(text);
        return Err(Refusal::of_document(
            faults.refusal().unwrap_or(Code::NotDocumentBytes),
        ));
    };
    // What lies too deep was skipped without a look at its surrogates.
    if faults.too_deep && has_lone_surrogate(text) {
        return Err(Refusal::of_document(Code::NotJson));
    }
    match faults.refusal() {
        None => Ok(value),
        Some(code) => Err(Refusal::of_document(code)),
    }
}

fn read(text: &str) -> (serde_json::Result<Value>, Faults) {
    let mut faults = Faults::default();
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let read = Seed {
        depth: 1,
        faults: &mut faults,
    }
    .deserialize(&mut deserializer);
    (
        read.and_then(|value| deserializer.end().map(|()| value)),
        faults,
    )
}

/// Reads a JSON text as if every number were 0.
fn read_without_numbers(text: &str) -> (serde_json::Result<Value>, Faults) {
    let mut without = String::with_capacity(text.len());
    let (mut in_string, mut escaped, mut in_number) = (false, false, false);
    for character in text.chars() {
        if in_string {
            in_string = escaped || character != '"';
            escaped = !escaped && character == '\\';
        } else if matches!(character, '0'..='9' | '-' | '+' | '.' | 'E')
            || (in_number && character == 'e')
        {
            if !in_number {
                without.push('0');
            }
            in_number = true;
            continue;
        } else {
            in_string = character == '"';
            in_number = false;
        }
        without.push(character);
    }
    read(&without)
}

/// Whether the text is JSON as far as its grammar goes (a number may be beyond the doubles).
fn is_json(text: &str) -> bool {
    serde_json::from_str::<IgnoredAny>(text).is_ok() && !has_lone_surrogate(text)
}

/// Whether a text that is JSON otherwise escapes a surrogate that is no half of a pair.
fn has_lone_surrogate(text: &str) -> bool {
    let mut rest = text.as_bytes();
    while let Some(position) = rest.iter().position(|byte| *byte == b'\\') {
        rest = rest.get(position..).unwrap_or_default();
        match escaped_unit(rest) {
            Some(0xD800..=0xDBFF) => {
                let low = rest.get(6..).unwrap_or_default();
                if !matches!(escaped_unit(low), Some(0xDC00..=0xDFFF)) {
                    return true;
                }
                rest = low.get(6..).unwrap_or_default();
            }
            Some(0xDC00..=0xDFFF) => return true,
            Some(_) => rest = rest.get(6..).unwrap_or_default(),
            None => rest = rest.get(2..).unwrap_or_default(),
        }
    }
    false
}

/// The UTF-16 code unit of an escape `\uXXXX` at the start of these bytes.
fn escaped_unit(bytes: &[u8]) -> Option<u16> {
    let digits = bytes.strip_prefix(b"\\u")?.get(..4)?;
    u16::from_str_radix(core::str::from_utf8(digits).ok()?, 16).ok()
}

/// Reads a value at a depth (that of the container which would begin here).
struct Seed<'a> {
    depth: usize,
    faults: &'a mut Faults,
}

impl Seed<'_> {
    fn inner(&mut self) -> Seed<'_> {
        Seed {
            depth: self.depth + 1,
            faults: self.faults,
        }
    }
}

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, bool: bool) -> Result<Value, E> {
        Ok(Value::Bool(bool))
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "RFC 8785 sees doubles; what is lost shows in the document bytes"
    )]
    fn visit_u64<E: serde::de::Error>(self, integer: u64) -> Result<Value, E> {
        self.visit_f64(integer as f64)
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "RFC 8785 sees doubles; what is lost shows in the document bytes"
    )]
    fn visit_i64<E: serde::de::Error>(self, integer: i64) -> Result<Value, E> {
        self.visit_f64(integer as f64)
    }

    fn visit_f64<E: serde::de::Error>(self, double: f64) -> Result<Value, E> {
        Number::from_double(double)
            .map(Value::Number)
            .ok_or_else(|| E::custom("number out of range"))
    }

    fn visit_str<E>(self, string: &str) -> Result<Value, E> {
        Ok(Value::String(String::from(string)))
    }

    fn visit_string<E>(self, string: String) -> Result<Value, E> {
        Ok(Value::String(string))
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut items: A) -> Result<Value, A::Error> {
        if self.depth > limits::DEPTH {
            self.faults.too_deep = true;
            while items.next_element::<IgnoredAny>()?.is_some() {}
            return Ok(Value::Null);
        }
        let mut array = Vec::new();
        while let Some(item) = items.next_element_seed(self.inner())? {
            array.push(item);
        }
        Ok(Value::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut members: A) -> Result<Value, A::Error> {
        if self.depth > limits::DEPTH {
            self.faults.too_deep = true;
            while members.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
            return Ok(Value::Null);
        }
        let mut object: Vec<(String, Value)> = Vec::new();
        let mut sorted = true;
        while let Some(name) = members.next_key::<String>()? {
            self.faults.see_name(&name);
            sorted = sorted && object.last().is_none_or(|(last, _)| *last < name);
            let value = members.next_value_seed(self.inner())?;
            object.push((name, value));
        }
        if !sorted {
            // By sorting, not by comparing each with each: a publisher chooses how many there are.
            object.sort_by(|left, right| left.0.cmp(&right.0));
            if object
                .windows(2)
                .any(|pair| matches!(pair, [(left, _), (right, _)] if left == right))
            {
                self.faults.duplicate_name = true;
            }
        }
        Ok(Value::Object(object))
    }
}
