//! What a hostile or broken repository leads to: one fault on a warm client that was well before.

use motd_client::transport::Answer;
use motd_core::Code;
use motd_server::author::raw;
use serde_json::{Value, json};

use crate::common::repo::{Repo, document, document_bytes, key, notice};
use crate::common::{DAY, HOUR, World, outcome, titles};

/// A fault: what it is called, what it does to the world, and what a check makes of it.
struct Case {
    name: &'static str,
    make: fn(&mut World),
    expected: &'static str,
    titles: &'static [&'static str],
}

const OLD: &[&str] = &["Hello"];
const NEW: &[&str] = &["News"];
const NONE: &[&str] = &[];

fn news() -> Value {
    document(&[notice("news", "News")])
}

/// Publishes the news after an edit of one role, which everything above it lists correctly.
fn edited(world: &mut World, role: &str, keys: &[u8], edit: impl FnOnce(&mut Value)) {
    world.repo.publish(&news());
    world.repo.edit_signed_by(role, keys, edit);
    match role {
        "timestamp" => {}
        "snapshot" => world.repo.stamp_with(|_| {}),
        _ => world.repo.list(),
    }
    world.serve();
}

fn expired(signed: &mut Value) {
    signed["expires"] = "2018-04-12T08:00:00Z".into();
}

