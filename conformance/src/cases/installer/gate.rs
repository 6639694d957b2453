//! Metadata: what verifies, and every way in which it does not. Sections 6.3 and 6.4.

use anyhow::Result;
use serde_json::{Value, json};

use super::story::{
    Story, cached, failed, fresh, long_lived, path, repository, republish, status, unavailable,
};
use crate::case::{Disturbance, Observation};
use crate::cases::document::notice;
use crate::cases::writer::Writer;
use crate::simulator::{Delegation, Key, NOTICES, PATH, Repository};

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
    signatures(writer)?;
    forms(writer)?;
    expiry(writer)?;
    links(writer)?;
    rollbacks(writer)?;
    roots(writer)?;
    searches(writer)?;
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

fn signatures(writer: &mut Writer) -> Result<()> {
    for (role, stage) in ROLES {
        cold(
            writer,
            &format!("gate/other-key-{role}"),
            &format!("{role} is signed by a key that nobody named"),
            &["MOTD-GATE-7"],
            failed(stage, "signature-threshold"),
            |repository| {
                repository
                    .signers
                    .insert(role.to_owned(), vec![Key::named("nobody")]);
            },
        )?;
        cold(
            writer,
            &format!("gate/unsigned-{role}"),
            &format!("{role} has no signature"),
            &["MOTD-GATE-7"],
            failed(stage, "signature-threshold"),
            |repository| {
                repository.signers.insert(role.to_owned(), Vec::new());
            },
        )?;
        // Signed, and changed afterwards: the signature is there, and is not one of this.
        cold(
            writer,
            &format!("gate/changed-{role}"),
            &format!("{role} was changed after it was signed"),
            &["MOTD-GATE-7"],
            failed(stage, "signature-threshold"),
            |repository| {
                repository.mangle(role, |bytes| replaced(bytes, "T00:00:00Z", "T00:00:01Z"));
            },
        )?;
    }
    for (role, stage) in [("timestamp", "timestamp"), (NOTICES, "delegation")] {
        let two = |repository: &mut Repository| {
            let keys = vec![
                Key::named(&format!("{role} 1")),
                Key::named(&format!("{role} 2")),
            ];
            repository.keys.insert(role.to_owned(), keys);
            repository.thresholds.insert(role.to_owned(), 2);
            repository.sign_root(&[]);
        };
        let base = format!("gate/two-of-two-{role}");
        let mut good = stated();
        two(&mut good);
        Story::good(
            writer,
            &good,
            &base,
            &format!("{role} needs two signatures, and has them"),
            &["MOTD-GATE-7", "MOTD-DEL-5"],
        )
        .serve_all_of(&good)
        .check(fresh(&["a"]))
        .write()?;
        let mut single = good.clone();
        single
            .signers
            .insert(role.to_owned(), vec![Key::named(&format!("{role} 1"))]);
        Story::bad(
            writer,
            &single,
            &format!("gate/one-of-two-{role}"),
            &base,
            &format!("{role} needs two signatures, and has one"),
            &["MOTD-GATE-7"],
        )
        .serve_all_of(&single)
        .check(failed(stage, "signature-threshold"))
        .write()?;
        let mut twice = good.clone();
        let key = Key::named(&format!("{role} 1"));
        twice.keys.insert(
            role.to_owned(),
            vec![key.clone(), key.respelled("the same key once more")],
        );
        twice.sign_root(&[]);
        Story::bad(
            writer,
            &twice,
            &format!("gate/one-key-twice-{role}"),
            &base,
            &format!("{role} needs two signatures, and one key makes both under two key ids"),
            &["MOTD-DEL-5", "MOTD-GATE-7"],
        )
        .serve_all_of(&twice)
        .check(failed(stage, "signature-threshold"))
        .write()?;
    }
    Ok(())
}

fn replaced(bytes: Vec<u8>, from: &str, to: &str) -> Vec<u8> {
    match String::from_utf8(bytes) {
        Ok(text) => text.replacen(from, to, 1).into_bytes(),
        Err(error) => error.into_bytes(),
    }
}

