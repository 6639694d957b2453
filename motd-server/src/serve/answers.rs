//! What is answered to a request for a file or a page: everything is prepared when it is loaded.

use std::collections::HashMap;

use bytes::Bytes;
use hyper::header::{ALLOW, CACHE_CONTROL, CONTENT_LENGTH, HeaderValue};
use hyper::{HeaderMap, Method, Response, StatusCode};

use super::body::{ResponseBody, prepared};
use super::prepared::{Prepared, percent_decoded, value};
use crate::serve::page::Page;
use crate::store::files::{BUNDLE, Files, METADATA, TARGETS, TIMESTAMP, is_immutable, role_file};

/// The longest time for which `timestamp.json` may be cached.
const TIMESTAMP_SECONDS: u32 = 60;

/// The answers to the path of every file of a repository, made once.
#[derive(Debug)]
pub(crate) struct Answers {
    files: HashMap<String, Prepared>,
    short: HeaderValue,
}

impl Answers {
    /// Prepares the files; what is as it was in `before` is prepared already.
    pub(crate) fn new(files: Files, timestamp_seconds: u32, before: Option<&Self>) -> Self {
        // MOTD-SRV-2: seconds, whatever the settings say.
        let seconds = timestamp_seconds.min(TIMESTAMP_SECONDS);
        let short = value(&format!("public, max-age={seconds}"));
        let prepared = files.0.into_iter().filter(|(path, _)| is_in_trees(path));
        let prepared = prepared.map(|(path, bytes)| {
            let name = format!("/{path}");
            let same = before
                .and_then(|before| before.files.get(&name))
                .filter(|before| before.is(&bytes));
            if let Some(same) = same {
                return (name, same.clone());
            }
            let immutable = HeaderValue::from_static("public, max-age=31536000, immutable");
            let cache = if is_immutable(&path, &bytes) {
                // MOTD-SRV-1: the name says which bytes it has.
                &immutable
            } else {
                &short
            };
            (name, Prepared::file(bytes, is_json(&path), cache))
        });
        Self {
            files: prepared.collect(),
            short,
        }
    }

    /// The answer to GET and HEAD. MOTD-SRV-5: a path is a name in a map. There is nothing to walk, so nothing outside the
    /// trees can be reached and there is no folder to list. MOTD-SRV-8: what is not there is not there; nothing is sent
    /// elsewhere.
    pub(crate) fn answer(
        &self,
        method: &Method,
        path: &str,
        headers: &HeaderMap,
    ) -> Response<ResponseBody> {
        if !is_read(method) {
            return only_read();
        }
        let file = percent_decoded(path).and_then(|path| self.files.get(path.as_ref()));
        match file {
            Some(file) => file.answer(method, headers),
            None => empty(StatusCode::NOT_FOUND, self.absence(path)),
        }
    }

    /// How long it may be remembered that there is no such file.
    fn absence(&self, path: &str) -> HeaderValue {
        match path.strip_prefix('/').and_then(role_file) {
            // Every check asks for the next root, and mostly there is none.
            Some("root.json") => self.short.clone(),
            // MOTD-SRV-3: a cache that remembers the absence of what is published a moment later breaks every client
            // that has the new timestamp already.
            _ => NO_STORE,
        }
    }
}

/// The answers to pages for people. They are no files of the repository, and their paths are none of its paths.
#[derive(Debug, Default)]
pub(crate) struct Pages(HashMap<&'static str, Prepared>);

impl Pages {
    pub(crate) fn new(pages: Vec<Page>, before: &Self) -> Self {
        let cache = value(&format!("public, max-age={TIMESTAMP_SECONDS}"));
        let prepared = pages.into_iter().map(|page| {
            let before = before.0.get(page.path);
            (page.path, Prepared::page(page, &cache, before))
        });
        Self(prepared.collect())
    }

    pub(crate) fn answer(
        &self,
        method: &Method,
        path: &str,
        headers: &HeaderMap,
    ) -> Response<ResponseBody> {
        if !is_read(method) {
            return only_read();
        }
        match self.0.get(path) {
            Some(page) => page.answer(method, headers),
            None => empty(StatusCode::NOT_FOUND, NO_STORE),
        }
    }
}

/// A 404 for what nobody has.
pub(crate) fn absent(method: &Method) -> Response<ResponseBody> {
    if !is_read(method) {
        return only_read();
    }
    empty(StatusCode::NOT_FOUND, NO_STORE)
}

/// An answer without a body.
pub(crate) fn empty(status: StatusCode, cache: HeaderValue) -> Response<ResponseBody> {
    let mut response = Response::new(prepared(Bytes::new()));
    *response.status_mut() = status;
    let head = response.headers_mut();
    head.insert(CACHE_CONTROL, cache);
    head.insert(CONTENT_LENGTH, HeaderValue::from(0));
    response
}

pub(crate) const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");

pub(crate) fn is_read(method: &Method) -> bool {
    method == Method::GET || method == Method::HEAD
}

pub(crate) fn only_read() -> Response<ResponseBody> {
    let mut response = empty(StatusCode::METHOD_NOT_ALLOWED, NO_STORE);
    response
        .headers_mut()
        .insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
    response
}

/// MOTD-SRV-5: metadata by the names that a publication gives it, and targets, of which nothing is hidden.
fn is_in_trees(path: &str) -> bool {
    if path.starts_with(METADATA) {
        return role_file(path).is_some() || [TIMESTAMP, BUNDLE].contains(&path);
    }
    path.strip_prefix(TARGETS).is_some_and(|inner| {
        inner
            .split('/')
            .all(|segment| !segment.is_empty() && !segment.starts_with('.'))
    })
}

fn is_json(path: &str) -> bool {
    path.rsplit_once('.')
        .is_some_and(|(_, extension)| extension == "json")
}
