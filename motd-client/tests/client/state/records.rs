//! What else is kept: when to ask again, the secret of `rollout`, what was seen.

use std::fs;
use std::time::Duration;

use motd_client::transport::FileResponse;
use motd_client::{SeenStore, Unusable, Warning, check_offline, rollout_secret};
use motd_core::Code;
use serde_json::json;

use super::{folder, listing, repository};
use motd_simulator::{DAY, HOUR, Simulation, at, outcome, titles};

#[tokio::test]
async fn retry_after_holds_a_check_back_and_the_cache_speaks() {
    let world = Simulation::warm().await;
    world.network.fail("timestamp.json", Code::Status);
    world.network.retry_after(Duration::from_hours(2));
    assert_eq!(outcome(&world.check(HOUR).await), "cached timestamp:status");
    world.network.heal();
    world.network.requests();
    let report = world.check(2 * HOUR - 1).await;
    assert_eq!(
        (outcome(&report).as_str(), report.held_until),
        ("cached root:status", Some(at(2 * HOUR)))
    );
    assert_eq!((report.requests, world.network.requests().len()), (0, 0));
    let report = world.check(2 * HOUR).await;
    assert_eq!(
        (outcome(&report).as_str(), report.held_until),
        ("fresh", None)
    );
}

#[tokio::test]
async fn the_last_success_and_what_went_wrong_since_are_remembered() {
    let world = Simulation::warm().await;
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
        let world = Simulation::warm().await;
        rollout_secret(&world.state.path().join("motd")).unwrap();
        for (path, _) in listing(world.state.path()) {
            let mode = fs::metadata(&path).unwrap().permissions().mode();
            assert_eq!(mode & 0o077, 0, "{}", path.display());
        }
    }
}

#[tokio::test]
async fn reading_offline_changes_nothing_and_waits_for_nobody() {
    let world = Simulation::warm().await;
    let lock = fs::File::open(repository(&world).join("lock")).unwrap();
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
    let world = Simulation::warm().await;
    let state = world.state.path().join("motd");
    let store = SeenStore::open(&state, &"example.org".parse().unwrap()).unwrap();
    assert_eq!(store.load().unwrap().1, None);
    fs::write(
        repository(&world).join("seen.json"),
        json!([1, 2]).to_string(),
    )
    .unwrap();
    assert_eq!(store.load().unwrap().1, Some(Warning::SetAside));
    assert_eq!(store.load().unwrap().1, None);
    assert!(repository(&world).join("seen.json.corrupt").exists());
}

#[tokio::test]
async fn nothing_in_the_state_outlives_the_timestamp() {
    let world = Simulation::warm().await;
    world
        .network
        .answer("", u32::MAX, Ok(FileResponse::Forbidden));
    assert_eq!(
        outcome(&world.check(2 * DAY).await),
        "none timestamp:status"
    );
}
