//! Metadata: what verifies, and every way in which it does not. Sections 6.3 and 6.4.

mod roots;
mod searches;
mod signatures;
mod versions;

use anyhow::Result;
use serde_json::{Value, json};

use super::story::{Story, cached, failed, fresh, repository, republish, status, unavailable};
use crate::case::{Disturbance, Observation};
use crate::cases::document::notice;
use crate::cases::writer::Writer;
use crate::simulator::{Key, NOTICES, Repository};

/// A cold check of a repository with one notice.
pub(super) const FRESH: &str = "gate/fresh";

/// Role, and the stage of its faults.
const ROLES: [(&str, &str); 4] = [
    ("timestamp", "timestamp"),
    ("snapshot", "snapshot"),
    ("targets", "targets"),
    (NOTICES, "delegation"),
];

pub(super) fn write(writer: &mut Writer) -> Result<()> {
    bases(writer)?;
    signatures::signatures(writer)?;
    signatures::forms(writer)?;
    expiry(writer)?;
    versions::links(writer)?;
    versions::rollbacks(writer)?;
    roots::roots(writer)?;
    searches::searches(writer)?;
    states(writer)
}

fn one() -> Vec<Value> {
    vec![notice("a", "info")]
}

/// One notice; every length and hash stated.
fn stated() -> Repository {
    let mut repository = repository(&one());
    repository.states_hashes = true;
    repository
}

fn bases(writer: &mut Writer) -> Result<()> {
    let repository = stated();
    Story::good(
        writer,
        &repository,
        FRESH,
        "a cold check",
        &[
            "MOTD-GATE-1",
            "MOTD-GATE-2",
            "MOTD-GATE-3",
            "MOTD-GATE-7",
            "MOTD-GATE-8",
            "MOTD-GATE-10",
            "MOTD-CHECK-1",
            "MOTD-BOOT-1",
        ],
    )
    .serve_all_of(&repository)
    .look(
        json!({}),
        fresh(&["a"]),
        Observation {
            not_requested: vec!["metadata/1.root.json".to_owned()],
            ..Observation::default()
        },
    )
    .write()?;
    let mut next = repository.clone();
    republish(&mut next, &[notice("b", "info")]);
    Story::good(
        writer,
        &repository,
        "gate/update",
        "a second check after a publication",
        &[
            "MOTD-GATE-3",
            "MOTD-STATE-1",
            "MOTD-FLOOR-1",
            "MOTD-GATE-9",
            "MOTD-GATE-5",
        ],
    )
    .serve_all_of(&repository)
    .check(fresh(&["a"]))
    .serve_all_of(&next)
    .check(fresh(&["b"]))
    .write()?;
    Story::good(
        writer,
        &repository,
        "gate/unchanged",
        "a second check of the same repository",
        &["MOTD-GATE-3"],
    )
    .serve_all_of(&repository)
    .check(fresh(&["a"]))
    .look(
        json!({}),
        fresh(&["a"]),
        Observation {
            requests: Some(vec![
                "metadata/2.root.json".to_owned(),
                "metadata/timestamp.json".to_owned(),
            ]),
            ..Observation::default()
        },
    )
    .write()
}

/// Writes a story of one cold check, of a repository that is like that of [`FRESH`] but for one thing.
fn cold(
    writer: &mut Writer,
    id: &str,
    fault: &str,
    requirements: &[&str],
    expect: Value,
    change: impl FnOnce(&mut Repository),
) -> Result<()> {
    let mut repository = stated();
    change(&mut repository);
    Story::bad(writer, &repository, id, FRESH, fault, requirements)
        .serve_all_of(&repository)
        .check(expect)
        .write()
}

fn expiry(writer: &mut Writer) -> Result<()> {
    for (role, stage) in ROLES.into_iter().chain([("root", "root")]) {
        let mut repository = stated();
        repository
            .expires
            .insert(role.to_owned(), "2026-11-01T12:00:00Z".to_owned());
        repository.sign_root(&[]);
        let base = format!("gate/unexpired-{role}");
        Story::good(
            writer,
            &repository,
            &base,
            &format!("the last second of {role}"),
            &["MOTD-GATE-7", "MOTD-GATE-1"],
        )
        .serve_all_of(&repository)
        .check_at("2026-11-01T11:59:59Z", fresh(&["a"]))
        .write()?;
        Story::bad(
            writer,
            &repository,
            &format!("gate/expired-{role}"),
            &base,
            &format!("{role} expires just now"),
            &["MOTD-GATE-7", "MOTD-GATE-1"],
        )
        .serve_all_of(&repository)
        .check_at("2026-11-01T12:00:00Z", failed(stage, "expired"))
        .write()?;
    }
    Ok(())
}

