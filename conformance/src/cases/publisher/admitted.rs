//! Roles that others made and signed, as they are offered: MOTD-BYTES-8, MOTD-CARRY-6 and -7, MOTD-PUB-1, -6 and -8,
//! MOTD-TEXT-6.

#![expect(
    clippy::indexing_slicing,
    reason = "a generator that is wrong ends while it generates"
)]

use anyhow::Result;
use serde_json::{Value, json};

use super::desk::{Desk, admit, found, next, one, repository, with};
use crate::case::Files;
use crate::cases::writer::Writer;
use crate::simulator::{NOTICES, PATH, Repository, canonical};

/// A role that is as it should be.
const TAKEN: &str = "offer/taken";

pub(super) fn write(writer: &mut Writer) -> Result<()> {
    let request = admit(writer, &next(&repository()));
    Desk::good(
        writer,
        TAKEN,
        "a role that others signed is taken in",
        &[
            "MOTD-PUB-1",
            "MOTD-BYTES-8",
            "MOTD-PUB-8",
            "MOTD-CARRY-7",
            "MOTD-TEXT-6",
        ],
    )
    .put(&repository().site())
    .done(request, json!({ "published": true }))
    .write()?;
    bytes(writer)?;
    documents(writer)?;
    carriers(writer)
}

/// The next version with a change.
pub(super) fn changed(change: impl FnOnce(&mut Repository)) -> Repository {
    let mut offered = next(&repository());
    change(&mut offered);
    offered
}

