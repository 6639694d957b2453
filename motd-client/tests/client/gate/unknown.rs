//! What a version of tomorrow, or another tool, puts beside what is known.

use serde_json::{Value, json};

use super::{GateCase, NEW, NONE, edited, news};
use motd_server::publish::metadata::write;
use motd_test_support::Simulation;
use motd_test_support::repo::{RepositorySimulator, document_bytes, key};

/// Something that nobody here knows.
fn opaque() -> Value {
    json!({ "a": [null, true, -1, "x", { "b": {} }], "motd": "no", "signed": {} })
}

/// Publishes news whose roles and envelopes all have members that nobody knows.
fn opaque_everywhere(world: &mut Simulation) {
    world.repo.rotate(&[], |root| {
        root["x-opaque"] = opaque();
        root["keys"][key(1).key_id()]["x-opaque"] = opaque();
        root["roles"]["targets"]["x-opaque"] = opaque();
        root["roles"]["mirrors"] = json!({ "keyids": [key(1).key_id()], "threshold": 1 });
    });
    world.repo.publish(&news());
    world.repo.edit("motd", |signed| {
        signed["x-opaque"] = opaque();
        signed["targets"]["motd/notices.json"]["x-opaque"] = opaque();
    });
    world.repo.edit("targets", |signed| {
        signed["x-opaque"] = opaque();
        signed["delegations"]["x-opaque"] = opaque();
        signed["delegations"]["roles"][0]["x-opaque"] = opaque();
    });
    world.repo.list_with(
        |signed| {
            signed["x-opaque"] = opaque();
            signed["meta"]["motd.json"]["x-opaque"] = opaque();
        },
        |signed| {
            signed["x-opaque"] = opaque();
            signed["meta"]["snapshot.json"]["x-opaque"] = opaque();
            signed["meta"]["mirrors.json"] = json!({ "version": 1 });
        },
    );
    let mut file: Value = serde_json::from_slice(&world.repo.roles["timestamp"]).unwrap();
    file["x-opaque"] = opaque();
    file["signatures"][0]["x-opaque"] = opaque();
    world
        .repo
        .replace_role("timestamp", serde_json::to_vec(&file).unwrap());
    world.serve();
}

/// Publishes news with another key object for a key that signs nothing.
fn key_beside(world: &mut Simulation, object: Value) {
    edited(world, "targets", &[1, 2], |signed| {
        let id = "be51de".repeat(11)[..64].to_owned();
        signed["delegations"]["keys"][&id] = object;
        signed["delegations"]["roles"][0]["keyids"]
            .as_array_mut()
            .unwrap()
            .push(id.into());
    });
}

