//! Bounds of bytes and of time: sections 6.5 and 6.8.

use anyhow::Result;
use serde_json::json;

use super::{one, with_headers};
use crate::case::{Delivery, Observation};
use crate::cases::installer::gate::FRESH;
use crate::cases::installer::story::{Story, delivered, fresh, path, unavailable};
use crate::cases::writer::Writer;

pub(super) fn limits(writer: &mut Writer) -> Result<()> {
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

/// MOTD-NET-2, MOTD-NET-3.
pub(super) fn time(writer: &mut Writer) -> Result<()> {
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
