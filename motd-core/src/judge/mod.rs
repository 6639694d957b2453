//! The checks, in their one order: the first fault gives the code. Chapter 2, section 2.6.

mod audience;
mod bytes;
mod document;
mod notice;
mod text;

pub(crate) use bytes::{any_form, custom_value, target_bytes};
pub(crate) use document::{document, single_notice};

use crate::json::Value;
use crate::place::At;
use crate::{Code, Refusal};

/// An object while it is judged: its members, sorted by name, and its place.
#[derive(Clone, Copy)]
struct Object<'v, 'p> {
    members: &'v [(alloc::string::String, Value)],
    at: At<'p>,
}

impl<'v> Object<'v, '_> {
    fn member(&self, name: &'static str) -> Option<&'v Value> {
        self.members
            .iter()
            .find(|(other, _)| other == name)
            .map(|(_, value)| value)
    }

    /// Whether there is a member of another name than these.
    fn has_others(&self, names: &[&str]) -> bool {
        self.members
            .iter()
            .any(|(name, _)| !names.contains(&name.as_str()))
    }

    /// The string member of this name, read as a type that cannot be wrong; anything else has this code.
    ///
    /// MOTD-FWD-6: `null` is no string, and so a wrong type like any other.
    fn required<T: core::str::FromStr>(
        &self,
        name: &'static str,
        code: Code,
    ) -> Result<T, Refusal> {
        self.optional(name, code)?
            .ok_or_else(|| self.at.refuse_member(name, code))
    }

    /// The same for a member that can be absent.
    fn optional<T: core::str::FromStr>(
        &self,
        name: &'static str,
        code: Code,
    ) -> Result<Option<T>, Refusal> {
        let Some(value) = self.member(name) else {
            return Ok(None);
        };
        match value.as_str().and_then(|text| text.parse().ok()) {
            Some(parsed) => Ok(Some(parsed)),
            None => Err(self.at.refuse_member(name, code)),
        }
    }

    /// The array member of this name with this many items; `None` when absent, the code when anything else.
    fn array(
        &self,
        name: &'static str,
        lengths: core::ops::RangeInclusive<usize>,
        code: Code,
    ) -> Result<Option<&'v [Value]>, Refusal> {
        let Some(value) = self.member(name) else {
            return Ok(None);
        };
        match value.as_array() {
            Some(items) if lengths.contains(&items.len()) => Ok(Some(items)),
            _ => Err(self.at.refuse_member(name, code)),
        }
    }
}
