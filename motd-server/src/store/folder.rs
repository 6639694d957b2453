//! A folder as an object store whose writes are durable and can be conditional.
//!
//! The local store of `object_store` is neither: it syncs no file and no folder, so that a publication could be gone after
//! a power cut, and it refuses `PutMode::Update`. Here a file is written whole beside its place, synced, and given its
//! name in one step. A conditional write takes the lock, compares, and renames.

use std::fmt;
use std::fs::TryLockError;
use std::io::{self, Read as _};
use std::ops::Range;
use std::path::{Path as FilePath, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use bytes::Bytes;
use futures_util::StreamExt as _;
use futures_util::stream::{self, BoxStream};
use object_store::path::Path;
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, GetResultPayload, ListResult, MultipartUpload,
    ObjectMeta, ObjectStore, PutMode, PutMultipartOptions, PutOptions, PutPayload, PutResult,
    Result,
};
use sha2::{Digest as _, Sha256};

use super::disk::{FileSystem, RealFileSystem};
use super::lock;
use super::opened::{Kind, OpenedFolder, segments, split};

/// The store.
#[derive(Clone)]
pub(crate) struct FolderStore {
    root: PathBuf,
    disk: Arc<dyn FileSystem>,
}

impl FolderStore {
    pub(crate) fn new(root: &FilePath) -> Self {
        Self::on(root, Arc::new(RealFileSystem))
    }

    pub(crate) fn on(root: &FilePath, disk: Arc<dyn FileSystem>) -> Self {
        let root = root.to_owned();
        Self { root, disk }
    }

    fn put(&self, location: &Path, bytes: &[u8], mode: PutMode) -> Result<PutResult> {
        let (root, path) = (&*self.root, location.as_ref());
        let failed = |error: io::Error| failure(location, &error);
        let (folder, _) = split(path);
        match mode {
            PutMode::Create => {
                self.disk.create_folders(root, folder).map_err(failed)?;
                let created = self.disk.create(root, path, bytes);
                // Also for a file that was there: the attempt that made it may have stopped before this.
                self.disk.sync_folder(root, folder).map_err(failed)?;
                created.map_err(failed)?;
            }
            PutMode::Overwrite => {
                self.disk.create_folders(root, folder).map_err(failed)?;
                self.disk.replace(root, path, bytes).map_err(failed)?;
                self.disk.sync_folder(root, folder).map_err(failed)?;
            }
            PutMode::Update(version) => {
                // MOTD-PUB-11: who holds the lock compares and renames in one; it is given back with the handle, also by a
                // process that is killed.
                let lock = lock::open(root).map_err(failed)?;
                match lock.try_lock() {
                    Ok(()) => {}
                    Err(TryLockError::WouldBlock) => return Err(precondition(location)),
                    Err(TryLockError::Error(error)) => return Err(failed(error)),
                }
                let (there, _) = read(root, path).map_err(failed)?;
                if version.e_tag.as_deref() != Some(e_tag(&there).as_str()) {
                    return Err(precondition(location));
                }
                self.disk.replace(root, path, bytes).map_err(failed)?;
                self.disk.sync_folder(root, folder).map_err(failed)?;
            }
        }
        Ok(PutResult {
            e_tag: Some(e_tag(bytes)),
            version: None,
            extensions: object_store::Extensions::default(),
        })
    }

    fn get(&self, location: &Path, options: &GetOptions) -> Result<GetResult> {
        let read = read(&self.root, location.as_ref());
        let (bytes, modified) = read.map_err(|error| failure(location, &error))?;
        let size = bytes.len() as u64;
        let meta = ObjectMeta {
            location: location.clone(),
            last_modified: modified.into(),
            size,
            e_tag: Some(e_tag(&bytes)),
            version: None,
        };
        options.check_preconditions(&meta)?;
        let body = if options.head {
            Bytes::new()
        } else {
            bytes.into()
        };
        Ok(GetResult {
            payload: GetResultPayload::Stream(stream::once(async move { Ok(body) }).boxed()),
            meta,
            range: Range {
                start: 0,
                end: size,
            },
            attributes: object_store::Attributes::default(),
            extensions: object_store::Extensions::default(),
        })
    }

    /// What lies under a folder. Symbolic links, names that begin with a dot, and what lies deeper than a repository goes
    /// are left out: what is served is what was published.
    fn walk(&self, prefix: &str) -> io::Result<Vec<Result<ObjectMeta>>> {
        let mut found = Vec::new();
        let mut seen = 0_usize;
        let mut folders = vec![prefix.to_owned()];
        while let Some(prefix) = folders.pop() {
            let Some(folder) = there(OpenedFolder::below(&self.root, &prefix))? else {
                continue;
            };
            for name in folder.names()? {
                let name = name?;
                seen += 1;
                if seen > MOST_NAMES {
                    return Err(io::Error::other("there are more files than are read"));
                }
                // MOTD-SRV-5: a dot file is a write that never finished.
                if name.starts_with('.') {
                    continue;
                }
                // MOTD-SRV-5: a link may lead out of the trees; it is neither folder nor file here, because it is not
                // followed.
                let kind = there(folder.kind(&name))?;
                let path = format!("{prefix}/{name}");
                if kind == Some(Kind::Folder) {
                    if segments(&path).count() < MOST_DEPTH {
                        folders.push(path);
                    }
                } else if let (Some(Kind::File), Ok(location)) = (kind, Path::parse(&path))
                    && let Some(file) = there(folder.file(&name))?
                {
                    let metadata = file.metadata()?;
                    found.push(Ok(ObjectMeta {
                        location,
                        last_modified: metadata.modified()?.into(),
                        size: metadata.len(),
                        e_tag: None,
                        version: None,
                    }));
                }
            }
        }
        Ok(found)
    }

