//! What is answered, and how it is exchanged while requests are being answered.

use std::sync::{Mutex, PoisonError};

use arc_swap::ArcSwap;
use hyper::{HeaderMap, Method, Response};

use super::answers::{Answers, Pages};
use super::body::ResponseBody;
use super::metrics::ResourceKind;
use crate::serve::page::Page;
use crate::store::files::{Files, METADATA, TARGETS, TIMESTAMP};

/// The files of a repository and the pages beside them. Each set is exchanged whole, so that no request sees half a
/// publication, and neither waits for the other.
#[derive(Debug)]
pub struct Site {
    files: ArcSwap<Answers>,
    pages: ArcSwap<Pages>,
    timestamp_seconds: u32,
    /// Held by who prepares the next set from the one before; never by who answers.
    preparing: Mutex<()>,
}

impl Site {
    /// A site of these files and no page. `timestamp_seconds`: see [`ServerSettings`](super::ServerSettings).
    #[must_use]
    pub fn new(files: Files, timestamp_seconds: u32) -> Self {
        Self {
            files: ArcSwap::from_pointee(Answers::new(files, timestamp_seconds, None)),
            pages: ArcSwap::default(),
            timestamp_seconds,
            preparing: Mutex::default(),
        }
    }

    /// A site of pages alone.
    #[must_use]
    pub fn without_files() -> Self {
        Self::new(Files::default(), 0)
    }

    /// Answers other files from now on; requests under way end with the files they began with. What is as it was is not
    /// compressed again.
    pub fn replace(&self, files: Files) {
        let _alone = self
            .preparing
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let before = self.files.load_full();
        let after = Answers::new(files, self.timestamp_seconds, Some(&before));
        self.files.store(after.into());
    }

    /// Answers these pages from now on, and no others. A page with a path under `/metadata/`, `/targets/` or `/api/` is
    /// never reached: the repository and the API come first.
    pub fn set_pages(&self, pages: Vec<Page>) {
        let _alone = self
            .preparing
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let before = self.pages.load_full();
        self.pages.store(Pages::new(pages, &before).into());
    }

    /// The answer to a request, for who has a server of their own. Other methods than GET and HEAD are refused.
    #[must_use]
    pub fn answer(
        &self,
        method: &Method,
        path: &str,
        headers: &HeaderMap,
    ) -> Response<ResponseBody> {
        self.answer_kind(ResourceKind::of(path), method, path, headers)
    }

    pub(crate) fn answer_kind(
        &self,
        kind: ResourceKind,
        method: &Method,
        path: &str,
        headers: &HeaderMap,
    ) -> Response<ResponseBody> {
        match kind {
            ResourceKind::Timestamp | ResourceKind::Metadata | ResourceKind::Target => {
                self.files.load().answer(method, path, headers)
            }
            ResourceKind::Page | ResourceKind::Api => {
                self.pages.load().answer(method, path, headers)
            }
        }
    }
}

impl ResourceKind {
    /// What a path asks for.
    pub(crate) fn of(path: &str) -> Self {
        let Some(path) = path.strip_prefix('/') else {
            return Self::Page;
        };
        if path.starts_with(METADATA) {
            return match path {
                TIMESTAMP => Self::Timestamp,
                _ => Self::Metadata,
            };
        }
        if path.starts_with(TARGETS) {
            return Self::Target;
        }
        if path.starts_with("api/") {
            return Self::Api;
        }
        Self::Page
    }
}
