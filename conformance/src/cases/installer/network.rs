//! What comes over the network, and what goes out: sections 6.4, 6.5 and 6.8.

use anyhow::Result;
use serde_json::json;

use super::gate::FRESH;
use super::story::{
    Story, cached, delivered, failed, fresh, path, repository, republish, status, target_path,
    unavailable,
};
use crate::case::{Answer, Delivery, Observation};
use crate::cases::document::{document, notice};
use crate::cases::writer::Writer;
use crate::simulator::Repository;

pub(super) fn write(writer: &mut Writer) -> Result<()> {
    unavailability(writer)?;
    limits(writer)?;
    restarts(writer)?;
    canaries(writer)?;
    redirects(writer)?;
    time(writer)?;
    privacy(writer)
}

/// One notice, in both carriers; the snapshot states no lengths.
fn one() -> Repository {
    repository(&[notice("a", "info")])
}

fn with_headers(status: u16, headers: &[(&str, &str)]) -> Answer {
    let headers = headers
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    Answer {
        status,
        headers,
        ..Answer::default()
    }
}

/// MOTD-GATE-6, event by event.
fn unavailability(writer: &mut Writer) -> Result<()> {
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

fn limits(writer: &mut Writer) -> Result<()> {
    // What is in flight when a client stops reading counts as taken: the buffers of both ends.
    const IN_FLIGHT: u64 = 16 * 1024 * 1024;
    let repository = one();
    let mut rotated = one();
    rotated.rotate(&[]);
    for (id, path, stage, limit, site) in [
        (
            "timestamp",
            "metadata/timestamp.json".to_owned(),
            "timestamp",
            16_384,
            repository.site(),
        ),
        (
            "root",
            "metadata/2.root.json".to_owned(),
            "root",
            512_000,
            rotated.site(),
        ),
        (
            "snapshot",
            path(&repository, "snapshot"),
            "snapshot",
            2_000_000,
            repository.site(),
        ),
        (
            "targets",
            path(&repository, "targets"),
            "targets",
            5_000_000,
            repository.site(),
        ),
        (
            "notices",
            path(&repository, "motd"),
            "delegation",
            5_000_000,
            repository.site(),
        ),
    ] {
        Story::bad(
            writer,
            &repository,
            &format!("network/endless-{id}"),
            FRESH,
            &format!("{path} does not end"),
            &["MOTD-GATE-14", "MOTD-GATE-6"],
        )
        .serve(&site)
        .answer(&path, delivered(Delivery::Endless))
        .look(
            json!({}),
            unavailable(stage, "too-long"),
            Observation {
                taken_at_most: Some(limit + IN_FLIGHT),
                ..Observation::default()
            },
        )
        .write()?;
    }
    // A timestamp of exactly 16,384 bytes, and one of a byte more: both signed.
    let padded = |length: usize| {
        let mut other = one();
        let missing = length
            - other
                .site()
                .get("metadata/timestamp.json")
                .map_or(0, Vec::len)
            - ",\"zz\":\"\"".len();
        other.edit("timestamp", move |signed| {
            signed["zz"] = json!("a".repeat(missing));
        });
        other
    };
    let base = "network/timestamp-16384";
    let good = padded(16_384);
    Story::good(
        writer,
        &good,
        base,
        "a timestamp of 16,384 bytes",
        &["MOTD-GATE-14"],
    )
    .serve_all_of(&good)
    .check(fresh(&["a"]))
    .write()?;
    let long = padded(16_385);
    Story::bad(
        writer,
        &long,
        "network/timestamp-16385",
        base,
        "a timestamp of 16,385 bytes",
        &["MOTD-GATE-14", "MOTD-GATE-6"],
    )
    .serve_all_of(&long)
    .check(unavailable("timestamp", "too-long"))
    .write()?;
    let mut beyond = one();
    beyond.edit("timestamp", |signed| {
        signed["meta"]["snapshot.json"]["length"] = json!(2_000_001);
    });
    let snapshot = self::path(&beyond, "snapshot");
    Story::bad(
        writer,
        &beyond,
        "network/stated-too-long",
        FRESH,
        "the timestamp states 2,000,001 bytes for the snapshot",
        &["MOTD-GATE-14", "MOTD-GATE-6"],
    )
    .serve_all_of(&beyond)
    .look(
        json!({}),
        unavailable("snapshot", "too-long"),
        Observation {
            not_requested: vec![snapshot],
            ..Observation::default()
        },
    )
    .write()?;
    // The stated length is the limit where it is smaller.
    let mut stated = one();
    stated.states_hashes = true;
    let mut longer = stated.site();
    let path = path(&stated, "targets");
    if let Some(bytes) = longer.get_mut(&path) {
        bytes.push(b' ');
    }
    Story::bad(
        writer,
        &stated,
        "network/longer-than-stated",
        FRESH,
        "targets is one byte longer than its stated length",
        &["MOTD-GATE-14", "MOTD-GATE-6"],
    )
    .serve(&longer)
    .check(unavailable("targets", "too-long"))
    .write()
}

/// MOTD-GATE-11, MOTD-GATE-16.
fn restarts(writer: &mut Writer) -> Result<()> {
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
fn canaries(writer: &mut Writer) -> Result<()> {
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

fn redirects(writer: &mut Writer) -> Result<()> {
    let repository = one();
    let timestamp = "metadata/timestamp.json";
    const BASE: &str = "network/redirect-home";
    let elsewhere = |location: &str| with_headers(302, &[("Location", location)]);
    let moved = {
        let mut site = repository.site();
        let bytes = site.get(timestamp).cloned().unwrap_or_default();
        site.insert("moved/timestamp.json".to_owned(), bytes);
        site
    };
    Story::good(
        writer,
        &repository,
        BASE,
        "a redirect within the origin",
        &["MOTD-NET-1"],
    )
    .serve(&moved)
    .answer(timestamp, elsewhere("{origin}/moved/timestamp.json"))
    .check(fresh(&["a"]))
    .write()?;
    for (id, fault, location) in [
        (
            "elsewhere",
            "a redirect to another port",
            "{elsewhere}/metadata/timestamp.json",
        ),
        (
            "scheme",
            "a redirect to another scheme",
            "ftp://127.0.0.1/timestamp.json",
        ),
        ("file", "a redirect to a file", "file:///etc/passwd"),
        (
            "host",
            "a redirect to another name of this machine",
            "//localhost:1/timestamp.json",
        ),
    ] {
        Story::bad(
            writer,
            &repository,
            &format!("network/redirect-{id}"),
            BASE,
            fault,
            &["MOTD-NET-1", "MOTD-GATE-6"],
        )
        .serve(&moved)
        .answer(timestamp, elsewhere(location))
        .look(
            json!({}),
            unavailable("timestamp", "redirect"),
            Observation {
                stayed_home: true,
                ..Observation::default()
            },
        )
        .write()?;
    }
    Story::bad(
        writer,
        &repository,
        "network/redirect-query",
        BASE,
        "a redirect to a URL with a query",
        &["MOTD-PRIV-1", "MOTD-NET-1"],
    )
    .serve(&moved)
    .answer(timestamp, elsewhere("{origin}/moved/timestamp.json?user=1"))
    .look(
        json!({}),
        unavailable("timestamp", "redirect"),
        Observation {
            private: true,
            ..Observation::default()
        },
    )
    .write()?;
    Story::bad(
        writer,
        &repository,
        "network/redirect-loop",
        BASE,
        "a redirect to itself",
        &["MOTD-GATE-6"],
    )
    .serve(&moved)
    .answer(timestamp, elsewhere("{origin}/metadata/timestamp.json"))
    .check(unavailable("timestamp", "redirect"))
    .write()
}

/// MOTD-NET-2, MOTD-NET-3.
fn time(writer: &mut Writer) -> Result<()> {
    let repository = one();
    let mut later = one();
    for (role, expires) in &mut later.expires {
        if role != "root" {
            "2027-06-01T00:00:00Z".clone_into(expires);
        }
    }
    for (role, stage) in [("timestamp", "timestamp"), ("snapshot", "snapshot")] {
        Story::bad(
            writer,
            &repository,
            &format!("network/stall-{role}"),
            FRESH,
            &format!("{role} stalls after 20 bytes"),
            &["MOTD-NET-2", "MOTD-GATE-6"],
        )
        .serve_all_of(&repository)
        .answer(
            &path(&repository, role),
            delivered(Delivery::StallAfter(20)),
        )
        .look(
            json!({ "deadline_milliseconds": 1_000 }),
            unavailable(stage, "timeout"),
            Observation {
                within_milliseconds: Some(3_000),
                ..Observation::default()
            },
        )
        .write()?;
    }
    Story::good(
        writer,
        &repository,
        "network/in-time",
        "a check with a deadline of two seconds",
        &["MOTD-NET-2"],
    )
    .serve_all_of(&repository)
    .look(
        json!({ "deadline_milliseconds": 2_000 }),
        fresh(&["a"]),
        Observation::default(),
    )
    .write()?;
    const BASE: &str = "network/retry-after-over";
    let asked_again = || Observation {
        requested: vec!["metadata/timestamp.json".to_owned()],
        ..Observation::default()
    };
    let silent = || Observation {
        requests: Some(Vec::new()),
        ..Observation::default()
    };
    let held = |value: &str| with_headers(503, &[("Retry-After", value)]);
    let at = |now: &str| json!({ "now": now });
    Story::good(
        writer,
        &later,
        BASE,
        "an hour after a Retry-After of an hour",
        &["MOTD-NET-3"],
    )
    .serve_all_of(&later)
    .answer("*", held("3600"))
    .check(unavailable("root", "status"))
    .serve_all_of(&later)
    .look(at("2026-11-01T01:00:01Z"), fresh(&["a"]), asked_again())
    .write()?;
    for (id, fault, value, now) in [
        (
            "seconds",
            "59 minutes after a Retry-After of 3,600 seconds",
            "3600",
            "2026-11-01T00:59:00Z",
        ),
        (
            "date",
            "a minute before the date of a Retry-After",
            "Sun, 01 Nov 2026 01:00:00 GMT",
            "2026-11-01T00:59:00Z",
        ),
        (
            "day",
            "23 hours after a Retry-After of a week",
            "604800",
            "2026-11-01T23:00:00Z",
        ),
    ] {
        Story::bad(
            writer,
            &later,
            &format!("network/retry-after-{id}"),
            BASE,
            fault,
            &["MOTD-NET-3"],
        )
        .serve_all_of(&later)
        .answer("*", held(value))
        .check(unavailable("root", "status"))
        .serve_all_of(&later)
        .look(at(now), unavailable("root", "status"), silent())
        .write()?;
    }
    Story::good(
        writer,
        &later,
        "network/retry-after-capped",
        "25 hours after a Retry-After of a week",
        &["MOTD-NET-3"],
    )
    .serve_all_of(&later)
    .answer("*", held("604800"))
    .check(unavailable("root", "status"))
    .serve_all_of(&later)
    .look(at("2026-11-02T01:00:00Z"), fresh(&["a"]), asked_again())
    .write()?;
    Story::good(
        writer,
        &later,
        "network/retry-after-malformed",
        "a Retry-After that is none",
        &["MOTD-NET-3"],
    )
    .serve_all_of(&later)
    .answer("*", held("soon"))
    .check(unavailable("root", "status"))
    .serve_all_of(&later)
    .look(at("2026-11-01T00:00:01Z"), fresh(&["a"]), asked_again())
    .write()
}

/// MOTD-PRIV-1, MOTD-AUD-9.
fn privacy(writer: &mut Writer) -> Result<()> {
    let first = one();
    let mut second = first.clone();
    republish(&mut second, &[notice("b", "info")]);
    let private = || Observation {
        private: true,
        ..Observation::default()
    };
    const BASE: &str = "network/private";
    Story::good(writer, &first, BASE, "what a check tells", &["MOTD-PRIV-1"])
        .serve_all_of(&first)
        .look(json!({}), fresh(&["a"]), private())
        .write()?;
    let marks = with_headers(
        200,
        &[
            ("ETag", "\"user-1\""),
            ("Last-Modified", "Sat, 31 Oct 2026 00:00:00 GMT"),
            ("Set-Cookie", "user=1; Path=/; Max-Age=86400"),
        ],
    );
    Story::bad(
        writer,
        &first,
        "network/marked",
        BASE,
        "the server marks its answers with a cookie and validators",
        &["MOTD-PRIV-1"],
    )
    .serve_all_of(&first)
    .answer("metadata/timestamp.json", marks.clone())
    .answer(&path(&first, "snapshot"), marks.clone())
    .answer(&path(&first, "targets"), marks)
    .look(json!({}), fresh(&["a"]), private())
    .serve_all_of(&second)
    .look(json!({}), fresh(&["b"]), private())
    .write()?;
    let mut of_pip = notice("a", "info");
    of_pip["audience"] = json!([{ "components": [{ "purl": "pkg:pypi/pip", "versions": "vers:pypi/<9.0.3" }], "os": ["macos"] }]);
    let targeted = {
        let mut repository = one();
        repository.set_document_as_target(&document(&[of_pip]));
        repository
    };
    const SAME: &str = "network/concerned";
    let concerned = json!({ "state": null, "machine": { "os": "macos", "components": { "pkg:pypi/pip": ["9.0.1"] } } });
    let other = json!({ "state": null, "machine": { "os": "linux", "components": { "pkg:pypi/pip": ["24.0"] } } });
    let skipped = json!({ "status": "accepted", "result": { "report": { "state": "fresh", "notices": [{ "decision": "skip", "reason": "audience" }] } } });
    Story::good(
        writer,
        &targeted,
        SAME,
        "a machine that is concerned",
        &["MOTD-AUD-9"],
    )
    .serve_all_of(&targeted)
    .look(concerned.clone(), fresh(&["a"]), Observation::default())
    .write()?;
    Story::bad(
        writer,
        &targeted,
        "network/not-concerned",
        SAME,
        "a machine that is not concerned asks for the same",
        &["MOTD-AUD-9", "MOTD-PRIV-1"],
    )
    .serve_all_of(&targeted)
    .look(concerned, fresh(&["a"]), Observation::default())
    .look(
        other,
        skipped,
        Observation {
            requests_as_in: Some(0),
            ..Observation::default()
        },
    )
    .write()
}
