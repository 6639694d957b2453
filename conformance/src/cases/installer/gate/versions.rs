//! What one role says of another, and versions that go back: sections 6.4 and 6.6.

use anyhow::Result;
use serde_json::{Value, json};

use super::{FRESH, ROLES, cold, one, stated};
use crate::cases::document::notice;
use crate::cases::installer::story::{Story, cached, failed, fresh, long_lived, path, republish};
use crate::cases::writer::Writer;
use crate::simulator::{NOTICES, Repository};

/// What one role says of another: versions, hashes, lengths.
pub(super) fn links(writer: &mut Writer) -> Result<()> {
    for (referring, listed, stage) in [
        ("timestamp", "snapshot.json", "snapshot"),
        ("snapshot", "motd.json", "delegation"),
    ] {
        for (id, what, hashes) in [
            (
                "unknown",
                "one hash that nobody knows",
                json!({ "blake2b-256": "00" }),
            ),
            ("no", "`hashes` without a hash", json!({})),
        ] {
            cold(
                writer,
                &format!("gate/{id}-hash-{stage}"),
                &format!("{referring} states {what} of {listed}"),
                &["MOTD-GATE-7"],
                failed(stage, "hash-mismatch"),
                |repository| {
                    repository.edit(referring, move |signed| {
                        signed["meta"][listed]["hashes"] = hashes.clone();
                    });
                },
            )?;
        }
        let mut repository = stated();
        repository.edit(referring, move |signed| {
            signed["meta"][listed]["hashes"]["blake2b-256"] = json!("00");
        });
        Story::good(
            writer,
            &repository,
            &format!("gate/unknown-hash-beside-{stage}"),
            &format!(
                "{referring} states a hash of {listed} that nobody knows beside one that is known"
            ),
            &["MOTD-GATE-7"],
        )
        .serve_all_of(&repository)
        .check(fresh(&["a"]))
        .write()?;
    }
    for (role, stage) in ROLES.into_iter().skip(1) {
        // The role is signed, and says another version than the one under which it is listed and served.
        cold(
            writer,
            &format!("gate/version-{role}"),
            &format!("{role} is of version 7 where 1 is listed"),
            &["MOTD-GATE-7"],
            failed(stage, "version-mismatch"),
            |repository| {
                repository.edit(role, |signed| signed["version"] = json!(7));
            },
        )?;
        let mut repository = stated();
        let path = path(&repository, role);
        let original = repository.site();
        // Signed by the right keys, with the right version, and not what was listed: as long, and one byte shorter.
        repository.edit(role, |signed| {
            let expires = signed["expires"]
                .as_str()
                .unwrap_or_default()
                .replace("T00:00:00Z", "T00:00:01Z");
            signed["expires"] = json!(expires);
        });
        let other = repository.site();
        let mut site = original.clone();
        site.insert(path.clone(), other.get(&path).cloned().unwrap_or_default());
        Story::bad(
            writer,
            &repository,
            &format!("gate/hash-{role}"),
            FRESH,
            &format!("{role} has another hash than is listed, and good signatures"),
            &["MOTD-GATE-7"],
        )
        .serve(&site)
        .check(failed(stage, "hash-mismatch"))
        .write()?;
        let mut shorter = stated();
        shorter.edit(role, |signed| signed["spec_version"] = json!("1.0.3"));
        let mut site = original.clone();
        site.insert(
            path.clone(),
            shorter.site().get(&path).cloned().unwrap_or_default(),
        );
        Story::bad(
            writer,
            &repository,
            &format!("gate/length-{role}"),
            FRESH,
            &format!("{role} is one byte shorter than is listed, and has good signatures"),
            &["MOTD-GATE-7"],
        )
        .serve(&site)
        .check(failed(stage, "length-mismatch"))
        .write()?;
    }
    Ok(())
}

pub(super) fn rollbacks(writer: &mut Writer) -> Result<()> {
    let first = long_lived(&one());
    let mut second = first.clone();
    republish(&mut second, &[notice("b", "info")]);
    // Snapshot goes back: a new timestamp lists the old snapshot.
    let mut back = second.clone();
    back.renew("2027-06-01T00:00:00Z");
    back.versions.insert("snapshot".to_owned(), 1);
    let two = |writer: &mut Writer,
               id: &str,
               fault: &str,
               requirements: &[&str],
               repository: &Repository,
               expect: Value| {
        Story::bad(writer, &first, id, "gate/update", fault, requirements)
            .serve_all_of(&second)
            .check(fresh(&["b"]))
            .serve_all_of(repository)
            .check(expect)
            .write()
    };
    two(
        writer,
        "gate/rollback-snapshot",
        "a new timestamp lists an older snapshot",
        &["MOTD-GATE-7", "MOTD-FLOOR-1"],
        &back,
        failed("timestamp", "rollback"),
    )?;
    let mut back = second.clone();
    back.publish(&[]);
    back.versions.insert(NOTICES.to_owned(), 1);
    back.set_document(&crate::cases::document::document(&one()));
    two(
        writer,
        "gate/rollback-notices",
        "a new snapshot lists an older role for notices",
        &["MOTD-GATE-7", "MOTD-FLOOR-1", "MOTD-GATE-5"],
        &back,
        failed("snapshot", "rollback"),
    )?;
    let mut raised = second.clone();
    raised.publish(&["targets"]);
    let mut back = raised.clone();
    back.publish(&[]);
    back.versions.insert("targets".to_owned(), 1);
    Story::bad(
        writer,
        &first,
        "gate/rollback-targets",
        "gate/update",
        "a new snapshot lists older top-level targets",
        &["MOTD-GATE-7", "MOTD-FLOOR-1"],
    )
    .serve_all_of(&raised)
    .check(fresh(&["b"]))
    .serve_all_of(&back)
    .check(failed("snapshot", "rollback"))
    .write()?;
    let mut removed = second.clone();
    removed.publish(&[]);
    removed.edit("snapshot", |signed| {
        signed["meta"]
            .as_object_mut()
            .map(|meta| meta.remove("motd.json"));
    });
    two(
        writer,
        "gate/removed-notices",
        "a new snapshot does not list the role for notices any more",
        &["MOTD-GATE-7"],
        &removed,
        failed("snapshot", "snapshot-removed"),
    )?;
    // A mirror that lags.
    Story::bad(
        writer,
        &first,
        "gate/stale-mirror",
        "gate/update",
        "an older timestamp is served again, signed by the right keys",
        &["MOTD-GATE-9", "MOTD-FLOOR-1"],
    )
    .serve_all_of(&second)
    .check(fresh(&["b"]))
    .serve_all_of(&first)
    .check(cached("timestamp", "stale-mirror", &["b"]))
    .serve_all_of(&second)
    .check(fresh(&["b"]))
    .write()?;
    let mut expired = first.clone();
    expired
        .expires
        .insert("timestamp".to_owned(), "2026-10-31T00:00:00Z".to_owned());
    two(
        writer,
        "gate/stale-mirror-expired",
        "an older timestamp is served again, and it is expired too",
        &["MOTD-GATE-9"],
        &expired,
        cached("timestamp", "stale-mirror", &["b"]),
    )
}
