//! What an installer keeps between runs: floors, sets, and a folder that is not always its friend. Sections 6.6 and 6.7.

use anyhow::Result;
use serde_json::{Value, json};

use super::story::{
    Story, cached, delivered, failed, fresh, long_lived, path, republish, status, unavailable,
};
use crate::case::{Answer, Delivery, Disturbance, Observation};
use crate::cases::document::notice;
use crate::cases::writer::Writer;
use crate::simulator::{Delegation, Key, NOTICES, Repository};

/// More than any implementation keeps for one source.
const MOST_FILES: usize = 16;

pub(super) fn write(writer: &mut Writer) -> Result<()> {
    floors(writer)?;
    void_floors(writer)?;
    lost_files(writer)?;
    sets(writer)?;
    folders(writer)
}

fn versions() -> [Repository; 3] {
    let first = long_lived(&[notice("a", "info")]);
    let mut second = first.clone();
    republish(&mut second, &[notice("b", "info")]);
    let mut third = second.clone();
    republish(&mut third, &[notice("c", "info")]);
    [first, second, third]
}

/// MOTD-FLOOR-1: a floor does not wait for the set to be complete.
fn floors(writer: &mut Writer) -> Result<()> {
    let [first, second, third] = versions();
    const BASE: &str = "state/complete-update";
    Story::good(
        writer,
        &first,
        BASE,
        "a second publication, whole",
        &["MOTD-FLOOR-1", "MOTD-STATE-1"],
    )
    .serve_all_of(&second)
    .check(fresh(&["b"]))
    .serve_all_of(&third)
    .check(fresh(&["c"]))
    .write()?;
    Story::bad(
        writer,
        &first,
        "state/cut-after-timestamp",
        BASE,
        "a link that was cut after the new timestamp offers the old one",
        &["MOTD-FLOOR-1", "MOTD-STATE-1"],
    )
    .serve_all_of(&second)
    .check(fresh(&["b"]))
    .serve_all_of(&third)
    .answer(&path(&third, "snapshot"), status(503))
    .check(cached("snapshot", "status", &["b"]))
    .serve_all_of(&second)
    .check(cached("timestamp", "stale-mirror", &["b"]))
    .write()?;
    // The snapshot was verified; a newer timestamp lists the one before.
    let mut back = second.clone();
    back.versions.insert("timestamp".to_owned(), 9);
    Story::bad(
        writer,
        &first,
        "state/cut-after-snapshot",
        BASE,
        "a link that was cut after the new snapshot offers the old one under a newer timestamp",
        &["MOTD-FLOOR-1"],
    )
    .serve_all_of(&second)
    .check(fresh(&["b"]))
    .serve_all_of(&third)
    .answer(&path(&third, NOTICES), status(503))
    .check(cached("delegation", "status", &["b"]))
    .serve_all_of(&back)
    .check(failed("timestamp", "rollback"))
    .write()?;
    Story::bad(
        writer,
        &first,
        "state/cold-cut",
        BASE,
        "a first check that was cut after the timestamp is offered an older one",
        &["MOTD-FLOOR-1"],
    )
    .serve_all_of(&third)
    .answer(&path(&third, "snapshot"), status(503))
    .check(unavailable("snapshot", "status"))
    .serve_all_of(&second)
    .check(unavailable("timestamp", "stale-mirror"))
    .write()
}

