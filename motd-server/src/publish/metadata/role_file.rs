//! One metadata file: read once into types, beside what is signed as raw JSON and the bytes as they are.
//!
//! Raw, because a typed form that is written again drops unknown members, and that of the `tuf` crate sorts delegated
//! roles by name, so that a role `aaa` with the path `*/*` would take `motd/notices.json` over.

use std::collections::BTreeMap;

use motd_core::Time;
use serde_json::{Value, json};

use super::authority::Authority;
use super::canonical::{canonical, file_form};
use super::content::{Content, Delegation, ListedRole, TargetEntry};
use super::limits;
use crate::publish::PublishError;
use crate::publish::key::{PublicKey, Signer};

/// The roles whose keys root names.
pub const TOP_LEVEL_ROLES: [&str; 4] = ["root", "targets", "snapshot", "timestamp"];

/// A role's file, signed or not yet.
#[derive(Clone, Debug)]
pub struct RoleFile {
    name: String,
    bytes: Vec<u8>,
    signed: Value,
    signatures: Vec<Signature>,
    /// Whether the file has only what this crate writes: `signed`, `signatures`, and in each of them `keyid` and `sig`.
    bare: bool,
    version: u64,
    expires: Time,
    content: Content,
}

/// An entry of `signatures`.
#[derive(Clone, Debug)]
struct Signature {
    key_id: String,
    /// In hexadecimal.
    value: String,
}

impl RoleFile {
    /// An unsigned file of a role that this crate makes.
    ///
    /// # Errors
    ///
    /// [`PublishError::Limits`] when a value inside is one that TUF libraries disagree about,
    /// [`PublishError::Metadata`] when it is not what the role's type asks for.
    pub fn unsigned(name: &str, signed: Value) -> Result<Self, PublishError> {
        check_limits(name, &signed)?;
        let file = Self::of_parts(name, signed, Vec::new())?;
        // Nobody could ever sign such a role.
        if file.can_be_met() {
            Ok(file)
        } else {
            Err(malformed(name, "not metadata of its type"))
        }
    }

    /// Reads a file as it is; its bytes are kept, whatever they look like.
    ///
    /// # Errors
    ///
    /// [`PublishError::Limits`] when a name stands twice in one object, [`PublishError::Metadata`] when it is no
    /// signed metadata of the role's type.
    pub fn read(name: &str, bytes: &[u8]) -> Result<Self, PublishError> {
        let mut file = limits::read(bytes).map_err(|fault| PublishError::Limits {
            role: name.to_owned(),
            fault,
        })?;
        let signed = file.get_mut("signed").map(Value::take);
        let signed = signed.filter(Value::is_object);
        let entries = file.get("signatures").and_then(Value::as_array);
        let (Some(signed), Some(entries)) = (signed, entries) else {
            return Err(malformed(name, "not an object with signed and signatures"));
        };
        let signatures: Vec<_> = entries.iter().filter_map(Signature::of).collect();
        let bare = has_members(&file, 2)
            && signatures.len() == entries.len()
            && entries.iter().all(|entry| has_members(entry, 2));
        Self::typed(name, bytes.to_vec(), signed, signatures, bare)
    }

    fn of_parts(
        name: &str,
        signed: Value,
        signatures: Vec<Signature>,
    ) -> Result<Self, PublishError> {
        let entries: Vec<_> = signatures
            .iter()
            .map(|signature| json!({ "keyid": signature.key_id, "sig": signature.value }))
            .collect();
        let file = json!({ "signatures": entries, "signed": signed });
        let bytes = file_form(&file).map_err(|_| fraction(name))?;
        Self::typed(name, bytes, signed, signatures, true)
    }

    fn typed(
        name: &str,
        bytes: Vec<u8>,
        signed: Value,
        signatures: Vec<Signature>,
        bare: bool,
    ) -> Result<Self, PublishError> {
        let version = signed.get("version").and_then(Value::as_u64);
        let expires = signed.get("expires").and_then(Value::as_str);
        let version = version.filter(|version| *version > 0);
        let kind = match name {
            "root" | "snapshot" | "timestamp" => name,
            _ => "targets",
        };
        let content =
            Content::of(&signed).filter(|_| signed.get("_type").is_some_and(|found| found == kind));
        Ok(Self {
            name: name.to_owned(),
            version: version.ok_or_else(|| malformed(name, "no version"))?,
            expires: expires
                .and_then(|text| text.parse().ok())
                .ok_or_else(|| malformed(name, "no time of expiry"))?,
            content: content.ok_or_else(|| malformed(name, "not metadata of its type"))?,
            bytes,
            signed,
            signatures,
            bare,
        })
    }

