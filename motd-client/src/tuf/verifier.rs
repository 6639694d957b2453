//! One role at a time, bytes in and verdict out: what `sigstore-tuf` checks, and around it distinct keys, floors and
//! expiry in the order of the TUF workflow.

use jiff::Timestamp as Instant;
use motd_core::{Code, Time};
use sigstore_tuf::{
    MetaFile, Role, RoleKeys, Root, Snapshot, Targets, Timestamp, TrustedMetadataSet,
};

use super::search::{Edge, TARGETS};
use super::{keys, verdict};
use crate::floors::Baseline;

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
    /// The trusted root and nothing below it.
    rooted: TrustedMetadataSet,
    set: TrustedMetadataSet,
    now: Instant,
}

impl Verifier {
    /// Trusts a root that the installer brought.
    pub(crate) fn bootstrap(root: &[u8], now: Time) -> Result<Self, Code> {
        // MOTD-BOOT-1: these bytes come from the configuration.
        let rooted = TrustedMetadataSet::from_root(root)
            .map_err(|error| verdict::code(&error, root, "root", None))?;
        verdict::require_form(root)?;
        require_all_roles(rooted.root())?;
        let verifier = Self {
            set: rooted.clone(),
            rooted,
            now: reference(now),
        };
        verifier.require_distinct::<Root>(root, verifier.role("root"), "root")?;
        Ok(verifier)
    }

    /// The trusted root, and nothing below it yet.
    pub(crate) fn below_root(&self) -> Self {
        Self {
            rooted: self.rooted.clone(),
            set: self.rooted.clone(),
            now: self.now,
        }
    }

    /// The trusted root.
    pub(crate) fn root(&self) -> &Root {
        self.rooted.root()
    }

    /// The trusted root's file.
    pub(crate) fn root_bytes(&self) -> &[u8] {
        self.rooted.root_bytes()
    }

    /// The trusted root's keys and threshold for a top-level role.
    pub(crate) fn role(&self, name: &str) -> Option<&RoleKeys> {
        self.root().role(name)
    }

    pub(crate) fn timestamp(&self) -> Option<&Timestamp> {
        self.set.timestamp()
    }

    pub(crate) fn snapshot(&self) -> Option<&Snapshot> {
        self.set.snapshot()
    }

    pub(crate) fn targets(&self, role: &str) -> Option<&Targets> {
        self.set.targets_role(role)
    }

    /// The timestamp's pin of the snapshot.
    pub(crate) fn snapshot_pin(&self) -> Option<&MetaFile> {
        self.timestamp().and_then(Timestamp::snapshot_meta)
    }

    /// The snapshot's pin of a targets role.
    pub(crate) fn role_pin(&self, role: &str) -> Option<&MetaFile> {
        self.snapshot()
            .and_then(|snapshot| snapshot.meta.get(&format!("{role}.json")))
    }

    /// TUF 5.3.4 to 5.3.8: the next root, signed by the trusted one and by itself.
    pub(crate) fn update_root(&mut self, bytes: &[u8]) -> Result<(), Code> {
        let mut next = self.rooted.clone();
        // MOTD-GATE-8, TUF 5.3.4 and 5.3.5: both thresholds, and exactly the trusted version plus one.
        next.update_root(bytes)
            .map_err(|error| verdict::code(&error, bytes, "root", None))?;
        verdict::require_form(bytes)?;
        require_all_roles(next.root())?;
        self.require_distinct::<Root>(bytes, self.role("root"), "root")?;
        let itself = Self {
            set: next.clone(),
            rooted: next,
            now: self.now,
        };
        itself.require_distinct::<Root>(bytes, itself.role("root"), "root")?;
        *self = itself;
        Ok(())
    }

    /// TUF 5.3.10: a freeze of the root is looked for once, after its last update.
    pub(crate) fn require_current_root(&self) -> Result<(), Code> {
        self.require_unexpired(self.root())
    }

    /// TUF 5.4.2 to 5.4.4: a timestamp. `trusted` is the stored one whose version is the floor, if the store has it:
    /// it is kept when the offered one is no newer.
    pub(crate) fn update_timestamp(
        &mut self,
        bytes: &[u8],
        floor: &Baseline,
        trusted: Option<&[u8]>,
    ) -> Result<TrustedTimestamp, Code> {
        let mut candidate = self.signed_timestamp(bytes)?;
        let timestamp = candidate.timestamp().ok_or(Code::Malformed)?;
        let pin = timestamp.snapshot_meta().ok_or(Code::Malformed)?;
        if pin.version == 0 {
            return Err(Code::Malformed);
        }
        // MOTD-GATE-9, TUF 5.4.3.1: an older one never replaces the trusted one, and a slow mirror is not an attack.
        if timestamp.version < floor.timestamp {
            return Err(Code::StaleMirror);
        }
        let mut choice = TrustedTimestamp::Offered;
        if timestamp.version > floor.timestamp || trusted.is_none() {
            // MOTD-FLOOR-1, TUF 5.4.3.2: a newer timestamp does not list an older snapshot.
            if pin.version < floor.snapshot {
                return Err(Code::Rollback);
            }
        } else if let Some(trusted) = trusted
            && let Ok(stored) = self.signed_timestamp(trusted)
        {
            // TUF 5.4.3.1: the trusted one is kept, even when somebody signed another of the same version.
            candidate = stored;
            choice = TrustedTimestamp::Stored;
        }
        self.require_unexpired(candidate.timestamp().ok_or(Code::Malformed)?)?;
        self.set = candidate;
        Ok(choice)
    }

