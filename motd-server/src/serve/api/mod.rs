//! The publishing interface, `/api/v1`: proposals in, signatures added, differences out.
//!
//! The signatures are the authentication. What is uploaded comes from who has signed the role in it; what is not public is
//! read with a signature on the request ([`message_signature`]). There are no passwords, no sessions and no cookies, and
//! nothing that is asked for here publishes by itself: [`Upkeep::release`](crate::serve::Upkeep::release) publishes what
//! enough people have signed, whoever brought it.
//!
//! Everything that arrives is counted, then measured, then parsed, then verified, and refused at the first of these with a
//! code that does not change ([`Problem`]). The description of the interface, in `OpenAPI`, is made from the handlers and
//! types.

mod asking;
mod body;
mod handlers;
pub mod message_signature;
mod problem;
mod rates;
mod wire;

use core::fmt;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::middleware::from_fn_with_state;
use motd_core::{RepositoryId, Time};
use tokio::sync::{Notify, Semaphore, watch};
use utoipa::OpenApi as _;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub use body::BODY_BYTES;
pub use problem::Problem;
use rates::Limiter;
pub use rates::Rates;
pub use wire::{
    About, DifferenceBody, LogPage, NewProposal, NewSignature, NoticeBody, Proposal, ProposalList,
    PublishedRole, RequestFiles, ReviewBody, RoleBody, SigningBody,
};

use crate::publish::Repository;
use crate::serve::proposals::Proposals;

/// Where the interface is.
pub const BASE: &str = "/api/v1";

/// Tells the time.
pub type Clock = Arc<dyn Fn() -> Time + Send + Sync>;

/// How the interface behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// How often anybody may ask.
    pub rates: Rates,
    /// How long a body may take to arrive.
    pub patience: Duration,
    /// How many bodies are taken at the same time.
    pub uploads: usize,
    /// Whether every connection comes from a proxy that appends who it speaks for to `X-Forwarded-For`.
    pub behind_proxy: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            rates: Rates::default(),
            patience: Duration::from_secs(10),
            uploads: 32,
            behind_proxy: false,
        }
    }
}

/// How many requests read the proposals at the same time.
const READINGS: usize = 2;

/// What the interface works on.
#[derive(Clone)]
pub struct Api {
    id: RepositoryId,
    proposals: Proposals,
    published: watch::Receiver<Arc<Repository>>,
    signed: Arc<Notify>,
    clock: Clock,
    settings: Settings,
    limiter: Arc<Limiter>,
    uploads: Arc<Semaphore>,
    /// Each reading of what waits takes memory: as many as there is room for, and the others in turn.
    readings: Arc<Semaphore>,
    names: Arc<[String]>,
}

impl Api {
    /// Over proposals, and what is published at each moment. `signed` is told when a proposal has got its last signature.
    #[must_use]
    pub fn new(
        id: RepositoryId,
        proposals: Proposals,
        published: watch::Receiver<Arc<Repository>>,
        signed: Arc<Notify>,
        clock: Clock,
        settings: Settings,
    ) -> Self {
        Self {
            id,
            proposals,
            published,
            signed,
            clock,
            settings,
            limiter: Arc::new(Limiter::new(settings.rates)),
            uploads: Arc::new(Semaphore::new(settings.uploads)),
            readings: Arc::new(Semaphore::new(READINGS)),
            names: Arc::default(),
        }
    }

    /// Under these names alone, each `host` or `host:port` as people ask for it. Without one, a server that somebody asks
    /// with their key can pass the signed request on to this one, and read what they may read.
    #[must_use]
    pub fn named(self, names: &[String]) -> Self {
        let names = names.iter().map(|name| name.to_ascii_lowercase());
        Self {
            names: names.collect(),
            ..self
        }
    }

    /// The routes, for a server.
    pub fn router(self) -> Router {
        let (router, _) = described().split_for_parts();
        let limited = from_fn_with_state(self.clone(), asking::limited);
        router
            .route(
                &format!("{BASE}/openapi.json"),
                axum::routing::get(handlers::description),
            )
            .fallback(asking::unknown)
            .method_not_allowed_fallback(asking::method_not_allowed)
            .layer(limited)
            .with_state(self)
    }

    fn now(&self) -> Time {
        (self.clock)()
    }

    fn repository(&self) -> Arc<Repository> {
        Arc::clone(&self.published.borrow())
    }
}

impl fmt::Debug for Api {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Api")
            .field("id", &self.id)
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "TUF-MOTD publishing",
        version = "1",
        description = "Proposals for the notices of a package repository, and the signatures that publish them.",
        license(name = "MIT OR Apache-2.0"),
    ),
    components(schemas(Problem)),
    modifiers(&Signatures),
)]
struct Description;

/// Says how reading is authenticated.
struct Signatures;

impl utoipa::Modify for Signatures {
    fn modify(&self, description: &mut utoipa::openapi::OpenApi) {
        use utoipa::openapi::security::{ApiKey, ApiKeyValue, SecurityScheme};
        let field = ApiKeyValue::with_description(
            "Signature",
            "An HTTP message signature (RFC 9421) by a key that may sign here: Ed25519, over @method, @authority, @path and \
             @query, with created, keyid, alg and the tag `tuf-motd`; not older than 300 seconds. Signature-Input goes with it.",
        );
        let scheme = SecurityScheme::ApiKey(ApiKey::Header(field));
        let components = description.components.get_or_insert_default();
        components.add_security_scheme("message-signature", scheme);
    }
}

fn described() -> OpenApiRouter<Api> {
    OpenApiRouter::with_openapi(Description::openapi())
        .routes(routes!(handlers::about))
        .routes(routes!(handlers::list, handlers::open))
        .routes(routes!(handlers::show, handlers::discard))
        .routes(routes!(handlers::sign))
        .routes(routes!(handlers::log))
}

/// The description of the interface in `OpenAPI` 3.1, as JSON.
#[must_use]
pub fn description() -> String {
    let (_, description) = described().split_for_parts();
    // Made of strings and numbers: it can be written.
    let mut text = serde_json::to_string_pretty(&description).unwrap_or_default();
    text.push('\n');
    text
}

#[cfg(test)]
mod tests;
