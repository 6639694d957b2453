//! The judge's web server: it hands out what a case says, in the way that a case says, and writes down what was asked.

mod connection;
mod state;

use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use anyhow::{Context as _, Result};
use state::{WorldState, locked};

pub use state::Request;

use crate::case::{Serve, VectorFiles};

/// A web server on 127.0.0.1, until it is dropped.
#[derive(Debug)]
pub struct World {
    address: SocketAddr,
    shared: Arc<WorldState>,
}

impl World {
    /// Starts one that hands out nothing yet. `elsewhere` is the origin of another server, for redirects.
    ///
    /// # Errors
    /// When this machine has no free port on 127.0.0.1.
    pub fn start(files: Arc<VectorFiles>, elsewhere: &str) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").context("no port on 127.0.0.1")?;
        let address = listener.local_addr()?;
        let shared = Arc::new(WorldState {
            files: Mutex::new(files),
            origin: format!("http://{address}"),
            elsewhere: elsewhere.to_owned(),
            serve: Mutex::default(),
            answered: Mutex::default(),
            log: Mutex::default(),
            generation: AtomicU64::new(0),
            asked: Condvar::new(),
            streams: Mutex::default(),
            ended: AtomicBool::new(false),
        });
        let of_thread = Arc::clone(&shared);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                if of_thread.ended.load(Ordering::SeqCst) {
                    return;
                }
                let Ok(stream) = stream else { continue };
                // An answer of several parts is not held back until the first is acknowledged.
                let _ = stream.set_nodelay(true);
                if let Ok(copy) = stream.try_clone() {
                    locked(&of_thread.streams).push(copy);
                }
                let shared = Arc::clone(&of_thread);
                let generation = shared.generation.load(Ordering::SeqCst);
                std::thread::spawn(move || connection::answer_all(stream, &shared, generation));
            }
        });
        Ok(Self { address, shared })
    }

    /// Scheme, host and port.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.shared.origin
    }

    /// Finds the names of what it serves here from now on.
    pub fn set_files(&self, files: Arc<VectorFiles>) {
        *locked(&self.shared.files) = files;
    }

    /// Hands this out from now on.
    pub fn serve(&self, serve: Serve) {
        *locked(&self.shared.serve) = serve;
        locked(&self.shared.answered).clear();
    }

    /// Waits until this path was asked for, or for so long; whether it was.
    #[must_use]
    pub fn wait_for(&self, path: &str, longest: Duration) -> bool {
        let not_yet = |log: &mut Vec<Request>| !log.iter().any(|request| request.path == path);
        let log = locked(&self.shared.log);
        let waited = self.shared.asked.wait_timeout_while(log, longest, not_yet);
        waited.is_ok_and(|(_, timeout)| !timeout.timed_out())
    }

    /// Waits for another request, this long.
    pub fn wait_for_more(&self, longest: Duration) {
        let log = locked(&self.shared.log);
        let so_far = log.len();
        let none = |log: &mut Vec<Request>| log.len() <= so_far;
        let _ = self.shared.asked.wait_timeout_while(log, longest, none);
    }

    /// Forgets what was asked, and whoever is still asking: a process that was killed has requests on the way.
    pub fn forget(&self) {
        self.shared.generation.fetch_add(1, Ordering::SeqCst);
        let _ = self.take_log();
    }

    /// What was asked since this was called last.
    #[must_use]
    pub fn take_log(&self) -> Vec<Request> {
        std::mem::take(&mut *locked(&self.shared.log))
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.shared.ended.store(true, Ordering::SeqCst);
        for stream in locked(&self.shared.streams).drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
        // The listener's thread looks at the end once more.
        let _ = TcpStream::connect(self.address);
    }
}
