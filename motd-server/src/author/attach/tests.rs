//! Findings, each on a host that has none but what is still to be done; and the role, version after version.

use motd_core::{RepositoryId, Time};
use serde_json::{Value, json};
use tuf::crypto::PrivateKey;

use super::super::{Proposal, RoleKeys, raw};
use super::{Host, HostFinding, delegation, read_back};
use crate::document::NoticeDocument;
use crate::error::Error;
use crate::files::{Files, versioned};
use crate::key::SigningKey;

fn now() -> Time {
    "2026-01-01T00:00:00Z".parse().unwrap()
}

fn id() -> RepositoryId {
    "example.org".parse().unwrap()
}

fn key(seed: u8) -> SigningKey {
    SigningKey::assert_test_seed([seed; 32])
}

fn people() -> [SigningKey; 2] {
    [key(11), key(12)]
}

/// A host as another tool makes it: one key, one role for packages.
struct Tool {
    root: Value,
    targets: Value,
    meta: Value,
    files: Files,
}

impl Tool {
    fn new() -> Self {
        let host = key(1);
        let role = json!({ "keyids": [host.key_id()], "threshold": 1 });
        let keys = json!({ host.key_id(): host.key_object() });
        Self {
            root: json!({ "_type": "root", "spec_version": "1.0.31", "version": 1, "expires": "2030-01-01T00:00:00Z",
                "consistent_snapshot": true, "keys": keys,
                "roles": { "root": role, "targets": role, "snapshot": role, "timestamp": role } }),
            targets: json!({ "_type": "targets", "spec_version": "1.0.31", "version": 1,
                "expires": "2030-01-01T00:00:00Z", "targets": {}, "delegations": { "keys": keys, "roles": [
                    { "name": "packages", "paths": ["packages/*"], "terminating": false,
                      "keyids": [host.key_id()], "threshold": 1 } ] } }),
            meta: json!({ "targets.json": { "version": 1 }, "packages.json": { "version": 1 } }),
            files: Files::default(),
        }
    }

    /// With the delegation, first in order.
    fn delegating() -> Self {
        let mut tool = Self::new();
        let keys = people().map(|key| key.public().clone()).to_vec();
        let added = delegation(&RoleKeys { keys, threshold: 2 }).unwrap();
        let delegations = &mut tool.targets["delegations"];
        for (id, key) in added["keys"].as_object().unwrap() {
            delegations["keys"][id] = key.clone();
        }
        let roles = delegations["roles"].as_array_mut().unwrap();
        roles.insert(0, added["roles"][0].clone());
        tool
    }

    fn motd(&mut self) -> &mut Value {
        &mut self.targets["delegations"]["roles"][0]
    }

    fn put(&mut self, path: String, signed: &Value) {
        let bytes = raw::sign_raw(signed, &[&key(1)]).unwrap();
        self.files.0.insert(path, bytes);
    }

    fn publish(&mut self) -> &Files {
        let (root, targets) = (self.root.clone(), self.targets.clone());
        self.put(versioned(1, "root"), &root);
        self.put(versioned(1, "targets"), &targets);
        let head = |kind: &str, meta: &Value| json!({ "_type": kind, "spec_version": "1.0.31", "version": 1, "expires": "2030-01-01T00:00:00Z", "meta": meta });
        let prefix = root["consistent_snapshot"] == json!(true);
        let path = if prefix {
            versioned(1, "snapshot")
        } else {
            self.put("metadata/targets.json".to_owned(), &targets);
            "metadata/snapshot.json".to_owned()
        };
        let snapshot = head("snapshot", &self.meta);
        self.put(path, &snapshot);
        let meta = json!({ "snapshot.json": { "version": 1 } });
        self.put(
            "metadata/timestamp.json".to_owned(),
            &head("timestamp", &meta),
        );
        &self.files
    }

    fn load(&mut self) -> Host {
        let files = self.publish();
        Host::load(files, files.bytes("metadata/1.root.json").unwrap()).unwrap()
    }

