//! What goes over the wire, in both directions.

use std::collections::BTreeMap;

use motd_core::Time;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::publish::{
    Difference, NoticeChange, PublishError, Published as _, Repository, Review, RoleReview,
    Signing, SigningRequest,
};
use crate::serve::proposals::{Standing, StoredProposal};

/// The files of a request, as text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RequestFiles {
    /// The next root, if it changes.
    #[serde(rename = "root.json", default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 262_144)]
    pub root: Option<String>,
    /// The next top-level targets, if they change.
    #[serde(
        rename = "targets.json",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(max_length = 262_144)]
    pub targets: Option<String>,
    /// The next version of the notice role, if it changes.
    #[serde(rename = "motd.json", default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 262_144)]
    pub motd: Option<String>,
    /// The document that belongs to it; may be left out when the role carries it inline.
    #[serde(
        rename = "notices.json",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(max_length = 65_536)]
    pub notices: Option<String>,
}

impl RequestFiles {
    /// Of a request; nothing when a file is no UTF-8, which no role file is.
    #[must_use]
    pub fn of(request: &SigningRequest) -> Option<Self> {
        let mut files = request.to_files();
        let mut text = |name: &str| match files.remove(name) {
            None => Some(None),
            Some(bytes) => String::from_utf8(bytes).ok().map(Some),
        };
        let [root, targets, motd, notices] = SigningRequest::FILES;
        Some(Self {
            root: text(root)?,
            targets: text(targets)?,
            motd: text(motd)?,
            notices: text(notices)?,
        })
    }

    /// The request that they are.
    ///
    /// # Errors
    ///
    /// As [`SigningRequest::from_files`].
    pub fn request(self) -> Result<SigningRequest, PublishError> {
        let texts = [self.root, self.targets, self.motd, self.notices];
        let files = SigningRequest::FILES.into_iter().zip(texts);
        let files = files.filter_map(|(name, text)| Some((name.to_owned(), text?.into_bytes())));
        SigningRequest::from_files(&files.collect())
    }
}

/// A proposal to be opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewProposal {
    /// The request, with at least one signature of somebody who may sign it now.
    pub files: RequestFiles,
}

/// A signature on one role of a proposal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSignature {
    /// The role: `root`, `targets` or `motd`.
    #[schema(max_length = 64)]
    pub role: String,
    /// The key id, as root or the delegation has it.
    #[schema(max_length = 128)]
    pub keyid: String,
    /// The Ed25519 signature over the canonical form of what is signed, in hexadecimal.
    #[schema(min_length = 128, max_length = 128)]
    pub sig: String,
}

/// A proposal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = Proposal)]
pub struct ProposalBody {
    /// Its name: the day, a hyphen, and 32 hexadecimal digits.
    pub id: String,
    /// `proposed`, `signed`, `published`, `superseded`, `discarded` or `expired`.
    pub standing: String,
    /// When it was opened (RFC 3339).
    #[schema(value_type = String)]
    pub opened: Time,
    /// When it is not open any more (RFC 3339).
    #[schema(value_type = String)]
    pub closes: Time,
    /// The key ids that had signed it when it was opened.
    pub opened_by: Vec<String>,
    /// What it changes; absent when that cannot be said any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review: Option<ReviewBody>,
    /// The files with all signatures so far; only where one proposal was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub files: Option<RequestFiles>,
}

impl ProposalBody {
    pub(super) fn of(stored: &StoredProposal, repository: &Repository, now: Time) -> Self {
        let standing = stored.standing(repository, now);
        let compared = matches!(standing, Standing::Proposed | Standing::Signed);
        let review = compared.then(|| repository.review(&stored.request).ok());
        Self {
            id: stored.id.to_string(),
            standing: standing.as_str().to_owned(),
            opened: stored.opened,
            closes: stored.closes(),
            opened_by: stored.opened_by.iter().cloned().collect(),
            review: review.flatten().as_ref().map(ReviewBody::of),
            files: None,
        }
    }

    pub(super) fn with_files(self, stored: &StoredProposal) -> Self {
        Self {
            files: RequestFiles::of(&stored.request),
            ..self
        }
    }
}

/// The proposals of the last days.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ProposalList {
    /// The newest first.
    pub proposals: Vec<ProposalBody>,
}

