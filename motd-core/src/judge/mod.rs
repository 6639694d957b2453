//! The checks, in their one order: the first fault gives the code.

use crate::json::Value;
use crate::{Document, Entry, LanguageTag, Refusal, RepositoryId};

pub(crate) fn target_bytes(
    bytes: &[u8],
    expected: Option<&RepositoryId>,
) -> Result<Document, Refusal> {
    todo!()
}
pub(crate) fn any_form(bytes: &[u8], expected: Option<&RepositoryId>) -> Result<Document, Refusal> {
    todo!()
}
pub(crate) fn document(
    value: &Value,
    expected: Option<&RepositoryId>,
) -> Result<Document, Refusal> {
    todo!()
}
pub(crate) fn single_notice(value: &Value, default_language: &LanguageTag) -> Entry {
    todo!()
}
