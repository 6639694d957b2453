//! One connection's requests: files and pages from memory at once, everything under `/api/` by the router.
//!
//! Kept beside a router: files and pages are answered without an allocation for the route or the future.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Router;
use axum::extract::ConnectInfo;
use futures_util::future::Either;
use http_body_util::Limited;
use hyper::body::{Body as _, Incoming};
use hyper::header::{CONNECTION, HeaderValue};
use hyper::service::Service as HyperService;
use hyper::{Request, Response, StatusCode};
use hyper_util::service::TowerToHyperService;
use tokio::time::Instant;

use super::ServerSettings;
use super::answers::{NO_STORE, absent, empty};
use super::body::ResponseBody;
use super::metrics::{Metrics, ResourceKind};
use super::operations::{Health, Operations, ServerClock};
use super::request_id::{REQUEST_ID, RequestIds};
use super::site::Site;
use super::stream::HeadCounter;
use super::tls::Tls;

/// What a server serves, and how.
#[derive(Clone, Debug)]
pub struct Service {
    /// The files and the pages.
    pub site: Arc<Site>,
    /// What answers under `/api/`; nothing does without it. It is given the peer's address
    /// (`ConnectInfo<SocketAddr>`) and the request's name ([`RequestId`](super::RequestId)) as extensions.
    pub api: Option<Router>,
    /// The bounds.
    pub settings: ServerSettings,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// The certificate; without one it is plain HTTP.
    pub tls: Option<Arc<Tls>>,
    /// What answers operators; see [`Service::operations`].
    pub operations: Option<Operations>,
    /// Whether each request is logged, and not only those under `/api/`.
    pub access_log: bool,
}

impl Service {
    /// The site alone.
    #[must_use]
    pub fn new(site: Arc<Site>, settings: ServerSettings) -> Self {
        Self {
            site,
            api: None,
            settings,
            metrics: Arc::default(),
            tls: None,
            operations: None,
            access_log: false,
        }
    }

    /// `/livez`, `/readyz`, `/freshness` and `/metrics`, and the pages of this site beside them. It belongs on a private
    /// address: nobody is asked who they are.
    #[must_use]
    pub fn operations(health: Arc<Health>, clock: ServerClock, site: Arc<Site>) -> Self {
        let mut service = Self::new(site, ServerSettings::default());
        service.operations = Some(Operations::new(health, clock));
        service
    }
}

/// What all connections of a server share.
#[derive(Debug)]
pub(crate) struct ServerState {
    pub(crate) service: Service,
    pub(crate) draining: AtomicBool,
    pub(crate) ids: RequestIds,
}

/// What answers on one connection.
pub(crate) struct Connection {
    pub(crate) shared: Arc<ServerState>,
    pub(crate) heads: Arc<HeadCounter>,
    pub(crate) peer: SocketAddr,
    /// When the connection has lived long enough.
    pub(crate) old: Instant,
}

type RouteResult = Result<Response<ResponseBody>, Infallible>;

impl HyperService<Request<Incoming>> for Connection {
    type Response = Response<ResponseBody>;
    type Error = Infallible;
    type Future = Either<Ready<RouteResult>, Pin<Box<dyn Future<Output = RouteResult> + Send>>>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        self.heads.count();
        let kind = ResourceKind::of(request.uri().path());
        if kind == ResourceKind::Api {
            return Either::Right(self.route(request));
        }
        let ServerState { service, .. } = &*self.shared;
        let (method, path) = (request.method(), request.uri().path());
        let operations = service.operations.as_ref();
        let response = operations
            .and_then(|operations| operations.answer(method, path))
            .unwrap_or_else(|| {
                service
                    .site
                    .answer_kind(kind, method, path, request.headers())
            });
        let bytes = response.body().size_hint().exact().unwrap_or_default();
        service
            .metrics
            .request(kind, response.status().as_u16(), bytes);
        if service.access_log {
            // What a client sent is written as a literal, so that it cannot pass for a line of its own.
            tracing::info!(target: ACCESS, peer = %self.peer, method = ?method.as_str(), path = ?path, status = response.status().as_u16(), bytes, "request");
        }
        Either::Left(ready(Ok(self.closing(response))))
    }
}

/// The target of what is logged of each request.
const ACCESS: &str = "motd_server::access";

impl Connection {
    /// Tells the client that this was the last answer on the connection, if it was.
    fn closing(&self, mut response: Response<ResponseBody>) -> Response<ResponseBody> {
        if self.shared.draining.load(Ordering::Relaxed) || Instant::now() >= self.old {
            response
                .headers_mut()
                .insert(CONNECTION, HeaderValue::from_static("close"));
        }
        response
    }

    fn route(
        &self,
        mut request: Request<Incoming>,
    ) -> Pin<Box<dyn Future<Output = RouteResult> + Send>> {
        let id = self.shared.ids.of(request.headers());
        request.extensions_mut().insert(ConnectInfo(self.peer));
        request.extensions_mut().insert(id.clone());
        let connection = Self {
            shared: Arc::clone(&self.shared),
            heads: Arc::clone(&self.heads),
            ..*self
        };
        Box::pin(async move {
            let begun = Instant::now();
            let (method, path) = (request.method().clone(), request.uri().path().to_owned());
            let mut response = connection.routed(request).await;
            if let Some(id) = id.header() {
                response.headers_mut().insert(REQUEST_ID, id);
            }
            let status = response.status().as_u16();
            let metrics = &connection.shared.service.metrics;
            metrics.request(ResourceKind::Api, status, 0);
            let milliseconds = begun.elapsed().as_millis();
            tracing::info!(target: ACCESS, id = id.as_str(), peer = %connection.peer, method = ?method.as_str(), path = ?path, status, milliseconds, "request");
            Ok(connection.closing(response))
        })
    }

    async fn routed(&self, request: Request<Incoming>) -> Response<ResponseBody> {
        let Service { settings, api, .. } = &self.shared.service;
        let Some(router) = api else {
            return absent(request.method());
        };
        // The router refuses in its own words what is said to be longer.
        let most = settings.body_bytes;
        let request = request.map(|body| axum::body::Body::new(Limited::new(body, most)));
        let answer = TowerToHyperService::new(router.clone()).call(request);
        match tokio::time::timeout(settings.request, answer).await {
            Ok(Ok(response)) => response.map(ResponseBody::Right),
            Ok(Err(never)) => match never {},
            Err(_) => empty(StatusCode::SERVICE_UNAVAILABLE, NO_STORE),
        }
    }
}
