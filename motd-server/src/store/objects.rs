//! The requests that a repository makes to an object store, each with one meaning for all stores.

use std::path::Path as FilePath;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::TryStreamExt as _;
use motd_core::Time;
use object_store::path::Path;
use object_store::{
    Attribute, Attributes, GetOptions, ObjectMeta, ObjectStore, PutMode, PutOptions, UpdateVersion,
};

use super::folder::FolderStore;
use super::location::{Location, LocationKind};
use super::settings::S3Settings;
use crate::store::StoreError;
use crate::store::files::{BUNDLE, TIMESTAMP};

/// An object store, as two ways to it.
///
/// # Contract
///
/// `writes` sends a write once and reports what became of it: a client that sends a conditional write again after an
/// error would be told that it lost against itself. `reads` may try again as often as it likes.
#[derive(Clone, Debug)]
pub struct Objects {
    /// For reading and listing.
    pub reads: Arc<dyn ObjectStore>,
    /// For writing.
    pub writes: Arc<dyn ObjectStore>,
}

/// An object and what a conditional write has to name.
pub(crate) struct StoredObject {
    pub(crate) bytes: Bytes,
    pub(crate) version: UpdateVersion,
}

/// What came of a write that does not overwrite.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WriteOutcome {
    /// It is there now.
    Stored,
    /// Something else is there.
    Taken,
}

impl Objects {
    /// The objects of a place, for who stores through a wrapper; [`Store::at`](super::Store::at) is what others want.
    ///
    /// # Errors
    ///
    /// [`StoreError::Location`] when the settings cannot be used, or this build has no S3.
    pub fn at(location: &Location, settings: &S3Settings) -> Result<Self, StoreError> {
        match location.kind() {
            LocationKind::Folder(path) => Ok(Self::folder(path)),
            #[cfg(feature = "s3")]
            LocationKind::S3 { bucket, prefix } => {
                let [reads, writes] = super::s3::connect(bucket, prefix, settings)?;
                Ok(Self { reads, writes })
            }
            #[cfg(not(feature = "s3"))]
            LocationKind::S3 { .. } => {
                let _ = settings;
                Err(StoreError::Location {
                    location: location.to_string(),
                    what: "this build has no S3",
                })
            }
        }
    }

    pub(super) fn folder(path: &FilePath) -> Self {
        Self::same(Arc::new(FolderStore::new(path)))
    }

    /// One way for both, for a store that never sends a write again by itself.
    #[must_use]
    pub fn same(objects: Arc<dyn ObjectStore>) -> Self {
        Self {
            reads: Arc::clone(&objects),
            writes: objects,
        }
    }

    /// An object of at most `limit` bytes.
    pub(crate) async fn read(
        &self,
        path: &str,
        limit: u64,
    ) -> Result<Option<StoredObject>, StoreError> {
        let location = location(path)?;
        let got = match self.reads.get_opts(&location, GetOptions::default()).await {
            Err(object_store::Error::NotFound { .. }) => return Ok(None),
            got => got.map_err(|error| failure(path, error))?,
        };
        let too_large = || StoreError::Bounds {
            path: path.to_owned(),
            what: "it is longer than is read",
        };
        if got.meta.size > limit {
            return Err(too_large());
        }
        let version = UpdateVersion {
            e_tag: got.meta.e_tag.clone(),
            version: got.meta.version.clone(),
        };
        let mut bytes = Vec::with_capacity(usize::try_from(got.meta.size).unwrap_or_default());
        let mut body = got.into_stream();
        while let Some(chunk) = body
            .try_next()
            .await
            .map_err(|error| failure(path, error))?
        {
            // Whatever the head said.
            if (bytes.len() + chunk.len()) as u64 > limit {
                return Err(too_large());
            }
            bytes.extend_from_slice(&chunk);
        }
        let bytes = bytes.into();
        Ok(Some(StoredObject { bytes, version }))
    }

    /// What changes whenever an object does; nothing where there is no object.
    pub(crate) async fn mark(&self, path: &str) -> Result<Option<String>, StoreError> {
        let location = location(path)?;
        let head = GetOptions {
            head: true,
            ..GetOptions::default()
        };
        match self.reads.get_opts(&location, head).await {
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Ok(got) => Ok(Some(got.meta.e_tag.unwrap_or_else(|| {
                format!("{} {}", got.meta.last_modified, got.meta.size)
            }))),
            Err(error) => Err(failure(path, error)),
        }
    }

    /// When the store wrote an object, by the clock of the store; nothing when there is none.
    pub(crate) async fn written(&self, path: &str) -> Result<Option<Time>, StoreError> {
        let head = GetOptions {
            head: true,
            ..GetOptions::default()
        };
        match self.reads.get_opts(&location(path)?, head).await {
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Ok(got) => Ok(Time::from_unix_seconds(got.meta.last_modified.timestamp())),
            Err(error) => Err(failure(path, error)),
        }
    }

    /// The objects under a prefix, `most` of them at the most. A store can go on without naming any.
    pub(crate) async fn list(
        &self,
        prefix: &str,
        most: usize,
    ) -> Result<Vec<ObjectMeta>, StoreError> {
        within(LISTING, prefix, self.list_all(prefix, most)).await
    }

