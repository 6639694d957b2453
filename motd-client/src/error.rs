//! The crate's errors: what a caller can do something about. Everything that can happen on the way to a repository is
//! an outcome in a [`Report`](crate::Report), never an error.

use std::path::PathBuf;

/// Why a check could not even be set up, or state could not be changed as asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    // For the caller.
    /// The installer's name or version does not follow `[A-Za-z0-9._+-]{1,64}`.
    #[error("the installer's name or version is malformed")]
    Installer,
    /// A repository URL is not http or https, or has no host.
    #[error("the repository URL is not usable")]
    Url,
    /// A certificate is not PEM.
    #[error("a certificate cannot be read")]
    Certificate,
    /// The proxy's URL cannot be used.
    #[error("the proxy cannot be used")]
    Proxy,
    /// TLS cannot be set up on this machine.
    #[error("TLS cannot be set up")]
    Tls,
    /// No runtime could be started for the blocking facade.
    #[error("no runtime could be started")]
    Runtime(#[source] std::io::Error),

    // Local state.
    /// The platform names no folder for state.
    #[error("no folder for state is known")]
    NoStateFolder,
    /// The state folder cannot be used.
    #[error("the state folder cannot be used: {}", .0.fact())]
    State(crate::state::Unusable),
    /// Other users can write to a file or folder that is to be trusted, or to a folder above it.
    #[error("{0}: other users can write to it; take that away with: chmod go-w {0}", path.display())]
    WritableByOthers {
        /// The file or folder that they can write to.
        path: PathBuf,
    },
    /// Another user owns a file or folder that is to be trusted, or a folder or link above it.
    #[error("{}: another user owns it; use a place that belongs to this user or to root", path.display())]
    OfAnotherUser {
        /// The file, folder or link.
        path: PathBuf,
    },
    /// A state file cannot be written.
    #[error("a state file cannot be written in {}", folder.display())]
    Write {
        /// The folder.
        folder: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
}

impl Error {
    /// What to do about it, where there is more to say than the fact.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Installer => Some("letters, digits and . _ + -, for example pip and 24.0"),
            Self::Url => {
                Some("http or https with a host, for example https://notices.example.org/metadata/")
            }
            Self::NoStateFolder | Self::State(_) => Some("name a state folder that this user owns"),
            Self::Certificate
            | Self::Proxy
            | Self::Tls
            | Self::Runtime(_)
            | Self::WritableByOthers { .. }
            | Self::OfAnotherUser { .. }
            | Self::Write { .. } => None,
        }
    }
}
