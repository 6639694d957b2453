//! Faults of delegated roles. TUF 5.6.7.

use serde_json::{Value, json};

use super::{GateCase, NONE, edited, expired, news};
use motd_test_support::repo::{key, path_of};

pub(super) const CASES: &[GateCase] = &[
    GateCase {
        name: "notices signed by one of two",
        make: |world| edited(world, "motd", &[1], |_| {}),
        expected: "none delegation:signature-threshold",
        titles: NONE,
    },
    GateCase {
        name: "notices signed by the server's keys",
        make: |world| edited(world, "motd", &[4, 5], |_| {}),
        expected: "none delegation:signature-threshold",
        titles: NONE,
    },
    GateCase {
        name: "notices signed by two strangers",
        make: |world| edited(world, "motd", &[11, 12], |_| {}),
        expected: "none delegation:signature-threshold",
        titles: NONE,
    },
    GateCase {
        name: "a text put in on the way",
        make: |world| {
            world.repo.publish(&news());
            let path = path_of("motd", world.repo.version("motd"));
            let text = String::from_utf8(world.repo.files[&path].clone()).unwrap();
            world.serve();
            world
                .network
                .replace_file(&path, text.replace("News", "Evil"));
        },
        expected: "none delegation:hash-mismatch",
        titles: NONE,
    },
    GateCase {
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
    GateCase {
        name: "the same signature twice under one key id",
        make: |world| {
            world.repo.publish(&news());
            world.repo.edit_signed_by("motd", &[1], |_| {});
            world.repo.sign_again_under("motd", &key(1).key_id());
            world.repo.list();
            world.serve();
        },
        expected: "none delegation:malformed",
        titles: NONE,
    },
    GateCase {
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
    GateCase {
        name: "expired notices",
        make: |world| edited(world, "motd", &[1, 2], expired),
        expected: "none delegation:expired",
        titles: NONE,
    },
    GateCase {
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
    GateCase {
        name: "notices of another version than the snapshot says",
        make: |world| {
            edited(world, "snapshot", &[4], |signed| {
                signed["meta"]["motd.json"] = json!({ "version": 9 });
            });
            let bytes = world.repo.roles["motd"].clone();
            world.network.replace_file("metadata/9.motd.json", bytes);
        },
        expected: "none delegation:version-mismatch",
        titles: NONE,
    },
    GateCase {
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
                .replace_file(&format!("metadata/{version}.motd.json"), other);
        },
        expected: "none delegation:hash-mismatch",
        titles: NONE,
    },
    GateCase {
        name: "notices that are shorter than the snapshot says",
        make: |world| {
            edited(world, "snapshot", &[4], |signed| {
                signed["meta"]["motd.json"]["length"] = 99_999.into();
            });
        },
        expected: "none delegation:length-mismatch",
        titles: NONE,
    },
    GateCase {
        name: "targets in the place of notices",
        make: |world| {
            edited(world, "snapshot", &[4], |signed| {
                signed["meta"]["motd.json"] = json!({ "version": 9 });
            });
            let bytes = world.repo.roles["timestamp"].clone();
            world.network.replace_file("metadata/9.motd.json", bytes);
        },
        expected: "none delegation:wrong-type",
        titles: NONE,
    },
    GateCase {
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
        expected: "none delegation:version-mismatch",
        titles: NONE,
    },
];

#[tokio::test]
async fn every_fault_of_a_delegated_role_has_its_outcome() {
    super::require_outcomes(CASES).await;
}
