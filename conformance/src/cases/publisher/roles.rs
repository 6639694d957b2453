//! Expiry and versions: MOTD-DEL-3, -6 and -7, MOTD-PUB-2.

#![expect(
    clippy::indexing_slicing,
    reason = "a generator that is wrong ends while it generates"
)]

use anyhow::Result;
use serde_json::{Value, json};

use super::desk::{Desk, accepted, admit, create, next, one, publish, renew, repository, with};
use crate::case::Observation;
use crate::cases::writer::Writer;
use crate::simulator::{Delegation, Key, NOTICES, Repository};

/// 93 days after the requests, and a second more.
const LATEST: &str = "2027-02-02T00:00:00Z";
const TOO_LATE: &str = "2027-02-02T00:00:01Z";

pub(super) fn write(writer: &mut Writer) -> Result<()> {
    lives(writer)?;
    short_lives(writer)?;
    burned(writer)?;
    offered_versions(writer)?;
    listed(writer)
}

fn lives(writer: &mut Writer) -> Result<()> {
    let until = |writer: &mut Writer, expires: &str| {
        with(publish(writer, &one("b")), "expires", json!(expires))
    };
    let offered = |writer: &mut Writer, expires: &str| {
        let mut offered = next(&repository());
        offered
            .expires
            .insert(NOTICES.to_owned(), expires.to_owned());
        admit(writer, &offered)
    };
    let at_most = json!({ "published": true, "days": { "motd": { "$at-most": 93 } } });
    let (published, admitted) = (until(writer, LATEST), offered(writer, LATEST));
    for (operation, request) in [("publish", published), ("admit", admitted)] {
        Desk::good(
            writer,
            &format!("expiry/{operation}"),
            &format!("{operation}: the role expires after exactly 93 days"),
            &["MOTD-DEL-3"],
        )
        .put(&repository().site())
        .done(request, at_most.clone())
        .write()?;
    }
    for (id, what, expires) in [
        (
            "a-second-more",
            "the role would expire after 93 days and a second",
            TOO_LATE,
        ),
        (
            "a-day-more",
            "the role would expire after 94 days",
            "2027-02-03T00:00:00Z",
        ),
        (
            "years",
            "the role would expire after years",
            "2036-11-01T00:00:00Z",
        ),
    ] {
        let (published, admitted) = (until(writer, expires), offered(writer, expires));
        for (operation, request) in [("publish", published), ("admit", admitted)] {
            let base = format!("expiry/{operation}");
            Desk::bad(
                writer,
                &format!("expiry/{operation}-{id}"),
                &base,
                &format!("{operation}: {what}"),
                &["MOTD-DEL-3"],
            )
            .put(&repository().site())
            .refused(request, "publisher-expiry")
            .write()?;
        }
    }
    Ok(())
}

/// MOTD-DEL-7, when the choice is the publisher's.
fn short_lives(writer: &mut Writer) -> Result<()> {
    let short = json!({ "published": true, "days": { "motd": { "$at-most": 30 } } });
    let mut long = repository();
    long.expires.insert(NOTICES.to_owned(), LATEST.to_owned());
    let request = publish(writer, &one("b"));
    Desk::bad(
        writer,
        "expiry/after-a-long-life",
        "continue/short-life",
        "the role before lives for 93 days",
        &["MOTD-DEL-7"],
    )
    .put(&long.site())
    .done(request, short.clone())
    .write()?;
    let mut later = one("b");
    later["notices"][0]["ends"] = json!("2027-09-01T00:00:00Z");
    let request = publish(writer, &later);
    Desk::bad(
        writer,
        "expiry/of-a-long-notice",
        "continue/short-life",
        "the notice ends in ten months",
        &["MOTD-DEL-7"],
    )
    .put(&repository().site())
    .done(request, short)
    .write()
}

/// MOTD-PUB-2: versions that a failed attempt left behind are passed over.
fn burned(writer: &mut Writer) -> Result<()> {
    let base = "continue/versions";
    for (id, what, left, raised) in [
        (
            "snapshot",
            "a snapshot of the next version was left behind",
            vec!["2.snapshot"],
            json!({ "snapshot": 2, "motd": 1, "timestamp": 1 }),
        ),
        (
            "notices",
            "a role for notices of the next version was left behind",
            vec!["2.motd"],
            json!({ "snapshot": 1, "motd": 2, "timestamp": 1 }),
        ),
        (
            "both",
            "both were left behind",
            vec!["2.motd", "2.snapshot"],
            json!({ "snapshot": 2, "motd": 2, "timestamp": 1 }),
        ),
        (
            "several",
            "snapshots of the next three versions were left behind",
            vec!["2.snapshot", "3.snapshot", "4.snapshot"],
            json!({ "snapshot": 4, "motd": 1, "timestamp": 1 }),
        ),
    ] {
        let request = publish(writer, &one("b"));
        let mut desk = Desk::bad(writer, &format!("burned/{id}"), base, what, &["MOTD-PUB-2"])
            .put(&repository().site());
        for name in left {
            desk = desk.put_file(&format!("metadata/{name}.json"), &left_behind(name));
        }
        desk.done(request, json!({ "published": true, "raised": raised }))
            .write()?;
    }
    Desk::bad(
        writer,
        "burned/renewed",
        "renew/versions",
        "a snapshot of the next version was left behind",
        &["MOTD-PUB-2"],
    )
    .put(&repository().site())
    .put_file("metadata/2.snapshot.json", &left_behind("2.snapshot"))
    .done(
        renew(),
        json!({ "published": true, "raised": { "snapshot": 2, "timestamp": 1 } }),
    )
    .write()?;
    let requests = ["b", "c", "d"].map(|id| publish(writer, &one(id)));
    let mut desk = Desk::good(
        writer,
        "publish/one-after-another",
        "three publications after one another",
        &["MOTD-PUB-2", "MOTD-PUB-11"],
    )
    .ask(create(), accepted(), Observation::default());
    for request in requests {
        desk = desk.done(request, json!({ "raised": { "motd": 1, "snapshot": 1, "timestamp": 1, "targets": 0, "root": 0 } }));
    }
    desk.write()
}

