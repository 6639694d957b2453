//! The folder itself: locks, links, pipes, owners.

use std::fs;

use motd_client::{Unusable, Warning};
use motd_core::Code;

use super::{folder, listing, repository};
use motd_simulator::{HOUR, Simulation, outcome, titles};

#[tokio::test]
async fn a_lock_is_never_waited_for() {
    let world = Simulation::warm().await;
    let lock = fs::File::open(repository(&world).join("lock")).unwrap();
    lock.lock().unwrap();
    let before = listing(world.state.path());
    let report = world.check(HOUR).await;
    assert_eq!(outcome(&report), "fresh");
    assert_eq!(report.warnings, [Warning::Stateless(Unusable::Locked)]);
    world.network.fail("", Code::Connect);
    assert_eq!(outcome(&world.check(HOUR).await), "cached root:connect");
    assert_eq!(listing(world.state.path()), before);
    drop(lock);
    assert_eq!(outcome(&world.check(HOUR).await), "cached root:connect");
}

/// What keeps a check from writing, on a folder of this user alone.
#[cfg(unix)]
const OBSTACLES: [(&str, Unusable); 9] = [
    ("locked", Unusable::Locked),
    ("lock is a folder", Unusable::ReadOnly),
    ("lock is a socket", Unusable::ReadOnly),
    ("lock is a link", Unusable::SymbolicLink),
    ("read-only above", Unusable::ReadOnly),
    ("read-only", Unusable::ReadOnly),
    ("read-only chain", Unusable::ReadOnly),
    ("read-only files", Unusable::ReadOnly),
    ("a newer record of attempts", Unusable::NewerFormat),
];

/// Puts it in the way; what is returned is to be kept.
#[cfg(unix)]
fn obstruct(world: &Simulation, what: &str) -> Option<fs::File> {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    let folder = folder(world);
    let lock = repository(world).join("lock");
    let read_only = |path: &std::path::Path| {
        fs::set_permissions(path, fs::Permissions::from_mode(0o500)).unwrap();
    };
    match what {
        "locked" => {
            let file = fs::File::open(&lock).unwrap();
            file.lock().unwrap();
            return Some(file);
        }
        "lock is a folder" => {
            fs::remove_file(&lock).unwrap();
            fs::create_dir(&lock).unwrap();
        }
        "lock is a socket" => {
            fs::remove_file(&lock).unwrap();
            drop(std::os::unix::net::UnixListener::bind(&lock).unwrap());
        }
        "lock is a link" => {
            fs::remove_file(&lock).unwrap();
            symlink("nowhere", &lock).unwrap();
        }
        "read-only above" => read_only(repository(world).parent().unwrap()),
        "read-only" => read_only(&repository(world)),
        "read-only chain" => read_only(&folder),
        "read-only files" => read_only(&folder.join("files")),
        _ => fs::write(
            folder.join("schedule.json"),
            b"{\"format\":2,\"content\":{}}",
        )
        .unwrap(),
    }
    None
}

#[cfg(unix)]
#[tokio::test]
async fn what_cannot_be_written_is_still_read() {
    use motd_simulator::repo::RepositorySimulator;
    for (what, why) in OBSTACLES {
        let mut world = Simulation::warm().await;
        let first = world.repo.clone();
        world.repo.publish(&super::news());
        let second = world.repo.clone();
        // New keys: what the old timestamp key signs from now on is nobody's.
        world.repo.rotate(&[], |root| {
            RepositorySimulator::set_keys(root, "timestamp", &[10], 1);
        });
        let signed = world.repo.signed("timestamp");
        world.repo.files.insert(
            "metadata/timestamp.json".to_owned(),
            RepositorySimulator::sign(&signed, &[10]),
        );
        world.serve();
        assert_eq!(outcome(&world.check(HOUR).await), "fresh", "{what}");
        let kept = obstruct(&world, what);
        let before = listing(&folder(&world));
        let honest = world.check(HOUR).await;
        assert_eq!(honest.warnings, [Warning::Stateless(why)], "{what}");
        assert_eq!(titles(&honest), ["News"], "{what}");
        // Old files and the revoked key; no network.
        for old in [&first, &second] {
            world.network.serve(old);
            let report = world.check(HOUR).await;
            let expected = "none timestamp:signature-threshold";
            assert_eq!(outcome(&report), expected, "{what}");
        }
        world.network.fail("", Code::Connect);
        let offline = world.check(HOUR).await;
        assert_eq!(outcome(&offline), "cached root:connect", "{what}");
        assert_eq!(titles(&offline), ["News"], "{what}");
        assert_eq!(listing(&folder(&world)), before, "{what}");
        drop(kept);
        make_writable(&world);
    }
    for (what, _) in OBSTACLES {
        let (world, old) = super::ahead().await;
        let kept = obstruct(&world, what);
        let before = listing(&folder(&world));
        world.network.serve(&old);
        let report = world.check(HOUR).await;
        let expected = "cached timestamp:stale-mirror";
        assert_eq!(outcome(&report), expected, "{what}");
        assert_eq!(titles(&report), ["News"], "{what}");
        assert_eq!(listing(&folder(&world)), before, "{what}");
        drop(kept);
        make_writable(&world);
    }
}

