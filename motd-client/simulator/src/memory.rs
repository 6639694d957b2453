//! A network in memory: files, what goes wrong with some of them, and a log of the requests.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

use motd_client::transport::{Exchange, FileResponse, Received, Transport};
use motd_core::Code;
use motd_server::store::files::BUNDLE;
use serde_json::Value;
use url::Url;

use crate::repo::RepositorySimulator;

/// The network; each path is answered with the file that the repository has there, and the bundle has all of them unless
/// another one is served.
#[derive(Default)]
pub struct MemoryNetwork(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    files: BTreeMap<String, Vec<u8>>,
    /// Answers for paths, each for so many requests.
    wrong: Vec<(String, u32, Result<FileResponse, Code>)>,
    /// Files that take the place of all others after so many requests.
    later: Option<(u32, BTreeMap<String, Vec<u8>>)>,
    log: Vec<String>,
    retry_after: Option<Duration>,
}

impl MemoryNetwork {
    /// Serves what a repository has now.
    pub fn serve(&self, repo: &RepositorySimulator) {
        self.0.lock().unwrap().files = files(repo);
    }

    /// Serves other files from the `after`th request on.
    pub fn serve_later(&self, after: u32, repo: &RepositorySimulator) {
        self.0.lock().unwrap().later = Some((after, files(repo)));
    }

    /// Serves other bytes for a path.
    pub fn replace_file(&self, path: &str, bytes: impl Into<Vec<u8>>) {
        self.0
            .lock()
            .unwrap()
            .files
            .insert(path.to_owned(), bytes.into());
    }

    /// Answers the next `times` requests for paths that end so.
    pub fn answer(&self, path_end: &str, times: u32, answer: Result<FileResponse, Code>) {
        self.0
            .lock()
            .unwrap()
            .wrong
            .push((path_end.to_owned(), times, answer));
    }

    /// Answers every request for paths that end so.
    pub fn fail(&self, path_end: &str, code: Code) {
        self.answer(path_end, u32::MAX, Err(code));
    }

    /// Every failed answer asks for this wait.
    pub fn retry_after(&self, wait: Duration) {
        self.0.lock().unwrap().retry_after = Some(wait);
    }

    /// All answers are honest again.
    pub fn heal(&self) {
        let mut inner = self.0.lock().unwrap();
        inner.wrong.clear();
        inner.retry_after = None;
    }

    /// Whether all that is answered now are files that a bundle can have.
    pub fn fits_a_bundle(&self) -> bool {
        let inner = self.0.lock().unwrap();
        let mut files = inner.files.values();
        inner.wrong.is_empty()
            && inner.later.is_none()
            && files.all(|bytes| str::from_utf8(bytes).is_ok())
            && bundle(&inner.files).len() <= 1_048_576
    }

    /// The requests since the last call.
    pub fn requests(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap().log)
    }

    /// Answers a request as it is answered to a client with no bound of its own.
    pub fn request(&self, path: &str) -> Result<FileResponse, Code> {
        self.respond(path, u64::MAX)
    }

    fn respond(&self, path: &str, limit: u64) -> Result<FileResponse, Code> {
        let mut inner = self.0.lock().unwrap();
        let inner = &mut *inner;
        inner.log.push(path.to_owned());
        if let Some((after, _)) = &mut inner.later {
            *after -= 1;
        }
        if let Some((_, files)) = inner.later.take_if(|(after, _)| *after == 0) {
            inner.files = files;
        }
        for (end, times, answer) in &mut inner.wrong {
            if *times > 0 && path.ends_with(end.as_str()) {
                *times -= 1;
                return answer.clone();
            }
        }
        let bundle = (path == BUNDLE).then(|| bundle(&inner.files));
        match inner.files.get(path).or(bundle.as_ref()) {
            None => Ok(FileResponse::NotFound),
            Some(bytes) if u64::try_from(bytes.len()).unwrap() > limit => Err(Code::TooLong),
            Some(bytes) => Ok(FileResponse::Body(bytes.clone())),
        }
    }
}

/// The files of a repository, without a bundle that its last publication had.
fn files(repo: &RepositorySimulator) -> BTreeMap<String, Vec<u8>> {
    let mut files = repo.files.clone();
    files.remove(BUNDLE);
    files
}

/// These files as texts, by their names in requests.
fn bundle(files: &BTreeMap<String, Vec<u8>>) -> Vec<u8> {
    let members = files.iter().filter_map(|(path, bytes)| {
        let name = path
            .strip_prefix("metadata/")
            .or(path.strip_prefix("targets/"))?;
        let text = str::from_utf8(bytes).ok()?;
        let is_root = name.split_once('.')?.1 == "root.json";
        (!is_root).then(|| (name.to_owned(), text.into()))
    });
    Value::Object(members.collect()).to_string().into_bytes()
}

impl Transport for MemoryNetwork {
    fn get<'a>(&'a self, url: &'a Url, limit: u64) -> Exchange<'a> {
        Box::pin(async move {
            let answer = self.respond(url.path().trim_start_matches('/'), limit);
            let bytes = match &answer {
                Ok(FileResponse::Body(bytes)) => u64::try_from(bytes.len()).unwrap(),
                _ => 0,
            };
            let retry_after = self
                .0
                .lock()
                .unwrap()
                .retry_after
                .filter(|_| answer.is_err());
            Received {
                answer,
                requests: 1,
                bytes,
                retry_after,
            }
        })
    }
}
