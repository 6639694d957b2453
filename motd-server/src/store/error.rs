//! Everything that can go wrong with the place that holds a repository.

use std::path::PathBuf;

use motd_core::Code;

use crate::error::Meaning;

/// Why a store was not read or not written.
///
/// A message is one fact with its values. [`StoreError::code`] is stable.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// A version-prefixed file exists with other bytes (MOTD-PUB-5).
    #[error("{path} exists with other bytes")]
    Burned {
        /// Path in the repository.
        path: String,
    },
    /// Somebody else has published, or is publishing (MOTD-PUB-11).
    #[error("another publication came first")]
    Conflict,
    /// A file that the metadata names is not there.
    #[error("{path} is missing")]
    Missing {
        /// Path in the repository.
        path: String,
    },
    /// The configuration file cannot be read.
    #[error("{path}: {message}")]
    Config {
        /// The file.
        path: PathBuf,
        /// What the TOML parser says.
        message: String,
    },
    /// There is a repository already.
    #[error("{path} exists: there is a repository already")]
    Exists {
        /// Its settings.
        path: PathBuf,
    },
    /// Neither a folder nor a place in object storage that can be used.
    #[error("{location}: {what}")]
    Location {
        /// What the operator wrote.
        location: String,
        /// What is wrong: a fixed string.
        what: &'static str,
    },
    /// The store ignores a condition, or knows none: two publishers could overwrite each other (MOTD-PUB-11).
    #[error("the store does not honour {condition}, so nothing can be published there")]
    Unconditional {
        /// The header field of the condition.
        condition: &'static str,
    },
    /// More than is read of a store.
    #[error("{path}: {what}")]
    Bounds {
        /// Path in the repository.
        path: String,
        /// Which bound: a fixed string.
        what: &'static str,
    },
    /// The object store did not do what it was asked for. What it said itself came over a network, and is left out.
    #[error("{path}: {what}")]
    Storage {
        /// Path in the repository.
        path: String,
        /// What became of the request: a fixed string.
        what: &'static str,
    },
    /// A file could not be read or written; the message has its path.
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

impl StoreError {
    /// Every variant stands here, so that a new one cannot be without a code.
    pub(crate) const fn meaning(&self) -> Meaning {
        match self {
            Self::Burned { .. } => Meaning::of(Code::PublisherBurned)
                .with_hint("publish the signed file that lies there, or sign a version above it"),
            Self::Conflict => Meaning::of(Code::PublisherConflict),
            Self::Missing { .. } => Meaning::named("repository-file-missing"),
            Self::Config { .. } => Meaning::named("config"),
            Self::Exists { .. } => Meaning::named("repository-exists"),
            Self::Location { .. } => Meaning::named("location"),
            Self::Unconditional { .. } => Meaning::named("store-unconditional").with_hint(
                "a folder can be published to, and S3-compatible storage that knows If-Match and If-None-Match on PUT",
            ),
            Self::Bounds { .. } => Meaning::named("store-bounds"),
            Self::Storage { .. } => Meaning::named("storage"),
            Self::Io(_) => Meaning::named("io"),
        }
    }

    /// A stable word for the error, in kebab-case.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        self.meaning().code
    }

    /// The requirement that was about to be broken.
    #[must_use]
    pub const fn requirement(&self) -> Option<&'static str> {
        self.meaning().requirement
    }

    /// What to do about it, where there is more to say than the fact.
    #[must_use]
    pub const fn hint(&self) -> Option<&'static str> {
        self.meaning().hint
    }
}
