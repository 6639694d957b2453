//! [`Transport`] over HTTP/1.1, on reqwest.

use motd_core::{Code, Time};
use reqwest::StatusCode;
use reqwest::header::{
    ACCEPT_ENCODING, CONTENT_ENCODING, HeaderMap, HeaderValue, LOCATION, RETRY_AFTER,
};
use url::Url;

use super::decoding::DecodedBody;
use super::{Exchange, FileResponse, Received, Transport, retry_after};
use crate::{Error, Installer};

/// Redirects followed for one file. Chapter 6, "Limits".
const REDIRECTS: u32 = 5;

/// Which proxy stands between the installer and the repository.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProxyChoice {
    /// The one that the system's settings and environment name; never for a repository on the loopback interface.
    #[default]
    System,
    /// None, whatever the environment says.
    Direct,
    /// This one, for every request.
    Url(Url),
}

/// What the installer passes on of its own network settings.
#[derive(Clone, Debug)]
pub struct HttpOptions {
    /// Who asks: the User-Agent is made of it.
    pub installer: Installer,
    /// The proxy.
    pub proxy: ProxyChoice,
    /// Certificates to trust beside the system's, each as PEM.
    pub certificates: Vec<Vec<u8>>,
}

impl HttpOptions {
    /// The system's proxy and certificates.
    #[must_use]
    pub fn new(installer: Installer) -> Self {
        Self {
            installer,
            proxy: ProxyChoice::default(),
            certificates: Vec::new(),
        }
    }
}

/// GET over HTTP and HTTPS.
#[derive(Clone, Debug)]
pub struct HttpTransport {
    client: reqwest::Client,
    now: Time,
}

impl HttpTransport {
    /// A transport for one run against the repository whose files are below `bases`.
    ///
    /// `now` is the run's reference time; a `Retry-After` that names a date is measured from it.
    ///
    /// # Errors
    ///
    /// [`Error::Certificate`] and [`Error::Proxy`] for options that reqwest cannot read, [`Error::Tls`] when TLS
    /// cannot be set up.
    pub fn new(options: &HttpOptions, bases: &[Url], now: Time) -> Result<Self, Error> {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
        let mut builder = reqwest::Client::builder()
            // MOTD-PRIV-1: the same for every user of this installer; no cookie store and no cache are linked.
            .user_agent(options.installer.user_agent())
            .default_headers(headers)
            .referer(false)
            // MOTD-NET-1: redirects are followed below, where their origin is compared.
            .redirect(reqwest::redirect::Policy::none())
            // A request that is repeated behind our back is neither counted nor bounded.
            .retry(reqwest::retry::never())
            .http1_only()
            .tcp_nodelay(true);
        let direct = options.proxy == ProxyChoice::Direct || bases.iter().all(is_loopback);
        match &options.proxy {
            _ if direct => builder = builder.no_proxy(),
            ProxyChoice::Url(url) => {
                builder =
                    builder.proxy(reqwest::Proxy::all(url.clone()).map_err(|_| Error::Proxy)?);
            }
            ProxyChoice::System | ProxyChoice::Direct => {}
        }
        let mut certificates = Vec::new();
        for pem in &options.certificates {
            certificates.extend(
                reqwest::Certificate::from_pem_bundle(pem).map_err(|_| Error::Certificate)?,
            );
        }
        builder = if direct && bases.iter().all(|base| base.scheme() == "http") {
            // Nothing on this way speaks TLS: reading the system's certificates would be the largest cost of the run.
            builder.tls_certs_only(certificates)
        } else {
            builder.tls_certs_merge(certificates)
        };
        Ok(Self {
            client: builder.build().map_err(|_| Error::Tls)?,
            now,
        })
    }

