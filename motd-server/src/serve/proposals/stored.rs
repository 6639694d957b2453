//! One proposal, and how it stands.

use std::collections::BTreeSet;

use motd_core::Time;

use super::{OPEN_DAYS, ProposalId};
use crate::publish::metadata::write;
use crate::publish::{Published as _, Repository, RoleFile, SigningRequest};
use crate::serve::ServeError;

/// A proposal as it is held, with the signatures that it has so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredProposal {
    /// What it is called.
    pub id: ProposalId,
    /// When it was opened.
    pub opened: Time,
    /// The key ids that had signed it then.
    pub opened_by: BTreeSet<String>,
    /// Which of them asked for it, with a signature on the request over HTTP.
    pub asked_by: Option<String>,
    /// What is proposed.
    pub request: SigningRequest,
    /// Whether who opened it has taken it back.
    pub discarded: bool,
}

/// How a proposal stands, seen from what is published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Standing {
    /// Too few people have signed it.
    Proposed,
    /// Enough people have, and it will be released.
    Signed,
    /// It is what is published.
    Published,
    /// Something else has been published under one of its versions, or after it.
    Superseded,
    /// It was taken back.
    Discarded,
    /// It was open for too long.
    Expired,
}

impl Standing {
    /// One word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Signed => "signed",
            Self::Published => "published",
            Self::Superseded => "superseded",
            Self::Discarded => "discarded",
            Self::Expired => "expired",
        }
    }

    /// Whether signatures are still taken.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Proposed | Self::Signed)
    }
}

impl StoredProposal {
    /// When it is not open any more.
    #[must_use]
    pub fn closes(&self) -> Time {
        write::after(self.opened, OPEN_DAYS)
    }

    /// How it stands.
    #[must_use]
    pub fn standing(&self, repository: &Repository, now: Time) -> Standing {
        let compared: Vec<_> = self
            .request
            .roles()
            .map(|file| {
                let published = match file.name() {
                    "root" => Some(repository.root()),
                    name => repository.role(name).ok(),
                };
                let same = published.is_some_and(|published| published.signed() == file.signed());
                let version = published.map(RoleFile::version);
                (same, Some(file.version()) > version)
            })
            .collect();
        if compared.iter().all(|(same, _)| *same) {
            Standing::Published
        } else if self.discarded {
            Standing::Discarded
        } else if compared.iter().any(|(_, comes_next)| !comes_next) {
            Standing::Superseded
        } else if now >= self.closes() {
            Standing::Expired
        } else if repository.is_signed(&self.request) {
            Standing::Signed
        } else {
            Standing::Proposed
        }
    }

    pub(super) fn check_open(&self, repository: &Repository, now: Time) -> Result<(), ServeError> {
        let standing = self.standing(repository, now);
        if standing.is_open() {
            return Ok(());
        }
        Err(closed(&self.id, standing))
    }
}

/// Nothing can be done with a proposal that stands so.
pub(super) fn closed(id: &ProposalId, standing: Standing) -> ServeError {
    ServeError::ProposalClosed {
        id: id.to_string(),
        standing: standing.as_str(),
    }
}