    fn codes(&mut self) -> Vec<&'static str> {
        let found = self.load().check(now());
        found.iter().map(HostFinding::code).collect()
    }

    /// Takes a handover in and lists it.
    fn take_in(&mut self, host: &Host, notices: &[Value]) -> Result<u64, Error> {
        let handover = {
            let attached = host.attached(&self.files, now())?;
            let document = document(notices);
            let mut proposal = attached.propose(&document, now(), 30)?;
            for person in people() {
                attached.sign(&mut proposal, &person, now(), &[])?;
            }
            attached.hand_over(&proposal, now())?
        };
        self.files.0.extend(handover.files);
        self.meta["motd.json"] = json!({ "version": handover.version });
        Ok(handover.version)
    }
}

fn notice(id: &str, title: &str) -> Value {
    json!({ "id": id, "revision": 1, "severity": "info", "begins": "2026-01-01T00:00:00Z", "ends": "2026-02-01T00:00:00Z",
        "text": { "en": { "title": title, "body": [] } } })
}

fn document(notices: &[Value]) -> NoticeDocument {
    let notices: Vec<_> = notices
        .iter()
        .map(|notice| motd_core::json::Value::from_parsed(notice).unwrap())
        .collect();
    NoticeDocument::compose(&id(), "en", &notices).unwrap()
}

const STEPS: [&str; 2] = ["host-takes-in-unknown", "attach-delegation"];

#[test]
fn a_host_without_a_fault_has_steps_alone() {
    assert_eq!(Tool::new().codes(), STEPS);
    assert_eq!(
        Tool::delegating().codes(),
        ["host-takes-in-unknown", "attach-role"]
    );
}

#[test]
fn each_obstacle_is_found_by_itself() {
    type Spoil = fn(&mut Tool);
    let cases: [(&str, Spoil); 17] = [
        ("host-succinct", |tool| {
            tool.targets["delegations"]["roles"]
                .as_array_mut()
                .unwrap()
                .clear();
            tool.targets["delegations"]["succinct_roles"] = json!({});
        }),
        ("host-inconsistent", |tool| {
            tool.root["consistent_snapshot"] = json!(false);
        }),
        ("host-unlisted", |tool| {
            tool.meta.as_object_mut().unwrap().remove("packages.json");
        }),
        ("host-reserved", |tool| {
            tool.targets["targets"]["motd/other"] =
                json!({ "length": 1, "hashes": { "sha256": "00" } });
        }),
        ("host-order", |tool| {
            tool.targets["delegations"]["roles"]
                .as_array_mut()
                .unwrap()
                .swap(0, 1);
        }),
        ("host-not-terminating", |tool| {
            tool.motd()["terminating"] = json!(false);
        }),
        ("host-paths", |tool| {
            tool.motd()["paths"] = json!(["motd/*", "*"]);
        }),
        ("host-name-taken", |tool| {
            tool.motd()["paths"] = json!(["message/*"]);
        }),
        ("host-limits", |tool| {
            tool.targets["x-note"] = json!("two\nlines");
        }),
        ("host-limits", |tool| {
            tool.targets["x-note"] = json!("e\u{301}");
        }),
        ("host-limits", |tool| tool.root["x-é"] = json!(1)),
        ("host-duplicate-key", |tool| {
            let [person, _] = people();
            tool.targets["delegations"]["keys"]["00"] = person.key_object();
            tool.motd()["keyids"]
                .as_array_mut()
                .unwrap()
                .push(json!("00"));
        }),
        ("host-expired", |tool| {
            tool.targets["expires"] = json!("2026-01-01T00:00:00Z");
        }),
        ("host-size", |tool| {
            tool.targets["x-more"] = json!("x".repeat(4_998_000));
        }),
        ("host-key-kind", |tool| {
            let [_, person] = people();
            tool.targets["delegations"]["keys"][person.key_id()]["keytype"] = json!("ecdsa");
        }),
        ("host-delegation-form", |tool| {
            tool.motd()["threshold"] = json!(0);
        }),
        ("host-shadowed", |tool| {
            let mut other = tool.motd().clone();
            other["name"] = json!("packages");
            // SHA-256 of motd/notices.json begins with c.
            other.as_object_mut().unwrap().remove("paths");
            other["path_hash_prefixes"] = json!(["b", "c"]);
            *tool.targets["delegations"]["roles"].as_array_mut().unwrap() =
                vec![other, tool.motd().clone()];
        }),
    ];
    for (code, spoil) in cases {
        let mut tool = Tool::delegating();
        spoil(&mut tool);
        let found = tool.codes();
        assert_eq!(found.first(), Some(&code), "{found:?}");
        let host = tool.load();
        let refused = host.attached(&tool.files, now()).err();
        assert_eq!(refused.map(|error| error.code()), Some(code));
    }
}