pub(super) const CASES: &[GateCase] = &[
    GateCase {
        name: "members that nobody knows, everywhere",
        make: opaque_everywhere,
        expected: "fresh",
        titles: NEW,
    },
    GateCase {
        name: "a hash algorithm that nobody knows, of the snapshot",
        make: |world| {
            edited(world, "timestamp", &[5], |signed| {
                signed["meta"]["snapshot.json"]["hashes"]["blake2b-256"] = "00".into();
            });
        },
        expected: "fresh",
        titles: NEW,
    },
    GateCase {
        name: "a hash algorithm that nobody knows, of the notices",
        make: |world| {
            edited(world, "snapshot", &[4], |signed| {
                signed["meta"]["motd.json"]["hashes"]["sha3-512"] = "not hexadecimal".into();
            });
        },
        expected: "fresh",
        titles: NEW,
    },
    GateCase {
        name: "a hash algorithm that nobody knows, of the target file",
        make: |world| {
            let bytes = document_bytes(&news());
            let mut entry = write::target_entry(&bytes, None);
            entry["hashes"]["gost"] = "".into();
            world.repo.publish_entry(&entry, &bytes);
            world.serve();
        },
        expected: "fresh",
        titles: NEW,
    },
    GateCase {
        name: "a hash algorithm that nobody knows, and no other",
        make: |world| {
            edited(world, "snapshot", &[4], |signed| {
                signed["meta"]["motd.json"]["hashes"] = json!({ "blake2b-256": "00" });
            });
        },
        expected: "none delegation:hash-mismatch",
        titles: NONE,
    },
    GateCase {
        name: "a second known hash that is wrong, of the snapshot",
        make: |world| {
            edited(world, "timestamp", &[5], |signed| {
                signed["meta"]["snapshot.json"]["hashes"]["sha512"] = "00".repeat(64).into();
            });
        },
        expected: "none snapshot:hash-mismatch",
        titles: NONE,
    },
    GateCase {
        name: "a second known hash that is wrong, of the notices",
        make: |world| {
            edited(world, "snapshot", &[4], |signed| {
                signed["meta"]["motd.json"]["hashes"]["sha512"] = "00".repeat(64).into();
            });
        },
        expected: "none delegation:hash-mismatch",
        titles: NONE,
    },
    GateCase {
        name: "a second known hash that is wrong, of the target file",
        make: |world| {
            let bytes = document_bytes(&news());
            let mut entry = write::target_entry(&bytes, None);
            entry["hashes"]["sha512"] = "00".repeat(64).into();
            world.repo.publish_entry(&entry, &bytes);
            world.serve();
        },
        expected: "none target:hash-mismatch",
        titles: NONE,
    },
    GateCase {
        name: "a key of a type that nobody knows",
        make: |world| {
            let value = json!({ "public": "AAAA" });
            key_beside(
                world,
                json!({ "keytype": "ml-dsa", "scheme": "ml-dsa-99", "keyval": value }),
            );
        },
        expected: "fresh",
        titles: NEW,
    },
    GateCase {
        name: "a known key with a scheme that nobody knows",
        make: |world| {
            let mut object = key(3).key_object();
            object["scheme"] = "ed25519ph".into();
            key_beside(world, object);
        },
        expected: "fresh",
        titles: NEW,
    },
    GateCase {
        name: "a key that is no key",
        make: |world| {
            let mut object = key(3).key_object();
            object["keyval"]["public"] = "zz".into();
            key_beside(world, object);
        },
        expected: "fresh",
        titles: NEW,
    },
    GateCase {
        name: "a signature of a key that nobody knows, and one that is no signature",
        make: |world| {
            world.repo.publish(&news());
            world.repo.edit_signed_by("motd", &[10, 1, 2, 3], |_| {});
            let mut file: Value = serde_json::from_slice(&world.repo.roles["motd"]).unwrap();
            file["signatures"][3]["sig"] = "zz".into();
            world
                .repo
                .replace_role("motd", serde_json::to_vec(&file).unwrap());
            world.repo.list();
            world.serve();
        },
        expected: "fresh",
        titles: NEW,
    },
    GateCase {
        name: "a placeholder for the signature of a third person",
        make: |world| {
            world.repo.publish(&news());
            world.repo.edit_signed_by("motd", &[1, 2, 3], |_| {});
            let mut file: Value = serde_json::from_slice(&world.repo.roles["motd"]).unwrap();
            file["signatures"][2]["sig"] = "".into();
            world
                .repo
                .replace_role("motd", serde_json::to_vec(&file).unwrap());
            world.repo.list();
            world.serve();
        },
        expected: "fresh",
        titles: NEW,
    },
    GateCase {
        name: "a specification of tomorrow, same major version",
        make: |world| {
            edited(world, "motd", &[1, 2], |signed| {
                signed["spec_version"] = "1.99.7".into();
            });
        },
        expected: "fresh",
        titles: NEW,
    },
    GateCase {
        name: "a repository without consistent snapshots",
        make: |world| {
            world
                .repo
                .rotate(&[], |root| root["consistent_snapshot"] = false.into());
            world.repo.publish_file(&document_bytes(&news()));
            for role in ["snapshot", "targets", "motd"] {
                let bytes = world.repo.roles[role].clone();
                world
                    .repo
                    .files
                    .insert(format!("metadata/{role}.json"), bytes);
            }
            let path = "targets/motd/notices.json".to_owned();
            world.repo.files.insert(path, document_bytes(&news()));
            world.serve();
        },
        expected: "fresh",
        titles: NEW,
    },
    GateCase {
        name: "a root that gives a role a key which is not there",
        make: |world| {
            world.repo.publish(&news());
            world.repo.rotate(&[], |root| {
                RepositorySimulator::set_keys(root, "timestamp", &[12], 1);
                root["keys"]
                    .as_object_mut()
                    .unwrap()
                    .remove(&key(12).key_id());
            });
            world.repo.edit_signed_by("timestamp", &[12], |_| {});
            world.serve();
        },
        expected: "none timestamp:signature-threshold",
        titles: NONE,
    },
];

#[tokio::test]
async fn what_nobody_knows_has_its_outcome() {
    super::require_outcomes(CASES).await;
}
