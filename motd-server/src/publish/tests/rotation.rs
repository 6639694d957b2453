//! Who may sign, and how that changes.

use super::*;
use crate::store::Lifetimes;

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
    let change = SigningRequest {
        targets: Some(targets.clone()),
        ..SigningRequest::default()
    };
    let refused = test.repository.publish(&change, &test.online(), now());
    assert!(matches!(refused, Err(PublishError::DuplicateKey { .. })));
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
fn nothing_is_published_that_another_role_shadows() {
    let test = test_repository();
    let edits: [fn(&mut Value); 3] = [
        |signed| {
            signed["targets"][TARGET_PATH] = json!({ "length": 1, "hashes": { "sha256": "00" } });
        },
        |signed| {
            signed["delegations"]["roles"]
                .as_array_mut()
                .unwrap()
                .swap(0, 1);
        },
        |signed| signed["delegations"]["roles"][0]["terminating"] = false.into(),
    ];
    for edit in edits {
        let mut targets = test.repository.draft_targets(now(), 30, edit).unwrap();
        targets.add_signature(&test.people[0]).unwrap();
        targets.add_signature(&test.people[1]).unwrap();
        let change = SigningRequest {
            targets: Some(targets.clone()),
            ..SigningRequest::default()
        };
        let refused = test.repository.publish(&change, &test.online(), now());
        assert!(matches!(refused, Err(PublishError::Shadowed { .. })));
    }
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
        test.repository.publish(
            &SigningRequest {
                root: Some(root.clone()),
                ..SigningRequest::default()
            },
            &test.online(),
            now(),
        )
    };
    assert!(
        matches!(publish(&root), Err(PublishError::Threshold { .. })),
        "neither enough old nor enough new people"
    );
    root.add_signature(&new_person).unwrap();
    assert!(
        matches!(publish(&root), Err(PublishError::Threshold { .. })),
        "one of the old people"
    );
    root.add_signature(&test.people[1]).unwrap();
    let publication = publish(&root).unwrap();
    assert_eq!(publication.timestamp, None, "no online key has changed");
    test.repository.apply(&publication).unwrap();
    assert_eq!(test.repository.root().version(), 2);
    let mut test = test_repository();
    let old_timestamp = test.timestamp.key_id();
    test.rotate_root(new_person, new_key, now()).unwrap();
    let root_keys = test.repository.root().signed()["keys"].as_object().unwrap();
    assert!(!root_keys.contains_key(&old_timestamp));
    test.publish_notices(&[notice("a", 1, "Hello")], now())
        .unwrap();
}

#[test]
fn a_root_needs_its_own_people_too_and_comes_next() {
    let test = test_repository();
    let new_person = SigningKey::assert_test_seed([99; 32]);
    let keys = [&test.people[0], &new_person]
        .map(|key| key.public().clone())
        .to_vec();
    let change = RootChange {
        root: Some(RoleKeys { keys, threshold: 2 }),
        ..RootChange::default()
    };
    let mut root = test.repository.draft_root(&change, now(), 365).unwrap();
    root.add_signature(&test.people[0]).unwrap();
    root.add_signature(&test.people[1]).unwrap();
    let publish = |root: &RoleFile| {
        test.repository.publish(
            &SigningRequest {
                root: Some(root.clone()),
                ..SigningRequest::default()
            },
            &test.online(),
            now(),
        )
    };
    assert!(
        matches!(
            publish(&root),
            Err(PublishError::Threshold { valid: 1, .. })
        ),
        "the old people alone"
    );
    root.add_signature(&new_person).unwrap();
    publish(&root).unwrap();
    let all: [&dyn Signer; 3] = [&test.people[0], &test.people[1], &new_person];
    let edited = |edit: &dyn Fn(&mut Value)| {
        let mut signed = root.signed().clone();
        edit(&mut signed);
        publish(&RoleFile::read("root", &fixture::sign_raw(&signed, &all).unwrap()).unwrap())
    };
    for version in [1, 3] {
        assert!(matches!(
            edited(&|root| root["version"] = version.into()),
            Err(PublishError::Version { expected: 2, .. })
        ));
    }
    assert!(matches!(
        edited(&|root| root["consistent_snapshot"] = false.into()),
        Err(PublishError::Metadata { .. })
    ));
    assert!(matches!(
        edited(&|root| root["x"] = "a\nb".into()),
        Err(PublishError::Limits { .. })
    ));
    let twice = |root: &mut Value| {
        root["keys"]["f".repeat(64)] = test.timestamp.key_object();
        root["roles"]["timestamp"]["keyids"]
            .as_array_mut()
            .unwrap()
            .push("f".repeat(64).into());
    };
    assert!(matches!(
        edited(&twice),
        Err(PublishError::DuplicateKey { .. })
    ));
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
    let change = SigningRequest {
        targets: Some(targets.clone()),
        ..SigningRequest::default()
    };
    assert!(matches!(
        test.repository.publish(&change, &test.online(), now()),
        Err(PublishError::Threshold { .. })
    ));
    let mut proposal = test
        .repository
        .propose(&document(&[]).unwrap(), now(), expires())
        .unwrap();
    for key in &new {
        proposal.sign_each(|role| role.add_signature(key)).unwrap();
    }
    let change = SigningRequest {
        targets: Some(targets.clone()),
        notices: proposal.notices.clone(),
        root: None,
    };
    let mut repository = test.repository.clone();
    repository
        .apply(&repository.publish(&change, &test.online(), now()).unwrap())
        .unwrap();
    assert_eq!(repository.targets().version(), 2);
    assert_eq!(
        repository.targets().signed()["delegations"]["roles"][1]["name"],
        "packages"
    );
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
    let change = SigningRequest {
        targets: Some(targets.clone()),
        ..SigningRequest::default()
    };
    let publication = test
        .repository
        .publish(&change, &test.online(), now())
        .unwrap();
    test.repository.apply(&publication).unwrap();
    let signed = test.repository.targets().signed();
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
        Err(PublishError::Threshold { .. })
    ));
    assert!(matches!(
        draft.sign(&server),
        Err(PublishError::KeyNotInRole { .. })
    ));
    draft.sign(&people[1]).unwrap();
    let mut files = Files::default();
    files
        .apply(&draft.publish(&online, now()).unwrap())
        .unwrap();
    assert!(fixture::assert_test_load(files).is_ok());
    // A threshold that cannot be met is no repository.
    let impossible = Plan {
        root: keys(&[&people[0]], 2),
        ..plan
    };
    assert!(impossible.draft(now()).is_err());
}

