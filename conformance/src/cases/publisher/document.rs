//! What is published: MOTD-PUB-1, -8, -9 and -10, MOTD-TEXT-6, MOTD-BYTES-8 and -9, MOTD-CARRY-6 and -7.

use anyhow::{Context as _, Result};
use motd_core::{Code, Level};
use serde_json::{Value, json};

use super::desk::{Desk, accepted, create, found, one, publish, publish_bytes, repository, with};
use crate::case::Observation;
use crate::cases::document::{document, notice};
use crate::cases::writer::Writer;
use crate::simulator::canonical;

/// A publication that is what it should be.
const PUBLISHED: &str = "document/published";

pub(super) fn write(writer: &mut Writer) -> Result<()> {
    let request = publish(writer, &one("b"));
    let facts = json!({ "published": true, "document": one("b") });
    Desk::good(writer, PUBLISHED, "the document is what was asked for", &["MOTD-PUB-1", "MOTD-BYTES-8"])
        .put(&repository().site())
        .done(request, facts)
        .write()?;
    faults(writer)?;
    bytes(writer)?;
    normalization(writer)?;
    forms(writer)?;
    canonical_forms(writer)?;
    limits(writer)?;
    sizes(writer)?;
    revisions(writer)?;
    advice(writer)
}

/// A change of the notice of [`one`], and the code of the fault.
type Fault = (&'static str, fn(&mut Value), &'static str);

