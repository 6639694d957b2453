//! What no client would show: MOTD-PUB-1.

#![expect(
    clippy::indexing_slicing,
    reason = "a generator that is wrong ends while it generates"
)]

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

/// What is wrong, the place and its value, and the code of the fault.
type Fault = (&'static str, &'static str, Value, &'static str);

/// Faults of the document itself.
fn of_documents() -> Vec<Fault> {
    let many: Vec<Value> = (0..33)
        .map(|id| notice(&format!("n{id}"), "info"))
        .collect();
    let twice = json!([notice("b", "info"), notice("b", "info")]);
    let null = json!([notice("b", "info"), null]);
    vec![
        (
            "major version 2",
            "/schema_version",
            json!("2.0"),
            "schema-version",
        ),
        (
            "no version",
            "/schema_version",
            Value::Null,
            "schema-version",
        ),
        (
            "another repository",
            "/repository",
            json!("test.pypi.org"),
            "repository-mismatch",
        ),
        (
            "a repository that is none",
            "/repository",
            json!("PyPI"),
            "repository-malformed",
        ),
        (
            "a default language that is none",
            "/default_language",
            json!("e"),
            "default-language-malformed",
        ),
        ("33 notices", "/notices", json!(many), "notices-too-many"),
        ("a name outside of ASCII", "/é", json!(1), "name-not-ascii"),
        ("two notices of one id", "/notices", twice, "id-duplicate"),
        (
            "a notice that is null",
            "/notices",
            null,
            "notice-not-an-object",
        ),
    ]
}

/// One fault of each kind of a notice's parts.
fn of_notices() -> Vec<Fault> {
    let link = json!([{ "rel": "details", "url": "http://example.org/" }]);
    let french = json!({ "fr": { "title": "T", "body": [] } });
    let long = json!({ "title": "T", "body": vec!["a"; 9] });
    vec![
        (
            "an id with a slash",
            "/notices/0/id",
            json!("a/b"),
            "id-malformed",
        ),
        (
            "revision 0",
            "/notices/0/revision",
            json!(0),
            "revision-malformed",
        ),
        (
            "a severity of capitals",
            "/notices/0/severity",
            json!("INFO"),
            "severity-malformed",
        ),
        (
            "an end before the beginning",
            "/notices/0/ends",
            json!("2026-09-01T00:00:00Z"),
            "time-order",
        ),
        (
            "a life of two years",
            "/notices/0/ends",
            json!("2028-10-01T00:00:00Z"),
            "time-span",
        ),
        (
            "a link that is not https",
            "/notices/0/links",
            link,
            "link-url-malformed",
        ),
        (
            "an audience that is empty",
            "/notices/0/audience",
            json!([]),
            "audience-malformed",
        ),
        (
            "an unknown requirement",
            "/notices/0/requires",
            json!(["telepathy"]),
            "requires-unknown",
        ),
        (
            "no text in the default language",
            "/notices/0/text",
            french,
            "default-language-missing",
        ),
        (
            "an escape sequence in the title",
            "/notices/0/text/en/title",
            json!("\u{1b}[31m"),
            "text-code-point",
        ),
        (
            "a refused language beside a good one",
            "/notices/0/text/fr",
            json!({ "title": "", "body": [] }),
            "title-malformed",
        ),
        (
            "nine paragraphs in another language",
            "/notices/0/text/fr",
            long,
            "body-malformed",
        ),
    ]
}

fn faults(writer: &mut Writer) -> Result<()> {
    for (what, pointer, value, code) in of_documents().into_iter().chain(of_notices()) {
        let mut document = one("b");
        let (parent, name) = pointer.rsplit_once('/').context("no pointer")?;
        let parent = document.pointer_mut(parent).and_then(Value::as_object_mut);
        parent.context("no object")?.insert(name.to_owned(), value);
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
            text.as_bytes()[..text.len() / 2].to_vec(),
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
