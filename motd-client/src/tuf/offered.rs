//! A role as it was offered: its bytes are parsed here, and nowhere again.
//!
//! What is read is the canonical form that the signatures cover, so that nothing else can be believed. Error texts of
//! parsers quote the metadata; they end here.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::marker::PhantomData;
use std::sync::Arc;

use motd_core::{Code, Time};
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, MapAccess};
use serde_json::value::RawValue;
use sha2::{Digest as _, Sha256};

use super::canonical::{as_json, canonical};
use super::hashes;
use super::roles::{self, FromMembers, Members, MetaFile, Role, Signature, TargetFile, Targets};
use super::text::is_alike;
use crate::limits;

/// A file that was offered for a role, from the network or the store.
pub(crate) struct OfferedRole<T> {
    bytes: Arc<[u8]>,
    metadata: Result<Arc<Metadata<T>>, Code>,
}

impl<T> Clone for OfferedRole<T> {
    fn clone(&self) -> Self {
        Self {
            bytes: Arc::clone(&self.bytes),
            metadata: self.metadata.clone(),
        }
    }
}

/// A role that has the form of its type. Its signatures are the next to look at.
#[derive(Debug)]
pub(crate) struct Metadata<T> {
    signatures: Vec<Signature>,
    /// What the signatures cover.
    canonical: Vec<u8>,
    version: u64,
    expires: Time,
    signed: T,
}

impl<T: Role> OfferedRole<T> {
    /// Parses a file, whatever comes of it.
    pub(crate) fn parse(bytes: impl Into<Arc<[u8]>>) -> Self {
        let bytes = bytes.into();
        let metadata = Metadata::parse(&bytes).map(Arc::new);
        Self { bytes, metadata }
    }

    pub(crate) const fn bytes(&self) -> &Arc<[u8]> {
        &self.bytes
    }

    /// What the file says, before anything of it was verified.
    pub(crate) fn unverified(&self) -> Option<&Arc<Metadata<T>>> {
        self.metadata.as_ref().ok()
    }

    /// The metadata of a file that has the length and hashes of its parent's pin, and the form of its type. Its
    /// signatures are the next to look at. MOTD-GATE-6, MOTD-GATE-7.
    pub(crate) fn checked(&self, pin: Option<&MetaFile>) -> Result<&Arc<Metadata<T>>, Code> {
        // MOTD-GATE-6: what is no metadata at all is a captive portal's page, whatever else is wrong with it.
        if let Err(Code::NotMetadata) = self.metadata {
            return Err(Code::NotMetadata);
        }
        // Length and hash come first, and the form before who signed it and which version it is. Section 6.4.
        let differs =
            |pin: &MetaFile| hashes::integrity(&self.bytes, pin.length, pin.hashes.as_ref());
        if let Some(code) = pin.and_then(differs) {
            return Err(code);
        }
        self.metadata.as_ref().map_err(|code| *code)
    }
}

impl<T> Metadata<T> {
    pub(crate) const fn version(&self) -> u64 {
        self.version
    }

    pub(crate) const fn expires(&self) -> Time {
        self.expires
    }

    pub(crate) const fn signed(&self) -> &T {
        &self.signed
    }

    pub(crate) fn canonical(&self) -> &[u8] {
        &self.canonical
    }

    /// The SHA-256 of what the signatures cover.
    pub(crate) fn value(&self) -> String {
        hex::encode(Sha256::digest(&self.canonical))
    }

    pub(crate) fn signatures(&self) -> &[Signature] {
        &self.signatures
    }

