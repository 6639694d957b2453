//! What is published, wherever it is: in a store, or behind a server.

use std::path::Path;

use anyhow::{Context as _, Result};
use motd_core::Time;
use motd_server::publish::{Published as _, Repository};
use motd_server::store::Lifetimes;
use motd_server::store::{RepositoryConfig, Store};

use crate::arguments::publisher::RepositoryPlace;
use crate::remote::Remote;
use crate::trusted_root::TrustedRoot;

/// Where a repository is reached.
pub(super) enum RepositorySource {
    /// In a store.
    Stored(Store),
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
            RepositoryPlace::Stored(location) => Self::Stored(super::store(location)?),
            RepositoryPlace::Served(url) => Self::Served(Remote::new(url)?),
        })
    }

    /// Reads what is published. `root` is what the person trusts already; without it a store is verified from the root
    /// beside the online keys.
    pub(super) async fn published(
        &self,
        root: Option<&Path>,
        online_keys: Option<&Path>,
        now: Time,
    ) -> Result<PublishedRepository> {
        match self {
            Self::Stored(store) => Ok(PublishedRepository {
                config: store.config().await?,
                repository: trusted_root(root, online_keys, store)?.load(store).await?,
            }),
            Self::Served(remote) => {
                let root = root.context("--root names the root by which a server is verified")?;
                let root = TrustedRoot::find(Some(root), None)?;
                let repository = remote.repository(&root.bytes, now).await?;
                let id = repository.identifier()?;
                let document = repository.document(&id)?;
                let config = RepositoryConfig {
                    repository: id,
                    default_language: document.judged().default_language().clone(),
                    bundle: false,
                    lifetimes: Lifetimes::default(),
                };
                Ok(PublishedRepository { repository, config })
            }
        }
    }
}

/// The root by which a store is verified.
pub(super) fn trusted_root(
    named: Option<&Path>,
    online_keys: Option<&Path>,
    store: &Store,
) -> Result<TrustedRoot> {
    let keys = online_keys.map(Path::to_owned).or_else(|| store.keys());
    TrustedRoot::find(named, keys.as_deref())
}
