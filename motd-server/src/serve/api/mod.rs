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

mod access;
mod body;
mod handlers;
pub mod message_signature;
mod problem;
mod rates;
mod state;
mod wire;

use axum::Router;
use axum::http::HeaderValue;
use axum::http::header::CONTENT_TYPE;
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse as _, Response};
use utoipa::OpenApi as _;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub use body::BODY_BYTES;
pub use problem::Problem;
pub use rates::Rates;
pub use state::{Api, ApiSettings, BASE};
pub use wire::{
    About, DifferenceBody, LogPage, NewProposal, NewSignature, NoticeBody, ProposalBody,
    ProposalList, PublishedRole, RequestFiles, ReviewBody, RoleBody, SigningBody,
};

impl Api {
    /// The routes, for a server.
    pub fn router(self) -> Router {
        let (router, _) = described().split_for_parts();
        let limited = from_fn_with_state(self.clone(), access::limited);
        router
            .route(
                &format!("{BASE}/openapi.json"),
                axum::routing::get(description_as_json),
            )
            .fallback(access::not_found)
            .method_not_allowed_fallback(access::method_not_allowed)
            .layer(limited)
            .with_state(self)
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

async fn description_as_json() -> Response {
    let json = HeaderValue::from_static("application/json");
    ([(CONTENT_TYPE, json)], description()).into_response()
}

#[cfg(test)]
mod tests;
