//! Symbolic links at the files of a state folder: none is followed, whoever put it there.

#![cfg(unix)]

use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;

use motd_client::{SeenStore, Unusable, rollout_secret};

use motd_simulator::{HOUR, Simulation, outcome};

fn folder(world: &Simulation) -> PathBuf {
    let mut folders = fs::read_dir(world.state.path().join("motd")).unwrap();
    folders.next().unwrap().unwrap().path()
}

#[tokio::test]
async fn stored_metadata_is_not_read_through_a_link() {
    let world = Simulation::warm().await;
    let entries = fs::read_dir(folder(&world)).unwrap();
    let mut paths = entries.map(|entry| entry.unwrap().path());
    let files = paths.find(|path| path.is_dir()).unwrap().join("files");
    let elsewhere = tempfile::tempdir().unwrap();
    let mut victims = Vec::new();
    for entry in fs::read_dir(&files).unwrap() {
        let path = entry.unwrap().path();
        // The right bytes, in a place that another user can change between two looks.
        let victim = elsewhere.path().join(path.file_name().unwrap());
        fs::rename(&path, &victim).unwrap();
        symlink(&victim, &path).unwrap();
        victims.push((victim.clone(), fs::read(victim).unwrap()));
    }
    let report = motd_client::check_offline(&world.config(HOUR));
    assert_eq!(outcome(&report), "none");
    assert_eq!(outcome(&world.check(HOUR).await), "fresh");
    for (victim, bytes) in victims {
        assert_eq!(fs::read(victim).unwrap(), bytes);
    }
}

#[tokio::test]
async fn the_seen_state_is_neither_read_nor_locked_through_a_link() {
    let repository = "example.org".parse().unwrap();
    for name in ["seen.json", "seen.lock"] {
        let world = Simulation::warm().await;
        let victim = world.state.path().join("victim");
        fs::write(&victim, b"{\"format\":1,\"content\":{}}").unwrap();
        let path = folder(&world).join(name);
        symlink(&victim, &path).unwrap();
        let state = world.state.path().join("motd");
        let store = SeenStore::open(&state, &repository).unwrap();
        assert!(store.load().unwrap().0.entries().is_empty());
        let changed = store.record_shown(&[], motd_simulator::at(0));
        assert_eq!(changed.is_err(), name == "seen.lock", "{name}");
        assert_eq!(fs::read(&victim).unwrap(), b"{\"format\":1,\"content\":{}}");
    }
}

#[test]
fn the_secret_is_not_made_under_a_lock_that_is_a_link() {
    let state = tempfile::tempdir().unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    let victim = elsewhere.path().join("victim");
    symlink(&victim, state.path().join("secret.lock")).unwrap();
    assert_eq!(rollout_secret(state.path()), Err(Unusable::SymbolicLink));
    assert!(!victim.exists() && !state.path().join("secret").exists());
}

/// Two first runs at the same moment: the second one waits for nobody, and makes no secret of its own.
#[test]
fn while_one_process_makes_the_secret_another_has_none() {
    let state = tempfile::tempdir().unwrap();
    let lock = fs::File::create(state.path().join("secret.lock")).unwrap();
    lock.lock().unwrap();
    assert_eq!(rollout_secret(state.path()), Err(Unusable::Locked));
    lock.unlock().unwrap();
    let secret = rollout_secret(state.path()).unwrap();
    // What is there is read without a lock.
    lock.lock().unwrap();
    assert_eq!(rollout_secret(state.path()), Ok(secret));
}
