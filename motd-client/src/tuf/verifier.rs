//! One role at a time, offered and then trusted or refused: pins, signatures, floors and expiry in the order of the TUF
//! workflow.

use std::collections::BTreeMap;
use std::sync::Arc;

use motd_core::{Code, Time};

use super::baseline::Baseline;
use super::keys;
use super::offered::{Metadata, OfferedRole};
use super::roles::{Authority, MetaFile, Root, Signature, Snapshot, Targets, Timestamp};
use super::search::{Edge, TARGETS};
use crate::deadline::Deadline;

/// Which timestamp is trusted after another one was offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TrustedTimestamp {
    /// The offered one.
    Offered,
    /// The stored one, whose version the offered one has (TUF 5.4.3.1).
    Stored,
}

/// The trusted metadata of one run.
#[derive(Clone)]
pub(crate) struct Verifier {
    root: Arc<Metadata<Root>>,
    root_bytes: Arc<[u8]>,
    /// The values of the roots from the configured one to the trusted one, by version.
    chain: BTreeMap<u64, String>,
    timestamp: Option<Arc<Metadata<Timestamp>>>,
    snapshot: Option<Arc<Metadata<Snapshot>>>,
    /// MOTD-GATE-1: the one reference time of a run.
    now: Time,
    deadline: Deadline,
}

impl Verifier {
    /// Trusts a root that the installer brought.
    pub(crate) fn bootstrap(root: &[u8], now: Time, deadline: Deadline) -> Result<Self, Code> {
        // MOTD-BOOT-1: these bytes come from the configuration.
        let root = OfferedRole::parse(root);
        let verifier = Self::of_root(&root, now, deadline)?;
        verifier.require_threshold(&verifier.root, "root")?;
        Ok(verifier)
    }

    /// What is verified from now on has this deadline.
    pub(crate) const fn set_deadline(&mut self, deadline: Deadline) {
        self.deadline = deadline;
    }

    /// A root whose signatures are looked at next, and nothing below it.
    fn of_root(root: &OfferedRole<Root>, now: Time, deadline: Deadline) -> Result<Self, Code> {
        let metadata = root.checked(None)?;
        Ok(Self {
            root: Arc::clone(metadata),
            chain: BTreeMap::from([(metadata.version(), metadata.value())]),
            root_bytes: Arc::clone(root.bytes()),
            timestamp: None,
            snapshot: None,
            now,
            deadline,
        })
    }

    /// The trusted root, and nothing below it yet.
    pub(crate) fn below_root(&self) -> Self {
        Self {
            timestamp: None,
            snapshot: None,
            ..self.clone()
        }
    }

    /// The trusted root's version.
    pub(crate) fn root_version(&self) -> u64 {
        self.root.version()
    }

    /// The trusted root.
    pub(crate) fn root(&self) -> &Root {
        self.root.signed()
    }

    /// The values of the roots from the configured one to the trusted one, by version.
    pub(crate) const fn chain(&self) -> &BTreeMap<u64, String> {
        &self.chain
    }

    /// The trusted root's value.
    pub(crate) fn root_value(&self) -> String {
        self.root.value()
    }

    /// The trusted root's file.
    pub(crate) fn root_bytes(&self) -> &[u8] {
        &self.root_bytes
    }

    /// The trusted root's keys and threshold for a top-level role.
    pub(crate) fn role(&self, name: &str) -> Option<&Authority> {
        self.root().role(name)
    }

    pub(crate) fn timestamp(&self) -> Option<&Metadata<Timestamp>> {
        self.timestamp.as_deref()
    }

    pub(crate) const fn snapshot(&self) -> Option<&Arc<Metadata<Snapshot>>> {
        self.snapshot.as_ref()
    }

    /// The timestamp's pin of the snapshot.
    pub(crate) fn snapshot_pin(&self) -> Option<&MetaFile> {
        Some(self.timestamp()?.signed().snapshot_meta())
    }

    /// The snapshot's pin of a targets role.
    pub(crate) fn role_pin(&self, role: &str) -> Option<&MetaFile> {
        self.snapshot()
            .and_then(|snapshot| snapshot.signed().meta.get(&format!("{role}.json")))
    }

    /// TUF 5.3.4 to 5.3.8: the next root, signed by the trusted one and by itself. Gives a file of it without all that is
    /// not signed, which a mirror could make as long as a root may be.
    pub(crate) fn update_root(&mut self, offered: &OfferedRole<Root>) -> Result<Vec<u8>, Code> {
        let mut next = Self::of_root(offered, self.now, self.deadline)?;
        // MOTD-GATE-8, TUF 5.3.4 and 5.3.5: both thresholds, and exactly the trusted version plus one.
        let before = self.signers(&next.root, "root")?;
        let mut counted = next.signers(&next.root, "root")?;
        counted.extend(before);
        let file = next.root.to_file(&counted);
        if self.root_version().checked_add(1) != Some(next.root_version()) {
            return Err(Code::VersionMismatch);
        }
        next.chain.append(&mut self.chain);
        *self = next;
        Ok(file)
    }

    /// TUF 5.3.10: a freeze of the root is looked for once, after its last update.
    pub(crate) fn require_current_root(&self) -> Result<(), Code> {
        self.require_unexpired(&self.root)
    }

