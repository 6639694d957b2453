//! The examples in the specification are vectors too.

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use super::document::{self, accepted, refused_document};
use super::writer::{CaseDraft, Writer};
use crate::case::Side;
use crate::spec::Example;

pub(super) fn write(writer: &mut Writer, examples: &[Example]) -> Result<()> {
    let mut counts = Counts::default();
    for example in examples {
        let place = format!("{}:{}", example.chapter, example.line);
        written(writer, example, &mut counts).with_context(|| place)?;
    }
    Ok(())
}

/// How many of each kind there are, which is what ids are made of.
#[derive(Default)]
struct Counts(std::collections::BTreeMap<&'static str, u32>);

impl Counts {
    fn next(&mut self, kind: &'static str) -> String {
        let count = self.0.entry(kind).or_default();
        *count += 1;
        format!("{kind}-{count:03}")
    }
}

fn written(writer: &mut Writer, example: &Example, counts: &mut Counts) -> Result<()> {
    let mut rows = example
        .text
        .lines()
        .map(|line| line.split(" | ").collect::<Vec<_>>());
    match example.language.as_str() {
        "vers" => rows.try_for_each(|row| vers(writer, &row, counts)),
        "lookup" => rows.try_for_each(|row| lookup(writer, &row, counts)),
        "link" => rows.try_for_each(|row| link(writer, &row, counts)),
        "purl" => rows.try_for_each(|row| purl(writer, &row, counts)),
        "json" => of_json(writer, example, counts),
        _ => Ok(()),
    }
}

/// A document as it stands in the text, or a notice in an otherwise empty one.
fn of_json(writer: &mut Writer, example: &Example, counts: &mut Counts) -> Result<()> {
    let expectation = example.expectation.as_deref().unwrap_or("other");
    let words: Vec<&str> = expectation
        .split([' ', ','])
        .filter(|word| !word.is_empty())
        .collect();
    let (document, verdict) = match words[..] {
        ["document", verdict] => (serde_json::from_str(&example.text)?, verdict),
        ["notice", verdict] => {
            let notice: Value = serde_json::from_str(&example.text)?;
            (document::document(&[notice]), verdict)
        }
        // A notice of which a language is refused is among the faults already.
        _ => return Ok(()),
    };
    let document: Value = document;
    let request = document::parse(&document::document_bytes(&document));
    let title = format!("the example at {}:{}", example.chapter, example.line);
    // The line moves with the text, and the id does not.
    let title = title.split(':').next().unwrap_or_default().to_owned();
    if verdict == "ok" {
        let id = format!("document/examples/{}", counts.next("good"));
        return writer.write(
            CaseDraft::positive(&id, &title, &["MOTD-BYTES-7"]).asks(request, accepted(&document)),
        );
    }
    let code = motd_core::Code::ALL
        .iter()
        .find(|code| code.as_str() == verdict)
        .context("no such code")?;
    let expect = if words.first() == Some(&"document") {
        refused_document(verdict)
    } else {
        json!({ "status": "accepted", "result": { "notices": [{ "code": verdict, "notice": null }] } })
    };
    let id = format!("document/examples/{}", counts.next("refused"));
    writer.write(
        CaseDraft::negative(
            &id,
            document::FULL,
            &format!("{title}: {verdict}"),
            &[code.requirement()],
        )
        .asks(request, expect),
    )
}

/// A notice for whoever has this component.
fn for_component(component: &Value) -> Value {
    let mut notice = document::notice("a", "info");
    notice["audience"] = json!([{ "components": [component] }]);
    notice
}

/// `RANGE | VERSION | in`, `RANGE | VERSION | out`, `RANGE | refused | CODE`.
fn vers(writer: &mut Writer, row: &[&str], counts: &mut Counts) -> Result<()> {
    let [range, version, expected] = row else {
        bail!("not three columns: {row:?}");
    };
    let scheme = range
        .trim_start_matches("vers:")
        .split('/')
        .next()
        .unwrap_or_default();
    let order = match scheme {
        "semver" | "cargo" | "npm" => Some("MOTD-VERS-8"),
        "intdot" => Some("MOTD-VERS-9"),
        "deb" => Some("MOTD-VERS-11"),
        "rpm" => Some("MOTD-VERS-12"),
        "pypi" => Some("MOTD-VERS-7"),
        _ => None,
    };
    let mut extended = order
        .filter(|id| ["MOTD-VERS-11", "MOTD-VERS-12"].contains(id))
        .into_iter();
    let notice = for_component(&json!({ "purl": "pkg:generic/a", "versions": range }));
    let bytes = document::document_bytes(&document::document(&[notice]));
    if *version == "refused" {
        let code = motd_core::Code::ALL
            .iter()
            .find(|code| code.as_str() == *expected)
            .context("no such code")?;
        let id = format!("document/ranges/{}", counts.next("refused"));
        let mut requirements = vec![code.requirement()];
        requirements.extend(extended);
        return writer.write(
            CaseDraft::negative(&id, document::FULL, &format!("the range {range}"), &requirements).asks(
                document::parse(&bytes),
                json!({ "status": "accepted", "result": { "notices": [{ "id": "a", "code": expected }] } }),
            ),
        );
    }
    let is_in = *expected == "in";
    let requirement = if range.ends_with("/*") {
        "MOTD-VERS-10"
    } else {
        "MOTD-VERS-6"
    };
    let mut requirements = vec![requirement];
    requirements.extend(extended.next());
    let request = select(
        &bytes,
        &json!({ "components": { "pkg:generic/a": [version] } }),
    );
    let expect = decision(is_in.then_some(()));
    let draft = if is_in {
        let id = format!("installer/ranges/{}", counts.next("in"));
        CaseDraft::positive(&id, &format!("{version} is inside {range}"), &requirements)
    } else {
        let id = format!("installer/ranges/{}", counts.next("out"));
        let base = match requirement {
            "MOTD-VERS-10" => "installer/audience/any-version",
            _ => "installer/audience/component",
        };
        CaseDraft::negative(
            &id,
            base,
            &format!("{version} is outside {range}"),
            &requirements,
        )
    };
    writer.write(draft.asks(request, expect))
}

/// The request to select from these bytes for such a machine, in November 2026.
pub(super) fn select(bytes: &[u8], machine: &Value) -> Value {
    use base64::Engine as _;
    let document = base64::engine::general_purpose::STANDARD.encode(bytes);
    json!({
        "operation": "select", "repository": "pypi.org", "document": document,
        "now": "2026-11-01T00:00:00Z", "machine": machine,
    })
}

/// One notice, which applies or does not concern this machine.
pub(super) fn decision(applies: Option<()>) -> Value {
    let notice = match applies {
        Some(()) => {
            json!({ "id": "a", "decision": "show", "reason": "asked", "code": null, "text": { "language": "en" } })
        }
        None => {
            json!({ "id": "a", "decision": "skip", "reason": "audience", "code": null, "text": null })
        }
    };
    json!({ "status": "accepted", "result": { "notices": [notice] } })
}

/// `WANTED, WANTED | DEFAULT, AVAILABLE | RESULT`.
fn lookup(writer: &mut Writer, row: &[&str], counts: &mut Counts) -> Result<()> {
    let [wanted, available, expected] = row else {
        bail!("not three columns: {row:?}");
    };
    let available: Vec<&str> = available.split(", ").collect();
    let default = available.first().copied().unwrap_or_default();
    let mut notice = document::notice("a", "info");
    notice["text"] = Value::Object(
        available
            .iter()
            .map(|tag| ((*tag).to_owned(), json!({ "title": tag, "body": [] })))
            .collect(),
    );
    let mut document = document::document(&[notice]);
    document["default_language"] = json!(default);
    let languages: Vec<&str> = wanted.split(", ").collect();
    let request = select(
        &document::document_bytes(&document),
        &json!({ "languages": languages }),
    );
    let expect = json!({ "status": "accepted", "result": { "notices": [
        { "id": "a", "decision": "show", "text": { "language": expected, "title": expected } },
    ] } });
    let chinese = ["zh-TW", "zh-HK", "zh-MO", "zh-CN", "zh-SG"];
    let requirement = if wanted
        .split(", ")
        .any(|tag| chinese.iter().any(|start| tag.starts_with(start)))
    {
        "MOTD-LANG-5"
    } else {
        "MOTD-LANG-4"
    };
    let title = format!("{wanted} is looked up among {}", available.join(", "));
    let id = format!("installer/languages/{}", counts.next("lookup"));
    // Falling back is what goes wrong; finding the very tag is what it stands on.
    let draft = if *wanted == *expected || counts.0.get("lookup") == Some(&1) {
        CaseDraft::positive(&id, &title, &[requirement])
    } else {
        CaseDraft::negative(&id, "installer/languages/exact", &title, &[requirement])
    };
    writer.write(draft.asks(request, expect))
}

/// `URL | ok` or `URL | refused`.
fn link(writer: &mut Writer, row: &[&str], counts: &mut Counts) -> Result<()> {
    let [url, expected] = row else {
        bail!("not two columns: {row:?}");
    };
    let mut notice = document::notice("a", "info");
    notice["links"] = json!([{ "rel": "details", "url": url }]);
    grammar(
        writer,
        &notice,
        Grammar {
            what: "link",
            value: url,
            expected,
            code: "link-url-malformed",
            requirement: "MOTD-LINK-3",
        },
        counts,
    )
}

/// `PURL | ok` or `PURL | refused`.
fn purl(writer: &mut Writer, row: &[&str], counts: &mut Counts) -> Result<()> {
    let [purl, expected] = row else {
        bail!("not two columns: {row:?}");
    };
    let notice = for_component(&json!({ "purl": purl }));
    grammar(
        writer,
        &notice,
        Grammar {
            what: "purl",
            value: purl,
            expected,
            code: "purl-malformed",
            requirement: "MOTD-PURL-1",
        },
        counts,
    )
}

/// One row of a table of what a grammar takes.
struct Grammar<'a> {
    what: &'static str,
    value: &'a str,
    expected: &'a str,
    code: &'static str,
    requirement: &'static str,
}

fn grammar(
    writer: &mut Writer,
    notice: &Value,
    row: Grammar<'_>,
    counts: &mut Counts,
) -> Result<()> {
    let Grammar {
        what,
        value,
        expected,
        code,
        requirement,
    } = row;
    let document = document::document(std::slice::from_ref(notice));
    let request = document::parse(&document::document_bytes(&document));
    let (side, kind) = match expected {
        "ok" => (Side::Positive, if what == "link" { "link" } else { "purl" }),
        _ => (
            Side::Negative,
            if what == "link" { "no-link" } else { "no-purl" },
        ),
    };
    let id = format!("document/grammars/{}", counts.next(kind));
    let title = format!("the {what} {value}");
    let requirements: Vec<&str> = match what {
        "purl" => vec![requirement, "MOTD-PURL-2"],
        _ => vec![requirement],
    };
    writer.write(match side {
        Side::Positive => CaseDraft::positive(&id, &title, &requirements).asks(request, accepted(&document)),
        Side::Negative => CaseDraft::negative(&id, document::FULL, &title, &requirements).asks(
            request,
            json!({ "status": "accepted", "result": { "notices": [{ "id": "a", "code": code, "notice": null }] } }),
        ),
    })
}
