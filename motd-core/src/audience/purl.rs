//! Package URLs that name a component: no version, no qualifiers, no subpath.

use alloc::string::String;
use core::fmt;
use core::str::FromStr;

/// A component's package URL, in the one strict spelling of chapter 4 (MOTD-PURL-1), without version, qualifiers and
/// subpath.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Purl {
    spelling: String,
}

/// A text that is not such a package URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[error("the package URL is malformed")]
pub struct MalformedPurl;

impl Purl {
    /// Reads a machine's spelling: normalised by the type's rules where a machine may spell freely. `None` when it is
    /// malformed, which matches nothing (MOTD-AUD-7).
    #[must_use]
    pub fn from_machine(text: &str) -> Option<Self> {
        todo!()
    }

    /// The strict spelling.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.spelling
    }
}

impl FromStr for Purl {
    type Err = MalformedPurl;

    fn from_str(text: &str) -> Result<Self, MalformedPurl> {
        todo!()
    }
}

impl fmt::Display for Purl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.spelling)
    }
}
