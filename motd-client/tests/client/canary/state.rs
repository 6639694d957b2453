//! Markers in a state folder that somebody wrote into.

use std::fs;
use std::path::PathBuf;

use motd_client::{SeenStore, check_offline};
use motd_core::Code;

use super::{CANARY, ears, require_silence};
use motd_simulator::{HOUR, Simulation};

/// The folder of the repository.
fn repository(world: &Simulation) -> PathBuf {
    let mut folders = fs::read_dir(world.state.path().join("motd")).unwrap();
    folders.next().unwrap().unwrap().path()
}

/// The folder of the chain of roots in it.
fn folder(world: &Simulation) -> PathBuf {
    let entries = fs::read_dir(repository(world)).unwrap();
    let mut paths = entries.map(|entry| entry.unwrap().path());
    paths.find(|path| path.is_dir()).unwrap()
}

#[tokio::test]
async fn no_state_file_speaks() {
    ears::open();
    let contents = [
        CANARY.to_owned(),
        format!("{{\"{CANARY}\""),
        format!("{{\"format\":\"{CANARY}\"}}"),
        format!("{{\"format\":1,\"content\":\"{CANARY}\"}}"),
        format!("{{\"format\":1,\"content\":{{\"{CANARY}\":[\"{CANARY}\"]}}}}"),
        format!("{{\"format\":1,\"content\":{{\"roots\":[\"{CANARY}\"]}}}}"),
        format!("{{\"format\":1,\"content\":{{\"last_failure\":[\"{CANARY}\",\"{CANARY}\"]}}}}"),
        format!("{{\"format\":9,\"content\":\"{CANARY}\"}}"),
    ];
    for name in ["index.json", "floors.json", "schedule.json", "seen.json"] {
        for content in &contents {
            let world = Simulation::warm().await;
            let is_seen = name == "seen.json";
            let folder = if is_seen {
                repository(&world)
            } else {
                folder(&world)
            };
            fs::write(folder.join(name), content).unwrap();
            let what = format!("{name}: {content}");
            require_silence(&check_offline(&world.config(HOUR)), &what);
            let state = world.state.path().join("motd");
            let store = SeenStore::open(&state, &"example.org".parse().unwrap()).unwrap();
            let seen = format!("{:?}", store.load());
            assert!(!seen.contains(CANARY), "{what}: {seen}");
            world.network.fail("", Code::Connect);
            require_silence(&world.check(HOUR).await, &what);
        }
    }
}

#[tokio::test]
async fn no_stored_metadata_and_no_file_name_speaks() {
    ears::open();
    let world = Simulation::warm().await;
    let files = folder(&world).join("files");
    for entry in fs::read_dir(&files).unwrap() {
        fs::write(entry.unwrap().path(), CANARY).unwrap();
    }
    fs::write(files.join(CANARY), CANARY).unwrap();
    fs::write(folder(&world).join(CANARY), CANARY).unwrap();
    require_silence(&check_offline(&world.config(HOUR)), "offline");
    require_silence(&world.check(HOUR).await, "a check");
}
