//! The body of an answer: bytes that are there already, or whatever a router gives.

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::BoxError;
use bytes::Bytes;
use hyper::body::{Body as HttpBody, Frame, SizeHint};

/// What is sent after the head.
#[derive(Debug)]
pub struct ResponseBody(BodySource);

#[derive(Debug)]
enum BodySource {
    /// Nothing is allocated for it, and nothing copied.
    Whole(Option<Bytes>),
    Routed(axum::body::Body),
}

impl ResponseBody {
    /// Bytes that are shared with everybody who asks for them.
    pub(crate) fn whole(bytes: Bytes) -> Self {
        Self(BodySource::Whole((!bytes.is_empty()).then_some(bytes)))
    }

    /// No body.
    pub(crate) const fn empty() -> Self {
        Self(BodySource::Whole(None))
    }
}

impl From<axum::body::Body> for ResponseBody {
    fn from(body: axum::body::Body) -> Self {
        Self(BodySource::Routed(body))
    }
}

impl HttpBody for ResponseBody {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        match &mut self.0 {
            BodySource::Whole(bytes) => {
                Poll::Ready(bytes.take().map(|bytes| Ok(Frame::data(bytes))))
            }
            BodySource::Routed(body) => Pin::new(body).poll_frame(context).map_err(BoxError::from),
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.0 {
            BodySource::Whole(bytes) => bytes.is_none(),
            BodySource::Routed(body) => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.0 {
            BodySource::Whole(bytes) => {
                SizeHint::with_exact(bytes.as_ref().map_or(0, |bytes| bytes.len() as u64))
            }
            BodySource::Routed(body) => body.size_hint(),
        }
    }
}
