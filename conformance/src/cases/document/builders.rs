//! Notices and documents, and the request to judge one.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use motd_core::json::Value as Json;
use serde_json::{Value, json};

/// A document in which every member is there and right.
pub(in crate::cases) const FULL: &str = "document/base/full";

/// The document of [`FULL`].
pub(super) fn full() -> Value {
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

/// A small notice that is valid in November 2026 and for everyone.
pub(in crate::cases) fn notice(id: &str, severity: &str) -> Value {
    json!({
        "id": id, "revision": 1, "severity": severity,
        "begins": "2026-10-01T00:00:00Z", "ends": "2026-12-31T00:00:00Z",
        "text": { "en": { "title": format!("Title of {id}"), "body": [] } },
    })
}

/// A document of these notices.
pub(in crate::cases) fn document(notices: &[Value]) -> Value {
    json!({ "schema_version": "1.0", "repository": "pypi.org", "notices": notices })
}

/// The document bytes of a value, whatever its depth and its names.
pub(in crate::cases) fn document_bytes(value: &Value) -> Vec<u8> {
    match Json::from_parsed(value) {
        Ok(value) => value.document_bytes(),
        // Too deep, or names that are not ASCII: these have a form of RFC 8785 as well, and one that this writer knows.
        Err(_) => value.to_string().into_bytes(),
    }
}

/// The request to judge these bytes as the target carrier.
pub(in crate::cases) fn parse(bytes: &[u8]) -> Value {
    json!({ "operation": "parse", "repository": "pypi.org", "target": STANDARD.encode(bytes) })
}
