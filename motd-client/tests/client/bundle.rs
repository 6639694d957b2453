//! The bundle of a sidecar: the same requests whatever is stored, and nothing in it is believed for being in it.

use motd_client::transport::FileResponse;
use motd_client::{CheckConfig, Report, SourceKind};
use motd_core::Code;
use motd_server::store::files::BUNDLE;
use serde_json::{Value, json};

use motd_simulator::hostile::{HostileServer, Reaction};
use motd_simulator::repo::{RepositorySimulator, document, document_bytes, notice};
use motd_simulator::{HOUR, Simulation, outcome, titles};

/// What a check of a sidecar requests.
const REQUESTS: [&str; 2] = ["metadata/2.root.json", BUNDLE];

/// The configuration of the world's repository as a sidecar.
fn sidecar(world: &Simulation, seconds: i64) -> CheckConfig {
    let mut config = world.config(seconds);
    config.kind = SourceKind::Sidecar;
    config
}

async fn check(world: &Simulation, seconds: i64) -> Report {
    motd_client::check(&sidecar(world, seconds)).await
}

/// Another reader of the same repository.
fn another(world: &Simulation) -> Simulation {
    Simulation {
        repo: world.repo.clone(),
        network: world.network.clone(),
        state: tempfile::tempdir().unwrap(),
        root: world.root.clone(),
    }
}

/// The files of the repository, by their names in requests.
fn members(world: &Simulation) -> Value {
    match world.network.request(BUNDLE) {
        Ok(FileResponse::Body(bundle)) => serde_json::from_slice(&bundle).unwrap(),
        other => panic!("{other:?}"),
    }
}

/// MOTD-PRIV-2.
#[tokio::test]
async fn a_check_is_the_probe_and_the_bundle() {
    let mut world = Simulation::new();
    let require = async |world: &Simulation, seconds, title: &str, what: &str| {
        world.network.requests();
        let report = check(world, seconds).await;
        assert_eq!(outcome(&report), "fresh", "{what}");
        assert_eq!(titles(&report), [title], "{what}");
        assert_eq!(world.network.requests(), REQUESTS, "{what}");
        assert_eq!((report.requests, report.round_trips), (2, 1), "{what}");
    };
    require(&world, 0, "Hello", "nothing is stored").await;
    require(&world, HOUR, "Hello", "all is stored").await;
    world.repo.stamp_with(|_| {});
    world.serve();
    require(&world, 2 * HOUR, "Hello", "a new timestamp").await;
    world.repo.publish(&document(&[notice("news", "News")]));
    world.serve();
    require(&world, 3 * HOUR, "News", "a new document").await;
    let file = document_bytes(&document(&[notice("file", "File")]));
    world.repo.publish_file(&file);
    world.serve();
    require(&world, 4 * HOUR, "File", "a target file").await;
    require(&world, 5 * HOUR, "File", "the same target file").await;
    require(&another(&world), 5 * HOUR, "File", "another reader").await;

    // What was shown from a bundle is shown from the store.
    world.network.fail("", Code::Connect);
    let report = check(&world, 6 * HOUR).await;
    assert_eq!(outcome(&report), "cached root:connect");
    assert_eq!(titles(&report), ["File"]);
}

#[tokio::test]
async fn the_publishers_bundle_is_one_that_the_client_uses() {
    let world = Simulation::new();
    let Ok(FileResponse::Body(made)) = world.network.request(BUNDLE) else {
        panic!("no bundle");
    };
    let made: Value = serde_json::from_slice(&made).unwrap();
    let published: Value = serde_json::from_slice(&world.repo.files[BUNDLE]).unwrap();
    for (name, text) in published.as_object().unwrap() {
        assert_eq!(made.get(name), Some(text), "{name}");
    }
    world
        .network
        .replace_file(BUNDLE, world.repo.files[BUNDLE].clone());
    let report = check(&world, 0).await;
    assert_eq!(outcome(&report), "fresh");
    assert_eq!(titles(&report), ["Hello"]);
    assert_eq!(world.network.requests()[1..], REQUESTS);
}

