//! The complete and the staged set: what a slow link keeps, what is swept, what names a file.

use std::fs;
use std::path::PathBuf;

use motd_client::limits;
use motd_core::Code;

use super::{files, news};
use motd_simulator::repo::{document, document_bytes, notice, padded};
use motd_simulator::{HOUR, Simulation, outcome, titles};

#[tokio::test]
async fn a_slow_link_gets_there_over_several_runs() {
    let mut world = Simulation::warm().await;
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
    let mut world = Simulation::warm().await;
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
async fn updates_that_are_never_complete_do_not_add_up() {
    let mut world = Simulation::warm().await;
    let mut counts = Vec::new();
    for number in 0..5 {
        world
            .repo
            .publish(&document(&[notice("news", &format!("News {number}"))]));
        world.serve();
        world.network.fail("motd.json", Code::Connect);
        world.check(HOUR).await;
        counts.push(files(&world).len());
    }
    assert_eq!(counts[4], counts[0]);
}

#[tokio::test]
async fn the_store_has_a_largest_size() {
    let mut world = Simulation::warm().await;
    // Each run receives 31 roots of the longest length.
    for _ in 0..4 {
        for _ in 0..31 {
            world.repo.rotate(&[], |_| {});
            let path = format!("metadata/{}.root.json", world.repo.version("root"));
            let length = usize::try_from(limits::ROOT_BYTES).unwrap();
            let bytes = padded(&world.repo.files[&path], length);
            world.repo.files.insert(path, bytes);
        }
        world.serve();
        world.check(HOUR).await;
    }
    let length = |path: &PathBuf| fs::metadata(path).unwrap().len();
    let kept: u64 = files(&world).iter().map(length).sum();
    assert!(
        kept > limits::STATE_BYTES - 2 * limits::ROOT_BYTES,
        "{kept}"
    );
    assert!(kept <= limits::STATE_BYTES, "{kept}");
}

#[tokio::test]
async fn no_name_of_a_role_becomes_a_name_of_a_file() {
    let mut world = Simulation::new();
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
