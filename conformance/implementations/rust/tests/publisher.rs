//! `create`, `publish`, `renew` and `admit`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::common::{NOW, REPOSITORY, Session, bytes, create, keys, notice, publish, root, seed};

/// Every file of a folder.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.insert(path.clone(), std::fs::read(path).unwrap());
        }
    }
    found
}

fn signed(folder: &Path, name: &str) -> Value {
    let bytes = std::fs::read(folder.join("metadata").join(name)).unwrap();
    let mut file: Value = serde_json::from_slice(&bytes).unwrap();
    file["signed"].take()
}

fn renew(folder: &Path, now: &str) -> Value {
    json!({ "folder": folder, "root": root(folder), "now": now, "repository": REPOSITORY, "keys": keys() })
}

#[test]
fn a_repository_is_made_published_to_and_renewed() {
    let mut session = Session::start();
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let nothing = json!({ "warnings": [] });
    assert_eq!(session.result("create", create(folder)), nothing);
    // Each person signs once, for however many roles.
    let root = std::fs::read(folder.join("metadata/1.root.json")).unwrap();
    let root: Value = serde_json::from_slice(&root).unwrap();
    assert_eq!(root["signatures"].as_array().unwrap().len(), 3);
    let targets = signed(folder, "1.targets.json");
    let delegation = &targets["delegations"]["roles"][0];
    assert_eq!(delegation["name"], "motd");
    assert_eq!(delegation["paths"], json!(["motd/*"]));
    assert_eq!(delegation["threshold"], 2);
    assert_eq!(delegation["terminating"], true);
    let mut news = notice("news", "info", "News");
    let mut request = publish(folder, std::slice::from_ref(&news));
    request["expires"] = "2026-12-02T01:02:03Z".into();
    assert_eq!(session.result("publish", request), nothing);
    assert_eq!(
        signed(folder, "2.motd.json")["expires"],
        "2026-12-02T01:02:03Z"
    );
    news["revision"] = 2.into();
    news["ends"] = "2027-01-01T00:00:00Z".into();
    assert_eq!(
        session.result("publish", publish(folder, &[news])),
        json!({ "warnings": ["publisher-outlives"] })
    );
    assert_eq!(
        session.result("renew", renew(folder, "2026-11-01T12:00:00Z")),
        nothing
    );
    // Beside the two trees there is nothing but the lock of the store.
    let beside = std::fs::read_dir(folder).unwrap();
    let mut beside: Vec<_> = beside.map(|entry| entry.unwrap().file_name()).collect();
    beside.sort();
    assert_eq!(beside, [".lock", "metadata", "targets"]);
    assert_eq!(
        signed(folder, "4.snapshot.json")["expires"],
        "2026-11-08T12:00:00Z"
    );
    let timestamp = signed(folder, "timestamp.json");
    assert_eq!(timestamp["version"], 4);
    assert_eq!(timestamp["expires"], "2026-11-02T12:00:00Z");
    session.end();
}