/// MOTD-FLOOR-2: recovery from a version that a thief published, and what is no recovery.
fn void_floors(writer: &mut Writer) -> Result<()> {
    let [first, ..] = versions();
    // (id, whose version was raised, which roles get new keys to recover, which do not suffice, what then happens)
    type Row = (
        &'static str,
        &'static [&'static str],
        &'static [&'static str],
        &'static [&'static str],
        Value,
    );
    let rows: [Row; 3] = [
        (
            "timestamp",
            &["timestamp"],
            &["timestamp"],
            &["root"],
            unavailable_or_cached(),
        ),
        (
            "snapshot",
            &["snapshot", "timestamp"],
            &["snapshot", "timestamp"],
            &["timestamp"],
            failed("timestamp", "rollback"),
        ),
        (
            "notices",
            &[NOTICES, "snapshot", "timestamp"],
            &["snapshot", "timestamp"],
            &["root"],
            unavailable_or_cached(),
        ),
    ];
    for (id, raised, rotated, other, expect) in rows {
        let mut stolen = first.clone();
        stolen.publish(&[]);
        for role in raised {
            stolen.versions.insert((*role).to_owned(), 1_000);
        }
        let recovered = |roles: &[&str]| {
            let mut recovered = first.clone();
            recovered.publish(&["targets"]);
            recovered.publish(&[NOTICES]);
            let keys: Vec<_> = roles
                .iter()
                .map(|role| (*role, vec![Key::named(&format!("{role} 2"))]))
                .collect();
            recovered.rotate(&keys);
            recovered
        };
        let base = format!("state/recovered-{id}");
        Story::good(
            writer,
            &first,
            &base,
            &format!(
                "version 1,000 of {} by a thief, and new keys for {}",
                raised.join(" and "),
                rotated.join(" and ")
            ),
            &["MOTD-FLOOR-2"],
        )
        .serve_all_of(&stolen)
        .check(fresh(&["a"]))
        .serve_all_of(&recovered(rotated))
        .check(fresh(&["a"]))
        .write()?;
        Story::bad(
            writer,
            &first,
            &format!("state/not-recovered-{id}"),
            &base,
            &format!("new keys for {} alone", other.join(" and ")),
            &["MOTD-FLOOR-2", "MOTD-FLOOR-1"],
        )
        .serve_all_of(&stolen)
        .check(fresh(&["a"]))
        .serve_all_of(&recovered(other))
        .check(expect)
        .write()?;
    }
    // A timestamp that lists a snapshot which nobody ever had.
    let mut stolen = first.clone();
    stolen.renew("2027-06-01T00:00:00Z");
    stolen.edit("timestamp", |signed| {
        signed["meta"]["snapshot.json"]["version"] = json!(1_000);
    });
    let mut recovered = first.clone();
    recovered.publish(&[NOTICES]);
    recovered.rotate(&[("timestamp", vec![Key::named("timestamp 2")])]);
    Story::good(
        writer,
        &first,
        "state/recovered-listed",
        "a thief lists snapshot 1,000, and there is a new key for the timestamp",
        &["MOTD-FLOOR-2"],
    )
    .serve_all_of(&stolen)
    .check(unavailable("snapshot", "status"))
    .serve_all_of(&recovered)
    .check(fresh(&["a"]))
    .write()
}

/// An older timestamp under keys that are still the same.
fn unavailable_or_cached() -> Value {
    json!({ "status": "accepted", "result": { "report": { "state": "cached", "failure": { "stage": "timestamp", "code": "stale-mirror" } } } })
}

/// MOTD-FLOOR-3, MOTD-STATE-6: whatever single file is lost or broken, no floor is.
fn lost_files(writer: &mut Writer) -> Result<()> {
    let [first, second, _] = versions();
    let stale = || json!({ "status": "accepted", "result": { "report": { "failure": { "stage": "timestamp", "code": "stale-mirror" } } } });
    const BASE: &str = "state/nothing-lost";
    Story::good(
        writer,
        &first,
        BASE,
        "nothing is lost, and an older timestamp is offered",
        &["MOTD-FLOOR-3", "MOTD-STATE-6"],
    )
    .serve_all_of(&second)
    .check(fresh(&["b"]))
    .serve_all_of(&first)
    .check(stale())
    .serve_all_of(&second)
    .check(fresh(&["b"]))
    .write()?;
    type Make = fn(usize) -> Disturbance;
    let kinds: [(&str, &str, &str, Make); 2] = [
        (
            "one-lost",
            "each file of the folder is lost in its turn",
            "MOTD-FLOOR-3",
            Disturbance::RemoveOne,
        ),
        (
            "one-broken",
            "each file of the folder is broken in its turn",
            "MOTD-STATE-6",
            Disturbance::CorruptOne,
        ),
    ];
    for (id, fault, requirement, make) in kinds {
        let mut story = Story::bad(
            writer,
            &first,
            &format!("state/{id}"),
            BASE,
            fault,
            &[requirement, "MOTD-FLOOR-3"],
        )
        .serve_all_of(&second)
        .check(fresh(&["b"]));
        for number in 0..MOST_FILES {
            story = story
                .disturb(Disturbance::Restore(0))
                .disturb(make(number))
                .serve_all_of(&first)
                .check(stale())
                .serve_all_of(&second)
                .check(fresh(&["b"]));
        }
        story.write()?;
    }
    let mut rotated = second.clone();
    rotated.rotate(&[("timestamp", vec![Key::named("timestamp 2")])]);
    let mut hidden = rotated.site();
    hidden.remove("metadata/2.root.json");
    let mut story = Story::bad(
        writer,
        &first,
        "state/root-hidden",
        BASE,
        "each file is lost in its turn, and the second root is hidden",
        &["MOTD-FLOOR-1", "MOTD-FLOOR-3"],
    )
    .serve_all_of(&rotated)
    .check(fresh(&["b"]));
    for number in 0..MOST_FILES {
        story = story
            .disturb(Disturbance::Restore(0))
            .disturb(Disturbance::RemoveOne(number))
            .serve(&hidden)
            .check(json!({ "status": "accepted", "result": { "report": { "failure": { "$one-of": [null, { "stage": "root", "code": "rollback" }] } } } }));
    }
    story.write()?;
    Story::good(
        writer,
        &first,
        "state/all-broken",
        "every file of the folder is broken, and the repository is there",
        &["MOTD-STATE-6"],
    )
    .serve_all_of(&second)
    .check(fresh(&["b"]))
    .disturb(Disturbance::CorruptAll)
    .check(fresh(&["b"]))
    .check(fresh(&["b"]))
    .write()
}

