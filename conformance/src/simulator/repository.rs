//! A repository: what its roles say, who signs them, and the files that come out.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use hex::ToHex as _;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::{Key, canonical};

/// Path below the server's address to bytes: what a web server hands out.
pub type SiteFiles = BTreeMap<String, Vec<u8>>;

/// One delegation, in the order of its delegator.
#[derive(Clone, Debug)]
pub struct SimulatedDelegation {
    /// The role that gets it.
    pub role: String,
    /// Its path patterns.
    pub paths: Vec<String>,
    /// Whether the search ends with it.
    pub terminating: bool,
}

type Edit = Arc<dyn Fn(&mut Value) + Send + Sync>;
type Mangle = Arc<dyn Fn(Vec<u8>) -> Vec<u8> + Send + Sync>;

/// A repository with consistent snapshots. Everything can be set; [`SimulatedRepository::site`] signs it.
#[derive(Clone)]
pub struct SimulatedRepository {
    /// The keys of each role.
    pub keys: BTreeMap<String, Vec<Key>>,
    /// How many of them have to sign.
    pub thresholds: BTreeMap<String, u64>,
    /// Who signs, where it is not all of them.
    pub signers: BTreeMap<String, Vec<Key>>,
    /// Versions, of root as well.
    pub versions: BTreeMap<String, u64>,
    /// When each role expires.
    pub expires: BTreeMap<String, String>,
    /// Delegator to its delegations.
    pub delegations: BTreeMap<String, Vec<SimulatedDelegation>>,
    /// Role to target path to target entry.
    pub entries: BTreeMap<String, Map<String, Value>>,
    /// Target path to the file.
    pub targets: BTreeMap<String, Vec<u8>>,
    /// Whether the snapshot states lengths and hashes too.
    pub states_hashes: bool,
    edits: Vec<(String, Edit)>,
    mangles: Vec<(String, Mangle)>,
    roots: SiteFiles,
    past: SiteFiles,
}

/// The role for notices.
pub const NOTICES: &str = "motd";
/// The reserved target path.
pub const PATH: &str = "motd/notices.json";

impl fmt::Debug for SimulatedRepository {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SimulatedRepository")
            .field("versions", &self.versions)
            .finish_non_exhaustive()
    }
}

impl SimulatedRepository {
    /// A sidecar: one key for each role, all versions 1, the delegation of `motd/*`, an empty document.
    #[must_use]
    pub fn new() -> Self {
        let roles = ["root", "targets", "snapshot", "timestamp", NOTICES];
        let of_each = |value: &dyn Fn(&str) -> String| {
            roles
                .iter()
                .map(|role| ((*role).to_owned(), value(role)))
                .collect::<BTreeMap<_, _>>()
        };
        let mut repository = Self {
            keys: roles
                .iter()
                .map(|role| ((*role).to_owned(), vec![Key::named(&format!("{role} 1"))]))
                .collect(),
            thresholds: BTreeMap::new(),
            signers: BTreeMap::new(),
            versions: roles.iter().map(|role| ((*role).to_owned(), 1)).collect(),
            expires: of_each(&|role| {
                match role {
                    "root" => "2027-10-01T00:00:00Z",
                    "targets" => "2027-06-01T00:00:00Z",
                    NOTICES => "2026-11-25T00:00:00Z",
                    "snapshot" => "2026-11-08T00:00:00Z",
                    _ => "2026-11-02T00:00:00Z",
                }
                .to_owned()
            }),
            delegations: BTreeMap::new(),
            entries: BTreeMap::new(),
            targets: BTreeMap::new(),
            states_hashes: false,
            edits: Vec::new(),
            mangles: Vec::new(),
            roots: SiteFiles::new(),
            past: SiteFiles::new(),
        };
        repository.delegations.insert(
            "targets".to_owned(),
            vec![SimulatedDelegation {
                role: NOTICES.to_owned(),
                paths: vec!["motd/*".to_owned()],
                terminating: true,
            }],
        );
        repository.set_document(&json!({
            "schema_version": "1.0", "repository": "pypi.org", "notices": [],
        }));
        repository.sign_root(&[]);
        repository
    }

    /// Puts the document into both carriers of the role for notices.
    pub fn set_document(&mut self, document: &Value) {
        let bytes = canonical(document);
        self.set_target(NOTICES, PATH, bytes);
        self.entry_mut(NOTICES, PATH)["custom"] = json!({ "motd": document });
    }

    /// The same in the target carrier alone.
    pub fn set_document_as_target(&mut self, document: &Value) {
        self.set_target(NOTICES, PATH, canonical(document));
    }

