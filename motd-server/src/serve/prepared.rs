//! A resource in every form in which it is sent, made once, with the heads of its answers.
//!
//! Kept beside `tower-http`: its file service reads a disk for each request. These bodies and heads exist once.

use std::borrow::Cow;

use bytes::Bytes;
use hyper::header::{
    CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG,
    HeaderName, HeaderValue, IF_NONE_MATCH, REFERRER_POLICY, VARY, X_CONTENT_TYPE_OPTIONS,
};
use hyper::{HeaderMap, Method, Response, StatusCode};
use sha2::{Digest as _, Sha256};

use super::body::{ResponseBody, prepared};
use super::coding::Coding;
use crate::serve::page::Page;

/// One resource.
#[derive(Clone, Debug)]
pub(crate) struct Prepared {
    identity: Variant,
    /// Compressed, where that is shorter.
    compressed: Vec<Variant>,
}

/// A body as it is sent.
#[derive(Clone, Debug)]
struct Variant {
    coding: Coding,
    body: Bytes,
    etag: HeaderValue,
    /// The head of a 200, and that of a 304.
    whole: HeaderMap,
    unchanged: HeaderMap,
}

impl Prepared {
    /// A file of the repository; JSON is compressed.
    pub(crate) fn file(bytes: Vec<u8>, is_json: bool, cache: &HeaderValue) -> Self {
        let content_type = if is_json {
            "application/json"
        } else {
            "application/octet-stream"
        };
        let fixed = vec![
            (CONTENT_TYPE, HeaderValue::from_static(content_type)),
            (CACHE_CONTROL, cache.clone()),
        ];
        Self::new(bytes, is_json, fixed)
    }

    /// A page for people; what is as it was in `before` is prepared already.
    pub(crate) fn page(page: Page, cache: &HeaderValue, before: Option<&Self>) -> Self {
        let mut fixed = vec![
            (CONTENT_TYPE, HeaderValue::from_static(page.content_type)),
            (CACHE_CONTROL, cache.clone()),
            // Who follows a link from a page of an internal index does not tell where from.
            (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        ];
        let policy = page.policy.map(|policy| {
            // A policy that is no header value must not be left out silently: nothing is allowed then.
            let policy = HeaderValue::from_str(&policy);
            policy.unwrap_or(HeaderValue::from_static("default-src 'none'"))
        });
        fixed.extend(
            policy
                .clone()
                .map(|policy| (CONTENT_SECURITY_POLICY, policy)),
        );
        let same = before.filter(|before| {
            let head = &before.identity.whole;
            before.is(&page.body)
                && fixed
                    .iter()
                    .all(|(name, value)| head.get(name) == Some(value))
                && head.get(CONTENT_SECURITY_POLICY) == policy.as_ref()
        });
        if let Some(same) = same {
            return same.clone();
        }
        Self::new(page.body, true, fixed)
    }

    fn new(bytes: Vec<u8>, compresses: bool, fixed: Vec<(HeaderName, HeaderValue)>) -> Self {
        let shorter: Vec<_> = [Coding::Gzip, Coding::Zstd]
            .into_iter()
            .filter(|_| compresses)
            .filter_map(|coding| Some((coding, coding.compress(&bytes)?)))
            .collect();
        let mut both: HeaderMap = [(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"))]
            .into_iter()
            .chain(fixed)
            .collect();
        if !shorter.is_empty() {
            // Whoever caches keeps them apart.
            both.insert(VARY, HeaderValue::from_static("Accept-Encoding"));
        }
        Self {
            compressed: shorter
                .into_iter()
                .map(|(coding, bytes)| Variant::new(coding, bytes, &both))
                .collect(),
            identity: Variant::new(Coding::Identity, bytes, &both),
        }
    }

    /// Whether it is just these bytes.
    pub(crate) fn is(&self, bytes: &[u8]) -> bool {
        self.identity.body == bytes
    }

    /// The answer to GET and HEAD.
    pub(crate) fn answer(&self, method: &Method, headers: &HeaderMap) -> Response<ResponseBody> {
        let Variant {
            body,
            etag,
            whole,
            unchanged,
            ..
        } = self.variant(headers);
        let (status, head, body) = if is_known(headers, etag) {
            (StatusCode::NOT_MODIFIED, unchanged, Bytes::new())
        } else if method == Method::HEAD {
            // MOTD-SRV-4: the same head, the length of the body that is not sent included.
            (StatusCode::OK, whole, Bytes::new())
        } else {
            (StatusCode::OK, whole, body.clone())
        };
        let mut response = Response::new(prepared(body));
        *response.status_mut() = status;
        *response.headers_mut() = head.clone();
        response
    }

    fn variant(&self, headers: &HeaderMap) -> &Variant {
        if self.compressed.is_empty() {
            return &self.identity;
        }
        let has = |coding: Coding| self.compressed.iter().any(|found| found.coding == coding);
        let coding = Coding::choose(headers, has);
        let mut compressed = self.compressed.iter();
        compressed
            .find(|variant| variant.coding == coding)
            .unwrap_or(&self.identity)
    }
}

impl Variant {
    fn new(coding: Coding, bytes: Vec<u8>, both: &HeaderMap) -> Self {
        // MOTD-SRV-7: strong, because it is the hash of the bytes as they are sent.
        let etag = value(&format!("\"{}\"", hex::encode(Sha256::digest(&bytes))));
        let mut unchanged = both.clone();
        unchanged.insert(ETAG, etag.clone());
        let mut whole = unchanged.clone();
        unchanged.remove(CONTENT_TYPE);
        // MOTD-SRV-7
        whole.insert(CONTENT_LENGTH, HeaderValue::from(bytes.len()));
        if coding != Coding::Identity {
            whole.insert(CONTENT_ENCODING, HeaderValue::from_static(coding.name()));
        }
        Self {
            coding,
            body: Bytes::from(bytes),
            etag,
            whole,
            unchanged,
        }
    }
}

/// RFC 9110, section 13.1.2: whether the client has it already.
fn is_known(headers: &HeaderMap, etag: &HeaderValue) -> bool {
    headers
        .get_all(IF_NONE_MATCH)
        .iter()
        .filter_map(|asked| asked.to_str().ok())
        .flat_map(|asked| asked.split(','))
        .any(|tag| {
            tag.trim() == "*" || Some(tag.trim().trim_start_matches("W/")) == etag.to_str().ok()
        })
}

/// A header value of ASCII that this crate writes.
pub(crate) fn value(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).unwrap_or(HeaderValue::from_static("no-store"))
}

/// The path with `%xx` decoded, once, for target names that a client has to escape.
pub(crate) fn percent_decoded(path: &str) -> Option<Cow<'_, str>> {
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
