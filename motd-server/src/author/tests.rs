use motd_core::{RepositoryId, Time};
use serde_json::{Value, json};
use tuf::crypto::PrivateKey;

use super::fixture::{AssertTestRepository, Shape};
use super::*;
use crate::document::NoticeDocument;
use crate::error::Error;
use crate::files::{Files, versioned};
use crate::key::SigningKey;

fn now() -> Time {
    "2018-04-12T00:00:00Z".parse().unwrap()
}

fn id() -> RepositoryId {
    "packages.example.org".parse().unwrap()
}

fn test_repository() -> AssertTestRepository {
    AssertTestRepository::assert_test_repository(&id(), 7, Shape::InBand, now()).unwrap()
}

fn notice(id: &str, revision: u64, title: &str) -> Value {
    json!({ "id": id, "revision": revision, "severity": "warning",
        "begins": "2018-04-12T00:00:00Z", "ends": "2018-04-30T00:00:00Z",
        "text": { "en": { "title": title, "body": ["A paragraph."] } } })
}

fn document(notices: &[Value]) -> Result<NoticeDocument, Error> {
    let notices: Vec<_> = notices
        .iter()
        .map(|notice| motd_core::json::Value::from_parsed(notice).unwrap())
        .collect();
    NoticeDocument::compose(&id(), "en", &notices)
}

/// A document of many notices, too large to be inline.
fn large() -> Vec<Value> {
    let notice = |number| {
        json!({ "id": format!("n{number}"), "revision": 1, "severity": "info",
            "begins": "2018-04-12T00:00:00Z", "ends": "2018-04-30T00:00:00Z",
            "text": { "en": { "title": "Long", "body": ["word ".repeat(190).trim_end()] } } })
    };
    (0..20).map(notice).collect()
}

#[test]
fn a_new_repository_says_nothing_in_both_carriers() {
    let test = test_repository();
    let entry = &test.repository.notices().unwrap().signed()["targets"][TARGET_PATH];
    assert_eq!(entry["custom"][CUSTOM_MEMBER]["notices"], json!([]));
    assert_eq!(
        test.repository.document(&id()).unwrap().json(),
        &entry["custom"][CUSTOM_MEMBER]
    );
    let roles = &test.repository.targets().unwrap().signed()["delegations"]["roles"];
    assert_eq!(
        (&roles[0]["name"], &roles[0]["terminating"]),
        (&json!("motd"), &json!(true))
    );
    assert_eq!(roles[1]["name"], "packages");
    assert_eq!(test.repository.root().signed()["consistent_snapshot"], true);
}

#[test]
fn a_publication_raises_each_version_it_signs_by_one_and_no_other() {
    let mut test = test_repository();
    let before = test.repository.clone();
    test.publish_notices(&[notice("a", 1, "Hello")], now())
        .unwrap();
    let after = &test.repository;
    for (was, is) in [
        (before.notices().unwrap(), after.notices().unwrap()),
        (before.snapshot(), after.snapshot()),
        (before.timestamp(), after.timestamp()),
    ] {
        assert_eq!(
            is.version().unwrap(),
            was.version().unwrap() + 1,
            "{}",
            is.name()
        );
    }
    assert_eq!(before.targets().unwrap(), after.targets().unwrap());
    assert_eq!(before.root(), after.root());
    // What was published before is still there, byte for byte.
    for (path, bytes) in &before.files().0 {
        assert!(
            path == crate::files::TIMESTAMP || after.files().bytes(path) == Some(bytes),
            "{path}"
        );
    }
}

#[test]
fn the_target_file_is_always_the_document_bytes_and_custom_only_when_small() {
    let mut test = test_repository();
    for (notices, inline) in [(vec![notice("a", 1, "Hello")], true), (large(), false)] {
        test.publish_notices(&notices, now()).unwrap();
        let document = document(&notices).unwrap();
        assert_eq!(document.is_inline(), inline);
        let entry = test.repository.notices().unwrap().signed()["targets"][TARGET_PATH].clone();
        assert_eq!(entry.get("custom").is_some(), inline);
        let path = raw::target_file(TARGET_PATH, document.bytes());
        assert_eq!(test.repository.files().bytes(&path), Some(document.bytes()));
        assert_eq!(entry["hashes"]["sha256"], raw::sha256(document.bytes()));
        assert_eq!(entry["length"], document.bytes().len());
    }
}