    /// Adds one person's signature, or puts it in the place of an earlier one by the same key.
    ///
    /// # Errors
    ///
    /// [`PublishError::Limits`] before anything is signed, or [`PublishError::Signer`] when the key does not sign.
    pub fn add_signature(&mut self, key: &dyn Signer) -> Result<(), PublishError> {
        // MOTD-BYTES-9: also for what somebody else has drafted; a signature is what makes the harm.
        check_limits(&self.name, &self.signed)?;
        let well_formed = |signature: &Signature| hex::decode(&signature.value).is_ok();
        if !self.signatures.iter().all(well_formed) {
            return Err(malformed(&self.name, "a signature is malformed"));
        }
        let value = key.sign(&self.canonical()?);
        let value = value.map_err(|error| PublishError::Signer(Box::new(error)))?;
        let mut signatures = self.without(key.public().id());
        signatures.push(Signature {
            key_id: key.public().id().to_owned(),
            value: hex::encode(value),
        });
        // So that the order of signing leaves no trace.
        signatures.sort_by(|a, b| a.key_id.cmp(&b.key_id));
        *self = self.with(signatures)?;
        Ok(())
    }

    /// Adds a signature that was made elsewhere, or puts it in the place of an earlier one under the same key id.
    /// Whether it verifies is for [`Authority`] to say.
    ///
    /// # Errors
    ///
    /// [`PublishError::Metadata`] when the file cannot be written again.
    pub fn put_signature(&mut self, key_id: &str, signature: &str) -> Result<(), PublishError> {
        let mut signatures = self.without(key_id);
        signatures.push(Signature {
            key_id: key_id.to_owned(),
            value: signature.to_owned(),
        });
        *self = self.with(signatures)?;
        Ok(())
    }

    /// The file.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The role's name: of a delegated role, the name in the delegation.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What is signed.
    #[must_use]
    pub const fn signed(&self) -> &Value {
        &self.signed
    }

    /// The key ids and signatures, as they stand in the file.
    pub fn signatures(&self) -> impl Iterator<Item = (&str, &str)> {
        let signatures = self.signatures.iter();
        signatures.map(|signature| (signature.key_id.as_str(), signature.value.as_str()))
    }

    /// The role's version.
    #[must_use]
    pub const fn version(&self) -> u64 {
        self.version
    }

    /// When the role expires.
    #[must_use]
    pub const fn expires(&self) -> Time {
        self.expires
    }

    /// Who signs a role that this one names: a top-level role in root, a delegated one in targets.
    ///
    /// # Errors
    ///
    /// [`PublishError::Metadata`] when it does not say.
    pub fn authority(&self, role: &str) -> Result<&Authority, PublishError> {
        let mut authorities = self.authorities();
        let found = authorities.find(|authority| authority.role() == role);
        found.ok_or_else(|| {
            let what = match self.content {
                Content::Root { .. } => "a role has no keys or no threshold",
                Content::Targets { .. } | Content::Listing(_) => "no delegation to the role",
            };
            malformed(&self.name, what)
        })
    }

    /// Who signs each of the roles that this one names.
    pub fn authorities(&self) -> impl Iterator<Item = &Authority> {
        let roles: &[Authority] = match &self.content {
            Content::Root { roles, .. } => roles,
            Content::Targets { .. } | Content::Listing(_) => &[],
        };
        let delegated = self.delegations().iter();
        let delegated = delegated.filter_map(|delegation| delegation.authority.as_ref());
        roles.iter().chain(delegated)
    }

    /// The keys that this role holds, whether a role uses them or not.
    #[must_use]
    pub fn keys(&self) -> &[PublicKey] {
        match &self.content {
            Content::Root { keys, .. } | Content::Targets { keys, .. } => keys,
            Content::Listing(_) => &[],
        }
    }

    /// Of a root: whether files have versions and hashes in their names.
    #[must_use]
    pub const fn is_consistent(&self) -> bool {
        matches!(&self.content, Content::Root { consistent_snapshot, .. } if *consistent_snapshot)
    }

    /// Of a targets role: its delegations in their order.
    #[must_use]
    pub fn delegations(&self) -> &[Delegation] {
        match &self.content {
            Content::Targets { delegations, .. } => delegations,
            Content::Root { .. } | Content::Listing(_) => &[],
        }
    }

    /// Of a targets role: the delegation to a role.
    #[must_use]
    pub fn delegation(&self, role: &str) -> Option<&Delegation> {
        let mut delegations = self.delegations().iter();
        delegations.find(|delegation| delegation.name == role)
    }

