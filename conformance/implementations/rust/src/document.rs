//! Role document: one document, judged.

use std::collections::BTreeMap;

use anyhow::{Context as _, anyhow};
use motd_core::{
    Code, Document, Entry, Notice, NoticeId, Refusal, Repeat, RepositoryId, Stage, TargetEntry,
    Verified, Word,
    json::{self, Value as Parsed},
};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::message::{Fault, Outcome, Parse};

pub(crate) fn parse(request: &Parse) -> Outcome {
    let repository = repository(&request.repository)?;
    match (&request.target, &request.entry) {
        (Some(target), None) => {
            let document = judge(&target.0, &repository)?;
            // The document was judged: its bytes are JSON.
            let parsed = json::parse(&target.0).map_err(|refusal| refused(&refusal))?;
            Ok(result(&document, &parsed))
        }
        (None, Some(entry)) => of_entry(entry, &repository),
        _ => Err(Fault::Failed(anyhow!(
            "either a target or an entry is judged"
        ))),
    }
}

/// The identifier that is configured.
pub(crate) fn repository(text: &str) -> Result<RepositoryId, Fault> {
    text.parse()
        .context("the identifier of the repository is malformed")
        .map_err(Fault::Failed)
}

/// The document of the target carrier.
pub(crate) fn judge(bytes: &[u8], repository: &RepositoryId) -> Result<Document, Fault> {
    Document::judge_bytes(bytes, Some(repository)).map_err(|refusal| refused(&refusal))
}

/// A whole document is refused.
fn refused(refusal: &Refusal) -> Fault {
    Fault::rejected(Stage::Document, refusal)
}

/// A target entry, as the TUF client of the library reads it.
#[derive(Deserialize)]
struct CustomEntry {
    length: u64,
    hashes: BTreeMap<String, String>,
    custom: Map<String, Value>,
}

fn of_entry(entry: &str, repository: &RepositoryId) -> Outcome {
    let entry: CustomEntry = serde_json::from_str(entry).map_err(|_| {
        // No role with such an entry is well-formed.
        let malformed = Refusal::of_document(Code::Malformed);
        Fault::rejected(Stage::Delegation, &malformed)
    })?;
    let custom = entry
        .custom
        .get("motd")
        .context("the entry has no custom.motd")
        .map_err(Fault::Failed)?;
    let hashes: Vec<_> = entry.hashes.into_iter().collect();
    let target = TargetEntry {
        length: entry.length,
        hashes: &hashes,
    };
    let document = Verified::assert_tuf_verified_custom(custom, &target, repository);
    let document = document.map_err(|refusal| refused(&refusal))?;
    let parsed = Parsed::from_parsed(custom).map_err(|refusal| refused(&refusal))?;
    Ok(result(document.verified(), &parsed))
}

fn result(document: &Document, parsed: &Parsed) -> Value {
    let notices = parsed.member("notices").and_then(Parsed::as_array);
    let notices = notices.unwrap_or_default();
    let entries = document.entries().iter();
    let judged: Vec<_> = entries
        .map(|entry| judged(entry, notices.get(entry.index())))
        .collect();
    json!({ "notices": judged })
}

fn judged(entry: &Entry, parsed: Option<&Parsed>) -> Value {
    let verdict = entry.verdict();
    json!({
        "id": entry.id().map(NoticeId::as_str),
        "code": verdict.err().map(|refusal| refusal.code.as_str()),
        "refused_languages": verdict
            .map(|_| refused_languages(entry, parsed))
            .unwrap_or_default(),
        "notice": verdict.ok().map(understood),
    })
}

/// Language tags, as they were written, to codes.
fn refused_languages(entry: &Entry, parsed: Option<&Parsed>) -> Map<String, Value> {
    let text = parsed.and_then(|notice| notice.member("text")?.as_object());
    let text = text.unwrap_or_default();
    let refused = entry.languages().iter().filter_map(|language| {
        let (tag, _) = text.get(language.position)?;
        let refusal = language.verdict.as_ref().err()?;
        Some((tag.clone(), refusal.code.as_str().into()))
    });
    refused.collect()
}

fn understood(notice: &Notice) -> Value {
    let texts: Map<_, _> = notice
        .texts()
        .iter()
        .map(|(tag, text)| {
            let text = json!({ "title": text.title(), "body": text.body() });
            (tag.as_str().to_owned(), text)
        })
        .collect();
    let resolves: Vec<_> = notice.resolves().iter().map(NoticeId::as_str).collect();
    let links: Vec<_> = notice
        .links()
        .iter()
        .map(|link| json!({ "rel": link.rel().as_str(), "url": link.url().as_str() }))
        .collect();
    let once = notice.repeat().filter(|repeat| **repeat == Repeat::Once);
    json!({
        "revision": notice.revision().number(),
        "severity": notice.effective_severity().as_str(),
        "topic": notice.topic().map(Word::as_str),
        "begins": notice.begins().to_string(),
        "ends": notice.ends().to_string(),
        "repeat": once.map(Repeat::as_str),
        "resolves": resolves,
        "text": texts,
        "links": links,
    })
}