    /// A file of what is signed and of these signatures alone, each once.
    pub(crate) fn to_file(&self, signatures: &[&Signature]) -> Vec<u8> {
        let signatures: BTreeMap<&str, &str> = signatures
            .iter()
            .map(|signature| (signature.keyid.as_str(), signature.sig.as_str()))
            .collect();
        let signatures: serde_json::Value = signatures
            .iter()
            .map(|(keyid, sig)| serde_json::json!({ "keyid": keyid, "sig": sig }))
            .collect();
        let head = format!(r#"{{"signatures":{signatures},"signed":"#);
        [head.as_bytes(), &as_json(&self.canonical), b"}"].concat()
    }
}

impl<T: Role> Metadata<T> {
    fn parse(bytes: &[u8]) -> Result<Self, Code> {
        if !is_alike(bytes) {
            return Err(Code::NotMetadata);
        }
        let file: File<'_> = serde_json::from_slice(bytes).map_err(|_| Code::NotMetadata)?;
        let (Some(signed), Some(signatures)) = (file.signed, file.signatures) else {
            return Err(Code::NotMetadata);
        };
        let canonical = canonical(signed.get()).map_err(|_| Code::NotMetadata)?;
        let json = as_json(&canonical);
        let signed: T = read(&json).map_err(|_| fault(&json, T::TYPE))?;
        let head: Head<'_> = read(&json)?;
        let (version, expires) = head.require_form(T::TYPE)?;
        let signatures = signatures_of(signatures)?;
        if signatures.len() > limits::SIGNATURES || !signed.is_within_limits() {
            // MOTD-GATE-17: before any of it costs time.
            return Err(Code::TooManyEntries);
        }
        let mut ids = BTreeSet::new();
        // MOTD-GATE-7, TUF 4.2: one signature for each key.
        if signatures
            .iter()
            .any(|signature| !ids.insert(&signature.keyid))
        {
            return Err(Code::Malformed);
        }
        Ok(Self {
            signatures,
            canonical,
            version,
            expires,
            signed,
        })
    }
}

impl Metadata<Targets> {
    /// The entry of a target.
    pub(crate) fn target(&self, path: &str) -> Option<TargetFile> {
        roles::target(&as_json(&self.canonical), path)
    }
}

fn signatures_of(signatures: &RawValue) -> Result<Vec<Signature>, Code> {
    let canonical = canonical(signatures.get()).map_err(|_| Code::NotMetadata)?;
    read(&as_json(&canonical))
}

fn read<'a, T: Deserialize<'a>>(json: &'a [u8]) -> Result<T, Code> {
    serde_json::from_slice(json).map_err(|_| Code::Malformed)
}

/// A file of metadata, of a name that stands twice the last: that is the one that is verified.
struct File<'a> {
    signed: Option<&'a RawValue>,
    signatures: Option<&'a RawValue>,
}

impl<'de> FromMembers<'de> for File<'de> {
    fn from_members<A: MapAccess<'de>>(mut access: A) -> Result<Self, A::Error> {
        let mut file = File {
            signed: None,
            signatures: None,
        };
        while let Some(name) = access.next_key::<String>()? {
            let value = Some(access.next_value()?);
            match name.as_str() {
                "signed" => file.signed = value,
                "signatures" => file.signatures = value,
                _ => {}
            }
        }
        Ok(file)
    }
}

impl<'de> Deserialize<'de> for File<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Members(PhantomData))
    }
}

/// What every role says of itself, each with its own fault.
#[derive(Default, Deserialize)]
#[serde(remote = "Self")]
struct Head<'a> {
    #[serde(borrow, rename = "_type")]
    type_: Option<&'a RawValue>,
    #[serde(borrow)]
    spec_version: Option<&'a RawValue>,
    #[serde(borrow)]
    version: Option<&'a RawValue>,
    #[serde(borrow)]
    expires: Option<&'a RawValue>,
}

impl<'de> FromMembers<'de> for Head<'de> {
    fn from_members<A: MapAccess<'de>>(access: A) -> Result<Self, A::Error> {
        Head::deserialize(MapAccessDeserializer::new(access))
    }
}

impl<'de> Deserialize<'de> for Head<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Members(PhantomData))
    }
}

