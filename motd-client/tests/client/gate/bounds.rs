//! Every bound, at it and beyond it. Chapter 6, "Limits".

use std::time::Duration;

use motd_client::limits;
use serde_json::json;

use super::{GateCase, NEW, NONE, OLD, edited, news};
use motd_simulator::repo::padded;
use motd_simulator::{HOUR, Simulation, outcome};

/// Publishes news whose timestamp states neither length nor hashes for the snapshot, so that only the fixed limit holds
/// it, and makes the snapshot this long.
fn unsized_snapshot(world: &mut Simulation, length: u64) {
    world.repo.publish(&news());
    let version = world.repo.version("snapshot");
    let path = format!("metadata/{version}.snapshot.json");
    let bytes = padded(&world.repo.files[&path], usize::try_from(length).unwrap());
    world.repo.files.insert(path, bytes);
    world.repo.edit("timestamp", |signed| {
        signed["meta"]["snapshot.json"] = json!({ "version": version });
    });
    world.serve();
}

/// The same for a role that the snapshot lists.
fn unsized_role(world: &mut Simulation, role: &str, length: u64) {
    world.repo.publish(&news());
    world.repo.edit(role, |_| {});
    let version = world.repo.version(role);
    let path = format!("metadata/{version}.{role}.json");
    let bytes = padded(&world.repo.files[&path], usize::try_from(length).unwrap());
    world.repo.files.insert(path, bytes);
    let entry = format!("{role}.json");
    world.repo.list_with(
        |signed| signed["meta"][entry] = json!({ "version": version }),
        |_| {},
    );
    world.serve();
}

/// Makes the files whose paths end so this long.
fn pad(world: &mut Simulation, path: &str, length: u64) {
    let bytes = padded(&world.repo.files[path], usize::try_from(length).unwrap());
    world.repo.files.insert(path.to_owned(), bytes);
    world.serve();
}

/// States a length for a role in the snapshot.
fn stated(world: &mut Simulation, role: &str, length: u64) {
    edited(world, "snapshot", &[4], |signed| {
        signed["meta"][role]["length"] = length.into();
    });
    // Stated for a version that is not stored, so that it would be asked for.
    world.network.requests();
}

fn rotated(world: &mut Simulation, times: u32) {
    for _ in 0..times {
        world.repo.rotate(&[], |_| {});
    }
    world.serve();
}

/// New roots of the longest length.
fn long_roots(world: &mut Simulation, count: u32) {
    rotated(world, count);
    for version in 2..=count + 1 {
        let path = format!("metadata/{version}.root.json");
        pad(world, &path, limits::ROOT_BYTES);
    }
}