#[test]
fn a_pattern_that_covers_the_path_is_named_before_and_after() {
    for (paths, covers) in [
        (json!(["*/*"]), true),
        (json!(["motd/notices.json"]), true),
        (json!(["m?td/*"]), true),
        (json!(["*"]), false),
        (json!(["packages/*", "*/*/*"]), false),
        (json!(["[", "packages/*"]), true),
    ] {
        let mut tool = Tool::new();
        tool.targets["delegations"]["roles"][0]["paths"] = paths.clone();
        assert_eq!(tool.codes().contains(&"attach-covered"), covers, "{paths}");
        let mut tool = Tool::delegating();
        tool.targets["delegations"]["roles"][1]["paths"] = paths.clone();
        assert_eq!(
            tool.codes().len(),
            2,
            "after motd nothing is in the way: {paths}"
        );
        tool.targets["delegations"]["roles"]
            .as_array_mut()
            .unwrap()
            .swap(0, 1);
        assert_eq!(tool.codes().contains(&"host-shadowed"), covers, "{paths}");
    }
}

#[test]
fn what_cannot_be_known_is_said() {
    let mut tool = Tool::new();
    tool.targets.as_object_mut().unwrap().remove("delegations");
    tool.meta.as_object_mut().unwrap().remove("packages.json");
    assert_eq!(tool.codes()[0], "host-lists-unknown");
    let mut tool = Tool::new();
    let host = key(1).key_id();
    let object = tool.root["keys"][&host].clone();
    tool.root["keys"]["my-key"] = object;
    assert!(tool.codes().contains(&"host-key-id"));
    // A PEM key has line ends, which every library reads alike.
    let mut tool = Tool::new();
    let pem = "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n";
    tool.targets["delegations"]["keys"]["x"] =
        json!({ "keytype": "ecdsa", "scheme": "ecdsa-sha2-nistp256", "keyval": { "public": pem } });
    assert!(!tool.codes().contains(&"host-limits"));
}

#[test]
fn a_role_of_that_name_for_something_else_is_seen() {
    let mut tool = Tool::new();
    tool.meta["motd.json"] = json!({ "version": 4 });
    let mut role = tool.targets.clone();
    role["version"] = json!(4);
    role["targets"] = json!({ "motd/notices.json": { "length": 1, "hashes": { "sha256": "00" } } });
    tool.put(versioned(4, "motd"), &role.clone());
    assert!(tool.codes().contains(&"attach-listed-before"));
    role["targets"]["demo"] = json!({ "length": 1, "hashes": { "sha256": "00" } });
    tool.put(versioned(4, "motd"), &role);
    assert_eq!(tool.codes()[0], "host-name-taken");
}