/// MOTD-STATE-1, MOTD-STATE-2.
fn sets(writer: &mut Writer) -> Result<()> {
    let [first, second, _] = versions();
    const BASE: &str = "state/slow-link";
    // What was verified before the link broke is not asked for again.
    let rest = Observation {
        requests: Some(vec![
            "metadata/2.root.json".to_owned(),
            "metadata/timestamp.json".to_owned(),
            path(&second, NOTICES),
        ]),
        ..Observation::default()
    };
    Story::good(
        writer,
        &first,
        BASE,
        "a link that breaks gets there in the next run",
        &["MOTD-STATE-1"],
    )
    .serve_all_of(&first)
    .check(fresh(&["a"]))
    .serve_all_of(&second)
    .answer(&path(&second, NOTICES), delivered(Delivery::CutAfter(10)))
    .check(cached("delegation", "truncated", &["a"]))
    .serve_all_of(&second)
    .look(json!({}), fresh(&["b"]), rest)
    .write()?;
    Story::bad(
        writer,
        &first,
        "state/half-set",
        BASE,
        "the new set is never complete, and then nothing can be reached",
        &["MOTD-STATE-1"],
    )
    .serve_all_of(&first)
    .check(fresh(&["a"]))
    .serve_all_of(&second)
    .answer(&path(&second, NOTICES), status(500))
    .check(cached("delegation", "status", &["a"]))
    .serve_all_of(&second)
    .answer("*", status(500))
    .check(cached("root", "status", &["a"]))
    .write()?;
    const KILLED: &str = "state/killed-never";
    Story::good(
        writer,
        &first,
        KILLED,
        "nothing is killed",
        &["MOTD-STATE-2"],
    )
    .serve_all_of(&first)
    .check(fresh(&["a"]))
    .serve_all_of(&second)
    .answer("*", status(500))
    .check(cached("root", "status", &["a"]))
    .serve_all_of(&second)
    .check(fresh(&["b"]))
    .write()?;
    for role in ["timestamp", "snapshot", NOTICES] {
        Story::bad(
            writer,
            &first,
            &format!("state/killed-at-{role}"),
            KILLED,
            &format!("the process is killed while it waits for {role}"),
            &["MOTD-STATE-2", "MOTD-STATE-1"],
        )
        .serve_all_of(&first)
        .check(fresh(&["a"]))
        .serve_all_of(&second)
        .answer(&path(&second, role), delivered(Delivery::StallAfter(0)))
        .killed_at(&path(&second, role))
        .serve_all_of(&second)
        .answer("*", status(500))
        .check(cached("root", "status", &["a"]))
        .serve_all_of(&second)
        .check(fresh(&["b"]))
        .write()?;
    }
    Ok(())
}