pub(super) const CASES: &[GateCase] = &[
    GateCase {
        name: "31 of the longest roots",
        make: |world| long_roots(world, 31),
        expected: "fresh",
        titles: OLD,
    },
    GateCase {
        name: "32 of the longest roots, which are more bytes than a run may receive",
        make: |world| long_roots(world, 32),
        expected: "cached root:too-long",
        titles: OLD,
    },
    GateCase {
        name: "a root as long as the limit",
        make: |world| {
            rotated(world, 1);
            pad(world, "metadata/2.root.json", limits::ROOT_BYTES);
        },
        expected: "fresh",
        titles: OLD,
    },
    GateCase {
        name: "a root one byte beyond the limit",
        make: |world| {
            rotated(world, 1);
            pad(world, "metadata/2.root.json", limits::ROOT_BYTES + 1);
        },
        expected: "cached root:too-long",
        titles: OLD,
    },
    GateCase {
        name: "256 new roots",
        make: |world| rotated(world, limits::ROOT_ROTATIONS),
        expected: "fresh",
        titles: OLD,
    },
    GateCase {
        name: "more than 256 new roots",
        make: |world| rotated(world, limits::ROOT_ROTATIONS + 1),
        expected: "none root:too-many-roots",
        titles: NONE,
    },
    GateCase {
        name: "a timestamp as long as the limit",
        make: |world| {
            edited(world, "timestamp", &[5], |_| {});
            pad(world, "metadata/timestamp.json", limits::TIMESTAMP_BYTES);
        },
        expected: "fresh",
        titles: NEW,
    },
    GateCase {
        name: "a timestamp one byte beyond the limit",
        make: |world| {
            edited(world, "timestamp", &[5], |_| {});
            pad(
                world,
                "metadata/timestamp.json",
                limits::TIMESTAMP_BYTES + 1,
            );
        },
        expected: "cached timestamp:too-long",
        titles: OLD,
    },
    GateCase {
        name: "a snapshot of no stated length, as long as the limit",
        make: |world| unsized_snapshot(world, limits::SNAPSHOT_BYTES),
        expected: "fresh",
        titles: NEW,
    },
    GateCase {
        name: "a snapshot of no stated length, one byte beyond the limit",
        make: |world| unsized_snapshot(world, limits::SNAPSHOT_BYTES + 1),
        expected: "cached snapshot:too-long",
        titles: OLD,
    },
    GateCase {
        name: "a snapshot that says it is larger than the limit",
        make: |world| {
            edited(world, "timestamp", &[5], |signed| {
                signed["meta"]["snapshot.json"]["length"] = (limits::SNAPSHOT_BYTES + 1).into();
            });
        },
        expected: "cached snapshot:too-long",
        titles: OLD,
    },
    GateCase {
        name: "targets of no stated length, as long as the limit",
        make: |world| unsized_role(world, "targets", limits::TARGETS_BYTES),
        expected: "fresh",
        titles: NEW,
    },
    GateCase {
        name: "targets of no stated length, one byte beyond the limit",
        make: |world| unsized_role(world, "targets", limits::TARGETS_BYTES + 1),
        expected: "cached targets:too-long",
        titles: OLD,
    },
    GateCase {
        name: "targets that say they are larger than the limit",
        make: |world| stated(world, "targets.json", limits::TARGETS_BYTES + 1),
        expected: "cached targets:too-long",
        titles: OLD,
    },
    GateCase {
        name: "notices of no stated length, as long as the limit",
        make: |world| unsized_role(world, "motd", limits::TARGETS_BYTES),
        expected: "fresh",
        titles: NEW,
    },
    GateCase {
        name: "notices of no stated length, one byte beyond the limit",
        make: |world| unsized_role(world, "motd", limits::TARGETS_BYTES + 1),
        expected: "cached delegation:too-long",
        titles: OLD,
    },
    GateCase {
        name: "notices that say they are larger than the limit",
        make: |world| stated(world, "motd.json", limits::TARGETS_BYTES + 1),
        expected: "cached delegation:too-long",
        titles: OLD,
    },
    GateCase {
        name: "a stated length of nothing",
        make: |world| stated(world, "motd.json", 0),
        expected: "cached delegation:too-long",
        titles: OLD,
    },
    GateCase {
        name: "3 delegated roles on the way, one behind the other",
        make: |world| super::make::chain(world, 2),
        expected: "fresh",
        titles: NEW,
    },
    GateCase {
        name: "4 delegated roles on the way, one behind the other",
        make: |world| super::make::chain(world, 3),
        expected: "none delegation:too-many-delegations",
        titles: NONE,
    },
    GateCase {
        name: "3 delegated roles on the way, side by side",
        make: |world| super::make::row(world, 2),
        expected: "fresh",
        titles: NEW,
    },
    GateCase {
        name: "4 delegated roles on the way, side by side",
        make: |world| super::make::row(world, 3),
        expected: "none delegation:too-many-delegations",
        titles: NONE,
    },
];

#[tokio::test]
async fn every_bound_has_its_outcome() {
    super::require_outcomes(CASES).await;
}

#[tokio::test]
async fn the_deadline_holds_while_signatures_are_verified() {
    let world = Simulation::warm().await;
    let config = world.config(HOUR).with_deadline(Duration::ZERO);
    // Nothing has to be waited for: this network answers at once, and the store needs none.
    let report = motd_client::check(&config).await;
    assert_eq!(outcome(&report), "none root:timeout");
    assert_eq!(
        outcome(&motd_client::check_offline(&config)),
        "none root:timeout"
    );
}
