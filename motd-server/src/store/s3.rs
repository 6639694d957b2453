//! S3-compatible storage, over this program's one HTTP client.

use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey};
use object_store::client::{
    ClientConfigKey, HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest,
    HttpResponse, HttpService,
};
use object_store::path::Path;
use object_store::prefix::PrefixStore;
use object_store::{ClientOptions, ObjectStore, RetryConfig};

use super::settings::S3Settings;
use crate::store::StoreError;

/// Two clients, for reading and for writing: see the contract of [`Objects`](super::Objects).
pub(super) fn connect(
    bucket: &str,
    prefix: &str,
    settings: &S3Settings,
) -> Result<[Arc<dyn ObjectStore>; 2], StoreError> {
    let refused = |what| StoreError::Location {
        location: format!("s3://{bucket}/{prefix}"),
        what,
    };
    // To an endpoint without TLS nothing else is spoken: the system's certificates are not read for it.
    let plain = settings.iter().any(|(name, value)| {
        let is_endpoint = name.eq_ignore_ascii_case("AWS_ENDPOINT")
            || name.eq_ignore_ascii_case("AWS_ENDPOINT_URL");
        is_endpoint && value.starts_with("http://")
    });
    let client = |retry: RetryConfig| -> Result<Arc<dyn ObjectStore>, StoreError> {
        let mut builder = AmazonS3Builder::new();
        for (name, value) in settings.iter() {
            // Other variables of that prefix are for other programs.
            if let Ok(key) = name.to_ascii_lowercase().parse::<AmazonS3ConfigKey>() {
                builder = builder.with_config(key, value);
            }
        }
        let client = builder
            .with_bucket_name(bucket)
            .with_retry(retry)
            .with_http_connector(Connector { plain })
            .build()
            .map_err(|_| refused("the AWS_ variables cannot be used"))?;
        let prefix = Path::parse(prefix).map_err(|_| refused("not a plain prefix"))?;
        Ok(Arc::new(PrefixStore::new(client, prefix)))
    };
    let few = RetryConfig {
        max_retries: 3,
        retry_timeout: Duration::from_mins(1),
        ..RetryConfig::default()
    };
    let none = RetryConfig {
        max_retries: 0,
        ..RetryConfig::default()
    };
    Ok([client(few)?, client(none)?])
}

/// Gives the crate the HTTP client that is there already, instead of a second configuration of it with HTTP/2, which
/// would switch HTTP/2 on in the reader's half of the program too.
#[derive(Debug)]
struct Connector {
    plain: bool,
}

impl HttpConnector for Connector {
    fn connect(&self, options: &ClientOptions) -> object_store::Result<HttpClient> {
        let allows_http = options.get_config_value(&ClientConfigKey::AllowHttp);
        let mut builder = reqwest::Client::builder();
        if self.plain {
            builder = builder.tls_certs_only([]);
        }
        let client = builder
            // Signed requests and their credentials go nowhere but to the endpoint.
            .redirect(reqwest::redirect::Policy::none())
            .https_only(allows_http.as_deref() != Some("true"))
            .connect_timeout(CONNECT)
            .timeout(EXCHANGE)
            .build()
            .map_err(|error| object_store::Error::Generic {
                store: "S3",
                source: error.into(),
            })?;
        Ok(HttpClient::new(Client(client)))
    }
}

#[derive(Debug)]
struct Client(reqwest::Client);

#[async_trait::async_trait]
impl HttpService for Client {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let (head, body) = request.into_parts();
        let url = head.uri.to_string().parse::<reqwest::Url>();
        let url = url.map_err(|error| HttpError::new(HttpErrorKind::Unknown, error))?;
        let mut request = reqwest::Request::new(head.method, url);
        *request.headers_mut() = head.headers;
        *request.body_mut() = Some(reqwest::Body::wrap(body));
        let mut response = self.0.execute(request).await.map_err(failed)?;
        let mut answer = HttpResponse::new(Bytes::new().into());
        *answer.status_mut() = response.status();
        *answer.headers_mut() = core::mem::take(response.headers_mut());
        let mut bytes = BytesMut::new();
        while let Some(chunk) = response.chunk().await.map_err(failed)? {
            if bytes.len() + chunk.len() > BODY {
                let error = std::io::Error::other("a longer body than is read");
                return Err(HttpError::new(HttpErrorKind::Decode, error));
            }
            bytes.extend_from_slice(&chunk);
        }
        *answer.body_mut() = bytes.freeze().into();
        Ok(answer)
    }
}

fn failed(error: reqwest::Error) -> HttpError {
    let kind = if error.is_connect() {
        HttpErrorKind::Connect
    } else if error.is_timeout() {
        HttpErrorKind::Timeout
    } else {
        HttpErrorKind::Interrupted
    };
    HttpError::new(kind, error.without_url())
}

const CONNECT: Duration = Duration::from_secs(10);

/// For one request and its whole answer.
const EXCHANGE: Duration = Duration::from_mins(1);

/// The longest body that is held, whatever the other side sends: the longest file that a store reads by default, and
/// a page of a listing is shorter.
const BODY: usize = 64 << 20;
