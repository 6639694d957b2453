//! Who signed what, and in which form: section 6.4.

use anyhow::Result;
use serde_json::{Value, json};

use super::{ROLES, cold, stated};
use crate::cases::installer::story::{Story, failed, fresh};
use crate::cases::writer::Writer;
use crate::simulator::{Key, NOTICES, Repository};

pub(super) fn signatures(writer: &mut Writer) -> Result<()> {
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

pub(super) fn forms(writer: &mut Writer) -> Result<()> {
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
    type Edit = fn(&mut Value);
    let paths: [(&str, &str, Edit); 2] = [
        ("both", "both `paths` and `path_hash_prefixes`", |role| {
            role["path_hash_prefixes"] = json!(["00"]);
        }),
        (
            "neither",
            "neither `paths` nor `path_hash_prefixes`",
            |role| {
                role.as_object_mut().map(|members| members.remove("paths"));
            },
        ),
    ];
    for (id, what, edit) in paths {
        cold(
            writer,
            &format!("gate/malformed-delegated-{id}"),
            &format!("targets delegates to the role for notices with {what}"),
            &["MOTD-GATE-7"],
            failed("targets", "malformed"),
            |repository| {
                repository.edit("targets", move |signed| {
                    edit(&mut signed["delegations"]["roles"][0]);
                });
            },
        )?;
    }
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
