//! What is signed and yet not of the form that TUF gives it, and what is hardly JSON.

use serde_json::{Value, json};

use super::{GateCase, NEW, NONE, OLD, edited, news};
use motd_simulator::Simulation;

/// Publishes news and makes these bytes of the timestamp's.
fn timestamp_bytes(world: &mut Simulation, change: impl FnOnce(&str) -> Vec<u8>) {
    world.repo.publish(&news());
    let bytes = String::from_utf8(world.repo.roles["timestamp"].clone()).unwrap();
    world.serve();
    world
        .network
        .replace_file("metadata/timestamp.json", change(&bytes));
}

/// Publishes news with a member of a role that is something else.
fn with(world: &mut Simulation, role: &str, pointer: &str, value: Value) {
    let keys: &[u8] = match role {
        "timestamp" => &[5],
        "snapshot" => &[4],
        _ => &[1, 2],
    };
    edited(world, role, keys, |signed| {
        *signed.pointer_mut(pointer).unwrap() = value;
    });
}

pub(super) const CASES: &[GateCase] = &[
    GateCase {
        name: "a timestamp after a byte-order mark",
        make: |world| {
            timestamp_bytes(world, |bytes| format!("\u{feff}{bytes}").into_bytes());
        },
        expected: "cached timestamp:not-metadata",
        titles: OLD,
    },
    GateCase {
        name: "a timestamp with something behind it",
        make: |world| timestamp_bytes(world, |bytes| format!("{bytes}{{}}").into_bytes()),
        expected: "cached timestamp:not-metadata",
        titles: OLD,
    },
    GateCase {
        name: "a timestamp in UTF-16",
        make: |world| {
            timestamp_bytes(world, |bytes| {
                bytes.encode_utf16().flat_map(u16::to_le_bytes).collect()
            });
        },
        expected: "cached timestamp:not-metadata",
        titles: OLD,
    },
    GateCase {
        name: "a timestamp with a member twice",
        make: |world| {
            timestamp_bytes(world, |bytes| {
                let twice = "\"version\":999999,\"version\":";
                bytes.replacen("\"version\":", twice, 2).into_bytes()
            });
        },
        expected: "fresh",
        titles: NEW,
    },
    GateCase {
        name: "a timestamp that nobody signed",
        make: |world| {
            timestamp_bytes(world, |bytes| {
                let mut file: Value = serde_json::from_str(bytes).unwrap();
                file["signatures"] = json!([]);
                serde_json::to_vec(&file).unwrap()
            });
        },
        expected: "none timestamp:signature-threshold",
        titles: NONE,
    },
    GateCase {
        name: "signatures that are an object",
        make: |world| {
            timestamp_bytes(world, |bytes| {
                let mut file: Value = serde_json::from_str(bytes).unwrap();
                file["signatures"] = json!({});
                serde_json::to_vec(&file).unwrap()
            });
        },
        expected: "none timestamp:malformed",
        titles: NONE,
    },
    GateCase {
        name: "notices of version 0",
        make: |world| with(world, "motd", "/version", 0.into()),
        expected: "none snapshot:malformed",
        titles: NONE,
    },
    GateCase {
        name: "a version below 0",
        make: |world| with(world, "timestamp", "/version", (-1).into()),
        expected: "none timestamp:malformed",
        titles: NONE,
    },
    GateCase {
        name: "an expiry without a time",
        make: |world| with(world, "snapshot", "/expires", "2030-01-01".into()),
        expected: "none snapshot:malformed",
        titles: NONE,
    },
    GateCase {
        name: "an expiry that is a number",
        make: |world| with(world, "targets", "/expires", 1_900_000_000.into()),
        expected: "none targets:malformed",
        titles: NONE,
    },
    GateCase {
        name: "a threshold of 0 in a delegation",
        make: |world| with(world, "targets", "/delegations/roles/0/threshold", 0.into()),
        expected: "none targets:malformed",
        titles: NONE,
    },
    GateCase {
        name: "a threshold that is a text",
        make: |world| {
            with(
                world,
                "targets",
                "/delegations/roles/0/threshold",
                "1".into(),
            );
        },
        expected: "none targets:malformed",
        titles: NONE,
    },
    GateCase {
        name: "delegations that are a list",
        make: |world| with(world, "targets", "/delegations", json!([])),
        expected: "none targets:malformed",
        titles: NONE,
    },
    GateCase {
        name: "a timestamp that lists no snapshot",
        make: |world| with(world, "timestamp", "/meta", json!({})),
        expected: "none timestamp:malformed",
        titles: NONE,
    },
    GateCase {
        name: "a snapshot of the specification's next major version",
        make: |world| with(world, "snapshot", "/spec_version", "2.0.0".into()),
        expected: "none snapshot:spec-version",
        titles: NONE,
    },
    GateCase {
        name: "notices of the specification's next major version",
        make: |world| with(world, "motd", "/spec_version", "2.0.0".into()),
        expected: "none delegation:spec-version",
        titles: NONE,
    },
    GateCase {
        name: "a type in capitals",
        make: |world| with(world, "motd", "/_type", "Targets".into()),
        expected: "none delegation:wrong-type",
        titles: NONE,
    },
    GateCase {
        name: "notices that are called after their role",
        make: |world| with(world, "motd", "/_type", "motd".into()),
        expected: "none delegation:wrong-type",
        titles: NONE,
    },
    GateCase {
        name: "a target of a length below 0",
        make: |world| {
            let entry = json!({ "length": -1, "hashes": { "sha256": "00" } });
            with(
                world,
                "motd",
                "/targets",
                json!({ "motd/notices.json": entry }),
            );
        },
        expected: "none delegation:malformed",
        titles: NONE,
    },
    GateCase {
        name: "a target without hashes",
        make: |world| {
            with(
                world,
                "motd",
                "/targets",
                json!({ "motd/notices.json": { "length": 3 } }),
            );
        },
        expected: "none delegation:malformed",
        titles: NONE,
    },
    GateCase {
        name: "a root without a timestamp role",
        make: |world| {
            world.repo.rotate(&[], |root| {
                root["roles"].as_object_mut().unwrap().remove("timestamp");
            });
            world.serve();
        },
        expected: "none root:malformed",
        titles: NONE,
    },
    GateCase {
        name: "a root whose threshold is 0",
        make: |world| {
            world
                .repo
                .rotate(&[], |root| root["roles"]["root"]["threshold"] = 0.into());
            world.serve();
        },
        expected: "none root:malformed",
        titles: NONE,
    },
    GateCase {
        name: "a root of the specification's next major version",
        make: |world| {
            world
                .repo
                .rotate(&[], |root| root["spec_version"] = "2.0.0".into());
            world.serve();
        },
        expected: "none root:spec-version",
        titles: NONE,
    },
];

#[tokio::test]
async fn every_form_has_its_outcome() {
    super::require_outcomes(CASES).await;
}