impl Head<'_> {
    /// What TUF's section 4 asks of every role: a version from 1 on, an expiry in the one form that all readers share, a
    /// version of the specification in numbers.
    fn require_form(&self, expected: &str) -> Result<(u64, Time), Code> {
        self.require_type(expected)?;
        let version: u64 = member(self.version)?;
        let expires: Cow<'_, str> = member(self.expires)?;
        let expires = expires.parse().map_err(|_| Code::Malformed)?;
        if version < 1 {
            return Err(Code::Malformed);
        }
        Ok((version, expires))
    }

    fn require_type(&self, expected: &str) -> Result<(), Code> {
        let found: Cow<'_, str> = member(self.type_)?;
        if found != expected {
            // A file of another role in this place: correctly signed, perhaps, and still not what was asked for.
            return Err(Code::WrongType);
        }
        let version: Cow<'_, str> = member(self.spec_version)?;
        let numbers: Vec<&str> = version.split('.').collect();
        let is_number = |number: &&str| {
            number.bytes().all(|byte| byte.is_ascii_digit())
                && (*number == "0" || !(number.is_empty() || number.starts_with('0')))
        };
        if !matches!(numbers.len(), 2 | 3) || !numbers.iter().all(is_number) {
            return Err(Code::Malformed);
        }
        if numbers.first() != Some(&"1") {
            return Err(Code::SpecVersion);
        }
        Ok(())
    }
}

fn member<'a, T: Deserialize<'a>>(value: Option<&'a RawValue>) -> Result<T, Code> {
    read(value.ok_or(Code::Malformed)?.get().as_bytes())
}

/// Why metadata is not of the type `expected`, or not of the form of that type.
fn fault(signed: &[u8], expected: &str) -> Code {
    let head: Head<'_> = serde_json::from_slice(signed).unwrap_or_default();
    head.require_type(expected).err().unwrap_or(Code::Malformed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tuf::roles::{Root, Snapshot};

    fn code(body: &str) -> Option<Code> {
        let offered = OfferedRole::<Root>::parse(body.as_bytes());
        offered.checked(None).err()
    }

    #[test]
    fn what_is_no_metadata_is_unavailable() {
        for body in [
            "",
            "<html>sign in</html>",
            "[]",
            "{}",
            "{\"signed\":{}}",
            "{\"signatures\":[]}",
            "null",
            "{\"signed\"",
            "{\"signed\":1e999,\"signatures\":[]}",
            "{\"signed\":\"\\ud800\",\"signatures\":[]}",
        ] {
            assert_eq!(code(body), Some(Code::NotMetadata), "{body}");
        }
        assert_eq!(
            code("{\"signed\":{},\"signatures\":[]}"),
            Some(Code::Malformed)
        );
    }

    #[test]
    fn every_role_has_the_one_form() {
        let of = |version: &str, expires: &str, spec_version: &str| {
            let file = format!(
                r#"{{"signed":{{"_type":"snapshot","meta":{{}},"version":{version},"expires":"{expires}","spec_version":"{spec_version}"}},"signatures":[]}}"#
            );
            let offered = OfferedRole::<Snapshot>::parse(file.as_bytes());
            offered.checked(None).map(drop)
        };
        let expires = "2030-01-01T00:00:00Z";
        for spec_version in ["1.0.31", "1.0"] {
            assert_eq!(of("1", expires, spec_version), Ok(()));
        }
        for version in ["0", "-1", "\"1\"", "null", "true"] {
            assert_eq!(
                of(version, expires, "1.0"),
                Err(Code::Malformed),
                "{version}"
            );
        }
        for expires in [
            "2030-01-01T00:00:00+00:00",
            "2030-01-01T00:00:00.5Z",
            "2030-01-01 00:00:00Z",
            "2030-01-01t00:00:00z",
            "2030-01-01T00:00:60Z",
            "2030-01-01",
        ] {
            assert_eq!(of("1", expires, "1.0"), Err(Code::Malformed), "{expires}");
        }
        for spec_version in [
            "1", "01.0", "1.00", "x.0", "1.x", "1.0.0.0", "1.", "1.0-beta",
        ] {
            assert_eq!(
                of("1", expires, spec_version),
                Err(Code::Malformed),
                "{spec_version}"
            );
        }
    }

    #[test]
    fn type_and_version_are_told_apart() {
        let of =
            |signed: &str| code(&format!("{{\"signed\":{signed},\"signatures\":[]}}")).unwrap();
        assert_eq!(of("{\"_type\":\"targets\"}"), Code::WrongType);
        assert_eq!(
            of("{\"_type\":\"root\",\"spec_version\":\"2.0\"}"),
            Code::SpecVersion
        );
        assert_eq!(
            of("{\"_type\":\"root\",\"spec_version\":\"1.0\"}"),
            Code::Malformed
        );
        assert_eq!(of("7"), Code::Malformed);
    }
}
