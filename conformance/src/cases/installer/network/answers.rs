//! Answers that are no metadata, that are not there, or that nobody may see: section 6.4.

use anyhow::Result;
use serde_json::json;

use super::{one, with_headers};
use crate::case::{Answer, Delivery, Observation};
use crate::cases::document::{document, notice};
use crate::cases::installer::gate::FRESH;
use crate::cases::installer::story::{
    Story, cached, delivered, failed, fresh, path, status, target_path, unavailable,
};
use crate::cases::writer::Writer;

/// MOTD-GATE-6, event by event.
pub(super) fn unavailability(writer: &mut Writer) -> Result<()> {
    let repository = one();
    let timestamp = "metadata/timestamp.json";
    let html = b"<!DOCTYPE html><title>Sign in to the network</title>";
    let events: [(&str, &str, &str, Answer, Option<&[u8]>); 13] = [
        (
            "closed",
            "the connection ends before an answer",
            "connect",
            delivered(Delivery::Closed),
            None,
        ),
        ("status-500", "500", "status", status(500), None),
        (
            "status-404",
            "404 for the timestamp",
            "status",
            status(404),
            None,
        ),
        ("status-204", "204", "status", status(204), None),
        (
            "status-206",
            "206, with the whole body",
            "status",
            status(206),
            None,
        ),
        (
            "cut",
            "the body ends after 100 bytes",
            "truncated",
            delivered(Delivery::CutAfter(100)),
            None,
        ),
        (
            "encoding-unasked",
            "a content coding that nobody asked for",
            "encoding",
            with_headers(200, &[("Content-Encoding", "compress")]),
            None,
        ),
        (
            "encoding-broken",
            "gzip that is none",
            "encoding",
            with_headers(200, &[("Content-Encoding", "gzip")]),
            None,
        ),
        (
            "portal",
            "the page of a captive portal, with status 200",
            "not-metadata",
            Answer::default(),
            Some(html),
        ),
        (
            "empty",
            "an empty body",
            "not-metadata",
            Answer::default(),
            Some(b""),
        ),
        (
            "array",
            "a JSON array",
            "not-metadata",
            Answer::default(),
            Some(b"[]"),
        ),
        (
            "no-signatures",
            "a JSON object without `signatures`",
            "not-metadata",
            Answer::default(),
            Some(b"{\"signed\":{}}"),
        ),
        (
            "no-signed",
            "a JSON object without `signed`",
            "not-metadata",
            Answer::default(),
            Some(b"{\"signatures\":[]}"),
        ),
    ];
    for (id, fault, code, answer, body) in events {
        let story = Story::bad(
            writer,
            &repository,
            &format!("network/{id}"),
            FRESH,
            fault,
            &["MOTD-GATE-6", "MOTD-CHECK-1"],
        )
        .serve_all_of(&repository);
        let story = match body {
            Some(body) => story.body(timestamp, answer, body),
            None => story.answer(timestamp, answer),
        };
        story.check(unavailable("timestamp", code)).write()?;
    }
    for role in ["snapshot", "targets", "motd"] {
        let stage = if role == "motd" { "delegation" } else { role };
        Story::bad(
            writer,
            &repository,
            &format!("network/status-500-{role}"),
            FRESH,
            &format!("500 for {role}"),
            &["MOTD-GATE-6"],
        )
        .serve_all_of(&repository)
        .answer(&path(&repository, role), status(500))
        .check(unavailable(stage, "status"))
        .write()?;
        Story::bad(
            writer,
            &repository,
            &format!("network/portal-{role}"),
            FRESH,
            &format!("the page of a captive portal for {role}"),
            &["MOTD-GATE-6"],
        )
        .serve_all_of(&repository)
        .body(&path(&repository, role), Answer::default(), html)
        .check(unavailable(stage, "not-metadata"))
        .write()?;
    }
    Story::good(
        writer,
        &repository,
        "network/chunked",
        "bodies without a length, in chunks",
        &["MOTD-GATE-6"],
    )
    .serve_all_of(&repository)
    .answer("metadata/timestamp.json", delivered(Delivery::Chunked))
    .check(fresh(&["a"]))
    .write()
}

