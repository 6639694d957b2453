//! The floors that hold under the trusted root. Chapter 6, "Floors".

use std::collections::BTreeMap;
use std::sync::Arc;

use super::offered::Metadata;
use super::roles::Snapshot;

/// The floors that hold under the trusted root, from every place that holds them.
#[derive(Default)]
pub(crate) struct Baseline {
    pub(crate) timestamp: u64,
    pub(crate) snapshot: u64,
    /// Versions of roles that a snapshot listed, by name there.
    pub(crate) entries: BTreeMap<String, u64>,
    snapshots: Vec<Arc<Metadata<Snapshot>>>,
}

impl Baseline {
    /// No floors: for the verification of a set that is the store's own.
    pub(crate) fn none() -> Self {
        Self::default()
    }

    /// Remembers a snapshot that was verified, in this run or before.
    pub(crate) fn learn_snapshot(&mut self, snapshot: &Arc<Metadata<Snapshot>>) {
        let is_known = |known| Arc::ptr_eq(known, snapshot);
        if !self.snapshots.iter().any(is_known) {
            self.snapshots.push(Arc::clone(snapshot));
        }
    }

    /// What a snapshot has to list, and at which version at least.
    pub(crate) fn entries(&self, snapshot: &Arc<Metadata<Snapshot>>) -> BTreeMap<String, u64> {
        let mut entries = self.entries.clone();
        let others = self.snapshots.iter();
        for other in others.filter(|other| !Arc::ptr_eq(other, snapshot)) {
            for (name, entry) in &other.signed().meta {
                raise(entries.entry(name.clone()).or_default(), entry.version);
            }
        }
        entries
    }
}

/// Floors only rise.
pub(crate) fn raise(floor: &mut u64, version: u64) {
    *floor = (*floor).max(version);
}
