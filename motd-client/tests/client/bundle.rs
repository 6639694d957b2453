//! The bundle: round trips that it saves, and that nothing in it is believed for being in it.

use std::future::pending;
use std::sync::Arc;
use std::time::{Duration, Instant};

use motd_client::transport::{Exchange, FileResponse, Transport};
use motd_core::Code;
use motd_server::store::files::BUNDLE;
use serde_json::{Map, Value};
use url::Url;

use motd_test_support::memory::MemoryNetwork;
use motd_test_support::repo::{RepositorySimulator, document, notice};
use motd_test_support::{HOUR, Simulation, outcome, titles};

/// What a first check asks without a bundle, the question for it included.
const ALONE: [&str; 6] = [
    "metadata/2.root.json",
    "metadata/timestamp.json",
    BUNDLE,
    "metadata/2.snapshot.json",
    "metadata/1.targets.json",
    "metadata/2.motd.json",
];

/// The bundle of every version-prefixed metadata file.
fn members(repo: &RepositorySimulator) -> Map<String, Value> {
    let names = repo.files.iter().filter_map(|(path, bytes)| {
        let name = path.strip_prefix("metadata/")?;
        let text = String::from_utf8(bytes.clone()).unwrap();
        name.starts_with(|first: char| first.is_ascii_digit())
            .then(|| (name.to_owned(), Value::String(text)))
    });
    names.collect()
}

fn bundle(repo: &RepositorySimulator) -> Vec<u8> {
    serde_json::to_vec(&members(repo)).unwrap()
}

#[tokio::test]
async fn a_first_check_with_a_bundle_is_one_round_trip() {
    let world = Simulation::new();
    world.network.replace_file(BUNDLE, bundle(&world.repo));
    let report = world.check(0).await;
    assert_eq!(
        (outcome(&report).as_str(), titles(&report)),
        ("fresh", vec!["Hello".to_owned()])
    );
    assert_eq!(world.network.requests(), ALONE[..3]);
    assert_eq!((report.requests, report.round_trips), (3, 1));

    // What came out of it is stored like anything else: the next check does not ask for it.
    let report = world.check(HOUR).await;
    assert_eq!(outcome(&report), "fresh");
    assert_eq!(world.network.requests(), ALONE[..2]);
    assert_eq!((report.requests, report.round_trips), (2, 1));
}

#[tokio::test]
async fn the_publishers_bundle_is_one_that_the_client_uses() {
    let id = "example.org".parse().unwrap();
    let shape = motd_server::publish::fixture::Shape::Sidecar;
    let now = motd_test_support::at(0);
    let mut test =
        motd_server::publish::fixture::TestRepository::assert_test_repository(&id, 7, shape, now)
            .unwrap();
    test.bundle = true;
    test.publish_notices(&[notice("hello", "Hello")], now)
        .unwrap();
    let mut world = Simulation::new();
    world.repo.files = test.repository.files().0.clone();
    world.root = world.repo.trusted_root();
    world.serve();
    let report = world.check(0).await;
    assert_eq!(
        (outcome(&report).as_str(), titles(&report)),
        ("fresh", vec!["Hello".to_owned()])
    );
    assert_eq!(report.requests, 3);
}

#[tokio::test]
async fn without_a_bundle_everything_is_asked_for() {
    let world = Simulation::new();
    let report = world.check(0).await;
    assert_eq!(outcome(&report), "fresh");
    assert_eq!(world.network.requests(), ALONE);
    assert_eq!((report.requests, report.round_trips), (6, 4));
}

