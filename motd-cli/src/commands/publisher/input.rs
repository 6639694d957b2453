//! Notices as their author holds them in a file, before anybody published them.

use std::path::Path;

use anyhow::Result;
use motd_core::{Document, LanguageTag, Verified};
use motd_server::publish::notice_file::{FindingLevel, NoticeFile};
use serde_json::{Value, json};

use super::lint;

/// What a file holds.
pub(super) struct NoticeInput {
    /// The notices that a client would take, as their author wrote them.
    pub(super) notices: Vec<Value>,
    pub(super) default_language: LanguageTag,
    /// What is refused.
    pub(super) faults: Vec<String>,
}

/// Reads a notice as `.toml`, or a whole document as anything else.
pub(super) fn read(path: &Path, default_language: &LanguageTag) -> Result<NoticeInput> {
    let bytes = super::file(path)?;
    let name = path.display().to_string();
    let is_notice = path.extension().is_some_and(|end| end == "toml");
    Ok(if is_notice {
        from_toml(&name, &bytes, default_language)
    } else {
        from_json(&name, &bytes, default_language)
    })
}

fn from_toml(name: &str, bytes: &[u8], default_language: &LanguageTag) -> NoticeInput {
    let (notices, findings) = match NoticeFile::read(name, bytes) {
        Ok(file) => {
            let taken = file.value().is_some_and(|value| {
                let entry = Document::judge_notice(&value, default_language);
                entry.verdict().is_ok()
            });
            let notice = taken.then(|| file.json().clone());
            (notice.into_iter().collect(), file.lint(default_language))
        }
        Err(finding) => (Vec::new(), vec![finding]),
    };
    let errors = findings
        .iter()
        .filter(|finding| finding.level == FindingLevel::Error);
    let faults = errors.flat_map(lint::lines).collect();
    NoticeInput {
        notices,
        default_language: default_language.clone(),
        faults,
    }
}

/// A document in any form: what is looked at here need not be what is published.
fn from_json(name: &str, bytes: &[u8], default_language: &LanguageTag) -> NoticeInput {
    let document = match Document::judge_any_form(bytes, None) {
        Ok(document) => document,
        Err(refusal) => {
            return NoticeInput {
                notices: Vec::new(),
                default_language: default_language.clone(),
                faults: lint::refusal_lines(name, &refusal),
            };
        }
    };
    let raw: Value = serde_json::from_slice(bytes).unwrap_or_default();
    let taken = document
        .entries()
        .iter()
        .filter(|entry| entry.verdict().is_ok());
    let refusals = document.entries().iter().flat_map(lint::refusals);
    NoticeInput {
        notices: taken
            .filter_map(|entry| raw.get("notices")?.get(entry.index()).cloned())
            .collect(),
        default_language: document.default_language().clone(),
        faults: refusals
            .flat_map(|refusal| lint::refusal_lines(name, refusal))
            .collect(),
    }
}

/// A notice in a document of its own.
pub(super) fn alone(notice: &Value, default_language: &LanguageTag) -> Result<Verified<Document>> {
    let document = json!({
        "schema_version": "1.0",
        "repository": "preview",
        "default_language": default_language.as_str(),
        "notices": [notice],
    });
    let value = motd_core::json::Value::from_parsed(&document)?;
    Ok(Verified::assert_author_preview(Document::judge(
        &value, None,
    )?))
}
