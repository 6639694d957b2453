//! What an installer says about the repository whose notices it shows.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use motd_core::{RepositoryId, Time};
use url::Url;

use crate::transport::{HttpOptions, Transport};
use crate::{Error, Installer, limits};

/// What kind of source a repository is. Chapter 6, section 6.1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SourceKind {
    /// A repository for notices alone. A check requests the next root and the bundle, and nothing else, so that its
    /// requests do not show what the state folder holds. MOTD-PRIV-2.
    #[default]
    Sidecar,
    /// A package repository's own metadata. A check requests each file that the state folder does not hold.
    InBand,
}

/// One repository and how to ask it. Chapter 6.
///
/// The trusted root and the repository's identifier are arguments, because nothing that comes over the network may
/// choose them (MOTD-BOOT-1).
#[derive(Clone)]
#[non_exhaustive]
pub struct CheckConfig {
    /// The trusted root metadata that the installer ships or an administrator configured, as a file.
    pub root: Vec<u8>,
    /// The identifier that the repository's documents must name.
    pub repository: RepositoryId,
    /// What is requested of it.
    pub kind: SourceKind,
    /// Where metadata is; ends in `/`.
    pub metadata_url: Url,
    /// Where target files are; by default `targets/` beside the last segment of `metadata_url`.
    pub targets_url: Option<Url>,
    /// Where state is kept; `None` keeps nothing.
    pub state_dir: Option<PathBuf>,
    /// The reference time of the run.
    pub now: Time,
    /// Longest time for the whole run, from its first request to its last byte.
    pub deadline: Duration,
    /// The interval after a completed check, from 1 to 24 hours; 6 by default. An explicit check sets it as well: the next
    /// background check waits from then. MOTD-NET-5.
    pub interval: Duration,
    /// Installer, proxy and certificates.
    pub http: HttpOptions,
    /// A way to the network other than HTTP by this crate.
    pub transport: Option<Arc<dyn Transport>>,
}

impl CheckConfig {
    /// A configuration with the defaults of the published text: a sidecar, a deadline of 10 seconds, an interval of 6 hours,
    /// the system's proxy and certificates, no state.
    ///
    /// # Errors
    ///
    /// [`Error::Url`] when the URL is not http or https with a host.
    pub fn new(
        root: Vec<u8>,
        repository: RepositoryId,
        metadata_url: Url,
        installer: Installer,
        now: Time,
    ) -> Result<Self, Error> {
        Ok(Self {
            root,
            repository,
            kind: SourceKind::default(),
            metadata_url: as_folder(metadata_url)?,
            targets_url: None,
            state_dir: None,
            now,
            deadline: limits::DEADLINE,
            interval: limits::INTERVAL,
            http: HttpOptions::new(installer),
            transport: None,
        })
    }

    /// The same for a package repository's own metadata.
    #[must_use]
    pub const fn in_band(mut self) -> Self {
        self.kind = SourceKind::InBand;
        self
    }

    /// The same with target files from another place.
    ///
    /// # Errors
    ///
    /// [`Error::Url`] when the URL is not http or https with a host.
    pub fn with_targets_url(mut self, targets_url: Url) -> Result<Self, Error> {
        self.targets_url = Some(as_folder(targets_url)?);
        Ok(self)
    }

    /// The same with state kept in this folder.
    #[must_use]
    pub fn with_state_dir(mut self, folder: impl Into<PathBuf>) -> Self {
        self.state_dir = Some(folder.into());
        self
    }

    /// The same with another deadline.
    #[must_use]
    pub const fn with_deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// The same with another interval.
    #[must_use]
    pub const fn with_interval(mut self, interval: Duration) -> Self {
        self.interval = interval;
        self
    }

    /// The same at another reference time.
    #[must_use]
    pub const fn at(mut self, now: Time) -> Self {
        self.now = now;
        self
    }

    /// The same with another way to the network.
    #[must_use]
    pub fn with_transport(mut self, transport: Arc<dyn Transport>) -> Self {
        self.transport = Some(transport);
        self
    }

    /// Where metadata is, ending in `/` and without query, however the field was set.
    pub(crate) fn metadata_base(&self) -> Option<Url> {
        as_folder(self.metadata_url.clone()).ok()
    }

    /// Where target files are.
    pub(crate) fn targets_base(&self) -> Option<Url> {
        match &self.targets_url {
            Some(url) => as_folder(url.clone()).ok(),
            None => self.metadata_base()?.join("../targets/").ok(),
        }
    }
}

impl fmt::Debug for CheckConfig {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("CheckConfig")
            .field("repository", &self.repository)
            .field("state_dir", &self.state_dir)
            .field("now", &self.now)
            .field("deadline", &self.deadline)
            .finish_non_exhaustive()
    }
}

fn as_folder(mut url: Url) -> Result<Url, Error> {
    if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
        return Err(Error::Url);
    }
    // MOTD-PRIV-1: no query string.
    url.set_query(None);
    url.set_fragment(None);
    if !url.path().ends_with('/') {
        let path = format!("{}/", url.path());
        url.set_path(&path);
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(url: &str) -> Result<CheckConfig, Error> {
        CheckConfig::new(
            Vec::new(),
            "example.org".parse().unwrap(),
            url.parse().unwrap(),
            Installer::new("pip", "24.0").unwrap(),
            Time::EPOCH,
        )
    }

    #[test]
    fn targets_stand_beside_metadata() {
        for (metadata, targets) in [
            (
                "https://example.org/metadata/",
                "https://example.org/targets/",
            ),
            (
                "https://example.org/a/metadata",
                "https://example.org/a/targets/",
            ),
            (
                "http://localhost:8080/m/?token=1#x",
                "http://localhost:8080/targets/",
            ),
        ] {
            assert_eq!(
                config(metadata).unwrap().targets_base().unwrap().as_str(),
                targets
            );
        }
    }

    #[test]
    fn other_schemes_are_no_repository() {
        for url in [
            "file:///srv/metadata/",
            "ftp://example.org/",
            "data:text/plain,x",
        ] {
            assert!(matches!(config(url), Err(Error::Url)), "{url}");
        }
    }
}
