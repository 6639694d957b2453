//! From the target entry to the document, over the network: sections 5.1 to 5.4, and the answer of 6.12.

use anyhow::Result;
use serde_json::{Value, json};

use super::story::{Story, failed, fresh, path, refused, repository, target_path, unavailable};
use crate::case::Observation;
use crate::cases::document::{document, notice};
use crate::cases::writer::Writer;
use crate::simulator::{NOTICES, PATH, Repository, Site};

pub(super) fn write(writer: &mut Writer) -> Result<()> {
    custom(writer)?;
    target(writer)?;
    paths(writer)?;
    answers(writer)
}

fn one() -> Vec<Value> {
    vec![notice("a", "info")]
}

fn inline() -> Repository {
    repository(&one())
}

/// The same document in the target carrier alone.
fn as_target() -> Repository {
    let mut repository = Repository::new();
    repository.set_document_as_target(&document(&one()));
    repository
}

/// No target file is asked for.
fn no_file(repository: &Repository) -> Observation {
    Observation {
        not_requested: vec![target_path(&repository.site())],
        ..Observation::default()
    }
}

/// MOTD-CARRY-2, MOTD-CARRY-3, MOTD-CARRY-4.
fn custom(writer: &mut Writer) -> Result<()> {
    const BASE: &str = "carriers/inline";
    let good = inline();
    Story::good(
        writer,
        &good,
        BASE,
        "a document in the entry's custom object costs no request",
        &["MOTD-CARRY-2", "MOTD-CARRY-3", "MOTD-CARRY-4"],
    )
    .serve_all_of(&good)
    .look(json!({}), fresh(&["a"]), no_file(&good))
    .write()?;
    // The file beside it is a good document each time: falling back would find it.
    for (id, fault, value, code) in [
        ("null", "custom.motd is null", Value::Null, "not-an-object"),
        (
            "number",
            "custom.motd is a number",
            json!(1),
            "not-an-object",
        ),
        ("list", "custom.motd is a list", json!([]), "not-an-object"),
        (
            "too-large",
            "custom.motd is a document of more than 16,384 bytes",
            {
                let mut large = document(&one());
                large["zz"] = json!("a".repeat(16_384));
                large
            },
            "document-too-large",
        ),
    ] {
        let mut other = as_target();
        let bytes = crate::simulator::canonical(&value);
        let good_file = other.targets.get(PATH).cloned().unwrap_or_default();
        other.set_target(NOTICES, PATH, bytes);
        other.entry_mut(NOTICES, PATH)["custom"] = json!({ "motd": value });
        other.targets.insert(PATH.to_owned(), good_file);
        Story::bad(
            writer,
            &other,
            &format!("carriers/inline-{id}"),
            BASE,
            fault,
            &["MOTD-CARRY-2", "MOTD-CHECK-1"],
        )
        .serve_all_of(&other)
        .look(json!({}), refused(code), no_file(&other))
        .write()?;
    }
    let mut different = as_target();
    different.entry_mut(NOTICES, PATH)["custom"] =
        json!({ "motd": document(&[notice("b", "info")]) });
    Story::bad(
        writer,
        &different,
        "carriers/inline-other",
        BASE,
        "custom.motd is another document than the one whose hash stands beside it",
        &["MOTD-CARRY-3", "MOTD-CARRY-2"],
    )
    .serve_all_of(&different)
    .look(json!({}), refused("carrier-hash"), no_file(&different))
    .write()?;
    // The canonical form and the signatures stay what they were; a reader of raw bytes that keeps the first sees another.
    let good = inline();
    let mut site = good.site();
    let role = path(&good, NOTICES);
    if let Some(bytes) = site.get_mut(&role) {
        let text = String::from_utf8(std::mem::take(bytes)).unwrap_or_default();
        let evil = format!("\"motd\":{},", document(&[notice("evil", "critical")]));
        *bytes = text
            .replacen("\"custom\":{", &format!("\"custom\":{{{evil}"), 1)
            .into_bytes();
    }
    Story::bad(writer, &good, "carriers/inline-twice", BASE, "a second custom.motd is put in front of the one that was signed", &["MOTD-CARRY-4", "MOTD-GATE-12"])
        .serve(&site)
        .look(json!({ "output": { "form": "terminal" } }), json!({ "status": "accepted", "result": { "report": { "notices": { "$lacks": { "id": "evil" } } } } }), Observation { unheard: vec!["evil".to_owned()], ..Observation::default() })
        .write()
}

