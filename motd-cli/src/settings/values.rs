//! Single values of the configuration, each with the one constructor that can fail.

use std::borrow::Borrow;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use motd_core::{Components, RepositoryId, SourceName, limits};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use url::Url;

/// The name of a source.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Name(pub(crate) SourceName);

impl TryFrom<String> for Name {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        // MOTD-SHOW-8: it stands in front of every line.
        SourceName::from_str(&text)
            .map(Self)
            .map_err(|_| "a source name is 1 to 32 bytes of A-Z a-z 0-9 . _ - [MOTD-SHOW-8]")
    }
}

/// The identifier of a repository.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct RepositorySetting(pub(crate) RepositoryId);

impl TryFrom<String> for RepositorySetting {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        RepositoryId::from_str(&text).map(Self).map_err(|_| {
            "a repository identifier is 1 to 253 bytes of a-z 0-9 . _ / -, beginning and ending with a letter or digit \
             [MOTD-DOC-3]"
        })
    }
}

/// A number of hours between two checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(try_from = "u64")]
pub(crate) struct Hours(u8);

impl Hours {
    /// The same as a duration.
    pub(crate) const fn duration(self) -> Duration {
        Duration::from_secs(self.0 as u64 * 3_600)
    }
}

impl TryFrom<u64> for Hours {
    type Error = &'static str;

    fn try_from(hours: u64) -> Result<Self, Self::Error> {
        // MOTD-NET-5.
        u8::try_from(hours)
            .ok()
            .filter(|hours| (1..=24).contains(hours))
            .map(Self)
            .ok_or("an interval is 1 to 24 hours [MOTD-NET-5]")
    }
}

impl FromStr for Hours {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse()
            .map_or(Err("not a number"), |hours: u64| hours.try_into())
    }
}

impl fmt::Display for Hours {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// An address of a repository: `http` or `https`, with a host.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Address(pub(crate) Url);

impl Address {
    /// Whether this address is the other one, or a folder that it is in.
    pub(crate) fn covers(&self, used: &Url) -> bool {
        let folder = self.0.path().trim_end_matches('/');
        self.0.scheme() == used.scheme()
            && self.0.host() == used.host()
            && self.0.port_or_known_default() == used.port_or_known_default()
            && used
                .path()
                .strip_prefix(folder)
                // `https://example.org/simple` is no folder of `https://example.org/simple-evil`.
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}

impl FromStr for Address {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Url::parse(text)
            .ok()
            .filter(|url| matches!(url.scheme(), "http" | "https") && url.host().is_some())
            .filter(|url| url.username().is_empty() && url.password().is_none())
            .map(Self)
            .ok_or("an address is http or https with a host and without a user, such as https://notices.example.org/metadata/")
    }
}

impl TryFrom<String> for Address {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

/// The purl of something that is installed, without its version.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct DeclaredPurl(pub(crate) String);

impl TryFrom<String> for DeclaredPurl {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        if Components::new().add(&text, "0") {
            Ok(Self(text))
        } else {
            Err("a component is a purl without a version, such as pkg:pypi/pip [MOTD-PURL-1]")
        }
    }
}

impl Borrow<str> for DeclaredPurl {
    fn borrow(&self) -> &str {
        &self.0
    }
}

macro_rules! schema {
    ($($type:ident, $name:literal: $schema:expr;)*) => { $(
        impl JsonSchema for $type {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                $name.into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                $schema
            }
        }
    )* };
}

schema! {
    Name, "Name": json_schema!({ "type": "string", "pattern": "^[A-Za-z0-9._-]{1,32}$" });
    RepositorySetting, "Repository": json_schema!({ "type": "string", "minLength": 1,
        "maxLength": limits::REPOSITORY_BYTES, "pattern": "^[a-z0-9]([a-z0-9._/-]*[a-z0-9])?$" });
    Hours, "Hours": json_schema!({ "type": "integer", "minimum": 1, "maximum": 24 });
    Address, "Address": json_schema!({ "type": "string", "format": "uri", "pattern": "^https?://[^/@]+(/[^@]*)?$" });
    DeclaredPurl, "DeclaredPurl": json_schema!({ "type": "string", "pattern": "^pkg:[a-z][a-z0-9.-]*/" });
}
