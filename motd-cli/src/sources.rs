//! The sources of the configuration, as the library takes them.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use motd_client::limits::{INTERVAL, ROOT_BYTES};
use motd_client::{CheckConfig, Installer, default_state_dir};
use motd_core::{RepositoryId, SourceName, Time};
use url::Url;

use crate::arguments::ReaderPaths;
use crate::bounded::{bounded, open_regular};
use crate::settings::{ConfigFile, Name, SourceSettings, UserSettings};

/// The configuration as it is at this moment.
pub(crate) struct ConfiguredSources {
    pub(crate) file: ConfigFile,
    pub(crate) settings: UserSettings,
    state: Option<PathBuf>,
}

impl ConfiguredSources {
    /// Reads it.
    pub(crate) fn read(places: &ReaderPaths) -> Result<Self> {
        let file = ConfigFile::locate(places.config.as_deref())?;
        Ok(Self {
            settings: file.read()?,
            state: places.state_dir.clone(),
            file,
        })
    }

    /// The folder of the state.
    pub(crate) fn state(&self) -> Result<PathBuf> {
        state(self.state.as_deref())
    }

    /// The source of this name.
    pub(crate) fn source(&self, name: &SourceName) -> Result<&SourceSettings> {
        self.settings
            .source
            .get(&Name(name.clone()))
            .with_context(|| format!("{}: no source {name}", self.file.path.display()))
    }

    /// All sources, or the one that was asked for.
    pub(crate) fn sources(
        &self,
        only: Option<&SourceName>,
    ) -> Result<Vec<(&SourceName, &SourceSettings)>> {
        if let Some(name) = only {
            self.source(name)?;
        }
        let wanted = |name: &SourceName| only.is_none_or(|only| only == name);
        let all = self.settings.source.iter();
        Ok(all
            .map(|(name, source)| (&name.0, source))
            .filter(|(name, _)| wanted(name))
            .collect())
    }

    /// How the library asks a source.
    pub(crate) fn check_config(&self, source: &SourceSettings, now: Time) -> Result<CheckConfig> {
        check_config(
            &self.file.root_of(source),
            source.repository.0.clone(),
            source.metadata_url.0.clone(),
            source.targets_url.as_ref().map(|url| url.0.clone()),
            source.in_band,
            now,
        )
        .and_then(|config| Ok(config.with_state_dir(self.state()?)))
        .map(|config| config.with_interval(self.interval(source)))
    }

    /// How long a source is left alone after a completed check.
    pub(crate) fn interval(&self, source: &SourceSettings) -> std::time::Duration {
        let hours = source.interval_hours.or(self.settings.interval_hours);
        hours.map_or(INTERVAL, crate::settings::Hours::duration)
    }
}

/// The state folder that was named, or the platform's.
pub(crate) fn state(given: Option<&Path>) -> Result<PathBuf> {
    Ok(given
        .map(Path::to_owned)
        .map_or_else(default_state_dir, Ok)?)
}

/// A check of this repository, without state.
pub(crate) fn check_config(
    root: &Path,
    repository: RepositoryId,
    metadata_url: Url,
    targets_url: Option<Url>,
    in_band: bool,
    now: Time,
) -> Result<CheckConfig> {
    // MOTD-BOOT-1: root and identifier are this machine's; nothing from the network takes their place.
    let root = root_bytes(root)?;
    let installer = Installer::new("motd", env!("CARGO_PKG_VERSION"))?;
    let config = CheckConfig::new(root, repository, metadata_url, installer, now)?;
    let config = if in_band { config.in_band() } else { config };
    Ok(match targets_url {
        Some(url) => config.with_targets_url(url)?,
        None => config,
    })
}

/// The bytes of a trusted root's file.
pub(crate) fn root_bytes(path: &Path) -> Result<Vec<u8>> {
    // MOTD-GATE-14.
    bounded(open_regular(path)?, ROOT_BYTES)
}
