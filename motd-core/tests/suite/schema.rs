//! The published schema: what is good is valid under it, and what it can refuse it does.

use motd_core::{limits, notices_schema};
use serde_json::{Value, json};

use crate::bases;

fn is_valid(document: &Value) -> bool {
    jsonschema::draft202012::new(&notices_schema())
        .unwrap()
        .is_valid(document)
}

#[test]
fn is_a_schema_of_2020_12() {
    let schema = notices_schema();
    assert_eq!(
        schema["$schema"],
        "https://json-schema.org/draft/2020-12/schema"
    );
    assert_eq!(schema["$id"], "urn:tuf-motd:1.0:notices");
    assert!(jsonschema::meta::is_valid(&schema));
    assert_eq!(schema["properties"]["notices"]["maxItems"], limits::NOTICES);
    assert!(
        !schema.to_string().contains("null"),
        "null is a wrong type everywhere"
    );
}

#[test]
fn good_documents_are_valid() {
    let mut full = bases::full();
    assert!(
        is_valid(&full),
        "{:?}",
        jsonschema::draft202012::new(&notices_schema())
            .unwrap()
            .validate(&full)
    );
    full["later"] = json!(null);
    full["notices"][0]["later"] = json!([1.5]);
    full["notices"][0]["text"]["en"]["later"] = json!(1);
    full["notices"][0]["audience"][0]["later"] = json!(1);
    assert!(is_valid(&full));
    assert!(is_valid(
        &json!({ "schema_version": "1.7", "repository": "a" })
    ));
    assert!(is_valid(&bases::document(&[bases::notice("a", "notable")])));
}

#[test]
fn bad_documents_are_not() {
    for (pointer, value) in [
        ("", json!([])),
        ("/schema_version", json!("2.0")),
        ("/schema_version", json!("1.01")),
        ("/repository", json!("A")),
        ("/repository", json!("a".repeat(254))),
        ("/default_language", json!("EN")),
        ("/default_language", json!(null)),
        ("/notices", json!(null)),
        (
            "/notices",
            Value::Array(vec![bases::notice("a", "info"); 33]),
        ),
        ("/notices/0", json!(1)),
        ("/notices/0/id", json!("-")),
        ("/notices/0/id", json!("a".repeat(65))),
        ("/notices/0/revision", json!(0)),
        ("/notices/0/revision", json!(9_007_199_254_740_992_u64)),
        ("/notices/0/topic", json!(null)),
        ("/notices/0/begins", json!("2018-04-12T00:00:60Z")),
        ("/notices/0/text", json!({})),
        (
            "/notices/0/text",
            json!({ "EN": { "title": "T", "body": [] } }),
        ),
        ("/notices/0/text/en/title", json!("  ")),
        ("/notices/0/text/en/title", json!("a".repeat(121))),
        ("/notices/0/text/en/body", json!([""])),
        ("/notices/0/text/en/body", json!(["a".repeat(1001)])),
        (
            "/notices/0/text/en/body",
            json!(["a", "a", "a", "a", "a", "a", "a", "a", "a"]),
        ),
        ("/notices/0/links", json!([{ "rel": "a" }])),
        ("/notices/0/links/0/url", json!("https://user@example.org/")),
        ("/notices/0/audience", json!([])),
        ("/notices/0/audience", json!([{}])),
        ("/notices/0/audience/0/os", json!([])),
        ("/notices/0/audience/0/os", json!(null)),
        ("/notices/0/audience/0/components/0/purl", json!("pip")),
        ("/notices/0/audience/0/components/0/versions", json!("<9")),
        ("/notices/0/audience/0/components/0/versions", json!(null)),
        ("/notices/0/audience/0/rollout/percent", json!(101)),
        ("/notices/0/repeat", json!(1)),
        ("/notices/0/resolves", json!(["a", "a"])),
        ("/notices/0/requires", json!(null)),
    ] {
        let mut document = bases::full();
        *document.pointer_mut(pointer).unwrap() = value;
        assert!(!is_valid(&document), "{pointer} {document}");
    }
}
