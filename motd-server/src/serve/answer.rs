//! What is answered to a request: everything is prepared when the files are loaded.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io::Write as _;

use axum::body::{Body, Bytes};
use axum::http::header::{
    ACCEPT_ENCODING, ALLOW, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, ETAG,
    IF_NONE_MATCH, VARY,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::response::Response;
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest as _, Sha256};

use crate::files::{BUNDLE, Files, METADATA, TARGETS, TIMESTAMP, is_immutable, role_file};

/// The longest time for which `timestamp.json` may be cached.
const TIMESTAMP_SECONDS: u32 = 60;

/// The answers to every path, made once.
#[derive(Debug)]
pub(crate) struct Answers {
    files: HashMap<String, Prepared>,
    short: HeaderValue,
}

#[derive(Clone, Debug)]
struct Prepared {
    identity: Variant,
    /// Compressed, where that is shorter.
    gzip: Option<Variant>,
    content_type: HeaderValue,
    cache: HeaderValue,
}

/// A body as it is sent.
#[derive(Clone, Debug)]
struct Variant {
    body: Bytes,
    etag: HeaderValue,
}

impl Variant {
    fn new(bytes: Vec<u8>) -> Self {
        Self {
            // MOTD-SRV-7: strong, because it is the hash of the bytes as they are sent.
            etag: value(&format!("\"{}\"", hex::encode(Sha256::digest(&bytes)))),
            body: Bytes::from(bytes),
        }
    }
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
                .filter(|before| before.identity.body == bytes);
            if let Some(same) = same {
                return (name, same.clone());
            }
            let content_type = content_type(&path);
            let prepared = Prepared {
                content_type: HeaderValue::from_static(content_type),
                cache: if is_immutable(&path, &bytes) {
                    // MOTD-SRV-1: the name says which bytes it has.
                    HeaderValue::from_static("public, max-age=31536000, immutable")
                } else {
                    short.clone()
                },
                gzip: (content_type == JSON).then(|| gzip(&bytes)).flatten(),
                identity: Variant::new(bytes),
            };
            (name, prepared)
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
        let gzip = file.gzip.as_ref().filter(|_| takes_gzip(headers));
        let Variant { body, etag } = gzip.unwrap_or(&file.identity);
        let unchanged = headers
            .get_all(IF_NONE_MATCH)
            .iter()
            .filter_map(|asked| asked.to_str().ok())
            .flat_map(|asked| asked.split(','))
            .any(|tag| {
                tag.trim() == "*" || Some(tag.trim().trim_start_matches("W/")) == etag.to_str().ok()
            });
        let (status, body, length) = if unchanged {
            (StatusCode::NOT_MODIFIED, Body::empty(), None)
        } else if method == Method::HEAD {
            // MOTD-SRV-4: the same head, the length of the body that is not sent included.
            (StatusCode::OK, Body::empty(), Some(body.len()))
        } else {
            (StatusCode::OK, Body::from(body.clone()), Some(body.len()))
        };
        let mut response = Response::new(body);
        *response.status_mut() = status;
        let head = response.headers_mut();
        // MOTD-SRV-7
        if let Some(length) = length {
            head.insert(CONTENT_LENGTH, HeaderValue::from(length));
            head.insert(CONTENT_TYPE, file.content_type.clone());
            if gzip.is_some() {
                head.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            }
        }
        if file.gzip.is_some() {
            // Whoever caches keeps the two apart.
            head.insert(VARY, HeaderValue::from_static("Accept-Encoding"));
        }
        head.insert(ETAG, etag.clone());
        head.insert(CACHE_CONTROL, file.cache.clone());
        head.insert(NO_SNIFF.0, NO_SNIFF.1);
        response
    }

    /// How long it may be remembered that there is no such file.
    fn absence(&self, path: &str) -> HeaderValue {
        match path.strip_prefix('/').and_then(role_file) {
            // Every check asks for the next root, and mostly there is none.
            Some("root.json") => self.short.clone(),
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

const JSON: &str = "application/json";

/// The bytes compressed, when that saves at least a tenth.
fn gzip(bytes: &[u8]) -> Option<Variant> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).ok()?;
    let compressed = encoder.finish().ok()?;
    (compressed.len() < bytes.len() / 10 * 9).then(|| Variant::new(compressed))
}

/// RFC 9110, section 12.5.3: whether gzip is named, and not with the weight 0.
fn takes_gzip(headers: &HeaderMap) -> bool {
    headers
        .get_all(ACCEPT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|coding| {
            let mut parts = coding.split(';').map(str::trim);
            parts
                .next()
                .is_some_and(|name| name.eq_ignore_ascii_case("gzip"))
                && !parts.any(|part| {
                    let weight = part.strip_prefix("q=").or_else(|| part.strip_prefix("Q="));
                    weight.is_some_and(|weight| weight.bytes().all(|byte| b"0.".contains(&byte)))
                })
        })
}

fn content_type(path: &str) -> &'static str {
    let json = path
        .rsplit_once('.')
        .is_some_and(|(_, extension)| extension == "json");
    if json {
        JSON
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
