//! Links: plain https URLs of a small grammar.

use alloc::string::String;

use crate::Word;

/// A link of a notice. Chapter 3, "Links".
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Link {
    pub(crate) rel: Word,
    pub(crate) url: LinkUrl,
}

impl Link {
    /// What the link leads to, registered or not.
    #[must_use]
    pub const fn rel(&self) -> &Word {
        &self.rel
    }

    /// The URL, as signed.
    #[must_use]
    pub const fn url(&self) -> &LinkUrl {
        &self.url
    }
}

/// An https URL of the grammar in chapter 3, MOTD-LINK-3: ASCII, at most [`limits::URL_BYTES`] bytes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct LinkUrl(String);
