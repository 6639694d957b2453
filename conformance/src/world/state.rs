//! What the threads of the web server share: what is handed out, and what was asked.

use std::collections::BTreeMap;
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

use crate::case::{Answer, Serve, VectorFiles};

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

#[derive(Debug)]
pub(super) struct WorldState {
    pub(super) files: Mutex<Arc<VectorFiles>>,
    pub(super) origin: String,
    pub(super) elsewhere: String,
    pub(super) serve: Mutex<Serve>,
    /// How often each path was answered by its entry in `answers`.
    pub(super) answered: Mutex<BTreeMap<String, u32>>,
    pub(super) log: Mutex<Vec<Request>>,
    /// Connections of an earlier generation are not written down any more.
    pub(super) generation: AtomicU64,
    /// Notified with every request.
    pub(super) asked: Condvar,
    pub(super) streams: Mutex<Vec<TcpStream>>,
    pub(super) ended: AtomicBool,
}

/// What is answered to one path.
pub(super) enum ServedAnswer {
    /// A file with status 200, or nothing with 404.
    File(Option<Vec<u8>>),
    /// What the case says, with its body.
    Answer(Answer, Option<Vec<u8>>),
}

impl WorldState {
    pub(super) fn find(&self, path: &str) -> ServedAnswer {
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
            return ServedAnswer::File(file);
        };
        let mut answered = locked(&self.answered);
        let count = answered.entry(name.clone()).or_default();
        *count += 1;
        if answer.times.is_some_and(|times| *count > times) {
            return ServedAnswer::File(file);
        }
        let body = answer.file.as_ref().and_then(bytes).or(file);
        let mut answer = answer.clone();
        for (_, value) in &mut answer.headers {
            *value = value
                .replace("{origin}", &self.origin)
                .replace("{elsewhere}", &self.elsewhere);
        }
        ServedAnswer::Answer(answer, body)
    }

    /// Writes a request down; what comes back finds it again.
    pub(super) fn note(&self, request: Request, generation: u64) -> usize {
        let mut log = locked(&self.log);
        if generation != self.generation.load(Ordering::SeqCst) {
            return usize::MAX;
        }
        log.push(request);
        self.asked.notify_all();
        log.len() - 1
    }

    /// Remembers what the request of this number is answered with.
    pub(super) fn answers(&self, index: usize, status: u16) {
        if let Some(request) = locked(&self.log).get_mut(index) {
            request.status = status;
        }
    }

    pub(super) fn took(&self, index: usize, bytes: usize) {
        if let Some(request) = locked(&self.log).get_mut(index) {
            request.taken += bytes as u64;
        }
    }
}

/// A panic of another thread is not a reason to know nothing any more.
pub(super) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