    /// Lists a target file in a role.
    pub fn set_target(&mut self, role: &str, path: &str, bytes: Vec<u8>) {
        let digest: String = Sha256::digest(&bytes).encode_hex();
        let entry = json!({ "length": bytes.len(), "hashes": { "sha256": digest } });
        self.entries
            .entry(role.to_owned())
            .or_default()
            .insert(path.to_owned(), entry);
        self.targets.insert(path.to_owned(), bytes);
    }

    /// The target entry, to be changed.
    pub fn entry_mut(&mut self, role: &str, path: &str) -> &mut Value {
        self.entries
            .entry(role.to_owned())
            .or_default()
            .entry(path.to_owned())
            .or_insert_with(|| json!({}))
    }

    /// Raises the versions of these roles, and of snapshot and timestamp with them: a publication. What was published before
    /// stays where it is.
    pub fn publish(&mut self, roles: &[&str]) {
        self.past = self.site();
        let _ = self.past.remove("metadata/timestamp.json");
        for role in roles.iter().chain(&["snapshot", "timestamp"]) {
            *self.versions.entry((*role).to_owned()).or_default() += 1;
        }
    }

    /// Adds a file that no role names.
    pub fn add_file(&mut self, path: &str, bytes: Vec<u8>) {
        self.past.insert(path.to_owned(), bytes);
    }

    /// A new timestamp alone.
    pub fn renew(&mut self, expires: &str) {
        self.past = self.site();
        *self.versions.entry("timestamp".to_owned()).or_default() += 1;
        self.expires
            .insert("timestamp".to_owned(), expires.to_owned());
    }

    /// Replaces the keys of roles and signs the next root, by the keys of root before and after.
    pub fn rotate(&mut self, changes: &[(&str, Vec<Key>)]) {
        let before = self.keys.get("root").cloned().unwrap_or_default();
        for (role, keys) in changes {
            self.keys.insert((*role).to_owned(), keys.clone());
        }
        *self.versions.entry("root".to_owned()).or_default() += 1;
        self.sign_root(&before);
    }

    /// Changes what a role says, before it is signed.
    pub fn edit(&mut self, role: &str, edit: impl Fn(&mut Value) + Send + Sync + 'static) {
        self.edits.push((role.to_owned(), Arc::new(edit)));
    }

    /// Changes the bytes of a role, after it was signed and before what refers to it is.
    pub fn mangle(
        &mut self,
        role: &str,
        mangle: impl Fn(Vec<u8>) -> Vec<u8> + Send + Sync + 'static,
    ) {
        self.mangles.push((role.to_owned(), Arc::new(mangle)));
    }

    /// The first root, which an installer is configured with.
    #[must_use]
    pub fn trusted_root(&self) -> Vec<u8> {
        self.roots
            .get("metadata/1.root.json")
            .cloned()
            .unwrap_or_default()
    }

    /// The path of a role in its version.
    #[must_use]
    pub fn path(&self, role: &str) -> String {
        match role {
            "timestamp" => "metadata/timestamp.json".to_owned(),
            _ => format!("metadata/{}.{role}.json", self.version(role)),
        }
    }

    /// The path of the document in the target carrier.
    #[must_use]
    pub fn target_path(&self) -> String {
        let bytes = self.targets.get(PATH).map(Vec::as_slice);
        let digest: String = Sha256::digest(bytes.unwrap_or_default()).encode_hex();
        format!("targets/motd/{digest}.notices.json")
    }

    /// Signs the root as it is now once more, by these keys as well.
    pub fn sign_root(&mut self, also: &[Key]) {
        let version = self.version("root");
        let mut keys = Map::new();
        let mut roles = Map::new();
        for role in ["root", "targets", "snapshot", "timestamp"] {
            let of_role = self.keys.get(role).cloned().unwrap_or_default();
            keys.extend(of_role.iter().map(|key| (key.id(), key.to_tuf())));
            roles.insert(role.to_owned(), self.role_keys(role, &of_role));
        }
        let signed = json!({
            "_type": "root", "spec_version": "1.0.31", "version": version,
            "expires": self.expires.get("root"), "consistent_snapshot": true,
            "keys": keys, "roles": roles,
        });
        let mut signers = self.signers_of("root");
        signers.extend(
            also.iter()
                .filter(|key| !signers.contains(key))
                .cloned()
                .collect::<Vec<_>>(),
        );
        let bytes = self.signed("root", signed, &signers);
        self.roots
            .insert(format!("metadata/{version}.root.json"), bytes);
    }

