//! What operators and their machines ask of a server, on an address of its own: health, freshness, metrics.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use arc_swap::ArcSwap;
use bytes::Bytes;
use hyper::header::{CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, HeaderValue};
use hyper::{Method, Response, StatusCode};
use motd_core::Time;

use super::answers::{NO_STORE, is_read, only_read};
use super::body::{ResponseBody, prepared};
use super::freshness::{Freshness, FreshnessState};
use super::metrics::Metrics;

/// Where the reference time comes from. This crate reads no clock.
pub type ServerClock = Arc<dyn Fn() -> Time + Send + Sync>;

/// What is told about a server. Whoever looks at the store keeps it up to date.
#[derive(Debug)]
pub struct Health {
    freshness: ArcSwap<Freshness>,
    draining: AtomicBool,
    metrics: Arc<Metrics>,
}

impl Health {
    /// Of a server that counts with these metrics.
    #[must_use]
    pub fn new(freshness: Freshness, metrics: Arc<Metrics>) -> Self {
        metrics.roles(&freshness);
        Self {
            freshness: ArcSwap::from_pointee(freshness),
            draining: AtomicBool::new(false),
            metrics,
        }
    }

    /// What is served now.
    pub fn set(&self, freshness: Freshness) {
        self.metrics.roles(&freshness);
        self.freshness.store(Arc::new(freshness));
    }

    /// Requests are no longer welcome: who balances a load sends them elsewhere.
    pub fn drain(&self) {
        self.draining.store(true, Ordering::Relaxed);
    }

    /// Why requests are not welcome, if they are not.
    fn unready(&self, now: Time) -> Option<&'static str> {
        if self.draining.load(Ordering::Relaxed) {
            return Some("draining");
        }
        // Clients refuse what has expired; another server may have better.
        (self.freshness.load().state(now) == FreshnessState::Expired).then_some("expired")
    }
}

/// The answers to operators.
#[derive(Clone)]
pub struct Operations {
    health: Arc<Health>,
    clock: ServerClock,
}

impl fmt::Debug for Operations {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Operations").finish_non_exhaustive()
    }
}

impl Operations {
    pub(crate) fn new(health: Arc<Health>, clock: ServerClock) -> Self {
        Self { health, clock }
    }

    /// The answer, if it is one of these paths.
    pub(crate) fn answer(&self, method: &Method, path: &str) -> Option<Response<ResponseBody>> {
        let (status, content_type, text) = match path {
            "/livez" => (StatusCode::OK, TEXT, "ok\n".to_owned()),
            "/readyz" => match self.health.unready((self.clock)()) {
                None => (StatusCode::OK, TEXT, "ready\n".to_owned()),
                Some(why) => (StatusCode::SERVICE_UNAVAILABLE, TEXT, format!("{why}\n")),
            },
            "/freshness" => {
                let (now, freshness) = ((self.clock)(), self.health.freshness.load());
                let status = match freshness.state(now) {
                    FreshnessState::Ok => StatusCode::OK,
                    FreshnessState::Late | FreshnessState::Expired => {
                        StatusCode::SERVICE_UNAVAILABLE
                    }
                };
                (status, JSON, format!("{}\n", freshness.json(now)))
            }
            "/metrics" => {
                let metrics = &self.health.metrics;
                metrics.ready(self.health.unready((self.clock)()).is_none());
                (StatusCode::OK, OPEN_METRICS, metrics.text())
            }
            _ => return None,
        };
        if !is_read(method) {
            return Some(only_read());
        }
        let length = text.len();
        let body = if method == Method::HEAD {
            prepared(Bytes::new())
        } else {
            prepared(Bytes::from(text))
        };
        let mut response = Response::new(body);
        *response.status_mut() = status;
        let head = response.headers_mut();
        head.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        head.insert(CONTENT_LENGTH, HeaderValue::from(length));
        head.insert(CACHE_CONTROL, NO_STORE);
        Some(response)
    }
}

const TEXT: &str = "text/plain; charset=utf-8";
const JSON: &str = "application/json";
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
