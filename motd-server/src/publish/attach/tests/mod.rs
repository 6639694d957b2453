//! A host, as another tool makes it, in memory.

mod check;
mod publish;

use crate::publish::Published as _;
use crate::publish::key::Signer;
use motd_core::{RepositoryId, Time};
use serde_json::{Value, json};

use super::super::metadata::write;
use super::super::{RoleKeys, fixture};
use super::{Host, HostFinding, delegation};
use crate::publish::PublishError;
use crate::publish::document::NoticeDocument;
use crate::publish::key::SigningKey;
use crate::store::files::{Files, versioned};

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
        let bytes = fixture::sign_raw(signed, &[&key(1)]).unwrap();
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
    fn take_in(&mut self, host: &Host, notices: &[Value]) -> Result<u64, PublishError> {
        let handover = {
            let attached = host.attached(&self.files, now())?;
            let document = document(notices);
            let mut proposal = attached.propose(&document, now(), write::after(now(), 30))?;
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

/// A host with one notice, published.
fn speaking() -> Tool {
    let mut tool = Tool::delegating();
    let host = tool.load();
    tool.take_in(&host, &[notice("a", "One")]).unwrap();
    tool.load();
    tool
}