fn forms(writer: &mut Writer) -> Result<()> {
    for (role, stage) in ROLES {
        cold(
            writer,
            &format!("gate/wrong-type-{role}"),
            &format!("{role} says that it is another role"),
            &["MOTD-GATE-7"],
            failed(stage, "wrong-type"),
            |repository| {
                repository.edit(role, move |signed| {
                    signed["_type"] = json!(if role == "snapshot" {
                        "timestamp"
                    } else {
                        "snapshot"
                    });
                });
            },
        )?;
        cold(
            writer,
            &format!("gate/spec-version-{role}"),
            &format!("{role} is of TUF 2.0.0"),
            &["MOTD-GATE-7"],
            failed(stage, "spec-version"),
            |repository| {
                repository.edit(role, |signed| signed["spec_version"] = json!("2.0.0"));
            },
        )?;
        type Edit = fn(&mut Value);
        let edits: [(&str, &str, Edit); 3] = [
            ("no-version", "has no version", |signed| {
                signed
                    .as_object_mut()
                    .map(|members| members.remove("version"));
            }),
            ("version-text", "has a version that is a text", |signed| {
                signed["version"] = json!("1");
            }),
            ("expires", "expires at what is no time", |signed| {
                signed["expires"] = json!("next Friday");
            }),
        ];
        for (id, fault, edit) in edits {
            cold(
                writer,
                &format!("gate/malformed-{id}-{role}"),
                &format!("{role} {fault}"),
                &["MOTD-GATE-7"],
                failed(stage, "malformed"),
                |repository| {
                    repository.edit(role, edit);
                },
            )?;
        }
    }
    for (role, stage) in ROLES {
        cold(
            writer,
            &format!("gate/malformed-signed-twice-{role}"),
            &format!("{role} has two signatures of one key id"),
            &["MOTD-GATE-7"],
            failed(stage, "malformed"),
            |repository| {
                let key = Key::named(&format!("{role} 1"));
                repository
                    .signers
                    .insert(role.to_owned(), vec![key.clone(), key]);
            },
        )?;
    }
    cold(
        writer,
        "gate/malformed-spec-version",
        "the timestamp is of TUF 1.0.x",
        &["MOTD-GATE-7"],
        failed("timestamp", "malformed"),
        |repository| {
            repository.edit("timestamp", |signed| {
                signed["spec_version"] = json!("1.0.x");
            });
        },
    )?;
    cold(
        writer,
        "gate/listed-at-0",
        "the snapshot lists the role for notices at version 0",
        &["MOTD-GATE-7"],
        failed("snapshot", "malformed"),
        |repository| {
            repository.edit("snapshot", |signed| {
                signed["meta"]["motd.json"]["version"] = json!(0);
            });
        },
    )?;
    cold(
        writer,
        "gate/snapshot-at-0",
        "the timestamp lists the snapshot at version 0",
        &["MOTD-GATE-7"],
        failed("timestamp", "malformed"),
        |repository| {
            repository.edit("timestamp", |signed| {
                signed["meta"]["snapshot.json"]["version"] = json!(0);
            });
        },
    )?;
    cold(
        writer,
        "gate/malformed-delegated-twice",
        "targets delegates to one role twice",
        &["MOTD-GATE-7"],
        failed("targets", "malformed"),
        |repository| {
            repository.edit("targets", |signed| {
                let first = signed["delegations"]["roles"][0].clone();
                signed["delegations"]["roles"] = json!([first, first]);
            });
        },
    )?;
    cold(
        writer,
        "gate/malformed-delegated-top-level",
        "targets delegates to a role called snapshot",
        &["MOTD-GATE-7"],
        failed("targets", "malformed"),
        |repository| {
            repository.edit("targets", |signed| {
                signed["delegations"]["roles"][0]["name"] = json!("snapshot");
            });
        },
    )
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

/// What one role says of another: versions, hashes, lengths.
fn links(writer: &mut Writer) -> Result<()> {
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

fn rollbacks(writer: &mut Writer) -> Result<()> {
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

fn roots(writer: &mut Writer) -> Result<()> {
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
fn many_roots(writer: &mut Writer) -> Result<()> {
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

/// A chain of delegations of `motd/*`, of which the last lists the document.
fn chain(length: usize) -> Repository {
    let mut repository = stated();
    let entries = repository.entries.remove(NOTICES).unwrap_or_default();
    let name = |number: usize| {
        if number == 1 {
            NOTICES.to_owned()
        } else {
            format!("motd-{number}")
        }
    };
    for number in 2..=length {
        let role = name(number);
        repository
            .keys
            .insert(role.clone(), vec![Key::named(&role)]);
        repository.versions.insert(role.clone(), 1);
        repository
            .expires
            .insert(role.clone(), "2026-11-25T00:00:00Z".to_owned());
        let delegation = Delegation {
            role,
            paths: vec!["motd/*".to_owned()],
            terminating: true,
        };
        repository
            .delegations
            .insert(name(number - 1), vec![delegation]);
    }
    repository.entries.insert(name(length), entries);
    repository
}

fn searches(writer: &mut Writer) -> Result<()> {
    let good = chain(32);
    Story::good(
        writer,
        &good,
        "gate/32-roles",
        "the document is in the 32nd role",
        &["MOTD-GATE-15"],
    )
    .serve_all_of(&good)
    .check(fresh(&["a"]))
    .write()?;
    let more = chain(33);
    Story::bad(
        writer,
        &more,
        "gate/33-roles",
        "gate/32-roles",
        "it is in the 33rd",
        &["MOTD-GATE-15"],
    )
    .serve_all_of(&more)
    .check(failed("delegation", "too-many-delegations"))
    .write()?;
    // Another role that got another path says something about the reserved one.
    let mut shadow = stated();
    shadow
        .keys
        .insert("packages".to_owned(), vec![Key::named("packages 1")]);
    shadow.versions.insert("packages".to_owned(), 1);
    shadow
        .expires
        .insert("packages".to_owned(), "2026-11-25T00:00:00Z".to_owned());
    let of_packages = Delegation {
        role: "packages".to_owned(),
        paths: vec!["simple/*".to_owned()],
        terminating: false,
    };
    shadow
        .delegations
        .entry("targets".to_owned())
        .or_default()
        .insert(0, of_packages);
    let evil = crate::simulator::canonical(&crate::cases::document::document(&[notice(
        "evil", "critical",
    )]));
    let mut entry = shadow.clone();
    entry.set_target("packages", PATH, evil);
    let entry = entry.entries.get("packages").cloned().unwrap_or_default();
    shadow.entries.insert("packages".to_owned(), entry);
    Story::bad(
        writer,
        &shadow,
        "gate/other-role",
        FRESH,
        "a role that was given other paths lists the reserved one",
        &["MOTD-CARRY-1", "MOTD-GATE-7"],
    )
    .serve_all_of(&shadow)
    .check(fresh(&["a"]))
    .write()?;
    let mut unlisted = stated();
    unlisted.edit("snapshot", |signed| {
        signed["meta"]
            .as_object_mut()
            .map(|meta| meta.remove("motd.json"));
    });
    Story::bad(
        writer,
        &unlisted,
        "gate/unlisted",
        FRESH,
        "the snapshot does not list the role for notices",
        &["MOTD-GATE-7"],
    )
    .serve_all_of(&unlisted)
    .check(failed("delegation", "version-mismatch"))
    .write()
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
