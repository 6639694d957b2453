//! What holds over several runs: after a failure, between publications, without state.

use motd_client::check_offline;
use motd_client::transport::FileResponse;
use motd_core::Code;
use serde_json::json;

use super::{NEW, NONE, OLD, edited, news};
use motd_simulator::repo::{RepositorySimulator, document, notice};
use motd_simulator::{DAY, HOUR, Simulation, outcome, titles};

#[tokio::test]
async fn a_verification_failure_says_nothing_and_the_next_honest_run_does() {
    let mut world = Simulation::warm().await;
    edited(&mut world, "motd", &[10, 11], |_| {});
    assert_eq!(
        outcome(&world.check(HOUR).await),
        "none delegation:signature-threshold"
    );
    // The complete set is still whole.
    world.network.fail("", Code::Connect);
    assert_eq!(titles(&world.check(HOUR).await), OLD);
    world.network.heal();
    edited(&mut world, "motd", &[1, 2], |_| {});
    let report = world.check(HOUR).await;
    assert_eq!(
        (outcome(&report).as_str(), titles(&report)),
        ("fresh", vec!["News".to_owned()])
    );
}

#[tokio::test]
async fn cached_ends_with_the_first_role_that_expires() {
    let world = Simulation::warm().await;
    world.network.fail("", Code::Connect);
    // The timestamp lives for one day.
    assert_eq!(outcome(&world.check(DAY - 1).await), "cached root:connect");
    let report = world.check(DAY).await;
    assert_eq!(outcome(&report), "none root:connect");
    assert_eq!(titles(&report), NONE);
}

#[tokio::test]
async fn a_root_that_revokes_the_timestamp_key_revokes_the_cached_set() {
    let mut world = Simulation::warm().await;
    world.repo.rotate(&[], |root| {
        RepositorySimulator::set_keys(root, "timestamp", &[12], 1);
    });
    world.serve();
    world.network.fail("timestamp.json", Code::Connect);
    assert_eq!(outcome(&world.check(HOUR).await), "none timestamp:connect");
}

#[tokio::test]
async fn a_timestamp_fetched_beside_a_new_root_is_fetched_once_more() {
    let mut world = Simulation::warm().await;
    let old = world.repo.files["metadata/timestamp.json"].clone();
    world.repo.rotate(&[], |root| {
        RepositorySimulator::set_keys(root, "timestamp", &[12], 1);
    });
    world.repo.edit_signed_by("timestamp", &[12], |_| {});
    world.serve();
    world
        .network
        .answer("timestamp.json", 1, Ok(FileResponse::Body(old)));
    assert_eq!(outcome(&world.check(HOUR).await), "fresh");
}

#[tokio::test]
async fn a_warm_check_asks_twice_and_an_update_for_what_changed() {
    let mut world = Simulation::warm().await;
    world.network.requests();
    world.check(HOUR).await;
    assert_eq!(
        world.network.requests(),
        ["metadata/2.root.json", "metadata/timestamp.json"]
    );

    world.repo.publish(&news());
    world.serve();
    let report = world.check(HOUR).await;
    assert_eq!(titles(&report), NEW);
    let snapshot = format!("metadata/{}.snapshot.json", world.repo.version("snapshot"));
    let notices = format!("metadata/{}.motd.json", world.repo.version("motd"));
    let expected = [
        "metadata/2.root.json",
        "metadata/timestamp.json",
        &snapshot,
        &notices,
    ];
    assert_eq!(world.network.requests(), expected);
    assert_eq!(report.requests, 4);

    // A snapshot of other roles: the notices are verified again from the store.
    world.repo.list();
    world.serve();
    world.check(HOUR).await;
    assert_eq!(world.network.requests().len(), 3);
}

