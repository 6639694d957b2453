//! Each fact, seen to change with the fault that it is about.

use std::path::PathBuf;

use serde_json::json;

use super::*;
use crate::simulator::{Key, SimulatedDelegation, SimulatedRepository, SiteFiles};

const NOW: &str = "2026-11-01T00:00:00Z";

fn copy(site: &SiteFiles) -> Copy {
    site.iter()
        .map(|(path, bytes)| (PathBuf::from(path), bytes.clone()))
        .collect()
}

fn stated() -> SimulatedRepository {
    let mut repository = SimulatedRepository::new();
    repository.states_hashes = true;
    repository
}

/// The facts of a site that came after nothing.
fn found(site: &SiteFiles) -> Value {
    facts(&Copy::new(), &copy(site), NOW)
}

#[test]
fn nothing_is_wrong_with_what_the_simulator_publishes() {
    let mut repository = stated();
    repository.rotate(&[("timestamp", vec![Key::named("another")])]);
    let before = repository.site();
    repository.publish(&[NOTICES]);
    let found = facts(&copy(&before), &copy(&repository.site()), NOW);
    for list in [
        "absent",
        "misnumbered",
        "unlinked",
        "unsigned",
        "doubled",
        "replaced",
        "gone",
        "reserved_entries",
    ] {
        assert_eq!(found[list], json!([]), "{list}");
    }
    assert_eq!(found["published"], true);
    assert_eq!(
        found["versions"],
        json!({ "root": 2, "timestamp": 2, "snapshot": 2, "targets": 1, "motd": 2 })
    );
    assert_eq!(
        found["raised"],
        json!({ "root": 0, "timestamp": 1, "snapshot": 1, "targets": 0, "motd": 1 })
    );
    assert_eq!(found["days"]["motd"], 24.0);
    assert_eq!(found["listed"], json!(["motd", "targets"]));
    assert_eq!(found["consistent_snapshot"], true);
    assert_eq!(
        found["delegations"],
        json!([{ "name": "motd", "paths": ["motd/*"], "terminating": true }])
    );
    assert_eq!(
        found["target"],
        json!({ "present": true, "entry": true, "document_bytes": true })
    );
    assert_eq!(found["document"], found["custom"]);
    assert_eq!(found["bundle"], Value::Null);
}

#[test]
fn an_empty_folder_has_no_facts_and_no_panic() {
    let found = found(&SiteFiles::new());
    assert_eq!(found["absent"], json!([TIMESTAMP]));
    assert_eq!(found["published"], false);
    assert_eq!(found["target"]["present"], false);
}

#[test]
fn a_role_that_too_few_have_signed_is_named() {
    for role in ["timestamp", "snapshot", "targets", NOTICES] {
        let mut repository = stated();
        repository
            .signers
            .insert(role.to_owned(), vec![Key::named("nobody")]);
        assert_eq!(found(&repository.site())["unsigned"], json!([role]));
    }
    let mut repository = stated();
    repository.signers.insert("root".to_owned(), Vec::new());
    repository.sign_root(&[]);
    assert_eq!(found(&repository.site())["unsigned"], json!(["1.root"]));
}

#[test]
fn a_root_that_its_predecessor_did_not_sign_is_named() {
    let mut repository = stated();
    repository
        .keys
        .insert("root".to_owned(), vec![Key::named("usurper")]);
    repository.versions.insert("root".to_owned(), 2);
    repository.sign_root(&[]);
    assert_eq!(found(&repository.site())["unsigned"], json!(["2.root"]));
}

#[test]
fn one_key_under_two_ids_signs_once_and_is_named() {
    let mut repository = stated();
    let key = Key::named("motd 1");
    repository.keys.insert(
        NOTICES.to_owned(),
        vec![key.clone(), key.respelled("again")],
    );
    repository.thresholds.insert(NOTICES.to_owned(), 2);
    let found = found(&repository.site());
    assert_eq!(found["unsigned"], json!([NOTICES]));
    assert_eq!(found["doubled"], json!([NOTICES]));
}

#[test]
fn a_signature_over_another_form_is_none() {
    let mut repository = stated();
    repository.mangle(NOTICES, |bytes| {
        let text = String::from_utf8(bytes).unwrap();
        text.replace("T00:00:00Z", "T00:00:01Z").into_bytes()
    });
    assert_eq!(found(&repository.site())["unsigned"], json!([NOTICES]));
}

#[test]
fn bytes_that_are_not_those_stated_are_named() {
    for role in ["snapshot", "targets", NOTICES] {
        let mut site = stated().site();
        site.get_mut(&format!("metadata/1.{role}.json"))
            .unwrap()
            .push(b' ');
        let found = found(&site);
        assert_eq!(found["unlinked"], json!([role]));
        assert_eq!(found["unsigned"], json!([]));
    }
}

#[test]
fn a_name_that_leads_nowhere_and_a_version_that_is_another_are_named() {
    let mut site = stated().site();
    let role = site.remove("metadata/1.motd.json");
    assert_eq!(found(&site)["absent"], json!(["metadata/1.motd.json"]));
    site.insert("metadata/2.motd.json".to_owned(), role.unwrap());
    assert_eq!(found(&site)["absent"], json!(["metadata/1.motd.json"]));
    let mut repository = stated();
    repository.edit(NOTICES, |signed| signed["version"] = json!(7));
    assert_eq!(found(&repository.site())["misnumbered"], json!([NOTICES]));
}