#[test]
fn snapshot_and_timestamp_are_made_from_the_bytes_of_the_files() {
    let mut test = test_repository();
    test.publish_notices(&[notice("a", 1, "Hello")], now())
        .unwrap();
    let repository = &test.repository;
    for (parent, child) in [
        (repository.snapshot(), repository.notices().unwrap()),
        (repository.snapshot(), repository.targets().unwrap()),
        (repository.timestamp(), repository.snapshot()),
    ] {
        let file = repository
            .files()
            .bytes(&versioned(child.version().unwrap(), child.name()))
            .unwrap();
        let entry = &parent.signed()["meta"][format!("{}.json", child.name())];
        assert_eq!(entry["length"], file.len());
        assert_eq!(entry["hashes"]["sha256"], raw::sha256(file));
    }
}

#[test]
fn one_person_is_not_enough() {
    let test = test_repository();
    let document = document(&[notice("a", 1, "Hello")]).unwrap();
    let mut proposal = test.repository.propose(&document, now(), 30).unwrap();
    let publish = |proposal: &Proposal| test.repository.publish(proposal, &test.online(), now());
    assert!(matches!(
        publish(&proposal),
        Err(Error::Threshold {
            valid: 0,
            threshold: 2,
            ..
        })
    ));
    test.repository
        .sign(&mut proposal, &test.people[2], now())
        .unwrap();
    test.repository
        .sign(&mut proposal, &test.people[2], now())
        .unwrap();
    assert!(matches!(
        publish(&proposal),
        Err(Error::Threshold { valid: 1, .. })
    ));
    test.repository
        .sign(&mut proposal, &test.people[0], now())
        .unwrap();
    publish(&proposal).unwrap();
}

#[test]
fn a_stranger_does_not_sign() {
    let test = test_repository();
    let mut proposal = test
        .repository
        .propose(&document(&[]).unwrap(), now(), 30)
        .unwrap();
    let before = proposal.clone();
    let refused = test.repository.sign(&mut proposal, &test.timestamp, now());
    assert!(matches!(refused, Err(Error::KeyNotInRole { .. })));
    assert_eq!(proposal, before);
}

#[test]
fn one_key_under_two_key_ids_stops_a_publication() {
    let mut test = test_repository();
    let proposal = test.signed_proposal(&[], now()).unwrap();
    let mut targets = test
        .repository
        .draft_targets(now(), 30, |signed| {
            let key = test.people[0].key_object();
            signed["delegations"]["keys"]["f".repeat(64)] = key;
            signed["delegations"]["roles"][0]["keyids"]
                .as_array_mut()
                .unwrap()
                .push("f".repeat(64).into());
        })
        .unwrap();
    targets.add_signature(&test.people[0]).unwrap();
    targets.add_signature(&test.people[1]).unwrap();
    let change = Change {
        targets: Some(&targets),
        ..Change::default()
    };
    let refused = test
        .repository
        .publish_change(&change, &test.online(), now());
    assert!(matches!(refused, Err(Error::DuplicateKey { .. })));
    test.repository
        .apply(
            &test
                .repository
                .publish(&proposal, &test.online(), now())
                .unwrap(),
        )
        .unwrap();
}

#[test]
fn only_the_next_version_is_taken_in() {
    let mut test = test_repository();
    let replay = test
        .signed_proposal(&[notice("a", 1, "Hello")], now())
        .unwrap();
    let publication = test
        .repository
        .publish(&replay, &test.online(), now())
        .unwrap();
    test.repository.apply(&publication).unwrap();
    let refused = |proposal: &Proposal| {
        matches!(
            test.repository.publish(proposal, &test.online(), now()),
            Err(Error::Version { expected: 3, .. })
        )
    };
    assert!(refused(&replay));
    for version in [1_u64, 4, 4_294_967_295] {
        let mut signed = replay.role.signed().clone();
        signed["version"] = version.into();
        let bytes = raw::sign_raw(&signed, &[&test.people[0], &test.people[1]]).unwrap();
        let forged = Proposal {
            role: RoleFile::read(NOTICE_ROLE, &bytes).unwrap(),
            document: replay.document.clone(),
        };
        assert!(refused(&forged), "{version}");
        let mut unsigned = forged.clone();
        assert!(matches!(
            test.repository.sign(&mut unsigned, &test.people[2], now()),
            Err(Error::Version { .. })
        ));
    }
}

