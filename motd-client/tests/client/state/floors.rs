//! Floors: held twice, raised at once, gone with a key.

use std::fs;

use motd_core::Code;
use serde_json::json;

use super::{ahead, folder, news};
use motd_simulator::repo::{RepositorySimulator, key};
use motd_simulator::{HOUR, Simulation, outcome, titles};

#[tokio::test]
async fn losing_the_file_of_floors_loses_nothing() {
    let (world, old) = ahead().await;
    fs::remove_file(folder(&world).join("floors.json")).unwrap();
    world.network.serve(&old);
    let report = world.check(HOUR).await;
    assert_eq!(
        (outcome(&report).as_str(), titles(&report)),
        ("cached timestamp:stale-mirror", vec!["News".to_owned()])
    );
}

#[tokio::test]
async fn losing_the_stored_metadata_loses_nothing() {
    for lost in ["index.json", "files"] {
        let (world, old) = ahead().await;
        let path = folder(&world).join(lost);
        if path.is_dir() {
            fs::remove_dir_all(path).unwrap();
        } else {
            fs::remove_file(path).unwrap();
        }
        world.network.serve(&old);
        assert_eq!(
            outcome(&world.check(HOUR).await),
            "none timestamp:stale-mirror",
            "{lost}"
        );
    }
}

#[tokio::test]
async fn losing_both_is_a_fresh_start() {
    let (world, old) = ahead().await;
    fs::remove_dir_all(folder(&world)).unwrap();
    world.network.serve(&old);
    let report = world.check(HOUR).await;
    assert_eq!(
        (outcome(&report).as_str(), titles(&report)),
        ("fresh", vec!["Hello".to_owned()])
    );
}

/// Every way to lose one of the two, for the floors below the timestamp.
#[tokio::test]
async fn floors_of_snapshot_and_roles_are_held_twice_too() {
    for lost in ["floors.json", "index.json", "nothing"] {
        for (what, expected) in [
            ("snapshot", "none timestamp:rollback"),
            ("motd", "none snapshot:rollback"),
        ] {
            let (mut world, old) = ahead().await;
            let _ = fs::remove_file(folder(&world).join(lost));
            // A newer timestamp of old things, by whoever holds the server's keys.
            world
                .repo
                .roles
                .insert(what.to_owned(), old.roles[what].clone());
            if what == "motd" {
                world.repo.list();
            } else {
                world.repo.stamp_with(|_| {});
            }
            world.serve();
            assert_eq!(
                outcome(&world.check(HOUR).await),
                expected,
                "{what} without {lost}"
            );
        }
    }
}

#[tokio::test]
async fn floors_rise_before_the_set_is_complete() {
    let mut world = Simulation::warm().await;
    let old = world.repo.clone();
    world.repo.publish(&news());
    world.serve();
    world.network.fail("snapshot.json", Code::Timeout);
    assert_eq!(outcome(&world.check(HOUR).await), "cached snapshot:timeout");
    world.network.heal();
    world.network.serve(&old);
    assert_eq!(
        outcome(&world.check(HOUR).await),
        "cached timestamp:stale-mirror"
    );
}

#[tokio::test]
async fn the_snapshot_that_a_staged_timestamp_lists_is_a_floor_in_both_places() {
    for lost in ["floors.json", "index.json"] {
        let mut world = Simulation::warm().await;
        let old = world.repo.clone();
        world.repo.publish(&news());
        world.serve();
        world.network.fail("snapshot.json", Code::Timeout);
        world.check(HOUR).await;
        world.network.heal();
        fs::remove_file(folder(&world).join(lost)).unwrap();
        let snapshot = old.roles["snapshot"].clone();
        world.repo.roles.insert("snapshot".to_owned(), snapshot);
        world.repo.stamp_with(|_| {});
        world.serve();
        let expected = "none timestamp:rollback";
        assert_eq!(outcome(&world.check(HOUR).await), expected, "{lost}");
    }
}

#[tokio::test]
async fn what_failed_a_check_raises_no_floor() {
    let mut world = Simulation::warm().await;
    let old = world.repo.clone();
    world.repo.edit("timestamp", |signed| {
        signed["expires"] = "2018-04-12T08:00:00Z".into();
    });
    world.serve();
    assert_eq!(outcome(&world.check(HOUR).await), "none timestamp:expired");
    world.network.serve(&old);
    assert_eq!(outcome(&world.check(HOUR).await), "fresh");
}

#[tokio::test]
async fn a_new_timestamp_key_recovers_from_a_stolen_one() {
    let mut world = Simulation::warm().await;
    let honest = world.repo.clone();
    world
        .repo
        .stamp_with(|signed| signed["version"] = 9_007_199_254_740_991_u64.into());
    world.serve();
    assert_eq!(outcome(&world.check(HOUR).await), "fresh");
    world.repo = honest;
    world.serve();
    assert_eq!(
        outcome(&world.check(HOUR).await),
        "cached timestamp:stale-mirror"
    );
    world.repo.rotate(&[], |root| {
        RepositorySimulator::set_keys(root, "timestamp", &[12], 1);
    });
    world.repo.edit_signed_by("timestamp", &[12], |_| {});
    world.serve();
    assert_eq!(outcome(&world.check(HOUR).await), "fresh");
    // And the new floor holds.
    world
        .repo
        .edit_signed_by("timestamp", &[12], |signed| signed["version"] = 1.into());
    world.serve();
    assert_eq!(
        outcome(&world.check(HOUR).await),
        "cached timestamp:stale-mirror"
    );
}

