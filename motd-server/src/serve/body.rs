//! The body of an answer: bytes that are there already, or whatever a router gives.

use bytes::Bytes;
use http_body_util::{Either, Full};

/// What is sent after the head. Prepared bytes are shared by all who ask for them: none is copied or allocated.
pub type ResponseBody = Either<Full<Bytes>, axum::body::Body>;

/// Bytes that are there already, or none.
pub(crate) fn prepared(bytes: Bytes) -> ResponseBody {
    Either::Left(Full::new(bytes))
}
