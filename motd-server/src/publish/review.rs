//! What a request changes and who has signed it: what a person reads before signing.

use motd_core::Time;

use super::NOTICE_ROLE;
use super::changes::NoticeChange;
use super::difference::Difference;
use super::document::NoticeDocument;
use super::metadata::{Authority, RoleFile};
use crate::publish::PublishError;

/// What a request changes: what a person reads before signing it.
#[derive(Clone, Debug)]
pub struct Review {
    /// The roles, from root down.
    pub roles: Vec<RoleReview>,
    /// What readers would see change; empty when the notice role does not change.
    pub notices: Vec<NoticeChange>,
    /// Every value in the document that differs and stands in no notice.
    pub members: Vec<Difference>,
    /// The document that would be published; absent when the notice role does not change.
    pub document: Option<NoticeDocument>,
}

/// One role of a request.
#[derive(Clone, Debug)]
pub struct RoleReview {
    /// Its name.
    pub role: String,
    /// The version that is published; 0 when there is none.
    pub current: u64,
    /// The version that would be.
    pub version: u64,
    /// When the signatures on it expire.
    pub expires: Time,
    /// Every value that differs from what is published.
    pub differences: Vec<Difference>,
    /// Who has to sign it: one entry, or two for a root that changes its own keys.
    pub signing: Vec<Signing>,
}

/// The signatures of one group of people on a role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signing {
    /// Whether they are the people that the change itself appoints.
    pub appointed: bool,
    /// The key ids that have validly signed.
    pub signed: Vec<String>,
    /// The key ids that have not.
    pub waiting: Vec<String>,
    /// How many have to sign.
    pub threshold: u64,
}

impl Signing {
    pub(super) fn of(
        authority: &Authority,
        file: &RoleFile,
        appointed: bool,
    ) -> Result<Self, PublishError> {
        let signers = authority.signing_ids(file)?;
        let (signed, waiting) = authority
            .keys()
            .map(|key| key.id().to_owned())
            .partition(|id| signers.contains(id));
        Ok(Self {
            appointed,
            signed,
            waiting,
            threshold: authority.threshold(),
        })
    }

    /// Whether enough people have signed.
    #[must_use]
    pub fn is_enough(&self) -> bool {
        u64::try_from(self.signed.len()).unwrap_or(u64::MAX) >= self.threshold
    }
}

impl RoleReview {
    /// What a new version of the role does not change by itself: it is named, and signed only by who accepts it.
    pub fn surprises(&self) -> impl Iterator<Item = &Difference> {
        let differences = self.differences.iter();
        differences.filter(|difference| !is_expected(&self.role, difference))
    }
}

/// Whether every new version of the role has this difference.
pub(super) fn is_expected(role: &str, difference: &Difference) -> bool {
    if role == NOTICE_ROLE {
        difference.is_expected()
    } else {
        difference.is_version_or_expiry()
    }
}

impl Review {
    /// Whether every role has the signatures that it needs.
    #[must_use]
    pub fn is_signed(&self) -> bool {
        let mut signings = self.roles.iter().flat_map(|role| &role.signing);
        signings.all(Signing::is_enough)
    }
}
