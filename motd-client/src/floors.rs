//! Rollback floors of one chain of roots: the versions below which a role is never accepted again. Chapter 6, "Floors".
//!
//! They are held twice, in the stored metadata and in a small file of their own, so that losing either loses nothing
//! (MOTD-FLOOR-3). When root takes away a key under which they were raised, those below root go, which is how a
//! repository recovers from a stolen key that signed the largest version there is (MOTD-FLOOR-2). Stored metadata that
//! still verifies under that root shows its floor all the same.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::tuf::baseline::{Baseline, raise};
use crate::tuf::keys;
use crate::tuf::offered::OfferedRole;
use crate::tuf::roles::{Snapshot, Timestamp};
use crate::tuf::verifier::Verifier;

/// Most roots, the newest, whose values are kept.
const ROOTS: usize = 4_096;
/// Most roles whose floors are kept in the file. The stored snapshot shows all of them.
const ENTRIES: usize = 256;

/// The floors, as they are written to a file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Floors {
    /// The values of the roots of the chain, by version. The last version is the floor of root.
    roots: BTreeMap<u64, String>,
    below: BelowRoot,
}

/// The floors below root.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct BelowRoot {
    /// The keys of timestamp and of snapshot when the last of them was raised.
    keys: BTreeSet<String>,
    timestamp: u64,
    snapshot: u64,
    /// Versions of roles that a snapshot listed, by name there, such as `targets.json`.
    entries: BTreeMap<String, u64>,
}

/// Metadata as the store holds it, with the keys of timestamp and of snapshot when it was verified.
pub(crate) struct StoredFloors {
    pub(crate) timestamp: Option<(OfferedRole<Timestamp>, BTreeSet<String>)>,
    pub(crate) snapshot: Option<(OfferedRole<Snapshot>, BTreeSet<String>)>,
}

impl Floors {
    /// The floors that hold under the trusted root: the highest of the file's and the stored metadata's.
    pub(crate) fn baseline(&self, stored: &[StoredFloors], verifier: &Verifier) -> Baseline {
        let mut baseline = Baseline::default();
        baseline.timestamp = self.below.timestamp;
        baseline.snapshot = self.below.snapshot;
        baseline.entries = self.below.entries.clone();
        // MOTD-FLOOR-3: and the same from the stored metadata, whatever became of the file.
        let keys = of_online_roles(verifier);
        for stored in stored {
            if let Some((timestamp, raised_under)) = &stored.timestamp
                && let Some(timestamp) = timestamp.unverified()
            {
                let holds = hold(raised_under, &keys);
                if holds || verifier.verifies(timestamp, "timestamp") {
                    raise(&mut baseline.timestamp, timestamp.version());
                }
                if holds {
                    let pin = timestamp.signed().snapshot_meta();
                    raise(&mut baseline.snapshot, pin.version);
                }
            }
            if let Some((snapshot, raised_under)) = &stored.snapshot
                && let Some(snapshot) = snapshot.unverified()
                && (hold(raised_under, &keys) || verifier.verifies(snapshot, "snapshot"))
            {
                raise(&mut baseline.snapshot, snapshot.version());
                baseline.learn_snapshot(snapshot);
            }
        }
        baseline
    }

    /// MOTD-FLOOR-2: with one of their keys all floors below root go. Root is the newest one that can be had.
    pub(crate) fn empty_without_keys(&mut self, verifier: &Verifier) {
        if !hold(&self.below.keys, &of_online_roles(verifier)) {
            self.below = BelowRoot::default();
        }
    }

    /// The lowest version of the root that is still acceptable.
    pub(crate) fn root(&self) -> u64 {
        self.roots.keys().next_back().copied().unwrap_or(0)
    }

    /// The value of the chain's root of a version.
    pub(crate) fn root_value(&self, version: u64) -> Option<&str> {
        self.roots.get(&version).map(String::as_str)
    }

    /// MOTD-FLOOR-1: the root's floor rises as soon as it is verified.
    pub(crate) fn raise_root(&mut self, verifier: &Verifier) {
        for (version, value) in verifier.chain() {
            self.roots.entry(*version).or_insert_with(|| value.clone());
        }
        while self.roots.len() > ROOTS {
            self.roots.pop_first();
        }
    }

    /// MOTD-FLOOR-1: the floors that the trusted timestamp sets.
    pub(crate) fn raise_timestamp(&mut self, verifier: &Verifier, baseline: &mut Baseline) {
        let Some(timestamp) = verifier.timestamp() else {
            return;
        };
        let listed = timestamp.signed().snapshot_meta().version;
        raise(&mut baseline.timestamp, timestamp.version());
        raise(&mut baseline.snapshot, listed);
        self.below.keys = of_online_roles(verifier);
        raise(&mut self.below.timestamp, timestamp.version());
        raise(&mut self.below.snapshot, listed);
    }

    /// MOTD-FLOOR-1: the floors that the trusted snapshot sets, for the roles known so far.
    pub(crate) fn raise_snapshot(&mut self, verifier: &Verifier, baseline: &mut Baseline) {
        let Some(snapshot) = verifier.snapshot() else {
            return;
        };
        let entries = &mut self.below.entries;
        if entries.len() > ENTRIES {
            // The stored snapshot shows them; those that this run needs come again.
            entries.clear();
        }
        for (name, floor) in entries {
            if let Some(pin) = snapshot.signed().meta.get(name) {
                raise(floor, pin.version);
            }
        }
        baseline.learn_snapshot(snapshot);
    }

    /// MOTD-FLOOR-1: the floor that the trusted snapshot sets for a role.
    pub(crate) fn raise_entry(&mut self, role: &str, verifier: &Verifier) {
        let Some(pin) = verifier.role_pin(role) else {
            return;
        };
        let entry = self.below.entries.entry(format!("{role}.json"));
        raise(entry.or_default(), pin.version);
    }
}

/// Floors hold for as long as each key is there under which they were raised: it could raise them again.
fn hold(raised_under: &BTreeSet<String>, keys: &BTreeSet<String>) -> bool {
    raised_under.is_subset(keys)
}

/// The keys of timestamp and of snapshot, each with the name of its role: swapping them changes them.
pub(crate) fn of_online_roles(verifier: &Verifier) -> BTreeSet<String> {
    let mut both = keys::of_role(verifier.root(), "timestamp");
    both.append(&mut keys::of_role(verifier.root(), "snapshot"));
    both
}