    /// TUF 5.4.2 to 5.4.4: a timestamp. `trusted` is the stored one whose version is the floor, if the store has it:
    /// it is kept when the offered one is no newer.
    pub(crate) fn update_timestamp(
        &mut self,
        offered: &OfferedRole<Timestamp>,
        floor: &Baseline,
        trusted: Option<&OfferedRole<Timestamp>>,
    ) -> Result<TrustedTimestamp, Code> {
        let mut candidate = self.signed_timestamp(offered)?;
        let pin = candidate.signed().snapshot_meta();
        // MOTD-GATE-9, TUF 5.4.3.1: an older one never replaces the trusted one, and a slow mirror is not an attack.
        if candidate.version() < floor.timestamp {
            return Err(Code::StaleMirror);
        }
        let mut choice = TrustedTimestamp::Offered;
        // MOTD-FLOOR-2: a stored one that has too few signatures under a new root is not trusted; its floors hold.
        let stored = trusted
            .filter(|_| candidate.version() == floor.timestamp)
            .and_then(|trusted| self.signed_timestamp(trusted).ok());
        if let Some(stored) = stored {
            // TUF 5.4.3.1: the trusted one is kept, even when somebody signed another of the same version.
            candidate = stored;
            choice = TrustedTimestamp::Stored;
        } else if pin.version < floor.snapshot {
            // MOTD-FLOOR-1, TUF 5.4.3.2: no other timestamp lists an older snapshot.
            return Err(Code::Rollback);
        }
        // Expiry comes last, after the floors (TUF 5.4.4).
        self.require_unexpired(candidate)?;
        let timestamp = Some(Arc::clone(candidate));
        *self = Self {
            timestamp,
            ..self.below_root()
        };
        Ok(choice)
    }

    fn signed_timestamp<'t>(
        &self,
        offered: &'t OfferedRole<Timestamp>,
    ) -> Result<&'t Arc<Metadata<Timestamp>>, Code> {
        let timestamp = offered.checked(None)?;
        self.require_threshold(timestamp, "timestamp")?;
        Ok(timestamp)
    }

    /// TUF 5.5.2 to 5.5.6: the snapshot that the timestamp names.
    pub(crate) fn update_snapshot(
        &mut self,
        offered: &OfferedRole<Snapshot>,
        floor: &Baseline,
    ) -> Result<(), Code> {
        let pin = self.snapshot_pin().ok_or(Code::Malformed)?;
        let candidate = offered.checked(Some(pin))?;
        self.require_threshold(candidate, "snapshot")?;
        require_version(candidate, pin)?;
        let snapshot = candidate.signed();
        // MOTD-FLOOR-1, TUF 5.5.5: what was listed is listed at no lower version, and stays listed.
        let listed: Vec<_> = floor
            .entries(candidate)
            .into_iter()
            .map(|(name, version)| (snapshot.meta.get(&name), version))
            .collect();
        if listed
            .iter()
            .any(|(entry, version)| entry.is_some_and(|entry| entry.version < *version))
        {
            return Err(Code::Rollback);
        }
        if listed.iter().any(|(entry, _)| entry.is_none()) {
            return Err(Code::SnapshotRemoved);
        }
        self.require_unexpired(candidate)?;
        self.snapshot = Some(Arc::clone(candidate));
        Ok(())
    }

    /// TUF 5.6.2 to 5.6.5: a targets role, top-level or delegated, under the authority that this search found.
    pub(crate) fn update_targets(
        &self,
        offered: &OfferedRole<Targets>,
        edge: &Edge,
    ) -> Result<(), Code> {
        let pin = self.role_pin(&edge.role).ok_or(Code::Malformed)?;
        let targets = offered.checked(Some(pin))?;
        match &edge.delegation {
            None => self.require_threshold(targets, TARGETS)?,
            Some((authority, keys)) => {
                keys::require_threshold(targets, keys, authority, self.deadline)?;
            }
        }
        require_version(targets, pin)?;
        self.require_unexpired(targets)
    }

    /// Whether a stored file of a top-level role has the signatures that the trusted root asks for.
    pub(crate) fn verifies<T>(&self, metadata: &Metadata<T>, name: &str) -> bool {
        self.require_threshold(metadata, name).is_ok()
    }

    fn require_threshold<T>(&self, metadata: &Metadata<T>, name: &str) -> Result<(), Code> {
        self.signers(metadata, name).map(drop)
    }

    fn signers<'m, T>(
        &self,
        metadata: &'m Metadata<T>,
        name: &str,
    ) -> Result<Vec<&'m Signature>, Code> {
        let role = self.role(name).ok_or(Code::Malformed)?;
        keys::require_threshold(metadata, &self.root().keys, role, self.deadline)
    }

    fn require_unexpired<T>(&self, metadata: &Metadata<T>) -> Result<(), Code> {
        // MOTD-GATE-7, TUF 5.3.10, 5.4.4, 5.5.6, 5.6.5.
        if metadata.expires() <= self.now {
            Err(Code::Expired)
        } else {
            Ok(())
        }
    }
}

/// TUF 5.5.4, 5.6.4: the version that the parent lists.
fn require_version<T>(metadata: &Metadata<T>, pin: &MetaFile) -> Result<(), Code> {
    if metadata.version() == pin.version {
        Ok(())
    } else {
        Err(Code::VersionMismatch)
    }
}
