//! One metadata file: what is signed as raw JSON, the signatures, and the bytes as they are.
//!
//! Raw, because the typed form of the `tuf` crate drops unknown members and sorts delegated roles by name, so that a role
//! `aaa` with the path `*/*` would take `motd/notices.json` over.

use motd_core::Time;
use serde_json::{Value, json};
use tuf::crypto::PrivateKey;
use tuf::metadata::{
    RootMetadata, SignedMetadata, SignedMetadataBuilder, SnapshotMetadata, TargetsMetadata,
    TimestampMetadata,
};
use tuf::pouf::Pouf as _;

use crate::error::Error;
use crate::publish::canonical::{canonical, file_form};
use crate::publish::limits;
use crate::publish::pouf::OlpcPouf;

/// A role's file, signed or not yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleFile {
    name: String,
    file: Value,
    bytes: Vec<u8>,
}

impl RoleFile {
    /// An unsigned file of a role that this crate makes.
    ///
    /// # Errors
    ///
    /// [`Error::Limits`] when a value inside is one that TUF libraries disagree about, [`Error::Metadata`] when it is not
    /// what the role's type asks for.
    pub fn unsigned(name: &str, signed: Value) -> Result<Self, Error> {
        check_limits(name, &signed)?;
        let kind = signed
            .get("_type")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned();
        let file = match kind.as_str() {
            "root" => to_file::<RootMetadata>(signed),
            "timestamp" => to_file::<TimestampMetadata>(signed),
            "snapshot" => to_file::<SnapshotMetadata>(signed),
            "targets" => to_file::<TargetsMetadata>(signed),
            _ => None,
        };
        let file = file.ok_or_else(|| malformed(name, "not metadata of its type"))?;
        Self::of_value(name, &file)
    }

    /// Reads a file as it is; its bytes are kept, whatever they look like.
    ///
    /// # Errors
    ///
    /// [`Error::Limits`] when a name stands twice in one object, [`Error::Metadata`] when it is no signed metadata.
    pub fn read(name: &str, bytes: &[u8]) -> Result<Self, Error> {
        let file = limits::read(bytes).map_err(|fault| Error::Limits {
            role: name.to_owned(),
            fault,
        })?;
        let well_formed = file.get("signed").is_some_and(Value::is_object)
            && file.get("signatures").is_some_and(Value::is_array);
        if !well_formed {
            return Err(malformed(name, "not an object with signed and signatures"));
        }
        let read = Self {
            name: name.to_owned(),
            file,
            bytes: bytes.to_vec(),
        };
        read.version()?;
        read.expires()?;
        Ok(read)
    }

    /// Adds one person's signature, or puts it in the place of an earlier one by the same key.
    ///
    /// # Errors
    ///
    /// [`Error::Limits`] before anything is signed, or [`Error::Signer`] when the key does not sign.
    pub fn add_signature(&mut self, key: &dyn PrivateKey) -> Result<(), Error> {
        // MOTD-BYTES-9: also for what somebody else has drafted; a signature is what makes the harm.
        check_limits(&self.name, self.signed())?;
        let mut signed: SignedMetadata<OlpcPouf, TargetsMetadata> =
            OlpcPouf::deserialize(&self.file)
                .map_err(|_| malformed(&self.name, "a signature is malformed"))?;
        signed.add_signature(key).map_err(Error::Signer)?;
        let file = OlpcPouf::serialize(&signed).map_err(Error::Signer)?;
        *self = Self::of_value(&self.name, &file)?;
        Ok(())
    }