    async fn exchange(
        &self,
        url: &Url,
        limit: u64,
        received: &mut Received,
    ) -> Result<FileResponse, Code> {
        let mut next = url.clone();
        for _ in 0..=REDIRECTS {
            received.requests = received.requests.saturating_add(1);
            // MOTD-AUD-9: a request is made of the configuration alone, and of nothing that was selected.
            // The error is mapped to a code and dropped: its text quotes URLs and the other side.
            let mut response = self
                .client
                .get(next.clone())
                .send()
                .await
                .map_err(|error| request_code(&error))?;
            if response.status() != StatusCode::OK {
                // MOTD-NET-3: whatever else the answer says.
                let wait = response.headers().get(RETRY_AFTER);
                let wait =
                    wait.and_then(|value| retry_after::parse(value.to_str().ok()?, self.now));
                received.retry_after = received.retry_after.max(wait);
            }
            match response.status() {
                StatusCode::OK => return body(&mut response, limit, received).await,
                StatusCode::NOT_FOUND => return Ok(FileResponse::NotFound),
                StatusCode::FORBIDDEN => return Ok(FileResponse::Forbidden),
                StatusCode::MOVED_PERMANENTLY
                | StatusCode::FOUND
                | StatusCode::SEE_OTHER
                | StatusCode::TEMPORARY_REDIRECT
                | StatusCode::PERMANENT_REDIRECT => {
                    next = redirected(&response, &next).ok_or(Code::Redirect)?;
                }
                _ => return Err(Code::Status),
            }
        }
        Err(Code::Redirect)
    }
}

impl Transport for HttpTransport {
    fn get<'a>(&'a self, url: &'a Url, limit: u64) -> Exchange<'a> {
        Box::pin(async move {
            let mut received = Received {
                answer: Err(Code::Connect),
                requests: 0,
                bytes: 0,
                retry_after: None,
            };
            received.answer = self.exchange(url, limit, &mut received).await;
            received
        })
    }
}

/// Reads a body of status 200, at most `limit` bytes of it.
async fn body(
    response: &mut reqwest::Response,
    limit: u64,
    received: &mut Received,
) -> Result<FileResponse, Code> {
    // MOTD-GATE-6: `gzip` was asked for, once; anything else is never unpacked.
    let mut encodings = response
        .headers()
        .get_all(CONTENT_ENCODING)
        .iter()
        .map(|encoding| encoding.as_bytes().to_ascii_lowercase());
    let gzip = match (encodings.next().as_deref(), encodings.next()) {
        (None | Some(b"identity"), None) => false,
        (Some(b"gzip"), None) => true,
        _ => return Err(Code::Encoding),
    };
    let mut body = DecodedBody::new(gzip, limit);
    // MOTD-GATE-14: refused by what the server says, and again by what it sends (TUF 5.3.3, endless data).
    if response
        .content_length()
        .is_some_and(|length| !body.may_be(length))
    {
        return Err(Code::TooLong);
    }
    loop {
        let chunk = match response.chunk().await {
            Ok(Some(chunk)) => chunk,
            Ok(None) => return body.finish().map(FileResponse::Body),
            Err(error) if error.is_timeout() => return Err(Code::Timeout),
            Err(_) => return Err(Code::Truncated),
        };
        let length = u64::try_from(chunk.len()).unwrap_or(u64::MAX);
        received.bytes = received.bytes.saturating_add(length);
        body.take(&chunk)?;
    }
}

/// Where a redirect leads, when that is allowed.
fn redirected(response: &reqwest::Response, from: &Url) -> Option<Url> {
    let location = response.headers().get(LOCATION)?.to_str().ok()?;
    let mut target = from.join(location).ok()?;
    target.set_fragment(None);
    // MOTD-NET-1: another origin is another party, which would learn who asks.
    let same_origin = target.origin() == from.origin();
    // MOTD-PRIV-1: a query string or user name in a redirect is a cookie by another name.
    let unmarked = target.query().is_none()
        && (target.username(), target.password()) == (from.username(), from.password());
    (same_origin && unmarked).then_some(target)
}

fn request_code(error: &reqwest::Error) -> Code {
    if error.is_timeout() {
        Code::Timeout
    } else if error.is_body() || error.is_decode() {
        Code::Truncated
    } else {
        Code::Connect
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}
