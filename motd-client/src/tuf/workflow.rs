//! The detailed client workflow over a network and a store. TUF 5.

use std::collections::BTreeSet;

use motd_core::{Code, Stage};

use super::baseline::Baseline;
use super::names;
use super::offered::OfferedRole;
use super::roles::{Role, Snapshot, TargetFile, Targets, Timestamp};
use super::search::{Edge, Search};
use super::verifier::{TrustedTimestamp, Verifier};
use crate::SourceKind;
use crate::bundle::{self, Bundle};
use crate::deadline::Deadline;
use crate::fetch::Fetcher;
use crate::report::Failure;
use crate::state::sets::{Sets, Slot, Which};
use crate::transport::FileResponse;
use crate::{floors, limits};

/// What a completed workflow found.
pub(crate) struct Resolved {
    /// The target's entry; `None` when no role has it.
    pub(crate) entry: Option<TargetFile>,
    /// The roles that were visited, the top-level targets role first.
    pub(crate) visited: Vec<String>,
    /// What a sidecar has of other files. MOTD-PRIV-2.
    pub(crate) bundle: Option<Bundle>,
}

/// How far a workflow goes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Goal<'p> {
    /// To the top-level targets role.
    TopLevel,
    /// To the role that has this target.
    Target(&'p str),
}

/// Why the workflow stopped.
pub(crate) enum Stop {
    /// For good.
    Failed(Failure),
    /// A file that the timestamp or the snapshot named is not there: a publication may have come in between.
    Missing(Stage),
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

/// Follows the stored chain from the configured root, which is trusted. TUF 5.2.
pub(crate) fn start(verifier: &mut Verifier, sets: &mut Sets) -> Result<(), Failure> {
    sets.begin_at(verifier.root_version());
    follow(sets, verifier).map_err(|code| Failure::new(Stage::Root, code))?;
    // No root has a lower version than 1: there is nothing to hold.
    if verifier.root_version() > 1 {
        sets.raise_floors(|floors| floors.raise_root(verifier));
    }
    Ok(())
}

/// Trusts the stored roots that the trusted one leads to.
fn follow(sets: &mut Sets, verifier: &mut Verifier) -> Result<(), Code> {
    // One after the other: a chain can be long.
    while let Some(next) = sets.root(verifier.root_version().saturating_add(1)) {
        match verifier.update_root(&next) {
            Ok(_) => {}
            // MOTD-NET-2: a chain that takes too long to verify is not a broken one.
            Err(Code::Timeout) => return Err(Code::Timeout),
            // Another one is asked for.
            Err(_) => return Ok(()),
        }
    }
    Ok(())
}

/// One run against a repository.
pub(crate) struct Workflow<'a> {
    fetcher: &'a Fetcher<'a>,
    sets: &'a mut Sets,
    verifier: &'a mut Verifier,
    kind: SourceKind,
    /// The answer to everything below root, once a sidecar has given it.
    bundle: Option<Bundle>,
    baseline: Baseline,
    /// Signatures of the files that this run received.
    signatures: usize,
}

impl<'a> Workflow<'a> {
    pub(crate) fn new(
        fetcher: &'a Fetcher<'a>,
        sets: &'a mut Sets,
        verifier: &'a mut Verifier,
        kind: SourceKind,
    ) -> Self {
        verifier.set_deadline(fetcher.deadline());
        Self {
            fetcher,
            sets,
            verifier,
            kind,
            bundle: None,
            baseline: Baseline::none(),
            signatures: 0,
        }
    }

    /// The whole workflow. What it verifies is staged at once.
    ///
    /// The probe and the first file below root need nothing of each other: they are requested at the same time, which
    /// saves a round trip, and processed in order.
    pub(crate) async fn run(self, goal: Goal<'_>) -> Result<Resolved, Failure> {
        let next = self.verifier.root_version().saturating_add(1);
        let (root, first) = tokio::join!(
            fetch_root(self.fetcher, next),
            fetch_first(self.fetcher, self.kind),
        );
        self.run_from(root, Some(first), goal).await
    }

    /// The same, with one request after the other.
    pub(crate) async fn run_in_order(self, goal: Goal<'_>) -> Result<Resolved, Failure> {
        let next = self.verifier.root_version().saturating_add(1);
        let root = fetch_root(self.fetcher, next).await;
        self.run_from(root, None, goal).await
    }