/// MOTD-GATE-2 to MOTD-GATE-5: Cached, and what it is not.
fn states(writer: &mut Writer) -> Result<()> {
    const CACHED: &str = "gate/cached";
    let repository = stated();
    let gone = || status(503);
    Story::good(
        writer,
        &repository,
        CACHED,
        "a second check cannot reach the repository",
        &["MOTD-GATE-4", "MOTD-GATE-2", "MOTD-CHECK-1"],
    )
    .serve_all_of(&repository)
    .check(fresh(&["a"]))
    .serve_all_of(&repository)
    .answer("*", gone())
    .check_at("2026-11-01T12:00:00Z", cached("root", "status", &["a"]))
    .write()?;
    for (role, now) in [
        ("timestamp", "2026-11-02T00:00:00Z"),
        ("snapshot", "2026-11-08T00:00:00Z"),
        (NOTICES, "2026-11-25T00:00:00Z"),
    ] {
        let mut other = repository.clone();
        // The others outlive it.
        for of_role in ["timestamp", "snapshot", NOTICES] {
            if of_role != role {
                other
                    .expires
                    .insert(of_role.to_owned(), "2026-12-31T00:00:00Z".to_owned());
            }
        }
        let (last, _) = now.split_once('T').unwrap_or_default();
        let before = format!("{}T23:59:59Z", day_before(last));
        Story::bad(
            writer,
            &other,
            &format!("gate/cached-expired-{role}"),
            CACHED,
            &format!("by then the stored {role} is expired"),
            &["MOTD-GATE-4", "MOTD-CHECK-1"],
        )
        .serve_all_of(&other)
        .check(fresh(&["a"]))
        .serve_all_of(&other)
        .answer("*", gone())
        .check_at(&before, cached("root", "status", &["a"]))
        .check_at(now, unavailable("root", "status"))
        .write()?;
    }
    let mut old = repository.clone();
    for role in ["timestamp", "snapshot", NOTICES] {
        old.expires
            .insert(role.to_owned(), "2026-12-31T00:00:00Z".to_owned());
    }
    old.expires
        .insert("root".to_owned(), "2026-11-03T00:00:00Z".to_owned());
    old.sign_root(&[]);
    Story::bad(
        writer,
        &old,
        "gate/cached-expired-root",
        CACHED,
        "by then the stored root is expired",
        &["MOTD-GATE-4"],
    )
    .serve_all_of(&old)
    .check(fresh(&["a"]))
    .serve_all_of(&old)
    .answer("*", gone())
    .check_at("2026-11-02T23:59:59Z", cached("root", "status", &["a"]))
    .check_at("2026-11-03T00:00:00Z", unavailable("root", "status"))
    .write()?;
    Story::bad(
        writer,
        &repository,
        "gate/cached-tampered",
        CACHED,
        "somebody changed the stored files in between",
        &["MOTD-GATE-4"],
    )
    .serve_all_of(&repository)
    .check(fresh(&["a"]))
    .serve_all_of(&repository)
    .answer("*", gone())
    .disturb(Disturbance::CorruptAll)
    .check(unavailable("root", "status"))
    .write()?;
    let mut broken = repository.clone();
    broken.renew("2026-11-02T00:00:00Z");
    broken
        .signers
        .insert("timestamp".to_owned(), vec![Key::named("nobody")]);
    Story::bad(
        writer,
        &repository,
        "gate/failed-after-fresh",
        CACHED,
        "a second check finds a timestamp that nobody named signed",
        &["MOTD-GATE-5", "MOTD-GATE-2", "MOTD-CHECK-1"],
    )
    .serve_all_of(&repository)
    .check(fresh(&["a"]))
    .serve_all_of(&broken)
    .check(failed("timestamp", "signature-threshold"))
    .serve_all_of(&repository)
    .check(fresh(&["a"]))
    .write()?;
    Story::good(writer, &repository, "gate/offline", "the offline mode of the installer, after a check", &["MOTD-GATE-4"])
        .serve_all_of(&repository)
        .check(fresh(&["a"]))
        .look(json!({ "offline": true }), json!({ "status": "accepted", "result": { "exit_status": 0, "report": { "state": "cached", "notices": [{ "id": "a", "decision": "show" }] } } }), Observation { requests: Some(Vec::new()), ..Observation::default() })
        .write()
}

/// The day before one in November 2026 that is not the first.
fn day_before(day: &str) -> String {
    let (month, number) = day.rsplit_once('-').unwrap_or_default();
    let number: u8 = number.parse().unwrap_or_default();
    format!("{month}-{:02}", number.saturating_sub(1))
}
