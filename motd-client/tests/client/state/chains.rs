//! What belongs to one chain of roots: nothing of it is taken, counted or filled in a run of another.

use std::fs;
use std::time::Duration;

use motd_client::{Background, BackgroundConfig, Display, check_offline, limits};

use super::{folder, folders, listing, news, repository};
use motd_simulator::repo::RepositorySimulator;
use motd_simulator::{HOUR, Simulation, outcome, titles};

/// A repository whose people have new keys, 10 and 11, since root 2, and whose installer brings root 3; the first root; and
/// the repository as it was before its last publication.
async fn after_new_people() -> (Simulation, Vec<u8>, RepositorySimulator) {
    let mut world = Simulation::new();
    let first = world.root.clone();
    world.repo.rotate(&[10, 11], |root| {
        RepositorySimulator::set_keys(root, "root", &[10, 11], 2);
    });
    world.repo.edit_signed_by("root", &[10, 11], |_| {});
    world.root = world.repo.files["metadata/3.root.json"].clone();
    let old = world.repo.clone();
    world.repo.publish(&news());
    world.serve();
    assert_eq!(outcome(&world.check(0).await), "fresh");
    (world, first, old)
}

/// What a thief of the first people's keys serves: another root 2, with an online key of his own.
fn stolen(key: u8) -> RepositorySimulator {
    let mut stolen = RepositorySimulator::new();
    rotate_online(&mut stolen, key);
    stolen
}

/// One more root, by the first people's keys, and everything below it.
fn rotate_online(repo: &mut RepositorySimulator, key: u8) {
    repo.rotate(&[], |root| {
        RepositorySimulator::set_keys(root, "timestamp", &[key], 1);
        RepositorySimulator::set_keys(root, "snapshot", &[key], 1);
    });
    repo.edit_signed_by("snapshot", &[key], |_| {});
    repo.stamp_with(|_| {});
    repo.edit_signed_by("timestamp", &[key], |_| {});
}

/// Whether a command would ask now.
fn is_due(world: &Simulation, seconds: i64) -> bool {
    world.network.requests();
    let config = BackgroundConfig::new(world.config(seconds), Display::Terminal);
    let mut background = Background::start(config);
    background.wait_for_report(Duration::from_secs(30));
    assert!(background.finish(true).is_some());
    !world.network.requests().is_empty()
}

/// Each check of a thief under other online keys took a place of the floors of all roots.
#[tokio::test]
async fn checks_under_a_revoked_root_take_nothing_of_a_newer_one() {
    let (mut world, first, old) = after_new_people().await;
    let honest = folder(&world);
    let before = listing(&honest);
    let third = std::mem::replace(&mut world.root, first);
    let mut thief = stolen(20);
    for key in 21..27 {
        world.network.serve(&thief);
        assert_eq!(outcome(&world.check(HOUR).await), "fresh", "{key}");
        rotate_online(&mut thief, key);
    }
    assert_eq!(listing(&honest), before);
    world.root = third;
    world.network.serve(&old);
    let report = world.check(HOUR).await;
    assert_eq!(outcome(&report), "cached timestamp:stale-mirror");
    assert_eq!(titles(&report), ["News"]);
}

/// Chains of which a thief said that they meet were one, with the floor of his newest root.
#[tokio::test]
async fn a_thief_who_names_an_honest_key_shuts_nothing_out() {
    let (mut world, first, _) = after_new_people().await;
    world.repo.edit_signed_by("root", &[10, 11], |_| {});
    world.serve();
    assert_eq!(outcome(&world.check(HOUR).await), "fresh");
    let mut thief = stolen(20);
    thief.edit_signed_by("root", &[1, 2, 10, 11], |root| {
        RepositorySimulator::set_keys(root, "root", &[1, 10, 11], 1);
    });
    for _ in 0..20 {
        thief.edit_signed_by("root", &[1], |_| {});
    }
    let third = std::mem::replace(&mut world.root, first);
    world.network.serve(&thief);
    assert_eq!(outcome(&world.check(HOUR).await), "fresh");
    world.root = third;
    for _ in 0..2 {
        world.serve();
        assert_eq!(outcome(&world.check(HOUR).await), "fresh");
    }
}

#[tokio::test]
async fn a_thief_fills_his_own_chain_alone() {
    let (mut world, first, _) = after_new_people().await;
    let third = std::mem::replace(&mut world.root, first);
    let mut thief = stolen(20);
    for _ in 0..4 {
        for _ in 0..31 {
            thief.rotate(&[], |root| root["x"] = "x".repeat(507_000).into());
        }
        world.network.serve(&thief);
        world.check(HOUR).await;
    }
    world.root = third;
    world
        .repo
        .publish(&super::document(&[super::notice("more", "More")]));
    world.serve();
    assert_eq!(titles(&world.check(HOUR).await), ["More"]);
    assert_eq!(titles(&check_offline(&world.config(HOUR))), ["More"]);
}

/// A chain that is full of roots goes on with a newer configured one, which needs none before it.
#[tokio::test]
async fn roots_before_the_configured_one_make_room() {
    let mut world = super::sets::filled(4).await;
    let version = world.repo.version("root");
    world.root = world.repo.files[&format!("metadata/{version}.root.json")].clone();
    world.repo.publish(&news());
    world.serve();
    assert_eq!(titles(&world.check(HOUR).await), ["News"]);
    assert_eq!(titles(&check_offline(&world.config(HOUR))), ["News"]);
    let _ = folder(&world);
}

