//! `parse`, of both carriers.

use serde_json::{Value, json};

use crate::common::{REPOSITORY, Session, bytes, document, notice};

fn target(document: &str) -> Value {
    json!({ "repository": REPOSITORY, "target": bytes(document) })
}

#[test]
fn a_target_is_judged_notice_by_notice() {
    let mut session = Session::start();
    let mut good = notice("good", "shout", "Good");
    good["repeat"] = "twice".into();
    good["topic"] = "security".into();
    good["text"]["de"] = json!({ "title": "", "body": [] });
    good["text"]["DE"] = json!({ "title": "Gut", "body": [] });
    good["links"] = json!([{ "rel": "details", "url": "https://example.org/a" }]);
    let mut clear = notice("clear", "critical", "Over");
    clear["resolves"] = json!(["good"]);
    clear["repeat"] = "once".into();
    let mut bad = notice("bad", "info", "Bad");
    bad["ends"] = bad["begins"].clone();
    let mut nameless = notice("N", "info", "No id");
    nameless["text"]["de"] = json!({ "title": "", "body": [] });
    let document = document(&[good, clear, bad, nameless]).to_string();
    let result = session.result("parse", target(&document));
    assert_eq!(
        result["notices"],
        json!([
            {
                "id": "good",
                "code": null,
                "refused_languages": { "DE": "language-tag-malformed", "de": "title-malformed" },
                "notice": {
                    "revision": 1,
                    "severity": "info",
                    "topic": "security",
                    "begins": "2026-10-01T00:00:00Z",
                    "ends": "2026-12-01T00:00:00Z",
                    "repeat": null,
                    "resolves": [],
                    "text": { "en": { "title": "Good", "body": [] } },
                    "links": [{ "rel": "details", "url": "https://example.org/a" }],
                },
            },
            {
                "id": "clear",
                "code": null,
                "refused_languages": {},
                "notice": {
                    "revision": 1,
                    "severity": "info",
                    "topic": null,
                    "begins": "2026-10-01T00:00:00Z",
                    "ends": "2026-12-01T00:00:00Z",
                    "repeat": "once",
                    "resolves": ["good"],
                    "text": { "en": { "title": "Over", "body": [] } },
                    "links": [],
                },
            },
            { "id": "bad", "code": "time-order", "refused_languages": {}, "notice": null },
            { "id": null, "code": "id-malformed", "refused_languages": {}, "notice": null },
        ])
    );
    session.end();
}

#[test]
fn a_document_that_is_refused_is_rejected() {
    let mut session = Session::start();
    for (document, code) in [
        ("[]", "not-an-object"),
        ("{", "not-json"),
        ("{} ", "not-document-bytes"),
        ("{}", "schema-version"),
    ] {
        assert_eq!(
            session.rejection("parse", target(document)),
            format!("document {code}"),
            "{document}"
        );
    }
    session.end();
}

#[test]
fn an_entry_is_judged_with_its_length_and_hashes() {
    let mut session = Session::start();
    // The example of section 5.2.
    let entry = r#"{"length":61,"hashes":{"sha256":"a4bd5384c916746205f587ab8a058b3d6e2b3db6e371aee62801fd63305aae7f"},"custom":{"motd":{"notices":[],"repository":"pypi.org","schema_version":"1.0"}}}"#;
    let request = |entry: &str| json!({ "repository": REPOSITORY, "entry": entry });
    assert_eq!(
        session.result("parse", request(entry)),
        json!({ "notices": [] })
    );
    for (from, to, expected) in [
        ("61", "62", "document carrier-length"),
        ("a4bd", "a4be", "document carrier-hash"),
        ("sha256", "md5", "document carrier-no-hash"),
        (
            "{\"notices\"",
            "null,\"x\":{\"notices\"",
            "document carrier-length",
        ),
        ("61", "\"61\"", "delegation malformed"),
    ] {
        assert_eq!(
            session.rejection("parse", request(&entry.replace(from, to))),
            expected,
            "{to}"
        );
    }
    session.end();
}
