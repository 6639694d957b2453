//! What is published, wherever it is: in a store, or behind a server.

use std::path::Path;

use anyhow::{Context as _, Result};
use motd_core::Time;
use motd_server::publish::{Published as _, Repository};
use motd_server::store::Lifetimes;
use motd_server::store::{Location, RepositoryConfig, Store};

use crate::arguments::publisher::RepositoryPlace;
use crate::remote::Remote;
use crate::shell::Shell;
use crate::trusted_root::TrustedRoot;

/// Where a repository is reached.
pub(super) enum RepositorySource {
    /// In a store.
    Stored(Store, Location),
    /// Behind a server.
    Served(Remote),
}

/// A repository, verified, and its settings; of a server's those that can be known from a distance.
pub(super) struct PublishedRepository {
    pub(super) repository: Repository,
    pub(super) config: RepositoryConfig,
}

impl RepositorySource {
    pub(super) fn at(place: &RepositoryPlace) -> Result<Self> {
        Ok(match place {
            RepositoryPlace::Stored(location) => {
                Self::Stored(super::store(location)?, location.clone())
            }
            RepositoryPlace::Served(url) => Self::Served(Remote::new(url)?),
        })
    }

    /// Reads what is published. `root` is what the person trusts already.
    pub(super) async fn published(
        &self,
        root: Option<&Path>,
        online_keys: Option<&Path>,
        now: Time,
        shell: &mut Shell,
    ) -> Result<PublishedRepository> {
        match self {
            Self::Stored(store, location) => {
                let root = TrustedRoot::find(root, online_keys, location)?;
                Ok(PublishedRepository {
                    config: store.config().await?,
                    repository: root.load(store, now, shell).await?,
                })
            }
            Self::Served(remote) => {
                let root = root.context("--root names the root by which a server is verified")?;
                let root = TrustedRoot::of_server(root)?;
                let repository = remote.repository(root.bytes(), now).await?;
                root.has_led_to(repository.root());
                let id = repository.identifier()?;
                let document = repository.document(&id)?;
                let config = RepositoryConfig {
                    repository: id,
                    default_language: document.judged().default_language().clone(),
                    lifetimes: Lifetimes::default(),
                };
                Ok(PublishedRepository { repository, config })
            }
        }
    }
}
