//! The checks, in their one order: the first fault gives the code. Chapter 2, section 2.6.

mod audience;
mod bytes;
mod document;
mod notice;
mod object;
mod text;

pub(crate) use bytes::custom_value;

use crate::json::Value;
use crate::{Document, Entry, LanguageTag, Refusal, RepositoryId};

impl Document {
    /// Judges target bytes as a client does: size, UTF-8, JSON, depth, duplicate names, member names, document bytes,
    /// then the document. `expected` is the identifier configured beside the trusted root; `None` accepts any.
    ///
    /// # Errors
    /// The first fault at document level; a fault of one notice is its entry's verdict.
    pub fn judge_bytes(bytes: &[u8], expected: Option<&RepositoryId>) -> Result<Self, Refusal> {
        bytes::target_bytes(bytes, expected)
    }

    /// Judges bytes in any JSON form, for hand-written files: as [`Document::judge_bytes`] without MOTD-BYTES-7.
    ///
    /// # Errors
    /// The first fault at document level.
    pub fn judge_any_form(bytes: &[u8], expected: Option<&RepositoryId>) -> Result<Self, Refusal> {
        bytes::any_form(bytes, expected)
    }

    /// Judges a value, as made by [`json::parse`](crate::json::parse) or [`Value::from_parsed`].
    ///
    /// # Errors
    /// The first fault at document level, MOTD-DOC-1 to MOTD-DOC-7.
    pub fn judge(value: &Value, expected: Option<&RepositoryId>) -> Result<Self, Refusal> {
        document::document(value, expected)
    }

    /// Judges one notice by itself, as entry 0 of a document with this default language.
    #[must_use]
    pub fn judge_notice(value: &Value, default_language: &LanguageTag) -> Entry {
        document::single_notice(value, default_language)
    }
}
