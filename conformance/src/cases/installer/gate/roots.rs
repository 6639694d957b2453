//! The chain of roots, and another one that is configured: sections 6.2 and 6.4.

use anyhow::Result;
use serde_json::json;

use super::{FRESH, stated};
use crate::case::Observation;
use crate::cases::installer::story::{Story, failed, fresh, status, unavailable};
use crate::cases::writer::Writer;
use crate::simulator::{Key, NOTICES};

pub(super) fn roots(writer: &mut Writer) -> Result<()> {
    const ROTATED: &str = "gate/rotated-root";
    let first = stated();
    let mut rotated = first.clone();
    rotated.rotate(&[
        ("root", vec![Key::named("root 2")]),
        ("timestamp", vec![Key::named("timestamp 2")]),
    ]);
    Story::good(
        writer,
        &first,
        ROTATED,
        "the next root has other keys for root and timestamp",
        &["MOTD-GATE-8", "MOTD-BOOT-1", "MOTD-GATE-10"],
    )
    .serve_all_of(&rotated)
    .check(fresh(&["a"]))
    .write()?;
    let with_root = |bytes: Vec<u8>| {
        let mut site = rotated.site();
        site.insert("metadata/2.root.json".to_owned(), bytes);
        site
    };
    let signed_by = |keys: &[Key]| {
        let mut other = first.clone();
        other.keys = rotated.keys.clone();
        other.versions.insert("root".to_owned(), 2);
        other.signers.insert("root".to_owned(), keys.to_vec());
        other.sign_root(&[]);
        other
            .site()
            .get("metadata/2.root.json")
            .cloned()
            .unwrap_or_default()
    };
    let (old, new) = (Key::named("root 1"), Key::named("root 2"));
    for (id, fault, keys) in [
        (
            "root-by-new-keys",
            "the next root is signed by its own keys alone",
            vec![new.clone()],
        ),
        (
            "root-by-old-keys",
            "the next root is signed by the keys of the one before alone",
            vec![old.clone()],
        ),
        (
            "root-by-nobody",
            "the next root is signed by nobody",
            Vec::new(),
        ),
    ] {
        Story::bad(
            writer,
            &first,
            &format!("gate/{id}"),
            ROTATED,
            fault,
            &["MOTD-GATE-8", "MOTD-BOOT-1"],
        )
        .serve(&with_root(signed_by(&keys)))
        .check(failed("root", "signature-threshold"))
        .write()?;
    }
    for (id, fault, version) in [
        ("root-again", "the next root is version 1 again", 1),
        ("root-skipped", "the next root is version 3", 3),
    ] {
        let mut other = rotated.clone();
        other.edit("root", move |signed| signed["version"] = json!(version));
        other.sign_root(&[Key::named("root 1")]);
        let bytes = other
            .site()
            .get("metadata/2.root.json")
            .cloned()
            .unwrap_or_default();
        Story::bad(
            writer,
            &first,
            &format!("gate/{id}"),
            ROTATED,
            fault,
            &["MOTD-GATE-8"],
        )
        .serve(&with_root(bytes))
        .check(failed("root", "version-mismatch"))
        .write()?;
    }
    let mut without = rotated.clone();
    without.edit("root", |signed| {
        signed["roles"]
            .as_object_mut()
            .map(|roles| roles.remove("timestamp"));
    });
    without.sign_root(&[Key::named("root 1")]);
    let bytes = without
        .site()
        .get("metadata/2.root.json")
        .cloned()
        .unwrap_or_default();
    Story::bad(
        writer,
        &first,
        "gate/root-without-role",
        ROTATED,
        "the next root names no keys for the timestamp",
        &["MOTD-GATE-7"],
    )
    .serve(&with_root(bytes))
    .check(failed("root", "malformed"))
    .write()?;
    // Everything of another repository, under the configured root of this one.
    let mut stranger = stated();
    for (role, keys) in &mut stranger.keys {
        *keys = vec![Key::named(&format!("stranger {role}"))];
    }
    stranger.sign_root(&[]);
    Story::bad(
        writer,
        &first,
        "gate/stranger",
        FRESH,
        "a whole repository of somebody else",
        &["MOTD-BOOT-1", "MOTD-GATE-7", "MOTD-GATE-2"],
    )
    .serve_all_of(&stranger)
    .check(failed("timestamp", "signature-threshold"))
    .write()?;
    let other = writer.files.add(stranger.trusted_root());
    let configured = json!({ "source": { "root": { "$file": other } } });
    Story::bad(
        writer,
        &first,
        "gate/other-root-configured",
        FRESH,
        "another root is configured after a check, and the repository is what it was",
        &["MOTD-BOOT-1"],
    )
    .serve_all_of(&rotated)
    .check(fresh(&["a"]))
    .look(
        configured.clone(),
        failed("root", "signature-threshold"),
        Observation::default(),
    )
    .write()?;
    let mut far = first.clone();
    for role in ["timestamp", "snapshot", "targets", NOTICES] {
        far.versions.insert(role.to_owned(), 9);
    }
    Story::bad(
        writer,
        &first,
        "gate/other-root-lower",
        FRESH,
        "another root is configured after a check, whose repository is at lower versions",
        &["MOTD-BOOT-1"],
    )
    .serve_all_of(&far)
    .check(fresh(&["a"]))
    .serve_all_of(&stranger)
    .look(configured.clone(), fresh(&["a"]), Observation::default())
    .write()?;
    Story::bad(
        writer,
        &first,
        "gate/other-root-offline",
        FRESH,
        "another root is configured after a check, and nothing can be reached",
        &["MOTD-BOOT-1", "MOTD-GATE-4"],
    )
    .serve_all_of(&first)
    .check(fresh(&["a"]))
    .serve_all_of(&first)
    .answer("*", status(500))
    .look(
        configured,
        unavailable("root", "status"),
        Observation::default(),
    )
    .write()?;
    for code in [403, 404] {
        Story::good(
            writer,
            &first,
            &format!("gate/probe-{code}"),
            &format!("{code} for the next root is the end of the chain"),
            &["MOTD-GATE-10"],
        )
        .serve_all_of(&first)
        .answer("metadata/2.root.json", status(code))
        .check(fresh(&["a"]))
        .write()?;
    }
    for code in [400, 410, 500, 503] {
        Story::bad(
            writer,
            &first,
            &format!("gate/probe-{code}"),
            "gate/probe-404",
            &format!("{code} for the next root"),
            &["MOTD-GATE-10", "MOTD-GATE-6"],
        )
        .serve_all_of(&first)
        .answer("metadata/2.root.json", status(code))
        .check(unavailable("root", "status"))
        .write()?;
    }
    many_roots(writer)
}