    async fn run_from(
        mut self,
        root: Result<FileResponse, Code>,
        mut beside_probe: Option<Result<FileResponse, Code>>,
        goal: Goal<'_>,
    ) -> Result<Resolved, Failure> {
        let advanced = self.roots(root).await?;
        let verifier = &*self.verifier;
        self.sets
            .raise_floors(|floors| floors.empty_without_keys(verifier));
        let stored = self.sets.stored_floors();
        self.baseline = self.sets.floors().baseline(&stored, self.verifier);
        let mut restarted = false;
        loop {
            let may_be_early = advanced && beside_probe.is_some();
            let answer = match beside_probe.take() {
                Some(answer) => answer,
                None => fetch_first(self.fetcher, self.kind).await,
            };
            match self.below_root(answer, may_be_early, goal).await {
                Ok(resolved) => return Ok(resolved),
                Err(Stop::Failed(failure)) => return Err(failure),
                // MOTD-GATE-11: once. A bundle is whole: nothing comes between two files of it.
                Err(Stop::Missing(stage)) if restarted || self.bundle.is_some() => {
                    return Err(Failure::new(stage, Code::Status));
                }
                Err(Stop::Missing(_)) => restarted = true,
            }
        }
    }

    /// TUF 5.3: the chain of roots. Whether it advanced.
    async fn roots(&mut self, mut answer: Result<FileResponse, Code>) -> Result<bool, Failure> {
        let failed = |code| Failure::new(Stage::Root, code);
        let mut rotations = 0;
        // MOTD-GATE-10: 404 and 403 are the end of the chain, anything else than 200 is no answer.
        while let FileResponse::Body(bytes) = answer.map_err(failed)? {
            // MOTD-GATE-13: what was accepted stays, so that a client that is far behind gets there.
            if rotations == limits::ROOT_ROTATIONS {
                return Err(failed(Code::TooManyRoots));
            }
            let root = self.received(bytes).map_err(failed)?;
            let counted = self.verifier.update_root(&root).map_err(failed)?;
            rotations += 1;
            // The root is written before its floor, and before those that it takes away.
            self.sets.keep_root(self.verifier.root_version(), &counted);
            follow(self.sets, self.verifier).map_err(failed)?;
            let version = self.verifier.root_version();
            let verifier = &*self.verifier;
            self.sets.raise_floors(|floors| floors.raise_root(verifier));
            answer = fetch_root(self.fetcher, version.saturating_add(1)).await;
        }
        // MOTD-FLOOR-1: a mirror that hides the newest roots is found out.
        if self.verifier.root_version() < self.sets.floors().root() {
            return Err(failed(Code::Rollback));
        }
        self.verifier.require_current_root().map_err(failed)?;
        Ok(rotations > 0)
    }

    /// The timestamp of an answer to [`fetch_first`].
    fn first(
        &mut self,
        answer: Result<FileResponse, Code>,
    ) -> Result<OfferedRole<Timestamp>, Code> {
        let mut bytes = body(answer)?;
        if self.kind == SourceKind::Sidecar {
            let bundle = self.bundle.insert(Bundle::read(&bytes)?);
            bytes = body(bundle.answer(TIMESTAMP, limits::TIMESTAMP_BYTES))?;
        }
        self.received(bytes)
    }

    /// A file that the timestamp or the snapshot named. MOTD-BUNDLE-4: of a sidecar from its bundle, or not at all.
    async fn file(&self, name: &str, limit: u64) -> Result<FileResponse, Code> {
        match &self.bundle {
            Some(bundle) => bundle.answer(name, limit),
            None => self.fetcher.metadata(name, limit).await,
        }
    }

    /// Everything below the root, from a fetched timestamp on.
    async fn below_root(
        &mut self,
        answer: Result<FileResponse, Code>,
        may_be_early: bool,
        goal: Goal<'_>,
    ) -> Result<Resolved, Stop> {
        self.timestamp(answer, may_be_early).await?;
        self.snapshot().await?;
        self.search(goal).await
    }

    /// TUF 5.6: the top-level targets role, and from there the search for a target.
    pub(crate) async fn search(&mut self, goal: Goal<'_>) -> Result<Resolved, Stop> {
        let mut search = Search::new(match goal {
            Goal::TopLevel => "",
            Goal::Target(path) => path,
        });
        let mut visited = Vec::new();
        let mut entry = None;
        while let Some(edge) = search
            .next()
            .map_err(|code| Failure::new(Stage::Delegation, code))?
        {
            let stage = if edge.delegation.is_none() {
                Stage::Targets
            } else {
                Stage::Delegation
            };
            let targets = self.targets(&edge, stage).await?;
            let targets = targets
                .checked(None)
                .map_err(|code| Failure::new(stage, code))?;
            visited.push(edge.role.clone());
            if let Goal::TopLevel = goal {
                break;
            }
            let found = search.enter(targets);
            entry = found.map_err(|code| Failure::new(stage, code))?;
            if entry.is_some() {
                break;
            }
        }
        Ok(Resolved {
            entry,
            visited,
            bundle: self.bundle.take(),
        })
    }