/// MOTD-STATE-3, -4, -5, -7.
fn folders(writer: &mut Writer) -> Result<()> {
    let [first, second, _] = versions();
    const BASE: &str = "state/two-checks";
    Story::good(
        writer,
        &first,
        BASE,
        "two checks in a folder of one's own",
        &[
            "MOTD-STATE-3",
            "MOTD-STATE-4",
            "MOTD-STATE-5",
            "MOTD-STATE-7",
        ],
    )
    .serve_all_of(&first)
    .check(fresh(&["a"]))
    .serve_all_of(&second)
    .check(fresh(&["b"]))
    .write()?;
    let is_fresh = || json!({ "status": "accepted", "result": { "exit_status": 0, "report": { "state": "fresh", "notices": [{ "id": "b", "decision": "show" }] } } });
    Story::bad(
        writer,
        &first,
        "state/links",
        BASE,
        "every file of the folder is a link to a file of somebody else",
        &["MOTD-STATE-3"],
    )
    .serve_all_of(&first)
    .check(fresh(&["a"]))
    .serve_all_of(&second)
    .disturb(Disturbance::LinkFiles)
    .check(is_fresh())
    .write()?;
    Story::bad(
        writer,
        &first,
        "state/another-user",
        BASE,
        "the folder belongs to another user, or is read-only",
        &["MOTD-STATE-7"],
    )
    .serve_all_of(&first)
    .check(fresh(&["a"]))
    .serve_all_of(&second)
    .disturb(Disturbance::Unusable)
    .look(
        json!({}),
        is_fresh(),
        Observation {
            folder_unchanged: true,
            ..Observation::default()
        },
    )
    .write()?;
    Story::bad(
        writer,
        &first,
        "state/locked",
        BASE,
        "another process holds the lock",
        &["MOTD-STATE-4"],
    )
    .serve_all_of(&first)
    .check(fresh(&["a"]))
    .serve_all_of(&second)
    .answer(
        "metadata/timestamp.json",
        Answer {
            times: Some(1),
            ..delivered(Delivery::StallAfter(10))
        },
    )
    .while_another_waits()
    .look(
        json!({}),
        is_fresh(),
        Observation {
            within_milliseconds: Some(4_000),
            ..Observation::default()
        },
    )
    .write()?;
    // A role that is called like a path.
    let mut named = long_lived(&[notice("a", "info")]);
    let name = "../../canary";
    let entries = named.entries.remove(NOTICES).unwrap_or_default();
    named.entries.insert(name.to_owned(), entries);
    named
        .keys
        .insert(name.to_owned(), vec![Key::named("canary")]);
    named.versions.insert(name.to_owned(), 1);
    named
        .expires
        .insert(name.to_owned(), "2027-06-01T00:00:00Z".to_owned());
    named.delegations.insert(
        "targets".to_owned(),
        vec![Delegation {
            role: name.to_owned(),
            paths: vec!["motd/*".to_owned()],
            terminating: true,
        }],
    );
    Story::bad(
        writer,
        &named,
        "state/role-name",
        BASE,
        "the role for notices is called ../../canary",
        &["MOTD-STATE-5"],
    )
    .serve_all_of(&named)
    .look(
        json!({}),
        fresh(&["a"]),
        Observation {
            unnamed: vec!["canary".to_owned()],
            ..Observation::default()
        },
    )
    .write()?;
    let id = long_lived(&[notice("canary", "info")]);
    Story::bad(
        writer,
        &id,
        "state/notice-id",
        BASE,
        "a notice is displayed and acknowledged by its id",
        &["MOTD-STATE-5"],
    )
    .serve_all_of(&id)
    .look(
        json!({ "output": { "form": "terminal" } }),
        fresh(&["canary"]),
        Observation {
            unnamed: vec!["canary".to_owned()],
            ..Observation::default()
        },
    )
    .ask(
        json!({ "operation": "acknowledge", "now": "2026-11-01T00:00:00Z", "ids": ["canary"] }),
        json!({ "status": "accepted" }),
    )
    .look(
        json!({}),
        json!({ "status": "accepted" }),
        Observation {
            unnamed: vec!["canary".to_owned()],
            ..Observation::default()
        },
    )
    .write()
}
