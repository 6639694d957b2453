//! A repository in a folder or in an object store: whole at every moment as seen from outside.
//!
//! ```text
//! motd-repository.toml   settings
//! metadata/              1.root.json, 1.targets.json, 1.motd.json, 1.snapshot.json, timestamp.json, motd-bundle.json
//! targets/               motd/<sha256>.notices.json
//! ```
//!
//! A folder has two things beside: `keys/`, the online keys, readable by their owner alone, and `.lock`, held for the
//! moment in which `timestamp.json` or the bundle is compared and replaced. An object store never holds a private key:
//! whoever can read a bucket is not who may sign.
//!
//! The seam is [`object_store::ObjectStore`]: a folder, S3-compatible storage, and memory are written and read by the
//! same lines, and fail in the same tests.

mod commit;
mod conditional;
mod config;
mod disk;
mod error;
pub mod files;
mod folder;
mod load;
mod location;
mod lock;
mod objects;
mod opened;
#[cfg(feature = "s3")]
mod s3;
mod settings;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use motd_core::Time;
use tokio::sync::OnceCell;

pub use config::{Lifetimes, RepositoryConfig};
pub use error::StoreError;
pub use load::Bounds;
pub use location::Location;
pub use objects::Objects;
pub use settings::S3Settings;

pub(crate) use objects::WriteOutcome;

use crate::store::files::{BUNDLE, Files, METADATA, Publication, TIMESTAMP, versioned};

const KEYS: &str = "keys";

/// A place that holds a repository, or will.
#[derive(Clone, Debug)]
pub struct Store {
    objects: Objects,
    bounds: Bounds,
    folder: Option<PathBuf>,
    /// Whether it was seen to write conditionally.
    conditional: Arc<OnceCell<()>>,
}

/// What changes whenever something is published; see [`Store::mark`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    timestamp: Option<String>,
    next_root: bool,
}

/// What tells one timestamp on a disk from another without reading it; see [`Store::stat_timestamp`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimestampStat {
    modified: SystemTime,
    length: u64,
    /// Each publication writes a new file in the place of the old one, also two within one tick of the disk's clock.
    file: u64,
}

impl Mark {
    /// The mark after everything that it stands for was taken up: the root after the newest is another one then.
    pub(crate) fn taken_up(self) -> Self {
        Self {
            next_root: false,
            ..self
        }
    }
}

impl Store {
    /// A folder on this machine. Nothing is read yet.
    #[must_use]
    pub fn folder(path: &Path) -> Self {
        Self {
            objects: Objects::folder(path),
            bounds: Bounds::default(),
            folder: Some(path.to_owned()),
            // It is this crate's own.
            conditional: Arc::new(OnceCell::new_with(Some(()))),
        }
    }

    /// Any object store; before its first publication it is tried whether it writes conditionally.
    #[must_use]
    pub fn on(objects: Objects) -> Self {
        Self {
            objects,
            bounds: Bounds::default(),
            folder: None,
            conditional: Arc::default(),
        }
    }

    /// Where an operator says. Nothing is asked for yet.
    ///
    /// # Errors
    ///
    /// [`StoreError::Location`] when the settings cannot be used, or this build has no S3.
    pub fn at(location: &Location, settings: &S3Settings) -> Result<Self, StoreError> {
        match location.as_folder() {
            Some(path) => Ok(Self::folder(path)),
            None => Ok(Self::on(Objects::at(location, settings)?)),
        }
    }

    /// The same place, read within other bounds.
    #[must_use]
    pub fn with_bounds(self, bounds: Bounds) -> Self {
        Self { bounds, ..self }
    }

    /// Makes a new repository, without metadata.
    ///
    /// # Errors
    ///
    /// [`StoreError::Exists`] when there are settings already, [`StoreError::Unconditional`], [`StoreError::Storage`]
    /// or [`StoreError::Io`].
    pub async fn create(&self, config: &RepositoryConfig) -> Result<(), StoreError> {
        self.check_conditional().await?;
        if let Some(folder) = &self.folder {
            create_private_folder(&folder.join(KEYS))?;
        }
        let text = config.to_toml();
        // Nobody's settings are overwritten, not even by the same: two people who set up one place have different keys.
        if self.objects.mark(RepositoryConfig::FILE).await?.is_some()
            || self
                .objects
                .create(RepositoryConfig::FILE, text.as_bytes())
                .await?
                == WriteOutcome::Taken
        {
            return Err(StoreError::Exists {
                path: self
                    .folder
                    .clone()
                    .unwrap_or_default()
                    .join(RepositoryConfig::FILE),
            });
        }
        Ok(())
    }