#[test]
fn what_is_refused_leaves_the_folder_as_it_was() {
    let mut session = Session::start();
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    session.result("create", create(folder));
    let news = notice("news", "info", "News");
    session.result("publish", publish(folder, std::slice::from_ref(&news)));
    let before = files(folder);
    let notices = |notices: &[Value]| publish(folder, notices);
    let with = |member: &str, value: Value| {
        let mut request = publish(folder, std::slice::from_ref(&news));
        *request.pointer_mut(member).unwrap() = value;
        request
    };
    let mut ended = news.clone();
    ended["ends"] = ended["begins"].clone();
    let mut changed = news.clone();
    changed["text"]["en"]["title"] = "Other news".into();
    let mut half = news.clone();
    half["text"]["de"] = json!({ "title": "", "body": [] });
    let mut untitled = news.clone();
    untitled["text"]["en"]["title"] = "".into();
    let mut split = news.clone();
    split["text"]["en"]["title"] = "Cafe\u{301}".into();
    for (request, expected) in [
        (with("/document", bytes("[]")), "document not-an-object"),
        (with("/document", bytes("{")), "document not-json"),
        (
            with("/repository", json!("example.org")),
            "document repository-mismatch",
        ),
        (
            with("/repository", json!("")),
            "document repository-malformed",
        ),
        (notices(&[ended]), "notice time-order"),
        (notices(&[half]), "language title-malformed"),
        (notices(&[untitled]), "notice title-malformed"),
        (notices(&[split]), "publication text-not-nfc"),
        (notices(&[changed]), "publication publisher-revision"),
        (
            with("/keys/motd", json!([seed(1)])),
            "publication publisher-threshold",
        ),
        (
            with("/keys/motd", json!([seed(1), seed(1), seed(9)])),
            "publication publisher-threshold",
        ),
        (
            with("/keys/timestamp", json!([])),
            "publication publisher-threshold",
        ),
        (
            with("/keys/snapshot", json!([seed(9)])),
            "publication publisher-threshold",
        ),
        (
            with("/expires", json!("2027-02-03T00:00:00Z")),
            "publication publisher-expiry",
        ),
        (with("/expires", json!(NOW)), "publication publisher-expiry"),
    ] {
        assert_eq!(session.rejection("publish", request), expected);
        assert!(files(folder) == before, "{expected}");
    }
    assert_eq!(
        session.rejection("create", create(folder)),
        "publication publisher-conflict"
    );
    assert!(files(folder) == before);
    let mut one_key_twice = create(folder);
    one_key_twice["roles"]["motd"]["keys"] = json!([seed(1), seed(1)]);
    assert_eq!(session.ask("create", one_key_twice)["status"], "rejected");
    session.end();
}

#[test]
fn a_role_that_others_signed_is_taken_in() {
    let mut session = Session::start();
    let [here, elsewhere] = [(); 2].map(|()| tempfile::tempdir().unwrap());
    for folder in [&here, &elsewhere] {
        session.result("create", create(folder.path()));
    }
    // The same people sign a notice in another place.
    let notices = [notice("news", "info", "News")];
    session.result("publish", publish(elsewhere.path(), &notices));
    let role = std::fs::read(elsewhere.path().join("metadata/2.motd.json")).unwrap();
    let entry = &signed(elsewhere.path(), "2.motd.json")["targets"]["motd/notices.json"];
    let hash = entry["hashes"]["sha256"].as_str().unwrap();
    let name = format!("targets/motd/{hash}.notices.json");
    let target = std::fs::read(elsewhere.path().join(&name)).unwrap();
    let admit = |role: &[u8], target: Option<&[u8]>| {
        json!({
            "folder": here.path(),
            "root": root(here.path()),
            "now": NOW,
            "repository": REPOSITORY,
            "role": bytes(role),
            "target": target.map(bytes),
            "keys": { "snapshot": [seed(4)], "timestamp": [seed(5)] },
        })
    };
    let before = files(here.path());
    let mut unsigned: Value = serde_json::from_slice(&role).unwrap();
    unsigned["signatures"].as_array_mut().unwrap().pop();
    let unsigned = unsigned.to_string();
    assert_eq!(
        session.rejection("admit", admit(unsigned.as_bytes(), Some(&target))),
        "publication publisher-threshold"
    );
    let old = std::fs::read(here.path().join("metadata/1.motd.json")).unwrap();
    assert_eq!(
        session.rejection("admit", admit(&old, None)),
        "publication publisher-version"
    );
    assert_eq!(
        session.ask("admit", admit(b"{}", None))["status"],
        "rejected"
    );
    assert_eq!(
        session.ask("admit", admit(&role, Some(b"{}")))["status"],
        "rejected"
    );
    assert!(files(here.path()) == before);
    session.result("admit", admit(&role, Some(&target)));
    assert_eq!(std::fs::read(here.path().join(name)).unwrap(), target);
    assert_eq!(signed(here.path(), "timestamp.json")["version"], 2);
    session.end();
}
