//! Who may sign a role, and whether enough of them did: counted by people's keys, not by names of keys.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use tuf::crypto::{PublicKey, Signature};
use tuf::metadata::MetadataPath;

use super::role_file::{RoleFile, malformed};
use crate::error::Error;

/// The keys and the threshold that a root or a delegation gives to a role.
#[derive(Clone, Debug)]
pub struct Authority {
    role: String,
    threshold: u64,
    keys: BTreeMap<String, Value>,
}

/// A public key by its value: the bytes of an Ed25519 key, the DER of any other, whatever it is called.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct KeyValue(Vec<u8>);

impl Authority {
    /// Of a top-level role, from root metadata.
    ///
    /// # Errors
    ///
    /// [`Error::Metadata`] when root does not say.
    pub fn of_root(root: &RoleFile, role: &str) -> Result<Self, Error> {
        let signed = root.signed();
        let entry = signed.get("roles").and_then(|roles| roles.get(role));
        entry
            .and_then(|entry| Self::of_entry(role, entry, signed.get("keys")?))
            .ok_or_else(|| malformed(root.name(), "a role has no keys or no threshold"))
    }

    /// Of a delegated role, from the role that delegates to it.
    ///
    /// # Errors
    ///
    /// [`Error::Metadata`] when it does not.
    pub fn of_delegation(delegator: &RoleFile, role: &str) -> Result<Self, Error> {
        let delegations = delegator.signed().get("delegations");
        let authority = delegations.and_then(|delegations| {
            let mut roles = delegations.get("roles")?.as_array()?.iter();
            let entry =
                roles.find(|entry| entry.get("name").and_then(Value::as_str) == Some(role))?;
            Self::of_entry(role, entry, delegations.get("keys")?)
        });
        authority.ok_or_else(|| malformed(delegator.name(), "no delegation to the role"))
    }

    fn of_entry(role: &str, entry: &Value, keys: &Value) -> Option<Self> {
        let ids = entry
            .get("keyids")?
            .as_array()?
            .iter()
            .filter_map(Value::as_str);
        // A key id without a key can never sign, and is nobody's.
        let keys = ids
            .filter_map(|id| Some((id.to_owned(), keys.get(id)?.clone())))
            .collect();
        let threshold = entry
            .get("threshold")?
            .as_u64()
            .filter(|threshold| *threshold > 0)?;
        Some(Self {
            role: role.to_owned(),
            threshold,
            keys,
        })
    }

    /// How many people have to sign.
    #[must_use]
    pub const fn threshold(&self) -> u64 {
        self.threshold
    }

    /// The role.
    #[must_use]
    pub fn role(&self) -> &str {
        &self.role
    }

    /// How many people there are: keys that differ by value.
    #[must_use]
    pub fn distinct_keys(&self) -> u64 {
        let values: BTreeSet<_> = self.keys.values().filter_map(KeyValue::of).collect();
        u64::try_from(values.len()).unwrap_or(u64::MAX)
    }

    /// The keys of the role, by their ids.
    pub fn keys(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.keys.iter().map(|(id, key)| (id.as_str(), key))
    }

    /// How many of them are Ed25519 keys: the only ones whose signatures are counted here.
    #[must_use]
    pub fn ed25519_keys(&self) -> u64 {
        let keys = self.keys.values().filter(|key| is_ed25519(key));
        let values: BTreeSet<_> = keys.filter_map(KeyValue::of).collect();
        u64::try_from(values.len()).unwrap_or(u64::MAX)
    }

    /// The key ids of the role.
    pub fn key_ids(&self) -> impl Iterator<Item = &str> {
        self.keys.keys().map(String::as_str)
    }

    /// Refuses a role in which one person could sign as two.
    ///
    /// # Errors
    ///
    /// [`Error::DuplicateKey`] with the two key ids.
    pub fn check_distinct(&self) -> Result<(), Error> {
        // MOTD-DEL-4: all four TUF readers that were tried count one key under two key ids as two.
        let mut seen: BTreeMap<KeyValue, &str> = BTreeMap::new();
        for (id, key) in &self.keys {
            let Some(value) = KeyValue::of(key) else {
                continue;
            };
            if let Some(first) = seen.insert(value, id) {
                return Err(Error::DuplicateKey {
                    role: self.role.clone(),
                    first: first.to_owned(),
                    second: id.clone(),
                });
            }
        }
        Ok(())
    }

