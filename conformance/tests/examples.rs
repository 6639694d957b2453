//! Every fenced example of the specification is true of the core.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::path::Path;

use motd_conformance::spec::{self, Example};
use motd_core::json::parse;
use motd_core::{
    Components, Document, Entry, Environment, Frame, LanguageRange, LanguageTag, LinkUrl, Mode,
    Purl, RepositoryId, SeenState, Verified, Versions, decide, render, select,
};
use serde_json::json;

/// How many examples of each kind there are at least, so that finding none is no way to pass. `json` counts fences,
/// the others lines.
const AT_LEAST: [(&str, usize); 10] = [
    ("document ok", 3),
    ("document CODE", 5),
    ("notice ok", 3),
    ("notice CODE", 17),
    ("other", 2),
    ("vers", 83),
    ("lookup", 25),
    ("link", 25),
    ("purl", 24),
    ("display", 1),
];

/// What one fence showed: its kind, how many examples it holds, and those that are not true.
struct Outcome {
    kind: &'static str,
    count: usize,
    wrong: Vec<String>,
}

#[test]
fn every_example_is_true() {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../spec"));
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut wrong = Vec::new();
    let examples = spec::examples(&spec::chapters(folder).unwrap());
    for example in &examples {
        let Some(outcome) = judge(example, &examples) else {
            continue;
        };
        *counts.entry(outcome.kind).or_default() += outcome.count;
        let place = format!("{}:{}", example.chapter, example.line);
        wrong.extend(
            outcome
                .wrong
                .into_iter()
                .map(|what| format!("{place}: {what}")),
        );
    }
    for (kind, least) in AT_LEAST {
        let found = counts.get(kind).copied().unwrap_or_default();
        if found < least {
            wrong.push(format!(
                "{found} examples of `{kind}`, expected {least} or more"
            ));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// `None` for a fence that is no example.
fn judge(example: &Example, examples: &[Example]) -> Option<Outcome> {
    Some(match example.language.as_str() {
        "text" if example.expectation.as_deref() == Some("display") => Outcome {
            kind: "display",
            count: 1,
            wrong: unequal(&example.text, &display(examples))
                .into_iter()
                .collect(),
        },
        "json" => judge_json(example),
        "vers" => lines("vers", example, judge_vers),
        "lookup" => lines("lookup", example, judge_lookup),
        "link" => lines("link", example, judge_link),
        "purl" => lines("purl", example, judge_purl),
        "abnf" | "text" => return None,
        other => Outcome {
            kind: "unknown",
            count: 1,
            wrong: vec![format!("no test knows fences of `{other}`")],
        },
    })
}

fn judge_json(example: &Example) -> Outcome {
    let (kind, expected, found) = match example
        .expectation
        .as_deref()
        .map(|text| text.split_once(' '))
    {
        Some(Some(("document", "ok"))) => ("document ok", "ok", document(&example.text)),
        Some(Some(("document", code))) => ("document CODE", code, document(&example.text)),
        // One language is refused, and the notice stays.
        Some(Some(("notice", one))) if one.starts_with("ok, ") => {
            ("notice ok", one, notice(&example.text))
        }
        Some(Some(("notice", "ok"))) => ("notice ok", "ok", notice(&example.text)),
        Some(Some(("notice", code))) => ("notice CODE", code, notice(&example.text)),
        // Not a document, but JSON all the same.
        Some(None) if example.expectation.as_deref() == Some("other") => (
            "other",
            "ok",
            parse(example.text.as_bytes())
                .map_or_else(|refusal| refusal.code.as_str(), |_| "ok")
                .into(),
        ),
        _ => (
            "unknown",
            "a comment `<!-- example: ... -->` before it",
            "none".to_owned(),
        ),
    };
    Outcome {
        kind,
        count: 1,
        wrong: unequal(expected, &found).into_iter().collect(),
    }
}

/// The code of a document, of a refused notice or language in it, or `ok`.
fn document(text: &str) -> String {
    match Document::judge_any_form(text.as_bytes(), Some(&repository())) {
        Err(refusal) => refusal.code.as_str().to_owned(),
        Ok(document) => document
            .entries()
            .iter()
            .find_map(first_fault)
            .unwrap_or_else(|| "ok".to_owned()),
    }
}

fn notice(text: &str) -> String {
    match parse(text.as_bytes()) {
        Err(refusal) => refusal.code.as_str().to_owned(),
        Ok(value) => first_fault(&Document::judge_notice(&value, &LanguageTag::english()))
            .unwrap_or_else(|| "ok".into()),
    }
}

/// The code of the notice, or that of its first refused language.
fn first_fault(entry: &Entry) -> Option<String> {
    let language = entry
        .languages()
        .iter()
        .find_map(|language| language.verdict.as_ref().err());
    match (entry.verdict(), language) {
        (Err(refusal), _) => Some(refusal.code.as_str().to_owned()),
        (Ok(_), Some(refusal)) => Some(format!("ok, language {}", refusal.code.as_str())),
        (Ok(_), None) => None,
    }
}

/// One example a line, the columns separated by ` | `.
fn lines(
    kind: &'static str,
    example: &Example,
    judge: impl Fn(&[&str]) -> Option<String>,
) -> Outcome {
    let wrong = example.text.lines().filter_map(|line| {
        let columns: Vec<&str> = line.split(" | ").collect();
        judge(&columns).map(|what| format!("{line}: {what}"))
    });
    Outcome {
        kind,
        count: example.text.lines().count(),
        wrong: wrong.collect(),
    }
}

/// `RANGE | VERSION | in`, `RANGE | VERSION | out`, `RANGE | refused | CODE`.
fn judge_vers(columns: &[&str]) -> Option<String> {
    let [range, version, expected] = columns else {
        return Some("not three columns".into());
    };
    // A type whose schemes include the one of the range; for `pkg:generic` that is every one.
    let parsed = Versions::parse(range, &"pkg:generic/anything".parse().unwrap());
    let found = match (&parsed, *version) {
        (Err(code), "refused") => code.as_str(),
        (Err(code), _) => return Some(format!("refused, {}", code.as_str())),
        (Ok(_), "refused") => "accepted",
        (Ok(versions), _) if versions.match_any(&[(*version).to_owned()]) => "in",
        (Ok(_), _) => "out",
    };
    unequal(expected, found)
}

/// `WANTED, WANTED | DEFAULT, AVAILABLE | RESULT`.
fn judge_lookup(columns: &[&str]) -> Option<String> {
    let [wanted, available, expected] = columns else {
        return Some("not three columns".into());
    };
    let available: Vec<&str> = available.split(", ").collect();
    let texts: serde_json::Map<_, _> = available
        .iter()
        .map(|tag| ((*tag).to_owned(), json!({ "title": tag, "body": [] })))
        .collect();
    let document = json!({
        "schema_version": "1.0", "repository": "pypi.org", "default_language": available.first(),
        "notices": [{ "id": "a", "revision": 1, "severity": "info", "text": texts,
            "begins": "2026-11-01T00:00:00Z", "ends": "2026-12-01T00:00:00Z" }],
    });
    let document =
        Document::judge_any_form(document.to_string().as_bytes(), Some(&repository())).unwrap();
    if let Some(fault) = document.entries().iter().find_map(first_fault) {
        return Some(fault);
    }
    let document = Verified::assert_author_preview(document);
    let languages = wanted
        .split(", ")
        .map(|range| range.parse::<LanguageRange>().unwrap())
        .collect();
    let environment = Environment {
        languages,
        ..Environment::new("2026-11-15T00:00:00Z".parse().unwrap())
    };
    let selected = select(&document, &environment);
    let [only] = &selected[..] else {
        return Some("not one notice".into());
    };
    match only.applicable() {
        Ok(applicable) => unequal(expected, applicable.text().title()),
        Err(reason) => Some(reason.as_str().to_owned()),
    }
}

/// What a terminal of 80 columns shows of the first document of the specification, to whom it concerns.
fn display(examples: &[Example]) -> String {
    let document = examples
        .iter()
        .find(|example| example.expectation.as_deref() == Some("document ok"))
        .map(|example| {
            Document::judge_any_form(example.text.as_bytes(), Some(&repository())).unwrap()
        })
        .unwrap();
    let document = Verified::assert_author_preview(document);
    let mut components = Components::new();
    assert!(components.add("pkg:pypi/pip", "9.0.1"));
    let now = "2018-05-01T00:00:00Z".parse().unwrap();
    let environment = Environment {
        components: &components,
        os: Some("macos".into()),
        command: Some("install".into()),
        ..Environment::new(now)
    };
    let frame = Frame::new("pypi".parse().unwrap(), Some(80)).unwrap();
    let selected = select(&document, &environment);
    decide(selected, &SeenState::new(), now, Mode::Automatic)
        .iter()
        .filter_map(motd_core::Decision::shown)
        .flat_map(|shown| render(&shown, &frame))
        .map(|line| line + "\n")
        .collect()
}

/// `URL | ok` or `URL | refused`.
fn judge_link(columns: &[&str]) -> Option<String> {
    let [url, expected] = columns else {
        return Some("not two columns".into());
    };
    unequal(
        expected,
        if url.parse::<LinkUrl>().is_ok() {
            "ok"
        } else {
            "refused"
        },
    )
}

/// `PURL | ok` or `PURL | refused`.
fn judge_purl(columns: &[&str]) -> Option<String> {
    let [purl, expected] = columns else {
        return Some("not two columns".into());
    };
    unequal(
        expected,
        if purl.parse::<Purl>().is_ok() {
            "ok"
        } else {
            "refused"
        },
    )
}

fn unequal(expected: &str, found: &str) -> Option<String> {
    (expected != found).then(|| format!("expected {expected}, found {found}"))
}

fn repository() -> RepositoryId {
    "pypi.org".parse().unwrap()
}