#[cfg(unix)]
fn make_writable(world: &Simulation) {
    use std::os::unix::fs::PermissionsExt as _;
    let files = folder(world).join("files");
    for path in files.ancestors().take(4) {
        fs::set_permissions(path, fs::Permissions::from_mode(0o700)).unwrap();
    }
}

#[cfg(unix)]
#[tokio::test]
async fn no_symbolic_link_is_followed() {
    use std::os::unix::fs::symlink;
    let elsewhere = tempfile::tempdir().unwrap();
    let victim = elsewhere.path().join("victim");
    for linked in ["", "*", "*/*", "*/*/files", "*/lock"] {
        let world = Simulation::warm().await;
        let path = match linked {
            "" => world.state.path().join("motd"),
            "*" => repository(&world),
            "*/*" => folder(&world),
            "*/lock" => repository(&world).join("lock"),
            _ => folder(&world).join("files"),
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
        let world = Simulation::warm().await;
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
    let world = Simulation::warm().await;
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
    let world = Simulation::warm().await;
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
    let world = Simulation::warm().await;
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

#[cfg(unix)]
#[tokio::test]
async fn a_folder_that_others_can_write_is_not_believed() {
    use std::os::unix::fs::PermissionsExt as _;
    let world = Simulation::warm().await;
    let set = |path: &std::path::Path, mode: u32| {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    };
    let refused = [Warning::Stateless(Unusable::OthersCanWrite)];
    let state = world.state.path().join("motd");
    for inside in [state.clone(), folder(&world), folder(&world).join("files")] {
        for mode in [0o777, 0o1777] {
            set(&inside, mode);
            let before = listing(world.state.path());
            assert_eq!(world.check(HOUR).await.warnings, refused, "{mode:o}");
            assert_eq!(listing(world.state.path()), before, "{mode:o}");
        }
        set(&inside, 0o700);
    }
    set(world.state.path(), 0o777);
    assert_eq!(world.check(HOUR).await.warnings, refused);
    // Nor is a folder made in one.
    let config = world
        .config(HOUR)
        .with_state_dir(world.state.path().join("new/motd"));
    assert_eq!(motd_client::check(&config).await.warnings, refused);
    assert!(!world.state.path().join("new").exists());
    // A sticky one, such as `/tmp`, and one of the user's own group.
    for mode in [0o1777, 0o775, 0o700] {
        set(world.state.path(), mode);
        assert_eq!(world.check(HOUR).await.warnings, [], "{mode:o}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_link_above_the_folder_is_followed_only_if_it_is_the_users_own() {
    use std::os::unix::fs::{lchown, symlink};
    let world = Simulation::warm().await;
    let way = world.state.path().join("way");
    // By a relative link and back, so that every step of the way is looked at.
    fs::create_dir(world.state.path().join("beside")).unwrap();
    symlink("beside/..", &way).unwrap();
    let config = world.config(HOUR).with_state_dir(way.join("motd"));
    let report = motd_client::check(&config).await;
    assert_eq!(report.warnings, []);
    assert_eq!(report.last_success, Some(motd_simulator::at(HOUR)));
    symlink("loop", world.state.path().join("loop")).unwrap();
    let around = world
        .config(HOUR)
        .with_state_dir(world.state.path().join("loop/motd"));
    let expected = [Warning::Stateless(Unusable::SymbolicLink)];
    assert_eq!(motd_client::check(&around).await.warnings, expected);
    // Only root can give a link away; elsewhere the next line fails and `state/owner.rs` has the test.
    if lchown(&way, Some(12_345), None).is_ok() {
        let before = listing(world.state.path());
        let report = motd_client::check(&config).await;
        assert_eq!(report.warnings, [Warning::Stateless(Unusable::OtherOwner)]);
        assert_eq!(listing(world.state.path()), before);
    }
}
