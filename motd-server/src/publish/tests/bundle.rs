//! The bundle: what is in it, and when it is another one.

use super::*;
use crate::store::files::{BUNDLE, METADATA};

/// The bundle's members, each of which is the file of that name.
fn members(test: &TestRepository) -> Vec<String> {
    let files = test.repository.files();
    let bundle: Value = serde_json::from_slice(files.bytes(BUNDLE).unwrap()).unwrap();
    let members = bundle.as_object().unwrap();
    for (name, text) in members {
        assert_eq!(
            files.bytes(&format!("{METADATA}{name}")),
            Some(text.as_str().unwrap().as_bytes()),
            "{name}"
        );
    }
    members.keys().cloned().collect()
}

#[test]
fn it_has_what_a_new_client_needs_and_no_package() {
    let mut test = test_repository();
    assert_eq!(test.repository.files().bytes(BUNDLE), None);
    test.bundle = true;
    assert!(test.repository.role("packages").is_ok());
    test.publish_notices(&[notice("a", 1, "Hello")], now())
        .unwrap();
    assert_eq!(
        members(&test),
        [
            "1.root.json",
            "1.targets.json",
            "2.motd.json",
            "2.snapshot.json"
        ]
    );
}

#[test]
fn it_has_every_root() {
    let mut test = test_repository();
    test.bundle = true;
    for version in 2..=3 {
        let mut root = test
            .repository
            .draft_root(&RootChange::default(), now(), 30)
            .unwrap();
        root.add_signature(&test.people[0]).unwrap();
        root.add_signature(&test.people[1]).unwrap();
        let change = SigningRequest {
            root: Some(root.clone()),
            ..SigningRequest::default()
        };
        let publication = test
            .repository
            .publish(&change, &test.online(), now())
            .unwrap();
        test.repository.apply(&publication).unwrap();
        assert!(members(&test).contains(&format!("{version}.root.json")));
    }
    assert_eq!(members(&test).len(), 3 + 3);
}

#[test]
fn a_new_timestamp_alone_changes_nothing_in_it() {
    let mut test = test_repository();
    test.bundle = true;
    let renewed = test.repository.renew(&test.online(), now()).unwrap();
    assert_eq!(renewed.bundle, None);
    let later = "2018-04-18T00:00:00Z".parse().unwrap();
    let renewed = test.repository.renew(&test.online(), later).unwrap();
    let bundle = String::from_utf8(renewed.bundle.unwrap()).unwrap();
    assert!(bundle.contains("\"2.snapshot.json\""));
}

#[test]
fn one_that_is_too_long_is_empty() {
    let files = |length: usize| {
        let test = test_repository();
        let root = String::from_utf8(test.trusted_root()).unwrap();
        // What nobody signed makes it longer.
        let longer = root.replacen('{', &format!("{{\"x\":\"{}\",", "x".repeat(length)), 1);
        super::super::bundle::bundle(|path| {
            (path == "metadata/1.root.json").then_some(longer.as_bytes())
        })
    };
    let around = files(0).len();
    assert_eq!(files(1_048_576 - around).len(), 1_048_576);
    assert_eq!(files(1_048_576 - around + 1), b"{}");
}

#[test]
fn one_that_is_not_kept_up_is_emptied() {
    let mut test = test_repository();
    test.bundle = true;
    test.publish_notices(&[], now()).unwrap();
    assert!(!members(&test).is_empty());
    test.bundle = false;
    test.publish_notices(&[notice("a", 1, "Hello")], now())
        .unwrap();
    assert_eq!(test.repository.files().bytes(BUNDLE), Some(&b"{}"[..]));
}