/// MOTD-CARRY-8, MOTD-BYTES-1.
fn target(writer: &mut Writer) -> Result<()> {
    const BASE: &str = "carriers/file";
    let good = as_target();
    let file = target_path(&good.site());
    Story::good(
        writer,
        &good,
        BASE,
        "a document in the target file",
        &["MOTD-CARRY-8", "MOTD-CARRY-1"],
    )
    .serve_all_of(&good)
    .look(
        json!({}),
        fresh(&["a"]),
        Observation {
            requested: vec![file.clone()],
            ..Observation::default()
        },
    )
    .write()?;
    let with = |bytes: Vec<u8>| -> Site {
        let mut site = good.site();
        site.insert(file.clone(), bytes);
        site
    };
    let bytes = good.targets.get(PATH).cloned().unwrap_or_default();
    let mut evil = bytes.clone();
    if let Some(byte) = evil.iter_mut().rev().nth(20) {
        *byte = byte.wrapping_add(1);
    }
    Story::bad(
        writer,
        &good,
        "carriers/file-changed",
        BASE,
        "one byte of the target file is another",
        &["MOTD-CARRY-8", "MOTD-GATE-7", "MOTD-GATE-12"],
    )
    .serve(&with(evil))
    .check(failed("target", "hash-mismatch"))
    .write()?;
    Story::bad(
        writer,
        &good,
        "carriers/file-short",
        BASE,
        "the target file lacks its last byte",
        &["MOTD-CARRY-8", "MOTD-GATE-7"],
    )
    .serve(&with(
        bytes.get(..bytes.len() - 1).unwrap_or_default().to_vec(),
    ))
    .check(failed("target", "length-mismatch"))
    .write()?;
    let mut long = bytes;
    long.push(b'\n');
    Story::bad(
        writer,
        &good,
        "carriers/file-long",
        BASE,
        "the target file has one byte more",
        &["MOTD-GATE-14", "MOTD-CARRY-8"],
    )
    .serve(&with(long))
    .check(unavailable("target", "too-long"))
    .write()?;
    let mut both = good.clone();
    both.entry_mut(NOTICES, PATH)["hashes"]["sha512"] = json!("0".repeat(128));
    Story::bad(
        writer,
        &both,
        "carriers/file-one-of-two-hashes",
        BASE,
        "of two known hashes the second is another",
        &["MOTD-CARRY-8"],
    )
    .serve_all_of(&both)
    .check(failed("target", "hash-mismatch"))
    .write()?;
    let mut none = good.clone();
    none.entry_mut(NOTICES, PATH)["hashes"] = json!({ "blake2b-256": "00" });
    Story::bad(
        writer,
        &none,
        "carriers/file-no-hash",
        BASE,
        "the entry has no known hash",
        &["MOTD-CARRY-8", "MOTD-CHECK-1"],
    )
    .serve_all_of(&none)
    .check(refused("carrier-no-hash"))
    .write()?;
    let mut large = good.clone();
    large.entry_mut(NOTICES, PATH)["length"] = json!(65_537);
    Story::bad(
        writer,
        &large,
        "carriers/file-too-large",
        BASE,
        "the entry says 65,537 bytes",
        &["MOTD-BYTES-1", "MOTD-CHECK-1"],
    )
    .serve_all_of(&large)
    .look(
        json!({}),
        refused("document-too-large"),
        Observation {
            not_requested: vec![file],
            ..Observation::default()
        },
    )
    .write()?;
    let mut other = Repository::new();
    let mut staging = document(&one());
    staging["repository"] = json!("staging.pypi.org");
    other.set_document_as_target(&staging);
    Story::bad(
        writer,
        &other,
        "carriers/file-of-staging",
        BASE,
        "the document is that of a staging repository with the same keys",
        &["MOTD-DOC-4", "MOTD-CHECK-1"],
    )
    .serve_all_of(&other)
    .check(refused("repository-mismatch"))
    .write()
}