#[test]
fn a_role_may_live_93_days_and_not_a_second_longer() {
    let test = test_repository();
    let document = document(&[]).unwrap();
    assert!(test.repository.propose(&document, now(), 93).is_ok());
    assert!(matches!(
        test.repository.propose(&document, now(), 94),
        Err(Error::Expiry { .. })
    ));
    assert!(matches!(
        test.repository.propose(&document, now(), 0),
        Err(Error::Expiry { .. })
    ));
    let proposal = test.repository.propose(&document, now(), 93).unwrap();
    let mut signed = proposal.role.signed().clone();
    signed["expires"] = "2018-07-14T00:00:01Z".into();
    let bytes = raw::sign_raw(&signed, &[&test.people[0], &test.people[1]]).unwrap();
    let mut long = Proposal {
        role: RoleFile::read(NOTICE_ROLE, &bytes).unwrap(),
        ..proposal
    };
    assert!(matches!(
        test.repository.publish(&long, &test.online(), now()),
        Err(Error::Expiry { .. })
    ));
    assert!(matches!(
        test.repository.sign(&mut long, &test.people[2], now()),
        Err(Error::Expiry { .. })
    ));
}

#[test]
fn a_value_that_libraries_disagree_about_is_neither_signed_nor_published() {
    let test = test_repository();
    let proposal = test.signed_proposal(&[], now()).unwrap();
    for foreign in [
        json!(1_u64 << 53),
        json!("a\nb"),
        json!("e\u{301}"),
        json!({"é": 1}),
    ] {
        let mut signed = proposal.role.signed().clone();
        signed["x-foreign"] = json!({ "deep": [foreign] });
        assert!(matches!(
            RoleFile::unsigned(NOTICE_ROLE, signed.clone()),
            Err(Error::Limits { .. })
        ));
        let bytes = raw::sign_raw(&signed, &[&test.people[0], &test.people[1]]).unwrap();
        let mut role = RoleFile::read(NOTICE_ROLE, &bytes).unwrap();
        assert!(matches!(
            role.add_signature(&test.people[2]),
            Err(Error::Limits { .. })
        ));
        let foreign = Proposal {
            role,
            document: proposal.document.clone(),
        };
        let refused = test.repository.publish(&foreign, &test.online(), now());
        assert!(
            matches!(refused, Err(Error::Limits { fault, .. }) if fault.place.starts_with("/x-foreign/deep/0"))
        );
    }
    // A fraction cannot even be written in the signed form.
    let mut signed = proposal.role.signed().clone();
    signed["x-foreign"] = json!(1.5);
    assert!(matches!(
        RoleFile::unsigned(NOTICE_ROLE, signed),
        Err(Error::Limits { .. })
    ));
}

#[test]
fn a_document_of_which_a_client_refuses_anything_is_not_published() {
    let mut bad_language = notice("a", 1, "Hello");
    bad_language["text"]["fr"] = json!({ "title": "", "body": [] });
    let mut no_default = notice("a", 1, "Hello");
    no_default["text"] = json!({ "fr": { "title": "Bonjour", "body": [] } });
    for bad in [
        bad_language,
        no_default,
        notice("A", 1, "Hello"),
        notice("a", 0, "Hello"),
        notice("a", 1, "\u{202e}"),
    ] {
        let refused = document(&[notice("good", 1, "Hello"), bad.clone()]);
        assert!(matches!(refused, Err(Error::Document(_))), "{bad}");
    }
    assert!(
        matches!(document(&[notice("a", 1, "Cafe\u{301}")]), Err(Error::NotNfc { place }) if place == "/notices/0/text/en/title")
    );
    let many: Vec<_> = (0..33)
        .map(|number| notice(&format!("n{number}"), 1, "Hello"))
        .collect();
    assert!(matches!(document(&many), Err(Error::Document(_))));
}

#[test]
fn both_carriers_hold_one_document() {
    let test = test_repository();
    let good = test
        .signed_proposal(&[notice("a", 1, "Hello")], now())
        .unwrap();
    let other = document(&[notice("a", 1, "Other")]).unwrap();
    let swapped = Proposal {
        document: other.bytes().to_vec(),
        ..good.clone()
    };
    assert!(matches!(
        test.repository.publish(&swapped, &test.online(), now()),
        Err(Error::Metadata { .. })
    ));
    let mut newline = good.clone();
    newline.document.push(b'\n');
    assert!(matches!(
        test.repository.publish(&newline, &test.online(), now()),
        Err(Error::Document(_))
    ));
    let mut inline = good.role.signed().clone();
    inline["targets"][TARGET_PATH]["custom"]["motd"] = other.json().clone();
    let bytes = raw::sign_raw(&inline, &[&test.people[0], &test.people[1]]).unwrap();
    let inline = Proposal {
        role: RoleFile::read(NOTICE_ROLE, &bytes).unwrap(),
        ..good
    };
    assert!(matches!(
        test.repository.publish(&inline, &test.online(), now()),
        Err(Error::Metadata { .. })
    ));
}

