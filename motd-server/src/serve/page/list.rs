//! The same for programs, as JSON.

use motd_core::{RepositoryId, Time};
use serde::Serialize;
use serde_json::Value;

use super::gate::{CurrentDocument, Withheld};
use super::resource::{self, Page};
use super::roles::RoleStanding;

/// What `/notices.json` holds. It is information: nothing in it is verified by who reads it.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(title = "Current notices of a repository"))]
pub(super) struct NoticeList<'a> {
    /// Whether notices are shown, and why not.
    state: ListState,
    /// The repository that speaks.
    repository: &'a str,
    /// When the server looked, in RFC 3339.
    checked_at: String,
    /// The roles whose signatures are over; empty unless the state is `expired`.
    expired: &'a [String],
    /// The code of the check that refused what is published; `null` unless the state is `refused`.
    code: Option<&'a str>,
    /// The roles on the way to a notice, from root down.
    roles: Vec<NoticeListRole<'a>>,
    /// The notices that are current, the most severe first, each as it stands in the document. Empty unless the state is
    /// `current`.
    notices: Vec<&'a Value>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(rename = "State"))]
#[serde(rename_all = "lowercase")]
enum ListState {
    /// What is published is signed, and its signatures have not expired; the list may be empty.
    Current,
    /// The signatures of a role are over: clients show nothing.
    Expired,
    /// A check refused what is published.
    Refused,
}

/// A role as it is published.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(rename = "Role"))]
struct NoticeListRole<'a> {
    /// Its name.
    #[serde(rename = "role")]
    name: &'a str,
    /// Its version.
    version: u64,
    /// When the signatures on it expire, in RFC 3339.
    expires: String,
    /// How many distinct keys have to sign it.
    threshold: u64,
    /// The key ids of valid signatures, one for each distinct key.
    signers: &'a [String],
}

pub(super) fn page(
    id: &RepositoryId,
    roles: &[RoleStanding],
    sight: &Result<CurrentDocument, Withheld>,
    now: Time,
) -> Page {
    let (state, expired, code): (_, &[String], _) = match sight {
        Ok(_) => (ListState::Current, &[], None),
        Err(Withheld::Expired(roles)) => (ListState::Expired, roles, None),
        Err(Withheld::Refused(code)) => (ListState::Refused, &[], Some(*code)),
    };
    let notices = sight
        .as_ref()
        .map(CurrentDocument::notices)
        .unwrap_or_default();
    let list = NoticeList {
        state,
        repository: id.as_str(),
        checked_at: now.to_string(),
        expired,
        code,
        roles: roles.iter().map(NoticeListRole::of).collect(),
        notices: notices.iter().map(|current| current.json).collect(),
    };
    // Strings, numbers and values that were parsed can be written.
    let mut body = serde_json::to_vec_pretty(&list).unwrap_or_default();
    body.push(b'\n');
    Page {
        path: "/notices.json",
        content_type: "application/json; charset=utf-8",
        policy: Some(resource::of_data()),
        body,
    }
}

impl<'a> NoticeListRole<'a> {
    fn of(standing: &'a RoleStanding) -> Self {
        Self {
            name: &standing.name,
            version: standing.version,
            expires: standing.expires.to_string(),
            threshold: standing.threshold,
            signers: &standing.signers,
        }
    }
}
