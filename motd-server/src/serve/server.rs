//! The accept loop: takes connections within their bounds, and ends without dropping a request.
//!
//! Kept beside `hyper-util` and `axum-server`: their graceful shutdown closes an idle connection at once, and drops a
//! request that is already on its way. They also leave the queue of the listener unanswered.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::addresses::{OpenByOwner, network};
use super::metrics::Limit;
use super::request_id::RequestIds;
use super::service::{Connection, ServerState, Service};
use super::site::Site;
use super::stream::{BoundedStream, HeadCounter};
use super::{ServerSettings, tls};
use crate::serve::ServeError;
use crate::store::files::Files;

/// The longest head of a request, and how many fields it has, at most.
const HEAD_BYTES: usize = 16 * 1024;
const HEAD_FIELDS: usize = 64;

/// How long nothing is accepted after the system had nothing to give, such as a file descriptor.
const EXHAUSTED: Duration = Duration::from_millis(100);

/// How long a connection on which nothing is being answered is kept when the server stops: a request that is on its way
/// gets its answer, which closes the connection.
const LINGER: Duration = Duration::from_millis(250);

/// How far the server is with its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Phase {
    Serving,
    /// Nothing more is accepted; what was begun is ended.
    Closing,
    /// Nothing is waited for any more.
    Ended,
}

/// A running server. Dropping it takes no more connections; [`Server::stop`] waits until the last one is closed too.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    pub(super) shared: Arc<ServerState>,
    phase: watch::Sender<Phase>,
    accepting: JoinHandle<()>,
}

impl Server {
    /// Begins to serve these files. Port 0 takes a free one; see [`Server::address`].
    ///
    /// # Errors
    ///
    /// [`ServeError::Store`] when the address cannot be had.
    pub async fn bind(
        address: SocketAddr,
        files: Files,
        settings: ServerSettings,
    ) -> Result<Self, ServeError> {
        let site = Arc::new(Site::new(files, settings.timestamp_seconds));
        Self::start(address, Service::new(site, settings)).await
    }

    /// Begins to serve.
    ///
    /// # Errors
    ///
    /// [`ServeError::Store`] when the address cannot be had.
    pub async fn start(address: SocketAddr, service: Service) -> Result<Self, ServeError> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let (phase, watched) = watch::channel(Phase::Serving);
        let shared = Arc::new(ServerState {
            service,
            draining: AtomicBool::new(false),
            ids: RequestIds::default(),
        });
        let accepting = tokio::spawn(accept(listener, Arc::clone(&shared), watched));
        Ok(Self {
            address,
            shared,
            phase,
            accepting,
        })
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// What is answered.
    #[must_use]
    pub fn site(&self) -> Arc<Site> {
        Arc::clone(&self.shared.service.site)
    }

    /// Serves other files from now on; requests under way end with the files they began with.
    pub fn replace(&self, files: Files) {
        self.shared.service.site.replace(files);
    }

    /// Tells clients to go elsewhere: every answer from now on closes its connection. New ones are accepted all the
    /// same, because whoever sends them may not know yet.
    pub fn drain(&self) {
        tracing::info!("every answer closes its connection from now on");
        self.shared.draining.store(true, Ordering::Relaxed);
    }

