//! Who may sign a role, and whether enough of them did: counted by people's keys, not by names of keys.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::publish::PublishError;
use crate::publish::key::{KeyValue, PublicKey};

/// The keys and the threshold that a root or a delegation gives to a role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authority {
    role: String,
    threshold: u64,
    keys: BTreeMap<String, PublicKey>,
}

impl Authority {
    /// Of an entry of root's `roles`, or of `delegations.roles`. Nothing when it has no list of keys or no threshold
    /// above 0.
    pub(super) fn of_entry(role: &str, entry: &Value, keys: &Value) -> Option<Self> {
        let ids = entry.get("keyids")?.as_array()?.iter();
        // A key id without a key can never sign, and is nobody's.
        let keys = ids
            .filter_map(Value::as_str)
            .filter_map(|id| Some((id.to_owned(), PublicKey::named(id, keys.get(id)?.clone()))))
            .collect();
        let threshold = entry.get("threshold")?.as_u64();
        Some(Self {
            role: role.to_owned(),
            threshold: threshold.filter(|threshold| *threshold > 0)?,
            keys,
        })
    }

    /// How many people have to sign.
    #[must_use]
    pub const fn threshold(&self) -> u64 {
        self.threshold
    }

    /// Whether there are as many keys as have to sign.
    pub(super) fn can_be_met(&self) -> bool {
        u64::try_from(self.keys.len()).is_ok_and(|keys| keys >= self.threshold)
    }

    /// The role.
    #[must_use]
    pub fn role(&self) -> &str {
        &self.role
    }

    /// How many people there are: keys that differ by value.
    #[must_use]
    pub fn distinct_keys(&self) -> u64 {
        distinct(self.keys())
    }

    /// How many of them are Ed25519 keys: the only ones whose signatures are counted here.
    #[must_use]
    pub fn ed25519_keys(&self) -> u64 {
        distinct(self.keys().filter(|key| key.is_ed25519()))
    }

    /// The keys of the role, in the order of their ids.
    pub fn keys(&self) -> impl Iterator<Item = &PublicKey> {
        self.keys.values()
    }

    /// Refuses a role in which one person could sign as two, or anybody as one.
    ///
    /// # Errors
    ///
    /// [`PublishError::DuplicateKey`] with the two key ids, [`PublishError::WeakKey`].
    pub fn check_distinct(&self) -> Result<(), PublishError> {
        // MOTD-DEL-4: all four TUF readers that were tried count one key under two key ids as two.
        let mut seen: BTreeMap<&KeyValue, &str> = BTreeMap::new();
        for key in self.keys() {
            if key.is_anybodys() {
                return Err(PublishError::WeakKey {
                    role: self.role.clone(),
                    key_id: key.id().to_owned(),
                });
            }
            let Some(value) = key.value() else {
                continue;
            };
            if let Some(first) = seen.insert(value, key.id()) {
                return Err(PublishError::DuplicateKey {
                    role: self.role.clone(),
                    first: first.to_owned(),
                    second: key.id().to_owned(),
                });
            }
        }
        Ok(())
    }

    /// The key of the role under a key id.
    #[must_use]
    pub fn key(&self, key_id: &str) -> Option<&PublicKey> {
        self.keys.get(key_id)
    }

    /// Whether the key is one of the role's, by its value.
    #[must_use]
    pub fn has(&self, key: &PublicKey) -> bool {
        let same_id = self.keys.get(key.id());
        same_id.and_then(PublicKey::value) == key.value()
    }
}

fn distinct<'a>(keys: impl Iterator<Item = &'a PublicKey>) -> u64 {
    let values: BTreeSet<_> = keys.filter_map(PublicKey::value).collect();
    u64::try_from(values.len()).unwrap_or(u64::MAX)
}
