//! Role server: folders that are served until they are stopped.

use std::collections::HashMap;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use motd_core::Stage;
use motd_server::publish::{Floors, PublishError, Published as _, Repository};
use motd_server::serve::{ServeError, Server, ServerSettings, Site};
use motd_server::store::{Mark, Store};
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;
use tokio::time::sleep;

use crate::message::{Fault, Outcome};

/// How often a folder is looked at, which has five seconds for it.
const PERIOD: Duration = Duration::from_millis(200);

/// How long answers under way have to end when a server is stopped, which has twenty seconds for it.
const GRACE: Duration = Duration::from_secs(5);

/// The servers that run, and what they run on once there is one.
#[derive(Default)]
pub(crate) struct Servers {
    running: HashMap<PathBuf, Running>,
    runtime: Option<Runtime>,
}

struct Running {
    server: Server,
    watch: JoinHandle<()>,
}

impl Servers {
    pub(crate) fn start(&mut self, folder: &Path, root: &[u8]) -> Outcome {
        // Who starts a folder twice has one server.
        self.stop(folder);
        let runtime = match self.runtime.take() {
            Some(runtime) => runtime,
            None => Runtime::new()
                .context("no runtime")
                .map_err(Fault::Failed)?,
        };
        let started = self.runtime.insert(runtime).block_on(start(folder, root));
        let running = started.map_err(|error| match error {
            ServeError::Publish(
                refused @ (PublishError::Root { .. }
                | PublishError::Behind { .. }
                | PublishError::Unreadable { .. }),
            ) => Fault::Rejected {
                stage: Stage::Publication.as_str(),
                code: refused.code(),
            },
            error => {
                Fault::Failed(anyhow::Error::new(error).context("the folder cannot be served"))
            }
        })?;
        let address = running.server.address();
        self.running.insert(folder.to_owned(), running);
        Ok(json!({
            "metadata_url": format!("http://{address}/metadata/"),
            "targets_url": format!("http://{address}/targets/"),
        }))
    }

    pub(crate) fn stop(&mut self, folder: &Path) -> Value {
        if let (Some(running), Some(runtime)) = (self.running.remove(folder), &self.runtime) {
            running.watch.abort();
            runtime.block_on(running.server.stop());
        }
        json!({})
    }
}

async fn start(folder: &Path, root: &[u8]) -> Result<Running, ServeError> {
    let published = Published::read(folder, root).await?;
    let address = (Ipv4Addr::LOCALHOST, 0).into();
    let files = published.repository.served();
    let settings = ServerSettings {
        grace: GRACE,
        ..ServerSettings::default()
    };
    let server = Server::bind(address, files, settings).await?;
    let watch = tokio::spawn(watch(published, server.site()));
    Ok(Running { server, watch })
}

/// Takes up what is published. What does not verify is not served: it would silence every client.
async fn watch(mut published: Published, site: Arc<Site>) {
    loop {
        sleep(PERIOD).await;
        if let Ok(true) = published.take_up().await {
            site.replace(published.repository.served());
        }
    }
}

/// What a folder holds, verified.
struct Published {
    store: Store,
    repository: Repository,
    floors: Floors,
    /// What is kept for the next start, beside what is served.
    kept: PathBuf,
    mark: Option<Mark>,
}

impl Published {
    async fn read(folder: &Path, root: &[u8]) -> Result<Self, ServeError> {
        let store = Store::folder(folder);
        let kept = folder.join("floors.json");
        let floors = std::fs::read(&kept).unwrap_or_default();
        let mut floors = serde_json::from_slice(&floors).unwrap_or_default();
        let repository = Repository::load(store.load().await?, root)?;
        go_on(&mut floors, &repository, &kept)?;
        Ok(Self {
            store,
            repository,
            floors,
            kept,
            mark: None,
        })
    }

    /// Whether there is something else than before.
    async fn take_up(&mut self) -> Result<bool, ServeError> {
        let mark = self.store.mark(self.repository.root().version()).await?;
        if self.mark.as_ref() == Some(&mark) {
            return Ok(false);
        }
        let files = self
            .store
            .load_since(&self.repository.known(&self.repository.served()))
            .await?;
        let published = files != *self.repository.files();
        let mut repository = Repository::load(files, self.repository.root().bytes())?;
        repository.keep_roots(&self.repository);
        go_on(&mut self.floors, &repository, &self.kept)?;
        self.repository = repository;
        self.mark = Some(mark);
        Ok(published)
    }
}

/// MOTD-SRV-10: raises the floors to what is taken up, and keeps them for the next start.
fn go_on(floors: &mut Floors, repository: &Repository, kept: &Path) -> Result<(), ServeError> {
    floors.check(repository)?;
    floors.raise(repository)?;
    std::fs::write(kept, json!(floors).to_string()).map_err(|error| ServeError::Store(error.into()))
}