    async fn list_all(&self, prefix: &str, most: usize) -> Result<Vec<ObjectMeta>, StoreError> {
        let prefix = prefix.trim_end_matches('/');
        let mut listing = self.reads.list(Some(&location(prefix)?));
        let mut found = Vec::new();
        while let Some(object) = listing
            .try_next()
            .await
            .map_err(|error| failure(prefix, error))?
        {
            if found.len() == most {
                return Err(StoreError::Bounds {
                    path: prefix.to_owned(),
                    what: "there are more files than are read",
                });
            }
            found.push(object);
        }
        Ok(found)
    }

    /// Creates an object under a name that is free; the same bytes under it are as well.
    pub(crate) async fn create(
        &self,
        path: &str,
        bytes: &[u8],
    ) -> Result<WriteOutcome, StoreError> {
        let Err(error) = self.put(path, bytes, PutMode::Create).await else {
            return Ok(WriteOutcome::Stored);
        };
        // Taken, or nobody knows: the bytes that are there decide.
        let there = self.read(path, bytes.len() as u64).await;
        match (error, there) {
            (_, Ok(Some(there))) if there.bytes == bytes => Ok(WriteOutcome::Stored),
            (object_store::Error::AlreadyExists { .. }, _) => Ok(WriteOutcome::Taken),
            (error, _) => Err(failure(path, error)),
        }
    }

    /// Puts an object in the place of exactly this version, or where there is none.
    pub(super) async fn swap(
        &self,
        path: &str,
        version: Option<UpdateVersion>,
        bytes: &[u8],
    ) -> Result<WriteOutcome, StoreError> {
        let mode = version.map_or(PutMode::Create, PutMode::Update);
        match self.put(path, bytes, mode).await {
            Ok(()) => Ok(WriteOutcome::Stored),
            // Sent once and refused: somebody else was first, and be it with the same bytes.
            Err(
                object_store::Error::AlreadyExists { .. }
                | object_store::Error::Precondition { .. },
            ) => Ok(WriteOutcome::Taken),
            // Nobody knows whether it took effect, but what is there now.
            Err(error) => match self.read(path, bytes.len() as u64).await {
                Ok(Some(there)) if there.bytes == bytes => Ok(WriteOutcome::Stored),
                _ => Err(failure(path, error)),
            },
        }
    }

    pub(super) async fn put(
        &self,
        path: &str,
        bytes: &[u8],
        mode: PutMode,
    ) -> Result<(), object_store::Error> {
        let options = PutOptions {
            mode,
            attributes: attributes(path),
            ..PutOptions::default()
        };
        let payload = Bytes::copy_from_slice(bytes).into();
        let location = Path::parse(path)?;
        self.writes.put_opts(&location, payload, options).await?;
        Ok(())
    }
}

/// What a bucket says of an object that a CDN takes from it directly: MOTD-SRV-1, MOTD-SRV-2, MOTD-SRV-7.
fn attributes(path: &str) -> Attributes {
    let cache = if [TIMESTAMP, BUNDLE].contains(&path) {
        "public, max-age=10"
    } else {
        "public, max-age=31536000, immutable"
    };
    let kind = if path.rsplit('.').next() == Some("json") {
        "application/json"
    } else {
        "application/octet-stream"
    };
    Attributes::from_iter([
        (Attribute::CacheControl, cache),
        (Attribute::ContentType, kind),
    ])
}

/// For one listing: a hundred pages, each of which takes a second.
const LISTING: Duration = Duration::from_secs(100);

/// What a store is asked for, unless it takes longer than this.
pub(super) async fn within<T>(
    deadline: Duration,
    path: &str,
    asked: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, StoreError> {
    let late = |_| StoreError::Storage {
        path: path.to_owned(),
        what: "the store did not answer in time",
    };
    tokio::time::timeout(deadline, asked).await.map_err(late)?
}

fn location(path: &str) -> Result<Path, StoreError> {
    Path::parse(path).map_err(|_| StoreError::Storage {
        path: path.to_owned(),
        what: "not a name of an object",
    })
}

/// The fact and no more: what a store says beside it came over a network, and belongs in no message.
pub(super) fn failure(path: &str, error: object_store::Error) -> StoreError {
    use object_store::Error as Fault;
    let what = match error {
        Fault::Generic { source, .. } => match source.downcast::<std::io::Error>() {
            Ok(error) => return StoreError::Io(*error),
            Err(source) => cause(source.as_ref()),
        },
        Fault::NotFound { .. } => "not there",
        Fault::PermissionDenied { .. } => "permission denied",
        Fault::Unauthenticated { .. } => "the credentials are not accepted",
        Fault::NotSupported { .. } | Fault::NotImplemented { .. } => "not supported by the store",
        Fault::Precondition { .. } | Fault::AlreadyExists { .. } => "another writer came first",
        _ => "the store answered with an error",
    };
    StoreError::Storage {
        path: path.to_owned(),
        what,
    }
}

#[cfg(feature = "s3")]
fn cause(error: &(dyn std::error::Error + Send + Sync + 'static)) -> &'static str {
    use object_store::client::{HttpError, HttpErrorKind};
    let mut next: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = next {
        match error.downcast_ref::<HttpError>().map(HttpError::kind) {
            Some(HttpErrorKind::Connect) => return "the store cannot be reached",
            Some(HttpErrorKind::Timeout) => return "the store did not answer in time",
            Some(_) => return "the exchange with the store broke off",
            None => next = error.source(),
        }
    }
    "the store answered with an error"
}

#[cfg(not(feature = "s3"))]
fn cause(_: &(dyn std::error::Error + Send + Sync + 'static)) -> &'static str {
    "the store answered with an error"
}
