//! The TUF client by itself, for any target path.

use std::sync::Arc;

use motd_core::{Code, Stage};

use crate::CheckConfig;
use crate::deadline::Deadline;
use crate::fetch::Fetcher;
use crate::gate;
use crate::report::Failure;
use crate::state::sets::{Sets, Slot, Which};
use crate::state::{Access, StateFolder, chains};
use crate::transport::{FileResponse, Transport};
use crate::tuf::hashes::{self, Hashes};
use crate::tuf::names;
use crate::tuf::plain::plain;
use crate::tuf::verifier::Verifier;
use crate::tuf::workflow::{self, Goal, Resolved, Stop, Workflow};

/// A run of the TUF client that every check is built on, for any target: what the official conformance suite for TUF
/// clients drives, and what a benchmark compares.
///
/// Nothing that it returns can be displayed: the way from a target to a reader is [`check`](crate::check) alone.
pub struct Session {
    config: CheckConfig,
    transport: Arc<dyn Transport>,
    sets: Sets,
    verifier: Verifier,
    restarted: bool,
    in_order: bool,
}

/// A target as the role that has it describes it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct TargetInfo {
    /// Its length, in bytes.
    pub length: u64,
    /// Its `custom` object.
    pub custom: Option<serde_json::Value>,
    hashes: Hashes,
    path: String,
}

impl TargetInfo {
    /// Whether these are the target's bytes: their length, every known hash, and at least one.
    #[must_use]
    pub fn matches(&self, bytes: &[u8]) -> bool {
        u64::try_from(bytes.len()) == Ok(self.length) && hashes::hashes_match(bytes, &self.hashes)
    }
}

impl Session {
    /// Trusts the configured root and what the store holds of its chain. Without a state folder of this
    /// user alone nothing is known or kept.
    ///
    /// # Errors
    ///
    /// A failure of the root, or [`Code::Connect`] when the configuration leads nowhere.
    pub fn open(config: CheckConfig) -> Result<Self, Failure> {
        // A bundle has the files of one target.
        let config = config.in_band();
        let mut verifier = gate::configured_root(&config)?;
        let folder = config.state_dir.as_ref().and_then(|state| {
            let folder = StateFolder::open(state, &config.repository, Access::Check);
            let chain = folder.and_then(|folder| chains::open(folder, &verifier, config.now));
            chain.ok()
        });
        let mut sets = folder.map_or_else(
            || Sets::stateless(Vec::new()),
            |folder| Sets::open(folder, false),
        );
        workflow::start(&mut verifier, &mut sets)?;
        let transport =
            gate::transport(&config).map_err(|_| Failure::new(Stage::Root, Code::Connect))?;
        Ok(Self {
            config,
            transport,
            sets,
            verifier,
            restarted: false,
            in_order: false,
        })
    }

    /// The same with the next root asked for before the timestamp and not beside it: for servers that expect the
    /// requests in the order of the specification, as the official suite does.
    #[must_use]
    pub const fn in_order(mut self) -> Self {
        self.in_order = true;
        self
    }

    /// Roots, timestamp, snapshot and the top-level targets role.
    ///
    /// # Errors
    ///
    /// The first failure; what was verified before it is kept.
    pub async fn refresh(&mut self) -> Result<(), Failure> {
        self.verifier = self.verifier.below_root();
        self.restarted = false;
        self.run(Goal::TopLevel).await.map(drop)
    }

    /// Finds a target through the delegations, after [`Session::refresh`]; `None` when no role has it.
    ///
    /// # Errors
    ///
    /// The first failure.
    pub async fn find(&mut self, path: &str) -> Result<Option<TargetInfo>, Failure> {
        let goal = Goal::Target(path);
        let transport = Arc::clone(&self.transport);
        let fetcher = self.fetcher(&*transport)?;
        let found = Workflow::new(
            &fetcher,
            &mut self.sets,
            &mut self.verifier,
            self.config.kind,
        )
        .search(goal)
        .await;
        let resolved = match found {
            Ok(resolved) => resolved,
            Err(Stop::Failed(failure)) => return Err(failure),
            Err(Stop::Missing(stage)) if self.restarted => {
                return Err(Failure::new(stage, Code::Status));
            }
            Err(Stop::Missing(_)) => {
                self.restarted = true;
                self.verifier = self.verifier.below_root();
                self.run(goal).await?
            }
        };
        Ok(resolved.entry.map(|entry| TargetInfo {
            length: entry.length,
            custom: entry.custom.and_then(|json| plain(&json).ok()),
            hashes: entry.hashes,
            path: path.to_owned(),
        }))
    }

    /// Downloads a target of at most `limit` bytes and compares it with its description.
    ///
    /// # Errors
    ///
    /// The first failure.
    pub async fn download(&self, target: &TargetInfo, limit: u64) -> Result<Vec<u8>, Failure> {
        let failed = |code| Failure::new(Stage::Target, code);
        if target.length > limit {
            return Err(failed(Code::TooLong));
        }
        let consistent = self.verifier.root().consistent_snapshot;
        let name = names::target_file(&target.path, &target.hashes, consistent)
            .ok_or(failed(Code::HashMismatch))?;
        let fetcher = self.fetcher(&*self.transport)?;
        match fetcher.target(&name, target.length).await.map_err(failed)? {
            FileResponse::Body(bytes) if target.matches(&bytes) => Ok(bytes),
            FileResponse::Body(bytes) if u64::try_from(bytes.len()) != Ok(target.length) => {
                Err(failed(Code::LengthMismatch))
            }
            FileResponse::Body(_) => Err(failed(Code::HashMismatch)),
            FileResponse::NotFound | FileResponse::Forbidden => Err(failed(Code::Status)),
        }
    }

    /// The trusted file of a role: `root`, `timestamp`, `snapshot`, `targets` or a delegated one.
    pub fn metadata(&mut self, role: &str) -> Option<Vec<u8>> {
        let slot = match role {
            "root" => return Some(self.verifier.root_bytes().to_vec()),
            "timestamp" => Slot::Timestamp,
            "snapshot" => Slot::Snapshot,
            role => Slot::Role(role),
        };
        [Which::Staged, Which::Complete]
            .into_iter()
            .find_map(|which| self.sets.role_bytes(which, slot))
            .map(|bytes| bytes.to_vec())
    }

    /// The names of the targets roles that are trusted and stored: whatever their signers called them.
    #[must_use]
    pub fn roles(&self) -> Vec<String> {
        self.sets.roles()
    }

    async fn run(&mut self, goal: Goal<'_>) -> Result<Resolved, Failure> {
        let transport = Arc::clone(&self.transport);
        let fetcher = self.fetcher(&*transport)?;
        let workflow = Workflow::new(
            &fetcher,
            &mut self.sets,
            &mut self.verifier,
            self.config.kind,
        );
        if self.in_order {
            workflow.run_in_order(goal).await
        } else {
            workflow.run(goal).await
        }
    }

    fn fetcher<'t>(&self, transport: &'t dyn Transport) -> Result<Fetcher<'t>, Failure> {
        let bases = self.config.metadata_base().zip(self.config.targets_base());
        let (metadata, targets) = bases.ok_or(Failure::new(Stage::Root, Code::Connect))?;
        Ok(Fetcher::new(
            transport,
            metadata,
            targets,
            Deadline::after(self.config.deadline),
        ))
    }
}
