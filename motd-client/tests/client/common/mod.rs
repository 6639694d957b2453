//! A repository to mutate, a network in memory, a server that misbehaves, and what they have in common.

pub(crate) mod hostile;
pub(crate) mod memory;
pub(crate) mod repo;

use std::sync::Arc;
use std::time::Duration;

use motd_client::{CheckConfig, Installer, Report};
use motd_core::Time;
use tempfile::TempDir;
use url::Url;

use self::memory::Memory;
use self::repo::Repo;

/// The reference time of tests, and of the first publication.
pub(crate) const START: i64 = 1_523_520_000;

pub(crate) fn at(seconds: i64) -> Time {
    Time::from_unix_seconds(START + seconds).unwrap()
}

pub(crate) const HOUR: i64 = 3_600;
pub(crate) const DAY: i64 = 86_400;

/// A repository, a network to it, and a state folder.
pub(crate) struct World {
    pub(crate) repo: Repo,
    pub(crate) network: Arc<Memory>,
    pub(crate) state: TempDir,
    /// The trusted root of the configuration.
    pub(crate) root: Vec<u8>,
}

impl World {
    /// A published repository, never asked before.
    pub(crate) fn new() -> Self {
        let repo = Repo::new();
        let network = Arc::new(Memory::default());
        network.serve(&repo);
        Self {
            root: repo.trusted_root(),
            repo,
            network,
            state: tempfile::tempdir().unwrap(),
        }
    }

    /// The same, asked once before.
    pub(crate) async fn warm() -> Self {
        let world = Self::new();
        let report = world.check(0).await;
        assert_eq!(outcome(&report), "fresh", "the base case");
        assert_eq!(titles(&report), ["Hello"], "the base case");
        world
    }

    pub(crate) fn config(&self, seconds: i64) -> CheckConfig {
        config(&self.root, "http://repository.invalid/metadata/", seconds)
            .with_state_dir(self.state.path().join("motd"))
            .with_transport(self.network.clone())
    }

    /// Checks this many seconds after the start.
    pub(crate) async fn check(&self, seconds: i64) -> Report {
        motd_client::check(&self.config(seconds)).await
    }

    /// Serves what the repository has now.
    pub(crate) fn serve(&self) {
        self.network.serve(&self.repo);
    }
}

pub(crate) fn config(root: &[u8], url: &str, seconds: i64) -> CheckConfig {
    CheckConfig::new(
        root.to_vec(),
        "example.org".parse().unwrap(),
        Url::parse(url).unwrap(),
        Installer::new("pip", "24.0").unwrap(),
        at(seconds),
    )
    .unwrap()
    .with_deadline(Duration::from_secs(10))
}

/// State and failure in one line, as tables of expectations have it.
pub(crate) fn outcome(report: &Report) -> String {
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
pub(crate) fn titles(report: &Report) -> Vec<String> {
    let Some(document) = &report.document else {
        return Vec::new();
    };
    document
        .verified()
        .notices()
        .map(|notice| notice.text("en").unwrap().1.title().to_owned())
        .collect()
}
