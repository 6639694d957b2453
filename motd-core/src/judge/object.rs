//! An object while it is judged.

use alloc::string::String;
use alloc::vec::Vec;
use core::ops::RangeInclusive;
use core::str::FromStr;

use crate::json::Value;
use crate::place::At;
use crate::{Code, Refusal};

/// The members of an object, sorted by name, and its place.
#[derive(Clone, Copy)]
pub(super) struct Object<'v, 'p> {
    pub(super) members: &'v [(String, Value)],
    pub(super) at: At<'p>,
}

impl<'v> Object<'v, '_> {
    pub(super) fn member(&self, name: &'static str) -> Option<&'v Value> {
        self.members
            .iter()
            .find(|(other, _)| other == name)
            .map(|(_, value)| value)
    }

    /// Whether there is a member of another name than these.
    pub(super) fn has_others(&self, names: &[&str]) -> bool {
        self.members
            .iter()
            .any(|(name, _)| !names.contains(&name.as_str()))
    }

    /// The string member of this name, read as a type that cannot be wrong; anything else has this code.
    ///
    /// MOTD-FWD-6: `null` is no string, and so a wrong type like any other.
    pub(super) fn required<T: FromStr>(
        &self,
        name: &'static str,
        code: Code,
    ) -> Result<T, Refusal> {
        self.optional(name, code)?
            .ok_or_else(|| self.at.refuse_member(name, code))
    }

    /// The same for a member that can be absent.
    pub(super) fn optional<T: FromStr>(
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
    pub(super) fn array(
        &self,
        name: &'static str,
        lengths: RangeInclusive<usize>,
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

/// Strings read as a type that cannot be wrong; `None` when one of them is something else.
pub(super) fn words<T: FromStr>(items: &[Value]) -> Option<Vec<T>> {
    items
        .iter()
        .map(|item| item.as_str()?.parse().ok())
        .collect()
}
