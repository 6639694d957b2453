//! The folder as others see it: MOTD-PUB-4, -5, -6, -7 and -11.

use anyhow::Result;
use serde_json::{Value, json};

use super::desk::{Desk, accepted, admit, create, found, next, one, publish, renew, repository};
use super::roles::{left_behind, with_packages};
use crate::case::Observation;
use crate::cases::writer::Writer;
use crate::simulator::{NOTICES, Site};

pub(super) fn write(writer: &mut Writer) -> Result<()> {
    crashes(writer)?;
    burned(writer)?;
    foreign_bytes(writer)?;
    unprefixed(writer)?;
    concurrent(writer)
}

/// A publication that a crash ended before its timestamp: MOTD-PUB-4.
fn crashed(left: &[&str]) -> Site {
    let mut site = repository().site();
    let half = next(&repository()).site();
    for (path, bytes) in half {
        if left.iter().any(|part| path.contains(part)) {
            site.entry(path).or_insert(bytes);
        }
    }
    site
}

fn crashes(writer: &mut Writer) -> Result<()> {
    let whole = Observation {
        always_whole: true,
        ..found(json!({ "published": true, "absent": [], "unlinked": [], "unsigned": [] }))
    };
    for (id, what, left) in [
        ("target", "a target file was left behind", &["targets/"][..]),
        (
            "role",
            "a target file and a role were left behind",
            &["targets/", "2.motd"],
        ),
        (
            "snapshot",
            "all but the timestamp was left behind",
            &["targets/", "2.motd", "2.snapshot"],
        ),
    ] {
        let request = publish(writer, &one("c"));
        Desk::bad(
            writer,
            &format!("crash/{id}"),
            "publish/whole",
            &format!("after a crash: {what}"),
            &["MOTD-PUB-4"],
        )
        .put(&crashed(left))
        .ask(request, accepted(), whole.clone())
        .write()?;
    }
    let request = publish(writer, &json!({ "schema_version": "2.0" }));
    let untouched = Observation {
        always_whole: true,
        ..found(json!({ "published": false, "absent": [], "replaced": [], "gone": [] }))
    };
    Desk::bad(
        writer,
        "crash/refused",
        "publish/whole",
        "the publication is refused",
        &["MOTD-PUB-4"],
    )
    .put(&repository().site())
    .ask(request, json!({ "status": "rejected" }), untouched)
    .write()
}

/// MOTD-PUB-5.
fn burned(writer: &mut Writer) -> Result<()> {
    let kept = json!({ "published": true, "replaced": [], "gone": [] });
    for (id, what, names) in [
        (
            "snapshot",
            "another snapshot of the next version lies there",
            &["2.snapshot"][..],
        ),
        (
            "role",
            "another role of the next version lies there",
            &["2.motd"],
        ),
        (
            "all",
            "others of the next two versions lie there",
            &["2.snapshot", "3.snapshot", "2.motd", "3.motd"],
        ),
    ] {
        let request = publish(writer, &one("b"));
        let mut desk = Desk::bad(
            writer,
            &format!("kept/{id}"),
            "continue/unreplaced",
            what,
            &["MOTD-PUB-5"],
        )
        .put(&repository().site());
        for name in names {
            desk = desk.put_file(&format!("metadata/{name}.json"), &left_behind(name));
        }
        desk.done(request, kept.clone()).write()?;
    }
    Desk::bad(
        writer,
        "kept/renewed",
        "renew/unreplaced",
        "another snapshot of the next version lies there",
        &["MOTD-PUB-5"],
    )
    .put(&repository().site())
    .put_file("metadata/2.snapshot.json", &left_behind("2.snapshot"))
    .done(renew(), kept.clone())
    .write()?;
    // Not even JSON: a name is burned whatever stands under it.
    let request = publish(writer, &one("b"));
    Desk::bad(
        writer,
        "kept/garbage",
        "continue/unreplaced",
        "half a snapshot of the next version lies there",
        &["MOTD-PUB-5"],
    )
    .put(&repository().site())
    .put_file("metadata/2.snapshot.json", b"{\"signatures\":[")
    .done(request, kept)
    .write()?;
    let request = admit(writer, &next(&repository()));
    Desk::bad(
        writer,
        "kept/offered",
        "admit/unreplaced",
        "another role lies under the name of the one that is offered",
        &["MOTD-PUB-5"],
    )
    .put(&repository().site())
    .put_file("metadata/2.motd.json", &left_behind("2.motd"))
    .ask(
        request,
        json!({ "status": "rejected", "code": "publisher-burned" }),
        found(json!({ "published": false, "replaced": [] })),
    )
    .write()?;
    let hashed = next(&repository())
        .site()
        .into_keys()
        .rfind(|path| path.starts_with("targets/") && !repository().site().contains_key(path));
    let request = publish(writer, &one("b"));
    // Whoever names it by another hash can publish it.
    let either = json!({ "$one-of": [{ "status": "accepted" }, { "status": "rejected", "code": "publisher-burned" }] });
    Desk::bad(
        writer,
        "kept/target",
        "continue/unreplaced",
        "other bytes lie under the hash of the target file",
        &["MOTD-PUB-5"],
    )
    .put(&repository().site())
    .put_file(&hashed.unwrap_or_default(), b"other bytes")
    .ask(request, either, found(json!({ "replaced": [] })))
    .write()
}

