//! Refusals as RFC 9457 writes them, each with a code that does not change.

use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::message_signature::SignatureFault;
use crate::publish::PublishError;
use crate::serve::ServeError;
use crate::store::StoreError;

/// Why a request was refused: a problem of the type `about:blank` (RFC 9457, section 4.2.1), with a code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Problem {
    /// The HTTP status.
    #[schema(minimum = 400, maximum = 599)]
    pub status: u16,
    /// Which problem it is, in kebab-case. It does not change.
    pub code: &'static str,
    /// One fact about this occurrence.
    pub detail: String,
    /// The requirement of the specification, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requirement: Option<&'static str>,
    /// What to do about it, where there is more to say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<&'static str>,
    /// After how many seconds it may be tried again.
    #[serde(skip)]
    pub retry_after: Option<u64>,
}

impl Problem {
    pub(super) fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        Self {
            status: status.as_u16(),
            code,
            detail: detail.into(),
            requirement: None,
            hint: None,
            retry_after: None,
        }
    }

    pub(super) fn retry_after(self, seconds: u64) -> Self {
        Self {
            retry_after: Some(seconds),
            ..self
        }
    }
}

impl From<ServeError> for Problem {
    fn from(error: ServeError) -> Self {
        let status = status(&error);
        // A message of the system can have a path of the server in it.
        let is_of_the_system = matches!(
            error,
            ServeError::Store(StoreError::Io(_) | StoreError::Storage { .. })
        );
        let detail = if is_of_the_system {
            "the proposals cannot be reached".to_owned()
        } else {
            error.to_string()
        };
        let problem = Self {
            requirement: error.requirement(),
            hint: error.hint(),
            ..Self::new(status, error.code(), detail)
        };
        match status {
            StatusCode::SERVICE_UNAVAILABLE => problem.retry_after(STORE_SECONDS),
            StatusCode::TOO_MANY_REQUESTS => problem.retry_after(FULL_SECONDS),
            _ => problem,
        }
    }
}

impl From<PublishError> for Problem {
    fn from(error: PublishError) -> Self {
        ServeError::from(error).into()
    }
}

/// Every variant stands in one of these three, so that a new one cannot have a status by chance.
const fn status(error: &ServeError) -> StatusCode {
    match error {
        ServeError::NotYours { .. } => StatusCode::FORBIDDEN,
        ServeError::ProposalName | ServeError::ProposalUnknown { .. } => StatusCode::NOT_FOUND,
        ServeError::ProposalClosed { .. } | ServeError::NothingNew => StatusCode::CONFLICT,
        ServeError::ProposalsFull { .. } => StatusCode::TOO_MANY_REQUESTS,
        ServeError::ProposalTooLong { .. } => StatusCode::PAYLOAD_TOO_LARGE,
        ServeError::LogBroken { .. } | ServeError::LivedTooLong { .. } => {
            StatusCode::SERVICE_UNAVAILABLE
        }
        ServeError::Certificate { .. } => StatusCode::UNPROCESSABLE_ENTITY,
        ServeError::Publish(error) => status_of_publishing(error),
        ServeError::Store(error) => status_of_the_store(error),
    }
}

const fn status_of_publishing(error: &PublishError) -> StatusCode {
    match error {
        PublishError::Unsigned | PublishError::KeyNotInRole { .. } => StatusCode::FORBIDDEN,
        PublishError::Document(_)
        | PublishError::Revision { .. }
        | PublishError::NotNfc { .. }
        | PublishError::Limits { .. }
        | PublishError::Unreadable { .. }
        | PublishError::Threshold { .. }
        | PublishError::SignatureInvalid { .. }
        | PublishError::SignatureTwice { .. }
        | PublishError::Unexpected { .. }
        | PublishError::DuplicateKey { .. }
        | PublishError::Expiry { .. }
        | PublishError::Version { .. }
        | PublishError::Behind { .. }
        | PublishError::Shadowed { .. }
        | PublishError::OtherRepository { .. }
        | PublishError::Expired { .. }
        | PublishError::Root { .. }
        | PublishError::Exhausted { .. }
        | PublishError::Lost { .. }
        | PublishError::Gone { .. }
        | PublishError::Metadata { .. }
        | PublishError::HostUnverified { .. }
        | PublishError::NotAttachable(_)
        | PublishError::KeyMalformed
        | PublishError::KeyEncrypted { .. }
        | PublishError::KeyEncryption { .. }
        | PublishError::Passphrase
        | PublishError::PassphraseForm
        | PublishError::KeyAgent { .. }
        | PublishError::KeyCommand { .. }
        | PublishError::KeyReadableByOthers { .. }
        | PublishError::KeyExists { .. }
        | PublishError::Signer(_)
        | PublishError::ReadBack { .. } => StatusCode::UNPROCESSABLE_ENTITY,
        PublishError::Clock { .. } => StatusCode::SERVICE_UNAVAILABLE,
        PublishError::Store(error) => status_of_the_store(error),
    }
}

const fn status_of_the_store(error: &StoreError) -> StatusCode {
    match error {
        StoreError::Conflict => StatusCode::CONFLICT,
        StoreError::Storage { .. } | StoreError::Bounds { .. } | StoreError::Io(_) => {
            StatusCode::SERVICE_UNAVAILABLE
        }
        StoreError::Burned { .. }
        | StoreError::Missing { .. }
        | StoreError::Config { .. }
        | StoreError::Exists { .. }
        | StoreError::Location { .. }
        | StoreError::Unconditional { .. } => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

impl From<SignatureFault> for Problem {
    fn from(fault: SignatureFault) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, fault.code(), fault.to_string())
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        // Strings and a number: it can be written.
        let body = serde_json::to_vec(&self).unwrap_or_default();
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::BAD_REQUEST);
        let mut response = (status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(
            CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = self.retry_after {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(
                "accept-signature",
                HeaderValue::from_static(ACCEPT_SIGNATURE),
            );
        }
        response
    }
}

/// RFC 9421, section 5.1: which signature is asked for.
const ACCEPT_SIGNATURE: &str =
    r#"motd=("@method" "@authority" "@path" "@query");created;keyid;alg="ed25519";tag="tuf-motd""#;

const STORE_SECONDS: u64 = 10;

/// A proposal is open for days; who waits an hour has not lost much.
const FULL_SECONDS: u64 = 3_600;
