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

/// So many times 31 roots of nearly the longest length. The store has room for three times and a little more.
pub(super) async fn filled(times: usize) -> Simulation {
    let mut world = Simulation::warm().await;
    // Each run receives 31 of them.
    for _ in 0..times {
        for _ in 0..31 {
            world
                .repo
                .rotate(&[], |root| root["x"] = "x".repeat(507_000).into());
        }
        world.serve();
        world.check(HOUR).await;
    }
    world
}

fn kept(world: &Simulation) -> u64 {
    let length = |path: &PathBuf| fs::metadata(path).unwrap().len();
    files(world).iter().map(length).sum()
}

#[tokio::test]
async fn the_store_has_a_largest_size() {
    let kept = kept(&filled(4).await);
    assert!(
        kept > limits::STATE_BYTES - 2 * limits::ROOT_BYTES,
        "{kept}"
    );
    assert!(kept <= limits::STATE_BYTES, "{kept}");
}

/// MOTD-STATE-1: what there was no room for is no complete set, and takes the place of none.
#[tokio::test]
async fn a_set_that_is_not_stored_is_not_complete() {
    let mut world = filled(3).await;
    world.network.fail("", Code::Connect);
    assert_eq!(titles(&world.check(HOUR).await), ["Hello"]);
    world.network.heal();
    world
        .repo
        .edit("motd", |signed| signed["x"] = "x".repeat(2_000_000).into());
    world.repo.publish(&news());
    world.serve();
    let report = world.check(HOUR).await;
    assert_eq!(
        (outcome(&report).as_str(), titles(&report)),
        ("fresh", vec!["News".to_owned()])
    );
    world.network.fail("", Code::Connect);
    let report = world.check(HOUR).await;
    assert_eq!(
        (outcome(&report).as_str(), titles(&report)),
        ("cached root:connect", vec!["Hello".to_owned()])
    );
}

/// MOTD-GATE-14: a role from the store counts like one that came in this run.
#[tokio::test]
async fn several_runs_do_not_get_what_one_may_not_fetch() {
    let mut world = Simulation::new();
    let names = ["a", "b", "motd"];
    for pair in names.windows(2) {
        let next = world.repo.delegation(pair[1], serde_json::Value::Null);
        world.repo.add_delegator(pair[0], &[next]);
    }
    let first = world.repo.delegation(names[0], serde_json::Value::Null);
    world.repo.delegate(&[first]);
    for role in ["targets", "a", "b", "motd"] {
        world
            .repo
            .edit(role, |signed| signed["x"] = "x".repeat(4_800_000).into());
    }
    world.repo.list();
    world.serve();
    for _ in 0..3 {
        let outcome = outcome(&world.check(HOUR).await);
        assert_eq!(outcome, "none delegation:too-long");
    }
}

/// A mirror without a key writes white space and signatures of nobody into roots.
#[tokio::test]
async fn what_is_not_signed_of_a_root_is_not_stored() {
    let mut world = Simulation::warm().await;
    let before = kept(&world);
    for _ in 0..20 {
        world.repo.rotate(&[], |_| {});
        let path = format!("metadata/{}.root.json", world.repo.version("root"));
        let mut root: serde_json::Value = serde_json::from_slice(&world.repo.files[&path]).unwrap();
        let signatures = root["signatures"].as_array_mut().unwrap();
        signatures.push(serde_json::json!({ "keyid": "nobody", "sig": "0".repeat(250_000) }));
        let length = usize::try_from(limits::ROOT_BYTES).unwrap();
        let bytes = padded(root.to_string().as_bytes(), length);
        world.repo.files.insert(path, bytes);
    }
    world.serve();
    assert_eq!(outcome(&world.check(HOUR).await), "fresh");
    assert!(kept(&world) - before < 100_000, "{}", kept(&world));
    world.network.requests();
    assert_eq!(outcome(&world.check(HOUR).await), "fresh");
    assert_eq!(world.network.requests().len(), 2, "all roots are stored");
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
