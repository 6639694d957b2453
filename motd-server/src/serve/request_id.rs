//! The name of one request, in logs and in its answer.
//!
//! Kept beside `tower-http`: its request id takes any value of a client into the log.

use std::hash::{BuildHasher as _, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};

use hyper::HeaderMap;
use hyper::header::{HeaderName, HeaderValue};

/// The field that brings it and takes it back.
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The longest that a client may choose.
const MAX_BYTES: usize = 64;

/// The name of one request: the client's, if it is a plain word, else one that is made here.
///
/// An extension of every request under `/api/`, and a field of its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestId(String);

impl RequestId {
    /// It, in `[A-Za-z0-9_-]{1,64}`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn header(&self) -> Option<HeaderValue> {
        HeaderValue::from_str(&self.0).ok()
    }
}

/// Where names that nobody chose come from. They need not be secret, only different.
#[derive(Debug, Default)]
pub(crate) struct RequestIds {
    state: RandomState,
    next: AtomicU64,
}

impl RequestIds {
    pub(crate) fn of(&self, headers: &HeaderMap) -> RequestId {
        let plain = |id: &&str| {
            (1..=MAX_BYTES).contains(&id.len())
                && id
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
        };
        let chosen = headers.get(REQUEST_ID).and_then(|id| id.to_str().ok());
        let id = chosen.filter(plain).map(str::to_owned);
        RequestId(id.unwrap_or_else(|| {
            let next = self.next.fetch_add(1, Ordering::Relaxed);
            format!("{:016x}", self.state.hash_one(next))
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_word_is_kept_and_nothing_else() {
        let ids = RequestIds::default();
        let of = |id: &[u8]| {
            let mut headers = HeaderMap::new();
            headers.insert(REQUEST_ID, HeaderValue::from_bytes(id).unwrap());
            ids.of(&headers).as_str().to_owned()
        };
        let longest = "a".repeat(64);
        for id in ["a", "Run_1-b", &longest] {
            assert_eq!(of(id.as_bytes()), id);
        }
        let too_long = "a".repeat(65);
        for id in ["", "a b", "a\"b", "a.b", "\u{e9}", &too_long] {
            let made = of(id.as_bytes());
            assert_eq!(made.len(), 16, "{id}");
            assert!(made.bytes().all(|byte| byte.is_ascii_hexdigit()));
        }
        assert_ne!(ids.of(&HeaderMap::new()), ids.of(&HeaderMap::new()));
    }
}