/// What a request changes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ReviewBody {
    /// The roles, from root down.
    pub roles: Vec<RoleBody>,
    /// What readers would see change.
    pub notices: Vec<NoticeBody>,
    /// What differs in the document beside its notices.
    #[serde(default)]
    pub document: Vec<DifferenceBody>,
    /// Whether every role has the signatures that it needs.
    pub signed: bool,
}

/// One role of a request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RoleBody {
    /// Its name.
    pub role: String,
    /// The version that is published.
    pub current: u64,
    /// The version that would be.
    pub version: u64,
    /// When the signatures on it expire (RFC 3339).
    #[schema(value_type = String)]
    pub expires: Time,
    /// What a new version of the role does not change by itself.
    pub differences: Vec<DifferenceBody>,
    /// Who has to sign.
    pub signing: Vec<SigningBody>,
}

/// One value that differs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DifferenceBody {
    /// JSON pointer into what is signed.
    pub place: String,
    /// What is published.
    pub before: Option<Value>,
    /// What would be.
    pub after: Option<Value>,
}

/// The signatures of one group of people.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SigningBody {
    /// Whether they are those whom the request itself appoints.
    pub appointed: bool,
    /// How many have to sign.
    pub threshold: u64,
    /// The key ids that have.
    pub signed: Vec<String>,
    /// The key ids that have not.
    pub waiting: Vec<String>,
}

/// What becomes of one notice.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct NoticeBody {
    /// Its id.
    pub id: String,
    /// `added`, `changed`, `withdrawn` or `kept`.
    pub change: String,
    /// The members that differ, when it is changed.
    pub members: Vec<String>,
    /// Whether who has seen it is shown it again.
    pub new_to_readers: bool,
}

impl ReviewBody {
    /// Of a review.
    #[must_use]
    pub fn of(review: &Review) -> Self {
        Self {
            roles: review.roles.iter().map(RoleBody::of).collect(),
            notices: NoticeBody::of_all(&review.notices),
            document: review.members.iter().map(DifferenceBody::of).collect(),
            signed: review.is_signed(),
        }
    }
}

impl RoleBody {
    fn of(role: &RoleReview) -> Self {
        Self {
            role: role.role.clone(),
            current: role.current,
            version: role.version,
            expires: role.expires,
            differences: role.surprises().map(DifferenceBody::of).collect(),
            signing: role.signing.iter().map(SigningBody::of).collect(),
        }
    }
}

impl DifferenceBody {
    fn of(difference: &Difference) -> Self {
        Self {
            place: difference.place.clone(),
            before: difference.before.clone(),
            after: difference.after.clone(),
        }
    }
}

impl SigningBody {
    fn of(signing: &Signing) -> Self {
        Self {
            appointed: signing.appointed,
            threshold: signing.threshold,
            signed: signing.signed.clone(),
            waiting: signing.waiting.clone(),
        }
    }
}

impl NoticeBody {
    /// Of every notice.
    #[must_use]
    pub fn of_all(changes: &[NoticeChange]) -> Vec<Self> {
        let of = |change: &NoticeChange| Self {
            id: change.id().to_owned(),
            change: change.word().to_owned(),
            members: change.members().into_iter().map(str::to_owned).collect(),
            new_to_readers: change.is_new_to_readers(),
        };
        changes.iter().map(of).collect()
    }
}

/// What is published here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct About {
    /// The identifier that the documents carry.
    pub repository: String,
    /// The server's clock (RFC 3339).
    #[schema(value_type = String)]
    pub time: Time,
    /// The roles that are published, by name.
    pub roles: BTreeMap<String, PublishedRole>,
}

/// A role that is published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PublishedRole {
    /// Its version.
    pub version: u64,
    /// When its signatures expire (RFC 3339).
    #[schema(value_type = String)]
    pub expires: Time,
}

/// A part of the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LogPage {
    /// The entries, the oldest first.
    pub entries: Vec<crate::serve::proposals::LogEntry>,
    /// The number of the last of them, or of the one that was asked to begin after.
    pub entry: u64,
    /// SHA-256 of that entry's bytes, in hexadecimal: what the next one's `previous` is.
    pub hash: String,
}
