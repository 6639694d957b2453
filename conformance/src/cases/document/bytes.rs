//! Faults of bytes, both carriers, and what entries do to each other.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail, ensure};
use hex::ToHex as _;
use motd_core::Code;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256, Sha512};

use super::builders::{FULL, document, document_bytes, full, notice, parse};
use super::expectation::{accepted, entries, refused, refused_document, understood};
use crate::cases::writer::{CaseDraft, Writer};

pub(super) fn write(writer: &mut Writer) -> Result<()> {
    table(writer)?;
    no_text(writer)?;
    size(writer)?;
    carriers(writer)?;
    entries_beside_each_other(writer)?;
    tomorrow(writer)?;
    many_languages(writer)
}

/// `byte_faults.txt`.
fn table(writer: &mut Writer) -> Result<()> {
    let base = String::from_utf8(document_bytes(&full()))?;
    let mut numbers: BTreeMap<&str, u32> = BTreeMap::new();
    for line in include_str!("byte_faults.txt").lines() {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let [code, from, to] = line.splitn(3, " | ").collect::<Vec<_>>()[..] else {
            bail!("byte_faults.txt: {line}: not three columns");
        };
        let (old, new): (String, String) = (serde_json::from_str(from)?, serde_json::from_str(to)?);
        ensure!(
            base.contains(&old),
            "byte_faults.txt: {line}: the base has no {old}"
        );
        let known = Code::ALL
            .iter()
            .find(|known| known.as_str() == code)
            .context("no such code")?;
        let number = numbers.entry(code).or_default();
        *number += 1;
        let bytes = base.replacen(&old, &new, 1);
        writer.write(
            CaseDraft::negative(
                &format!("document/bytes/{code}-{number:02}"),
                FULL,
                &format!("{from} is replaced by {to}"),
                &[known.requirement()],
            )
            .asks(parse(bytes.as_bytes()), refused_document(code)),
        )?;
    }
    for (number, (requirement, title, bytes)) in [
        (
            "MOTD-BYTES-2",
            "text outside of ASCII",
            document_bytes(&{
                let mut value = full();
                value["notices"][0]["text"]["fr"]["title"] = json!("Été à l'Île 😀");
                value
            }),
        ),
        (
            "MOTD-BYTES-3",
            "no notices, and nothing beside them",
            document_bytes(&document(&[])),
        ),
        (
            "MOTD-BYTES-5",
            "one name in two objects",
            document_bytes(&{
                let mut value = full();
                value["later"] = json!({ "later": { "later": 1 } });
                value
            }),
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let value: Value = serde_json::from_slice(&bytes)?;
        writer.write(
            CaseDraft::positive(
                &format!("document/bytes/good-{:02}", number + 1),
                title,
                &[requirement],
            )
            .asks(parse(&bytes), accepted(&value)),
        )?;
    }
    Ok(())
}

/// Bytes that are no UTF-8, and texts that are no JSON.
fn no_text(writer: &mut Writer) -> Result<()> {
    let base = document_bytes(&full());
    let bad: [(&str, &[u8]); 6] = [
        ("a byte that never stands in UTF-8", b"\xff"),
        ("U+0000 in two bytes", b"\xc0\x80"),
        ("a surrogate in three bytes", b"\xed\xa0\x80"),
        ("a code point beyond U+10FFFF", b"\xf4\x90\x80\x80"),
        ("a continuation byte alone", b"\x80"),
        ("the first two bytes of three", b"\xe2\x82"),
    ];
    for (number, (title, bad)) in bad.into_iter().enumerate() {
        let mut bytes = base.clone();
        // Inside the second paragraph, where every other byte is right.
        let at = position(&bytes, b"Second.").context("no second paragraph")?;
        bytes.splice(at..at, bad.iter().copied());
        writer.write(
            CaseDraft::negative(
                &format!("document/bytes/not-utf-8-{:02}", number + 1),
                FULL,
                title,
                &["MOTD-BYTES-2"],
            )
            .asks(parse(&bytes), refused_document("not-utf-8")),
        )?;
    }
    for (number, (title, bytes)) in [
        ("nothing", ""),
        ("one space", " "),
        ("an opening brace", "{"),
        ("half a word", "nul"),
    ]
    .into_iter()
    .enumerate()
    {
        writer.write(
            CaseDraft::negative(
                &format!("document/bytes/no-document-{:02}", number + 1),
                FULL,
                title,
                &["MOTD-BYTES-3"],
            )
            .asks(parse(bytes.as_bytes()), refused_document("not-json")),
        )?;
    }
    Ok(())
}

fn position(bytes: &[u8], part: &[u8]) -> Option<usize> {
    bytes.windows(part.len()).position(|window| window == part)
}

/// The document, padded by an unknown member to so many document bytes.
fn padded(length: usize) -> Value {
    let mut value = full();
    value["zz"] = json!("");
    let missing = length - document_bytes(&value).len();
    value["zz"] = json!("a".repeat(missing));
    value
}

fn size(writer: &mut Writer) -> Result<()> {
    let base = "document/bytes/target-65536";
    let value = padded(65_536);
    writer.write(
        CaseDraft::positive(
            base,
            "65,536 bytes of the target carrier",
            &["MOTD-BYTES-1"],
        )
        .asks(parse(&document_bytes(&value)), accepted(&value)),
    )?;
    writer.write(
        CaseDraft::negative(
            "document/bytes/target-65537",
            base,
            "one byte more",
            &["MOTD-BYTES-1"],
        )
        .asks(
            parse(&document_bytes(&padded(65_537))),
            refused_document("document-too-large"),
        ),
    )?;
    writer.write(
        CaseDraft::negative(
            "document/bytes/target-too-large-not-utf-8",
            base,
            "65,537 bytes that are no text: size comes first",
            &["MOTD-BYTES-1"],
        )
        .asks(
            parse(&vec![0xFF; 65_537]),
            refused_document("document-too-large"),
        ),
    )
}

/// The request to judge this value as the custom carrier, with an entry that fits it but for `change`.
fn custom(value: &Value, change: impl FnOnce(&mut Value)) -> Value {
    let bytes = document_bytes(value);
    let (sha256, sha512): (String, String) = (
        Sha256::digest(&bytes).encode_hex(),
        Sha512::digest(&bytes).encode_hex(),
    );
    let mut entry = json!({
        "length": bytes.len(), "hashes": { "sha256": sha256, "sha512": sha512, "blake2b-256": "00" },
        "custom": { "motd": value },
    });
    change(&mut entry);
    json!({ "operation": "parse", "repository": "pypi.org", "entry": entry.to_string() })
}

fn carriers(writer: &mut Writer) -> Result<()> {
    const BASE: &str = "document/custom/16384";
    let value = padded(16_384);
    writer.write(
        CaseDraft::positive(
            BASE,
            "16,384 document bytes of the custom carrier",
            &["MOTD-BYTES-1", "MOTD-BYTES-4", "MOTD-BYTES-6"],
        )
        .asks(custom(&value, |_| {}), accepted(&value)),
    )?;
    let faults: [(&str, &str, &str, &str, Value); 4] = [
        (
            "16385",
            "one byte more",
            "MOTD-BYTES-1",
            "document-too-large",
            padded(16_385),
        ),
        ("deep", "a ninth container", "MOTD-BYTES-4", "too-deep", {
            let mut value = full();
            value["later"] = json!([[[[[[[[]]]]]]]]);
            value
        }),
        (
            "name",
            "a member name that is not ASCII",
            "MOTD-BYTES-6",
            "name-not-ascii",
            {
                let mut value = full();
                value["größe"] = json!(1);
                value
            },
        ),
        (
            "null",
            "null, which is no object",
            "MOTD-DOC-1",
            "not-an-object",
            Value::Null,
        ),
    ];
    for (id, title, requirement, code, value) in faults {
        writer.write(
            CaseDraft::negative(
                &format!("document/custom/{id}"),
                BASE,
                title,
                &[requirement],
            )
            .asks(custom(&value, |_| {}), refused_document(code)),
        )?;
    }
    equality(writer)
}

/// MOTD-CARRY-3: the same entry's length and hashes.
fn equality(writer: &mut Writer) -> Result<()> {
    const BASE: &str = "installer/carriers/custom-equal";
    let value = full();
    writer.write(
        CaseDraft::positive(
            BASE,
            "length and both known hashes are those of the document bytes",
            &["MOTD-CARRY-3"],
        )
        .asks(custom(&value, |_| {}), accepted(&value)),
    )?;
    for (id, hash) in [("sha256-alone", "sha512"), ("sha512-alone", "sha256")] {
        let request = custom(&value, |entry| {
            entry["hashes"]
                .as_object_mut()
                .into_iter()
                .for_each(|hashes| {
                    hashes.remove(hash);
                });
        });
        writer.write(
            CaseDraft::positive(
                &format!("installer/carriers/custom-{id}"),
                "one known hash is enough",
                &["MOTD-CARRY-3"],
            )
            .asks(request, accepted(&value)),
        )?;
    }
    type EntryChange = fn(&mut Value);
    let faults: [(&str, &str, &str, EntryChange); 9] = [
        ("no-hash", "no hash at all", "carrier-no-hash", |entry| {
            entry["hashes"] = json!({});
        }),
        (
            "unknown-hash",
            "an unknown hash alone",
            "carrier-no-hash",
            |entry| {
                entry["hashes"] = json!({ "blake2b-256": "00" });
            },
        ),
        (
            "shorter",
            "a length that is one less",
            "carrier-length",
            |entry| {
                entry["length"] = json!(entry["length"].as_u64().unwrap_or_default() - 1);
            },
        ),
        (
            "longer",
            "a length that is one more",
            "carrier-length",
            |entry| {
                entry["length"] = json!(entry["length"].as_u64().unwrap_or_default() + 1);
            },
        ),
        ("sha256", "another SHA-256", "carrier-hash", |entry| {
            entry["hashes"]["sha256"] = json!("0".repeat(64));
        }),
        (
            "sha512",
            "another SHA-512 beside the right SHA-256",
            "carrier-hash",
            |entry| {
                entry["hashes"]["sha512"] = json!("0".repeat(128));
            },
        ),
        (
            "cut-hash",
            "the beginning of the right SHA-256",
            "carrier-hash",
            |entry| {
                let cut: String = entry["hashes"]["sha256"]
                    .as_str()
                    .unwrap_or_default()
                    .chars()
                    .take(32)
                    .collect();
                entry["hashes"]["sha256"] = json!(cut);
            },
        ),
        (
            "upper-case",
            "the right SHA-256 in capitals",
            "carrier-hash",
            |entry| {
                let hash = entry["hashes"]["sha256"]
                    .as_str()
                    .unwrap_or_default()
                    .to_ascii_uppercase();
                entry["hashes"]["sha256"] = json!(hash);
            },
        ),
        (
            "other-document",
            "another document under the same hashes",
            "carrier-hash",
            |entry| {
                // As long as the one that was hashed.
                entry["custom"]["motd"]["notices"][0]["revision"] = json!(3);
            },
        ),
    ];
    for (id, title, code, change) in faults {
        writer.write(
            CaseDraft::negative(
                &format!("installer/carriers/custom-{id}"),
                BASE,
                title,
                &["MOTD-CARRY-3"],
            )
            .asks(custom(&value, change), refused_document(code)),
        )?;
    }
    Ok(())
}

/// MOTD-DOC-8, MOTD-DOC-9: what one entry does to another.
fn entries_beside_each_other(writer: &mut Writer) -> Result<()> {
    let (a, b) = (notice("a", "info"), notice("b", "warning"));
    const BASE: &str = "document/entries/two";
    let good = document(&[a.clone(), b.clone()]);
    writer.write(
        CaseDraft::positive(BASE, "two notices", &["MOTD-DOC-8", "MOTD-DOC-9"])
            .asks(parse(&document_bytes(&good)), accepted(&good)),
    )?;
    let understands = |notice: &Value| understood(notice, &[]);
    for (id, title, bad, code) in [
        (
            "null-beside",
            "null stands before a good notice",
            Value::Null,
            "notice-not-an-object",
        ),
        (
            "no-id-beside",
            "a notice without an id stands before a good one",
            json!({}),
            "id-malformed",
        ),
    ] {
        let value = document(&[bad, b.clone()]);
        writer.write(
            CaseDraft::negative(
                &format!("document/entries/{id}"),
                BASE,
                title,
                &["MOTD-DOC-8"],
            )
            .asks(
                parse(&document_bytes(&value)),
                entries(&[refused(&Value::Null, code), understands(&b)]),
            ),
        )?;
    }
    let mut broken = a.clone();
    broken["ends"] = json!("2020-01-01T00:00:00Z");
    let value = document(&[broken, b.clone()]);
    writer.write(
        CaseDraft::negative(
            "document/entries/order-beside",
            BASE,
            "the notice before it ends before it begins",
            &["MOTD-DOC-8"],
        )
        .asks(
            parse(&document_bytes(&value)),
            entries(&[refused(&json!("a"), "time-order"), understands(&b)]),
        ),
    )?;
    let mut evil = a.clone();
    evil["text"]["en"]["title"] = json!("Ignore the other one");
    for (id, title, second) in [
        ("duplicate", "two sound notices have one id", evil),
        (
            "duplicate-broken",
            "another entry of that id has nothing else",
            json!({ "id": "a" }),
        ),
        (
            "duplicate-revision",
            "another entry of that id has a revision that is none",
            json!({ "id": "a", "revision": -1 }),
        ),
    ] {
        let value = document(&[a.clone(), second, b.clone()]);
        let twice = refused(&json!("a"), "id-duplicate");
        writer.write(
            CaseDraft::negative(
                &format!("document/entries/{id}"),
                BASE,
                title,
                &["MOTD-DOC-9", "MOTD-DOC-8"],
            )
            .asks(
                parse(&document_bytes(&value)),
                entries(&[twice.clone(), twice, understands(&b)]),
            ),
        )?;
    }
    let value = document(&[json!({ "id": "A" }), json!({ "id": "A" }), b.clone()]);
    let twice = refused(&Value::Null, "id-duplicate");
    writer.write(
        CaseDraft::negative(
            "document/entries/duplicate-malformed",
            BASE,
            "two malformed ids are the same",
            &["MOTD-DOC-9"],
        )
        .asks(
            parse(&document_bytes(&value)),
            entries(&[twice.clone(), twice, understands(&b)]),
        ),
    )
}

/// MOTD-FWD-2 without an all-clear, which is `info` anyway, and the registered words beside the unknown ones.
fn tomorrow(writer: &mut Writer) -> Result<()> {
    const BASE: &str = "document/tomorrow/registered";
    let mut known = notice("a", "critical");
    known["topic"] = json!("incident");
    known["repeat"] = json!("once");
    known["links"] = json!([{ "rel": "details", "url": "https://example.org/" }]);
    let good = document(&[known.clone()]);
    writer.write(
        CaseDraft::positive(
            BASE,
            "registered severity, topic, repeat and rel",
            &[
                "MOTD-FWD-1",
                "MOTD-FWD-2",
                "MOTD-FWD-3",
                "MOTD-FWD-5",
                "MOTD-FWD-7",
            ],
        )
        .asks(parse(&document_bytes(&good)), accepted(&good)),
    )?;
    for (id, title, pointer, value, requirement) in [
        (
            "severity",
            "an unregistered severity that begins like a registered one",
            "severity",
            "critical2",
            "MOTD-FWD-2",
        ),
        (
            "topic",
            "an unregistered topic",
            "topic",
            "weather",
            "MOTD-FWD-3",
        ),
        (
            "repeat",
            "an unregistered repeat",
            "repeat",
            "hourly",
            "MOTD-FWD-5",
        ),
    ] {
        let mut notice = known.clone();
        notice[pointer] = json!(value);
        let value = document(&[notice]);
        writer.write(
            CaseDraft::negative(
                &format!("document/tomorrow/{id}"),
                BASE,
                title,
                &[requirement],
            )
            .asks(parse(&document_bytes(&value)), accepted(&value)),
        )?;
    }
    Ok(())
}

/// MOTD-TEXT-10, MOTD-LANG-2: 64 languages, the refused ones counted.
fn many_languages(writer: &mut Writer) -> Result<()> {
    const BASE: &str = "document/languages/64";
    let mut text = Map::new();
    text.insert("en".to_owned(), json!({ "title": "T", "body": [] }));
    let mut refused_tags = Vec::new();
    for index in 0..63 {
        // Good ones, and bad ones of two kinds.
        let (tag, value, code) = match index % 3 {
            0 => (
                format!("en-x-{index:02}"),
                json!({ "title": "T", "body": [] }),
                None,
            ),
            1 => (
                format!("en-x-{index:02}"),
                json!(null),
                Some("title-malformed"),
            ),
            _ => (
                format!("EN-{index:02}"),
                json!({ "title": "T", "body": [] }),
                Some("language-tag-malformed"),
            ),
        };
        if let Some(code) = code {
            refused_tags.push((tag.clone(), code));
        }
        text.insert(tag, value);
    }
    let mut one = notice("a", "info");
    one["text"] = Value::Object(text);
    let value = document(&[one.clone()]);
    let refused_tags: Vec<(&str, &str)> = refused_tags
        .iter()
        .map(|(tag, code)| (tag.as_str(), *code))
        .collect();
    writer.write(
        CaseDraft::positive(
            BASE,
            "64 languages, of which 42 are refused",
            &["MOTD-TEXT-10", "MOTD-LANG-2"],
        )
        .asks(
            parse(&document_bytes(&value)),
            entries(&[understood(&one, &refused_tags)]),
        ),
    )?;
    one["text"]["one more"] = json!(null);
    let value = document(&[one]);
    writer.write(
        CaseDraft::negative(
            "document/languages/65",
            BASE,
            "one language more, and it is none",
            &["MOTD-TEXT-10"],
        )
        .asks(
            parse(&document_bytes(&value)),
            entries(&[refused(&json!("a"), "languages-too-many")]),
        ),
    )?;
    const TWO: &str = "document/languages/two";
    let mut two = notice("a", "info");
    two["text"]["fr"] = json!({ "title": "Titre", "body": [] });
    let value = document(&[two.clone()]);
    writer.write(
        CaseDraft::positive(TWO, "two languages", &["MOTD-LANG-2"])
            .asks(parse(&document_bytes(&value)), accepted(&value)),
    )?;
    two["text"]["fr"]["title"] = json!("\u{202e}ertiT");
    let value = document(&[two.clone()]);
    writer.write(
        CaseDraft::negative(
            "document/languages/one-refused",
            TWO,
            "the second language writes from right to left",
            &["MOTD-LANG-2", "MOTD-TEXT-1"],
        )
        .asks(
            parse(&document_bytes(&value)),
            entries(&[understood(&two, &[("fr", "text-code-point")])]),
        ),
    )
}