/// The record of attempts is one of each chain.
#[tokio::test]
async fn a_check_under_another_root_is_no_check_of_this_one() {
    let (mut world, first, _) = after_new_people().await;
    let third = std::mem::replace(&mut world.root, first);
    world.network.serve(&stolen(20));
    assert!(is_due(&world, 10 * HOUR));
    assert!(!is_due(&world, 11 * HOUR));
    world.root = third;
    world.serve();
    let report = check_offline(&world.config(11 * HOUR));
    assert_eq!(report.last_success, Some(motd_simulator::at(0)));
    assert!(is_due(&world, 11 * HOUR));
    assert!(!is_due(&world, 12 * HOUR));
}

/// MOTD-STATE-8: an installer is given a newer root of the chain, then an older one; whichever file of it is lost.
#[tokio::test]
async fn another_root_of_the_chain_goes_on_with_everything() {
    for lost in ["", "index.json", "floors.json"] {
        let (mut world, old) = {
            let mut world = Simulation::new();
            for _ in 0..3 {
                world.repo.rotate(&[], |_| {});
            }
            let old = world.repo.clone();
            world.repo.publish(&news());
            world.serve();
            assert_eq!(outcome(&world.check(0).await), "fresh");
            (world, old)
        };
        if !lost.is_empty() {
            fs::remove_file(folder(&world).join(lost)).unwrap();
        }
        for version in [3, 2, 4] {
            let name = format!("metadata/{version}.root.json");
            world.root = world.repo.files[&name].clone();
            assert!(!is_due(&world, HOUR), "{version} without {lost}");
            world.network.serve(&old);
            let report = world.check(HOUR).await;
            let shown = outcome(&report);
            assert!(shown.ends_with("timestamp:stale-mirror"), "{shown}");
            if lost != "index.json" {
                assert_eq!(titles(&report), ["News"], "{version}");
            }
            assert_eq!(report.last_success, Some(motd_simulator::at(0)));
            // A failure is part of the record, and none is due at once.
            world.serve();
        }
        let _ = folder(&world);
    }
}

#[tokio::test]
async fn of_the_chains_the_ones_that_were_used_last_are_kept() {
    let mut world = Simulation::warm().await;
    let first = folder(&world);
    let others: Vec<_> = (20..26)
        .map(|key| {
            let thief = stolen(key);
            (thief.files["metadata/2.root.json"].clone(), thief)
        })
        .collect();
    for (number, (root, repo)) in (1..).zip(&others) {
        world.root.clone_from(root);
        world.network.serve(repo);
        assert_eq!(outcome(&world.check(number * HOUR).await), "fresh");
        let expected = usize::try_from(number + 1).unwrap().min(limits::CHAINS);
        assert_eq!(folders(&repository(&world)).len(), expected);
        // The first one is used all the time.
        world.root = world.repo.trusted_root();
        world.serve();
        assert_eq!(outcome(&world.check(number * HOUR).await), "fresh");
        assert!(first.exists());
    }
    for (number, (root, repo)) in (0..).zip(&others) {
        world.root.clone_from(root);
        world.network.serve(repo);
        let is_kept = !titles(&check_offline(&world.config(7 * HOUR))).is_empty();
        assert_eq!(is_kept, number >= 3, "{number}");
    }
}

/// MOTD-STATE-8: the repository starts again, with a root of a lower version, and the state is not deleted.
#[tokio::test]
async fn another_configured_root_of_any_version_is_no_rollback() {
    for newer in [0, 1] {
        for version in [1, 6, 7, 8, 9] {
            let mut world = Simulation::warm().await;
            for _ in 1..7 + newer {
                world.repo.rotate(&[], |_| {});
            }
            world.serve();
            world.root = world.repo.files["metadata/7.root.json"].clone();
            assert_eq!(outcome(&world.check(HOUR).await), "fresh");
            let mut again = RepositorySimulator::new();
            again.edit_signed_by("root", &[10, 11], |root| {
                root["version"] = version.into();
                RepositorySimulator::set_keys(root, "root", &[10, 11], 2);
            });
            let name = format!("metadata/{version}.root.json");
            world.root = again.files[&name].clone();
            world.network.serve(&again);
            for _ in 0..2 {
                let outcome = outcome(&world.check(HOUR).await);
                // The newest root of before is not hidden by this one: nothing leads from it.
                assert_eq!(outcome, "fresh", "{version} after {}", 7 + newer);
            }
        }
    }
}

#[tokio::test]
async fn an_installer_with_a_newer_root_shares_the_state_with_one_with_an_older() {
    let mut world = Simulation::warm().await;
    for _ in 0..3 {
        world.repo.rotate(&[], |_| {});
    }
    world.serve();
    let first = world.root.clone();
    for version in [3, 1, 4, 2, 1] {
        world.root = world.repo.files[&format!("metadata/{version}.root.json")].clone();
        let report = world.check(HOUR).await;
        assert_eq!(
            (outcome(&report).as_str(), report.warnings.len()),
            ("fresh", 0),
            "{version}"
        );
    }
    world.root = first;
    world.network.requests();
    world.check(HOUR).await;
    assert_eq!(
        world.network.requests().len(),
        2,
        "the whole chain is stored"
    );
}