#[test]
fn a_changed_text_needs_a_higher_revision() {
    let mut test = test_repository();
    test.publish_notices(&[notice("a", 2, "Hello")], now())
        .unwrap();
    for revision in [1, 2] {
        let refused = test.publish_notices(&[notice("a", revision, "Changed")], now());
        assert!(
            matches!(refused, Err(Error::Revision { published: 2, .. })),
            "{revision}"
        );
    }
    test.publish_notices(&[notice("a", 2, "Hello"), notice("b", 1, "New")], now())
        .unwrap();
    test.publish_notices(&[notice("a", 3, "Changed")], now())
        .unwrap();
}

#[test]
fn who_outlives_the_role_is_named() {
    let document = document(&[notice("a", 1, "Hello")]).unwrap();
    assert_eq!(
        document.outlives("2018-04-30T00:00:00Z".parse().unwrap()),
        []
    );
    let outlives = document.outlives("2018-04-29T23:59:59Z".parse().unwrap());
    assert_eq!(
        outlives
            .iter()
            .map(|outlives| outlives.id.as_str())
            .collect::<Vec<_>>(),
        ["a"]
    );
}

#[test]
fn nothing_is_published_that_another_role_shadows() {
    let test = test_repository();
    type Edit = fn(&mut Value);
    let edits: [Edit; 3] = [
        |signed| {
            signed["targets"][TARGET_PATH] = json!({ "length": 1, "hashes": { "sha256": "00" } })
        },
        |signed| {
            signed["delegations"]["roles"]
                .as_array_mut()
                .unwrap()
                .swap(0, 1)
        },
        |signed| signed["delegations"]["roles"][0]["terminating"] = false.into(),
    ];
    for edit in edits {
        let mut targets = test.repository.draft_targets(now(), 30, edit).unwrap();
        targets.add_signature(&test.people[0]).unwrap();
        targets.add_signature(&test.people[1]).unwrap();
        let change = Change {
            targets: Some(&targets),
            ..Change::default()
        };
        let refused = test
            .repository
            .publish_change(&change, &test.online(), now());
        assert!(matches!(refused, Err(Error::Shadowed { .. })));
    }
}

#[test]
fn a_role_that_is_listed_stays_listed() {
    let mut test = test_repository();
    test.publish_notices(&[], now()).unwrap();
    test.renew("2018-04-18T00:00:00Z".parse().unwrap()).unwrap();
    let meta = test.repository.snapshot().signed()["meta"]
        .as_object()
        .unwrap()
        .clone();
    assert_eq!(
        meta.keys().collect::<Vec<_>>(),
        ["motd.json", "packages.json", "targets.json"]
    );
}

#[test]
fn renewing_signs_a_snapshot_only_when_half_its_life_is_over() {
    let mut test = test_repository();
    let versions = |test: &AssertTestRepository| {
        (
            test.repository.snapshot().version().unwrap(),
            test.repository.timestamp().version().unwrap(),
        )
    };
    test.renew("2018-04-12T08:00:00Z".parse().unwrap()).unwrap();
    assert_eq!(versions(&test), (1, 2));
    test.renew("2018-04-16T00:00:00Z".parse().unwrap()).unwrap();
    assert_eq!(versions(&test), (2, 3));
    assert_eq!(
        test.repository.timestamp().expires().unwrap().to_string(),
        "2018-04-17T00:00:00Z"
    );
}

