//! Language tags: RFC 5646 grammar and canonical case, without a registry.

use alloc::string::String;
use core::fmt;
use core::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::identifier::MalformedName;

/// A BCP 47 language tag (RFC 5646, `langtag`) in canonical case. Chapter 3, MOTD-LANG-1.
///
/// Its grammar is all that is asked: no registry is looked up, and neither grandfathered tags nor tags that are only
/// private use are read.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LanguageTag(String);

impl LanguageTag {
    /// English, which a document without `default_language` is in.
    #[must_use]
    pub fn english() -> Self {
        Self(String::from("en"))
    }

    /// The tag in its canonical case, from any case; `None` when it is not well-formed.
    #[must_use]
    pub fn from_any_case(text: &str) -> Option<Self> {
        is_well_formed(text).then(|| Self(canonical_case(text)))
    }

    /// The tag as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The primary language subtag, such as `zh`.
    #[must_use]
    pub fn language(&self) -> &str {
        self.0.split('-').next().unwrap_or_default()
    }
}

impl FromStr for LanguageTag {
    type Err = MalformedName;

    fn from_str(text: &str) -> Result<Self, MalformedName> {
        if is_well_formed(text) && canonical_case(text) == text {
            Ok(Self(String::from(text)))
        } else {
            Err(MalformedName("a language tag"))
        }
    }
}

impl fmt::Display for LanguageTag {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl Serialize for LanguageTag {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for LanguageTag {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(de::Error::custom)
    }
}

/// Whether the text follows RFC 5646's `langtag`, in any case.
pub(crate) fn is_well_formed(text: &str) -> bool {
    let mut subtags = text.split('-').peekable();
    let Some(language) = subtags.next() else {
        return false;
    };
    if !is_alphabetic(language, 2, 8) {
        return false;
    }
    if language.len() <= 3 {
        for _ in 0..3 {
            if subtags
                .next_if(|subtag| is_alphabetic(subtag, 3, 3))
                .is_none()
            {
                break;
            }
        }
    }
    // The script, the region, then variants.
    let _ = subtags.next_if(|subtag| is_alphabetic(subtag, 4, 4));
    let _ = subtags.next_if(|subtag| {
        is_alphabetic(subtag, 2, 2)
            || (subtag.len() == 3 && subtag.bytes().all(|byte| byte.is_ascii_digit()))
    });
    while subtags.next_if(|subtag| is_variant(subtag)).is_some() {}
    while let Some(singleton) = subtags.next() {
        if !is_alphanumeric(singleton, 1, 1) {
            return false;
        }
        let private = singleton.eq_ignore_ascii_case("x");
        let shortest = if private { 1 } else { 2 };
        let mut count = 0;
        while subtags
            .next_if(|subtag| is_alphanumeric(subtag, shortest, 8))
            .is_some()
        {
            count += 1;
        }
        // Nothing can follow a private use but what is too long for it, which is no singleton either.
        if count == 0 {
            return false;
        }
    }
    true
}

/// The canonical case of a tag or range (RFC 5646, section 2.1.1). It depends on the tag in lower case alone, so that
/// two tags that differ in case have one canonical case.
pub(super) fn canonical_case(tag: &str) -> String {
    let mut canonical = String::with_capacity(tag.len());
    let mut after_singleton = false;
    for (index, subtag) in tag.split('-').enumerate() {
        if index > 0 {
            canonical.push('-');
        }
        let plain = index == 0 || after_singleton;
        let letters = subtag.bytes().all(|byte| byte.is_ascii_alphabetic());
        for (position, character) in subtag.chars().enumerate() {
            let upper =
                !plain && letters && (subtag.len() == 2 || (subtag.len() == 4 && position == 0));
            canonical.push(if upper {
                character.to_ascii_uppercase()
            } else {
                character.to_ascii_lowercase()
            });
        }
        after_singleton = after_singleton || subtag.len() == 1;
    }
    canonical
}

fn is_alphabetic(subtag: &str, shortest: usize, longest: usize) -> bool {
    (shortest..=longest).contains(&subtag.len())
        && subtag.bytes().all(|byte| byte.is_ascii_alphabetic())
}

fn is_alphanumeric(subtag: &str, shortest: usize, longest: usize) -> bool {
    (shortest..=longest).contains(&subtag.len())
        && subtag.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

fn is_variant(subtag: &str) -> bool {
    is_alphanumeric(subtag, 5, 8)
        || (is_alphanumeric(subtag, 4, 4)
            && subtag
                .bytes()
                .next()
                .is_some_and(|byte| byte.is_ascii_digit()))
}
