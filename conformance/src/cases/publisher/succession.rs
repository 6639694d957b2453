//! What a publication follows, and how long it is: MOTD-PUB-8 and -10, MOTD-CARRY-6 and -7.

#![expect(
    clippy::indexing_slicing,
    reason = "a generator that is wrong ends while it generates"
)]

use anyhow::Result;
use serde_json::{Value, json};

use super::desk::{Desk, accepted, admit, create, next, one, publish, repository, with};
use super::document::refused;
use crate::case::Observation;
use crate::cases::document::document;
use crate::cases::writer::Writer;
use crate::simulator::canonical;

pub(super) fn write(writer: &mut Writer) -> Result<()> {
    sizes(writer)?;
    revisions(writer)?;
    advice(writer)
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
        .done(request, json!({ "published": true, "custom": { "$one-of": [null, { "later": { "$any": true } }] } }))
        .write()?;
    for (id, bytes) in [("one-more", 16_385), ("most", 65_536)] {
        let request = publish(writer, &sized(bytes));
        let facts = |facts: Value| with(facts, "published", json!(true));
        let what = format!("the document has {bytes} bytes");
        Desk::bad(
            writer,
            &format!("size/{id}"),
            base,
            &what,
            &["MOTD-CARRY-7"],
        )
        .put(&repository().site())
        .done(request.clone(), facts(json!({ "custom": null })))
        .write()?;
        Desk::bad(
            writer,
            &format!("size/{id}-as-a-file"),
            "continue/target-file",
            &what,
            &["MOTD-CARRY-6"],
        )
        .put(&repository().site())
        .done(request, facts(json!({ "target": present })))
        .write()?;
    }
    let request = publish(writer, &sized(65_537));
    refused(
        writer,
        "document-too-large",
        "a document of 65,537 bytes",
        request,
    )?;
    // What was carried inline before is not left beside a document that is too long for it.
    let (small, large) = (publish(writer, &one("a")), publish(writer, &sized(20_000)));
    Desk::bad(
        writer,
        "size/grown",
        base,
        "a small document is followed by a large one",
        &["MOTD-CARRY-7"],
    )
    .ask(create(), accepted(), Observation::default())
    .ask(small, accepted(), Observation::default())
    .done(large, json!({ "published": true, "custom": null }))
    .write()?;
    let again = publish(writer, &one("a"));
    Desk::bad(
        writer,
        "size/unchanged",
        "continue/target-file",
        "the same document is published once more",
        &["MOTD-CARRY-6"],
    )
    .put(&repository().site())
    .done(again, json!({ "published": true, "target": present }))
    .write()
}

/// MOTD-PUB-8, after a notice `a` of revision 3.
fn revisions(writer: &mut Writer) -> Result<()> {
    raised(writer)?;
    unraised(writer)?;
    withdrawn(writer)
}

/// A document of the notice `a`.
fn revised(revision: u32, title: &str) -> Value {
    let mut document = one("a");
    document["notices"][0]["revision"] = json!(revision);
    document["notices"][0]["text"]["en"]["title"] = json!(title);
    document
}

/// What the others stand on.
const RAISED: &str = "revision/raised";

fn raised(writer: &mut Writer) -> Result<()> {
    let mut elsewhere = revised(3, "Old");
    elsewhere["notices"][0]["ends"] = json!("2026-11-20T00:00:00Z");
    for (id, what, document) in [
        (
            "raised",
            "another text has a higher revision",
            revised(4, "New"),
        ),
        (
            "jump",
            "another text has a much higher revision",
            revised(400, "New"),
        ),
        (
            "same-text",
            "the text and the revision are the same, and the end is another one",
            elsewhere,
        ),
        ("empty", "the notice is withdrawn", document(&[])),
    ] {
        let requests = [
            publish(writer, &revised(3, "Old")),
            publish(writer, &document),
        ];
        let [first, second] = requests;
        Desk::good(writer, &format!("revision/{id}"), what, &["MOTD-PUB-8"])
            .put(&repository().site())
            .ask(first, accepted(), Observation::default())
            .done(second, json!({ "published": true }))
            .write()?;
    }
    Ok(())
}

