//! A JSON value.

use alloc::string::String;
use alloc::vec::Vec;

use super::Number;
use crate::{Code, Refusal, limits};

/// A JSON value (RFC 8259). [`parse`](super::parse) and [`Value::from_parsed`] give one in which containers nest at
/// most [`limits::DEPTH`] deep and member names are unique, printable ASCII, and sorted.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number.
    Number(Number),
    /// A string.
    String(String),
    /// An array.
    Array(Vec<Value>),
    /// An object's members.
    Object(Vec<(String, Value)>),
}

impl Value {
    /// Takes a value that another parser made, such as a TUF library's `custom` object.
    ///
    /// Numbers become doubles, as RFC 8785 sees them: a float without a fraction is that integer.
    ///
    /// # Errors
    /// `too-deep` (MOTD-BYTES-4) or `name-not-ascii` (MOTD-BYTES-6), in this order.
    pub fn from_parsed(parsed: &serde_json::Value) -> Result<Self, Refusal> {
        let mut faults = Faults::default();
        let value = convert(parsed, 1, &mut faults);
        faults
            .refusal()
            .map_or(Ok(value), |code| Err(Refusal::of_document(code)))
    }

    /// The value of the member with this name, when this is an object that has one.
    #[must_use]
    pub fn member(&self, name: &str) -> Option<&Self> {
        self.as_object()?
            .iter()
            .find(|(other, _)| other == name)
            .map(|(_, value)| value)
    }

    /// The members, when this is an object.
    #[must_use]
    pub fn as_object(&self) -> Option<&[(String, Self)]> {
        if let Self::Object(members) = self {
            Some(members)
        } else {
            None
        }
    }

    /// The items, when this is an array.
    #[must_use]
    pub fn as_array(&self) -> Option<&[Self]> {
        if let Self::Array(items) = self {
            Some(items)
        } else {
            None
        }
    }

    /// The string, when this is one.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        if let Self::String(string) = self {
            Some(string)
        } else {
            None
        }
    }

    /// The integer, when this is a number that is one from -(2^53 - 1) to 2^53 - 1.
    #[must_use]
    pub fn as_integer(&self) -> Option<i64> {
        if let Self::Number(number) = self {
            number.as_integer()
        } else {
            None
        }
    }
}

/// The faults of a value that are seen while it is read and reported at its end, most general first.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Faults {
    pub(crate) too_deep: bool,
    pub(crate) duplicate_name: bool,
    pub(crate) name_not_ascii: bool,
}

impl Faults {
    /// The fault that gives the code.
    pub(crate) const fn refusal(self) -> Option<Code> {
        if self.too_deep {
            // MOTD-BYTES-4: a parser's own recursion limit is not one that all implementations share.
            Some(Code::TooDeep)
        } else if self.duplicate_name {
            // MOTD-BYTES-5: readers disagree on which of the two counts.
            Some(Code::DuplicateName)
        } else if self.name_not_ascii {
            // MOTD-BYTES-6: readers disagree on how other names sort.
            Some(Code::NameNotAscii)
        } else {
            None
        }
    }

    /// Notes a member name that is empty or has a character outside U+0020 to U+007E.
    pub(crate) fn see_name(&mut self, name: &str) {
        if name.is_empty() || !name.bytes().all(|byte| (0x20..=0x7E).contains(&byte)) {
            self.name_not_ascii = true;
        }
    }
}

fn convert(parsed: &serde_json::Value, depth: usize, faults: &mut Faults) -> Value {
    use serde_json::Value as Parsed;
    match parsed {
        Parsed::Null => Value::Null,
        Parsed::Bool(bool) => Value::Bool(*bool),
        // A number that no double holds cannot come from a parser of doubles; `null` is refused wherever it counts.
        Parsed::Number(number) => Number::from_parsed(number).map_or(Value::Null, Value::Number),
        Parsed::String(string) => Value::String(string.clone()),
        Parsed::Array(_) | Parsed::Object(_) if depth > limits::DEPTH => {
            faults.too_deep = true;
            Value::Null
        }
        Parsed::Array(items) => Value::Array(
            items
                .iter()
                .map(|item| convert(item, depth + 1, faults))
                .collect(),
        ),
        Parsed::Object(members) => {
            let mut converted: Vec<(String, Value)> = members
                .iter()
                .map(|(name, value)| {
                    faults.see_name(name);
                    (name.clone(), convert(value, depth + 1, faults))
                })
                .collect();
            converted.sort_unstable_by(|left, right| left.0.cmp(&right.0));
            Value::Object(converted)
        }
    }
}
