//! The judge's web server: it hands out what a case says, in the way that a case says, and writes down what was asked.

mod connection;

use std::collections::BTreeMap;
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};

use crate::case::{Answer, Files, Serve};

/// One request as it arrived.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// The method.
    pub method: String,
    /// The path without its leading slash, with its query.
    pub path: String,
    /// Header fields, names in lower case, in the order in which they came.
    pub headers: Vec<(String, String)>,
    /// The status of the answer; 0 when its body is cut, stalls or has no end.
    pub status: u16,
    /// How many bytes of the body were sent.
    pub taken: u64,
}

/// A web server on 127.0.0.1, until it is dropped.
#[derive(Debug)]
pub struct World {
    address: SocketAddr,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    files: Mutex<Arc<Files>>,
    origin: String,
    elsewhere: String,
    serve: Mutex<Serve>,
    /// How often each path was answered by its entry in `answers`.
    answered: Mutex<BTreeMap<String, u32>>,
    log: Mutex<Vec<Request>>,
    /// Connections of an earlier generation are not written down any more.
    generation: AtomicU64,
    /// Notified with every request.
    asked: Condvar,
    streams: Mutex<Vec<TcpStream>>,
    ended: AtomicBool,
}

impl World {
    /// Starts one that hands out nothing yet. `elsewhere` is the origin of another server, for redirects.
    ///
    /// # Errors
    /// When this machine has no free port on 127.0.0.1.
    pub fn start(files: Arc<Files>, elsewhere: &str) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").context("no port on 127.0.0.1")?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
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
    pub fn set_files(&self, files: Arc<Files>) {
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

/// What is answered to one path.
enum Found {
    /// A file with status 200, or nothing with 404.
    Usual(Option<Vec<u8>>),
    /// What the case says, with its body.
    Said(Answer, Option<Vec<u8>>),
}

impl Shared {
    fn find(&self, path: &str) -> Found {
        let serve = locked(&self.serve);
        let without_query = path.split('?').next().unwrap_or_default();
        let files = Arc::clone(&locked(&self.files));
        let bytes = |name: &String| files.bytes(name).map(<[u8]>::to_vec);
        let file = serve.files.get(without_query).and_then(bytes);
        let said = serve.answers.get_key_value(without_query).or_else(|| {
            // The star stands for what is not named, files included.
            serve.answers.get_key_value("*")
        });
        let Some((name, answer)) = said else {
            return Found::Usual(file);
        };
        let mut answered = locked(&self.answered);
        let count = answered.entry(name.clone()).or_default();
        *count += 1;
        if answer.times.is_some_and(|times| *count > times) {
            return Found::Usual(file);
        }
        let body = answer.file.as_ref().and_then(bytes).or(file);
        let mut answer = answer.clone();
        for (_, value) in &mut answer.headers {
            *value = value
                .replace("{origin}", &self.origin)
                .replace("{elsewhere}", &self.elsewhere);
        }
        Found::Said(answer, body)
    }

    /// Writes a request down; what comes back finds it again.
    fn note(&self, request: Request, generation: u64) -> usize {
        let mut log = locked(&self.log);
        if generation != self.generation.load(Ordering::SeqCst) {
            return usize::MAX;
        }
        log.push(request);
        self.asked.notify_all();
        log.len() - 1
    }

    /// Remembers what the request of this number is answered with.
    fn answers(&self, index: usize, status: u16) {
        if let Some(request) = locked(&self.log).get_mut(index) {
            request.status = status;
        }
    }

    fn took(&self, index: usize, bytes: usize) {
        if let Some(request) = locked(&self.log).get_mut(index) {
            request.taken += bytes as u64;
        }
    }
}

/// A panic of another thread is not a reason to know nothing any more.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