fn unraised(writer: &mut Writer) -> Result<()> {
    let mut translated = revised(3, "Old");
    translated["notices"][0]["text"]["fr"] = json!({ "title": "Vieux", "body": [] });
    let mut paragraph = revised(3, "Old");
    paragraph["notices"][0]["text"]["en"]["body"] = json!(["New"]);
    for (id, what, document) in [
        (
            "kept",
            "another text has the same revision",
            revised(3, "New"),
        ),
        (
            "lowered",
            "another text has a lower revision",
            revised(2, "New"),
        ),
        (
            "lowered-same-text",
            "the same text has a lower revision",
            revised(2, "Old"),
        ),
        (
            "translation",
            "a translation was added under the same revision",
            translated,
        ),
        (
            "paragraph",
            "a paragraph was added under the same revision",
            paragraph,
        ),
        (
            "space",
            "the text differs in a space, under the same revision",
            revised(3, "Old "),
        ),
    ] {
        let requests = [
            publish(writer, &revised(3, "Old")),
            publish(writer, &document),
        ];
        let [first, second] = requests;
        Desk::bad(
            writer,
            &format!("revision/{id}"),
            RAISED,
            what,
            &["MOTD-PUB-8"],
        )
        .put(&repository().site())
        .ask(first, accepted(), Observation::default())
        .refused(second, "publisher-revision")
        .write()?;
    }
    Ok(())
}

fn withdrawn(writer: &mut Writer) -> Result<()> {
    let requests = [
        publish(writer, &revised(3, "Old")),
        publish(writer, &document(&[])),
        publish(writer, &revised(3, "New")),
    ];
    let [first, second, third] = requests;
    Desk::bad(
        writer,
        "revision/withdrawn",
        RAISED,
        "a withdrawn notice comes back with another text under the same revision",
        &["MOTD-PUB-8"],
    )
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
    let warned =
        |pattern: Value| json!({ "status": "accepted", "result": { "warnings": pattern } });
    let base = "advice/none";
    for (id, end) in [
        ("none", "2026-11-10T00:00:00Z"),
        ("to-the-second", "2026-11-21T00:00:00Z"),
    ] {
        let request = publish(writer, &ends(end));
        Desk::good(
            writer,
            &format!("advice/{id}"),
            &format!("a notice ends at {end}, its role on 21 November"),
            &["MOTD-PUB-10"],
        )
        .put(&repository().site())
        .ask(
            with(request, "expires", until.clone()),
            warned(json!({ "$lacks": "publisher-outlives" })),
            Observation::default(),
        )
        .write()?;
    }
    for (id, end) in [
        ("outlives", "2026-11-21T00:00:01Z"),
        ("outlives-by-far", "2027-06-01T00:00:00Z"),
    ] {
        let request = publish(writer, &ends(end));
        Desk::bad(
            writer,
            &format!("advice/{id}"),
            base,
            &format!("a notice ends at {end}, its role on 21 November"),
            &["MOTD-PUB-10"],
        )
        .put(&repository().site())
        .ask(
            with(request, "expires", until.clone()),
            warned(json!({ "$contains": "publisher-outlives" })),
            Observation::default(),
        )
        .write()?;
    }
    // The simulator's role ends in November, and its notice in December.
    let request = admit(writer, &next(&repository()));
    let what = "a notice of a role that others signed ends after its role";
    Desk::bad(writer, "advice/admitted", base, what, &["MOTD-PUB-10"])
        .put(&repository().site())
        .ask(
            request,
            warned(json!({ "$contains": "publisher-outlives" })),
            Observation::default(),
        )
        .write()
}