#[test]
fn a_root_rotation_needs_old_and_new_people_and_drops_unused_keys() {
    let mut test = test_repository();
    let new_person = SigningKey::assert_test_seed([99; 32]);
    let new_key = SigningKey::assert_test_seed([98; 32]);
    let keys = |keys: &[&SigningKey]| RoleKeys {
        keys: keys.iter().map(|key| key.public().clone()).collect(),
        threshold: 2,
    };
    let change = RootChange {
        root: Some(keys(&[&test.people[0], &new_person])),
        ..RootChange::default()
    };
    let mut root = test.repository.draft_root(&change, now(), 365).unwrap();
    root.add_signature(&test.people[0]).unwrap();
    let publish = |root: &RoleFile| {
        test.repository.publish_change(
            &Change {
                root: Some(root),
                ..Change::default()
            },
            &test.online(),
            now(),
        )
    };
    assert!(
        matches!(publish(&root), Err(Error::Threshold { .. })),
        "neither enough old nor enough new people"
    );
    root.add_signature(&new_person).unwrap();
    assert!(
        matches!(publish(&root), Err(Error::Threshold { .. })),
        "one of the old people"
    );
    root.add_signature(&test.people[1]).unwrap();
    let publication = publish(&root).unwrap();
    assert_eq!(publication.timestamp, None, "no online key has changed");
    test.repository.apply(&publication).unwrap();
    assert_eq!(test.repository.root().version().unwrap(), 2);
    let mut test = test_repository();
    let old_timestamp = test.timestamp.key_id();
    test.rotate_root(new_person, new_key, now()).unwrap();
    let root_keys = test.repository.root().signed()["keys"].as_object().unwrap();
    assert!(!root_keys.contains_key(&old_timestamp));
    test.publish_notices(&[notice("a", 1, "Hello")], now())
        .unwrap();
}

#[test]
fn other_people_for_the_notice_role_need_a_role_that_they_signed() {
    let test = test_repository();
    let new = [
        SigningKey::assert_test_seed([51; 32]),
        SigningKey::assert_test_seed([52; 32]),
    ];
    let keys = RoleKeys {
        keys: new.iter().map(|key| key.public().clone()).collect(),
        threshold: 2,
    };
    let mut targets = test
        .repository
        .draft_notice_keys(&keys, now(), 365)
        .unwrap();
    targets.add_signature(&test.people[0]).unwrap();
    targets.add_signature(&test.people[1]).unwrap();
    let change = Change {
        targets: Some(&targets),
        ..Change::default()
    };
    assert!(matches!(
        test.repository
            .publish_change(&change, &test.online(), now()),
        Err(Error::Threshold { .. })
    ));
    let mut proposal = test
        .repository
        .propose(&document(&[]).unwrap(), now(), 30)
        .unwrap();
    proposal.role.add_signature(&new[0]).unwrap();
    proposal.role.add_signature(&new[1]).unwrap();
    let change = Change {
        targets: Some(&targets),
        notices: Some(&proposal),
        root: None,
    };
    let mut repository = test.repository.clone();
    repository
        .apply(
            &repository
                .publish_change(&change, &test.online(), now())
                .unwrap(),
        )
        .unwrap();
    assert_eq!(repository.targets().unwrap().version().unwrap(), 2);
    assert_eq!(
        repository.targets().unwrap().signed()["delegations"]["roles"][1]["name"],
        "packages"
    );
}

#[test]
fn versions_that_a_failed_attempt_left_behind_are_skipped() {
    let mut test = test_repository();
    let mut files: Files = test.repository.files().clone();
    files.0.insert(versioned(2, "snapshot"), b"burned".to_vec());
    files.0.insert(versioned(2, "motd"), b"burned".to_vec());
    test.repository = Repository::load(files).unwrap();
    test.publish_notices(&[notice("a", 1, "Hello")], now())
        .unwrap();
    assert_eq!(test.repository.snapshot().version().unwrap(), 3);
    assert_eq!(test.repository.notices().unwrap().version().unwrap(), 3);
    assert_eq!(
        test.repository.files().bytes(&versioned(2, "motd")),
        Some(&b"burned"[..])
    );
}

#[test]
fn a_signed_proposal_for_a_burned_version_is_refused_as_burned() {
    let mut test = test_repository();
    let proposal = test.signed_proposal(&[], now()).unwrap();
    let mut files = test.repository.files().clone();
    files.0.insert(versioned(2, "motd"), b"{}".to_vec());
    test.repository = Repository::load(files).unwrap();
    assert!(matches!(
        test.repository.publish(&proposal, &test.online(), now()),
        Err(Error::Burned { .. })
    ));
    // The very bytes that lie there may be published.
    let mut files = test.repository.files().clone();
    files
        .0
        .insert(versioned(2, "motd"), proposal.role.bytes().to_vec());
    test.repository = Repository::load(files).unwrap();
    assert!(
        test.repository
            .publish(&proposal, &test.online(), now())
            .is_ok()
    );
}

