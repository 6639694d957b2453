//! What a hostile or broken repository leads to: one fault on a warm client that was well before.

mod accepted;
mod bins;
mod bounds;
mod delegation;
mod document;
mod folders;
mod form;
mod graph;
mod make;
mod names;
mod opinion;
mod root;
mod rules;
mod snapshot;
mod target;
mod targets;
mod timestamp;
mod unavailable;
mod unknown;

use std::collections::BTreeSet;

use motd_client::SourceKind;
use motd_server::store::files::BUNDLE;
use serde_json::Value;

use motd_simulator::repo::{document, notice};
use motd_simulator::{HOUR, Simulation, outcome, titles};

/// A fault: what it is called, what it does to the world, and what a check makes of it.
struct GateCase {
    name: &'static str,
    make: fn(&mut Simulation),
    expected: &'static str,
    titles: &'static [&'static str],
}

const OLD: &[&str] = &["Hello"];
const NEW: &[&str] = &["News"];
const NONE: &[&str] = &[];

fn news() -> Value {
    document(&[notice("news", "News")])
}

/// Publishes the news after an edit of one role, which everything above it lists correctly.
fn edited(world: &mut Simulation, role: &str, keys: &[u8], edit: impl FnOnce(&mut Value)) {
    world.repo.publish(&news());
    world.repo.edit_signed_by(role, keys, edit);
    match role {
        "timestamp" => {}
        "snapshot" => world.repo.stamp_with(|_| {}),
        _ => world.repo.list(),
    }
    world.serve();
}

fn expired(signed: &mut Value) {
    signed["expires"] = "2018-04-12T08:00:00Z".into();
}

/// Every case, by the stage that finds its fault.
const STAGES: [&[GateCase]; 15] = [
    accepted::CASES,
    root::CASES,
    timestamp::CASES,
    snapshot::CASES,
    targets::CASES,
    delegation::CASES,
    target::CASES,
    document::CASES,
    unavailable::CASES,
    bounds::CASES,
    names::CASES,
    unknown::CASES,
    form::CASES,
    graph::CASES,
    bins::CASES,
];

fn cases() -> impl Iterator<Item = &'static GateCase> {
    STAGES.into_iter().flatten()
}

/// Checks against each case's world, and requires what the table says.
async fn require_outcomes(cases: &[GateCase]) {
    let mut wrong = Vec::new();
    for case in cases {
        let mut world = Simulation::warm().await;
        (case.make)(&mut world);
        let report = world.check(HOUR).await;
        let found = (outcome(&report), titles(&report));
        let status = match found.0.split_once(' ') {
            None | Some(("cached", _)) => 0,
            Some(("fresh", _)) => 5,
            Some(_) => 3,
        };
        // MOTD-GATE-12: what is not shown is nowhere in the report either.
        let said = format!("{report:?}");
        let leaked = ["News", "Nows", "Evil"]
            .iter()
            .any(|title| said.contains(title) && !found.1.iter().any(|shown| shown == title));
        assert!(!leaked, "{}: {said}", case.name);
        if found.0 != case.expected || found.1 != case.titles || report.exit_status() != status {
            wrong.push(format!(
                "{}: {} {:?}, not {} {:?}",
                case.name, found.0, found.1, case.expected, case.titles
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// MOTD-BUNDLE-3: the same with each file in a bundle, where a bundle can have it.
async fn require_the_same_of_a_sidecar(cases: &[GateCase]) {
    let mut wrong = Vec::new();
    let mut count = 0;
    for case in cases {
        let mut world = Simulation::warm().await;
        (case.make)(&mut world);
        // The trusted timestamp stays, and names a snapshot that this bundle does not have.
        let is_of_the_store =
            case.name == "a timestamp of the trusted version and with another snapshot";
        if !world.network.fits_a_bundle() || is_of_the_store {
            continue;
        }
        count += 1;
        world.network.requests();
        let mut config = world.config(HOUR);
        config.kind = SourceKind::Sidecar;
        let report = motd_client::check(&config).await;
        let found = (outcome(&report), titles(&report));
        if found.0 != case.expected || found.1 != case.titles {
            wrong.push(format!("{}: {found:?}, not {}", case.name, case.expected));
        }
        // MOTD-PRIV-2.
        let allowed = |path: &String| path == BUNDLE || path.ends_with(".root.json");
        let requests = world.network.requests();
        assert!(requests.iter().all(allowed), "{}: {requests:?}", case.name);
    }
    assert!(wrong.is_empty(), "of {count}:\n{}", wrong.join("\n"));
}

#[tokio::test]
async fn a_fault_in_a_bundle_has_the_outcome_of_the_same_fault_on_the_network() {
    for stage in STAGES {
        require_the_same_of_a_sidecar(stage).await;
    }
}

#[test]
fn there_are_many_cases_and_each_has_a_name_of_its_own() {
    let names: BTreeSet<&str> = cases().map(|case| case.name).collect();
    assert_eq!(names.len(), cases().count());
    let hostile = cases().filter(|case| case.expected.starts_with("none "));
    assert!(hostile.count() >= 60);
}