#[test]
fn versions_follow_what_is_listed_and_pass_over_what_was_left_behind() {
    let mut tool = Tool::delegating();
    let host = tool.load();
    assert_eq!(tool.take_in(&host, &[]).unwrap(), 1);
    let host = tool.load();
    assert_eq!(host.check(now()), []);
    // Handed over and never listed: its number is gone.
    tool.files
        .0
        .insert(versioned(2, "motd"), b"left behind".to_vec());
    assert_eq!(tool.take_in(&host, &[notice("a", "One")]).unwrap(), 3);
    let host = tool.load();
    // The same revision with another text.
    let changed = tool.take_in(&host, &[notice("a", "Two")]);
    assert!(
        matches!(changed, Err(Error::Revision { .. })),
        "{changed:?}"
    );
    let reading = read_back(
        &tool.files,
        tool.files.bytes("metadata/1.root.json").unwrap(),
        &id(),
        now(),
    );
    assert_eq!(reading.unwrap().unwrap().version, 3);
    // Another index's document.
    let other = NoticeDocument::compose(&"other.org".parse().unwrap(), "en", &[]).unwrap();
    let attached = host.attached(&tool.files, now()).unwrap();
    assert!(matches!(
        attached.propose(&other, now(), 30),
        Err(Error::OtherRepository { .. })
    ));
    assert!(matches!(
        attached.propose(&document(&[]), now(), 94),
        Err(Error::Expiry { .. })
    ));
}

#[test]
fn what_a_signature_is_not_given_for() {
    let mut tool = Tool::delegating();
    let host = tool.load();
    let attached = host.attached(&tool.files, now()).unwrap();
    let good = attached.propose(&document(&[]), now(), 30).unwrap();
    let sign = |change: &dyn Fn(&mut Value)| {
        let mut signed = good.role.signed().clone();
        change(&mut signed);
        let file = json!({ "signatures": [], "signed": signed }).to_string();
        let mut proposal = Proposal::read(file.as_bytes(), Some(good.document.clone())).unwrap();
        attached
            .sign(&mut proposal, &people()[0], now(), &[])
            .map_err(|error| error.code())
    };
    assert_eq!(sign(&|_| {}), Ok(()));
    assert_eq!(
        sign(&|role| role["x-more"] = json!(1)),
        Err("proposal-unexpected")
    );
    assert_eq!(
        sign(&|role| role["targets"]["packages/a"] = json!({ "length": 1, "hashes": {} })),
        Err("proposal-unexpected")
    );
    assert_eq!(
        sign(&|role| role["version"] = json!(2)),
        Err("publisher-version")
    );
    assert_eq!(
        sign(&|role| role["expires"] = json!("2027-01-01T00:00:00Z")),
        Err("publisher-expiry")
    );
    assert_eq!(
        sign(&|role| role["targets"]["motd/notices.json"]["length"] = json!(1)),
        Err("repository-metadata")
    );
    let mut proposal = good.clone();
    let stranger = attached.sign(&mut proposal, &key(99), now(), &[]);
    assert!(matches!(stranger, Err(Error::KeyNotInRole { .. })));
    attached
        .sign(&mut proposal, &people()[0], now(), &[])
        .unwrap();
    let handed = attached.hand_over(&proposal, now());
    assert!(matches!(
        handed,
        Err(Error::Threshold {
            valid: 1,
            threshold: 2,
            ..
        })
    ));
}

#[test]
fn the_printed_delegation_is_first_terminating_and_of_distinct_people() {
    let [a, b] = people().map(|key| key.public().clone());
    let made = delegation(&RoleKeys {
        keys: vec![a.clone(), b.clone()],
        threshold: 2,
    })
    .unwrap();
    assert_eq!(made["roles"][0]["paths"], json!(["motd/*"]));
    assert_eq!(made["roles"][0]["terminating"], json!(true));
    assert_eq!(made["keys"].as_object().unwrap().len(), 2);
    let twice = delegation(&RoleKeys {
        keys: vec![a.clone(), a.clone()],
        threshold: 1,
    });
    assert!(matches!(twice, Err(Error::DuplicateKey { .. })));
    for threshold in [0, 3] {
        assert!(
            delegation(&RoleKeys {
                keys: vec![a.clone(), b.clone()],
                threshold
            })
            .is_err()
        );
    }
}
