//! How the document is written: MOTD-TEXT-6, MOTD-BYTES-8 and -9, MOTD-PUB-9.

#![expect(
    clippy::indexing_slicing,
    reason = "a generator that is wrong ends while it generates"
)]

use anyhow::Result;
use serde_json::{Value, json};

use super::desk::{Desk, found, one, publish, publish_bytes, renew, repository};
use crate::cases::writer::Writer;
use crate::simulator::canonical;

pub(super) fn write(writer: &mut Writer) -> Result<()> {
    normalization(writer)?;
    forms(writer)?;
    canonical_forms(writer)?;
    limits(writer)?;
    inherited(writer)
}

/// MOTD-TEXT-6.
fn normalization(writer: &mut Writer) -> Result<()> {
    let titled = |title: &str, paragraph: &str| {
        let mut document = one("b");
        document["notices"][0]["text"]["en"] = json!({ "title": title, "body": [paragraph] });
        document
    };
    let base = "text/composed";
    let request = publish(
        writer,
        &titled("Caf\u{e9} \u{1e69}", "\u{ac00} \u{e5} q\u{323}\u{307}"),
    );
    Desk::good(
        writer,
        base,
        "the text is in normalization form C",
        &["MOTD-TEXT-6"],
    )
    .put(&repository().site())
    .done(request, json!({ "published": true }))
    .write()?;
    let mut other = titled("T", "P");
    other["notices"][0]["text"]["fr"] = json!({ "title": "T", "body": ["a", "cafe\u{301}"] });
    for (id, what, document) in [
        (
            "decomposed-title",
            "the title has a letter and its accent apart",
            titled("Cafe\u{301}", "P"),
        ),
        (
            "decomposed-paragraph",
            "a paragraph has a letter and its accent apart",
            titled("T", "Cafe\u{301}"),
        ),
        (
            "decomposed-translation",
            "a paragraph of a translation has a letter and its accent apart",
            other,
        ),
        (
            "angstrom",
            "a paragraph has the sign of the ångström",
            titled("T", "10 \u{212b}"),
        ),
        (
            "hangul",
            "the title has a syllable in its parts",
            titled("\u{1100}\u{1161}", "P"),
        ),
        (
            "order",
            "two marks stand in another order",
            titled("q\u{307}\u{323}", "P"),
        ),
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
    let reversed = format!(
        r#"{{"schema_version":"1.0","repository":"pypi.org","notices":{}}}"#,
        document["notices"]
    );
    for (id, what, bytes) in [
        ("pretty", "the document is written with white space", pretty),
        (
            "newline",
            "the document ends with a newline",
            format!("{text}\n").into_bytes(),
        ),
        (
            "order",
            "members stand in another order",
            reversed.into_bytes(),
        ),
        (
            "escaped",
            "a letter is written as an escape",
            text.replace("Title", "\\u0054itle").into_bytes(),
        ),
        (
            "number",
            "the revision is written as 1.0",
            text.replace(r#""revision":1"#, r#""revision":1.0"#)
                .into_bytes(),
        ),
    ] {
        let request = publish_bytes(writer, &bytes);
        let facts = json!({ "document": document, "target": { "present": true, "entry": true, "document_bytes": true } });
        Desk::bad(
            writer,
            &format!("form/{id}"),
            "continue/document",
            what,
            &["MOTD-BYTES-8"],
        )
        .put(&repository().site())
        .done(request, facts)
        .write()?;
    }
    Ok(())
}

/// MOTD-PUB-9: text on which other canonical forms differ.
fn canonical_forms(writer: &mut Writer) -> Result<()> {
    for (id, what, title) in [
        (
            "quotes",
            "the title has a quotation mark and a backslash",
            "say \"yes\" \\ \"no\"",
        ),
        (
            "letters",
            "the title has letters beyond ASCII",
            "Zażółć gęślą jaźń, Ελληνικά",
        ),
        (
            "astral",
            "the title has a character beyond U+FFFF",
            "hello 😀",
        ),
        (
            "slash",
            "the title has a slash and a less-than sign",
            "</script> & a/b",
        ),
    ] {
        let mut document = one("b");
        document["notices"][0]["text"]["en"]["title"] = json!(title);
        let request = publish(writer, &document);
        Desk::bad(
            writer,
            &format!("canonical/{id}"),
            "continue/signed",
            what,
            &["MOTD-PUB-9"],
        )
        .put(&repository().site())
        .done(request, json!({ "published": true, "unsigned": [] }))
        .write()?;
    }
    let mut document = one("b");
    document["later"] = json!({ "a b": 1, "a": 2, "B": 3, "_": -9_007_199_254_740_991_i64, "~": [true, null], "10": {}, "9": [] });
    let request = publish(writer, &document);
    Desk::bad(
        writer,
        "canonical/names",
        "continue/signed",
        "names whose order is not that of a dictionary",
        &["MOTD-PUB-9"],
    )
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
    let request = publish(
        writer,
        &later(
            json!([9_007_199_254_740_991_i64, -9_007_199_254_740_991_i64, 0, " ~", { " ~": "é" }]),
        ),
    );
    Desk::good(
        writer,
        base,
        "an unknown member has values at the limits",
        &["MOTD-BYTES-9"],
    )
    .put(&repository().site())
    .done(request, json!({ "published": true, "beyond_limits": [] }))
    .write()?;
    for (id, what, value) in [
        ("fraction", "an unknown member has a fraction", json!(1.5)),
        (
            "large",
            "an unknown member has 2^53",
            json!(9_007_199_254_740_992_i64),
        ),
        (
            "small",
            "an unknown member has -2^53",
            json!(-9_007_199_254_740_992_i64),
        ),
        (
            "deep",
            "an unknown member has a fraction in an array in an object",
            json!({ "a": [0.25] }),
        ),
        ("control", "an unknown member has a newline", json!("a\nb")),
        ("delete", "an unknown member has U+007F", json!("a\u{7f}b")),
        ("c1", "an unknown member has U+0085", json!("a\u{85}b")),
    ] {
        let request = publish(writer, &later(value));
        let either = json!({ "$one-of": [{ "status": "accepted" }, { "status": "rejected", "code": "publisher-limits" }] });
        Desk::bad(
            writer,
            &format!("limits/{id}"),
            base,
            what,
            &["MOTD-BYTES-9"],
        )
        .put(&repository().site())
        .ask(
            request,
            either,
            found(json!({ "beyond_limits": [], "unsigned": [] })),
        )
        .write()?;
    }
    Ok(())
}

/// MOTD-BYTES-9: what stood in a role before is signed again with it, or left out.
fn inherited(writer: &mut Writer) -> Result<()> {
    let either = json!({ "$one-of": [
        { "status": "accepted" }, { "status": "rejected", "code": "publisher-limits" },
    ] });
    for role in ["snapshot", "timestamp"] {
        let mut foreign = repository();
        foreign.edit(role, |signed| signed["x-foreign"] = json!("a\nb"));
        let what = format!("{role} has a foreign member with a newline");
        Desk::bad(
            writer,
            &format!("limits/inherited-{role}"),
            "renew/limits",
            &what,
            &["MOTD-BYTES-9"],
        )
        .put(&foreign.site())
        .ask(
            renew(),
            either.clone(),
            found(json!({ "beyond_limits": [] })),
        )
        .write()?;
    }
    let mut foreign = repository();
    foreign.edit("motd", |signed| signed["x-foreign"] = json!("a\nb"));
    let request = publish(writer, &one("b"));
    Desk::bad(
        writer,
        "limits/inherited-motd",
        "continue/limits",
        "the role for notices has a foreign member with a newline",
        &["MOTD-BYTES-9"],
    )
    .put(&foreign.site())
    .ask(request, either, found(json!({ "beyond_limits": [] })))
    .write()
}
