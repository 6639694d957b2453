//! Files that are corrupt, foreign, or of another version: set aside, and never a reason to trust more.

use std::fs;

use motd_client::{Unusable, Warning};
use motd_core::Code;
use serde_json::Value;

use super::{ahead, files, folder, listing};
use motd_simulator::repo::{document, notice};
use motd_simulator::{HOUR, Simulation, outcome, titles};

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
    let count = files(&Simulation::warm().await).len();
    assert_eq!(count, 4);
    for number in 0..count {
        let world = Simulation::warm().await;
        let path = files(&world)[number].clone();
        fs::write(&path, b"garbage").unwrap();
        world.network.fail("", Code::Connect);
        let report = world.check(HOUR).await;
        assert_eq!(outcome(&report), "none root:connect");
        assert_eq!(report.warnings, [Warning::SetAside]);
        assert!(path.with_file_name("last.corrupt").exists());
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
    let world = Simulation::warm().await;
    // Somebody with the state folder, and without the keys, replaces the notices.
    let mut forged: Value = serde_json::from_slice(&world.repo.roles["motd"]).unwrap();
    let evil = document(&[notice("evil", "Evil")]);
    forged["signed"]["targets"]["motd/notices.json"]["custom"]["motd"] = evil;
    let forged = serde_json::to_vec(&forged).unwrap();
    let [old, new] = [&world.repo.roles["motd"], &forged]
        .map(|bytes| motd_server::publish::metadata::write::sha256(bytes));
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
    let world = Simulation::warm().await;
    // A file of the test's own, outside of the state folder: a client without this check would set it aside.
    let victim = world.state.path().join("victim");
    fs::write(&victim, b"not yours").unwrap();
    let path = folder(&world).join("index.json");
    let mut index: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    index["content"]["complete"]["timestamp"]["file"] = "../../../../victim".into();
    assert!(folder(&world).join("files/../../../../victim").exists());
    fs::write(&path, index.to_string()).unwrap();
    assert_eq!(outcome(&world.check(HOUR).await), "fresh");
    assert_eq!(fs::read(&victim).unwrap(), b"not yours");
}

#[tokio::test]
async fn the_state_of_a_newer_version_is_left_alone() {
    for name in ["index.json", "floors.json", "schedule.json"] {
        let world = Simulation::warm().await;
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
    assert_eq!(Simulation::new().check(0).await.warnings, []);
}