#[test]
fn one_key_under_two_key_ids_is_refused_in_every_delegation() {
    let test = test_repository();
    // Of another role than the notices', and in the notice role itself.
    let targets = test.repository.draft_targets(now(), 30, |signed| {
        signed["delegations"]["keys"]["f".repeat(64)] = test.people[0].key_object();
        signed["delegations"]["roles"][1]["keyids"] =
            json!(["f".repeat(64), test.people[0].key_id()]);
    });
    let mut targets = targets.unwrap();
    targets.add_signature(&test.people[0]).unwrap();
    targets.add_signature(&test.people[1]).unwrap();
    let change = SigningRequest {
        targets: Some(targets),
        ..SigningRequest::default()
    };
    let refused = test.repository.publish(&change, &test.online(), now());
    assert!(matches!(refused, Err(PublishError::DuplicateKey { role, .. }) if role == "packages"));

    let good = test.signed_proposal(&[], now()).unwrap();
    let good = proposal(&good);
    let mut signed = good.role().signed().clone();
    let (id, key) = (test.people[0].key_id(), test.people[0].key_object());
    signed["delegations"] = json!({ "keys": { id.clone(): key, "f".repeat(64): key }, "roles": [
        { "name": "working", "paths": ["motd/*"], "terminating": true, "threshold": 2, "keyids": [id, "f".repeat(64)] } ] });
    let proposal = forged(&test, &signed, good.document()).unwrap();
    let refused = test.repository.publish(&proposal, &test.online(), now());
    assert!(matches!(refused, Err(PublishError::DuplicateKey { role, .. }) if role == "working"));
}

#[test]
fn a_key_with_which_anybody_signs_is_refused_in_every_delegation() {
    let test = test_repository();
    for public in [
        format!("01{}", "00".repeat(31)),
        format!("ed{}7f", "ff".repeat(30)),
    ] {
        let targets = test.repository.draft_targets(now(), 30, |signed| {
            signed["delegations"]["keys"]["f".repeat(64)] = json!({
                "keytype": "ed25519", "scheme": "ed25519", "keyval": { "public": public },
            });
            let packages = &mut signed["delegations"]["roles"][1]["keyids"];
            *packages = json!(["f".repeat(64)]);
        });
        let mut request = SigningRequest {
            targets: Some(targets.unwrap()),
            ..SigningRequest::default()
        };
        request
            .sign_each(|file| file.add_signature(&test.people[0]))
            .unwrap();
        request
            .sign_each(|file| file.add_signature(&test.people[1]))
            .unwrap();
        let refused = test.repository.publish(&request, &test.online(), now());
        assert!(matches!(refused, Err(PublishError::WeakKey { role, .. }) if role == "packages"));
    }
}
