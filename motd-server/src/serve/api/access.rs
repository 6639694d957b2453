//! Who asks, and how often: what happens before and beside every handler.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::extract::{ConnectInfo, Request, State};
use axum::http::header::{CACHE_CONTROL, HOST};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::message_signature::{Claim, SignatureFault, Target};
use super::problem::Problem;
use super::state::Api;
use crate::publish::{Published as _, Repository};
use crate::serve::addresses::forwarded_for;

/// Who asks.
#[derive(Clone, Debug)]
pub(super) struct Caller {
    pub(super) address: IpAddr,
    /// The key id of one of the people who may sign now, with whose key the request is signed.
    pub(super) person: Option<String>,
}

/// Refuses who asks too often, before a body is read; and forbids that answers are kept.
pub(super) async fn limited(State(api): State<Api>, request: Request, next: Next) -> Response {
    let address = peer(&request, api.settings.behind_proxy);
    let (mut parts, body) = request.into_parts();
    let asked = || person(&parts, &api, &api.repository()).ok();
    let mut response = match api.limiter.check(address, asked) {
        Ok(person) => {
            parts.extensions.insert(Caller { address, person });
            next.run(Request::from_parts(parts, body)).await
        }
        Err(seconds) => Problem::new(
            StatusCode::TOO_MANY_REQUESTS,
            "rate-limited",
            "too many requests",
        )
        .retry_after(seconds)
        .into_response(),
    };
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(
        "x-content-type-options",
        HeaderValue::from_static("nosniff"),
    );
    response
}

/// The other side of the connection, or who a proxy says that it speaks for.
fn peer(request: &Request, behind_proxy: bool) -> IpAddr {
    // What stands before the last entry was written by whoever asks.
    let forwarded = || {
        let mut fields = request.headers().get_all("x-forwarded-for").iter();
        let last = fields.next_back()?.to_str().ok()?.rsplit(',').next()?;
        forwarded_for(last.trim())
    };
    let connected = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let connected = connected.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.0.ip());
    if behind_proxy {
        forwarded().unwrap_or(connected)
    } else {
        connected
    }
}

/// The signature on a request, which has still to be verified with somebody's key.
pub(super) fn claim(parts: &Parts, api: &Api) -> Result<Claim, Problem> {
    let mut hosts = parts.headers.get_all(HOST).iter();
    let host = hosts.next().and_then(|host| host.to_str().ok());
    let host = host.unwrap_or_default();
    // Of two, a proxy may have looked at the other one.
    let is_known = api.names.is_empty() || api.names.contains(&host.to_ascii_lowercase());
    if hosts.next().is_some() || !is_known {
        return Err(SignatureFault::Authority.into());
    }
    let target = Target {
        method: parts.method.as_str(),
        authority: host,
        path: parts.uri.path(),
        query: parts.uri.query(),
    };
    Ok(Claim::read(target, &parts.headers, api.now())?)
}

/// The key id of one of the people who may sign now, who asks.
pub(super) fn person(parts: &Parts, api: &Api, repository: &Repository) -> Result<String, Problem> {
    let claim = claim(parts, api)?;
    claim.verify(&repository.people()?)?;
    Ok(claim.key_id)
}

pub(super) async fn not_found() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "not-found", "there is nothing here")
}

pub(super) async fn method_not_allowed() -> Problem {
    Problem::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "method-not-allowed",
        "the path does not take this method",
    )
}
