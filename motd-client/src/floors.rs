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

/// Most chains of roots, and most sets of keys, whose floors are kept: what is void in one run holds in another one, of an
/// installer with another configured root.
const KEPT: usize = 4;
/// Most roots of one chain that its floor is stored with.
const ROOTS: usize = 4_096;
/// Most roles whose floors are kept in the file. The stored snapshot shows all of them.
const ENTRIES: usize = 256;

/// The floor of root of one chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct RootFloor {
    version: u64,
    /// The values of the roots of the chain that it was raised on.
    roots: BTreeSet<String>,
}

/// The floors that were set under the same keys.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct KeyedFloors {
    /// The keys of timestamp and of snapshot.
    keys: BTreeSet<String>,
    timestamp: u64,
    /// The version of snapshot that a timestamp listed; bound to the keys of both, because a repository recovers its
    /// snapshot by new keys for either (TUF 5.3.11).
    listed: u64,
    /// The version of a snapshot that was verified itself; bound to the keys of snapshot.
    snapshot: u64,
    /// Versions of roles that a snapshot listed, by name there, such as `targets.json`; bound to the keys of snapshot.
    entries: BTreeMap<String, u64>,
}

impl KeyedFloors {
    /// What of these floors counts under other keys.
    fn count_under(&self, keys: &BTreeSet<String>, counted: &mut Self) {
        let of = |role: &str| -> BTreeSet<String> {
            let bound = self.keys.iter().filter(|key| key.starts_with(role));
            bound.cloned().collect()
        };
        if holds(&of("timestamp "), keys) {
            raise(&mut counted.timestamp, self.timestamp);
        }
        if holds(&self.keys, keys) {
            raise(&mut counted.listed, self.listed);
        }
        if holds(&of("snapshot "), keys) {
            raise(&mut counted.snapshot, self.snapshot);
            for (name, version) in &self.entries {
                raise(counted.entries.entry(name.clone()).or_default(), *version);
            }
        }
    }
}

/// The floors of one repository, as they are written to a file. The last of each kind is the newest.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Floors {
    roots: Vec<RootFloor>,
    keyed: Vec<KeyedFloors>,
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
        let counted = self.under(&keys);
        let mut baseline = Baseline::default();
        baseline.timestamp = counted.timestamp;
        baseline.snapshot = counted.listed.max(counted.snapshot);
        baseline.entries = counted.entries;
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

    /// All floors that count under these keys.
    fn under(&self, keys: &BTreeSet<String>) -> KeyedFloors {
        let mut counted = KeyedFloors {
            keys: keys.clone(),
            ..KeyedFloors::default()
        };
        for floors in &self.keyed {
            floors.count_under(keys, &mut counted);
        }
        counted
    }

    /// Changes the floors of the trusted root's keys. What is void under them stays as it is.
    fn change(&mut self, verifier: &Verifier, change: impl FnOnce(&mut KeyedFloors)) {
        let mut floors = self.under(&both_keys(verifier));
        change(&mut floors);
        self.keyed.retain(|kept| kept.keys != floors.keys);
        push_bounded(&mut self.keyed, floors);
    }

    /// The lowest version of the root that is still acceptable.
    pub(crate) fn root(&self, verifier: &Verifier) -> u64 {
        // MOTD-FLOOR-2: a root that was configured in its place can begin at any version.
        let ours = self.roots.iter().filter(|floor| floor.meets(verifier));
        ours.map(|floor| floor.version).max().unwrap_or(0)
    }

    /// MOTD-FLOOR-1: the root's floor rises as soon as it is verified. Chains that meet are one.
    pub(crate) fn raise_root(&mut self, verifier: &Verifier) {
        let mut raised = RootFloor {
            version: verifier.root_version(),
            roots: verifier.chain().iter().cloned().collect(),
        };
        for floor in self.roots.extract_if(.., |floor| floor.meets(verifier)) {
            raise(&mut raised.version, floor.version);
            let room = ROOTS.saturating_sub(raised.roots.len());
            raised.roots.extend(floor.roots.into_iter().take(room));
        }
        push_bounded(&mut self.roots, raised);
    }

    /// MOTD-FLOOR-1: the floors that the trusted timestamp sets.
    pub(crate) fn raise_timestamp(&mut self, verifier: &Verifier, baseline: &mut Baseline) {
        let Some(timestamp) = verifier.timestamp() else {
            return;
        };
        raise(&mut baseline.timestamp, timestamp.version());
        let listed = timestamp.signed().snapshot_meta().version;
        raise(&mut baseline.snapshot, listed);
        self.change(verifier, |floors| {
            raise(&mut floors.timestamp, timestamp.version());
            raise(&mut floors.listed, listed);
        });
    }

    /// MOTD-FLOOR-1: the floors that the trusted snapshot sets, for itself and for the roles known so far.
    pub(crate) fn raise_snapshot(&mut self, verifier: &Verifier, baseline: &mut Baseline) {
        let Some(snapshot) = verifier.snapshot() else {
            return;
        };
        self.change(verifier, |floors| {
            raise(&mut floors.snapshot, snapshot.version());
            if floors.entries.len() > ENTRIES {
                // The stored snapshot shows them; those that this run needs come again.
                floors.entries.clear();
            }
            for (name, floor) in &mut floors.entries {
                if let Some(pin) = snapshot.signed().meta.get(name) {
                    raise(floor, pin.version);
                }
            }
        });
        baseline.learn_snapshot(snapshot);
    }

    /// MOTD-FLOOR-1: the floor that the trusted snapshot sets for a role.
    pub(crate) fn raise_entry(&mut self, role: &str, verifier: &Verifier) {
        let Some(pin) = verifier.role_pin(role) else {
            return;
        };
        let name = format!("{role}.json");
        self.change(verifier, |floors| {
            raise(floors.entries.entry(name).or_default(), pin.version);
        });
    }
}

impl RootFloor {
    /// Whether the trusted root's chain is the one that this floor was raised on.
    fn meets(&self, verifier: &Verifier) -> bool {
        let mut chain = verifier.chain().iter();
        chain.any(|root| self.roots.contains(root))
    }
}

/// Adds the newest of a kind, in the place of the oldest when there are too many.
pub(crate) fn push_bounded<T>(kept: &mut Vec<T>, newest: T) {
    if kept.len() >= KEPT {
        kept.remove(0);
    }
    kept.push(newest);
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