    /// Stops accepting, ends the answers under way, and returns when the last connection is closed, or
    /// [`ServerSettings::grace`] is over.
    ///
    /// Whoever waits in the listener's queue is answered, and so is a request that arrives within a quarter of a
    /// second. Only who sends one later, on a connection that was idle until then, has to send it again;
    /// [`Server::drain`] some time before leaves no busy client with such a connection.
    pub async fn stop(mut self) {
        self.shared.draining.store(true, Ordering::Relaxed);
        self.phase.send_replace(Phase::Closing);
        let grace = self.shared.service.settings.grace;
        let all = async {
            let _ = (&mut self.accepting).await;
            self.phase.closed().await;
        };
        if tokio::time::timeout(grace, all).await.is_err() {
            tracing::warn!("connections were cut off: they took longer than the grace");
            self.phase.send_replace(Phase::Ended);
            self.phase.closed().await;
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// What a connection holds as long as it is open.
struct Admission {
    phase: watch::Receiver<Phase>,
    permit: Option<OwnedSemaphorePermit>,
}

async fn accept(
    listener: TcpListener,
    shared: Arc<ServerState>,
    mut phase: watch::Receiver<Phase>,
) {
    let settings = &shared.service.settings;
    let most = settings.connections.min(Semaphore::MAX_PERMITS);
    let permits = Arc::new(Semaphore::new(most));
    let addresses = Arc::new(OpenByOwner::new(settings.connections_per_address));
    let connections = phase.clone();
    let admission = |permit| Admission {
        phase: connections.clone(),
        permit,
    };
    let next = async || {
        if permits.available_permits() == 0 {
            shared.service.metrics.limit(Limit::Connections);
        }
        // The semaphore is never closed; without a permit the connection is merely not counted.
        let permit = Arc::clone(&permits).acquire_owned().await.ok();
        (permit, listener.accept().await)
    };
    loop {
        let (permit, accepted) = tokio::select! {
            biased;
            _ = phase.wait_for(|phase| *phase >= Phase::Closing) => break,
            next = next() => next,
        };
        match accepted {
            Ok((stream, peer)) => admit(stream, peer, &shared, &addresses, admission(permit)),
            Err(error) if is_of_the_client(&error) => {}
            Err(error) => {
                tracing::error!(%error, "no connection could be accepted");
                tokio::time::sleep_until(Instant::now() + EXHAUSTED).await;
            }
        }
    }
    // Who has connected, and waits in the system's queue, would be cut off with it.
    let Ok(listener) = listener.into_std() else {
        return;
    };
    while let Ok((stream, peer)) = listener.accept() {
        let stream = stream
            .set_nonblocking(true)
            .and_then(|()| TcpStream::from_std(stream));
        if let Ok(stream) = stream {
            admit(stream, peer, &shared, &addresses, admission(None));
        }
    }
}

/// Errors of one connection that was gone before it was accepted.
fn is_of_the_client(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
    )
}

/// Serves a connection in a task of its own, unless its address has enough of them.
fn admit(
    stream: TcpStream,
    peer: SocketAddr,
    shared: &Arc<ServerState>,
    addresses: &Arc<OpenByOwner<IpAddr>>,
    admission: Admission,
) {
    let Service {
        settings,
        metrics,
        tls,
        ..
    } = &shared.service;
    let Some(place) = addresses.admit(network(peer.ip())) else {
        metrics.limit(Limit::Address);
        return;
    };
    let open = metrics.opened();
    let heads = Arc::new(HeadCounter::default());
    let stream = BoundedStream::new(stream, settings, Arc::clone(metrics), Arc::clone(&heads));
    let connection = Connection {
        shared: Arc::clone(shared),
        heads,
        peer,
        old: Instant::now() + settings.life,
    };
    let tls = tls.as_ref().map(|tls| tls.acceptor());
    tokio::spawn(async move {
        let Admission { phase, permit } = admission;
        match tls {
            None => serve(stream, connection, phase).await,
            Some(acceptor) => {
                // In this task and not in the accept loop: a client that says nothing keeps nobody waiting.
                let Service {
                    settings, metrics, ..
                } = &connection.shared.service;
                let handshake = tls::handshake(&acceptor, stream, settings, metrics);
                if let Some(stream) = handshake.await {
                    serve(stream, connection, phase).await;
                }
            }
        }
        drop((permit, place, open));
    });
}

async fn serve(
    stream: impl AsyncRead + AsyncWrite + Unpin,
    connection: Connection,
    mut phase: watch::Receiver<Phase>,
) {
    let mut serving = std::pin::pin!(
        http1::Builder::new()
            .max_buf_size(HEAD_BYTES)
            .max_headers(HEAD_FIELDS)
            // The stream has the deadlines: it needs one timer for all of them.
            .header_read_timeout(None)
            .serve_connection(TokioIo::new(stream), connection)
    );
    // What a client did wrong, it was told; what broke, broke.
    let stopped = tokio::select! {
        biased;
        _ = serving.as_mut() => return,
        stopped = phase.wait_for(|phase| *phase >= Phase::Closing) => stopped.is_ok(),
    };
    if tokio::time::timeout(LINGER, serving.as_mut()).await.is_ok() {
        return;
    }
    serving.as_mut().graceful_shutdown();
    let ended = async {
        if !stopped
            || phase
                .wait_for(|phase| *phase >= Phase::Ended)
                .await
                .is_err()
        {
            // The server was dropped, which cuts nobody off.
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        biased;
        _ = serving => {}
        () = ended => {}
    }
}