    fn signed_timestamp(&self, bytes: &[u8]) -> Result<TrustedMetadataSet, Code> {
        let mut candidate = self.rooted.clone();
        // Expiry comes last, after the floors (TUF 5.4.4): nothing has expired at the beginning of time.
        candidate
            .update_timestamp(bytes, Instant::MIN)
            .map_err(|error| verdict::code(&error, bytes, "timestamp", None))?;
        verdict::require_form(bytes)?;
        self.require_distinct::<Timestamp>(bytes, self.role("timestamp"), "timestamp")?;
        Ok(candidate)
    }

    /// TUF 5.5.2 to 5.5.6: the snapshot that the timestamp names.
    pub(crate) fn update_snapshot(&mut self, bytes: &[u8], floor: &Baseline) -> Result<(), Code> {
        let mut candidate = self.set.clone();
        candidate
            .update_snapshot(bytes, Instant::MIN)
            .map_err(|error| verdict::code(&error, bytes, "snapshot", self.snapshot_pin()))?;
        verdict::require_form(bytes)?;
        self.require_distinct::<Snapshot>(bytes, self.role("snapshot"), "snapshot")?;
        let snapshot = candidate.snapshot().ok_or(Code::Malformed)?;
        // MOTD-FLOOR-1, TUF 5.5.5: what was listed is listed at no lower version, and stays listed.
        let listed: Vec<_> = floor
            .entries(bytes)
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
        if snapshot.meta.values().any(|entry| entry.version == 0) {
            return Err(Code::Malformed);
        }
        self.require_unexpired(snapshot)?;
        self.set = candidate;
        Ok(())
    }

    /// TUF 5.6.2 to 5.6.5: a targets role, top-level or delegated, under the authority that this search found.
    pub(crate) fn update_targets(&mut self, bytes: &[u8], edge: &Edge) -> Result<(), Code> {
        let pin = self.role_pin(&edge.role).cloned();
        let classify =
            |error: &sigstore_tuf::Error| verdict::code(error, bytes, "targets", pin.as_ref());
        match &edge.delegator {
            None => {
                self.set
                    .update_targets(bytes, Instant::MIN)
                    .map_err(|error| classify(&error))?;
                self.require_distinct::<Targets>(bytes, self.role(TARGETS), TARGETS)?;
            }
            Some(delegator) => {
                self.set
                    .update_delegated_targets(bytes, &edge.role, delegator, Instant::MIN)
                    .map_err(|error| classify(&error))?;
                let delegations = self
                    .targets(delegator)
                    .and_then(|targets| targets.delegations.as_ref())
                    .ok_or(Code::Malformed)?;
                let role = delegations
                    .roles
                    .iter()
                    .find(|role| role.name == edge.role)
                    .ok_or(Code::Malformed)?
                    .role_keys();
                keys::require_distinct::<Targets>(bytes, &delegations.keys, &role, &edge.role)?;
            }
        }
        verdict::require_form(bytes)?;
        let targets = self.targets(&edge.role).ok_or(Code::Malformed)?;
        self.require_unexpired(targets)
    }

    fn require_distinct<T: Role>(
        &self,
        bytes: &[u8],
        role: Option<&RoleKeys>,
        name: &str,
    ) -> Result<(), Code> {
        keys::require_distinct::<T>(bytes, &self.root().keys, role.ok_or(Code::Malformed)?, name)
    }

    fn require_unexpired<T: Role>(&self, role: &T) -> Result<(), Code> {
        // MOTD-GATE-7, TUF 5.3.10, 5.4.4, 5.5.6, 5.6.5.
        if role.is_expired(self.now) {
            Err(Code::Expired)
        } else {
            Ok(())
        }
    }
}

/// MOTD-GATE-7, TUF 4.3: a root that leaves a top-level role out is no root, and never becomes the trusted one.
fn require_all_roles(root: &Root) -> Result<(), Code> {
    let all = ["root", "timestamp", "snapshot", TARGETS];
    if all.iter().all(|name| root.role(name).is_some()) {
        Ok(())
    } else {
        Err(Code::Malformed)
    }
}

/// MOTD-GATE-1: the one reference time of a run.
///
/// TUF asks for an expiry *after* the reference time, `sigstore-tuf` for one not before it: the nanosecond makes the
/// second into the first.
fn reference(now: Time) -> Instant {
    let seconds = i64::try_from(now.unix_seconds()).unwrap_or(i64::MAX);
    Instant::new(seconds, 1).unwrap_or(Instant::MAX)
}
