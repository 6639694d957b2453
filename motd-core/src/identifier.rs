//! Short names that cannot be wrong: the id grammar, repositories, sources, revisions.

use alloc::string::String;
use core::fmt;
use core::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::limits;

/// A name that does not follow its grammar. It does not quote the name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[error("{0} is malformed")]
pub struct MalformedName(pub(crate) &'static str);

macro_rules! name {
    ($(#[$doc:meta])* $name:ident, $what:literal, $is:path) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(String);

        impl $name {
            /// The name as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = MalformedName;

            fn from_str(text: &str) -> Result<Self, MalformedName> {
                if $is(text) { Ok(Self(String::from(text))) } else { Err(MalformedName($what)) }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
            }
        }
    };
}

name! {
    /// The id of a notice: 1 to [`limits::ID_BYTES`] bytes of `[a-z0-9]([a-z0-9._-]*[a-z0-9])?`. Chapter 2, MOTD-DOC-11.
    NoticeId, "a notice id", is_id
}
name! {
    /// A word of the id grammar: a severity, topic, link relation, operating system, architecture, command or feature,
    /// registered or not. Chapter 2, MOTD-DOC-13.
    Word, "a word", is_id
}
name! {
    /// The identifier of a repository, as the document and the installer's configuration name it: 1 to
    /// [`limits::REPOSITORY_BYTES`] bytes of `[a-z0-9]([a-z0-9._/-]*[a-z0-9])?`. Chapter 2, MOTD-DOC-3.
    RepositoryId, "a repository identifier", is_repository
}
name! {
    /// The name that a client's configuration gives a source, shown at the start of every line:
    /// `[A-Za-z0-9._-]{1,32}`. Chapter 6, MOTD-SHOW-8.
    SourceName, "a source name", is_source
}

/// The revision of a notice, 1 to 2^53 - 1: a higher one is new to the reader. Chapter 2, MOTD-DOC-12.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Revision(u64);

impl Revision {
    /// The revision with this number, when it is in range.
    #[must_use]
    pub const fn new(number: u64) -> Option<Self> {
        if number >= 1 && number <= limits::INTEGER {
            Some(Self(number))
        } else {
            None
        }
    }

    /// The revision's number.
    #[must_use]
    pub const fn number(self) -> u64 {
        self.0
    }
}

impl fmt::Display for Revision {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl<'de> Deserialize<'de> for Revision {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(u64::deserialize(deserializer)?)
            .ok_or_else(|| de::Error::custom(MalformedName("a revision")))
    }
}

fn is_id(text: &str) -> bool {
    text.len() <= limits::ID_BYTES && is_name(text, b"._-")
}

fn is_repository(text: &str) -> bool {
    text.len() <= limits::REPOSITORY_BYTES && is_name(text, b"._/-")
}

fn is_source(text: &str) -> bool {
    // MOTD-SHOW-8: nothing in the prefix can look like another prefix or like the end of one.
    (1..=limits::SOURCE_BYTES).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
}

/// Lower-case letters and digits, with these others between them.
fn is_name(text: &str, between: &[u8]) -> bool {
    let outer = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let bytes = text.as_bytes();
    bytes.first().is_some_and(outer)
        && bytes.last().is_some_and(outer)
        && bytes
            .iter()
            .all(|byte| outer(byte) || between.contains(byte))
}
