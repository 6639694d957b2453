//! The document bytes: RFC 8785, JSON Canonicalization Scheme.

use alloc::string::String;
use alloc::vec::Vec;
use core::cmp::Ordering;

use super::{Number, Value};

impl Value {
    /// The document bytes of this value: its RFC 8785 form.
    #[must_use]
    pub fn document_bytes(&self) -> Vec<u8> {
        self.document_bytes_of(0)
    }

    /// The same, when its length can be guessed.
    pub(crate) fn document_bytes_of(&self, length: usize) -> Vec<u8> {
        let mut out = String::with_capacity(length);
        write_value(self, &mut out);
        out.into_bytes()
    }
}

/// Length in bytes of the RFC 8785 form of a value that another parser made. Iterative, since nothing has bounded
/// the value's depth yet.
pub(crate) fn canonical_length(parsed: &serde_json::Value) -> usize {
    use serde_json::Value as Parsed;
    let mut length = 0;
    let mut open = alloc::vec![parsed];
    while let Some(value) = open.pop() {
        length += match value {
            Parsed::Null | Parsed::Bool(true) => 4,
            Parsed::Bool(false) => 5,
            Parsed::Number(number) => Number::from_parsed(number).map_or(0, |number| {
                let mut out = String::new();
                write_number(number, &mut out);
                out.len()
            }),
            Parsed::String(string) => string_length(string),
            Parsed::Array(items) => {
                open.extend(items);
                items.len().saturating_sub(1) + 2
            }
            Parsed::Object(members) => {
                open.extend(members.values());
                let names: usize = members.keys().map(|name| string_length(name) + 1).sum();
                names + members.len().saturating_sub(1) + 2
            }
        };
    }
    length
}

/// Writes a value in its RFC 8785 form.
fn write_value(value: &Value, out: &mut String) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(true) => out.push_str("true"),
        Value::Bool(false) => out.push_str("false"),
        Value::Number(number) => write_number(*number, out),
        Value::String(string) => write_string(string, out),
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write_value(item, out);
            }
            out.push(']');
        }
        Value::Object(members) => {
            if members.is_sorted_by(|left, right| utf16_order(&left.0, &right.0) == Ordering::Less)
            {
                write_members(members.iter(), out);
            } else {
                let mut sorted: Vec<&(String, Value)> = members.iter().collect();
                sorted.sort_by(|left, right| utf16_order(&left.0, &right.0));
                write_members(sorted.into_iter(), out);
            }
        }
    }
}

/// Writes a number as ECMAScript does (RFC 8785, section 3.2.2.3).
fn write_number(number: Number, out: &mut String) {
    out.push_str(ryu_js::Buffer::new().format_finite(number.as_double()));
}

/// Writes a string with the fewest escapes (RFC 8785, section 3.2.2.2).
fn write_string(string: &str, out: &mut String) {
    out.push('"');
    // Without a way out of the loop, since that makes it many bytes at a time.
    if !string
        .bytes()
        .fold(false, |found, byte| found | needs_escape(byte))
    {
        out.push_str(string);
        out.push('"');
        return;
    }
    let mut rest = string;
    while let Some(position) = rest.bytes().position(needs_escape) {
        let (plain, special) = rest.split_at(position);
        out.push_str(plain);
        let mut characters = special.chars();
        if let Some(character) = characters.next() {
            write_escape(character, out);
        }
        rest = characters.as_str();
    }
    out.push_str(rest);
    out.push('"');
}

const fn needs_escape(byte: u8) -> bool {
    matches!(byte, 0..=0x1F | b'"' | b'\\')
}

/// Length in bytes of a string in RFC 8785 form, quotes included.
fn string_length(string: &str) -> usize {
    let escapes: usize = string
        .bytes()
        .map(|byte| match byte {
            b'"' | b'\\' | 0x08 | b'\t' | b'\n' | 0x0C | b'\r' => 1,
            0..=0x1F => 5,
            _ => 0,
        })
        .sum();
    string.len() + escapes + 2
}

fn write_members<'a>(members: impl Iterator<Item = &'a (String, Value)>, out: &mut String) {
    out.push('{');
    for (index, (name, value)) in members.enumerate() {
        if index > 0 {
            out.push(',');
        }
        write_string(name, out);
        out.push(':');
        write_value(value, out);
    }
    out.push('}');
}

fn write_escape(character: char, out: &mut String) {
    const HEXADECIMAL: &[u8; 16] = b"0123456789abcdef";
    match character {
        '"' => out.push_str("\\\""),
        '\\' => out.push_str("\\\\"),
        '\u{08}' => out.push_str("\\b"),
        '\t' => out.push_str("\\t"),
        '\n' => out.push_str("\\n"),
        '\u{0C}' => out.push_str("\\f"),
        '\r' => out.push_str("\\r"),
        control => {
            out.push_str("\\u00");
            for shift in [4, 0] {
                let digit = (control as usize >> shift) & 0xF;
                out.push(HEXADECIMAL.get(digit).map_or('0', |byte| char::from(*byte)));
            }
        }
    }
}

/// The order of member names: by UTF-16 code units (RFC 8785, section 3.2.3), which for ASCII is the order of bytes.
fn utf16_order(left: &str, right: &str) -> Ordering {
    if left.is_ascii() && right.is_ascii() {
        left.cmp(right)
    } else {
        left.encode_utf16().cmp(right.encode_utf16())
    }
}
