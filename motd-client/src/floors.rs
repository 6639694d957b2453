//! Rollback floors: the version below which a role is never accepted again. Chapter 6, "Floors".
//!
//! They are held twice, in the stored metadata and in a small file of their own, so that losing either loses nothing
//! (MOTD-FLOOR-3). Each floor names the keys of the role under which it was set: when the trusted root takes one of them
//! away, the floor is void, which is how a repository recovers from a stolen key that signed the largest version there
//! is (MOTD-FLOOR-2). Stored metadata that still verifies under that root shows its floor all the same.

use std::collections::{BTreeMap, BTreeSet};

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
    keys: BTreeSet<String>,
}

impl Floor {
    /// A floor under these keys, where this one stood before: it never goes down while it holds.
    fn raised(before: Option<&Self>, version: u64, keys: BTreeSet<String>) -> Self {
        let before = holding(before, &keys);
        Self {
            version: before.max(version),
            keys,
        }
    }
}

/// The floors of one repository, as they are written to a file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Floors {
    /// Its keys are the values of the roots of the chain that it was raised on.
    root: Option<Floor>,
    timestamp: Option<Floor>,
    /// The version of snapshot that a timestamp listed; bound to the keys of both, because a repository recovers its
    /// snapshot by new keys for either (TUF 5.3.11).
    listed: Option<Floor>,
    /// The version of a snapshot that was verified itself; bound to the keys of snapshot.
    snapshot: Option<Floor>,
    /// Versions of roles that a snapshot listed, by name there, such as `targets.json`; bound to the keys of snapshot.
    entries: BTreeMap<String, Floor>,
}

/// Metadata as the store holds it, with the keys under which it was verified.
pub(crate) struct StoredFloors {
    /// The file, the keys of timestamp, and the keys that snapshot had then.
    pub(crate) timestamp: Option<(OfferedRole<Timestamp>, BTreeSet<String>, BTreeSet<String>)>,
    /// The file and the keys of snapshot.
    pub(crate) snapshot: Option<(OfferedRole<Snapshot>, BTreeSet<String>)>,
}

impl Floors {
    /// The floors that hold under the trusted root: the highest of the file's and the stored metadata's.
    pub(crate) fn baseline(&self, stored: &[StoredFloors], verifier: &Verifier) -> Baseline {
        let keys = both_keys(verifier);
        let mut baseline = Baseline::default();
        raise(
            &mut baseline.timestamp,
            holding(self.timestamp.as_ref(), &keys),
        );
        raise(&mut baseline.snapshot, holding(self.listed.as_ref(), &keys));
        raise(
            &mut baseline.snapshot,
            holding(self.snapshot.as_ref(), &keys),
        );
        for (name, floor) in &self.entries {
            if holds(&floor.keys, &keys) {
                baseline.entries.insert(name.clone(), floor.version);
            }
        }
        // MOTD-FLOOR-3: and the same from the stored metadata, whatever became of the file.
        for stored in stored {
            // TUF 5.3.11: what still verifies under the new keys is trusted, whatever other key is gone.
            let snapshot_holds = stored.snapshot.as_ref().is_some_and(|(snapshot, _)| {
                let snapshot = snapshot.unverified();
                snapshot.is_some_and(|snapshot| verifier.verifies(snapshot, "snapshot"))
            });
            if let Some((timestamp, set_under, snapshot_then)) = &stored.timestamp
                && let Some(timestamp) = timestamp.unverified()
                && (holds(set_under, &keys) || verifier.verifies(timestamp, "timestamp"))
            {
                raise(&mut baseline.timestamp, timestamp.version());
                if holds(snapshot_then, &keys) || snapshot_holds {
                    let pin = timestamp.signed().snapshot_meta();
                    raise(&mut baseline.snapshot, pin.version);
                }
            }
            if let Some((snapshot, set_under)) = &stored.snapshot
                && (holds(set_under, &keys) || snapshot_holds)
                && let Some(snapshot) = snapshot.unverified()
            {
                raise(&mut baseline.snapshot, snapshot.version());
                baseline.learn_snapshot(snapshot);
            }
        }
        baseline
    }

    /// The lowest version of the root that is still acceptable.
    pub(crate) fn root(&self, verifier: &Verifier) -> u64 {
        let floor = self.root.as_ref().filter(|floor| {
            // MOTD-FLOOR-2: a root that was configured in its place can begin at any version.
            let configured = verifier.chain().first();
            configured.is_some_and(|configured| floor.keys.contains(configured))
        });
        floor.map_or(0, |floor| floor.version)
    }

    /// MOTD-FLOOR-1: the root's floor rises as soon as it is verified.
    pub(crate) fn raise_root(&mut self, verifier: &Verifier) {
        let before = self.root(verifier);
        let mut floor = self.root.take().filter(|_| before > 0).unwrap_or(Floor {
            version: 0,
            keys: BTreeSet::new(),
        });
        raise(&mut floor.version, verifier.root_version());
        floor.keys.extend(verifier.chain().iter().cloned());
        self.root = Some(floor);
    }

    /// MOTD-FLOOR-1: the floors that the trusted timestamp sets.
    pub(crate) fn raise_timestamp(&mut self, verifier: &Verifier, baseline: &mut Baseline) {
        let Some(timestamp) = verifier.timestamp() else {
            return;
        };
        raise(&mut baseline.timestamp, timestamp.version());
        let listed = timestamp.signed().snapshot_meta().version;
        raise(&mut baseline.snapshot, listed);
        let listed = Floor::raised(self.listed.as_ref(), listed, both_keys(verifier));
        self.listed = Some(listed);
        let keys = keys::of_role(verifier.root(), "timestamp");
        self.timestamp = Some(Floor::raised(
            self.timestamp.as_ref(),
            timestamp.version(),
            keys,
        ));
    }

    /// MOTD-FLOOR-1: the floors that the trusted snapshot sets, for itself and for the roles known so far.
    pub(crate) fn raise_snapshot(&mut self, verifier: &Verifier, baseline: &mut Baseline) {
        let Some(snapshot) = verifier.snapshot() else {
            return;
        };
        let keys = keys::of_role(verifier.root(), "snapshot");
        // What does not hold under these keys is void and not written again; the rest rises with the snapshot.
        self.entries.retain(|_, floor| holds(&floor.keys, &keys));
        let version = snapshot.version();
        self.snapshot = Some(Floor::raised(self.snapshot.as_ref(), version, keys));
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
        let name = format!("{role}.json");
        let keys = keys::of_role(verifier.root(), "snapshot");
        let floor = Floor::raised(self.entries.get(&name), pin.version, keys);
        self.entries.insert(name, floor);
    }
}

fn holding(floor: Option<&Floor>, keys: &BTreeSet<String>) -> u64 {
    floor
        .filter(|floor| holds(&floor.keys, keys))
        .map_or(0, |floor| floor.version)
}

/// MOTD-FLOOR-2: a floor is void when one of its keys is gone. A key that is still there could set it again.
fn holds(set_under: &BTreeSet<String>, keys: &BTreeSet<String>) -> bool {
    set_under.is_subset(keys)
}

/// The keys of timestamp and of snapshot, each with the name of its role: swapping them changes them.
fn both_keys(verifier: &Verifier) -> BTreeSet<String> {
    let mut both = keys::of_role(verifier.root(), "timestamp");
    both.append(&mut keys::of_role(verifier.root(), "snapshot"));
    both
}