#[test]
fn of_two_publications_from_one_state_one_is_told() {
    let mut test = test_repository();
    let first = test
        .repository
        .publish(
            &test.signed_proposal(&[notice("a", 1, "A")], now()).unwrap(),
            &test.online(),
            now(),
        )
        .unwrap();
    let second = test
        .repository
        .publish(
            &test.signed_proposal(&[notice("b", 1, "B")], now()).unwrap(),
            &test.online(),
            now(),
        )
        .unwrap();
    test.repository.apply(&first).unwrap();
    assert!(matches!(
        test.repository.apply(&second),
        Err(Error::Conflict)
    ));
}

#[test]
fn the_wrong_online_key_publishes_nothing() {
    let test = test_repository();
    let proposal = test.signed_proposal(&[], now()).unwrap();
    let online = Online {
        timestamp: &test.snapshot,
        ..test.online()
    };
    assert!(matches!(
        test.repository.publish(&proposal, &online, now()),
        Err(Error::Threshold { .. })
    ));
}

#[test]
fn unknown_members_and_order_survive() {
    let mut test = test_repository();
    let mut targets = test.repository.draft_targets(now(), 365, |signed| {
        signed["x-foreign"] = json!({ "kept": true });
        signed["delegations"]["x-foreign"] = 1.into();
        let extra = json!({ "name": "aaa", "paths": ["*/*"], "terminating": false, "threshold": 1,
            "keyids": signed["delegations"]["roles"][1]["keyids"] });
        signed["delegations"]["roles"].as_array_mut().unwrap().push(extra);
    }).unwrap();
    targets.add_signature(&test.people[0]).unwrap();
    targets.add_signature(&test.people[1]).unwrap();
    let change = Change {
        targets: Some(&targets),
        ..Change::default()
    };
    let publication = test
        .repository
        .publish_change(&change, &test.online(), now())
        .unwrap();
    test.repository.apply(&publication).unwrap();
    let signed = test.repository.targets().unwrap().signed();
    let names: Vec<_> = signed["delegations"]["roles"]
        .as_array()
        .unwrap()
        .iter()
        .map(|role| role["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["motd", "packages", "aaa"]);
    assert_eq!(signed["x-foreign"]["kept"], true);
    assert_eq!(signed["delegations"]["x-foreign"], 1);
}

#[test]
fn anything_can_be_signed_by_who_means_harm() {
    let mut test = test_repository();
    test.assert_publish_anything(b"not json", Some(json!({ "motd": null })), now())
        .unwrap();
    assert!(test.repository.document(&id()).is_err());
    let thief = SigningKey::assert_test_seed([1; 32]);
    let mut forged = raw::signed_of(test.repository.timestamp().bytes()).unwrap();
    forged["version"] = 99.into();
    let bytes = raw::sign_raw(&forged, &[&thief as &dyn PrivateKey]).unwrap();
    let mut files = test.repository.files().clone();
    files.0.insert(crate::files::TIMESTAMP.to_owned(), bytes);
    assert!(matches!(
        Repository::load(files),
        Err(Error::Threshold { .. })
    ));
}

#[test]
fn people_sign_a_new_repository_one_after_the_other() {
    let people = [
        SigningKey::assert_test_seed([1; 32]),
        SigningKey::assert_test_seed([2; 32]),
    ];
    let server = SigningKey::assert_test_seed([3; 32]);
    let keys = |keys: &[&SigningKey], threshold| RoleKeys {
        keys: keys.iter().map(|key| key.public().clone()).collect(),
        threshold,
    };
    let team = keys(&[&people[0], &people[1]], 2);
    let plan = Plan {
        repository: id(),
        default_language: "en".to_owned(),
        root: team.clone(),
        targets: team.clone(),
        notices: team,
        snapshot: keys(&[&server], 1),
        timestamp: keys(&[&server], 1),
        later: Vec::new(),
        lifetimes: Lifetimes::default(),
    };
    let online = Online {
        snapshot: &server,
        timestamp: &server,
        lifetimes: plan.lifetimes,
    };
    let mut draft = plan.draft(now()).unwrap();
    draft.sign(&people[0]).unwrap();
    assert!(matches!(
        draft.publish(&online, now()),
        Err(Error::Threshold { .. })
    ));
    assert!(matches!(
        draft.sign(&server),
        Err(Error::KeyNotInRole { .. })
    ));
    draft.sign(&people[1]).unwrap();
    let mut files = Files::default();
    files
        .apply(&draft.publish(&online, now()).unwrap())
        .unwrap();
    assert!(Repository::load(files).is_ok());
    // A threshold that cannot be met is no repository.
    let impossible = Plan {
        root: keys(&[&people[0]], 2),
        ..plan
    };
    assert!(impossible.draft(now()).is_err());
}