#[test]
fn files_for_ever_are_watched_and_others_are_not() {
    let mut repository = stated();
    let before = copy(&repository.site());
    repository.renew("2026-11-03T00:00:00Z");
    let mut after = copy(&repository.site());
    after.insert(PathBuf::from("metadata/1.motd.json"), Vec::new());
    after.retain(|path, _| !path.starts_with("targets"));
    let found = facts(&before, &after, NOW);
    assert_eq!(found["replaced"], json!(["metadata/1.motd.json"]));
    assert_eq!(found["gone"].as_array().map(Vec::len), Some(1));
}

#[test]
fn the_target_file_is_its_entrys_and_in_its_one_form() {
    let mut site = stated().site();
    let path = site
        .keys()
        .find(|path| path.starts_with("targets/"))
        .unwrap()
        .clone();
    site.get_mut(&path).unwrap().push(b'\n');
    assert_eq!(
        found(&site)["target"],
        json!({ "present": true, "entry": false, "document_bytes": false })
    );
    site.remove(&path);
    assert_eq!(found(&site)["target"]["present"], false);
    assert_eq!(found(&site)["document"], Value::Null);
}

#[test]
fn delegations_and_entries_of_top_level_targets_are_told() {
    let mut repository = stated();
    repository.set_target("targets", PATH, b"{}".to_vec());
    let before = SimulatedDelegation {
        role: "packages".to_owned(),
        paths: vec!["*/*".to_owned()],
        terminating: false,
    };
    repository
        .keys
        .insert("packages".to_owned(), vec![Key::named("packages")]);
    repository
        .delegations
        .get_mut("targets")
        .unwrap()
        .insert(0, before);
    let found = found(&repository.site());
    assert_eq!(found["reserved_entries"], json!([PATH]));
    assert_eq!(found["delegations"][0]["name"], "packages");
    assert_eq!(found["unsigned"], json!([]));
}

#[test]
fn a_bundle_is_held_against_the_files() {
    let mut site = stated().site();
    let text = |name: &str| String::from_utf8(site[&format!("metadata/{name}")].clone()).unwrap();
    let whole = json!({
        "timestamp.json": text("timestamp.json"), "1.snapshot.json": text("1.snapshot.json"),
        "1.targets.json": text("1.targets.json"), "1.motd.json": text("1.motd.json"),
    });
    let mut with = |bundle: &Value| {
        site.insert(
            "metadata/motd-bundle.json".to_owned(),
            bundle.to_string().into_bytes(),
        );
        found(&site)["bundle"].clone()
    };
    let lists = |found: &Value| json!([found["missing"], found["surplus"], found["differs"]]);
    assert_eq!(lists(&with(&whole)), json!([[], [], []]));
    let mut wrong = whole.clone();
    wrong["1.motd.json"] = json!("{}");
    wrong["1.root.json"] = json!("{}");
    wrong.as_object_mut().unwrap().remove("timestamp.json");
    assert_eq!(
        lists(&with(&wrong)),
        json!([["timestamp.json"], ["1.root.json"], ["1.motd.json"]])
    );
    assert_eq!(with(&json!([])), Value::Null);
}

#[test]
fn what_was_accepted_is_what_was_published() {
    let request =
        |text: &str| json!({ "document": STANDARD.encode(json!({ "a": text }).to_string()) });
    let (one, other) = (request("one"), request("other"));
    let answers =
        |one: &str, other: &str| json!({ "answers": [{ "status": one }, { "status": other }] });
    let facts = |raised: u8, text: &str| json!({ "raised": { "timestamp": raised }, "document": { "a": text } });
    let wrong = |facts: &Value, answer: &Value| {
        not_one_each(facts, [&one, &other].into_iter(), answer).is_some()
    };
    assert!(!wrong(&facts(1, "one"), &answers("accepted", "rejected")));
    assert!(!wrong(&facts(2, "one"), &answers("accepted", "accepted")));
    // One of two was lost.
    assert!(wrong(&facts(1, "one"), &answers("accepted", "accepted")));
    // The one that was refused took effect.
    assert!(wrong(&facts(1, "other"), &answers("accepted", "rejected")));
    assert!(wrong(&facts(0, "one"), &answers("rejected", "rejected")));
}

#[test]
fn a_value_beyond_the_limits_is_named_when_its_role_is_new() {
    for value in [
        json!(1.5),
        json!(9_007_199_254_740_992_u64),
        json!("a\n"),
        json!("\u{85}"),
        json!({ "é": 1 }),
        json!({ "": 1 }),
    ] {
        let mut repository = stated();
        repository.edit(NOTICES, move |signed| signed["x"] = json!([value]));
        let site = repository.site();
        assert_eq!(
            found(&site)["beyond_limits"].as_array().map(Vec::len),
            Some(1),
            "{site:?}"
        );
        assert_eq!(
            facts(&copy(&site), &copy(&site), NOW)["beyond_limits"],
            json!([])
        );
    }
}

#[test]
fn of_an_admitted_role_the_target_file_is_the_document() {
    let request = json!({ "target": STANDARD.encode(json!({ "a": 1 }).to_string()) });
    let wrong = |document: Value| {
        let facts = json!({ "raised": { "timestamp": 1 }, "document": document });
        let answer = json!({ "status": "accepted" });
        not_one_each(&facts, std::iter::once(&request), &answer)
    };
    assert_eq!(wrong(json!({ "a": 1 })), None);
    assert!(wrong(json!({ "a": 2 })).is_some());
}