    /// All files, signed.
    #[must_use]
    pub fn site(&self) -> SiteFiles {
        let mut site = self.past.clone();
        site.extend(self.roots.clone());
        let mut listed = Map::new();
        let mut roles: Vec<&str> = vec!["targets"];
        roles.extend(
            self.delegations
                .values()
                .flatten()
                .map(|delegation| delegation.role.as_str()),
        );
        roles.sort_unstable();
        roles.dedup();
        for role in roles {
            let bytes = self.signed(role, self.targets_role(role), &self.signers_of(role));
            let mut meta = json!({ "version": self.version(role) });
            if self.states_hashes {
                state(&mut meta, &bytes);
            }
            listed.insert(format!("{role}.json"), meta);
            site.insert(
                format!("metadata/{}.{}.json", self.version(role), encoded(role)),
                bytes,
            );
        }
        let snapshot = self.signed(
            "snapshot",
            json!({
                "_type": "snapshot", "spec_version": "1.0.31", "version": self.version("snapshot"),
                "expires": self.expires.get("snapshot"), "meta": listed,
            }),
            &self.signers_of("snapshot"),
        );
        let mut meta = json!({ "version": self.version("snapshot") });
        state(&mut meta, &snapshot);
        let timestamp = self.signed(
            "timestamp",
            json!({
                "_type": "timestamp", "spec_version": "1.0.31", "version": self.version("timestamp"),
                "expires": self.expires.get("timestamp"), "meta": { "snapshot.json": meta },
            }),
            &self.signers_of("timestamp"),
        );
        site.insert(
            format!("metadata/{}.snapshot.json", self.version("snapshot")),
            snapshot,
        );
        site.insert("metadata/timestamp.json".to_owned(), timestamp);
        for (path, bytes) in &self.targets {
            let digest: String = Sha256::digest(bytes).encode_hex();
            let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
            let folder = if folder.is_empty() {
                String::new()
            } else {
                format!("{folder}/")
            };
            site.insert(format!("targets/{folder}{digest}.{name}"), bytes.clone());
        }
        site
    }

    fn targets_role(&self, role: &str) -> Value {
        let mut signed = json!({
            "_type": "targets", "spec_version": "1.0.31", "version": self.version(role),
            "expires": self.expires.get(role), "targets": self.entries.get(role).cloned().unwrap_or_default(),
        });
        if let Some(delegations) = self.delegations.get(role) {
            let mut keys = Map::new();
            let mut roles = Vec::new();
            for delegation in delegations {
                let of_role = self.keys.get(&delegation.role).cloned().unwrap_or_default();
                keys.extend(of_role.iter().map(|key| (key.id(), key.to_tuf())));
                let mut entry = self.role_keys(&delegation.role, &of_role);
                entry["name"] = json!(delegation.role);
                entry["paths"] = json!(delegation.paths);
                entry["terminating"] = json!(delegation.terminating);
                roles.push(entry);
            }
            signed["delegations"] = json!({ "keys": keys, "roles": roles });
        }
        signed
    }

    fn role_keys(&self, role: &str, keys: &[Key]) -> Value {
        let ids: Vec<_> = keys.iter().map(Key::id).collect();
        json!({ "keyids": ids, "threshold": self.thresholds.get(role).copied().unwrap_or(1) })
    }

    fn signers_of(&self, role: &str) -> Vec<Key> {
        let of_role = self.signers.get(role).or_else(|| self.keys.get(role));
        of_role.cloned().unwrap_or_default()
    }

    fn version(&self, role: &str) -> u64 {
        self.versions.get(role).copied().unwrap_or(1)
    }

    fn signed(&self, role: &str, mut signed: Value, signers: &[Key]) -> Vec<u8> {
        for (of_role, edit) in &self.edits {
            if of_role == role {
                edit(&mut signed);
            }
        }
        let message = canonical(&signed);
        let signatures: Vec<_> = signers
            .iter()
            .map(|key| json!({ "keyid": key.id(), "sig": key.sign(&message) }))
            .collect();
        let envelope = json!({ "signatures": signatures, "signed": signed });
        let mut bytes = envelope.to_string().into_bytes();
        for (of_role, mangle) in &self.mangles {
            if of_role == role {
                bytes = mangle(bytes);
            }
        }
        bytes
    }
}

impl Default for SimulatedRepository {
    fn default() -> Self {
        Self::new()
    }
}

fn state(meta: &mut Value, bytes: &[u8]) {
    let digest: String = Sha256::digest(bytes).encode_hex();
    meta["length"] = json!(bytes.len());
    meta["hashes"] = json!({ "sha256": digest });
}

/// The name of a role as it stands in a URL's path.
fn encoded(role: &str) -> String {
    use std::fmt::Write as _;
    role.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(byte.into());
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}