/// What a crash left: this file of another publication, well signed.
pub(super) fn left_behind(name: &str) -> Vec<u8> {
    let mut other = repository();
    let (version, role) = name.split_once('.').unwrap_or_default();
    other
        .versions
        .insert(role.to_owned(), version.parse().unwrap_or_default());
    other
        .expires
        .insert(role.to_owned(), "2026-11-05T05:05:05Z".to_owned());
    other
        .site()
        .remove(&format!("metadata/{name}.json"))
        .unwrap_or_default()
}

/// MOTD-DEL-6.
fn offered_versions(writer: &mut Writer) -> Result<()> {
    let mut published = repository();
    published.publish(&[NOTICES]);
    published.publish(&[NOTICES]);
    let offered = |writer: &mut Writer, version: u64| {
        let mut offered = next(&published);
        offered.versions.insert(NOTICES.to_owned(), version);
        admit(writer, &offered)
    };
    let base = "offered/next";
    let request = offered(writer, 4);
    Desk::good(
        writer,
        base,
        "the role for notices is at 3, and 4 is offered",
        &["MOTD-DEL-6"],
    )
    .put(&published.site())
    .done(
        request,
        json!({ "published": true, "versions": { "motd": 4 } }),
    )
    .write()?;
    for (id, version) in [
        ("same", 3),
        ("lower", 2),
        ("first", 1),
        ("gap", 5),
        ("far", 400),
        ("last", 9_007_199_254_740_991),
    ] {
        let request = offered(writer, version);
        Desk::bad(
            writer,
            &format!("offered/{id}"),
            base,
            &format!("the role for notices is at 3, and {version} is offered"),
            &["MOTD-DEL-6"],
        )
        .put(&published.site())
        .refused(request, "publisher-version")
        .write()?;
    }
    let request = offered(writer, 5);
    Desk::good(
        writer,
        "offered/above-burned",
        "version 4 was left behind, and 5 is offered",
        &["MOTD-DEL-6"],
    )
    .put(&published.site())
    .put_file("metadata/4.motd.json", &left_behind("4.motd"))
    .done(
        request,
        json!({ "published": true, "versions": { "motd": 5 } }),
    )
    .write()?;
    let request = offered(writer, 6);
    Desk::bad(
        writer,
        "offered/gap-above-burned",
        "offered/above-burned",
        "version 4 was left behind, and 6 is offered",
        &["MOTD-DEL-6"],
    )
    .put(&published.site())
    .put_file("metadata/4.motd.json", &left_behind("4.motd"))
    .refused(request, "publisher-version")
    .write()
}

/// A repository that has packages as well, at other versions.
pub(super) fn with_packages() -> Repository {
    let mut repository = repository();
    repository
        .keys
        .insert("packages".to_owned(), vec![Key::named("packages 1")]);
    repository.versions.insert("packages".to_owned(), 7);
    repository
        .expires
        .insert("packages".to_owned(), "2027-06-01T00:00:00Z".to_owned());
    repository.set_target("packages", "pip/pip.whl", b"pip".to_vec());
    let later = Delegation {
        role: "packages".to_owned(),
        paths: vec!["*/*".to_owned()],
        terminating: false,
    };
    repository
        .delegations
        .entry("targets".to_owned())
        .or_default()
        .push(later);
    repository
}

/// MOTD-DEL-6: once listed, always listed; and so is everything else.
fn listed(writer: &mut Writer) -> Result<()> {
    let published = publish(writer, &one("b"));
    let offered = admit(writer, &next(&with_packages()));
    let facts: Value = json!({ "published": true, "listed": ["motd", "packages", "targets"], "raised": { "packages": 0, "targets": 0 }, "absent": [] });
    for (operation, request) in [
        ("continue", published),
        ("renew", renew()),
        ("admit", offered),
    ] {
        Desk::bad(
            writer,
            &format!("listed/{operation}"),
            &format!("{operation}/listed"),
            &format!("{operation}: the repository has another role as well"),
            &["MOTD-DEL-6"],
        )
        .put(&with_packages().site())
        .done(request, facts.clone())
        .write()?;
    }
    Ok(())
}
