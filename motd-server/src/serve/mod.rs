//! Serving a repository over HTTP, from memory, as mirrors and content delivery networks like it.
//!
//! Names that carry a version or a hash never change, so they are cached for ever; `timestamp.json` is cached for
//! seconds. The set of files is swapped whole, so that no request sees half a publication.
//!
//! ```no_run
//! # async fn serve(store: &motd_server::store::Store) -> Result<(), motd_server::Error> {
//! use motd_server::serve::{Server, Settings};
//! let server = Server::bind("127.0.0.1:0".parse().unwrap(), store.load().await?, Settings::default()).await?;
//! println!("http://{}/metadata/", server.address());
//! server.stop().await;
//! # Ok(())
//! # }
//! ```

mod answer;
mod listener;
mod release;
mod upkeep;

use std::net::SocketAddr;
use std::sync::{Arc, RwLock};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, Method, Uri};
use axum::response::Response;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use answer::Answers;
use listener::BoundedListener;
pub use release::Release;
pub use upkeep::{LoadKeys, Look, OnlineKeys, Renewal, Upkeep};

use crate::error::Error;
use crate::files::Files;

/// How a server behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// How long `timestamp.json` and the absence of the next root may be cached, in seconds; at most 60 are used.
    pub timestamp_seconds: u32,
    /// How many connections are open at most; others wait to be accepted.
    pub connections: usize,
    /// How long a connection may stand still.
    pub idle: Duration,
    /// How long a connection may live.
    pub life: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            timestamp_seconds: 10,
            connections: 1_024,
            idle: Duration::from_secs(30),
            life: Duration::from_mins(5),
        }
    }
}

/// A running server. Dropping it takes no more connections; [`Server::stop`] waits until the last one is closed too.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    shared: Shared,
    settings: Settings,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
}

type Shared = Arc<RwLock<Arc<Answers>>>;

impl Server {
    /// Begins to serve. Port 0 takes a free one; see [`Server::address`].
    ///
    /// # Errors
    ///
    /// [`Error::Io`] when the address cannot be had.
    pub async fn bind(
        address: SocketAddr,
        files: Files,
        settings: Settings,
    ) -> Result<Self, Error> {
        let listener = tokio::net::TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let listener = BoundedListener::new(listener, &settings);
        let shared: Shared = Arc::new(RwLock::new(Arc::new(Answers::new(
            files,
            settings.timestamp_seconds,
            None,
        ))));
        let router = Router::new()
            .fallback(answer_request)
            .with_state(Arc::clone(&shared));
        let (stop, stopped) = oneshot::channel::<()>();
        let serving = axum::serve(listener, router).with_graceful_shutdown(async move {
            // An error means that the server was dropped, which is a stop as well.
            let _ = stopped.await;
        });
        let task = tokio::spawn(async move {
            // axum documents that this never fails.
            let _ = serving.await;
        });
        Ok(Self {
            address,
            shared,
            settings,
            stop: Some(stop),
            task,
        })
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves other files from now on; requests under way end with the files they began with.
    pub fn replace(&self, files: Files) {
        let before = current(&self.shared);
        let answers = Answers::new(files, self.settings.timestamp_seconds, Some(&before));
        *self
            .shared
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner) = Arc::new(answers);
    }

    /// Stops accepting, ends the answers under way, and returns when the last connection is closed.
    pub async fn stop(mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        let _ = (&mut self.task).await;
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn answer_request(
    State(shared): State<Shared>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    current(&shared).answer(&method, uri.path(), &headers)
}

fn current(shared: &Shared) -> Arc<Answers> {
    let answers = shared
        .read()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    Arc::clone(&answers)
}

#[cfg(test)]
mod tests;