    /// TUF 5.4.
    async fn timestamp(
        &mut self,
        answer: Result<FileResponse, Code>,
        may_be_early: bool,
    ) -> Result<(), Failure> {
        let failed = |code| Failure::new(Stage::Timestamp, code);
        let mut offered = self.first(answer).map_err(failed)?;
        let trusted = self.trusted_timestamp();
        let mut choice = self
            .verifier
            .update_timestamp(&offered, &self.baseline, trusted.as_ref());
        // It was asked for together with the probe: a root that came between may have changed its keys.
        if may_be_early && choice == Err(Code::SignatureThreshold) {
            let again = fetch_first(self.fetcher, self.kind).await;
            offered = self.first(again).map_err(failed)?;
            choice = self
                .verifier
                .update_timestamp(&offered, &self.baseline, trusted.as_ref());
        }
        let timestamp = match (choice.map_err(failed)?, trusted) {
            (TrustedTimestamp::Stored, Some(trusted)) => trusted,
            _ => offered,
        };
        let verifier = &*self.verifier;
        let baseline = &mut self.baseline;
        self.sets
            .raise_floors(|floors| floors.raise_timestamp(verifier, baseline));
        let keys = floors::of_online_roles(self.verifier);
        self.sets.stage(Slot::Timestamp, &timestamp, keys);
        Ok(())
    }

    /// The stored timestamp whose version is the floor, if the store still has it.
    fn trusted_timestamp(&mut self) -> Option<OfferedRole<Timestamp>> {
        let floor = self.baseline.timestamp;
        [Which::Staged, Which::Complete]
            .into_iter()
            .find_map(|which| {
                let stored = self.sets.role::<Timestamp>(which, Slot::Timestamp)?;
                let version = stored.unverified()?.version();
                (version == floor).then_some(stored)
            })
    }

    /// TUF 5.5.
    async fn snapshot(&mut self) -> Result<(), Stop> {
        let stage = Stage::Snapshot;
        let failed = |code| Failure::new(stage, code);
        let stored = self.stored(Slot::Snapshot, |verifier, baseline, offered| {
            verifier.update_snapshot(offered, baseline)
        });
        let snapshot: OfferedRole<Snapshot> = if let Some(stored) = stored {
            stored
        } else {
            let pin = self.verifier.snapshot_pin();
            let pin = pin.ok_or(failed(Code::VersionMismatch))?;
            let limit = limit(pin.length, limits::SNAPSHOT_BYTES).map_err(failed)?;
            let name = names::role_file("snapshot", pin.version, self.consistent());
            let offered = self.named(name, limit, stage).await?;
            let verdict = self.verifier.update_snapshot(&offered, &self.baseline);
            verdict.map_err(failed)?;
            offered
        };
        let verifier = &*self.verifier;
        let baseline = &mut self.baseline;
        self.sets
            .raise_floors(|floors| floors.raise_snapshot(verifier, baseline));
        let keys = floors::of_online_roles(self.verifier);
        self.sets.stage(Slot::Snapshot, &snapshot, keys);
        Ok(())
    }

    /// TUF 5.6.
    async fn targets(&mut self, edge: &Edge, stage: Stage) -> Result<OfferedRole<Targets>, Stop> {
        let failed = |code| Failure::new(stage, code);
        let slot = Slot::Role(&edge.role);
        // A role whose version in the new snapshot is the stored one is verified again and not fetched again.
        let stored = self.stored(slot, |verifier, _, offered| {
            verifier.update_targets(offered, edge)
        });
        let targets = if let Some(stored) = stored {
            // Else several runs would store what no run may fetch.
            self.fetcher.count_stored(stored.bytes()).map_err(failed)?;
            stored
        } else {
            // Never skipped: whoever leaves a role out of the snapshot would choose who speaks instead of it.
            let pin = self.verifier.role_pin(&edge.role);
            let pin = pin.ok_or(failed(Code::VersionMismatch))?;
            let limit = limit(pin.length, limits::TARGETS_BYTES).map_err(failed)?;
            let name = names::role_file(&edge.role, pin.version, self.consistent());
            let offered = self.named(name, limit, stage).await?;
            let verdict = self.verifier.update_targets(&offered, edge);
            verdict.map_err(failed)?;
            offered
        };
        let verifier = &*self.verifier;
        self.sets
            .raise_floors(|floors| floors.raise_entry(&edge.role, verifier));
        // Its floor is the snapshot's entry for it, so no keys stand beside it.
        self.sets.stage(slot, &targets, BTreeSet::new());
        Ok(targets)
    }