/// MOTD-GATE-13: 256 roots in one run, and one more.
pub(super) fn many_roots(writer: &mut Writer) -> Result<()> {
    let mut repository = stated();
    for _ in 0..256 {
        repository.rotate(&[]);
    }
    let more = json!({ "deadline_milliseconds": 60_000 });
    Story::good(
        writer,
        &repository,
        "gate/256-roots",
        "256 roots in one run",
        &["MOTD-GATE-13"],
    )
    .serve_all_of(&repository)
    .look(more.clone(), fresh(&["a"]), Observation::default())
    .write()?;
    let first = repository.clone();
    repository.rotate(&[]);
    Story::bad(
        writer,
        &first,
        "gate/257-roots",
        "gate/256-roots",
        "one root more",
        &["MOTD-GATE-13"],
    )
    .serve_all_of(&repository)
    .look(
        more,
        failed("root", "too-many-roots"),
        Observation {
            not_requested: vec!["metadata/259.root.json".to_owned()],
            ..Observation::default()
        },
    )
    // What was accepted stays accepted, so the next run gets there.
    .look(
        json!({ "deadline_milliseconds": 60_000 }),
        fresh(&["a"]),
        Observation {
            not_requested: vec!["metadata/200.root.json".to_owned()],
            ..Observation::default()
        },
    )
    .write()
}