/// MOTD-PUB-6: they are served as the bytes that they are.
fn bytes(writer: &mut Writer) -> Result<()> {
    type Respell = fn(Vec<u8>) -> Vec<u8>;
    let spellings: [(&str, &str, Respell); 4] = [
        ("pretty", "the role is written with white space", |bytes| {
            serde_json::from_slice::<Value>(&bytes)
                .and_then(|value| serde_json::to_vec_pretty(&value))
                .unwrap_or(bytes)
        }),
        ("newline", "the role ends with a newline", |bytes| {
            [bytes, b"\n".to_vec()].concat()
        }),
        ("order", "signed comes before signatures", |bytes| {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            let parts = text
                .strip_prefix(r#"{"signatures":"#)
                .and_then(|text| text.strip_suffix('}'))
                .and_then(|text| text.split_once(r#","signed":"#));
            parts.map_or(bytes, |(signatures, signed)| {
                format!(r#"{{"signed":{signed},"signatures":{signatures}}}"#).into_bytes()
            })
        }),
        ("escaped", "a letter is written as an escape", |bytes| {
            String::from_utf8_lossy(&bytes)
                .replacen("\"targets\"", "\"\\u0074argets\"", 1)
                .into_bytes()
        }),
    ];
    for (id, what, respell) in spellings {
        let offered = changed(|offered| offered.mangle(NOTICES, respell));
        let served = offered
            .site()
            .get("metadata/2.motd.json")
            .map(|bytes| Files::name(bytes));
        let facts = json!({ "published": true, "unlinked": [], "files": { "metadata/2.motd.json": served } });
        let request = admit(writer, &offered);
        Desk::bad(
            writer,
            &format!("offer/{id}"),
            "admit/linked",
            what,
            &["MOTD-PUB-6"],
        )
        .put(&repository().site())
        .done(request, facts)
        .write()?;
    }
    Ok(())
}

fn refused(
    writer: &mut Writer,
    id: &str,
    base: &str,
    what: &str,
    requirements: &[&str],
    request: Value,
    code: &str,
) -> Result<()> {
    Desk::bad(writer, &format!("offer/{id}"), base, what, requirements)
        .put(&repository().site())
        .ask(
            request,
            json!({ "status": "rejected", "code": code }),
            found(json!({ "published": false })),
        )
        .write()
}

/// The document of an offered role is judged like any other.
fn documents(writer: &mut Writer) -> Result<()> {
    let with_document = |writer: &mut Writer, document: Value| {
        admit(writer, &changed(|offered| offered.set_document(&document)))
    };
    let mut faulty = one("b");
    faulty["notices"][0]["severity"] = json!(7);
    let request = with_document(writer, faulty);
    refused(
        writer,
        "severity",
        TAKEN,
        "a notice has a severity that is a number",
        &["MOTD-PUB-1"],
        request,
        "severity-malformed",
    )?;
    let mut elsewhere = one("b");
    elsewhere["repository"] = json!("test.pypi.org");
    let request = with_document(writer, elsewhere);
    refused(
        writer,
        "repository",
        TAKEN,
        "the document is of another repository",
        &["MOTD-PUB-1", "MOTD-DOC-4"],
        request,
        "repository-mismatch",
    )?;
    let mut half = one("b");
    half["notices"][0]["text"]["fr"] = json!({ "title": "", "body": [] });
    let request = with_document(writer, half);
    refused(
        writer,
        "language",
        TAKEN,
        "a client would refuse one of two languages",
        &["MOTD-PUB-1"],
        request,
        "title-malformed",
    )?;
    let mut apart = one("b");
    apart["notices"][0]["text"]["en"]["title"] = json!("e\u{301}");
    // In the target file alone, so that nothing that is signed breaks a limit.
    let offered = changed(|offered| {
        offered.set_document_as_target(&apart);
    });
    let request = admit(writer, &offered);
    refused(
        writer,
        "not-nfc",
        TAKEN,
        "a title has a letter and its accent apart",
        &["MOTD-TEXT-6"],
        request,
        "text-not-nfc",
    )?;
    let mut unraised = one("a");
    unraised["notices"][0]["text"]["en"]["title"] = json!("Another");
    let request = with_document(writer, unraised);
    refused(
        writer,
        "unraised",
        TAKEN,
        "a known notice has another text under its revision",
        &["MOTD-PUB-8"],
        request,
        "publisher-revision",
    )
}

/// The two carriers of an offered role.
fn carriers(writer: &mut Writer) -> Result<()> {
    let request = with(admit(writer, &next(&repository())), "target", Value::Null);
    Desk::bad(writer, "offer/without-file", "admit/target-file", "the role carries the document, and no file comes with it", &["MOTD-CARRY-6"])
        .put(&repository().site())
        .done(request, json!({ "published": true, "target": { "present": true, "entry": true, "document_bytes": true } }))
        .write()?;
    let not_refused = |writer: &mut Writer,
                       id: &str,
                       what: &str,
                       requirements: &[&str],
                       offered: &Repository|
     -> Result<()> {
        let request = admit(writer, offered);
        Desk::bad(writer, &format!("offer/{id}"), TAKEN, what, requirements)
            .put(&repository().site())
            .ask(
                request,
                json!({ "status": "rejected" }),
                found(json!({ "published": false })),
            )
            .write()
    };
    let text = String::from_utf8(canonical(&one("b")))?;
    for (id, what, bytes) in [
        (
            "file-newline",
            "the target file is the document with a newline",
            format!("{text}\n"),
        ),
        (
            "file-pretty",
            "the target file is the document with white space",
            serde_json::to_string_pretty(&one("b"))?,
        ),
    ] {
        let offered = changed(|offered| offered.set_target(NOTICES, PATH, bytes.into_bytes()));
        not_refused(writer, id, what, &["MOTD-BYTES-8"], &offered)?;
    }
    let other = changed(|offered| {
        offered
            .targets
            .insert(PATH.to_owned(), canonical(&one("c")));
    });
    not_refused(
        writer,
        "another-file",
        "the target file is another document than the role's",
        &["MOTD-BYTES-8"],
        &other,
    )?;
    let large = changed(|offered| {
        let mut document = one("b");
        document["later"] = json!("x".repeat(16_384));
        offered.set_document(&document);
    });
    not_refused(
        writer,
        "large-inline",
        "a document of more than 16,384 bytes is carried inline",
        &["MOTD-CARRY-7"],
        &large,
    )
}
