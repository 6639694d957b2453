//! `motd demo`: what it promises, and that it is not a recording.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use crate::common::{Room, assert_holds};

#[test]
fn the_list_has_the_story_and_at_least_sixteen_attacks() {
    let output = Room::new().motd(&["demo", "--list"]).with_status(0);
    let names: Vec<_> = output.out.lines().collect();
    assert_eq!(names[0], "story");
    assert!(names.len() > 16, "{names:?}");
    assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
}

/// Chapter 9 names the attack that shows each defence, and no other.
#[test]
fn the_threat_model_and_the_list_name_the_same_attacks() {
    let threats = concat!(env!("CARGO_MANIFEST_DIR"), "/../spec/9-threats.md");
    let text = std::fs::read_to_string(threats).unwrap();
    let tested = text.lines().filter(|line| line.starts_with("- Tested: "));
    let named: BTreeSet<&str> = tested
        .flat_map(|line| line.split('`').skip(1).step_by(2))
        .collect();
    let output = Room::new().motd(&["demo", "--list"]).with_status(0);
    assert_eq!(named, output.out.lines().skip(1).collect());
}

#[test]
fn a_name_that_is_not_listed_is_an_error() {
    let output = Room::new()
        .motd(&["demo", "--only", "wrong-name"])
        .with_status(2);
    assert_eq!(output.out, "");
    assert!(output.err.contains("motd demo --list"), "{}", output.err);
}

#[test]
fn every_check_passes_and_every_attack_is_stopped() {
    let room = Room::new();
    let started = Instant::now();
    let output = room.motd(&["demo", "--json"]).with_status(0);
    let elapsed = started.elapsed();
    let report = output.json();
    assert_eq!(report["passed"], true);
    let checks = report["checks"].as_array().unwrap();
    assert!(!checks.is_empty());
    for check in checks {
        assert_eq!(check["passed"], true, "{check}");
        assert_eq!(check["expected"], check["shown"], "{check}");
    }
    let attacks = report["attacks"].as_array().unwrap();
    let listed = room.motd(&["demo", "--list"]);
    let listed: Vec<_> = listed.out.lines().skip(1).collect();
    let names: Vec<_> = attacks
        .iter()
        .map(|attack| attack["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, listed);
    for attack in attacks {
        assert_eq!(attack["stopped"], true, "{attack}");
        assert_eq!(attack["naive"]["fooled"], true, "{attack}");
    }
    assert!(elapsed < Duration::from_secs(30), "{elapsed:?}");
}

#[test]
fn one_attack_can_be_carried_out_alone() {
    let output = Room::new()
        .motd(&["demo", "--only", "injected-text", "--json"])
        .with_status(0);
    let report = output.json();
    assert_eq!(report["checks"], serde_json::json!([]));
    let attacks = report["attacks"].as_array().unwrap();
    assert_eq!(attacks.len(), 1);
    assert_eq!(attacks[0]["name"], "injected-text");
    assert_eq!(attacks[0]["stopped"], true);
    // What both clients showed is what they were served in this run.
    let naive = attacks[0]["naive"]["showed"].as_str().unwrap();
    assert!(
        naive.contains("force-upgrade") || naive.contains("ignore"),
        "{naive}"
    );
}

#[test]
fn the_story_can_be_told_alone() {
    let output = Room::new()
        .motd(&["demo", "--only", "story"])
        .with_status(0);
    assert_holds(&output.out, "$ motd repo init index");
    assert!(output.out.contains("notice["), "{}", output.out);
    assert!(output.out.contains("\npassed: "), "{}", output.out);
}