const CASES: &[Case] = &[
    Case {
        name: "an honest publication",
        make: |world| edited(world, "motd", &[1, 2], |_| {}),
        expected: "fresh",
        titles: NEW,
    },
    Case {
        name: "nothing new",
        make: |_| {},
        expected: "fresh",
        titles: OLD,
    },
    // Signatures.
    Case {
        name: "timestamp signed by a stranger",
        make: |world| edited(world, "timestamp", &[10], |_| {}),
        expected: "none timestamp:signature-threshold",
        titles: NONE,
    },
    Case {
        name: "snapshot signed by a stranger",
        make: |world| edited(world, "snapshot", &[10], |_| {}),
        expected: "none snapshot:signature-threshold",
        titles: NONE,
    },
    Case {
        name: "targets signed by one of two",
        make: |world| edited(world, "targets", &[1], |_| {}),
        expected: "none targets:signature-threshold",
        titles: NONE,
    },
    Case {
        name: "notices signed by one of two",
        make: |world| edited(world, "motd", &[1], |_| {}),
        expected: "none delegation:signature-threshold",
        titles: NONE,
    },
    Case {
        name: "notices signed by the server's keys",
        make: |world| edited(world, "motd", &[4, 5], |_| {}),
        expected: "none delegation:signature-threshold",
        titles: NONE,
    },
    Case {
        name: "a forged signature of the second person",
        make: |world| {
            world.repo.publish(&news());
            world.repo.edit_signed_by("motd", &[1], |_| {});
            world.repo.sign_again_under("motd", &key(2).key_id());
            world.repo.list();
            world.serve();
        },
        expected: "none delegation:signature-threshold",
        titles: NONE,
    },
    Case {
        name: "the same signature twice under one key id",
        make: |world| {
            world.repo.publish(&news());
            world.repo.edit_signed_by("motd", &[1], |_| {});
            world.repo.sign_again_under("motd", &key(1).key_id());
            world.repo.list();
            world.serve();
        },
        expected: "none delegation:signature-threshold",
        titles: NONE,
    },
    Case {
        name: "one key under two ids in a delegation",
        make: |world| {
            world.repo.publish(&news());
            world.repo.edit("targets", |signed| {
                let one = key(1);
                // The same key, as a text: upper-case hexadecimal.
                let mut again = one.key_object();
                let public = again["keyval"]["public"].as_str().unwrap().to_uppercase();
                again["keyval"]["public"] = public.into();
                signed["delegations"]["keys"][one.key_id()] = one.key_object();
                signed["delegations"]["keys"]["again"] = again;
                signed["delegations"]["roles"][0]["keyids"] = json!([one.key_id(), "again"]);
            });
            world.repo.edit_signed_by("motd", &[1], |_| {});
            world.repo.sign_again_under("motd", "again");
            world.repo.list();
            world.serve();
        },
        expected: "none delegation:signature-threshold",
        titles: NONE,
    },
    Case {
        name: "one key under two ids, and a second person who signs",
        make: |world| {
            world.repo.publish(&news());
            world.repo.edit("targets", |signed| {
                signed["delegations"]["keys"]["again"] = key(1).key_object();
                signed["delegations"]["roles"][0]["keyids"]
                    .as_array_mut()
                    .unwrap()
                    .push("again".into());
            });
            world.repo.edit("motd", |_| {});
            world.repo.list();
            world.serve();
        },
        expected: "fresh",
        titles: NEW,
    },
    Case {
        name: "one key under two ids of the root's targets role",
        make: |world| {
            world.repo.publish(&news());
            world.repo.rotate(&[], |root| {
                root["keys"]["again"] = key(1).key_object();
                root["roles"]["targets"]["keyids"]
                    .as_array_mut()
                    .unwrap()
                    .push("again".into());
            });
            world.repo.edit_signed_by("targets", &[1], |_| {});
            world.repo.sign_again_under("targets", "again");
            world.repo.list();
            world.serve();
        },
        expected: "none targets:signature-threshold",
        titles: NONE,
    },
    // Roots.
    Case {
        name: "an honest new root",
        make: |world| {
            world.repo.rotate(&[], |_| {});
            world.repo.publish(&news());
            world.serve();
        },
        expected: "fresh",
        titles: NEW,
    },
    Case {
        name: "a next root that only one of two signed",
        make: |world| {
            world.repo.edit_signed_by("root", &[1], |_| {});
            world.serve();
        },
        expected: "none root:signature-threshold",
        titles: NONE,
    },
    Case {
        name: "a next root that the old keys did not sign",
        make: |world| {
            world.repo.edit_signed_by("root", &[10, 11], |root| {
                Repo::set_keys(root, "root", &[10, 11], 2);
            });
            world.serve();
        },
        expected: "none root:signature-threshold",
        titles: NONE,
    },
    Case {
        name: "a next root that its own keys did not sign",
        make: |world| {
            world
                .repo
                .rotate(&[], |root| Repo::set_keys(root, "root", &[10, 11], 2));
            world.serve();
        },
        expected: "none root:signature-threshold",
        titles: NONE,
    },
    Case {
        name: "a next root whose keys are one key under two ids",
        make: |world| {
            world.repo.rotate(&[10], |root| {
                Repo::set_keys(root, "root", &[10], 2);
                root["keys"]["again"] = key(10).key_object();
                root["roles"]["root"]["keyids"]
                    .as_array_mut()
                    .unwrap()
                    .push("again".into());
            });
            let mut file: Value = serde_json::from_slice(&world.repo.roles["root"]).unwrap();
            let signature = file["signatures"][2]["sig"].clone();
            file["signatures"]
                .as_array_mut()
                .unwrap()
                .push(json!({ "keyid": "again", "sig": signature }));
            world.repo.put("root", serde_json::to_vec(&file).unwrap());
            world.serve();
        },
        expected: "none root:signature-threshold",
        titles: NONE,
    },
    Case {
        name: "root 3 in the place of root 2",
        make: |world| {
            world.repo.rotate(&[], |root| root["version"] = 3.into());
            let bytes = world.repo.roles["root"].clone();
            world
                .repo
                .files
                .insert("metadata/2.root.json".to_owned(), bytes);
            world.serve();
        },
        expected: "none root:version-mismatch",
        titles: NONE,
    },
    Case {
        name: "an expired root",
        make: |world| {
            world.repo.rotate(&[], expired);
            world.serve();
        },
        expected: "none root:expired",
        titles: NONE,
    },
    Case {
        name: "more than 256 new roots",
        make: |world| {
            for _ in 0..257 {
                world.repo.rotate(&[], |_| {});
            }
            world.serve();
        },
        expected: "none root:too-many-roots",
        titles: NONE,
    },
    // Expiry.
    Case {
        name: "an expired timestamp",
        make: |world| edited(world, "timestamp", &[5], expired),
        expected: "none timestamp:expired",
        titles: NONE,
    },
    Case {
        name: "an expired snapshot",
        make: |world| edited(world, "snapshot", &[4], expired),
        expected: "none snapshot:expired",
        titles: NONE,
    },
    Case {
        name: "expired targets",
        make: |world| edited(world, "targets", &[1, 2], expired),
        expected: "none targets:expired",
        titles: NONE,
    },
    Case {
        name: "expired notices",
        make: |world| edited(world, "motd", &[1, 2], expired),
        expected: "none delegation:expired",
        titles: NONE,
    },
    Case {
        name: "notices that expire at the reference time",
        // The check is an hour after the start.
        make: |world| {
            edited(world, "motd", &[1, 2], |signed| {
                signed["expires"] = "2018-04-12T09:00:00Z".into();
            });
        },
        expected: "none delegation:expired",
        titles: NONE,
    },
    // Rollback.
    Case {
        name: "an older timestamp",
        make: |world| {
            edited(world, "timestamp", &[5], |signed| {
                signed["version"] = 1.into();
            });
        },
        expected: "cached timestamp:stale-mirror",
        titles: OLD,
    },
    Case {
        name: "an older timestamp that has expired too",
        make: |world| {
            edited(world, "timestamp", &[5], |signed| {
                signed["version"] = 1.into();
                expired(signed);
            });
        },
        expected: "cached timestamp:stale-mirror",
        titles: OLD,
    },
    Case {
        name: "a newer timestamp of an older snapshot",
        make: |world| {
            let bytes = world.repo.files["metadata/1.snapshot.json"].clone();
            edited(world, "timestamp", &[5], |signed| {
                signed["meta"]["snapshot.json"] = raw::meta_entry(1, &bytes);
            });
        },
        expected: "none timestamp:rollback",
        titles: NONE,
    },
    Case {
        name: "a newer snapshot of older notices",
        make: |world| {
            let bytes = world.repo.files["metadata/1.motd.json"].clone();
            edited(world, "snapshot", &[4], |signed| {
                signed["meta"]["motd.json"] = raw::meta_entry(1, &bytes);
            });
        },
        expected: "none snapshot:rollback",
        titles: NONE,
    },
    Case {
        name: "a newer snapshot of older targets",
        make: |world| {
            edited(world, "snapshot", &[4], |signed| {
                signed["meta"]["targets.json"]["version"] = 0.into();
            });
        },
        expected: "none snapshot:rollback",
        titles: NONE,
    },
    Case {
        name: "a snapshot without the notice role",
        make: |world| {
            edited(world, "snapshot", &[4], |signed| {
                signed["meta"].as_object_mut().unwrap().remove("motd.json");
            });
        },
        expected: "none snapshot:snapshot-removed",
        titles: NONE,
    },
    // Mix and match.
    Case {
        name: "notices of another version than the snapshot says",
        make: |world| {
            edited(world, "snapshot", &[4], |signed| {
                signed["meta"]["motd.json"] = json!({ "version": 9 });
            });
            let bytes = world.repo.roles["motd"].clone();
            world.network.put("metadata/9.motd.json", bytes);
        },
        expected: "none delegation:version-mismatch",
        titles: NONE,
    },
    Case {
        name: "a snapshot of another version than the timestamp says",
        make: |world| {
            edited(world, "timestamp", &[5], |signed| {
                signed["meta"]["snapshot.json"] = json!({ "version": 9 });
            });
            let bytes = world.repo.roles["snapshot"].clone();
            world.network.put("metadata/9.snapshot.json", bytes);
        },
        expected: "none snapshot:version-mismatch",
        titles: NONE,
    },
    Case {
        name: "notices with another hash than the snapshot says",
        make: |world| {
            world.repo.publish(&news());
            let mut bytes = world.repo.roles["motd"].clone();
            // White space between members: the signatures stay valid, the bytes do not.
            let position = bytes.iter().position(|byte| *byte == b'{').unwrap();
            bytes[position + 1] = b' ';
            world.serve();
            let version = world.repo.version("motd");
            let mut file: Value = serde_json::from_slice(&world.repo.roles["motd"]).unwrap();
            file["signatures"][0]["sig"] = file["signatures"][1]["sig"].clone();
            let other = serde_json::to_vec(&file).unwrap();
            assert_eq!(other.len(), world.repo.roles["motd"].len());
            world
                .network
                .put(&format!("metadata/{version}.motd.json"), other);
        },
        expected: "none delegation:hash-mismatch",
        titles: NONE,
    },
    Case {
        name: "notices that are shorter than the snapshot says",
        make: |world| {
            edited(world, "snapshot", &[4], |signed| {
                signed["meta"]["motd.json"]["length"] = 99_999.into();
            });
        },
        expected: "none delegation:length-mismatch",
        titles: NONE,
    },
    // Form.
    Case {
        name: "targets in the place of notices",
        make: |world| {
            edited(world, "snapshot", &[4], |signed| {
                signed["meta"]["motd.json"] = json!({ "version": 9 });
            });
            let bytes = world.repo.roles["timestamp"].clone();
            world.network.put("metadata/9.motd.json", bytes);
        },
        expected: "none delegation:wrong-type",
        titles: NONE,
    },
    Case {
        name: "the specification's next major version",
        make: |world| {
            edited(world, "timestamp", &[5], |signed| {
                signed["spec_version"] = "2.0.0".into();
            });
        },
        expected: "none timestamp:spec-version",
        titles: NONE,
    },
    Case {
        name: "a timestamp without a snapshot",
        make: |world| {
            edited(world, "timestamp", &[5], |signed| {
                signed["meta"] = json!({});
            });
        },
        expected: "none timestamp:malformed",
        titles: NONE,
    },
    Case {
        name: "a timestamp with a version that is a text",
        make: |world| {
            edited(world, "timestamp", &[5], |signed| {
                signed["version"] = "7".into();
            });
        },
        expected: "none timestamp:malformed",
        titles: NONE,
    },
    Case {
        name: "a duplicate member before the signed one",
        make: |world| {
            edited(world, "snapshot", &[4], |signed| {
                // Without hashes the snapshot does not fix the bytes, as PEP 458 recommends it.
                let version = signed["meta"]["motd.json"]["version"].clone();
                signed["meta"]["motd.json"] = json!({ "version": version });
            });
            let version = world.repo.version("motd");
            let bytes = String::from_utf8(world.repo.roles["motd"].clone()).unwrap();
            let evil = document(&[notice("evil", "Evil")]).to_string();
            let slipped = bytes.replacen("\"motd\":", &format!("\"motd\":{evil},\"motd\":"), 1);
            assert!(slipped.contains("Evil"));
            world
                .network
                .put(&format!("metadata/{version}.motd.json"), slipped);
        },
        expected: "fresh",
        titles: NEW,
    },
    // Delegations.
    Case {
        name: "a delegation to a role that the snapshot does not list",
        make: |world| {
            edited(world, "targets", &[1, 2], |signed| {
                let mut other = signed["delegations"]["roles"][0].clone();
                other["name"] = "absent".into();
                other["terminating"] = false.into();
                signed["delegations"]["roles"]
                    .as_array_mut()
                    .unwrap()
                    .insert(0, other);
            });
        },
        expected: "none delegation:malformed",
        titles: NONE,
    },
    Case {
        name: "a role listed twice",
        make: |world| {
            edited(world, "targets", &[1, 2], |signed| {
                let again = signed["delegations"]["roles"][0].clone();
                signed["delegations"]["roles"]
                    .as_array_mut()
                    .unwrap()
                    .push(again);
            });
        },
        expected: "none targets:malformed",
        titles: NONE,
    },
    Case {
        name: "more than 32 delegated roles on the way",
        make: |world| {
            world.repo.publish(&news());
            let mut role = world.repo.signed("motd");
            role["targets"] = json!({});
            role["version"] = 1.into();
            let first = world.repo.signed("targets")["delegations"]["roles"][0].clone();
            let mut roles = Vec::new();
            for number in 0..33 {
                let name = format!("other{number}");
                world.repo.put(&name, Repo::sign(&role, &[1, 2]));
                let mut delegation = first.clone();
                delegation["name"] = name.into();
                delegation["terminating"] = false.into();
                roles.push(delegation);
            }
            world.repo.edit("targets", |signed| {
                signed["delegations"]["roles"] = roles.into();
            });
            world.repo.list();
            world.serve();
        },
        expected: "none delegation:too-many-delegations",
        titles: NONE,
    },
    Case {
        name: "no delegation any more",
        make: |world| {
            edited(world, "targets", &[1, 2], |signed| {
                signed.as_object_mut().unwrap().remove("delegations");
            });
        },
        expected: "fresh",
        titles: NONE,
    },
    Case {
        name: "a notice role without the target",
        make: |world| {
            edited(world, "motd", &[1, 2], |signed| {
                signed["targets"] = json!({});
            });
        },
        expected: "fresh",
        titles: NONE,
    },
    // Carriers and documents.
    Case {
        name: "an empty document",
        make: |world| {
            world.repo.publish(&document(&[]));
            world.serve();
        },
        expected: "fresh",
        titles: NONE,
    },
    Case {
        name: "a document in a target file",
        make: |world| {
            world.repo.publish_file(&document_bytes(&news()));
            world.serve();
        },
        expected: "fresh",
        titles: NEW,
    },
    Case {
        name: "custom without the member is no document",
        make: |world| {
            let bytes = document_bytes(&news());
            world.repo.publish_entry(
                &raw::target_entry(&bytes, Some(json!({ "other": 1 }))),
                &bytes,
            );
            world.serve();
        },
        expected: "fresh",
        titles: NEW,
    },
    Case {
        name: "custom null decides",
        make: |world| {
            let bytes = document_bytes(&news());
            world.repo.publish_entry(
                &raw::target_entry(&bytes, Some(json!({ "motd": null }))),
                &bytes,
            );
            world.serve();
        },
        expected: "fresh document:carrier-length",
        titles: NONE,
    },
    Case {
        name: "custom that differs from its target",
        make: |world| {
            let bytes = document_bytes(&news());
            let other = document(&[notice("news", "Nows")]);
            world.repo.publish_entry(
                &raw::target_entry(&bytes, Some(json!({ "motd": other }))),
                &bytes,
            );
            world.serve();
        },
        expected: "fresh document:carrier-hash",
        titles: NONE,
    },
    Case {
        name: "custom without a known hash",
        make: |world| {
            let bytes = document_bytes(&news());
            let mut entry = raw::target_entry(&bytes, Some(json!({ "motd": news() })));
            entry["hashes"] = json!({ "md5": "d41d8cd98f00b204e9800998ecf8427e" });
            world.repo.publish_entry(&entry, &bytes);
            world.serve();
        },
        expected: "fresh document:carrier-no-hash",
        titles: NONE,
    },
    Case {
        name: "a target without a known hash",
        make: |world| {
            let bytes = document_bytes(&news());
            let mut entry = raw::target_entry(&bytes, None);
            entry["hashes"] = json!({ "sha256": "../../../../elsewhere" });
            world.repo.publish_entry(&entry, &bytes);
            world.serve();
        },
        expected: "none target:hash-mismatch",
        titles: NONE,
    },
    Case {
        name: "a target file with another hash",
        make: |world| {
            let bytes = document_bytes(&news());
            world.repo.publish_file(&bytes);
            world.serve();
            let other = document_bytes(&document(&[notice("news", "Nows")]));
            assert_eq!(other.len(), bytes.len());
            world
                .network
                .put(&raw::target_file("motd/notices.json", &bytes), other);
        },
        expected: "none target:hash-mismatch",
        titles: NONE,
    },
    Case {
        name: "a target file that is too short",
        make: |world| {
            let bytes = document_bytes(&news());
            world.repo.publish_file(&bytes);
            world.serve();
            world
                .network
                .put(&raw::target_file("motd/notices.json", &bytes), &bytes[..20]);
        },
        expected: "none target:length-mismatch",
        titles: NONE,
    },
    Case {
        name: "a target file that is not there",
        make: |world| {
            world.repo.publish_file(&document_bytes(&news()));
            world.serve();
            world
                .network
                .answer("notices.json", 9, Ok(Answer::NotFound));
        },
        expected: "cached target:status",
        titles: OLD,
    },
    Case {
        name: "a target that says it is larger than a document",
        make: |world| {
            let bytes = document_bytes(&news());
            let mut entry = raw::target_entry(&bytes, None);
            entry["length"] = 65_537.into();
            world.repo.publish_entry(&entry, &bytes);
            world.serve();
        },
        expected: "fresh document:document-too-large",
        titles: NONE,
    },
    Case {
        name: "a target file with a line feed at its end",
        make: |world| {
            let mut bytes = document_bytes(&news());
            bytes.push(b'\n');
            world.repo.publish_file(&bytes);
            world.serve();
        },
        expected: "fresh document:not-document-bytes",
        titles: NONE,
    },
    Case {
        name: "the role of a staging repository",
        make: |world| {
            let mut staging = news();
            staging["repository"] = "staging.example.org".into();
            world.repo.publish(&staging);
            world.serve();
        },
        expected: "fresh document:repository-mismatch",
        titles: NONE,
    },
    // Unavailable.
    Case {
        name: "a server that is gone",
        make: |world| world.network.fail("", Code::Connect),
        expected: "cached root:connect",
        titles: OLD,
    },
    Case {
        name: "an error for the next root",
        make: |world| world.network.fail("root.json", Code::Status),
        expected: "cached root:status",
        titles: OLD,
    },
    Case {
        name: "403 for the next root",
        make: |world| world.network.answer("root.json", 9, Ok(Answer::Forbidden)),
        expected: "fresh",
        titles: OLD,
    },
    Case {
        name: "403 for the timestamp",
        make: |world| {
            world
                .network
                .answer("timestamp.json", 9, Ok(Answer::Forbidden));
        },
        expected: "cached timestamp:status",
        titles: OLD,
    },
    Case {
        name: "a time-out at the snapshot",
        make: |world| {
            edited(world, "motd", &[1, 2], |_| {});
            world.network.fail("snapshot.json", Code::Timeout);
        },
        expected: "cached snapshot:timeout",
        titles: OLD,
    },
    Case {
        name: "notices that are cut short",
        make: |world| {
            edited(world, "motd", &[1, 2], |_| {});
            world.network.fail("motd.json", Code::Truncated);
        },
        expected: "cached delegation:truncated",
        titles: OLD,
    },
    Case {
        name: "notices that are not there, twice",
        make: |world| {
            edited(world, "motd", &[1, 2], |_| {});
            world.network.answer("motd.json", 2, Ok(Answer::NotFound));
        },
        expected: "cached delegation:status",
        titles: OLD,
    },
    Case {
        name: "notices that are not there, once",
        make: |world| {
            edited(world, "motd", &[1, 2], |_| {});
            world.network.answer("motd.json", 1, Ok(Answer::NotFound));
        },
        expected: "fresh",
        titles: NEW,
    },
    Case {
        name: "a captive portal",
        make: |world| {
            world.network.answer(
                "",
                9,
                Ok(Answer::Body(b"<html>Please sign in</html>".to_vec())),
            );
        },
        expected: "cached root:not-metadata",
        titles: OLD,
    },
    Case {
        name: "a captive portal from the snapshot on",
        make: |world| {
            edited(world, "motd", &[1, 2], |_| {});
            world.network.answer(
                "snapshot.json",
                9,
                Ok(Answer::Body(b"{\"login\":\"please\"}".to_vec())),
            );
        },
        expected: "cached snapshot:not-metadata",
        titles: OLD,
    },
    Case {
        name: "a snapshot that says it is larger than the limit",
        make: |world| {
            edited(world, "timestamp", &[5], |signed| {
                signed["meta"]["snapshot.json"]["length"] = 2_000_001.into();
            });
        },
        expected: "cached snapshot:too-long",
        titles: OLD,
    },
];

