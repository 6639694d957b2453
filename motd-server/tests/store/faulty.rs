//! A store that fails at one operation, before or after it took effect, once or from then on.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::stream::{self, BoxStream};
use futures_util::{StreamExt as _, TryStreamExt as _};
use motd_server::store::Objects;
use object_store::path::Path;
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta,
    ObjectStore, PutMode, PutMultipartOptions, PutOptions, PutPayload, PutResult, Result,
};
use tokio::sync::{Barrier, Semaphore};

/// How an operation fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    /// The number of the operation.
    pub(crate) at: usize,
    /// It takes effect, and nobody hears of it.
    pub(crate) after: bool,
    /// The process is gone: nothing works any more.
    pub(crate) crash: bool,
}

pub(crate) struct Faulty {
    inner: Objects,
    fault: Option<Fault>,
    /// Every conditional write is told that another one came first.
    pub(crate) always_late: bool,
    /// A timestamp is written only when so many are about to be.
    pub(crate) meet: Option<Arc<Barrier>>,
    /// Knows no conditional write, as a plain HTTP server.
    pub(crate) unconditional: bool,
    /// A listing never ends.
    pub(crate) endless: bool,
    /// Each listing begins with one of these.
    pub(crate) listings: Option<Arc<Semaphore>>,
    operations: AtomicUsize,
}

impl Faulty {
    pub(crate) fn new(inner: Objects, fault: Option<Fault>) -> Self {
        Self {
            inner,
            fault,
            always_late: false,
            meet: None,
            unconditional: false,
            endless: false,
            listings: None,
            operations: AtomicUsize::new(0),
        }
    }

    pub(crate) fn objects(self) -> (Arc<Self>, Objects) {
        let this = Arc::new(self);
        (Arc::clone(&this), Objects::same(this))
    }

    /// Whether the operation that was to fail was reached.
    pub(crate) fn fired(&self) -> bool {
        let operations = self.operations.load(Ordering::SeqCst);
        self.fault.is_some_and(|fault| operations > fault.at)
    }

    /// Whether this operation acts, and whether its result arrives.
    fn operation(&self) -> (bool, bool) {
        let number = self.operations.fetch_add(1, Ordering::SeqCst);
        match self.fault {
            Some(fault) if number == fault.at => (fault.after, false),
            Some(fault) if number > fault.at && fault.crash => (false, false),
            _ => (true, true),
        }
    }
}

fn fault() -> Error {
    Error::Generic {
        store: "faulty",
        source: "the operation failed".into(),
    }
}

#[async_trait::async_trait]
impl ObjectStore for Faulty {
    async fn put_opts(
        &self,
        location: &Path,
        payload: PutPayload,
        options: PutOptions,
    ) -> Result<PutResult> {
        let (acts, arrives) = self.operation();
        let is_update = matches!(options.mode, PutMode::Update(_));
        if self.unconditional && options.mode != PutMode::Overwrite {
            return Err(Error::NotImplemented {
                operation: "conditional put".to_owned(),
                implementer: "plain".to_owned(),
            });
        }
        if self.always_late && is_update {
            return Err(Error::Precondition {
                path: location.to_string(),
                source: "late".into(),
            });
        }
        if !acts {
            return Err(fault());
        }
        if let (Some(meet), Some("timestamp.json")) = (&self.meet, location.filename()) {
            meet.wait().await;
        }
        let put = self.inner.writes.put_opts(location, payload, options).await;
        if arrives { put } else { Err(fault()) }
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        let (acts, arrives) = self.operation();
        if acts && arrives {
            self.inner.reads.get_opts(location, options).await
        } else {
            Err(fault())
        }
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        let (acts, arrives) = self.operation();
        if self.endless {
            stream::pending().boxed()
        } else if let Some(listings) = self.listings.clone() {
            let listed = self.inner.reads.list(prefix);
            let begun = async move {
                listings.acquire().await.unwrap().forget();
                listed
            };
            stream::once(begun).flatten().boxed()
        } else if acts && arrives {
            self.inner.reads.list(prefix)
        } else if acts {
            // The first page arrived.
            let first = self.inner.reads.list(prefix).take(1);
            first.chain(stream::iter([Err(fault())])).boxed()
        } else {
            stream::iter([Err(fault())]).into_stream().boxed()
        }
    }

    async fn put_multipart_opts(
        &self,
        _: &Path,
        _: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        Err(fault())
    }

    fn delete_stream(
        &self,
        _: BoxStream<'static, Result<Path>>,
    ) -> BoxStream<'static, Result<Path>> {
        stream::iter([Err(fault())]).boxed()
    }

    async fn list_with_delimiter(&self, _: Option<&Path>) -> Result<ListResult> {
        Err(fault())
    }

    async fn copy_opts(&self, _: &Path, _: &Path, _: CopyOptions) -> Result<()> {
        Err(fault())
    }
}

impl fmt::Display for Faulty {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("faulty")
    }
}

impl fmt::Debug for Faulty {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("faulty")
    }
}
