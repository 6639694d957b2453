//! The members of the document, and its entries one by one.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use super::notice;
use super::object::Object;
use crate::document::{Document, Entry};
use crate::json::Value;
use crate::place::At;
use crate::{Code, LanguageTag, NoticeId, Refusal, RepositoryId, limits};

const AT: At<'static> = At::DOCUMENT;

/// Judges a document: MOTD-DOC-1 to MOTD-DOC-7, then each entry by itself.
pub(crate) fn document(
    value: &Value,
    expected: Option<&RepositoryId>,
) -> Result<Document, Refusal> {
    // MOTD-DOC-1.
    let members = value
        .as_object()
        .ok_or_else(|| AT.refuse(Code::NotAnObject))?;
    let object = Object { members, at: AT };
    // MOTD-DOC-2: another major version may mean anything by the same names.
    if !object
        .member("schema_version")
        .and_then(Value::as_str)
        .is_some_and(is_supported)
    {
        return Err(AT.refuse_member("schema_version", Code::SchemaVersion));
    }
    // MOTD-DOC-3.
    let repository: RepositoryId = object.required("repository", Code::RepositoryMalformed)?;
    // MOTD-DOC-4: a staging role signed with the same keys would speak for production.
    if expected.is_some_and(|expected| *expected != repository) {
        return Err(AT.refuse_member("repository", Code::RepositoryMismatch));
    }
    // MOTD-DOC-5.
    let default_language = object
        .optional("default_language", Code::DefaultLanguageMalformed)?
        .unwrap_or_else(LanguageTag::english);
    let items = notices(&object)?;
    let duplicates = Ids::count(items);
    let entries = items
        .iter()
        .enumerate()
        .map(|(index, value)| {
            entry(
                index,
                value,
                duplicates.is_duplicate(value),
                &default_language,
            )
        })
        .collect();
    Ok(Document {
        repository,
        default_language,
        entries,
    })
}

/// Judges one notice as the only entry of a document.
pub(crate) fn single_notice(value: &Value, default_language: &LanguageTag) -> Entry {
    entry(0, value, false, default_language)
}

fn notices<'v>(object: &Object<'v, '_>) -> Result<&'v [Value], Refusal> {
    let Some(value) = object.member("notices") else {
        return Ok(&[]);
    };
    // MOTD-DOC-6.
    let items = value
        .as_array()
        .ok_or_else(|| AT.refuse_member("notices", Code::NoticesMalformed))?;
    // MOTD-DOC-7.
    if items.len() > limits::NOTICES {
        return Err(AT.refuse_member("notices", Code::NoticesTooMany));
    }
    Ok(items)
}

/// MOTD-DOC-8: each entry is judged by itself, so that one bad notice never hides a good one.
fn entry(index: usize, value: &Value, duplicate: bool, default_language: &LanguageTag) -> Entry {
    let notices = AT.member("notices");
    let at = notices.item(index);
    let id = value
        .member("id")
        .and_then(Value::as_str)
        .and_then(|id| id.parse::<NoticeId>().ok());
    let mut languages = Vec::new();
    let verdict = if duplicate {
        // MOTD-DOC-9: with two, a fault in one would decide which of them is shown.
        Err(at.refuse_member("id", Code::IdDuplicate))
    } else {
        notice::judge(value, at, default_language, &mut languages)
    };
    Entry {
        index,
        id,
        verdict,
        languages,
    }
}

/// How often each string stands as an `id`, whatever else is wrong with its entry.
struct Ids<'v>(BTreeMap<&'v str, usize>);

impl<'v> Ids<'v> {
    fn count(items: &'v [Value]) -> Self {
        let mut count = BTreeMap::new();
        for id in items.iter().filter_map(id) {
            *count.entry(id).or_insert(0) += 1;
        }
        Self(count)
    }

    fn is_duplicate(&self, item: &Value) -> bool {
        id(item)
            .and_then(|id| self.0.get(id))
            .is_some_and(|count| *count > 1)
    }
}

fn id(item: &Value) -> Option<&str> {
    item.member("id").and_then(Value::as_str)
}

/// Whether this is a `MAJOR.MINOR` that this crate reads: decimal numbers of any size without leading zeros.
fn is_supported(version: &str) -> bool {
    let number = |text: &str| {
        !text.is_empty()
            && text.bytes().all(|byte| byte.is_ascii_digit())
            && (text == "0" || !text.starts_with('0'))
    };
    version.split_once('.').is_some_and(|(major, minor)| {
        number(major) && number(minor) && major.parse() == Ok(limits::SCHEMA_MAJOR)
    })
}
