//! The document cases of the conformance suite, which its judge asks of every implementation: each is one fault on a base that
//! passes, or something good. Here the library itself answers, with the place of the refusal beside its code.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use motd_core::{Document, Level, RepositoryId};
use serde_json::{Map, Value};

/// The cases with target bytes. Those of a `custom` object are asked of carriers.
#[expect(
    clippy::disallowed_methods,
    reason = "the library reads no disk; this test does"
)]
fn cases() -> Vec<Value> {
    let folder =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../conformance/vectors/cases/document");
    let mut cases = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let text = std::fs::read(entry.unwrap().path()).unwrap();
        let group: Vec<Value> = serde_json::from_slice(&text).unwrap();
        cases.extend(group);
    }
    cases.retain(|case| case["steps"][0]["request"]["target"].is_string());
    cases
}

/// Every code as the case has it: of the document, of its notices, of the languages of each.
fn found(bytes: &[u8], repository: &str) -> Value {
    let repository: RepositoryId = repository.parse().unwrap();
    let document = match Document::judge_bytes(bytes, Some(&repository)) {
        Ok(document) => document,
        Err(refusal) => {
            assert_eq!(refusal.code.level(), Level::Document);
            assert!(!refusal.place.as_str().starts_with("/notices/"));
            return refusal.code.as_str().into();
        }
    };
    let entries = document.entries().iter().enumerate();
    let codes = entries.map(|(index, entry)| {
        let place = format!("/notices/{index}");
        if let Err(refusal) = entry.verdict() {
            assert!(refusal.place.as_str().starts_with(&place), "{refusal}");
            return refusal.code.as_str().into();
        }
        let languages = entry.languages().iter();
        let refused = languages.filter_map(|language| language.verdict.as_ref().err());
        let codes = refused.map(|refusal| {
            assert!(refusal.place.as_str().starts_with(&format!("{place}/text")));
            Value::from(refusal.code.as_str())
        });
        codes.collect::<Value>()
    });
    codes.collect()
}

/// The same of what is expected.
fn expected(expect: &Value) -> Value {
    if expect["status"] == "rejected" {
        return expect["code"].clone();
    }
    let notices = expect["result"]["notices"].as_array().unwrap();
    let codes = notices.iter().map(|notice| match &notice["code"] {
        Value::Null => {
            let none = Map::new();
            let refused = notice.pointer("/refused_languages/$exactly");
            let refused = refused.and_then(Value::as_object).unwrap_or(&none);
            refused.values().cloned().collect()
        }
        code => code.clone(),
    });
    codes.collect()
}

#[test]
fn every_document_case_gets_its_codes() {
    let cases = cases();
    let mut wrong = Vec::new();
    for case in &cases {
        let request = &case["steps"][0]["request"];
        let bytes = STANDARD
            .decode(request["target"].as_str().unwrap())
            .unwrap();
        let found = found(&bytes, request["repository"].as_str().unwrap());
        let expected = expected(&case["steps"][0]["expect"]);
        if found != expected {
            wrong.push(format!("{}: {found}, not {expected}", case["id"]));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(cases.len() > 700, "{}", cases.len());
}