    /// The settings.
    ///
    /// # Errors
    ///
    /// [`StoreError::Config`] when they cannot be used, [`StoreError::Missing`] when there are none,
    /// [`StoreError::Storage`] or [`StoreError::Io`].
    pub async fn config(&self) -> Result<RepositoryConfig, StoreError> {
        let path = Path::new(RepositoryConfig::FILE);
        let path = self
            .folder
            .as_ref()
            .map_or_else(|| path.to_owned(), |folder| folder.join(path));
        let object = self
            .objects
            .read(RepositoryConfig::FILE, CONFIG_BYTES)
            .await?;
        let object = object.ok_or_else(|| StoreError::Missing {
            path: path.display().to_string(),
        })?;
        RepositoryConfig::parse(&path, &object.bytes)
    }

    /// The folder with the online keys, where the repository is one.
    #[must_use]
    pub fn keys(&self) -> Option<PathBuf> {
        self.folder.as_ref().map(|folder| folder.join(KEYS))
    }

    /// Every file of the two trees, as it lies there. Nothing is verified.
    ///
    /// Symbolic links and names that begin with a dot are left out: what is served is what was published.
    ///
    /// # Errors
    ///
    /// [`StoreError::Bounds`], [`StoreError::Storage`], [`StoreError::Io`].
    pub async fn load(&self) -> Result<Files, StoreError> {
        self.load_since(&Files::default()).await
    }

    /// As [`Store::load`], without reading again what `known` has under a name that never changes.
    ///
    /// # Errors
    ///
    /// As [`Store::load`].
    pub async fn load_since(&self, known: &Files) -> Result<Files, StoreError> {
        let loaded = load::load(&self.objects, &self.bounds, known);
        objects::within(LOAD, METADATA, loaded).await
    }

    /// A look at whether something was published, with two small requests: the timestamp, and the root after
    /// `newest_root`, which is out before anything that its keys sign.
    ///
    /// # Errors
    ///
    /// [`StoreError::Storage`], [`StoreError::Io`].
    pub async fn mark(&self, newest_root: u64) -> Result<Mark, StoreError> {
        let next = versioned(newest_root + 1, "root");
        let (timestamp, root) =
            tokio::join!(self.objects.mark(TIMESTAMP), self.objects.mark(&next));
        Ok(Mark {
            timestamp: timestamp?,
            next_root: root?.is_some(),
        })
    }

    /// When the timestamp was written, by the clock of the store.
    ///
    /// # Errors
    ///
    /// [`StoreError::Storage`], [`StoreError::Io`].
    pub async fn timestamp_written(&self) -> Result<Option<Time>, StoreError> {
        self.objects.written(TIMESTAMP).await
    }

    /// What can be seen of the timestamp without reading it; nothing, where it is not a file on this machine.
    #[must_use]
    pub fn stat_timestamp(&self) -> Option<TimestampStat> {
        let metadata = fs_err::metadata(self.folder.as_ref()?.join(TIMESTAMP)).ok()?;
        Some(TimestampStat {
            modified: metadata.modified().ok()?,
            length: metadata.len(),
            #[cfg(unix)]
            file: std::os::unix::fs::MetadataExt::ino(&metadata),
            #[cfg(not(unix))]
            file: 0,
        })
    }

    /// Writes a publication: every new file, made durable, and then the timestamp, if it is still the one that the
    /// publication was made from.
    ///
    /// After an error, and after a crash, the old repository is whole, or the new one is. The next publication begins
    /// with [`Store::load`], and skips what was left behind.
    ///
    /// # Errors
    ///
    /// [`StoreError::Conflict`] when the repository is no longer the one it was made from, or somebody else is
    /// publishing; [`StoreError::Unconditional`] when the store cannot tell; [`StoreError::Storage`],
    /// [`StoreError::Io`].
    pub async fn commit(&self, publication: &Publication) -> Result<(), StoreError> {
        self.check_conditional().await?;
        commit::commit(&self.objects, self.bounds.file_bytes, publication).await
    }

    /// Writes the bundle of these files, when they are what is published. MOTD-BUNDLE-2.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unconditional`], [`StoreError::Storage`], [`StoreError::Io`].
    pub async fn write_bundle(&self, files: &Files) -> Result<(), StoreError> {
        self.check_conditional().await?;
        let of = |path| files.bytes(path).map(<[u8]>::to_vec);
        let committed = Publication {
            timestamp: of(TIMESTAMP),
            bundle: of(BUNDLE),
            ..Publication::default()
        };
        commit::write_bundle(&self.objects, self.bounds.file_bytes, &committed).await
    }

    /// Once for each store, and again after an error.
    async fn check_conditional(&self) -> Result<(), StoreError> {
        let probe = || conditional::probe(&self.objects);
        self.conditional.get_or_try_init(probe).await.copied()
    }
}

/// Makes a folder that its owner alone can open: for private keys, and for what is not public. A folder that exists keeps
/// its mode: it may be anything, and reached through a link.
///
/// # Errors
///
/// [`StoreError::Io`].
pub fn create_private_folder(path: &Path) -> Result<(), StoreError> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)?;
    Ok(())
}

/// For a whole repository: 128 MiB at half a megabyte a second.
const LOAD: Duration = Duration::from_mins(5);

/// Settings are a few lines.
const CONFIG_BYTES: u64 = 64 * 1024;

#[cfg(test)]
mod tests;
