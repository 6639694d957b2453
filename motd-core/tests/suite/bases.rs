//! Documents that pass, on which the other tests build.

use motd_core::{
    Components, Document, Environment, LanguageRange, RepositoryId, Time, Verified,
    json::Value as Json,
};
use serde_json::{Value, json};

/// A document in which every member is there and right.
pub(crate) fn full() -> Value {
    json!({
        "schema_version": "1.0",
        "repository": "pypi.org",
        "default_language": "en",
        "notices": [{
            "id": "tls-1.2-required",
            "revision": 2,
            "severity": "warning",
            "topic": "deprecation",
            "begins": "2018-04-12T00:00:00Z",
            "ends": "2018-06-30T00:00:00Z",
            "text": {
                "en": { "title": "TLS 1.2 will be required on 30 June", "body": ["First paragraph.", "Second."] },
                "fr": { "title": "TLS 1.2 sera obligatoire le 30 juin", "body": [] },
            },
            "links": [{ "rel": "details", "url": "https://status.example.org/tls" }],
            "audience": [{
                "components": [{ "purl": "pkg:pypi/pip", "versions": "vers:pypi/<9.0.3" }],
                "os": ["macos"],
                "arch": ["x86_64"],
                "commands": ["install"],
                "rollout": { "percent": 100, "salt": "tls" },
            }],
            "repeat": "once",
            "resolves": ["tls-1.0-trouble"],
            "requires": [],
        }],
    })
}

/// A small notice that applies to everyone in 2026.
pub(crate) fn notice(id: &str, severity: &str) -> Value {
    json!({
        "id": id,
        "revision": 1,
        "severity": severity,
        "begins": "2026-01-01T00:00:00Z",
        "ends": "2026-12-31T00:00:00Z",
        "text": { "en": { "title": "A title", "body": [] } },
    })
}

/// A document of these notices.
pub(crate) fn document(notices: &[Value]) -> Value {
    json!({ "schema_version": "1.0", "repository": "pypi.org", "notices": notices })
}

pub(crate) fn repository() -> RepositoryId {
    "pypi.org".parse().unwrap()
}

pub(crate) fn time(text: &str) -> Time {
    text.parse().unwrap()
}

pub(crate) fn bytes(document: &Value) -> Vec<u8> {
    Json::from_parsed(document).unwrap().document_bytes()
}

pub(crate) fn judged(document: &Value) -> Document {
    Document::judge_bytes(&bytes(document), Some(&repository())).unwrap()
}

pub(crate) fn verified(document: &Value) -> Verified<Document> {
    Verified::assert_author_preview(judged(document))
}

/// A machine that nothing is known of, in the middle of 2026.
pub(crate) fn environment(components: &Components) -> Environment<'_> {
    Environment {
        components,
        ..Environment::new(time("2026-06-01T00:00:00Z"))
    }
}

pub(crate) fn languages(list: &str) -> Vec<LanguageRange> {
    list.split(',')
        .map(str::trim)
        .filter(|range| !range.is_empty())
        .map(|range| range.parse().unwrap())
        .collect()
}