/// MOTD-GATE-11, MOTD-GATE-16.
pub(super) fn restarts(writer: &mut Writer) -> Result<()> {
    let repository = one();
    const BASE: &str = "network/restarted";
    for (id, role, stage) in [
        (BASE, "snapshot", "snapshot"),
        ("network/restarted-notices", "motd", "delegation"),
    ] {
        Story::good(
            writer,
            &repository,
            id,
            &format!("404 for {role} at first"),
            &["MOTD-GATE-11"],
        )
        .serve_all_of(&repository)
        .answer(
            &path(&repository, role),
            Answer {
                times: Some(1),
                ..status(404)
            },
        )
        .check(fresh(&["a"]))
        .write()?;
        Story::bad(
            writer,
            &repository,
            &format!("{}-again", id.replace("restarted", "not-found")),
            id,
            &format!("404 for {role} again"),
            &["MOTD-GATE-11"],
        )
        .serve_all_of(&repository)
        .answer(
            &path(&repository, role),
            Answer {
                times: Some(2),
                ..status(404)
            },
        )
        .check(unavailable(stage, "status"))
        .write()?;
    }
    let first = {
        let mut repository = one();
        repository.set_document_as_target(&document(&[notice("a", "info")]));
        repository
    };
    let mut second = first.clone();
    second.publish(&["motd"]);
    second.set_document_as_target(&document(&[notice("b", "info")]));
    let new = target_path(
        &second
            .site()
            .into_iter()
            .filter(|(path, _)| !first.site().contains_key(path))
            .collect(),
    );
    const TARGET: &str = "network/new-target";
    Story::good(
        writer,
        &first,
        TARGET,
        "the second document comes as a target file",
        &["MOTD-GATE-16", "MOTD-CARRY-8"],
    )
    .serve_all_of(&first)
    .check(fresh(&["a"]))
    .serve_all_of(&second)
    .check(fresh(&["b"]))
    .write()?;
    Story::bad(
        writer,
        &first,
        "network/no-new-target",
        TARGET,
        "its file cannot be had",
        &["MOTD-GATE-16", "MOTD-GATE-6", "MOTD-GATE-3"],
    )
    .serve_all_of(&first)
    .check(fresh(&["a"]))
    .serve_all_of(&second)
    .answer(&new, status(500))
    .check(cached("target", "status", &["a"]))
    .write()?;
    let mut site = second.site();
    site.insert(
        new,
        crate::simulator::canonical(&document(&[notice("c", "info")])),
    );
    Story::bad(
        writer,
        &first,
        "network/other-target",
        TARGET,
        "its file is another document of the same length",
        &["MOTD-GATE-16", "MOTD-CARRY-8", "MOTD-GATE-5"],
    )
    .serve_all_of(&first)
    .check(fresh(&["a"]))
    .serve(&site)
    .check(failed("target", "hash-mismatch"))
    .write()
}

/// MOTD-GATE-12, MOTD-FAIL-2: words that nobody signed, in every place from which a client might take them.
pub(super) fn canaries(writer: &mut Writer) -> Result<()> {
    let repository = one();
    const TEXT: &str = "canary";
    let page = format!("<title>{TEXT}: ignore that scary warning</title>");
    let timestamp = "metadata/timestamp.json";
    let mut nobody = one();
    nobody.edit("timestamp", |signed| {
        signed["_type"] = json!("canary");
        signed["meta"] = json!({ "canary.json": { "version": "canary" } });
        signed["expires"] = json!("canary");
    });
    let mut role = one();
    role.signers.insert("motd".to_owned(), Vec::new());
    role.set_document(&document(&[{
        let mut notice = notice("canary", "critical");
        notice["text"]["en"]["title"] = json!("canary: force upgrade pip");
        notice
    }]));
    let unsigned = role.site();
    let places: [(&str, &str, Answer, Vec<u8>); 6] = [
        (
            "status-body",
            "in the body of a 500",
            status(500),
            page.clone().into_bytes(),
        ),
        (
            "page",
            "in the body of a 200",
            Answer::default(),
            page.clone().into_bytes(),
        ),
        ("reason", "in the reason phrase", status(599), Vec::new()),
        (
            "header",
            "in header fields",
            with_headers(
                503,
                &[
                    ("Warning", "199 - \"canary\""),
                    ("X-Motd", "canary"),
                    ("Content-Type", "text/canary"),
                    ("Retry-After", "canary"),
                ],
            ),
            Vec::new(),
        ),
        (
            "location",
            "in the target of a redirect",
            with_headers(302, &[("Location", "{elsewhere}/canary")]),
            Vec::new(),
        ),
        (
            "parser",
            "in front of what is no JSON",
            Answer::default(),
            b"{\"signed\":{\"canary\": canary".to_vec(),
        ),
    ];
    for (id, place, answer, body) in places {
        Story::bad(
            writer,
            &repository,
            &format!("network/canary-{id}"),
            FRESH,
            &format!("words that nobody signed, {place}"),
            &["MOTD-GATE-12", "MOTD-FAIL-2"],
        )
        .serve_all_of(&repository)
        .body(timestamp, answer, &body)
        .look(
            json!({ "output": { "form": "terminal" } }),
            json!({ "status": "accepted", "result": { "exit_status": 4 } }),
            Observation {
                unheard: vec![TEXT.to_owned()],
                ..Observation::default()
            },
        )
        .write()?;
    }
    for (id, place, site) in [
        ("metadata", "in metadata that has no form", nobody.site()),
        ("unsigned", "in a notice that nobody signed", unsigned),
    ] {
        Story::bad(
            writer,
            &repository,
            &format!("network/canary-{id}"),
            FRESH,
            &format!("words that nobody signed, {place}"),
            &["MOTD-GATE-12", "MOTD-FAIL-2", "MOTD-GATE-2"],
        )
        .serve(&site)
        .look(
            json!({ "output": { "form": "terminal" } }),
            json!({ "status": "accepted", "result": { "exit_status": 3 } }),
            Observation {
                unheard: vec![TEXT.to_owned()],
                ..Observation::default()
            },
        )
        .write()?;
    }
    Story::good(writer, &repository, "network/signed-words", "words that somebody signed", &["MOTD-GATE-12", "MOTD-FAIL-2"])
        .serve_all_of(&repository)
        .look(json!({ "output": { "form": "terminal" } }), json!({ "status": "accepted", "result": { "exit_status": 0, "stderr": { "$contains": "notice[pypi] INFO: Title of a\n" } } }), Observation::default())
        .write()
}
