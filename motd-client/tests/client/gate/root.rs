//! Faults of the root. TUF 5.3.

use serde_json::{Value, json};

use super::{GateCase, NONE, expired};
use motd_test_support::repo::{RepositorySimulator, key};

pub(super) const CASES: &[GateCase] = &[
    GateCase {
        name: "a next root that only one of two signed",
        make: |world| {
            world.repo.edit_signed_by("root", &[1], |_| {});
            world.serve();
        },
        expected: "none root:signature-threshold",
        titles: NONE,
    },
    GateCase {
        name: "a next root that the old keys did not sign",
        make: |world| {
            world.repo.edit_signed_by("root", &[10, 11], |root| {
                RepositorySimulator::set_keys(root, "root", &[10, 11], 2);
            });
            world.serve();
        },
        expected: "none root:signature-threshold",
        titles: NONE,
    },
    GateCase {
        name: "a next root that its own keys did not sign",
        make: |world| {
            world.repo.rotate(&[], |root| {
                RepositorySimulator::set_keys(root, "root", &[10, 11], 2);
            });
            world.serve();
        },
        expected: "none root:signature-threshold",
        titles: NONE,
    },
    GateCase {
        name: "a next root whose keys are one key under two ids",
        make: |world| {
            world.repo.rotate(&[10], |root| {
                RepositorySimulator::set_keys(root, "root", &[10], 2);
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
            world
                .repo
                .replace_role("root", serde_json::to_vec(&file).unwrap());
            world.serve();
        },
        expected: "none root:signature-threshold",
        titles: NONE,
    },
    GateCase {
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
    GateCase {
        name: "an expired root",
        make: |world| {
            world.repo.rotate(&[], expired);
            world.serve();
        },
        expected: "none root:expired",
        titles: NONE,
    },
];

#[tokio::test]
async fn every_fault_of_a_root_has_its_outcome() {
    super::require_outcomes(CASES).await;
}
