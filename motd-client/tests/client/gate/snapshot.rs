//! Faults of the snapshot. TUF 5.5.

use motd_server::publish::metadata::write;
use serde_json::json;

use super::{GateCase, NONE, edited, expired};

pub(super) const CASES: &[GateCase] = &[
    GateCase {
        name: "snapshot signed by a stranger",
        make: |world| edited(world, "snapshot", &[10], |_| {}),
        expected: "none snapshot:signature-threshold",
        titles: NONE,
    },
    GateCase {
        name: "an expired snapshot",
        make: |world| edited(world, "snapshot", &[4], expired),
        expected: "none snapshot:expired",
        titles: NONE,
    },
    GateCase {
        name: "a newer snapshot of older notices",
        make: |world| {
            let bytes = world.repo.files["metadata/1.motd.json"].clone();
            edited(world, "snapshot", &[4], |signed| {
                signed["meta"]["motd.json"] = write::meta_entry(1, &bytes);
            });
        },
        expected: "none snapshot:rollback",
        titles: NONE,
    },
    GateCase {
        name: "a snapshot that lists targets at version 0",
        make: |world| {
            edited(world, "snapshot", &[4], |signed| {
                signed["meta"]["targets.json"]["version"] = 0.into();
            });
        },
        expected: "none snapshot:malformed",
        titles: NONE,
    },
    GateCase {
        name: "a snapshot without the notice role",
        make: |world| {
            edited(world, "snapshot", &[4], |signed| {
                signed["meta"].as_object_mut().unwrap().remove("motd.json");
            });
        },
        expected: "none snapshot:snapshot-removed",
        titles: NONE,
    },
    GateCase {
        name: "a snapshot of another version than the timestamp says",
        make: |world| {
            edited(world, "timestamp", &[5], |signed| {
                signed["meta"]["snapshot.json"] = json!({ "version": 9 });
            });
            let bytes = world.repo.roles["snapshot"].clone();
            world
                .network
                .replace_file("metadata/9.snapshot.json", bytes);
        },
        expected: "none snapshot:version-mismatch",
        titles: NONE,
    },
    GateCase {
        name: "a newer snapshot of older notices under a new root with the same keys",
        make: |world| {
            let bytes = world.repo.files["metadata/1.motd.json"].clone();
            world.repo.rotate(&[], |_| {});
            edited(world, "snapshot", &[4], |signed| {
                signed["meta"]["motd.json"] = write::meta_entry(1, &bytes);
            });
        },
        expected: "none snapshot:rollback",
        titles: NONE,
    },
    GateCase {
        name: "a snapshot without the notice role under a new root with the same keys",
        make: |world| {
            world.repo.rotate(&[], |_| {});
            edited(world, "snapshot", &[4], |signed| {
                signed["meta"].as_object_mut().unwrap().remove("motd.json");
            });
        },
        expected: "none snapshot:snapshot-removed",
        titles: NONE,
    },
];

#[tokio::test]
async fn every_fault_of_a_snapshot_has_its_outcome() {
    super::require_outcomes(CASES).await;
}