#[tokio::test]
async fn a_publication_between_two_requests_is_taken_in() {
    let mut world = Simulation::warm().await;
    world.repo.publish(&document(&[notice("first", "First")]));
    world.serve();
    world.repo.publish(&news());
    let old: Vec<String> = world
        .repo
        .files
        .keys()
        .filter(|path| path.ends_with("snapshot.json"))
        .cloned()
        .collect();
    let newest = format!("metadata/{}.snapshot.json", world.repo.version("snapshot"));
    for path in old.iter().filter(|path| **path != newest) {
        world.repo.files.remove(path);
    }
    // The third request, for the snapshot, already goes to a server that has swept the old one.
    world.network.serve_later(3, &world.repo);
    let report = world.check(HOUR).await;
    assert_eq!(
        (outcome(&report).as_str(), titles(&report)),
        ("fresh", vec!["News".to_owned()])
    );
}

#[tokio::test]
async fn without_state_a_run_is_fresh_and_never_cached() {
    let mut world = Simulation::new();
    let mut config = world.config(0);
    config.state_dir = None;
    let report = motd_client::check(&config).await;
    assert_eq!(
        (outcome(&report).as_str(), titles(&report)),
        ("fresh", vec!["Hello".to_owned()])
    );
    world.network.fail("", Code::Connect);
    assert_eq!(
        outcome(&motd_client::check(&config).await),
        "none root:connect"
    );
    world.network.heal();
    world.repo.publish(&news());
}

#[tokio::test]
async fn a_configured_root_that_is_none_is_a_failure_of_the_root() {
    let mut world = Simulation::warm().await;
    world.root = b"{}".to_vec();
    assert_eq!(outcome(&world.check(HOUR).await), "none root:not-metadata");
    assert_eq!(
        world.network.requests().len(),
        5,
        "nothing was asked after the first check"
    );
}

#[tokio::test]
async fn exit_statuses_beside_the_table() {
    let mut world = Simulation::new();
    world.network.fail("", Code::Connect);
    assert_eq!(world.check(0).await.exit_status(), 4);
    // Nobody was asked, and nothing is stored: the state is None.
    assert_eq!(check_offline(&world.config(0)).exit_status(), 4);
    world.network.heal();
    // A notice, or one language of it, that is refused hides nothing else and is no failure of the check.
    let mut bad = notice("bad", "Bad");
    bad["revision"] = 0.into();
    let mut half = notice("half", "Half");
    half["text"]["fr"] = json!({ "title": "", "body": [] });
    for refused in [bad, half] {
        world
            .repo
            .publish(&document(&[notice("news", "News"), refused]));
        world.serve();
        let report = world.check(HOUR).await;
        assert_eq!(
            (outcome(&report).as_str(), report.exit_status()),
            ("fresh", 0)
        );
        assert_eq!(titles(&report)[0], "News");
    }
}

/// The local timestamp has expired: it is no longer shown from, and what it said is no less true.
#[tokio::test]
async fn floors_outlive_the_metadata_that_set_them() {
    type Older = fn(&mut Simulation, RepositorySimulator);
    let older: [(&str, Older); 3] = [
        ("none timestamp:stale-mirror", |world, old| {
            let version = old.version("timestamp");
            world
                .repo
                .edit("timestamp", |signed| signed["version"] = version.into());
        }),
        ("none timestamp:rollback", |world, old| {
            world
                .repo
                .roles
                .insert("snapshot".to_owned(), old.roles["snapshot"].clone());
            world.repo.stamp_with(|_| {});
        }),
        ("none snapshot:rollback", |world, old| {
            world
                .repo
                .roles
                .insert("motd".to_owned(), old.roles["motd"].clone());
            world.repo.list();
        }),
    ];
    for (expected, make) in older {
        for new_root in [false, true] {
            let mut world = Simulation::warm().await;
            let old = world.repo.clone();
            edited(&mut world, "motd", &[1, 2], |_| {});
            assert_eq!(outcome(&world.check(HOUR).await), "fresh");
            if new_root {
                world.repo.rotate(&[], |_| {});
            }
            make(&mut world, old);
            // Signed anew, and good for a year.
            world.repo.edit("timestamp", |signed| {
                signed["expires"] = "2019-04-01T00:00:00Z".into();
                if expected.ends_with("stale-mirror") {
                    signed["version"] = 1.into();
                }
            });
            world.serve();
            assert_eq!(outcome(&world.check(2 * DAY).await), expected, "{new_root}");
        }
    }
}
