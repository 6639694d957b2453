//! Notices in a repository of the size of PyPI's: behind 16,384 bins, and behind bins in bins.

use std::sync::OnceLock;

use motd_server::serve::{Server, ServerSettings};
use motd_server::store::files::Files;
use serde_json::{Value, json};

use super::names::HASH;
use super::{GateCase, NEW, NONE, news};
use motd_simulator::repo::key;
use motd_simulator::{HOUR, Simulation, config, outcome, titles};

/// The bins of PEP 458.
const BINS: u32 = 16_384;

/// All bins: each has four of the 65,536 prefixes of four digits.
fn bins(world: &Simulation) -> Vec<Value> {
    // One key, as online roles have: with two the list of bins would be longer than a targets role may be.
    let mut bin = world.repo.delegation(
        "bin",
        json!({ "paths": null, "keyids": [key(1).key_id()], "threshold": 1 }),
    );
    let bin = |number: u32| {
        let prefixes: Vec<String> = (0..4)
            .map(|part| format!("{:04x}", number * 4 + part))
            .collect();
        bin["name"] = name(number).into();
        bin["path_hash_prefixes"] = json!(prefixes);
        bin.clone()
    };
    (0..BINS).map(bin).collect()
}

fn name(number: u32) -> String {
    format!("bin-{number:04x}")
}

/// The number of the bin that has the reserved path.
fn number() -> u32 {
    u32::from_str_radix(HASH, 16).unwrap() / 4
}

/// Publishes news in a role to which the bin of its path delegates; the snapshot lists all the bins.
fn behind_bins(world: &mut Simulation, found: bool) {
    static MADE: OnceLock<Vec<u8>> = OnceLock::new();
    world.repo.publish(&news());
    // Made once: to sign three megabytes takes its time.
    let bytes = MADE.get_or_init(|| {
        let mut repo = world.repo.clone();
        repo.add_delegator("bins", &bins(world));
        repo.roles["bins"].clone()
    });
    world.repo.replace_role("bins", bytes.clone());
    let notices = world.repo.delegation("motd", Value::Null);
    let inside: &[Value] = if found { &[notices] } else { &[] };
    world.repo.add_delegator(&name(number()), inside);
    let packages = world.repo.delegation("bins", json!({ "paths": ["*/*"] }));
    world.repo.delegate(&[packages]);
    list_with_bins(world);
}

fn list_with_bins(world: &mut Simulation) {
    world.repo.list_with(
        |signed| {
            for number in 0..BINS {
                let meta = &mut signed["meta"][format!("{}.json", name(number))];
                if meta.is_null() {
                    *meta = json!({ "version": 1 });
                }
            }
        },
        |_| {},
    );
    world.serve();
}

/// Publishes news behind bins of bins: each has one more digit of the hash.
fn nested(world: &mut Simulation, last: &str) {
    world.repo.publish(&news());
    let hash = format!("{}{last}", &HASH[..1]);
    let prefixes: Vec<&str> = (1..=hash.len()).map(|digits| &hash[..digits]).collect();
    let delegation = |world: &Simulation, prefix: &str| {
        let members = json!({ "paths": null, "path_hash_prefixes": [prefix] });
        world.repo.delegation(&format!("bin-{prefix}"), members)
    };
    for pair in prefixes.windows(2) {
        let next = delegation(world, pair[1]);
        world
            .repo
            .add_delegator(&format!("bin-{}", pair[0]), &[next]);
    }
    let notices = world.repo.delegation("motd", Value::Null);
    world.repo.add_delegator(&format!("bin-{hash}"), &[notices]);
    let first = delegation(world, prefixes[0]);
    world.repo.delegate(&[first]);
    world.repo.list();
    world.serve();
}

pub(super) const CASES: &[GateCase] = &[
    GateCase {
        name: "notices behind 16,384 bins",
        make: |world| behind_bins(world, true),
        expected: "fresh",
        titles: NEW,
    },
    GateCase {
        name: "a bin of 16,384 that has no notices",
        make: |world| behind_bins(world, false),
        expected: "fresh",
        titles: NONE,
    },
    GateCase {
        name: "notices before 16,384 bins",
        make: |world| {
            world.repo.publish(&news());
            let first = world
                .repo
                .delegation("motd", json!({ "terminating": true }));
            let bins = world.repo.delegation("bins", json!({ "paths": ["*/*"] }));
            world.repo.delegate(&[first, bins]);
            // The bins are listed, and nobody asks for one.
            list_with_bins(world);
        },
        expected: "fresh",
        titles: NEW,
    },
    GateCase {
        name: "notices behind bins in bins",
        make: |world| nested(world, &HASH[1..2]),
        expected: "fresh",
        titles: NEW,
    },
    GateCase {
        name: "bins in bins that lead elsewhere",
        make: |world| nested(world, "0"),
        expected: "fresh",
        titles: NONE,
    },
];

#[tokio::test]
async fn every_shape_of_bins_has_its_outcome() {
    super::require_outcomes(CASES).await;
}

/// A package is published: its bin changes, the notices do not.
fn publish_a_package(world: &mut Simulation) {
    world.repo.edit("snapshot", |signed| {
        signed["meta"]["bin-0000.json"]["version"] = 2.into();
    });
    world.repo.stamp_with(|_| {});
    world.serve();
}

#[tokio::test]
async fn an_update_behind_16384_bins_asks_for_no_bin_again() {
    let mut world = Simulation::new();
    behind_bins(&mut world, true);
    world.check(0).await;
    world.network.requests();
    publish_a_package(&mut world);
    let report = world.check(HOUR).await;
    assert_eq!(titles(&report), NEW);
    let snapshot = format!("metadata/{}.snapshot.json", world.repo.version("snapshot"));
    let expected = ["metadata/2.root.json", "metadata/timestamp.json", &snapshot];
    assert_eq!(world.network.requests(), expected);
}

/// Over HTTP, from a server that compresses: what came down for an update, heads included.
#[tokio::test]
async fn an_update_behind_16384_bins_is_45_kilobytes_on_the_wire() {
    let mut world = Simulation::new();
    behind_bins(&mut world, true);
    let files = |world: &Simulation| Files(world.repo.files.clone());
    let address = "127.0.0.1:0".parse().unwrap();
    let server = Server::bind(address, files(&world), ServerSettings::default()).await;
    let server = server.unwrap();
    let url = format!("http://{}/metadata/", server.address());
    let state = world.state.path().join("http");
    let check = |seconds| config(&world.root, &url, seconds).with_state_dir(state.clone());
    let cold = check(0);
    assert_eq!(titles(&motd_client::check(&cold).await), NEW);
    let warm = check(HOUR);
    publish_a_package(&mut world);
    server.replace(files(&world));
    let report = motd_client::check(&warm).await;
    assert_eq!(
        (outcome(&report).as_str(), titles(&report).as_slice()),
        ("fresh", &["News".to_owned()][..])
    );
    assert_eq!((report.requests, report.round_trips), (3, 2));
    // A server's head is below 500 bytes.
    let down = report.bytes + u64::from(report.requests) * 500;
    assert!(down <= 45_000, "{down} bytes");
    server.stop().await;
}
