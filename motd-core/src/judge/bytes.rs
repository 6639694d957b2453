//! From bytes, or a parsed value, to a document.

use super::document::document;
use crate::json::{self, Value};
use crate::{Code, Document, Refusal, RepositoryId, limits};

/// Target bytes as a client judges them.
pub(crate) fn target_bytes(
    bytes: &[u8],
    expected: Option<&RepositoryId>,
) -> Result<Document, Refusal> {
    let value = sized(bytes)?;
    // MOTD-BYTES-7: bytes that two parsers could read differently are not the ones that everybody signed.
    if value.document_bytes_of(bytes.len()) != bytes {
        return Err(Refusal::of_document(Code::NotDocumentBytes));
    }
    document(&value, expected)
}

/// Bytes in any JSON form, as an author may write them.
pub(crate) fn any_form(bytes: &[u8], expected: Option<&RepositoryId>) -> Result<Document, Refusal> {
    document(&sized(bytes)?, expected)
}

/// The value of the custom carrier, as far as it can be judged without its target entry.
pub(crate) fn custom_value(parsed: &serde_json::Value) -> Result<Value, Refusal> {
    // MOTD-BYTES-1: every client downloads the role that this stands in at each change.
    if json::canonical_length(parsed) > limits::CUSTOM_DOCUMENT_BYTES {
        return Err(Refusal::of_document(Code::DocumentTooLarge));
    }
    Value::from_parsed(parsed)
}

fn sized(bytes: &[u8]) -> Result<Value, Refusal> {
    // MOTD-BYTES-1: before anything is made of the bytes.
    if bytes.len() > limits::TARGET_DOCUMENT_BYTES {
        return Err(Refusal::of_document(Code::DocumentTooLarge));
    }
    json::parse(bytes)
}
