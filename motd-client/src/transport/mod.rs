//! The seam to the network: bytes for a URL, within a limit, or a code from the closed registry.

mod decoding;
mod http;
mod retry_after;

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use motd_core::Code;
use url::Url;

pub use self::http::{HttpOptions, HttpTransport, ProxyChoice};

/// The future that [`Transport::get`] returns; boxed so that a transport can be a trait object.
pub type Exchange<'a> = Pin<Box<dyn Future<Output = Received> + Send + 'a>>;

/// A way to GET a file.
///
/// # Contract
///
/// - One call is one GET without body, cookies, validators or query string (MOTD-PRIV-1).
/// - It never holds more than `limit` bytes of a body after decompression, whatever the other side sends (MOTD-GATE-14).
/// - Redirects stay within the origin of `url` (MOTD-NET-1).
/// - What it returns holds no text from the wire beside the body itself (MOTD-GATE-12).
/// - It can be dropped at any await point: the whole deadline is the caller's (MOTD-NET-2).
pub trait Transport: Send + Sync {
    /// GETs `url`; at most `limit` bytes of body.
    fn get<'a>(&'a self, url: &'a Url, limit: u64) -> Exchange<'a>;
}

/// What one [`Transport::get`] brought, and what it cost.
#[derive(Debug)]
pub struct Received {
    /// The body, an absence, or why neither could be had.
    pub answer: Result<FileResponse, Code>,
    /// Requests sent, redirects followed included.
    pub requests: u32,
    /// Bytes of bodies received, as they came over the wire.
    pub bytes: u64,
    /// How long the server asked to be left alone.
    pub retry_after: Option<Duration>,
}

impl Received {
    /// An answer for which nothing had to be sent, as transports in memory give it.
    #[must_use]
    pub fn without_network(answer: Result<FileResponse, Code>) -> Self {
        Self {
            answer,
            requests: 0,
            bytes: 0,
            retry_after: None,
        }
    }
}

/// What a server said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileResponse {
    /// Status 200 and this whole body.
    Body(Vec<u8>),
    /// Status 404.
    NotFound,
    /// Status 403: what object stores say for a file that is not there.
    Forbidden,
}
