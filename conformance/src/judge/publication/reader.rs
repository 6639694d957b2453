//! A published folder as a client would walk through it, and no further than it leads. It is the judge's own: a fault of a
//! publisher's library is not a fault of this as well.

#![expect(
    clippy::indexing_slicing,
    reason = "a JSON value is null where it has no such member"
)]

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::Value;

/// Paths in the folder, with forward slashes, to bytes.
pub(super) type PublishedFiles = BTreeMap<String, Vec<u8>>;

/// A role's file that was found under the name that leads to it.
#[derive(Debug, Clone)]
pub(super) struct RoleMetadata {
    /// The version in the name.
    pub(super) named: Option<u64>,
    pub(super) bytes: Vec<u8>,
    pub(super) signed: Value,
    /// Key id and signature, as they stand.
    pub(super) signatures: Vec<(String, String)>,
}

/// What the timestamp leads to. What is not there, or is no JSON, is absent.
#[derive(Debug, Default)]
pub(super) struct PublicationContent {
    pub(super) files: PublishedFiles,
    /// Every root, in order.
    pub(super) roots: Vec<RoleMetadata>,
    /// The others, by name; timestamp and snapshot among them.
    pub(super) roles: BTreeMap<String, RoleMetadata>,
    /// Names that lead to no file, or to none that is JSON.
    pub(super) absent: Vec<String>,
}

impl RoleMetadata {
    pub(super) fn read(bytes: &[u8], named: Option<u64>) -> Option<Self> {
        let envelope: Value = serde_json::from_slice(bytes).ok()?;
        let text = |value: &Value, name: &str| value[name].as_str().unwrap_or_default().to_owned();
        let signatures = envelope["signatures"].as_array().into_iter().flatten();
        Some(Self {
            named,
            bytes: bytes.to_vec(),
            signatures: signatures
                .map(|one| (text(one, "keyid"), text(one, "sig")))
                .collect(),
            signed: envelope.get("signed")?.clone(),
        })
    }

    pub(super) fn version(&self) -> Option<u64> {
        self.signed["version"].as_u64()
    }

    /// Name without `.json` to what is stated of that role, in `meta`.
    pub(super) fn listed(&self) -> impl Iterator<Item = (&str, &Value)> {
        let meta = self.signed["meta"].as_object().into_iter().flatten();
        meta.filter_map(|(name, stated)| Some((name.strip_suffix(".json")?, stated)))
    }
}

impl PublicationContent {
    /// Walks through these files.
    pub(super) fn read(copy: &BTreeMap<PathBuf, Vec<u8>>) -> Self {
        let files = copy
            .iter()
            .map(|(path, bytes)| (path.to_string_lossy().replace('\\', "/"), bytes.clone()));
        let mut published = Self {
            files: files.collect(),
            ..Self::default()
        };
        for version in 1.. {
            let path = format!("metadata/{version}.root.json");
            let Some(bytes) = published.files.get(&path) else {
                break;
            };
            match RoleMetadata::read(bytes, Some(version)) {
                Some(root) => published.roots.push(root),
                None => published.absent.push(path),
            }
        }
        published.find("timestamp", None);
        for of in ["timestamp", "snapshot"] {
            let listed = published.roles.get(of).map_or_else(Vec::new, |role| {
                role.listed()
                    .map(|(name, stated)| (name.to_owned(), stated["version"].as_u64()))
                    .collect()
            });
            for (name, version) in listed {
                published.find(&name, version);
            }
        }
        published
    }

    pub(super) fn root(&self) -> Option<&RoleMetadata> {
        self.roots.last()
    }

    fn find(&mut self, name: &str, version: Option<u64>) {
        let path = match version {
            Some(version) => format!("metadata/{version}.{name}.json"),
            None => format!("metadata/{name}.json"),
        };
        let role = self
            .files
            .get(&path)
            .and_then(|bytes| RoleMetadata::read(bytes, version));
        match role {
            Some(role) => drop(self.roles.insert(name.to_owned(), role)),
            None => self.absent.push(path),
        }
    }
}
