//! Faults of the timestamp. TUF 5.4.

use motd_server::publish::metadata::write;
use serde_json::json;

use super::{GateCase, NONE, OLD, edited, expired};
use motd_test_support::repo::RepositorySimulator;

pub(super) const CASES: &[GateCase] = &[
    GateCase {
        name: "timestamp signed by a stranger",
        make: |world| edited(world, "timestamp", &[10], |_| {}),
        expected: "none timestamp:signature-threshold",
        titles: NONE,
    },
    GateCase {
        name: "an expired timestamp",
        make: |world| edited(world, "timestamp", &[5], expired),
        expected: "none timestamp:expired",
        titles: NONE,
    },
    GateCase {
        name: "an older timestamp",
        make: |world| {
            edited(world, "timestamp", &[5], |signed| {
                signed["version"] = 1.into();
            });
        },
        expected: "cached timestamp:stale-mirror",
        titles: OLD,
    },
    GateCase {
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
    GateCase {
        name: "a newer timestamp of an older snapshot",
        make: |world| {
            let bytes = world.repo.files["metadata/1.snapshot.json"].clone();
            edited(world, "timestamp", &[5], |signed| {
                signed["meta"]["snapshot.json"] = write::meta_entry(1, &bytes);
            });
        },
        expected: "none timestamp:rollback",
        titles: NONE,
    },
    GateCase {
        name: "the specification's next major version",
        make: |world| {
            edited(world, "timestamp", &[5], |signed| {
                signed["spec_version"] = "2.0.0".into();
            });
        },
        expected: "none timestamp:spec-version",
        titles: NONE,
    },
    GateCase {
        name: "a timestamp without a snapshot",
        make: |world| {
            edited(world, "timestamp", &[5], |signed| {
                signed["meta"] = json!({});
            });
        },
        expected: "none timestamp:malformed",
        titles: NONE,
    },
    GateCase {
        name: "a timestamp with a version that is a text",
        make: |world| {
            edited(world, "timestamp", &[5], |signed| {
                signed["version"] = "7".into();
            });
        },
        expected: "none timestamp:malformed",
        titles: NONE,
    },
    GateCase {
        name: "an older timestamp under a new root with the same keys",
        make: |world| {
            world.repo.rotate(&[], |_| {});
            edited(world, "timestamp", &[5], |signed| {
                signed["version"] = 1.into();
            });
        },
        expected: "cached timestamp:stale-mirror",
        titles: OLD,
    },
    GateCase {
        name: "a newer timestamp of an older snapshot under a new root with the same keys",
        make: |world| {
            let bytes = world.repo.files["metadata/1.snapshot.json"].clone();
            world.repo.rotate(&[], |_| {});
            edited(world, "timestamp", &[5], |signed| {
                signed["meta"]["snapshot.json"] = write::meta_entry(1, &bytes);
            });
        },
        expected: "none timestamp:rollback",
        titles: NONE,
    },
    GateCase {
        name: "a newer timestamp of an older snapshot under a new root with new keys of targets",
        make: |world| {
            let bytes = world.repo.files["metadata/1.snapshot.json"].clone();
            world.repo.rotate(&[], |root| {
                RepositorySimulator::set_keys(root, "targets", &[10, 11], 2);
            });
            edited(world, "timestamp", &[5], |signed| {
                signed["meta"]["snapshot.json"] = write::meta_entry(1, &bytes);
            });
        },
        expected: "none timestamp:rollback",
        titles: NONE,
    },
    GateCase {
        name: "a timestamp of the trusted version and with another snapshot",
        // Signed by the right key: the trusted one stays, and so does what it lists.
        make: |world| {
            let version = world.repo.version("timestamp");
            edited(world, "timestamp", &[5], |signed| {
                signed["version"] = version.into();
            });
        },
        expected: "fresh",
        titles: OLD,
    },
];

#[tokio::test]
async fn every_fault_of_a_timestamp_has_its_outcome() {
    super::require_outcomes(CASES).await;
}