    /// Adds a signature that was made elsewhere, or puts it in the place of an earlier one under the same key id. Whether
    /// it verifies is for [`Authority`](super::Authority) to say.
    ///
    /// # Errors
    ///
    /// [`Error::Metadata`] when the file cannot be written again.
    pub fn put_signature(&mut self, key_id: &str, signature: &str) -> Result<(), Error> {
        let mut file = self.file.clone();
        if let Some(signatures) = file.get_mut("signatures").and_then(Value::as_array_mut) {
            signatures.retain(|there| there.get("keyid").is_none_or(|id| id != key_id));
            signatures.push(json!({ "keyid": key_id, "sig": signature }));
        }
        *self = Self::of_value(&self.name, &file)?;
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
    pub fn signed(&self) -> &Value {
        // Invariant: both constructors have seen the member.
        self.file.get("signed").unwrap_or(&Value::Null)
    }

    /// The key ids and signatures, as they stand in the file.
    pub fn signatures(&self) -> impl Iterator<Item = (&str, &str)> {
        self.file
            .get("signatures")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(|signature| {
                Some((
                    signature.get("keyid")?.as_str()?,
                    signature.get("sig")?.as_str()?,
                ))
            })
    }

    /// The same as this crate writes it: what is signed, key ids and signatures, and nothing else that nobody signed.
    pub(super) fn bare(&self) -> Result<Self, Error> {
        let has_only = |value: &Value, names: [&str; 2]| {
            let members = value.as_object();
            members.is_some_and(|members| {
                members.len() == names.len() && names.iter().all(|name| members.contains_key(*name))
            })
        };
        let entries = self.file.get("signatures").and_then(Value::as_array);
        let bare = has_only(&self.file, ["signed", "signatures"])
            && entries
                .into_iter()
                .flatten()
                .all(|entry| has_only(entry, ["keyid", "sig"]))
            && entries.map(Vec::len) == Some(self.signatures().count());
        if !bare {
            return Err(malformed(
                &self.name,
                "it holds more than what is signed, key ids and signatures",
            ));
        }
        Self::of_value(&self.name, &self.file)
    }

    /// The same with those of its signatures that `counts` accepts; unchanged, to the byte, when those are all.
    pub(super) fn with_signatures(
        &self,
        counts: impl Fn(&str, &str) -> bool,
    ) -> Result<Self, Error> {
        if self
            .signatures()
            .all(|(key_id, signature)| counts(key_id, signature))
        {
            return Ok(self.clone());
        }
        let counted = self
            .signatures()
            .filter(|(key_id, signature)| counts(key_id, signature));
        let counted: Vec<Value> = counted
            .map(|(key_id, signature)| json!({ "keyid": key_id, "sig": signature }))
            .collect();
        let file = json!({ "signatures": counted, "signed": self.signed() });
        Self::of_value(&self.name, &file)
    }

    /// The bytes that are signed.
    ///
    /// # Errors
    ///
    /// [`Error::Metadata`] when a number has a fraction.
    pub fn canonical(&self) -> Result<Vec<u8>, Error> {
        canonical(self.signed()).map_err(|_| malformed(&self.name, "a number is not an integer"))
    }

    /// The role's version.
    ///
    /// # Errors
    ///
    /// [`Error::Metadata`] when it is not a positive integer.
    pub fn version(&self) -> Result<u64, Error> {
        let version = self.signed().get("version").and_then(Value::as_u64);
        version
            .filter(|version| *version > 0)
            .ok_or_else(|| malformed(&self.name, "no version"))
    }

    /// When the role expires.
    ///
    /// # Errors
    ///
    /// [`Error::Metadata`] when it is not a time in whole seconds UTC.
    pub fn expires(&self) -> Result<Time, Error> {
        let expires = self.signed().get("expires").and_then(Value::as_str);
        expires
            .and_then(|text| text.parse().ok())
            .ok_or_else(|| malformed(&self.name, "no time of expiry"))
    }

    fn of_value(name: &str, file: &Value) -> Result<Self, Error> {
        let bytes = file_form(file).map_err(|_| malformed(name, "a number is not an integer"))?;
        Self::read(name, &bytes)
    }
}

pub(crate) fn malformed(path: &str, what: &'static str) -> Error {
    Error::Metadata {
        path: path.to_owned(),
        what,
    }
}

fn check_limits(name: &str, signed: &Value) -> Result<(), Error> {
    limits::check(signed).map_err(|fault| Error::Limits {
        role: name.to_owned(),
        fault,
    })
}

/// The crate reads the value into its type, which is the check, and keeps the value as it is.
fn to_file<M: tuf::metadata::Metadata>(signed: Value) -> Option<Value> {
    let builder = SignedMetadataBuilder::<OlpcPouf, M>::from_raw_metadata(signed).ok()?;
    OlpcPouf::serialize(&builder.build()).ok()
}
