//! What a program reads beside the text agrees with the core, with the form for people, and with the examples.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use motd_conformance::spec;
use motd_core::Code;
use serde_json::Value;

fn folder() -> PathBuf {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../spec")).to_owned()
}

fn text(path: &str) -> String {
    std::fs::read_to_string(folder().join(path)).unwrap()
}

fn json(path: &str) -> Value {
    serde_json::from_str(&text(path)).unwrap()
}

/// Level, stages and requirement.
type Row = (String, Vec<String>, String);

#[test]
fn reason_codes_are_those_of_the_core() {
    let word = |value: &Value| value.as_str().unwrap().to_owned();
    let registry = json("registries/reason-codes.json");
    let entries = registry["entries"].as_array().unwrap();
    let published: BTreeMap<String, Row> = entries
        .iter()
        .map(|entry| {
            let stages = entry["stages"]
                .as_array()
                .unwrap()
                .iter()
                .map(word)
                .collect();
            (
                word(&entry["code"]),
                (word(&entry["level"]), stages, word(&entry["requirement"])),
            )
        })
        .collect();
    assert_eq!(published.len(), entries.len(), "a code stands twice");
    let known: BTreeMap<String, Row> = Code::ALL
        .iter()
        .map(|code| {
            let stages = code
                .stages()
                .iter()
                .map(|stage| stage.as_str().to_owned())
                .collect();
            (
                code.as_str().to_owned(),
                (
                    code.level().as_str().to_owned(),
                    stages,
                    code.requirement().to_owned(),
                ),
            )
        })
        .collect();
    assert!(known.len() > 80, "only {} codes", known.len());
    for (code, row) in &published {
        assert_eq!(Some(row), known.get(code), "{code}: registry, core");
    }
    for code in known.keys() {
        assert!(
            published.contains_key(code),
            "{code} is not in the registry"
        );
    }
}

#[test]
fn tables_say_the_same_in_both_forms() {
    for name in ["permitted", "marks", "wide", "ambiguous"] {
        let for_programs: Vec<(u64, u64)> =
            serde_json::from_value(json(&format!("tables/{name}.json"))["ranges"].clone()).unwrap();
        let for_people: Vec<(u64, u64)> = text(&format!("tables/{name}.txt"))
            .lines()
            .filter(|line| !line.starts_with('#') && !line.is_empty())
            .map(|line| {
                let (first, last) = line.split_once("..").unwrap();
                (
                    u64::from_str_radix(first, 16).unwrap(),
                    u64::from_str_radix(last, 16).unwrap(),
                )
            })
            .collect();
        assert!(
            for_people.len() > 100,
            "{name}: only {} ranges",
            for_people.len()
        );
        assert_eq!(for_people, for_programs, "{name}");
        assert!(
            for_people.iter().all(|(first, last)| first <= last),
            "{name}: a range is upside down"
        );
        let ascending = for_people
            .iter()
            .zip(for_people.iter().skip(1))
            .all(|((_, last), (next, _))| last + 1 < *next);
        assert!(ascending, "{name}: ranges overlap, touch or are unsorted");
    }
}

#[test]
fn the_schema_accepts_every_good_document() {
    let schema = json("schema/notices.schema.json");
    jsonschema::meta::validate(&schema).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let examples = spec::examples(&spec::chapters(&folder()).unwrap());
    let good: Vec<_> = examples
        .iter()
        .filter(|example| example.expectation.as_deref() == Some("document ok"))
        .collect();
    assert!(good.len() >= 3, "only {} examples", good.len());
    for example in good {
        let document: Value = serde_json::from_str(&example.text).unwrap();
        let faults: Vec<_> = validator
            .iter_errors(&document)
            .map(|fault| fault.to_string())
            .collect();
        assert!(
            faults.is_empty(),
            "{}:{}: {faults:?}",
            example.chapter,
            example.line
        );
        // A schema that accepts everything would pass as well.
        let mut bad = document;
        bad.as_object_mut().unwrap().remove("repository");
        assert!(
            !validator.is_valid(&bad),
            "{}:{}: without `repository`",
            example.chapter,
            example.line
        );
    }
}

#[test]
fn tokens_are_the_registered_ones() {
    for (registry, known) in [
        ("os", &motd_core::OPERATING_SYSTEMS[..]),
        ("architectures", &motd_core::ARCHITECTURES),
        ("commands", &motd_core::COMMANDS),
    ] {
        let published = json(&format!("registries/{registry}.json"));
        let names: Vec<&str> = published["entries"]
            .as_array()
            .unwrap()
            .iter()
            .map(|entry| entry["name"].as_str().unwrap())
            .collect();
        assert_eq!(names, known, "{registry}");
    }
}
