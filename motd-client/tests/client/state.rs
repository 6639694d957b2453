//! What is kept between runs, and what a state folder can do to a client: nothing.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use motd_client::transport::Answer;
use motd_client::{SeenStore, Unusable, Warning, check_offline, rollout_secret};
use motd_core::Code;
use serde_json::{Value, json};

use crate::common::repo::{Repo, document, document_bytes, notice};
use crate::common::{DAY, HOUR, World, at, outcome, titles};

fn news() -> Value {
    document(&[notice("news", "News")])
}

/// The folder of the test repository.
fn folder(world: &World) -> PathBuf {
    let state = world.state.path().join("motd");
    let folders: Vec<PathBuf> = fs::read_dir(state)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    assert_eq!(folders.len(), 1);
    folders[0].clone()
}

/// The metadata files of the store.
fn files(world: &World) -> Vec<PathBuf> {
    fs::read_dir(folder(world).join("files"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect()
}

/// A client that has seen a publication, and the repository as it was before.
async fn ahead() -> (World, Repo) {
    let mut world = World::warm().await;
    let old = world.repo.clone();
    world.repo.publish(&news());
    world.serve();
    assert_eq!(outcome(&world.check(HOUR).await), "fresh");
    (world, old)
}

// Floors.

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
    let mut world = World::warm().await;
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
        let mut world = World::warm().await;
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
    let mut world = World::warm().await;
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
    let mut world = World::warm().await;
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
    world
        .repo
        .rotate(&[], |root| Repo::set_keys(root, "timestamp", &[12], 1));
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
    let mut world = World::warm().await;
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
    world
        .repo
        .rotate(&[], |root| Repo::set_keys(root, "snapshot", &[12], 1));
    world.repo.edit_signed_by("snapshot", &[12], |_| {});
    world.repo.stamp_with(|_| {});
    world.serve();
    assert_eq!(outcome(&world.check(HOUR).await), "fresh");
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
    let mut world = World::warm().await;
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

#[tokio::test]
async fn another_configured_root_starts_over_and_says_so() {
    let mut world = World::warm().await;
    world.repo.rotate(&[], |_| {});
    world.serve();
    world.check(HOUR).await;
    // The same repository, made again with other keys of the root.
    let mut again = Repo::new();
    again.edit_signed_by("root", &[10, 11], |root| {
        root["version"] = 1.into();
        Repo::set_keys(root, "root", &[10, 11], 2);
    });
    world.root = again.trusted_root();
    world.network.serve(&again);
    let report = world.check(HOUR).await;
    assert_eq!(
        (outcome(&report).as_str(), report.warnings.as_slice()),
        ("fresh", &[Warning::OtherRoot][..])
    );
    assert_eq!(world.check(HOUR).await.warnings, []);
}

#[tokio::test]
async fn an_installer_with_a_newer_root_shares_the_state_with_one_with_an_older() {
    let mut world = World::warm().await;
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

// Sets.

#[tokio::test]
async fn a_slow_link_gets_there_over_several_runs() {
    let mut world = World::warm().await;
    world.repo.publish_file(&document_bytes(&news()));
    world.serve();
    for (cut, expected) in [
        ("snapshot.json", "cached snapshot:timeout"),
        ("motd.json", "cached delegation:timeout"),
        ("notices.json", "cached target:timeout"),
    ] {
        world.network.fail(cut, Code::Timeout);
        let report = world.check(HOUR).await;
        assert_eq!(
            (outcome(&report).as_str(), titles(&report)),
            (expected, vec!["Hello".to_owned()])
        );
        world.network.heal();
    }
    world.network.requests();
    let report = world.check(HOUR).await;
    assert_eq!(
        (outcome(&report).as_str(), titles(&report)),
        ("fresh", vec!["News".to_owned()])
    );
    assert_eq!(
        world.network.requests().len(),
        3,
        "root, timestamp and the one missing file"
    );
    world.network.fail("", Code::Connect);
    assert_eq!(titles(&world.check(HOUR).await), ["News"]);
}

#[tokio::test]
async fn superseded_files_are_swept() {
    let mut world = World::warm().await;
    let count = files(&world).len();
    for number in 0..5 {
        world
            .repo
            .publish(&document(&[notice("news", &format!("News {number}"))]));
        world.serve();
        world.check(HOUR).await;
    }
    assert_eq!(files(&world).len(), count);
}

#[tokio::test]
async fn no_name_of_a_role_becomes_a_name_of_a_file() {
    let mut world = World::new();
    world.repo.edit("targets", |signed| {
        signed["delegations"]["roles"][0]["name"] = "../../../evil".into();
    });
    let bytes = world.repo.roles["motd"].clone();
    world.repo.roles.remove("motd");
    world
        .repo
        .roles
        .insert("../../../evil".to_owned(), bytes.clone());
    world.repo.list();
    let version = world.repo.version("../../../evil");
    world.repo.files.insert(
        format!("metadata/{version}...%2F..%2F..%2Fevil.json"),
        bytes,
    );
    world.serve();
    let report = world.check(HOUR).await;
    assert_eq!(
        (outcome(&report).as_str(), titles(&report)),
        ("fresh", vec!["Hello".to_owned()])
    );
    for path in files(&world) {
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        assert!(
            name.len() == 64 && name.bytes().all(|byte| byte.is_ascii_hexdigit()),
            "{name}"
        );
    }
    world.network.fail("", Code::Connect);
    assert_eq!(outcome(&world.check(HOUR).await), "cached root:connect");
}

// Corruption.

#[tokio::test]
async fn corrupt_files_are_set_aside_and_lower_no_floor() {
    for name in ["index.json", "floors.json", "schedule.json"] {
        for garbage in [
            &b"{"[..],
            b"",
            b"{\"format\":1,\"content\":7}",
            b"[]",
            &[0xff; 99],
        ] {
            let (world, old) = ahead().await;
            let path = folder(&world).join(name);
            fs::write(&path, garbage).unwrap();
            world.network.serve(&old);
            let report = world.check(HOUR).await;
            let expected = if name == "index.json" {
                "none timestamp:stale-mirror"
            } else {
                "cached timestamp:stale-mirror"
            };
            assert_eq!(outcome(&report), expected, "{name} {garbage:?}");
            assert_eq!(
                fs::read(folder(&world).join(format!("{name}.corrupt"))).unwrap(),
                garbage
            );
            if name != "schedule.json" {
                assert_eq!(report.warnings, [Warning::SetAside], "{name} {garbage:?}");
            }
            world.serve();
            assert_eq!(
                outcome(&world.check(HOUR).await),
                "fresh",
                "{name} {garbage:?}"
            );
        }
    }
}

#[tokio::test]
async fn every_metadata_file_can_be_corrupt() {
    let count = files(&World::warm().await).len();
    assert_eq!(count, 4);
    for number in 0..count {
        let world = World::warm().await;
        let path = files(&world)[number].clone();
        fs::write(&path, b"garbage").unwrap();
        world.network.fail("", Code::Connect);
        let report = world.check(HOUR).await;
        assert_eq!(outcome(&report), "none root:connect");
        assert_eq!(report.warnings, [Warning::SetAside]);
        assert!(path.with_extension("corrupt").exists());
        world.network.heal();
        let report = world.check(HOUR).await;
        assert_eq!(
            (outcome(&report).as_str(), titles(&report)),
            ("fresh", vec!["Hello".to_owned()])
        );
    }
}

#[tokio::test]
async fn a_set_that_somebody_wrote_is_verified_again() {
    let world = World::warm().await;
    // Somebody with the state folder, and without the keys, replaces the notices.
    let mut forged: Value = serde_json::from_slice(&world.repo.roles["motd"]).unwrap();
    let evil = document(&[notice("evil", "Evil")]);
    forged["signed"]["targets"]["motd/notices.json"]["custom"]["motd"] = evil;
    let forged = serde_json::to_vec(&forged).unwrap();
    let [old, new] =
        [&world.repo.roles["motd"], &forged].map(|bytes| motd_server::author::raw::sha256(bytes));
    let folder = folder(&world);
    fs::write(folder.join("files").join(&new), &forged).unwrap();
    let index = fs::read_to_string(folder.join("index.json")).unwrap();
    fs::write(folder.join("index.json"), index.replace(&old, &new)).unwrap();
    world.network.fail("", Code::Connect);
    assert_eq!(outcome(&world.check(HOUR).await), "none root:connect");
    world.network.heal();
    let report = world.check(HOUR).await;
    assert_eq!(
        (outcome(&report).as_str(), titles(&report)),
        ("fresh", vec!["Hello".to_owned()])
    );
}

#[tokio::test]
async fn an_index_does_not_choose_a_path() {
    let world = World::warm().await;
    // A file of the test's own, outside of the state folder: a client without this check would set it aside.
    let victim = world.state.path().join("victim");
    fs::write(&victim, b"not yours").unwrap();
    let path = folder(&world).join("index.json");
    let mut index: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    index["content"]["complete"]["timestamp"]["file"] = "../../../victim".into();
    assert!(folder(&world).join("files/../../../victim").exists());
    fs::write(&path, index.to_string()).unwrap();
    assert_eq!(outcome(&world.check(HOUR).await), "fresh");
    assert_eq!(fs::read(&victim).unwrap(), b"not yours");
}

#[tokio::test]
async fn the_state_of_a_newer_version_is_left_alone() {
    for name in ["index.json", "floors.json", "schedule.json"] {
        let world = World::warm().await;
        let path = folder(&world).join(name);
        let newer = br#"{"format":2,"content":{"anything":true}}"#;
        fs::write(&path, newer).unwrap();
        let report = world.check(HOUR).await;
        assert_eq!(outcome(&report), "fresh");
        assert_eq!(report.warnings, [Warning::Stateless(Unusable::NewerFormat)]);
        assert_eq!(fs::read(&path).unwrap(), newer);
    }
}

/// MOTD-FLOOR-3: whichever place shows it.
#[tokio::test]
async fn a_file_of_a_newer_version_switches_no_floor_off() {
    for name in ["index.json", "floors.json", "schedule.json"] {
        let (world, old) = ahead().await;
        let path = folder(&world).join(name);
        let newer = fs::read_to_string(&path)
            .unwrap()
            .replace("\"format\":1", "\"format\":2");
        fs::write(&path, &newer).unwrap();
        let before = listing(&folder(&world));
        world.network.serve(&old);
        let report = world.check(HOUR).await;
        let failure = report.failure.unwrap();
        assert_eq!(failure.code.as_str(), "stale-mirror", "{name}");
        assert_eq!(
            report.warnings,
            [Warning::Stateless(Unusable::NewerFormat)],
            "{name}"
        );
        assert!(listing(&folder(&world)) == before, "{name}");
    }
}

#[tokio::test]
async fn losing_every_floor_is_said() {
    for garbage in [Some("garbage"), None] {
        let (world, old) = ahead().await;
        for name in ["index.json", "floors.json"] {
            let path = folder(&world).join(name);
            match garbage {
                Some(garbage) => fs::write(path, garbage).unwrap(),
                None => fs::remove_file(path).unwrap(),
            }
        }
        world.network.serve(&old);
        let report = world.check(HOUR).await;
        assert_eq!(outcome(&report), "fresh");
        assert!(
            report.warnings.contains(&Warning::FloorsLost),
            "{:?}",
            report.warnings
        );
        assert_eq!(world.check(HOUR).await.warnings, []);
    }
    // Nothing is lost before there was anything.
    assert_eq!(World::new().check(0).await.warnings, []);
}

// The folder.

#[tokio::test]
async fn a_lock_is_never_waited_for() {
    let world = World::warm().await;
    let lock = fs::File::open(folder(&world).join("lock")).unwrap();
    lock.lock().unwrap();
    let before = listing(world.state.path());
    let report = world.check(HOUR).await;
    assert_eq!(outcome(&report), "fresh");
    assert_eq!(report.warnings, [Warning::Stateless(Unusable::Locked)]);
    world.network.fail("", Code::Connect);
    assert_eq!(outcome(&world.check(HOUR).await), "none root:connect");
    assert_eq!(listing(world.state.path()), before);
    drop(lock);
    assert_eq!(outcome(&world.check(HOUR).await), "cached root:connect");
}

#[cfg(unix)]
#[tokio::test]
async fn no_symbolic_link_is_followed() {
    use std::os::unix::fs::symlink;
    let elsewhere = tempfile::tempdir().unwrap();
    let victim = elsewhere.path().join("victim");
    for linked in ["", "*", "*/files", "*/lock"] {
        let world = World::warm().await;
        let path = match linked {
            "" => world.state.path().join("motd"),
            "*" => folder(&world),
            _ => folder(&world).join(&linked[2..]),
        };
        let moved = elsewhere.path().join("moved");
        let _ = fs::remove_dir_all(&moved);
        fs::rename(&path, &moved)
            .or_else(|_| fs::remove_file(&path))
            .unwrap();
        symlink(&moved, &path).unwrap();
        let before = listing(elsewhere.path());
        let report = world.check(HOUR).await;
        assert_eq!(outcome(&report), "fresh", "{linked}");
        assert_eq!(
            report.warnings,
            [Warning::Stateless(Unusable::SymbolicLink)],
            "{linked}"
        );
        assert_eq!(listing(elsewhere.path()), before, "{linked}");
        fs::remove_file(&path).unwrap();
        let _ = fs::remove_file(&moved);
    }
    for name in ["index.json", "floors.json", "schedule.json"] {
        let world = World::warm().await;
        fs::write(&victim, b"{\"format\":1,\"content\":{}}").unwrap();
        let path = folder(&world).join(name);
        fs::remove_file(&path).unwrap();
        symlink(&victim, &path).unwrap();
        assert_eq!(outcome(&world.check(HOUR).await), "fresh", "{name}");
        assert_eq!(
            fs::read(&victim).unwrap(),
            b"{\"format\":1,\"content\":{}}",
            "{name}"
        );
        assert!(
            !fs::symlink_metadata(&path).is_ok_and(|metadata| metadata.is_symlink()),
            "{name}"
        );
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_pipe_in_the_folder_stops_nobody() {
    let world = World::warm().await;
    let path = folder(&world).join("index.json");
    fs::remove_file(&path).unwrap();
    assert!(
        std::process::Command::new("mkfifo")
            .arg(&path)
            .status()
            .unwrap()
            .success()
    );
    assert_eq!(outcome(&world.check(HOUR).await), "fresh");
}

#[cfg(unix)]
#[tokio::test]
async fn a_read_only_folder_is_left_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let world = World::warm().await;
    let state = world.state.path().join("motd");
    fs::set_permissions(&state, fs::Permissions::from_mode(0o500)).unwrap();
    let before = listing(world.state.path());
    let report = world.check(HOUR).await;
    assert_eq!(
        (outcome(&report).as_str(), titles(&report)),
        ("fresh", vec!["Hello".to_owned()])
    );
    assert_eq!(report.warnings, [Warning::Stateless(Unusable::ReadOnly)]);
    assert_eq!(listing(world.state.path()), before);
    fs::set_permissions(&state, fs::Permissions::from_mode(0o700)).unwrap();
}

#[cfg(unix)]
#[tokio::test]
async fn a_folder_of_another_user_is_left_alone() {
    let world = World::warm().await;
    // Only root can give a folder away; elsewhere the next line fails and there is nothing to see.
    if std::os::unix::fs::chown(folder(&world), Some(12_345), None).is_ok() {
        let before = listing(world.state.path());
        let report = world.check(HOUR).await;
        assert_eq!(outcome(&report), "fresh");
        assert_eq!(report.warnings, [Warning::Stateless(Unusable::OtherOwner)]);
        assert_eq!(listing(world.state.path()), before);
        // Nor is a folder made in one.
        let home = world.state.path().join("home");
        fs::create_dir(&home).unwrap();
        std::os::unix::fs::chown(&home, Some(12_345), None).unwrap();
        let config = world.config(HOUR).with_state_dir(home.join("state/motd"));
        let report = motd_client::check(&config).await;
        assert_eq!(report.warnings, [Warning::Stateless(Unusable::OtherOwner)]);
        assert_eq!(fs::read_dir(&home).unwrap().count(), 0);
    }
}

/// Names, contents and links below a folder.
fn listing(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if fs::symlink_metadata(&path).unwrap().is_dir() {
            all.extend(listing(&path));
            all.push((path, Vec::new()));
        } else {
            let bytes = fs::read_link(&path).map_or_else(
                |_| fs::read(&path).unwrap(),
                |to| to.into_os_string().into_encoded_bytes(),
            );
            all.push((path, bytes));
        }
    }
    all.sort();
    all
}

// Waiting.

#[tokio::test]
async fn retry_after_holds_a_check_back_and_the_cache_speaks() {
    let world = World::warm().await;
    world.network.fail("timestamp.json", Code::Status);
    world.network.retry_after(Duration::from_hours(2));
    assert_eq!(outcome(&world.check(HOUR).await), "cached timestamp:status");
    world.network.heal();
    world.network.requests();
    let report = world.check(3 * HOUR - 1).await;
    assert_eq!(
        (outcome(&report).as_str(), report.held_until),
        ("cached root:status", Some(at(3 * HOUR)))
    );
    assert_eq!((report.requests, world.network.requests().len()), (0, 0));
    let report = world.check(3 * HOUR).await;
    assert_eq!(
        (outcome(&report).as_str(), report.held_until),
        ("fresh", None)
    );
}

#[tokio::test]
async fn the_last_success_and_what_went_wrong_since_are_remembered() {
    let world = World::warm().await;
    world.network.fail("timestamp.json", Code::Connect);
    world.check(HOUR).await;
    let report = check_offline(&world.config(2 * HOUR));
    assert_eq!((outcome(&report).as_str(), report.requests), ("cached", 0));
    assert_eq!(report.last_success, Some(at(0)));
    assert_eq!(
        report.last_failure.unwrap().to_string(),
        "timestamp: no connection could be made [connect]"
    );
}

#[tokio::test]
async fn a_check_that_is_switched_off_by_nobody_keeps_its_files_private() {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let world = World::warm().await;
        rollout_secret(&world.state.path().join("motd")).unwrap();
        for (path, _) in listing(world.state.path()) {
            let mode = fs::metadata(&path).unwrap().permissions().mode();
            assert_eq!(mode & 0o077, 0, "{}", path.display());
        }
    }
}

#[tokio::test]
async fn reading_offline_changes_nothing_and_waits_for_nobody() {
    let world = World::warm().await;
    let lock = fs::File::open(folder(&world).join("lock")).unwrap();
    lock.lock().unwrap();
    fs::write(folder(&world).join("floors.json"), b"garbage").unwrap();
    let before = listing(world.state.path());
    let report = check_offline(&world.config(HOUR));
    assert_eq!(
        (outcome(&report).as_str(), titles(&report)),
        ("cached", vec!["Hello".to_owned()])
    );
    assert_eq!(listing(world.state.path()), before);
    // Nor is a folder made.
    let absent = world.state.path().join("absent");
    let report = check_offline(&world.config(HOUR).with_state_dir(&absent));
    assert_eq!(
        (outcome(&report).as_str(), report.warnings.len()),
        ("none", 0)
    );
    assert!(!absent.exists());
}

// What is kept beside metadata.

#[test]
fn the_rollout_secret_is_made_once() {
    let state = tempfile::tempdir().unwrap();
    let secret = rollout_secret(state.path()).unwrap();
    assert_ne!(secret, [0; 32]);
    assert_eq!(rollout_secret(state.path()).unwrap(), secret);
    fs::write(state.path().join("secret"), b"short").unwrap();
    let other = rollout_secret(state.path()).unwrap();
    assert_ne!(other, secret);
    #[cfg(unix)]
    {
        fs::remove_file(state.path().join("secret")).unwrap();
        let elsewhere = tempfile::tempdir().unwrap();
        let victim = elsewhere.path().join("victim");
        fs::write(&victim, [7; 32]).unwrap();
        std::os::unix::fs::symlink(&victim, state.path().join("secret")).unwrap();
        assert_eq!(rollout_secret(state.path()), Err(Unusable::SymbolicLink));
    }
}

#[tokio::test]
async fn a_corrupt_seen_state_is_set_aside() {
    let world = World::warm().await;
    let state = world.state.path().join("motd");
    let store = SeenStore::open(&state, &"example.org".parse().unwrap()).unwrap();
    assert_eq!(store.load().unwrap().1, None);
    fs::write(folder(&world).join("seen.json"), json!([1, 2]).to_string()).unwrap();
    assert_eq!(store.load().unwrap().1, Some(Warning::SetAside));
    assert_eq!(store.load().unwrap().1, None);
    assert!(folder(&world).join("seen.json.corrupt").exists());
}

#[tokio::test]
async fn nothing_in_the_state_outlives_the_timestamp() {
    let world = World::warm().await;
    world.network.answer("", u32::MAX, Ok(Answer::Forbidden));
    assert_eq!(
        outcome(&world.check(2 * DAY).await),
        "none timestamp:status"
    );
}