/// MOTD-BUNDLE-5: no other request is sent instead.
#[tokio::test]
async fn what_is_no_bundle_is_unavailability() {
    let sound = members(&Simulation::new()).to_string().into_bytes();
    let doubled = [&sound[..sound.len() - 1], br#","2.motd.json":""}"#].concat();
    let body = |bytes: &[u8]| Ok(FileResponse::Body(bytes.to_vec()));
    for (name, answer, code) in [
        ("no JSON", body(b"<html>"), "not-metadata"),
        ("cut", body(&sound[..sound.len() - 1]), "not-metadata"),
        ("an array", body(b"[]"), "not-metadata"),
        ("a number", body(br#"{"timestamp.json":1}"#), "not-metadata"),
        ("a name twice", body(&doubled), "not-metadata"),
        ("no UTF-8", body(b"{\"a\":\"\xFF\"}"), "not-metadata"),
        ("nothing in it", body(b"{}"), "status"),
        ("none", Ok(FileResponse::NotFound), "status"),
        ("forbidden", Ok(FileResponse::Forbidden), "status"),
        ("too long", Err(Code::TooLong), "too-long"),
        ("no connection", Err(Code::Connect), "connect"),
    ] {
        let world = Simulation::new();
        world.network.answer("motd-bundle.json", 1, answer.clone());
        let report = check(&world, 0).await;
        assert_eq!(outcome(&report), format!("none timestamp:{code}"), "{name}");
        assert_eq!(world.network.requests(), REQUESTS, "{name}");
        assert_eq!(outcome(&check(&world, HOUR).await), "fresh", "{name}");
        world.network.answer("motd-bundle.json", 1, answer);
        let report = check(&world, 2 * HOUR).await;
        assert_eq!(
            outcome(&report),
            format!("cached timestamp:{code}"),
            "{name}"
        );
        assert_eq!(titles(&report), ["Hello"], "{name}");
    }
}

/// MOTD-BUNDLE-4: as a file that is not there, and what is stored does not take its place.
#[tokio::test]
async fn a_bundle_that_lacks_a_file_is_unavailability() {
    let file = document_bytes(&document(&[notice("file", "File")]));
    for (stage, end) in [
        ("timestamp", "timestamp.json"),
        ("snapshot", ".snapshot.json"),
        ("targets", ".targets.json"),
        ("delegation", ".motd.json"),
        ("target", ".notices.json"),
    ] {
        let mut world = Simulation::new();
        world.repo.publish_file(&file);
        world.serve();
        let mut bundle = members(&world);
        let members = bundle.as_object_mut().unwrap();
        members.retain(|name, _| !name.ends_with(end));
        let lacking = Ok(FileResponse::Body(bundle.to_string().into_bytes()));
        for (seconds, expected) in [(0, "none"), (HOUR, "cached")] {
            world.network.answer("motd-bundle.json", 1, lacking.clone());
            let report = check(&world, seconds).await;
            assert_eq!(outcome(&report), format!("{expected} {stage}:status"));
            assert_eq!(outcome(&check(&world, seconds + 60).await), "fresh");
        }
        let all: Vec<String> = world.network.requests();
        assert_eq!(all.len(), 1 + 4 * REQUESTS.len(), "{stage}: {all:?}");
    }
}

/// MOTD-BUNDLE-3: a file beyond its limit is as one on the network.
#[tokio::test]
async fn a_file_in_it_beyond_its_limit_is_unavailability() {
    let world = Simulation::new();
    let mut bundle = members(&world);
    let role = bundle["2.motd.json"].as_str().unwrap();
    bundle["2.motd.json"] = format!("{role} ").into();
    world.network.replace_file(BUNDLE, bundle.to_string());
    assert_eq!(outcome(&check(&world, 0).await), "none delegation:too-long");
}

/// MOTD-BUNDLE-4: roots come from the network alone. A bundle that is of the root before is requested once more.
#[tokio::test]
async fn a_root_is_the_networks_and_a_bundle_of_the_root_before_is_requested_once_more() {
    let mut world = Simulation::new();
    let old = members(&world).to_string();
    world.repo.rotate(&[], |root| {
        RepositorySimulator::set_keys(root, "timestamp", &[6], 1);
    });
    world.repo.edit_signed_by("timestamp", &[6], |_| {});
    world.serve();
    let mut inventing = members(&world);
    inventing["3.root.json"] = "{}".into();
    world.network.replace_file(BUNDLE, inventing.to_string());
    world.network.requests();
    let expected = ["metadata/2.root.json", BUNDLE, "metadata/3.root.json"];
    assert_eq!(outcome(&check(&world, 0).await), "fresh");
    assert_eq!(world.network.requests(), expected);

    for (times, found) in [(1, "fresh"), (2, "none timestamp:signature-threshold")] {
        let reader = another(&world);
        let early = Ok(FileResponse::Body(old.clone().into_bytes()));
        world.network.answer("motd-bundle.json", times, early);
        assert_eq!(outcome(&check(&reader, 0).await), found);
        let again = [&expected[..], &[BUNDLE]].concat();
        assert_eq!(world.network.requests(), again);
        world.network.heal();
    }

    // Without a new root it is not.
    let reader = Simulation {
        root: world.repo.roles["root"].clone(),
        ..another(&world)
    };
    let forged = Ok(FileResponse::Body(old.into_bytes()));
    world.network.answer("motd-bundle.json", 1, forged);
    assert_eq!(
        outcome(&check(&reader, 0).await),
        "none timestamp:signature-threshold"
    );
    assert_eq!(world.network.requests(), ["metadata/3.root.json", BUNDLE]);
}

/// Names in it are those of requests, with and without versions.
#[tokio::test]
async fn without_consistent_snapshots_names_have_no_versions() {
    let mut world = Simulation::new();
    world
        .repo
        .rotate(&[], |root| root["consistent_snapshot"] = false.into());
    world.root = world.repo.roles["root"].clone();
    world.serve();
    assert_eq!(outcome(&check(&world, 0).await), "none snapshot:status");
    let mut plain = members(&world);
    for (name, versioned) in [
        ("snapshot.json", "2.snapshot.json"),
        ("targets.json", "1.targets.json"),
        ("motd.json", "2.motd.json"),
    ] {
        plain[name] = plain[versioned].clone();
    }
    world.network.replace_file(BUNDLE, plain.to_string());
    assert_eq!(outcome(&check(&world, 60).await), "fresh");
}

/// What a holder of the online keys, and of a threshold of writers, does to recognise a reader: each gets versions of
/// its own, and is told apart later by what it requests. `marks` are bits of versions; what is requested by a reader of
/// everything set is the answer.
fn marked(world: &Simulation, version: u64, mark: u8) -> RepositorySimulator {
    let mut repo = world.repo.clone();
    let roles = [
        repo.delegation("r0", Value::Null),
        repo.delegation("r1", Value::Null),
    ];
    let last = json!({ "terminating": true });
    let last = repo.delegation("last", last);
    let entry = repo.signed("motd")["targets"].clone();
    let keys = repo.signed("targets")["delegations"]["keys"].clone();
    repo.add_delegator("r0", &[]);
    repo.add_delegator("r1", &[last]);
    repo.add_delegator("last", &[]);
    repo.edit("last", |signed| signed["targets"] = entry);
    repo.edit("motd", |signed| {
        signed["targets"] = json!({});
        signed["delegations"] = json!({ "keys": keys, "roles": roles });
    });
    for (bit, role) in ["r0", "r1"].into_iter().enumerate() {
        if mark >> bit & 1 == 1 {
            repo.edit(role, |_| {});
        }
    }
    repo.list_with(
        |snapshot| snapshot["version"] = version.into(),
        |timestamp| timestamp["version"] = version.into(),
    );
    repo
}

/// The heads of the requests of this reader at the server of that repository, in the order of their lines: two that are
/// sent at once can arrive in any.
async fn heads(
    state: &std::path::Path,
    root: &[u8],
    repo: &RepositorySimulator,
    seconds: i64,
    kind: SourceKind,
) -> Vec<String> {
    let files = MemoryBundle::of(repo);
    let server = HostileServer::start(repo, move |path| files.answer(path)).await;
    let mut config = motd_simulator::config(root, &server.url(), seconds).with_state_dir(state);
    config.kind = kind;
    motd_client::check(&config).await;
    let address = server.address().to_string();
    let mut heads: Vec<String> = server
        .heads()
        .iter()
        .map(|head| head.replace(&address, "host"))
        .collect();
    heads.sort();
    heads
}

/// Answers for the bundle of a repository.
struct MemoryBundle(Vec<u8>);

impl MemoryBundle {
    fn of(repo: &RepositorySimulator) -> Self {
        let network = motd_simulator::memory::MemoryNetwork::default();
        network.serve(repo);
        match network.request(BUNDLE) {
            Ok(FileResponse::Body(bundle)) => Self(bundle),
            other => panic!("{other:?}"),
        }
    }

    fn answer(&self, path: &str) -> Option<Reaction> {
        path.ends_with("motd-bundle.json")
            .then(|| Reaction::ok(self.0.clone()))
    }
}

/// MOTD-PRIV-2.
#[tokio::test]
async fn what_a_reader_got_does_not_show_in_its_requests() {
    let world = Simulation::new();
    let readers: Vec<tempfile::TempDir> = (0..4).map(|_| tempfile::tempdir().unwrap()).collect();
    for kind in [SourceKind::Sidecar, SourceKind::InBand] {
        let mut seen = Vec::new();
        for (mark, reader) in (0..).zip(&readers) {
            let state = reader.path().join(format!("{kind:?}"));
            // Each its own versions, and then all the same.
            let own = marked(&world, 1_000 + u64::from(mark), mark);
            let probe = marked(&world, 2_000, 3);
            heads(&state, &world.root, &own, 0, kind).await;
            seen.push(heads(&state, &world.root, &probe, HOUR, kind).await);
        }
        let bits = |heads: &Vec<String>| {
            let asked = |role: &str| {
                heads
                    .iter()
                    .any(|head| head.contains(&format!("2.{role}.json")))
            };
            u8::from(!asked("r0")) | u8::from(!asked("r1")) << 1
        };
        match kind {
            // Byte for byte.
            SourceKind::Sidecar => {
                assert_eq!(seen[0].len(), 2);
                assert!(seen.iter().all(|heads| *heads == seen[0]), "{seen:?}");
            }
            // The residual of chapter 9: the mark is read back.
            SourceKind::InBand => {
                assert_eq!(seen.iter().map(bits).collect::<Vec<_>>(), [0, 1, 2, 3]);
            }
        }
    }
}