#[tokio::test]
async fn a_new_snapshot_key_recovers_from_a_stolen_one() {
    let mut world = Simulation::warm().await;
    let honest = world.repo.clone();
    world
        .repo
        .edit("targets", |signed| signed["version"] = 1_000_000.into());
    world
        .repo
        .list_with(|signed| signed["version"] = 1_000_000.into(), |_| {});
    world.serve();
    assert_eq!(outcome(&world.check(HOUR).await), "fresh");
    let version = world.repo.version("timestamp");
    world.repo = honest;
    world
        .repo
        .stamp_with(|signed| signed["version"] = (version + 1).into());
    world.serve();
    assert_eq!(outcome(&world.check(HOUR).await), "none timestamp:rollback");
    world.repo.rotate(&[], |root| {
        RepositorySimulator::set_keys(root, "snapshot", &[12], 1);
    });
    world.repo.edit_signed_by("snapshot", &[12], |_| {});
    world.repo.stamp_with(|_| {});
    world.serve();
    assert_eq!(outcome(&world.check(HOUR).await), "fresh");
}

/// MOTD-FLOOR-2: a key that stood by and signed nothing goes again; what is stored still verifies, and its floors hold.
#[tokio::test]
async fn a_key_that_signed_nothing_takes_no_floor_with_it() {
    let mut world = Simulation::warm().await;
    let old = world.repo.clone();
    let keys_of = |root: &serde_json::Value, role: &str| root["roles"][role].clone();
    let before = world.repo.signed("root");
    world.repo.rotate(&[], |root| {
        for role in ["timestamp", "snapshot"] {
            let standby = key(12);
            root["keys"][standby.key_id()] = standby.key_object();
            root["roles"][role]["keyids"]
                .as_array_mut()
                .unwrap()
                .push(standby.key_id().into());
        }
    });
    world.repo.publish(&news());
    world.serve();
    assert_eq!(outcome(&world.check(HOUR).await), "fresh");
    world.repo.rotate(&[], |root| {
        for role in ["timestamp", "snapshot"] {
            root["roles"][role] = keys_of(&before, role);
        }
    });
    // The newest root, and the timestamp of before.
    let timestamp = "metadata/timestamp.json";
    world
        .repo
        .files
        .insert(timestamp.to_owned(), old.files[timestamp].clone());
    world.serve();
    assert_eq!(
        outcome(&world.check(HOUR).await),
        "cached timestamp:stale-mirror"
    );
}

#[tokio::test]
async fn a_new_root_with_the_same_keys_voids_no_floor() {
    let (mut world, old) = ahead().await;
    let newest = world.repo.clone();
    world.repo = old;
    world.repo.rotate(&[], |_| {});
    world.serve();
    assert_eq!(
        outcome(&world.check(HOUR).await),
        "cached timestamp:stale-mirror"
    );
    drop(newest);
}

#[tokio::test]
async fn a_mirror_that_hides_the_newest_roots_is_found_out() {
    let mut world = Simulation::warm().await;
    let old = world.repo.clone();
    world.repo.rotate(&[], |_| {});
    world.repo.rotate(&[], |_| {});
    world.serve();
    assert_eq!(outcome(&world.check(HOUR).await), "fresh");
    // With the stored chain nothing can be hidden.
    world.network.serve(&old);
    assert_eq!(outcome(&world.check(HOUR).await), "fresh");
    fs::remove_file(folder(&world).join("index.json")).unwrap();
    assert_eq!(outcome(&world.check(HOUR).await), "none root:rollback");
}

/// One chain of roots whose newest is hidden, and installers that bring its first and its third root.
#[tokio::test]
async fn roots_of_one_chain_hold_one_floor() {
    let mut world = Simulation::warm().await;
    let first = world.root.clone();
    world.repo.rotate(&[], |_| {});
    world.repo.rotate(&[], |_| {});
    let old = world.repo.clone();
    world.repo.rotate(&[], |_| {});
    world.serve();
    let third = world.repo.files["metadata/3.root.json"].clone();
    assert_eq!(outcome(&world.check(HOUR).await), "fresh");
    world.network.serve(&old);
    // The stored one is used.
    for root in [&first, &third] {
        world.root = root.clone();
        assert_eq!(outcome(&world.check(HOUR).await), "fresh");
    }
    fs::remove_file(folder(&world).join("index.json")).unwrap();
    for root in [&first, &third, &first] {
        world.root = root.clone();
        assert_eq!(outcome(&world.check(HOUR).await), "none root:rollback");
    }
}

/// A floor for each name of a role would make the file longer than what is read back, and then it counts as corrupt.
#[tokio::test]
async fn the_file_of_floors_stops_growing() {
    let mut world = Simulation::warm().await;
    let length = |world: &Simulation| {
        let floors = fs::metadata(folder(world).join("floors.json"));
        floors.unwrap().len()
    };
    for run in 0..160 {
        let names = [2 * run, 2 * run + 1].map(|role| format!("{role:0>400}"));
        for name in &names {
            world.repo.add_delegator(name, &[]);
        }
        let of = |name: &String| world.repo.delegation(name, json!({}));
        let delegations: Vec<_> = names.iter().map(of).collect();
        world.repo.delegate(&delegations);
        world.repo.list();
        world.serve();
        assert_eq!(outcome(&world.check(HOUR).await), "fresh", "{run}");
        assert!(length(&world) < 310 * 420, "{run}");
    }
}
