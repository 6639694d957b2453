//! Everything that can stop a server, or what it is asked for.

use std::io;
use std::path::PathBuf;

use crate::error::Meaning;
use crate::publish::PublishError;
use crate::store::StoreError;

/// Why the server did not do what it was asked for.
///
/// A message is one fact with its values. [`ServeError::code`] is stable, and [`ServeError::requirement`] names the
/// clause of the specification where there is one.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// No proposal has such a name.
    #[error("not the name of a proposal: 8 digits, a hyphen and 32 hexadecimal digits")]
    ProposalName,
    /// There is no such proposal among those of the last days.
    #[error("there is no proposal {id}")]
    ProposalUnknown {
        /// Its name.
        id: String,
    },
    /// A proposal takes no more signatures.
    #[error("proposal {id} is {standing}")]
    ProposalClosed {
        /// Its name.
        id: String,
        /// What became of it.
        standing: &'static str,
    },
    /// The files of a proposal are too long.
    #[error("the files have {bytes} bytes together, and a proposal has at most {most}")]
    ProposalTooLong {
        /// How long they are.
        bytes: usize,
        /// How long they may be.
        most: usize,
    },
    /// One person has opened too many proposals.
    #[error("key {key_id} has opened {most} proposals")]
    ProposalsFull {
        /// The key.
        key_id: String,
        /// How many it may.
        most: usize,
    },
    /// Everything that somebody has signed in it is in other proposals.
    #[error("nothing is signed in it that is not in another proposal")]
    NothingNew,
    /// Who has not opened a proposal cannot take it back.
    #[error("key {key_id} has not opened this proposal")]
    NotYours {
        /// The key.
        key_id: String,
    },
    /// An entry of the log is not there, or does not follow the one before.
    #[error("entry {entry} of the log does not follow the one before")]
    LogBroken {
        /// Its number.
        entry: u64,
    },
    /// A timestamp or a snapshot that lives longer than it can: it was replaced.
    #[error(
        "{role} was signed until {expires}: the clock of a server was wrong, or somebody else has the online keys"
    )]
    LivedTooLong {
        /// The role.
        role: String,
        /// Its expiry.
        expires: String,
    },
    /// A certificate or its key that cannot be served with.
    #[error("{path}: {what}")]
    Certificate {
        /// The file.
        path: PathBuf,
        /// What is wrong: a fixed string.
        what: &'static str,
    },
    /// What is published, or proposed, is not as it has to be.
    #[error(transparent)]
    Publish(PublishError),
    /// The store is not as it has to be.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl ServeError {
    /// Every variant stands here, so that a new one cannot be without a code.
    pub(crate) const fn meaning(&self) -> Meaning {
        match self {
            Self::ProposalName => Meaning::named("proposal-name"),
            Self::ProposalUnknown { .. } => Meaning::named("proposal-unknown"),
            Self::ProposalClosed { .. } => Meaning::named("proposal-closed"),
            Self::ProposalTooLong { .. } => Meaning::named("proposal-too-long"),
            Self::ProposalsFull { .. } => Meaning::named("proposals-full"),
            Self::NothingNew => Meaning::named("proposal-nothing-new"),
            Self::NotYours { .. } => Meaning::named("proposal-not-yours"),
            Self::LogBroken { .. } => Meaning::named("log-broken"),
            Self::LivedTooLong { .. } => Meaning::named("lived-too-long"),
            Self::Certificate { .. } => Meaning::named("certificate"),
            Self::Publish(error) => error.meaning(),
            Self::Store(error) => error.meaning(),
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

/// A fault of the store is one variant, whoever met it.
impl From<PublishError> for ServeError {
    fn from(error: PublishError) -> Self {
        match error {
            PublishError::Store(error) => Self::Store(error),
            error => Self::Publish(error),
        }
    }
}

impl From<io::Error> for ServeError {
    fn from(error: io::Error) -> Self {
        Self::Store(error.into())
    }
}
