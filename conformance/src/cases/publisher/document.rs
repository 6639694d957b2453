//! What no client would show: MOTD-PUB-1.

use anyhow::{Context as _, Result};
use motd_core::{Code, Level};
use serde_json::{Value, json};

use super::desk::{Desk, found, one, publish, publish_bytes, repository};
use crate::cases::document::notice;
use crate::cases::writer::Writer;
use crate::simulator::canonical;

/// A publication that is what it should be.
const PUBLISHED: &str = "document/published";

pub(super) fn write(writer: &mut Writer) -> Result<()> {
    let request = publish(writer, &one("b"));
    Desk::good(
        writer,
        PUBLISHED,
        "a document of which a client refuses nothing",
        &["MOTD-PUB-1"],
    )
    .put(&repository().site())
    .done(request, json!({ "published": true }))
    .write()?;
    faults(writer)?;
    bytes(writer)
}

/// A change of the notice of [`one`], and the code of the fault.
type Fault = (&'static str, fn(&mut Value), &'static str);

/// A dozen faults of the document and one of each kind of its parts.
fn faults(writer: &mut Writer) -> Result<()> {
    let faults: [Fault; 20] = [
        (
            "major version 2",
            |document| document["schema_version"] = json!("2.0"),
            "schema-version",
        ),
        (
            "no version",
            |document| document["schema_version"] = Value::Null,
            "schema-version",
        ),
        (
            "another repository",
            |document| document["repository"] = json!("test.pypi.org"),
            "repository-mismatch",
        ),
        (
            "a repository that is none",
            |document| document["repository"] = json!("PyPI"),
            "repository-malformed",
        ),
        (
            "33 notices",
            |document| {
                document["notices"] = (0..33)
                    .map(|id| notice(&format!("n{id}"), "info"))
                    .collect()
            },
            "notices-too-many",
        ),
        (
            "a name outside of ASCII",
            |document| document["é"] = json!(1),
            "name-not-ascii",
        ),
        (
            "two notices of one id",
            |document| document["notices"] = json!([notice("b", "info"), notice("b", "info")]),
            "id-duplicate",
        ),
        (
            "a notice that is null",
            |document| document["notices"] = json!([notice("b", "info"), null]),
            "notice-not-an-object",
        ),
        (
            "an id with a slash",
            |document| document["notices"][0]["id"] = json!("a/b"),
            "id-malformed",
        ),
        (
            "revision 0",
            |document| document["notices"][0]["revision"] = json!(0),
            "revision-malformed",
        ),
        (
            "a severity of capitals",
            |document| document["notices"][0]["severity"] = json!("INFO"),
            "severity-malformed",
        ),
        (
            "an end before the beginning",
            |document| document["notices"][0]["ends"] = json!("2026-09-01T00:00:00Z"),
            "time-order",
        ),
        (
            "a life of two years",
            |document| document["notices"][0]["ends"] = json!("2028-10-01T00:00:00Z"),
            "time-span",
        ),
        (
            "a link that is not https",
            |document| {
                document["notices"][0]["links"] =
                    json!([{ "rel": "details", "url": "http://example.org/" }])
            },
            "link-url-malformed",
        ),
        (
            "an audience that is empty",
            |document| document["notices"][0]["audience"] = json!([]),
            "audience-malformed",
        ),
        (
            "an unknown requirement",
            |document| document["notices"][0]["requires"] = json!(["telepathy"]),
            "requires-unknown",
        ),
        (
            "no text in the default language",
            |document| {
                document["notices"][0]["text"] = json!({ "fr": { "title": "T", "body": [] } })
            },
            "default-language-missing",
        ),
        (
            "an escape sequence in the title",
            |document| document["notices"][0]["text"]["en"]["title"] = json!("\u{1b}[31m"),
            "text-code-point",
        ),
        (
            "a refused language beside a good one",
            |document| document["notices"][0]["text"]["fr"] = json!({ "title": "", "body": [] }),
            "title-malformed",
        ),
        (
            "nine paragraphs in another language",
            |document| {
                document["notices"][0]["text"]["fr"] = json!({ "title": "T", "body": vec!["a"; 9] })
            },
            "body-malformed",
        ),
    ];
    for (what, change, code) in faults {
        let mut document = one("b");
        change(&mut document);
        let request = publish(writer, &document);
        refused(writer, code, what, request)?;
    }
    Ok(())
}

/// Refused for a fault of the document, with the stage of its level.
pub(super) fn refused(writer: &mut Writer, code: &str, what: &str, request: Value) -> Result<()> {
    let known = Code::ALL
        .iter()
        .find(|known| known.as_str() == code)
        .context("no such code")?;
    let stage = match known.level() {
        Level::Document => json!("document"),
        Level::Notice => json!("notice"),
        // Of a default language the fault is the notice's.
        _ => json!({ "$one-of": ["notice", "language"] }),
    };
    let expect = json!({ "status": "rejected", "stage": stage, "code": code });
    let id = format!("refused/{}", what.replace([' ', ','], "-"));
    Desk::bad(
        writer,
        &id,
        PUBLISHED,
        what,
        &["MOTD-PUB-1", known.requirement()],
    )
    .put(&repository().site())
    .ask(request, expect, found(json!({ "published": false })))
    .write()
}

/// Faults that only bytes can have.
fn bytes(writer: &mut Writer) -> Result<()> {
    let text = String::from_utf8(canonical(&one("b")))?;
    let twice = text.replacen('{', r#"{"notices":[],"#, 1);
    let deep = text.replacen(
        '{',
        &format!(r#"{{"x":{}{},"#, "[".repeat(9), "]".repeat(9)),
        1,
    );
    let mut not_text = text.clone().into_bytes();
    not_text.insert(text.find("Title").context("no title")?, 0xff);
    for (what, bytes, code) in [
        (
            "a member that stands twice",
            twice.into_bytes(),
            "duplicate-name",
        ),
        (
            "ten containers in one another",
            deep.into_bytes(),
            "too-deep",
        ),
        ("a byte that is not UTF-8", not_text, "not-utf-8"),
        (
            "half a document",
            text[..text.len() / 2].as_bytes().to_vec(),
            "not-json",
        ),
        (
            "a byte-order mark",
            [b"\xef\xbb\xbf", text.as_bytes()].concat(),
            "not-json",
        ),
        ("an array", b"[]".to_vec(), "not-an-object"),
    ] {
        let request = publish_bytes(writer, &bytes);
        refused(writer, code, what, request)?;
    }
    Ok(())
}
