//! What is answered to a request: everything is prepared when the files are loaded.

use std::borrow::Cow;
use std::collections::HashMap;

use axum::body::{Body, Bytes};
use axum::http::header::{ALLOW, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::response::Response;
use sha2::{Digest as _, Sha256, Sha512};

use crate::files::{Files, METADATA, TARGETS};

/// The longest time for which `timestamp.json` may be cached.
const TIMESTAMP_SECONDS: u32 = 60;

/// The answers to every path, made once.
#[derive(Debug)]
pub(crate) struct Answers {
    files: HashMap<String, Prepared>,
    short: HeaderValue,
}

#[derive(Debug)]
struct Prepared {
    body: Bytes,
    etag: HeaderValue,
    content_type: HeaderValue,
    cache: HeaderValue,
}

impl Answers {
    pub(crate) fn new(files: Files, timestamp_seconds: u32) -> Self {
        // MOTD-SRV-2: seconds, whatever the settings say.
        let seconds = timestamp_seconds.min(TIMESTAMP_SECONDS);
        let short = value(&format!("public, max-age={seconds}"));
        let prepared = files.0.into_iter().filter(|(path, _)| is_in_trees(path));
        let prepared = prepared.map(|(path, bytes)| {
            let prepared = Prepared {
                // MOTD-SRV-7: strong, because it is the hash of the bytes.
                etag: value(&format!("\"{}\"", hex::encode(Sha256::digest(&bytes)))),
                content_type: HeaderValue::from_static(content_type(&path)),
                cache: if is_immutable(&path, &bytes) {
                    // MOTD-SRV-1: the name says which bytes it has.
                    HeaderValue::from_static("public, max-age=31536000, immutable")
                } else {
                    short.clone()
                },
                body: Bytes::from(bytes),
            };
            (format!("/{path}"), prepared)
        });
        Self {
            files: prepared.collect(),
            short,
        }
    }

    pub(crate) fn answer(&self, method: &Method, path: &str, headers: &HeaderMap) -> Response {
        if method != Method::GET && method != Method::HEAD {
            let mut response = empty(
                StatusCode::METHOD_NOT_ALLOWED,
                HeaderValue::from_static("no-store"),
            );
            response
                .headers_mut()
                .insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
            return response;
        }
        // MOTD-SRV-5: a path is a name in a map. There is nothing to walk, so nothing outside the trees can be reached
        // and there is no folder to list. MOTD-SRV-8: what is not there is not there; nothing is sent elsewhere.
        let Some(file) = percent_decoded(path).and_then(|path| self.files.get(path.as_ref()))
        else {
            return empty(StatusCode::NOT_FOUND, self.absence(path));
        };
        let unchanged = headers
            .get_all(IF_NONE_MATCH)
            .iter()
            .filter_map(|asked| asked.to_str().ok())
            .flat_map(|asked| asked.split(','))
            .any(|tag| {
                tag.trim() == "*"
                    || Some(tag.trim().trim_start_matches("W/")) == file.etag.to_str().ok()
            });
        let (status, body, length) = if unchanged {
            (StatusCode::NOT_MODIFIED, Body::empty(), None)
        } else if method == Method::HEAD {
            // MOTD-SRV-4: the same head, the length of the body that is not sent included.
            (StatusCode::OK, Body::empty(), Some(file.body.len()))
        } else {
            (
                StatusCode::OK,
                Body::from(file.body.clone()),
                Some(file.body.len()),
            )
        };
        let mut response = Response::new(body);
        *response.status_mut() = status;
        let head = response.headers_mut();
        // MOTD-SRV-7
        if let Some(length) = length {
            head.insert(CONTENT_LENGTH, HeaderValue::from(length));
            head.insert(CONTENT_TYPE, file.content_type.clone());
        }
        head.insert(ETAG, file.etag.clone());
        head.insert(CACHE_CONTROL, file.cache.clone());
        head.insert(NO_SNIFF.0, NO_SNIFF.1);
        response
    }

    /// How long it may be remembered that there is no such file.
    fn absence(&self, path: &str) -> HeaderValue {
        let name = path
            .strip_prefix('/')
            .and_then(|path| path.strip_prefix(METADATA));
        let role = name
            .and_then(|name| name.split_once('.'))
            .filter(|(version, _)| is_version(version));
        match role {
            // Every check asks for the next root, and mostly there is none.
            Some((_, "root.json")) => self.short.clone(),
            // MOTD-SRV-3: a cache that remembers the absence of what is published a moment later breaks every client
            // that has the new timestamp already.
            _ => HeaderValue::from_static("no-store"),
        }
    }
}

const NO_SNIFF: (HeaderName, HeaderValue) = (
    HeaderName::from_static("x-content-type-options"),
    HeaderValue::from_static("nosniff"),
);

fn empty(status: StatusCode, cache: HeaderValue) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response.headers_mut().insert(CACHE_CONTROL, cache);
    response
        .headers_mut()
        .insert(CONTENT_LENGTH, HeaderValue::from(0));
    response
}

/// A header value of ASCII that this file writes.
fn value(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).unwrap_or(HeaderValue::from_static("no-store"))
}

/// MOTD-SRV-5: metadata and targets, and of them nothing that is hidden.
fn is_in_trees(path: &str) -> bool {
    let inner = path
        .strip_prefix(METADATA)
        .or_else(|| path.strip_prefix(TARGETS));
    inner.is_some_and(|inner| {
        inner
            .split('/')
            .all(|segment| !segment.is_empty() && !segment.starts_with('.'))
    })
}

fn is_version(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether the name carries the version, or the hash of just these bytes.
fn is_immutable(path: &str, bytes: &[u8]) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    let Some((prefix, _)) = name.split_once('.') else {
        return false;
    };
    if path.starts_with(METADATA) {
        is_version(prefix)
    } else {
        prefix == hex::encode(Sha256::digest(bytes)) || prefix == hex::encode(Sha512::digest(bytes))
    }
}

fn content_type(path: &str) -> &'static str {
    let json = path
        .rsplit_once('.')
        .is_some_and(|(_, extension)| extension == "json");
    if json {
        "application/json"
    } else {
        "application/octet-stream"
    }
}

/// The path with `%xx` decoded, once, for target names that a client has to escape.
fn percent_decoded(path: &str) -> Option<Cow<'_, str>> {
    if !path.contains('%') {
        return Some(Cow::Borrowed(path));
    }
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let pair = [rest.next()?, rest.next()?];
            bytes.extend(hex::decode(pair).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok().map(Cow::Owned)
}
