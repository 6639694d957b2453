//! Rollback floors: the version below which a role is never accepted again. Chapter 6, "Floors".
//!
//! They are held twice, in the stored metadata and in a small file of their own, so that losing either loses nothing
//! (MOTD-FLOOR-3). Each floor names the key ids of the role under which it was set: when the trusted root gives that
//! role other keys, the floor is void, which is how a repository recovers from a stolen key that signed the largest
//! version there is (MOTD-FLOOR-2).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::tuf::baseline::{Baseline, raise};
use crate::tuf::keys;
use crate::tuf::offered::OfferedRole;
use crate::tuf::roles::{Snapshot, Timestamp};
use crate::tuf::verifier::Verifier;

/// The floor of one role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Floor {
    version: u64,
    keys: Vec<String>,
}

/// The floors of one repository, as they are written to a file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Floors {
    /// Root's floor is never void, and has no keys.
    root: u64,
    timestamp: Option<Floor>,
    /// The version of snapshot that a timestamp listed; bound to the keys of both, because a repository recovers its
    /// snapshot by new keys for either (TUF 5.3.11).
    listed: Option<Floor>,
    /// The version of a snapshot that was verified itself; bound to the keys of snapshot.
    snapshot: Option<Floor>,
    /// Versions of roles that a snapshot listed, by name there, such as `targets.json`; bound to the keys of snapshot.
    entries: BTreeMap<String, Floor>,
}

/// Metadata as the store holds it, with the key ids under which it was verified.
pub(crate) struct StoredFloors {
    /// The file, the keys of timestamp, and the keys that snapshot had then.
    pub(crate) timestamp: Option<(OfferedRole<Timestamp>, Vec<String>, Vec<String>)>,
    /// The file and the keys of snapshot.
    pub(crate) snapshot: Option<(OfferedRole<Snapshot>, Vec<String>)>,
}

impl Floors {
    /// The floors that hold under the trusted root: the highest of the file's and the stored metadata's.
    pub(crate) fn baseline(&self, stored: &[StoredFloors], verifier: &Verifier) -> Baseline {
        let timestamp_keys = keys::ids(verifier.role("timestamp"));
        let snapshot_keys = keys::ids(verifier.role("snapshot"));
        let both_keys = both(&timestamp_keys, &snapshot_keys);
        let mut baseline = Baseline::default();
        // MOTD-FLOOR-2: a floor under other keys is void.
        raise(
            &mut baseline.timestamp,
            holding(self.timestamp.as_ref(), &timestamp_keys),
        );
        raise(
            &mut baseline.snapshot,
            holding(self.listed.as_ref(), &both_keys),
        );
        raise(
            &mut baseline.snapshot,
            holding(self.snapshot.as_ref(), &snapshot_keys),
        );
        for (name, floor) in &self.entries {
            if floor.keys == snapshot_keys {
                baseline.entries.insert(name.clone(), floor.version);
            }
        }
        // MOTD-FLOOR-3: and the same from the stored metadata, whatever became of the file.
        for stored in stored {
            if let Some((timestamp, set_under, snapshot_then)) = &stored.timestamp
                && *set_under == timestamp_keys
                && let Some(timestamp) = timestamp.unverified()
            {
                raise(&mut baseline.timestamp, timestamp.version());
                if let Some(pin) = timestamp.signed().snapshot_meta()
                    && *snapshot_then == snapshot_keys
                {
                    raise(&mut baseline.snapshot, pin.version);
                }
            }
            if let Some((snapshot, set_under)) = &stored.snapshot
                && *set_under == snapshot_keys
                && let Some(snapshot) = snapshot.unverified()
            {
                raise(&mut baseline.snapshot, snapshot.version());
                baseline.learn_snapshot(snapshot);
            }
        }
        baseline
    }

    /// The lowest version of the root that is still acceptable.
    pub(crate) const fn root(&self) -> u64 {
        self.root
    }

    /// MOTD-FLOOR-1: the root's floor rises as soon as it is verified.
    pub(crate) fn raise_root(&mut self, version: u64) {
        raise(&mut self.root, version);
    }

    /// MOTD-FLOOR-1: the floors that the trusted timestamp sets.
    pub(crate) fn raise_timestamp(&mut self, verifier: &Verifier, baseline: &mut Baseline) {
        let Some(timestamp) = verifier.timestamp() else {
            return;
        };
        raise(&mut baseline.timestamp, timestamp.version());
        let timestamp_keys = keys::ids(verifier.role("timestamp"));
        if let Some(pin) = timestamp.signed().snapshot_meta() {
            raise(&mut baseline.snapshot, pin.version);
            let keys = both(&timestamp_keys, &keys::ids(verifier.role("snapshot")));
            self.listed = Some(Floor {
                version: pin.version,
                keys,
            });
        }
        self.timestamp = Some(Floor {
            version: timestamp.version(),
            keys: timestamp_keys,
        });
    }

    /// MOTD-FLOOR-1: the floors that the trusted snapshot sets, for itself and for the roles known so far.
    pub(crate) fn raise_snapshot(&mut self, verifier: &Verifier, baseline: &mut Baseline) {
        let Some(snapshot) = verifier.snapshot() else {
            return;
        };
        let keys = keys::ids(verifier.role("snapshot"));
        // What does not hold under these keys is void and not written again; the rest rises with the snapshot.
        self.entries.retain(|_, floor| floor.keys == keys);
        self.snapshot = Some(Floor {
            version: snapshot.version(),
            keys,
        });
        let known: Vec<String> = self.entries.keys().cloned().collect();
        for name in known.iter().filter_map(|name| name.strip_suffix(".json")) {
            self.raise_entry(name, verifier);
        }
        baseline.learn_snapshot(snapshot);
    }

    /// MOTD-FLOOR-1: the floor that the trusted snapshot sets for a role.
    pub(crate) fn raise_entry(&mut self, role: &str, verifier: &Verifier) {
        let Some(pin) = verifier.role_pin(role) else {
            return;
        };
        let floor = Floor {
            version: pin.version,
            keys: keys::ids(verifier.role("snapshot")),
        };
        // The snapshot was verified against the baseline: its version is never below a floor that holds.
        self.entries.insert(format!("{role}.json"), floor);
    }
}

fn holding(floor: Option<&Floor>, keys: &[String]) -> u64 {
    floor
        .filter(|floor| floor.keys == keys)
        .map_or(0, |floor| floor.version)
}

/// The keys of both roles, with a gap between them that no key id fills: swapping two roles' keys changes them.
fn both(timestamp: &[String], snapshot: &[String]) -> Vec<String> {
    [timestamp, &[String::new()], snapshot].concat()
}