#[tokio::test]
async fn every_fault_has_its_outcome() {
    let mut wrong = Vec::new();
    for case in CASES {
        let mut world = World::warm().await;
        (case.make)(&mut world);
        let report = world.check(HOUR).await;
        let found = (outcome(&report), titles(&report));
        let status = match found.0.split_once(' ') {
            None | Some(("cached", _)) => 0,
            Some(("fresh", _)) => 5,
            Some(_) => 3,
        };
        assert_eq!(report.exit_status(), status, "{}", case.name);
        if found.0 != case.expected || found.1 != case.titles {
            wrong.push(format!(
                "{}: {} {:?}, not {} {:?}",
                case.name, found.0, found.1, case.expected, case.titles
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(CASES.len() >= 60);
}

#[tokio::test]
async fn a_verification_failure_says_nothing_and_the_next_honest_run_does() {
    let mut world = World::warm().await;
    edited(&mut world, "motd", &[10, 11], |_| {});
    assert_eq!(
        outcome(&world.check(HOUR).await),
        "none delegation:signature-threshold"
    );
    // The complete set is still whole.
    world.network.fail("", Code::Connect);
    assert_eq!(titles(&world.check(HOUR).await), OLD);
    world.network.heal();
    edited(&mut world, "motd", &[1, 2], |_| {});
    let report = world.check(HOUR).await;
    assert_eq!(
        (outcome(&report).as_str(), titles(&report)),
        ("fresh", vec!["News".to_owned()])
    );
}

#[tokio::test]
async fn cached_ends_with_the_first_role_that_expires() {
    let world = World::warm().await;
    world.network.fail("", Code::Connect);
    // The timestamp lives for one day.
    assert_eq!(outcome(&world.check(DAY - 1).await), "cached root:connect");
    let report = world.check(DAY).await;
    assert_eq!(outcome(&report), "none root:connect");
    assert_eq!(titles(&report), NONE);
}

#[tokio::test]
async fn a_root_that_revokes_the_timestamp_key_revokes_the_cached_set() {
    let mut world = World::warm().await;
    world
        .repo
        .rotate(&[], |root| Repo::set_keys(root, "timestamp", &[12], 1));
    world.serve();
    world.network.fail("timestamp.json", Code::Connect);
    assert_eq!(outcome(&world.check(HOUR).await), "none timestamp:connect");
}

#[tokio::test]
async fn a_timestamp_fetched_beside_a_new_root_is_fetched_once_more() {
    let mut world = World::warm().await;
    let old = world.repo.files["metadata/timestamp.json"].clone();
    world
        .repo
        .rotate(&[], |root| Repo::set_keys(root, "timestamp", &[12], 1));
    world.repo.edit_signed_by("timestamp", &[12], |_| {});
    world.serve();
    world
        .network
        .answer("timestamp.json", 1, Ok(Answer::Body(old)));
    assert_eq!(outcome(&world.check(HOUR).await), "fresh");
}

#[tokio::test]
async fn a_warm_check_asks_twice_and_an_update_for_what_changed() {
    let mut world = World::warm().await;
    world.network.requests();
    world.check(HOUR).await;
    assert_eq!(
        world.network.requests(),
        ["metadata/2.root.json", "metadata/timestamp.json"]
    );

    world.repo.publish(&news());
    world.serve();
    let report = world.check(HOUR).await;
    assert_eq!(titles(&report), NEW);
    let snapshot = format!("metadata/{}.snapshot.json", world.repo.version("snapshot"));
    let notices = format!("metadata/{}.motd.json", world.repo.version("motd"));
    let expected = [
        "metadata/2.root.json",
        "metadata/timestamp.json",
        &snapshot,
        &notices,
    ];
    assert_eq!(world.network.requests(), expected);
    assert_eq!(report.requests, 4);

    // A snapshot of other roles: the notices are verified again from the store.
    world.repo.list();
    world.serve();
    world.check(HOUR).await;
    assert_eq!(world.network.requests().len(), 3);
}

#[tokio::test]
async fn a_publication_between_two_requests_is_taken_in() {
    let mut world = World::warm().await;
    world.repo.publish(&document(&[notice("first", "First")]));
    world.serve();
    world.repo.publish(&news());
    let old: Vec<String> = world
        .repo
        .files
        .keys()
        .filter(|path| path.ends_with("snapshot.json"))
        .cloned()
        .collect();
    let newest = format!("metadata/{}.snapshot.json", world.repo.version("snapshot"));
    for path in old.iter().filter(|path| **path != newest) {
        world.repo.files.remove(path);
    }
    // The third request, for the snapshot, already goes to a server that has swept the old one.
    world.network.serve_later(3, &world.repo);
    let report = world.check(HOUR).await;
    assert_eq!(
        (outcome(&report).as_str(), titles(&report)),
        ("fresh", vec!["News".to_owned()])
    );
}

#[tokio::test]
async fn without_state_a_run_is_fresh_and_never_cached() {
    let mut world = World::new();
    let mut config = world.config(0);
    config.state_dir = None;
    let report = motd_client::check(&config).await;
    assert_eq!(
        (outcome(&report).as_str(), titles(&report)),
        ("fresh", vec!["Hello".to_owned()])
    );
    world.network.fail("", Code::Connect);
    assert_eq!(
        outcome(&motd_client::check(&config).await),
        "none root:connect"
    );
    world.network.heal();
    world.repo.publish(&news());
}

#[tokio::test]
async fn a_configured_root_that_is_none_is_a_failure_of_the_root() {
    let mut world = World::warm().await;
    world.root = b"{}".to_vec();
    assert_eq!(outcome(&world.check(HOUR).await), "none root:not-metadata");
    assert_eq!(
        world.network.requests().len(),
        6,
        "nothing was asked after the first check"
    );
}

#[tokio::test]
async fn exit_statuses_beside_the_table() {
    let mut world = World::new();
    world.network.fail("", Code::Connect);
    assert_eq!(world.check(0).await.exit_status(), 4);
    world.network.heal();
    // A notice, or one language of it, that is refused hides nothing else and is no failure of the check.
    let mut bad = notice("bad", "Bad");
    bad["revision"] = 0.into();
    let mut half = notice("half", "Half");
    half["text"]["fr"] = json!({ "title": "", "body": [] });
    for refused in [bad, half] {
        world
            .repo
            .publish(&document(&[notice("news", "News"), refused]));
        world.serve();
        let report = world.check(HOUR).await;
        assert_eq!(
            (outcome(&report).as_str(), report.exit_status()),
            ("fresh", 0)
        );
        assert_eq!(titles(&report)[0], "News");
    }
}
