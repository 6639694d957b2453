//! The bundle: what is in it, and when the one that is there is another one.

use super::*;
use crate::store::files::{BUNDLE, METADATA, TARGETS, TIMESTAMP};

/// The bundle's members, each of which is the file of that name.
fn members(test: &TestRepository) -> Vec<String> {
    let files = test.repository.files();
    let bundle: Value = serde_json::from_slice(files.bytes(BUNDLE).unwrap()).unwrap();
    let members = bundle.as_object().unwrap();
    for (name, text) in members {
        let file = [METADATA, TARGETS].map(|folder| files.bytes(&format!("{folder}{name}")));
        assert_eq!(
            file.into_iter().flatten().next(),
            Some(text.as_str().unwrap().as_bytes()),
            "{name}"
        );
    }
    members.keys().cloned().collect()
}

#[test]
fn it_has_what_a_sidecar_reads_and_no_package() {
    let mut test = test_repository();
    assert!(test.repository.role("packages").is_ok());
    test.publish_notices(&[notice("a", 1, "Hello")], now())
        .unwrap();
    let roles = [
        "1.targets.json",
        "2.motd.json",
        "2.snapshot.json",
        "timestamp.json",
    ];
    assert_eq!(members(&test), roles);
}

#[test]
fn it_has_a_document_that_no_role_carries() {
    let mut test = test_repository();
    test.publish_notices(&large(), now()).unwrap();
    let members = members(&test);
    assert_eq!(members.len(), 5);
    let document = |name: &String| name.starts_with("motd/") && name.ends_with(".notices.json");
    assert!(members.iter().any(document), "{members:?}");
}

#[test]
fn it_is_of_each_new_timestamp() {
    let test = test_repository();
    let renewed = test.repository.renew(&test.online(), now()).unwrap();
    let bundle: Value = serde_json::from_slice(&renewed.bundle.unwrap()).unwrap();
    let timestamp = bundle["timestamp.json"].as_str().unwrap().as_bytes();
    assert_eq!(renewed.timestamp.as_deref(), Some(timestamp));
}

/// MOTD-BUNDLE-2.
#[test]
fn one_that_is_too_long_is_empty() {
    let test = test_repository();
    let timestamp = String::from_utf8(test.repository.timestamp().bytes().to_vec()).unwrap();
    let files = |length: usize| {
        // What nobody signed makes it longer.
        let longer = format!("{{\"x\":\"{}\",", "x".repeat(length));
        let longer = timestamp.replacen('{', &longer, 1);
        super::super::bundle::bundle(|path| (path == TIMESTAMP).then_some(longer.as_bytes()))
    };
    let around = files(0).len();
    assert_eq!(files(1_048_576 - around).len(), 1_048_576);
    assert_eq!(files(1_048_576 - around + 1), b"{}");
}

/// MOTD-BUNDLE-2: a repository that is read has the bundle of its files, and says when another one was there.
#[test]
fn one_that_lags_is_known_and_replaced() {
    let mut test = test_repository();
    let before = test.repository.files().bytes(BUNDLE).unwrap().to_vec();
    test.publish_notices(&[notice("a", 1, "Hello")], now())
        .unwrap();
    let files = test.repository.files();
    for (there, lags) in [
        (files.bytes(BUNDLE).map(<[u8]>::to_vec), false),
        (Some(before), true),
        (None, true),
    ] {
        let mut read = files.clone();
        read.0.remove(BUNDLE);
        read.0.extend(there.map(|bytes| (BUNDLE.to_owned(), bytes)));
        let repository = fixture::assert_test_load(read).unwrap();
        assert_eq!(repository.bundle_lags(), lags);
        assert_eq!(repository.files(), files);
        let advice = repository.doctor(&test.lifetimes, now());
        assert_eq!(advice.unwrap().contains(&Advice::Bundle), lags);
    }
}