/// MOTD-BUNDLE-5.
#[tokio::test]
async fn a_defect_in_it_is_as_if_there_were_none() {
    let sound = bundle(&Simulation::new().repo);
    let doubled = [&sound[..sound.len() - 1], br#","1.root.json":""}"#].concat();
    let body = |bytes: &[u8]| Ok(FileResponse::Body(bytes.to_vec()));
    for (name, answer) in [
        ("no JSON", body(b"<html>")),
        ("cut", body(&sound[..sound.len() - 1])),
        ("an array", body(b"[]")),
        ("a number", body(br#"{"2.snapshot.json":1}"#)),
        ("a name twice", body(&doubled)),
        (
            "bytes that are no UTF-8",
            body(b"{\"2.snapshot.json\":\"\xFF\"}"),
        ),
        ("nothing in it", body(b"{}")),
        (
            "names of other files",
            body(br#"{"snapshot.json":"x","timestamp.json":"x"}"#),
        ),
        ("forbidden", Ok(FileResponse::Forbidden)),
        ("too long", Err(Code::TooLong)),
        ("no connection", Err(Code::Connect)),
        ("a status", Err(Code::Status)),
    ] {
        let world = Simulation::new();
        world.network.answer("motd-bundle.json", 1, answer);
        let report = world.check(0).await;
        assert_eq!(
            (outcome(&report).as_str(), titles(&report)),
            ("fresh", vec!["Hello".to_owned()]),
            "{name}"
        );
        assert_eq!(world.network.requests(), ALONE, "{name}");
    }
}

/// MOTD-BUNDLE-3: each lie has the outcome of the same lie on the network.
#[tokio::test]
async fn a_bundle_that_lies_is_a_mirror_that_lies() {
    type Lie = fn(&RepositorySimulator) -> Vec<u8>;
    let lies: [(&str, &str, Lie); 6] = [
        ("2.snapshot.json", "none snapshot:hash-mismatch", |repo| {
            repo.files["metadata/1.snapshot.json"].clone()
        }),
        ("2.motd.json", "none delegation:length-mismatch", |repo| {
            repo.files["metadata/1.motd.json"].clone()
        }),
        ("2.motd.json", "none delegation:hash-mismatch", |repo| {
            let text = String::from_utf8(repo.files["metadata/2.motd.json"].clone()).unwrap();
            text.replace("Hello", "Hallo").into_bytes()
        }),
        ("1.targets.json", "none targets:length-mismatch", |repo| {
            repo.files["metadata/2.motd.json"].clone()
        }),
        ("2.snapshot.json", "none snapshot:not-metadata", |_| {
            b"{}".to_vec()
        }),
        ("1.targets.json", "none targets:not-metadata", |_| {
            Vec::new()
        }),
    ];
    for (name, expected, lie) in lies {
        let mut world = Simulation::new();
        let honest = members(&world.repo);
        let text = String::from_utf8(lie(&world.repo)).unwrap();
        let mut lying = honest.clone();
        lying.insert(name.to_owned(), Value::String(text.clone()));
        world
            .network
            .replace_file(BUNDLE, serde_json::to_vec(&lying).unwrap());
        let report = world.check(0).await;
        assert_eq!(
            (outcome(&report).as_str(), report.requests),
            (expected, 3),
            "{name}"
        );
        assert_eq!(titles(&report), [""; 0], "{name}");

        let network = Simulation::new();
        network
            .network
            .replace_file(&format!("metadata/{name}"), text);
        assert_eq!(
            outcome(&network.check(0).await),
            expected,
            "{name} from the network"
        );

        // Nothing of it stays.
        world.repo.publish(&document(&[notice("news", "News")]));
        world.serve();
        assert_eq!(titles(&world.check(HOUR).await), ["News"], "{name}");
    }
}

/// MOTD-BUNDLE-4.
#[tokio::test]
async fn the_end_of_the_root_chain_is_the_networks() {
    // Roots 2 and 3 exist. The bundle has both: the probe asks the network for 2, and 4 is asked for again.
    let mut world = Simulation::new();
    world.repo.rotate(&[], |_| {});
    world.repo.rotate(&[], |_| {});
    world.serve();
    let whole = members(&world.repo);
    world
        .network
        .replace_file(BUNDLE, serde_json::to_vec(&whole).unwrap());
    let report = world.check(0).await;
    assert_eq!(outcome(&report), "fresh");
    assert_eq!(
        world.network.requests(),
        [
            "metadata/2.root.json",
            "metadata/timestamp.json",
            BUNDLE,
            "metadata/4.root.json"
        ]
    );
    assert_eq!(report.round_trips, 2);

    // A bundle that hides root 3 hides nothing.
    let mut hiding = whole.clone();
    hiding.remove("3.root.json");
    let hidden = Simulation {
        state: tempfile::tempdir().unwrap(),
        ..world
    };
    hidden
        .network
        .replace_file(BUNDLE, serde_json::to_vec(&hiding).unwrap());
    assert_eq!(outcome(&hidden.check(0).await), "fresh");
    assert!(
        hidden
            .network
            .requests()
            .contains(&"metadata/3.root.json".to_owned())
    );

    // One that has a root which the network does not have is not asked for it.
    let world = Simulation::new();
    let mut inventing = members(&world.repo);
    inventing.insert("2.root.json".to_owned(), whole["2.root.json"].clone());
    world
        .network
        .replace_file(BUNDLE, serde_json::to_vec(&inventing).unwrap());
    assert_eq!(outcome(&world.check(0).await), "fresh");
    assert_eq!(world.network.requests(), ALONE[..3]);

    // And a root that it forged is judged like any other.
    let mut world = Simulation::new();
    world.repo.rotate(&[], |_| {});
    world.serve();
    let mut forging = members(&world.repo);
    let forged = String::from_utf8(RepositorySimulator::sign(
        &world.repo.signed("root"),
        &[10, 11],
    ))
    .unwrap();
    forging.insert(
        "3.root.json".to_owned(),
        Value::String(forged.replace("\"version\":2", "\"version\":3")),
    );
    world
        .network
        .replace_file(BUNDLE, serde_json::to_vec(&forging).unwrap());
    assert_eq!(
        outcome(&world.check(0).await),
        "none root:signature-threshold"
    );
}

#[tokio::test]
async fn a_file_in_it_beyond_its_limit_is_asked_for() {
    let world = Simulation::new();
    let mut members = members(&world.repo);
    let longer = format!(
        "{}{}",
        members["2.motd.json"].as_str().unwrap(),
        " ".repeat(9)
    );
    members.insert("2.motd.json".to_owned(), Value::String(longer));
    world
        .network
        .replace_file(BUNDLE, serde_json::to_vec(&members).unwrap());
    assert_eq!(outcome(&world.check(0).await), "fresh");
    assert_eq!(
        world.network.requests(),
        [&ALONE[..3], &ALONE[5..]].concat()
    );
}

/// MOTD-BUNDLE-6.
#[tokio::test]
async fn without_consistent_snapshots_there_is_none() {
    let mut world = Simulation::new();
    world
        .repo
        .rotate(&[], |root| root["consistent_snapshot"] = false.into());
    // The configured root is the new one, as an installer would ship it.
    world.root = world.repo.roles["root"].clone();
    world.serve();
    world.network.replace_file(BUNDLE, bundle(&world.repo));
    world.check(0).await;
    assert!(!world.network.requests().contains(&BUNDLE.to_owned()));
}

/// Never answers for the bundle.
struct Stalling(Arc<MemoryNetwork>);

impl Transport for Stalling {
    fn get<'a>(&'a self, url: &'a Url, limit: u64) -> Exchange<'a> {
        if url.path().ends_with("motd-bundle.json") {
            Box::pin(pending())
        } else {
            self.0.get(url, limit)
        }
    }
}

#[tokio::test]
async fn a_bundle_that_stalls_costs_a_quarter_of_the_time() {
    let world = Simulation::new();
    let transport = Arc::new(Stalling(world.network.clone()));
    let config = world
        .config(0)
        .with_transport(transport)
        .with_deadline(Duration::from_secs(4));
    let started = Instant::now();
    let report = motd_client::check(&config).await;
    // A quarter of four seconds, and time for a slow machine.
    assert!(started.elapsed() < Duration::from_millis(3_500));
    assert_eq!(
        (outcome(&report).as_str(), titles(&report)),
        ("fresh", vec!["Hello".to_owned()])
    );
    assert_eq!(report.requests, 6);
}
