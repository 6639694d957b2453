//! Nothing is wrong, or nothing that a client may mind.

use motd_client::transport::FileResponse;
use motd_server::publish::metadata::write;
use serde_json::json;

use super::{GateCase, NEW, NONE, OLD, edited, news};
use motd_test_support::repo::{document, document_bytes, key, notice};

pub(super) const CASES: &[GateCase] = &[
    GateCase {
        name: "an honest publication",
        make: |world| edited(world, "motd", &[1, 2], |_| {}),
        expected: "fresh",
        titles: NEW,
    },
    GateCase {
        name: "nothing new",
        make: |_| {},
        expected: "fresh",
        titles: OLD,
    },
    GateCase {
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
    GateCase {
        name: "an honest new root",
        make: |world| {
            world.repo.rotate(&[], |_| {});
            world.repo.publish(&news());
            world.serve();
        },
        expected: "fresh",
        titles: NEW,
    },
    GateCase {
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
                .replace_file(&format!("metadata/{version}.motd.json"), slipped);
        },
        expected: "fresh",
        titles: NEW,
    },
    GateCase {
        name: "no delegation any more",
        make: |world| {
            edited(world, "targets", &[1, 2], |signed| {
                signed.as_object_mut().unwrap().remove("delegations");
            });
        },
        expected: "fresh",
        titles: NONE,
    },
    GateCase {
        name: "a notice role without the target",
        make: |world| {
            edited(world, "motd", &[1, 2], |signed| {
                signed["targets"] = json!({});
            });
        },
        expected: "fresh",
        titles: NONE,
    },
    GateCase {
        name: "an empty document",
        make: |world| {
            world.repo.publish(&document(&[]));
            world.serve();
        },
        expected: "fresh",
        titles: NONE,
    },
    GateCase {
        name: "a document in a target file",
        make: |world| {
            world.repo.publish_file(&document_bytes(&news()));
            world.serve();
        },
        expected: "fresh",
        titles: NEW,
    },
    GateCase {
        name: "custom without the member is no document",
        make: |world| {
            let bytes = document_bytes(&news());
            world.repo.publish_entry(
                &write::target_entry(&bytes, Some(json!({ "other": 1 }))),
                &bytes,
            );
            world.serve();
        },
        expected: "fresh",
        titles: NEW,
    },
    GateCase {
        name: "403 for the next root",
        make: |world| {
            world
                .network
                .answer("root.json", 9, Ok(FileResponse::Forbidden));
        },
        expected: "fresh",
        titles: OLD,
    },
    GateCase {
        name: "notices that are not there, once",
        make: |world| {
            edited(world, "motd", &[1, 2], |_| {});
            world
                .network
                .answer("motd.json", 1, Ok(FileResponse::NotFound));
        },
        expected: "fresh",
        titles: NEW,
    },
];

#[tokio::test]
async fn what_is_well_is_shown() {
    super::require_outcomes(CASES).await;
}