    /// Disks block; the runtime's own threads do not wait for them.
    async fn blocking<T: Send + 'static>(
        &self,
        act: impl FnOnce(&Self) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let folder = self.clone();
        tokio::task::spawn_blocking(move || act(&folder))
            .await
            .map_err(|error| Error::Generic {
                store: NAME,
                source: error.into(),
            })?
    }
}

#[async_trait::async_trait]
impl ObjectStore for FolderStore {
    async fn put_opts(
        &self,
        location: &Path,
        payload: PutPayload,
        options: PutOptions,
    ) -> Result<PutResult> {
        let (location, bytes) = (location.clone(), Bytes::from(payload));
        self.blocking(move |folder| folder.put(&location, &bytes, options.mode))
            .await
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        let location = location.clone();
        self.blocking(move |folder| folder.get(&location, &options))
            .await
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        let (folder, prefix) = (self.clone(), prefix.cloned().unwrap_or_default());
        let listed = async move {
            let walked = folder.blocking(move |folder| {
                folder
                    .walk(prefix.as_ref())
                    .map_err(|error| failure(&prefix, &error))
            });
            stream::iter(walked.await.unwrap_or_else(|error| vec![Err(error)]))
        };
        stream::once(listed).flatten().boxed()
    }

    async fn put_multipart_opts(
        &self,
        _: &Path,
        _: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        Err(not_needed("put_multipart_opts"))
    }

    fn delete_stream(
        &self,
        _: BoxStream<'static, Result<Path>>,
    ) -> BoxStream<'static, Result<Path>> {
        stream::iter([Err(not_needed("delete_stream"))]).boxed()
    }

    async fn list_with_delimiter(&self, _: Option<&Path>) -> Result<ListResult> {
        Err(not_needed("list_with_delimiter"))
    }

    async fn copy_opts(&self, _: &Path, _: &Path, _: CopyOptions) -> Result<()> {
        Err(not_needed("copy_opts"))
    }
}

impl fmt::Display for FolderStore {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.root.display().fmt(formatter)
    }
}

impl fmt::Debug for FolderStore {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple(NAME).field(&self.root).finish()
    }
}

const NAME: &str = "Folder";

/// The longest file that is read, as [`Bounds`](super::Bounds) have it.
const MOST_BYTES: u64 = 64 << 20;

/// The most names that are looked at in one tree: twice as many as [`Bounds`](super::Bounds) have files.
const MOST_NAMES: usize = 200_000;

/// The most names on a path; those of a repository have two to four.
const MOST_DEPTH: usize = 8;

/// A regular file, within the bound. A link, a pipe or a device that somebody put there is not opened, as it is not
/// listed: it would lead out of the folder, or be waited for without end.
fn read(root: &FilePath, path: &str) -> io::Result<(Vec<u8>, SystemTime)> {
    let absent = || io::Error::from(io::ErrorKind::NotFound);
    let (folder, name) = split(path);
    let folder = there(OpenedFolder::below(root, folder))?.ok_or_else(absent)?;
    if folder.kind(name)? != Kind::File {
        return Err(absent());
    }
    let file = folder.file(name)?;
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(absent());
    }
    // It may be a file from elsewhere, such as a key. Nothing here is written under two names.
    #[cfg(unix)]
    if std::os::unix::fs::MetadataExt::nlink(&metadata) > 1 {
        return Err(io::Error::other("it has a second name, by a hard link"));
    }
    if metadata.len() > MOST_BYTES {
        return Err(io::Error::other("it is longer than is read"));
    }
    let mut bytes = Vec::new();
    file.take(MOST_BYTES).read_to_end(&mut bytes)?;
    Ok((bytes, metadata.modified()?))
}

/// Nothing where nothing is, or where something that is no folder is in the way.
fn there<T>(found: io::Result<T>) -> io::Result<Option<T>> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(error)
            if [io::ErrorKind::NotFound, io::ErrorKind::NotADirectory].contains(&error.kind()) =>
        {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

fn e_tag(bytes: &[u8]) -> String {
    format!("\"{}\"", hex::encode(Sha256::digest(bytes)))
}

fn precondition(location: &Path) -> Error {
    Error::Precondition {
        path: location.to_string(),
        source: "another writer came first".into(),
    }
}

fn failure(location: &Path, error: &io::Error) -> Error {
    let (path, kind) = (location.to_string(), error.kind());
    let source = io::Error::new(kind, format!("{path}: {error}")).into();
    match kind {
        io::ErrorKind::NotFound => Error::NotFound { path, source },
        io::ErrorKind::AlreadyExists => Error::AlreadyExists { path, source },
        _ => Error::Generic {
            store: NAME,
            source,
        },
    }
}

/// A repository is read, created and replaced; nothing in it is ever copied or taken away.
fn not_needed(operation: &str) -> Error {
    Error::NotImplemented {
        operation: operation.to_owned(),
        implementer: NAME.to_owned(),
    }
}
