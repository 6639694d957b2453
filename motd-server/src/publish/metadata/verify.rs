//! Whether enough people have signed a role, by the value of their keys.

use std::collections::BTreeSet;

use super::authority::Authority;
use super::role_file::RoleFile;
use crate::publish::PublishError;
use crate::publish::key::PublicKey;

impl Authority {
    /// The key ids under which distinct keys of the role have validly signed the file, one for each key.
    ///
    /// # Errors
    ///
    /// [`PublishError::Metadata`] when the file cannot be put in canonical form.
    pub fn signing_ids(&self, file: &RoleFile) -> Result<BTreeSet<String>, PublishError> {
        let message = file.canonical()?;
        let mut counted = BTreeSet::new();
        let mut ids = BTreeSet::new();
        for (id, signature) in file.signatures() {
            let key = self
                .key(id)
                .filter(|key| verifies(key, &message, signature));
            if key
                .and_then(PublicKey::value)
                .is_some_and(|value| counted.insert(value))
            {
                ids.insert(id.to_owned());
            }
        }
        Ok(ids)
    }

    /// Whether enough people have signed.
    ///
    /// # Errors
    ///
    /// [`PublishError::Threshold`] with how many did, [`PublishError::DuplicateKey`].
    pub fn check(&self, file: &RoleFile) -> Result<(), PublishError> {
        self.check_distinct()?;
        let valid = self.signing_ids(file)?.len();
        // MOTD-PUB-3: by distinct keys; a signature that does not verify counts for nothing.
        if u64::try_from(valid).unwrap_or(u64::MAX) < self.threshold() {
            return Err(PublishError::Threshold {
                role: self.role().to_owned(),
                valid,
                threshold: self.threshold(),
            });
        }
        Ok(())
    }

    /// Whether a signature under one of the role's key ids is that key's signature on the file.
    ///
    /// # Errors
    ///
    /// As [`Authority::signing_ids`].
    pub fn verifies(
        &self,
        file: &RoleFile,
        key_id: &str,
        signature: &str,
    ) -> Result<bool, PublishError> {
        let message = file.canonical()?;
        let key = self.key(key_id);
        Ok(key.is_some_and(|key| verifies(key, &message, signature)))
    }
}

fn verifies(key: &PublicKey, message: &[u8], signature: &str) -> bool {
    hex::decode(signature).is_ok_and(|signature| key.verifies(message, &signature))
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::publish::key::{Signer as _, SigningKey};
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

    fn of_motd(keys: &[(String, Value)], threshold: u64) -> Authority {
        let delegator = delegator(keys, threshold);
        delegator.authority("motd").unwrap().clone()
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
        let authority = of_motd(&named(&[&a, &b, &c]), 2);
        let mut file = role();
        assert!(matches!(
            authority.check(&file),
            Err(PublishError::Threshold {
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
            Err(PublishError::Threshold { valid: 1, .. })
        ));
        file.add_signature(&c).unwrap();
        authority.check(&file).unwrap();
        assert!(authority.has(a.public()));
        assert!(!authority.has(stranger.public()));
    }

    #[test]
    fn a_signature_over_other_bytes_counts_for_nothing() {
        let (a, b) = (key(1), key(2));
        let authority = of_motd(&named(&[&a, &b]), 2);
        let mut file = role();
        file.add_signature(&a).unwrap();
        file.add_signature(&b).unwrap();
        let text = String::from_utf8(file.bytes().to_vec())
            .unwrap()
            .replace("2030", "2031");
        let tampered = RoleFile::read("motd", text.as_bytes()).unwrap();
        assert!(matches!(
            authority.check(&tampered),
            Err(PublishError::Threshold { valid: 0, .. })
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
            let authority = of_motd(&keys, 2);
            assert!(matches!(
                authority.check_distinct(),
                Err(PublishError::DuplicateKey { .. })
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
        let authority = of_motd(&keys, 2);
        let mut file = role();
        file.add_signature(&a).unwrap();
        let mut value: Value = serde_json::from_slice(file.bytes()).unwrap();
        let mut again = value["signatures"][0].clone();
        again["keyid"] = "f".repeat(64).into();
        value["signatures"].as_array_mut().unwrap().push(again);
        let file = RoleFile::read("motd", value.to_string().as_bytes()).unwrap();
        assert_eq!(authority.signing_ids(&file).unwrap().len(), 1);
    }
}
