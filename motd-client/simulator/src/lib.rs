//! A repository to mutate, a network in memory, a server that misbehaves, and what they have in common.
#![expect(
    clippy::missing_panics_doc,
    clippy::must_use_candidate,
    clippy::new_without_default,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

pub mod hostile;
pub mod memory;
pub mod repo;
mod time;

pub use time::{DAY, HOUR, START, at};

use std::sync::Arc;
use std::time::Duration;

use motd_client::{CheckConfig, Installer, Report};
use tempfile::TempDir;
use url::Url;

use crate::memory::MemoryNetwork;
use crate::repo::RepositorySimulator;

/// A repository, a network to it, and a state folder.
pub struct Simulation {
    /// The repository, with every key at hand.
    pub repo: RepositorySimulator,
    /// The way to it.
    pub network: Arc<MemoryNetwork>,
    /// The folder above the state folder.
    pub state: TempDir,
    /// The trusted root of the configuration.
    pub root: Vec<u8>,
}

impl Simulation {
    /// A published repository, never asked before.
    pub fn new() -> Self {
        let repo = RepositorySimulator::new();
        let network = Arc::new(MemoryNetwork::default());
        network.serve(&repo);
        Self {
            root: repo.trusted_root(),
            repo,
            network,
            state: tempfile::tempdir().unwrap(),
        }
    }

    /// The same, asked once before.
    pub async fn warm() -> Self {
        let world = Self::new();
        let report = world.check(0).await;
        assert_eq!(outcome(&report), "fresh", "the base case");
        assert_eq!(titles(&report), ["Hello"], "the base case");
        world
    }

    /// How the repository is checked so many seconds after the start.
    pub fn config(&self, seconds: i64) -> CheckConfig {
        config(&self.root, "http://repository.invalid/metadata/", seconds)
            .with_state_dir(self.state.path().join("motd"))
            .with_transport(self.network.clone())
    }

    /// Checks this many seconds after the start.
    pub async fn check(&self, seconds: i64) -> Report {
        motd_client::check(&self.config(seconds)).await
    }

    /// Serves what the repository has now.
    pub fn serve(&self) {
        self.network.serve(&self.repo);
    }
}

/// A configuration of the test repository at this URL, in-band: each file is a request of its own.
pub fn config(root: &[u8], url: &str, seconds: i64) -> CheckConfig {
    CheckConfig::new(
        root.to_vec(),
        "example.org".parse().unwrap(),
        Url::parse(url).unwrap(),
        Installer::new("pip", "24.0").unwrap(),
        at(seconds),
    )
    .unwrap()
    .in_band()
    .with_deadline(Duration::from_secs(10))
}

/// State and failure in one line, as tables of expectations have it.
pub fn outcome(report: &Report) -> String {
    let state = report.state.as_str();
    match report.failure {
        None => state.to_owned(),
        Some(failure) => format!(
            "{state} {}:{}",
            failure.stage.as_str(),
            failure.code.as_str()
        ),
    }
}

/// The English titles of the report's document.
pub fn titles(report: &Report) -> Vec<String> {
    let Some(document) = &report.document else {
        return Vec::new();
    };
    document
        .verified()
        .notices()
        .map(|notice| notice.text("en").unwrap().1.title().to_owned())
        .collect()
}
