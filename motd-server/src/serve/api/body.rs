//! Bodies, bounded in length and time.

use std::time::Duration;

use axum::body::Body;
use axum::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use futures_util::StreamExt as _;
use serde::de::DeserializeOwned;

use super::problem::Problem;
use crate::serve::proposals::REQUEST_BYTES;

/// The longest body, in bytes. The files of a request are strings in it, in which a quote is two characters.
pub const BODY_BYTES: usize = 2 * REQUEST_BYTES;

/// Reads a body of JSON.
pub(super) async fn read<T: DeserializeOwned>(
    headers: &HeaderMap,
    body: Body,
    patience: Duration,
) -> Result<T, Problem> {
    let media = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let media = media
        .and_then(|media| media.split(';').next())
        .unwrap_or_default();
    if !media.trim().eq_ignore_ascii_case("application/json")
        || headers.contains_key(CONTENT_ENCODING)
    {
        return Err(Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "request-media-type",
            "the body is not application/json without an encoding",
        ));
    }
    let length = headers
        .get(CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok());
    let length = length.and_then(|length| length.parse::<u64>().ok());
    // Before a byte of it is read.
    if length.is_some_and(|length| length > BODY_BYTES as u64) {
        return Err(too_large());
    }
    let bytes = tokio::time::timeout(patience, collect(body))
        .await
        .map_err(|_| {
            Problem::new(
                StatusCode::REQUEST_TIMEOUT,
                "request-timeout",
                format!(
                    "the body did not arrive within {} seconds",
                    patience.as_secs()
                ),
            )
        })??;
    serde_json::from_slice(&bytes).map_err(|error| {
        // serde_json names members that it knows and places, and can quote what it does not know; so only the place.
        let place = format!("line {} column {}", error.line(), error.column());
        Problem::new(
            StatusCode::BAD_REQUEST,
            "request-malformed",
            format!("the body is not what is asked for at {place}"),
        )
    })
}

async fn collect(body: Body) -> Result<Vec<u8>, Problem> {
    let mut bytes = Vec::new();
    let mut chunks = body.into_data_stream();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| {
            Problem::new(
                StatusCode::BAD_REQUEST,
                "request-cut-short",
                "the body broke off",
            )
        })?;
        // Whatever the head said.
        if bytes.len() + chunk.len() > BODY_BYTES {
            return Err(too_large());
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

fn too_large() -> Problem {
    Problem::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "request-too-large",
        format!("the body is longer than {BODY_BYTES} bytes"),
    )
}
