//! A signed repository that a test edits and publishes again, with every key at hand.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::OnceLock;

use motd_core::json::Value as CoreValue;
use motd_server::publish::fixture::{self, Shape, TestRepository};
use motd_server::publish::key::SigningKey;
use motd_server::publish::metadata::write;
use motd_server::publish::{NOTICE_ROLE, TARGET_PATH};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use crate::at;

/// Files by path, and the role files that the next snapshot lists.
#[derive(Clone)]
pub struct RepositorySimulator {
    /// The files, by their paths below the repository.
    pub files: BTreeMap<String, Vec<u8>>,
    /// The newest bytes of each role, `root` included.
    pub roles: BTreeMap<String, Vec<u8>>,
}

/// A key of the test repository: 1 to 3 are people, 4 signs snapshots, 5 timestamps; from 10 on they are strangers'.
pub fn key(number: u8) -> SigningKey {
    let mut seed = [7; 32];
    seed[31] = number;
    SigningKey::assert_test_seed(seed)
}

/// A notice that applies to everybody at every time of these tests.
pub fn notice(id: &str, title: &str) -> Value {
    json!({
        "id": id, "revision": 1, "severity": "warning",
        "begins": "2018-04-01T00:00:00Z", "ends": "2018-12-31T00:00:00Z",
        "text": { "en": { "title": title, "body": ["A paragraph."] } },
    })
}

/// A document of the test repository.
pub fn document(notices: &[Value]) -> Value {
    json!({ "schema_version": "1.0", "repository": "example.org", "default_language": "en", "notices": notices })
}

/// The document bytes of a value.
pub fn document_bytes(document: &Value) -> Vec<u8> {
    CoreValue::from_parsed(document).unwrap().document_bytes()
}

/// Where a version of a role other than timestamp lies, with consistent snapshots.
pub fn path_of(role: &str, version: u64) -> String {
    format!(
        "metadata/{version}.{}.json",
        utf8_percent_encode(role, ENCODED)
    )
}

/// What is percent-encoded in a role's name: all but the unreserved characters of RFC 3986.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// A file with spaces after its end, up to a length. Signatures do not see them.
pub fn padded(bytes: &[u8], length: usize) -> Vec<u8> {
    let mut padded = bytes.to_vec();
    assert!(padded.len() <= length);
    padded.resize(length, b' ');
    padded
}

/// Whether a file system takes each part of a path.
pub fn is_writable(path: &str) -> bool {
    path.split('/').all(|part| part.len() <= 255)
}

impl RepositorySimulator {
    /// A repository with one notice, `Hello`, in the custom carrier.
    pub fn new() -> Self {
        static MADE: OnceLock<RepositorySimulator> = OnceLock::new();
        MADE.get_or_init(Self::make).clone()
    }

    fn make() -> Self {
        let id = "example.org".parse().unwrap();
        let mut test =
            TestRepository::assert_test_repository(&id, 7, Shape::Sidecar, at(0)).unwrap();
        test.publish_notices(&[notice("hello", "Hello")], at(0))
            .unwrap();
        let files = test.repository.files().0.clone();
        let mut repo = Self {
            files,
            roles: BTreeMap::new(),
        };
        for role in ["root", "targets", NOTICE_ROLE, "snapshot"] {
            let newest = (1..=9)
                .rev()
                .find_map(|version| repo.files.get(&format!("metadata/{version}.{role}.json")));
            let bytes = newest.unwrap().clone();
            repo.roles.insert(role.to_owned(), bytes);
        }
        repo.roles.insert(
            "timestamp".to_owned(),
            repo.files["metadata/timestamp.json"].clone(),
        );
        repo
    }

    /// The first root, which an installer ships.
    pub fn trusted_root(&self) -> Vec<u8> {
        self.files["metadata/1.root.json"].clone()
    }

    /// Writes the files into a folder, as any web server or other client would have them; not those whose names no file
    /// system takes.
    pub fn write_to(&self, folder: &Path) {
        for (path, bytes) in self.files.iter().filter(|(path, _)| is_writable(path)) {
            let path = folder.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
    }

    /// What a role signs now.
    pub fn signed(&self, role: &str) -> Value {
        fixture::signed_of(&self.roles[role]).unwrap()
    }

    /// The version of a role.
    pub fn version(&self, role: &str) -> u64 {
        self.signed(role)["version"].as_u64().unwrap()
    }

    /// The numbers of the keys that sign a role.
    fn signers(role: &str) -> &'static [u8] {
        match role {
            "snapshot" => &[4],
            "timestamp" => &[5],
            _ => &[1, 2],
        }
    }

    /// Signs with these keys.
    pub fn sign(signed: &Value, keys: &[u8]) -> Vec<u8> {
        let keys: Vec<SigningKey> = keys.iter().map(|number| key(*number)).collect();
        let keys: Vec<_> = keys.iter().map(|key| key as _).collect();
        fixture::sign_raw(signed, &keys).unwrap()
    }

    /// Edits the next version of a role, signed by whom it is due to; [`RepositorySimulator::list`] publishes it.
    pub fn edit(&mut self, role: &str, edit: impl FnOnce(&mut Value)) {
        self.edit_signed_by(role, Self::signers(role), edit);
    }

    /// The same with other signers.
    pub fn edit_signed_by(&mut self, role: &str, keys: &[u8], edit: impl FnOnce(&mut Value)) {
        let mut signed = self.signed(role);
        signed["version"] = (self.version(role) + 1).into();
        edit(&mut signed);
        self.replace_role(role, Self::sign(&signed, keys));
    }

