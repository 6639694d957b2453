//! The gate of the pages: what a client without state would show at a time, judged by the code that clients judge with.

use core::cmp::Reverse;

use motd_core::{Document, Notice, RepositoryId, TargetEntry, Time, Verified};
use serde_json::Value;

use crate::publish::{
    CUSTOM_MEMBER, PublishError, Published as _, Repository, RoleFile, TARGET_PATH, check_shadows,
};
use crate::store::StoreError;

/// What the published role carries, when a client would take it.
pub(super) struct CurrentDocument {
    /// Absent when the role has no entry for the reserved path, which says as much as an empty list (MOTD-CARRY-5).
    document: Option<(Verified<Document>, Value)>,
    now: Time,
}

/// A notice whose time has come and is not over, judged and as it was signed.
#[derive(Clone, Copy)]
pub(super) struct CurrentNotice<'a> {
    pub(super) notice: &'a Notice,
    pub(super) json: &'a Value,
}

/// Why nothing is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Withheld {
    /// The signatures of these roles are over.
    Expired(Vec<String>),
    /// A check refused what is published; its code.
    Refused(&'static str),
}

/// What may be shown at `now`.
pub(super) fn decide(
    repository: &Repository,
    id: &RepositoryId,
    now: Time,
) -> Result<CurrentDocument, Withheld> {
    let (targets, notices) = (repository.targets(), repository.notices());
    let path = [
        repository.root(),
        repository.timestamp(),
        repository.snapshot(),
        targets,
        notices,
    ];
    let mut expired = Vec::new();
    for role in path {
        // TUF 5.3.10, 5.4.4, 5.5.6, 5.6.5: what expires now has expired.
        if role.expires() <= now {
            expired.push(role.name().to_owned());
        }
    }
    if !expired.is_empty() {
        return Err(Withheld::Expired(expired));
    }
    // MOTD-DEL-2: clients would read another role's entry.
    check_shadows(targets)?;
    let entry = notices
        .signed()
        .get("targets")
        .and_then(|targets| targets.get(TARGET_PATH));
    let document = entry
        .map(|entry| judge(repository, notices, entry, id))
        .transpose()?;
    Ok(CurrentDocument { document, now })
}

/// The document of an entry, by the one equality rule for both carriers.
fn judge(
    repository: &Repository,
    role: &RoleFile,
    entry: &Value,
    id: &RepositoryId,
) -> Result<(Verified<Document>, Value), PublishError> {
    let malformed = |what| PublishError::Metadata {
        path: role.name().to_owned(),
        what,
    };
    let length = entry.get("length").and_then(Value::as_u64);
    let length = length.ok_or_else(|| malformed("no length of the reserved path"))?;
    let hashes = entry.get("hashes").and_then(Value::as_object);
    let hashes: Vec<(String, String)> = hashes
        .into_iter()
        .flatten()
        .filter_map(|(name, digest)| Some((name.clone(), digest.as_str()?.to_owned())))
        .collect();
    let target = TargetEntry {
        length,
        hashes: &hashes,
    };
    // MOTD-CARRY-2: when it is there it decides, with no falling back.
    if let Some(inline) = entry
        .get("custom")
        .and_then(|custom| custom.get(CUSTOM_MEMBER))
    {
        let document = Verified::assert_tuf_verified_custom(inline, &target, id)?;
        return Ok((document, inline.clone()));
    }
    let names = hashes
        .iter()
        .map(|(_, digest)| format!("targets/motd/{digest}.notices.json"));
    let bytes = names.filter_map(|name| repository.files().bytes(&name));
    let path = TARGET_PATH.to_owned();
    let bytes = bytes.into_iter().next();
    let bytes = bytes.ok_or(StoreError::Missing { path })?;
    let document = Verified::assert_tuf_verified_target(bytes, &target, id)?;
    // Judged to be document bytes, which every parser reads alike (MOTD-BYTES-7).
    let json = serde_json::from_slice(bytes).map_err(|_| malformed("not JSON"))?;
    Ok((document, json))
}

impl CurrentDocument {
    /// The notices that are current, in the order in which a terminal would show them.
    pub(super) fn notices(&self) -> Vec<CurrentNotice<'_>> {
        let mut notices: Vec<_> = self
            .begun()
            // MOTD-TIME-4: `begins <= now < ends`.
            .filter(|current| self.now < current.notice.ends())
            .collect();
        notices.sort_by_key(|current| {
            let notice = current.notice;
            (
                Reverse(notice.effective_severity()),
                Reverse(notice.begins()),
                notice.id(),
            )
        });
        notices
    }

    /// The notices that have begun, ended or not, in the order of the document.
    fn begun(&self) -> impl Iterator<Item = CurrentNotice<'_>> {
        let entries = self.document.iter().flat_map(|(document, json)| {
            let entries = document.verified().entries().iter();
            entries.map(move |entry| (entry, json))
        });
        entries.filter_map(|(entry, json)| {
            // MOTD-DOC-8: one notice that is refused hides no other.
            let notice = entry.verdict().ok()?;
            let json = json.get("notices")?.get(entry.index())?;
            (notice.begins() <= self.now).then_some(CurrentNotice { notice, json })
        })
    }
}

impl From<PublishError> for Withheld {
    fn from(error: PublishError) -> Self {
        Self::Refused(error.code())
    }
}