    /// The distinct keys of the role that have validly signed the file.
    ///
    /// # Errors
    ///
    /// [`Error::Metadata`] when the file cannot be put in canonical form.
    pub fn signers(&self, file: &RoleFile) -> Result<BTreeSet<KeyValue>, Error> {
        let message = file.canonical()?;
        let valid = file.signatures().filter_map(|(id, signature)| {
            let key = self.keys.get(id)?;
            verifies(key, &message, signature).then(|| KeyValue::of(key))?
        });
        Ok(valid.collect())
    }

    /// The key ids under which they have, one for each key.
    ///
    /// # Errors
    ///
    /// As [`Authority::signers`].
    pub fn signing_ids(&self, file: &RoleFile) -> Result<BTreeSet<String>, Error> {
        let signers = self.signers(file)?;
        let mut found = BTreeSet::new();
        let mut counted = BTreeSet::new();
        for (id, _) in file.signatures() {
            let value = self.keys.get(id).and_then(KeyValue::of);
            if let Some(value) = value.filter(|value| signers.contains(value))
                && counted.insert(value)
            {
                found.insert(id.to_owned());
            }
        }
        Ok(found)
    }

    /// Whether two name the same people and threshold.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        self.threshold == other.threshold && self.keys == other.keys
    }

    /// Whether enough people have signed.
    ///
    /// # Errors
    ///
    /// [`Error::Threshold`] with how many did, [`Error::DuplicateKey`].
    pub fn check(&self, file: &RoleFile) -> Result<(), Error> {
        self.check_distinct()?;
        let valid = self.signers(file)?.len();
        // MOTD-PUB-3: by distinct keys; a signature that does not verify counts for nothing.
        if u64::try_from(valid).unwrap_or(u64::MAX) < self.threshold {
            return Err(Error::Threshold {
                role: self.role.clone(),
                valid,
                threshold: self.threshold,
            });
        }
        Ok(())
    }

    /// Whether a signature under one of the role's key ids is that key's signature on the file.
    ///
    /// # Errors
    ///
    /// As [`Authority::signers`].
    pub fn verifies(&self, file: &RoleFile, key_id: &str, signature: &str) -> Result<bool, Error> {
        let message = file.canonical()?;
        let key = self.keys.get(key_id);
        Ok(key.is_some_and(|key| verifies(key, &message, signature)))
    }

    /// The Ed25519 keys of the role, by their ids.
    pub fn ed25519(&self) -> impl Iterator<Item = (&str, PublicKey)> {
        self.keys().filter_map(|(id, key)| {
            let key = is_ed25519(key).then(|| KeyValue::of(key))??;
            Some((id, PublicKey::from_ed25519(key.0).ok()?))
        })
    }

    /// Whether the key is one of the role's, by its value.
    #[must_use]
    pub fn has(&self, key: &PublicKey) -> bool {
        self.keys
            .get(&key.key_id().to_string())
            .and_then(KeyValue::of)
            == Some(KeyValue(key.as_bytes().to_vec()))
    }
}

impl KeyValue {
    /// Of a key object; absent when it has no value.
    #[must_use]
    pub fn of(key: &Value) -> Option<Self> {
        let text = key.get("keyval")?.get("public")?.as_str()?;
        // Upper-case hexadecimal, or another wrapping of the same PEM, is the same key.
        Some(Self(match (hex::decode(text), pem::parse(text)) {
            (Ok(bytes), _) => bytes,
            (_, Ok(pem)) => pem.into_contents(),
            _ => text.trim().as_bytes().to_vec(),
        }))
    }
}

fn is_ed25519(key: &Value) -> bool {
    let is = |name: &str| key.get(name).is_some_and(|value| value == "ed25519");
    is("keytype") && is("scheme")
}

