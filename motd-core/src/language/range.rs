//! Language ranges, and RFC 4647 lookup with Chinese through its scripts.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::str::FromStr;

use super::LanguageTag;
use super::tag::canonical_case;
use crate::identifier::MalformedName;

/// An entry of a reader's list of languages: an extended language range (RFC 4647, section 2.2), in any case.
///
/// It need not be a well-formed tag: whoever configured `i-klingon` gets the default language, and no error.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct LanguageRange(String);

impl LanguageRange {
    /// The range as text, in canonical case.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The primary language subtag, such as `zh`; `*` for any.
    #[must_use]
    pub fn language(&self) -> &str {
        self.0.split('-').next().unwrap_or_default()
    }

    /// What is looked for when a reader wants this range, the best first: the range without its `*` subtags, then the
    /// same cut from its end. Chapter 3, section 3.4, steps 2 to 5.
    pub(crate) fn candidates(&self) -> Vec<String> {
        // MOTD-LANG-4: lookup, RFC 4647 section 3.4.
        let subtags: Vec<&str> = self.0.split('-').filter(|subtag| *subtag != "*").collect();
        let mut next =
            Some(canonical_case(&subtags.join("-"))).filter(|candidate| !candidate.is_empty());
        let mut candidates = Vec::with_capacity(subtags.len() + 1);
        while let Some(candidate) = next {
            // MOTD-LANG-5: a reader in Taipei is not helped by simplified characters, nor by English before `zh-Hant`.
            next = match candidate.as_str() {
                "zh-TW" | "zh-HK" | "zh-MO" => candidate
                    .strip_prefix("zh-")
                    .map(|region| format!("zh-Hant-{region}")),
                "zh-CN" | "zh-SG" => candidate
                    .strip_prefix("zh-")
                    .map(|region| format!("zh-Hans-{region}")),
                _ => cut(&candidate).map(String::from),
            };
            candidates.push(candidate);
        }
        candidates
    }
}

impl FromStr for LanguageRange {
    type Err = MalformedName;

    fn from_str(text: &str) -> Result<Self, MalformedName> {
        let sound = text.split('-').enumerate().all(|(index, subtag)| {
            subtag == "*"
                || ((1..=8).contains(&subtag.len())
                    && subtag.bytes().all(|byte| {
                        byte.is_ascii_alphabetic() || (index > 0 && byte.is_ascii_digit())
                    }))
        });
        if sound {
            Ok(Self(canonical_case(text)))
        } else {
            Err(MalformedName("a language range"))
        }
    }
}

impl From<LanguageTag> for LanguageRange {
    fn from(tag: LanguageTag) -> Self {
        Self(String::from(tag.as_str()))
    }
}

impl fmt::Display for LanguageRange {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// The tag without its last subtag, nor a singleton that would then be last.
fn cut(tag: &str) -> Option<&str> {
    let (shorter, _) = tag.rsplit_once('-')?;
    match shorter.rsplit_once('-') {
        Some((before, singleton)) if singleton.len() == 1 => Some(before),
        None if shorter.len() == 1 => None,
        _ => Some(shorter),
    }
}