    /// Takes a role's bytes as they are.
    pub fn replace_role(&mut self, role: &str, bytes: Vec<u8>) {
        let version =
            fixture::signed_of(&bytes).map_or(0, |signed| signed["version"].as_u64().unwrap_or(0));
        let path = match role {
            "timestamp" => "metadata/timestamp.json".to_owned(),
            _ => path_of(role, version),
        };
        self.files.insert(path, bytes.clone());
        self.roles.insert(role.to_owned(), bytes);
    }

    /// Publishes a new snapshot of the roles and a new timestamp.
    pub fn list(&mut self) {
        self.list_with(|_| {}, |_| {});
    }

    /// The same, edited before they are signed.
    pub fn list_with(
        &mut self,
        snapshot: impl FnOnce(&mut Value),
        timestamp: impl FnOnce(&mut Value),
    ) {
        let mut meta = json!({});
        for (role, bytes) in &self.roles {
            if !matches!(role.as_str(), "root" | "snapshot" | "timestamp") {
                meta[format!("{role}.json")] = write::meta_entry(self.version(role), bytes);
            }
        }
        self.edit("snapshot", |signed| {
            signed["meta"] = meta;
            snapshot(signed);
        });
        self.stamp_with(timestamp);
    }

    /// Publishes a new timestamp of the snapshot, edited before it is signed.
    pub fn stamp_with(&mut self, timestamp: impl FnOnce(&mut Value)) {
        let entry = write::meta_entry(self.version("snapshot"), &self.roles["snapshot"]);
        self.edit("timestamp", |signed| {
            signed["meta"] = json!({ "snapshot.json": entry });
            timestamp(signed);
        });
    }

    /// Publishes a document, inline.
    pub fn publish(&mut self, document: &Value) {
        let bytes = document_bytes(document);
        self.publish_entry(
            &write::target_entry(&bytes, Some(json!({ "motd": document }))),
            &bytes,
        );
    }

    /// Publishes a document as a target file alone.
    pub fn publish_file(&mut self, bytes: &[u8]) {
        self.publish_entry(&write::target_entry(bytes, None), bytes);
    }

    /// Publishes any entry with any target file.
    pub fn publish_entry(&mut self, entry: &Value, file: &[u8]) {
        self.files
            .insert(write::target_file(TARGET_PATH, file), file.to_vec());
        self.edit(NOTICE_ROLE, |signed| {
            signed["targets"] = json!({ TARGET_PATH: entry });
        });
        self.list();
    }

    /// The next root, signed by the first two people and by these as well.
    pub fn rotate(&mut self, also: &[u8], edit: impl FnOnce(&mut Value)) {
        let keys = [&[1, 2], also].concat();
        self.edit_signed_by("root", &keys, edit);
    }

    /// Gives a role of the root these keys.
    pub fn set_keys(root: &mut Value, role: &str, keys: &[u8], threshold: u64) {
        let ids: Vec<String> = keys.iter().map(|number| key(*number).key_id()).collect();
        for number in keys {
            root["keys"][key(*number).key_id()] = key(*number).key_object();
        }
        root["roles"][role] = json!({ "keyids": ids, "threshold": threshold });
    }

    /// The top-level delegation to the notice role as it is, with another name and other members; `null` removes one.
    pub fn delegation(&self, name: &str, members: Value) -> Value {
        let mut delegation = self.signed("targets")["delegations"]["roles"][0].clone();
        delegation["name"] = name.into();
        delegation["terminating"] = false.into();
        let Value::Object(members) = members else {
            return delegation;
        };
        for (member, value) in members {
            if value.is_null() {
                delegation.as_object_mut().unwrap().remove(&member);
            } else {
                delegation[member] = value;
            }
        }
        delegation
    }

    /// Makes a targets role that has no target and delegates to these, or to nobody.
    pub fn add_delegator(&mut self, name: &str, delegations: &[Value]) {
        let mut signed = self.signed(NOTICE_ROLE);
        signed["version"] = 1.into();
        signed["targets"] = json!({});
        if !delegations.is_empty() {
            let keys = self.signed("targets")["delegations"]["keys"].clone();
            signed["delegations"] = json!({ "keys": keys, "roles": delegations });
        }
        self.replace_role(name, Self::sign(&signed, &[1, 2]));
    }

    /// Replaces the delegations of the top-level targets role.
    pub fn delegate(&mut self, delegations: &[Value]) {
        self.edit("targets", |signed| {
            signed["delegations"]["roles"] = delegations.into();
        });
    }

    /// Makes a key id of a role's signatures another one.
    pub fn rename_signer(&mut self, role: &str, from: &str, to: &str) {
        let mut file: Value = serde_json::from_slice(&self.roles[role]).unwrap();
        for signature in file["signatures"].as_array_mut().unwrap() {
            if signature["keyid"] == from {
                signature["keyid"] = to.into();
            }
        }
        self.replace_role(role, serde_json::to_vec(&file).unwrap());
    }

    /// Adds a copy of the first signature of a role under another key id.
    pub fn sign_again_under(&mut self, role: &str, key_id: &str) {
        let mut file: Value = serde_json::from_slice(&self.roles[role]).unwrap();
        let signature = file["signatures"][0]["sig"].clone();
        file["signatures"]
            .as_array_mut()
            .unwrap()
            .push(json!({ "keyid": key_id, "sig": signature }));
        self.replace_role(role, serde_json::to_vec(&file).unwrap());
    }
}