/// Ed25519 only: of other people's keys of other kinds nothing is verified here, so they count for nothing.
fn verifies(key: &Value, message: &[u8], signature: &str) -> bool {
    let attempt = || {
        if !is_ed25519(key) {
            return None;
        }
        let public = PublicKey::from_ed25519(KeyValue::of(key)?.0).ok()?;
        // The crate's signature type can only be read; its key id plays no part in verifying.
        let signature = serde_json::json!({ "keyid": "0".repeat(64), "sig": signature });
        let signature: Signature = serde_json::from_value(signature).ok()?;
        public
            .verify(&MetadataPath::root(), message, &signature)
            .ok()
    };
    attempt().is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::publish::key::SigningKey;
    use serde_json::json;

    fn key(seed: u8) -> SigningKey {
        SigningKey::assert_test_seed([seed; 32])
    }

    fn delegator(keys: &[(String, Value)], threshold: u64) -> RoleFile {
        let ids: Vec<_> = keys.iter().map(|(id, _)| id.clone()).collect();
        let keys: serde_json::Map<_, _> = keys.iter().cloned().collect();
        let file = json!({ "signatures": [], "signed": {
            "_type": "targets", "version": 1, "expires": "2030-01-01T00:00:00Z", "targets": {},
            "delegations": { "keys": keys, "roles": [
                { "name": "motd", "paths": ["motd/*"], "terminating": true, "keyids": ids, "threshold": threshold } ] } } });
        RoleFile::read("targets", file.to_string().as_bytes()).unwrap()
    }

    fn named(keys: &[&SigningKey]) -> Vec<(String, Value)> {
        keys.iter()
            .map(|key| (key.key_id(), key.key_object()))
            .collect()
    }

    fn role() -> RoleFile {
        RoleFile::unsigned(
            "motd",
            json!({ "_type": "targets", "spec_version": "1.0.31", "version": 1,
            "expires": "2030-01-01T00:00:00Z", "targets": {} }),
        )
        .unwrap()
    }

    #[test]
    fn two_of_three_people_are_enough_and_one_is_not() {
        let (a, b, c, stranger) = (key(1), key(2), key(3), key(4));
        let authority =
            Authority::of_delegation(&delegator(&named(&[&a, &b, &c]), 2), "motd").unwrap();
        let mut file = role();
        assert!(matches!(
            authority.check(&file),
            Err(Error::Threshold {
                valid: 0,
                threshold: 2,
                ..
            })
        ));
        file.add_signature(&a).unwrap();
        file.add_signature(&a).unwrap();
        file.add_signature(&stranger).unwrap();
        assert!(matches!(
            authority.check(&file),
            Err(Error::Threshold { valid: 1, .. })
        ));
        file.add_signature(&c).unwrap();
        authority.check(&file).unwrap();
        assert!(authority.has(tuf::crypto::PrivateKey::public(&a)));
        assert!(!authority.has(tuf::crypto::PrivateKey::public(&stranger)));
    }

    #[test]
    fn a_signature_over_other_bytes_counts_for_nothing() {
        let (a, b) = (key(1), key(2));
        let authority = Authority::of_delegation(&delegator(&named(&[&a, &b]), 2), "motd").unwrap();
        let mut file = role();
        file.add_signature(&a).unwrap();
        file.add_signature(&b).unwrap();
        let text = String::from_utf8(file.bytes().to_vec())
            .unwrap()
            .replace("2030", "2031");
        let tampered = RoleFile::read("motd", text.as_bytes()).unwrap();
        assert!(matches!(
            authority.check(&tampered),
            Err(Error::Threshold { valid: 0, .. })
        ));
    }

    #[test]
    fn one_key_under_two_key_ids_is_refused_however_it_is_written() {
        let a = key(1);
        let mut upper = a.key_object();
        let text = upper["keyval"]["public"].as_str().unwrap().to_uppercase();
        upper["keyval"]["public"] = text.into();
        let mut extra = a.key_object();
        extra["x-note"] = 1.into();
        for second in [a.key_object(), upper, extra] {
            let keys = [(a.key_id(), a.key_object()), ("f".repeat(64), second)];
            let authority = Authority::of_delegation(&delegator(&keys, 2), "motd").unwrap();
            assert!(matches!(
                authority.check_distinct(),
                Err(Error::DuplicateKey { .. })
            ));
        }
    }

    #[test]
    fn one_key_under_two_key_ids_signs_once() {
        let a = key(1);
        let keys = [
            (a.key_id(), a.key_object()),
            ("f".repeat(64), a.key_object()),
        ];
        let authority = Authority::of_delegation(&delegator(&keys, 2), "motd").unwrap();
        let mut file = role();
        file.add_signature(&a).unwrap();
        let mut value: Value = serde_json::from_slice(file.bytes()).unwrap();
        let mut again = value["signatures"][0].clone();
        again["keyid"] = "f".repeat(64).into();
        value["signatures"].as_array_mut().unwrap().push(again);
        let file = RoleFile::read("motd", value.to_string().as_bytes()).unwrap();
        assert_eq!(authority.signers(&file).unwrap().len(), 1);
    }
}