    /// The stored file for a slot that passes every check under what is trusted now. None in a sidecar: whether a check
    /// succeeds shows in when the next one comes, and must not show what is stored. MOTD-PRIV-2.
    fn stored<T: Role>(
        &mut self,
        slot: Slot<'_>,
        mut verify: impl FnMut(&mut Verifier, &Baseline, &OfferedRole<T>) -> Result<(), Code>,
    ) -> Option<OfferedRole<T>> {
        if self.kind == SourceKind::Sidecar {
            return None;
        }
        [Which::Staged, Which::Complete]
            .into_iter()
            .find_map(|which| {
                let stored = self.sets.role(which, slot)?;
                verify(self.verifier, &self.baseline, &stored).ok()?;
                Some(stored)
            })
    }

    /// Fetches a file that the timestamp or the snapshot named.
    async fn named<T: Role>(
        &mut self,
        name: Option<String>,
        limit: u64,
        stage: Stage,
    ) -> Result<OfferedRole<T>, Stop> {
        let failed = |code| Failure::new(stage, code);
        let name = name.ok_or(failed(Code::Malformed))?;
        match self.file(&name, limit).await.map_err(failed)? {
            FileResponse::Body(bytes) => Ok(self.received(bytes).map_err(failed)?),
            FileResponse::NotFound => Err(Stop::Missing(stage)),
            FileResponse::Forbidden => Err(failed(Code::Status).into()),
        }
    }

    /// A file that came in this run.
    fn received<T: Role>(&mut self, bytes: Vec<u8>) -> Result<OfferedRole<T>, Code> {
        let offered = OfferedRole::parse(bytes);
        let metadata = offered.unverified();
        self.signatures += metadata.map_or(0, |metadata| metadata.signatures().len());
        // MOTD-GATE-17: what one role may have, many roles have together.
        if self.signatures > limits::SIGNATURES_OF_A_RUN {
            return Err(Code::TooManyEntries);
        }
        Ok(offered)
    }

    fn consistent(&self) -> bool {
        self.verifier.root().consistent_snapshot
    }
}

fn fetch_root(
    fetcher: &Fetcher<'_>,
    version: u64,
) -> impl Future<Output = Result<FileResponse, Code>> {
    fetcher.metadata(&format!("{version}.root.json"), limits::ROOT_BYTES)
}

const TIMESTAMP: &str = "timestamp.json";

/// What leads to everything below root: the timestamp, or the bundle that has it.
fn fetch_first(
    fetcher: &Fetcher<'_>,
    kind: SourceKind,
) -> impl Future<Output = Result<FileResponse, Code>> {
    match kind {
        SourceKind::Sidecar => fetcher.metadata(bundle::NAME, limits::BUNDLE_BYTES),
        SourceKind::InBand => fetcher.metadata(TIMESTAMP, limits::TIMESTAMP_BYTES),
    }
}

fn body(answer: Result<FileResponse, Code>) -> Result<Vec<u8>, Code> {
    match answer? {
        FileResponse::Body(bytes) => Ok(bytes),
        FileResponse::NotFound | FileResponse::Forbidden => Err(Code::Status),
    }
}

/// MOTD-GATE-14: the stated length, which is never above the fixed limit.
fn limit(stated: Option<u64>, fixed: u64) -> Result<u64, Code> {
    match stated {
        Some(length) if length > fixed => Err(Code::TooLong),
        Some(length) => Ok(length),
        None => Ok(fixed),
    }
}

/// The complete set, verified again from the store under the trusted root: every role, its signatures and its expiry.
/// MOTD-GATE-4.
pub(crate) fn verify_complete(
    sets: &mut Sets,
    root: &Verifier,
    deadline: Deadline,
    path: &str,
) -> Option<Resolved> {
    let mut verifier = root.below_root();
    verifier.set_deadline(deadline);
    let none = Baseline::none();
    if verifier.root_version() < sets.floors().root() {
        return None;
    }
    verifier.require_current_root().ok()?;
    let timestamp = sets.role(Which::Complete, Slot::Timestamp)?;
    verifier.update_timestamp(&timestamp, &none, None).ok()?;
    let snapshot = sets.role(Which::Complete, Slot::Snapshot)?;
    verifier.update_snapshot(&snapshot, &none).ok()?;
    let mut search = Search::new(path);
    let mut visited = Vec::new();
    let mut entry = None;
    while let Some(edge) = search.next().ok()? {
        let targets = sets.role(Which::Complete, Slot::Role(&edge.role))?;
        verifier.update_targets(&targets, &edge).ok()?;
        visited.push(edge.role.clone());
        entry = search.enter(targets.checked(None).ok()?).ok()?;
        if entry.is_some() {
            break;
        }
    }
    Some(Resolved {
        entry,
        visited,
        bundle: None,
    })
}