/// A dozen faults of the document and one of each kind of its parts.
fn faults(writer: &mut Writer) -> Result<()> {
    let faults: [Fault; 20] = [
        ("major version 2", |document| document["schema_version"] = json!("2.0"), "schema-version"),
        ("no version", |document| document["schema_version"] = Value::Null, "schema-version"),
        ("another repository", |document| document["repository"] = json!("test.pypi.org"), "repository-mismatch"),
        ("a repository that is none", |document| document["repository"] = json!("PyPI"), "repository-malformed"),
        ("33 notices", |document| document["notices"] = (0..33).map(|id| notice(&format!("n{id}"), "info")).collect(), "notices-too-many"),
        ("a name outside of ASCII", |document| document["é"] = json!(1), "name-not-ascii"),
        ("two notices of one id", |document| document["notices"] = json!([notice("b", "info"), notice("b", "info")]), "id-duplicate"),
        ("a notice that is null", |document| document["notices"] = json!([notice("b", "info"), null]), "notice-not-an-object"),
        ("an id with a slash", |document| document["notices"][0]["id"] = json!("a/b"), "id-malformed"),
        ("revision 0", |document| document["notices"][0]["revision"] = json!(0), "revision-malformed"),
        ("a severity of capitals", |document| document["notices"][0]["severity"] = json!("INFO"), "severity-malformed"),
        ("an end before the beginning", |document| document["notices"][0]["ends"] = json!("2026-09-01T00:00:00Z"), "time-order"),
        ("a life of two years", |document| document["notices"][0]["ends"] = json!("2028-10-01T00:00:00Z"), "time-span"),
        ("a link that is not https", |document| document["notices"][0]["links"] = json!([{ "rel": "details", "url": "http://example.org/" }]), "link-url-malformed"),
        ("an audience that is empty", |document| document["notices"][0]["audience"] = json!([]), "audience-malformed"),
        ("an unknown requirement", |document| document["notices"][0]["requires"] = json!(["telepathy"]), "requires-unknown"),
        ("no text in the default language", |document| document["notices"][0]["text"] = json!({ "fr": { "title": "T", "body": [] } }), "default-language-missing"),
        ("an escape sequence in the title", |document| document["notices"][0]["text"]["en"]["title"] = json!("\u{1b}[31m"), "text-code-point"),
        ("a refused language beside a good one", |document| document["notices"][0]["text"]["fr"] = json!({ "title": "", "body": [] }), "title-malformed"),
        ("nine paragraphs in another language", |document| document["notices"][0]["text"]["fr"] = json!({ "title": "T", "body": vec!["a"; 9] }), "body-malformed"),
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
fn refused(writer: &mut Writer, code: &str, what: &str, request: Value) -> Result<()> {
    let known = Code::ALL.iter().find(|known| known.as_str() == code).context("no such code")?;
    let stage = match known.level() {
        Level::Document => json!("document"),
        Level::Notice => json!("notice"),
        // Of a default language the fault is the notice's.
        _ => json!({ "$one-of": ["notice", "language"] }),
    };
    let expect = json!({ "status": "rejected", "stage": stage, "code": code });
    let id = format!("refused/{}", what.replace([' ', ','], "-"));
    Desk::bad(writer, &id, PUBLISHED, what, &["MOTD-PUB-1", known.requirement()])
        .put(&repository().site())
        .ask(request, expect, found(json!({ "published": false })))
        .write()
}

/// Faults that only bytes can have.
fn bytes(writer: &mut Writer) -> Result<()> {
    let text = String::from_utf8(canonical(&one("b")))?;
    let twice = text.replacen('{', r#"{"notices":[],"#, 1);
    let deep = text.replacen('{', &format!(r#"{{"x":{}{},"#, "[".repeat(9), "]".repeat(9)), 1);
    let mut not_text = text.clone().into_bytes();
    not_text.insert(text.find("Title").context("no title")?, 0xff);
    for (what, bytes, code) in [
        ("a member that stands twice", twice.into_bytes(), "duplicate-name"),
        ("ten containers in one another", deep.into_bytes(), "too-deep"),
        ("a byte that is not UTF-8", not_text, "not-utf-8"),
        ("half a document", text[..text.len() / 2].as_bytes().to_vec(), "not-json"),
        ("a byte-order mark", [b"\xef\xbb\xbf", text.as_bytes()].concat(), "not-json"),
        ("an array", b"[]".to_vec(), "not-an-object"),
    ] {
        let request = publish_bytes(writer, &bytes);
        refused(writer, code, what, request)?;
    }
    Ok(())
}

/// MOTD-TEXT-6.
fn normalization(writer: &mut Writer) -> Result<()> {
    let titled = |title: &str, paragraph: &str| {
        let mut document = one("b");
        document["notices"][0]["text"]["en"] = json!({ "title": title, "body": [paragraph] });
        document
    };
    let base = "text/composed";
    let request = publish(writer, &titled("Caf\u{e9} \u{1e69}", "\u{ac00} \u{e5} q\u{323}\u{307}"));
    Desk::good(writer, base, "the text is in normalization form C", &["MOTD-TEXT-6"])
        .put(&repository().site())
        .done(request, json!({ "published": true }))
        .write()?;
    let mut other = titled("T", "P");
    other["notices"][0]["text"]["fr"] = json!({ "title": "T", "body": ["a", "cafe\u{301}"] });
    for (id, what, document) in [
        ("decomposed-title", "the title has a letter and its accent apart", titled("Cafe\u{301}", "P")),
        ("decomposed-paragraph", "a paragraph has a letter and its accent apart", titled("T", "Cafe\u{301}")),
        ("decomposed-translation", "a paragraph of a translation has a letter and its accent apart", other),
        ("angstrom", "a paragraph has the sign of the ångström", titled("T", "10 \u{212b}")),
        ("hangul", "the title has a syllable in its parts", titled("\u{1100}\u{1161}", "P")),
        ("order", "two marks stand in another order", titled("q\u{307}\u{323}", "P")),
    ] {
        let request = publish(writer, &document);
        Desk::bad(writer, &format!("text/{id}"), base, what, &["MOTD-TEXT-6"])
            .put(&repository().site())
            .refused(request, "text-not-nfc")
            .write()?;
    }
    Ok(())
}

/// MOTD-BYTES-8: however it is written, there is one form in which it is published.
fn forms(writer: &mut Writer) -> Result<()> {
    let document = one("b");
    let pretty = serde_json::to_vec_pretty(&document)?;
    let text = String::from_utf8(canonical(&document))?;
    let reversed = format!(r#"{{"schema_version":"1.0","repository":"pypi.org","notices":{}}}"#, document["notices"]);
    for (id, what, bytes) in [
        ("pretty", "the document is written with white space", pretty),
        ("newline", "the document ends with a newline", format!("{text}\n").into_bytes()),
        ("order", "members stand in another order", reversed.into_bytes()),
        ("escaped", "a letter is written as an escape", text.replace("Title", "\\u0054itle").into_bytes()),
        ("number", "the revision is written as 1.0", text.replace(r#""revision":1"#, r#""revision":1.0"#).into_bytes()),
    ] {
        let request = publish_bytes(writer, &bytes);
        let facts = json!({ "document": document, "target": { "present": true, "entry": true, "document_bytes": true } });
        Desk::bad(writer, &format!("form/{id}"), PUBLISHED, what, &["MOTD-BYTES-8"])
            .put(&repository().site())
            .done(request, facts)
            .write()?;
    }
    Ok(())
}

/// MOTD-PUB-9: text on which other canonical forms differ.
fn canonical_forms(writer: &mut Writer) -> Result<()> {
    for (id, what, title) in [
        ("quotes", "the title has a quotation mark and a backslash", "say \"yes\" \\ \"no\""),
        ("letters", "the title has letters beyond ASCII", "Zażółć gęślą jaźń, Ελληνικά"),
        ("astral", "the title has a character beyond U+FFFF", "hello 😀"),
        ("slash", "the title has a slash and a less-than sign", "</script> & a/b"),
    ] {
        let mut document = one("b");
        document["notices"][0]["text"]["en"]["title"] = json!(title);
        let request = publish(writer, &document);
        Desk::bad(writer, &format!("canonical/{id}"), "continue/signed", what, &["MOTD-PUB-9"])
            .put(&repository().site())
            .done(request, json!({ "published": true, "unsigned": [] }))
            .write()?;
    }
    let mut document = one("b");
    document["later"] = json!({ "a b": 1, "a": 2, "B": 3, "_": -9_007_199_254_740_991_i64, "~": [true, null], "10": {}, "9": [] });
    let request = publish(writer, &document);
    Desk::bad(writer, "canonical/names", "continue/signed", "names whose order is not that of a dictionary", &["MOTD-PUB-9"])
        .put(&repository().site())
        .done(request, json!({ "published": true, "unsigned": [] }))
        .write()
}

/// MOTD-BYTES-9, for members that no version defines. A publisher that carries the document in the target file alone signs
/// none of it, so what counts is what is signed.
fn limits(writer: &mut Writer) -> Result<()> {
    let later = |value: Value| {
        let mut document = one("b");
        document["later"] = value;
        document
    };
    let base = "limits/at-the-limit";
    let request = publish(writer, &later(json!([9_007_199_254_740_991_i64, -9_007_199_254_740_991_i64, 0, " ~", { " ~": "é" }])));
    Desk::good(writer, base, "an unknown member has values at the limits", &["MOTD-BYTES-9"])
        .put(&repository().site())
        .done(request, json!({ "published": true, "beyond_limits": [] }))
        .write()?;
    for (id, what, value) in [
        ("fraction", "an unknown member has a fraction", json!(1.5)),
        ("large", "an unknown member has 2^53", json!(9_007_199_254_740_992_i64)),
        ("small", "an unknown member has -2^53", json!(-9_007_199_254_740_992_i64)),
        ("deep", "an unknown member has a fraction in an array in an object", json!({ "a": [0.25] })),
        ("control", "an unknown member has a newline", json!("a\nb")),
        ("delete", "an unknown member has U+007F", json!("a\u{7f}b")),
        ("c1", "an unknown member has U+0085", json!("a\u{85}b")),
    ] {
        let request = publish(writer, &later(value));
        let either = json!({ "$one-of": [{ "status": "accepted" }, { "status": "rejected", "code": "publisher-limits" }] });
        Desk::bad(writer, &format!("limits/{id}"), base, what, &["MOTD-BYTES-9"])
            .put(&repository().site())
            .ask(request, either, found(json!({ "beyond_limits": [], "unsigned": [] })))
            .write()?;
    }
    Ok(())
}

/// A document of exactly so many document bytes.
fn sized(bytes: usize) -> Value {
    let mut document = one("b");
    document["later"] = json!("");
    let rest = bytes.saturating_sub(canonical(&document).len());
    document["later"] = json!("x".repeat(rest));
    document
}

/// MOTD-CARRY-6 and -7.
fn sizes(writer: &mut Writer) -> Result<()> {
    let present = json!({ "present": true, "entry": true, "document_bytes": true });
    let base = "size/inline";
    let request = publish(writer, &sized(16_384));
    Desk::good(writer, base, "the document has 16,384 bytes", &["MOTD-CARRY-7"])
        .put(&repository().site())
        .done(request, json!({ "published": true, "target": present, "custom": { "$one-of": [null, { "later": { "$any": true } }] } }))
        .write()?;
    for (id, bytes) in [("one-more", 16_385), ("most", 65_536)] {
        let request = publish(writer, &sized(bytes));
        let facts = |facts: Value| with(facts, "published", json!(true));
        let what = format!("the document has {bytes} bytes");
        Desk::bad(writer, &format!("size/{id}"), base, &what, &["MOTD-CARRY-7"])
            .put(&repository().site())
            .done(request.clone(), facts(json!({ "custom": null })))
            .write()?;
        Desk::bad(writer, &format!("size/{id}-as-a-file"), "continue/target-file", &what, &["MOTD-CARRY-6"])
            .put(&repository().site())
            .done(request, facts(json!({ "target": present })))
            .write()?;
    }
    let request = publish(writer, &sized(65_537));
    refused(writer, "document-too-large", "a document of 65,537 bytes", request)?;
    // What was carried inline before is not left beside a document that is too long for it.
    let (small, large) = (publish(writer, &one("a")), publish(writer, &sized(20_000)));
    Desk::bad(writer, "size/grown", base, "a small document is followed by a large one", &["MOTD-CARRY-7"])
        .ask(create(), accepted(), Observation::default())
        .ask(small, accepted(), Observation::default())
        .done(large, json!({ "published": true, "custom": null }))
        .write()?;
    let again = publish(writer, &one("a"));
    Desk::bad(writer, "size/unchanged", "continue/target-file", "the same document is published once more", &["MOTD-CARRY-6"])
        .put(&repository().site())
        .done(again, json!({ "published": true, "target": present }))
        .write()
}

/// MOTD-PUB-8, after a notice `a` of revision 3.
fn revisions(writer: &mut Writer) -> Result<()> {
    let revised = |revision: u32, title: &str| {
        let mut document = one("a");
        document["notices"][0]["revision"] = json!(revision);
        document["notices"][0]["text"]["en"]["title"] = json!(title);
        document
    };
    let mut elsewhere = revised(3, "Old");
    elsewhere["notices"][0]["ends"] = json!("2026-11-20T00:00:00Z");
    let base = "revision/raised";
    for (id, what, document) in [
        ("raised", "another text has a higher revision", revised(4, "New")),
        ("jump", "another text has a much higher revision", revised(400, "New")),
        ("same-text", "the text and the revision are the same, and the end is another one", elsewhere),
        ("empty", "the notice is withdrawn", document(&[])),
    ] {
        let requests = [publish(writer, &revised(3, "Old")), publish(writer, &document)];
        let [first, second] = requests;
        Desk::good(writer, &format!("revision/{id}"), what, &["MOTD-PUB-8"])
            .put(&repository().site())
            .ask(first, accepted(), Observation::default())
            .done(second, json!({ "published": true, "document": document }))
            .write()?;
    }
    let mut translated = revised(3, "Old");
    translated["notices"][0]["text"]["fr"] = json!({ "title": "Vieux", "body": [] });
    let mut paragraph = revised(3, "Old");
    paragraph["notices"][0]["text"]["en"]["body"] = json!(["New"]);
    for (id, what, document) in [
        ("kept", "another text has the same revision", revised(3, "New")),
        ("lowered", "another text has a lower revision", revised(2, "New")),
        ("lowered-same-text", "the same text has a lower revision", revised(2, "Old")),
        ("translation", "a translation was added under the same revision", translated),
        ("paragraph", "a paragraph was added under the same revision", paragraph),
        ("space", "the text differs in a space, under the same revision", revised(3, "Old ")),
    ] {
        let requests = [publish(writer, &revised(3, "Old")), publish(writer, &document)];
        let [first, second] = requests;
        Desk::bad(writer, &format!("revision/{id}"), base, what, &["MOTD-PUB-8"])
            .put(&repository().site())
            .ask(first, accepted(), Observation::default())
            .refused(second, "publisher-revision")
            .write()?;
    }
    let requests = [publish(writer, &revised(3, "Old")), publish(writer, &document(&[])), publish(writer, &revised(3, "New"))];
    let [first, second, third] = requests;
    Desk::bad(writer, "revision/withdrawn", base, "a withdrawn notice comes back with another text under the same revision", &["MOTD-PUB-8"])
        .put(&repository().site())
        .ask(first, accepted(), Observation::default())
        .ask(second, accepted(), Observation::default())
        .refused(third, "publisher-revision")
        .write()
}

/// MOTD-PUB-10.
fn advice(writer: &mut Writer) -> Result<()> {
    let ends = |ends: &str| {
        let mut document = one("b");
        document["notices"][0]["ends"] = json!(ends);
        document
    };
    let until = json!("2026-11-21T00:00:00Z");
    let warned = |pattern: Value| json!({ "status": "accepted", "result": { "warnings": pattern } });
    let base = "advice/none";
    for (id, end) in [("none", "2026-11-10T00:00:00Z"), ("to-the-second", "2026-11-21T00:00:00Z")] {
        let request = publish(writer, &ends(end));
        Desk::good(writer, &format!("advice/{id}"), &format!("a notice ends at {end}, its role on 21 November"), &["MOTD-PUB-10"])
            .put(&repository().site())
            .ask(with(request, "expires", until.clone()), warned(json!({ "$lacks": "publisher-outlives" })), Observation::default())
            .write()?;
    }
    for (id, end) in [("outlives", "2026-11-21T00:00:01Z"), ("outlives-by-far", "2027-06-01T00:00:00Z")] {
        let request = publish(writer, &ends(end));
        Desk::bad(writer, &format!("advice/{id}"), base, &format!("a notice ends at {end}, its role on 21 November"), &["MOTD-PUB-10"])
            .put(&repository().site())
            .ask(with(request, "expires", until.clone()), warned(json!({ "$contains": "publisher-outlives" })), Observation::default())
            .write()?;
    }
    Ok(())
}