/// MOTD-CARRY-1, MOTD-CARRY-5.
fn paths(writer: &mut Writer) -> Result<()> {
    const BASE: &str = "carriers/empty";
    let empty = Repository::new();
    Story::good(
        writer,
        &empty,
        BASE,
        "a document without notices",
        &["MOTD-CARRY-5", "MOTD-CARRY-1"],
    )
    .serve_all_of(&empty)
    .check(fresh(&[]))
    .write()?;
    let mut absent = Repository::new();
    absent.entries.remove(NOTICES);
    absent.targets.clear();
    Story::bad(
        writer,
        &absent,
        "carriers/absent",
        "carriers/inline",
        "no role lists the reserved path",
        &["MOTD-CARRY-5"],
    )
    .serve_all_of(&absent)
    .check(fresh(&[]))
    .write()?;
    let mut elsewhere = absent.clone();
    for path in [
        "motd/notices.json.bak",
        "motd/other.json",
        "motd/notices2.json",
        "notices.json",
    ] {
        elsewhere.set_target(
            NOTICES,
            path,
            crate::simulator::canonical(&document(&one())),
        );
        elsewhere.entry_mut(NOTICES, path)["custom"] = json!({ "motd": document(&one()) });
    }
    let asked: Vec<String> = elsewhere
        .site()
        .keys()
        .filter(|path| path.starts_with("targets/"))
        .cloned()
        .collect();
    Story::bad(
        writer,
        &elsewhere,
        "carriers/elsewhere",
        "carriers/inline",
        "documents stand at other paths, and none at the reserved one",
        &["MOTD-CARRY-1", "MOTD-CARRY-5"],
    )
    .serve_all_of(&elsewhere)
    .look(
        json!({}),
        fresh(&[]),
        Observation {
            not_requested: asked,
            ..Observation::default()
        },
    )
    .write()
}

/// MOTD-CHECK-1, MOTD-SHOW-8, MOTD-BOOT-1: how a check ends, and what cannot be checked at all.
fn answers(writer: &mut Writer) -> Result<()> {
    let good = inline();
    const BASE: &str = "carriers/refused-notice";
    let mut with_fault = Repository::new();
    let mut bad = notice("b", "info");
    bad["ends"] = json!("never");
    with_fault.set_document(&document(&[notice("a", "info"), bad]));
    Story::good(writer, &with_fault, BASE, "one of two notices is refused, which is no fault of the run", &["MOTD-CHECK-1"])
        .serve_all_of(&with_fault)
        .check(json!({ "status": "accepted", "result": { "exit_status": 0, "report": { "state": "fresh", "failure": null, "notices": { "$in-any-order": [
            { "id": "a", "decision": "show" }, { "id": "b", "decision": "skip", "reason": "refused", "code": "time-malformed", "text": null },
        ] } } } }))
        .write()?;
    let configuration = json!({ "status": "rejected", "stage": "configuration", "code": "source" });
    for (id, fault, name) in [
        ("space", "the source is called `py pi`", "py pi"),
        ("bracket", "the source is called `pypi]`", "pypi]"),
        (
            "long",
            "the source's name has 33 bytes",
            "123456789012345678901234567890123",
        ),
    ] {
        Story::bad(
            writer,
            &good,
            &format!("carriers/source-{id}"),
            "carriers/inline",
            fault,
            &["MOTD-SHOW-8"],
        )
        .serve_all_of(&good)
        .look(
            json!({ "source": { "name": name } }),
            configuration.clone(),
            Observation {
                requests: Some(Vec::new()),
                ..Observation::default()
            },
        )
        .write()?;
    }
    let file = writer.files.add(b"{}".to_vec());
    Story::bad(
        writer,
        &good,
        "carriers/no-root",
        "carriers/inline",
        "the configured root is none",
        &["MOTD-BOOT-1"],
    )
    .serve_all_of(&good)
    .look(
        json!({ "source": { "root": { "$file": file } } }),
        configuration,
        Observation {
            requests: Some(Vec::new()),
            ..Observation::default()
        },
    )
    .write()
}