/// MOTD-PUB-6: roles that are not the publisher's own stay the bytes that they are.
fn foreign_bytes(writer: &mut Writer) -> Result<()> {
    let mut respelled = with_packages();
    respelled.states_hashes = true;
    for role in ["targets", "packages"] {
        respelled.mangle(role, |bytes| {
            serde_json::from_slice::<Value>(&bytes)
                .and_then(|value| serde_json::to_vec_pretty(&value))
                .unwrap_or(bytes)
        });
    }
    let facts = json!({ "published": true, "unlinked": [], "replaced": [], "unsigned": [] });
    let published = publish(writer, &one("b"));
    let offered = admit(writer, &next(&respelled));
    for (operation, request) in [
        ("continue", published),
        ("renew", renew()),
        ("admit", offered),
    ] {
        Desk::bad(
            writer,
            &format!("foreign-bytes/{operation}"),
            &format!("{operation}/linked"),
            &format!("{operation}: the host writes its roles with white space"),
            &["MOTD-PUB-6"],
        )
        .put(&respelled.site())
        .done(request, facts.clone())
        .write()?;
    }
    Ok(())
}

/// MOTD-PUB-7: a name without a version is nobody's.
fn unprefixed(writer: &mut Writer) -> Result<()> {
    let old = repository().site();
    let lying: Site = ["root", "targets", "snapshot", NOTICES]
        .into_iter()
        .filter_map(|role| {
            Some((
                format!("metadata/{role}.json"),
                old.get(&format!("metadata/1.{role}.json"))?.clone(),
            ))
        })
        .collect();
    let request = publish(writer, &one("b"));
    Desk::bad(
        writer,
        "names/unprefixed",
        "publish/named",
        "names without versions lie in the folder",
        &["MOTD-PUB-7"],
    )
    .ask(create(), accepted(), Observation::default())
    .put(&lying)
    .done(
        request,
        json!({ "published": true, "absent": [], "misnumbered": [], "consistent_snapshot": true }),
    )
    .write()
}

/// MOTD-PUB-11: three times, since once can go well by chance.
fn concurrent(writer: &mut Writer) -> Result<()> {
    let outcome = json!({ "$one-of": [{ "status": "accepted" }, { "status": "rejected", "code": "publisher-conflict" }] });
    let observe = Observation {
        each_took_effect: true,
        always_whole: true,
        ..found(json!({ "absent": [], "unlinked": [], "unsigned": [], "replaced": [] }))
    };
    let pairs = [("b", "c"), ("d", "e"), ("f", "g")]
        .map(|(one_id, other)| [publish(writer, &one(one_id)), publish(writer, &one(other))]);
    let mut desk = Desk::bad(
        writer,
        "concurrent/publish",
        "publish/one-after-another",
        "two processes publish at the same time",
        &["MOTD-PUB-11"],
    )
    .put(&repository().site());
    for [request, beside] in pairs {
        desk = desk.beside(beside).ask(
            request,
            json!({ "answers": { "$each": outcome } }),
            observe.clone(),
        );
    }
    desk.write()?;
    // Both are of the version that comes next, so that one of them is refused, however late it comes.
    let mut other = next(&repository());
    other.set_document(&one("c"));
    let requests = [admit(writer, &next(&repository())), admit(writer, &other)];
    let [request, beside] = requests;
    let either = json!({ "$one-of": [{ "status": "accepted" }, { "status": "rejected" }] });
    let facts = json!({
        "raised": { "motd": 1, "timestamp": 1 }, "unlinked": [], "unsigned": [], "replaced": [],
    });
    let once = Observation {
        always_whole: true,
        each_took_effect: true,
        ..found(facts)
    };
    Desk::bad(
        writer,
        "concurrent/admit",
        "publish/one-after-another",
        "two processes take in two roles of one version at the same time",
        &["MOTD-PUB-11"],
    )
    .put(&repository().site())
    .beside(beside)
    .ask(request, json!({ "answers": { "$each": either } }), once)
    .write()
}