    /// Of a targets role: whether it delegates to bins that are computed from the path's hash (TAP 15).
    #[must_use]
    pub const fn has_succinct_roles(&self) -> bool {
        matches!(&self.content, Content::Targets { succinct_roles, .. } if *succinct_roles)
    }

    /// Of a targets role: what it says about `motd/notices.json`.
    #[must_use]
    pub const fn notices_entry(&self) -> Option<&TargetEntry> {
        match &self.content {
            Content::Targets { notices, .. } => notices.as_ref(),
            Content::Root { .. } | Content::Listing(_) => None,
        }
    }

    /// Of a targets role: the paths of its targets.
    pub fn target_paths(&self) -> impl Iterator<Item = &String> {
        let targets = self.signed.get("targets").and_then(Value::as_object);
        targets.into_iter().flat_map(serde_json::Map::keys)
    }

    /// Of a snapshot or a timestamp: the roles that it lists.
    pub fn listing(&self) -> impl Iterator<Item = (&str, &ListedRole)> {
        let listing = self.meta().into_iter().flatten();
        listing.map(|(role, listed)| (role.as_str(), listed))
    }

    /// Of a snapshot or a timestamp: what it lists of a role.
    #[must_use]
    pub fn listed(&self, role: &str) -> Option<&ListedRole> {
        self.meta()?.get(role)
    }

    const fn meta(&self) -> Option<&BTreeMap<String, ListedRole>> {
        match &self.content {
            Content::Listing(listing) => Some(listing),
            Content::Root { .. } | Content::Targets { .. } => None,
        }
    }

    /// Whether every role that it names has enough keys.
    fn can_be_met(&self) -> bool {
        let says_all = match &self.content {
            Content::Root { .. } => TOP_LEVEL_ROLES
                .iter()
                .all(|role| self.authority(role).is_ok()),
            Content::Targets { delegations, .. } => delegations
                .iter()
                .all(|delegation| delegation.authority.is_some()),
            Content::Listing(_) => true,
        };
        says_all && self.authorities().all(Authority::can_be_met)
    }

    /// The bytes that are signed.
    ///
    /// # Errors
    ///
    /// [`PublishError::Metadata`] when a number has a fraction.
    pub fn canonical(&self) -> Result<Vec<u8>, PublishError> {
        canonical(&self.signed).map_err(|_| fraction(&self.name))
    }

    /// The same as this crate writes it: what is signed, key ids and signatures, and nothing else that nobody signed.
    pub(in crate::publish) fn bare(&self) -> Result<Self, PublishError> {
        if self.bare {
            self.with(self.signatures.clone())
        } else {
            let what = "it holds more than what is signed, key ids and signatures";
            Err(malformed(&self.name, what))
        }
    }

    /// The same with those of its signatures that `counts` accepts; unchanged, to the byte, when those are all.
    pub(in crate::publish) fn with_signatures(
        &self,
        counts: impl Fn(&str, &str) -> bool,
    ) -> Result<Self, PublishError> {
        let mut signatures = self.signatures.clone();
        signatures.retain(|signature| counts(&signature.key_id, &signature.value));
        if signatures.len() == self.signatures.len() {
            return Ok(self.clone());
        }
        self.with(signatures)
    }

    fn with(&self, signatures: Vec<Signature>) -> Result<Self, PublishError> {
        Self::of_parts(&self.name, self.signed.clone(), signatures)
    }

    fn without(&self, key_id: &str) -> Vec<Signature> {
        let mut signatures = self.signatures.clone();
        signatures.retain(|signature| signature.key_id != key_id);
        signatures
    }
}

/// Two files are the same when their bytes are.
impl PartialEq for RoleFile {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name && self.bytes == other.bytes
    }
}

impl Eq for RoleFile {}

impl Signature {
    fn of(entry: &Value) -> Option<Self> {
        let text = |name: &str| Some(entry.get(name)?.as_str()?.to_owned());
        Some(Self {
            key_id: text("keyid")?,
            value: text("sig")?,
        })
    }
}

pub(crate) fn malformed(path: &str, what: &'static str) -> PublishError {
    PublishError::Metadata {
        path: path.to_owned(),
        what,
    }
}

fn fraction(name: &str) -> PublishError {
    malformed(name, "a number is not an integer")
}

fn has_members(value: &Value, count: usize) -> bool {
    value
        .as_object()
        .is_some_and(|members| members.len() == count)
}

fn check_limits(name: &str, signed: &Value) -> Result<(), PublishError> {
    limits::check(signed).map_err(|fault| PublishError::Limits {
        role: name.to_owned(),
        fault,
    })
}
