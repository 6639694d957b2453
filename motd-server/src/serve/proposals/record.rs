//! The objects of a proposal, as JSON.

use std::collections::{BTreeMap, BTreeSet};

use motd_core::Time;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{ProposalId, StoredProposal};
use crate::publish::metadata::write::sha256;
use crate::publish::{PublishError, RoleFile, SigningRequest};
use crate::serve::ServeError;

/// `request.json`.
#[derive(Serialize, Deserialize)]
pub(super) struct OpeningRecord {
    #[serde(rename = "opened")]
    time: Time,
    key_ids: BTreeSet<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    asked_by: Option<String>,
    files: BTreeMap<String, String>,
}

impl OpeningRecord {
    pub(super) fn of(stored: &StoredProposal) -> Result<Self, ServeError> {
        let text = |(name, bytes)| Some((name, String::from_utf8(bytes).ok()?));
        let files = stored.request.to_files().into_iter().map(text);
        Ok(Self {
            time: stored.opened,
            key_ids: stored.opened_by.clone(),
            asked_by: stored.asked_by.clone(),
            // JSON is UTF-8, and every file has been read as JSON.
            files: files.collect::<Option<_>>().ok_or_else(malformed)?,
        })
    }

    pub(super) fn stored(self, id: &ProposalId) -> Result<StoredProposal, ServeError> {
        let files = self.files.into_iter();
        let files = files
            .map(|(name, text)| (name, text.into_bytes()))
            .collect();
        let request = SigningRequest::from_files(&files)?;
        // The name says what would be published and on which day it was opened: nothing else is under it.
        if ProposalId::new(&request, self.time)? != *id {
            return Err(malformed());
        }
        Ok(StoredProposal {
            id: id.clone(),
            opened: self.time,
            opened_by: self.key_ids,
            asked_by: self.asked_by,
            request,
            discarded: false,
        })
    }
}

/// One signature that came after the proposal was opened.
#[derive(Serialize, Deserialize)]
pub(super) struct SignatureRecord {
    role: String,
    keyid: String,
    sig: String,
    time: Time,
}

impl SignatureRecord {
    pub(super) const PREFIX: &str = "signature-";

    pub(super) fn new(role: &str, key_id: &str, signature: &str, now: Time) -> Self {
        Self {
            role: role.to_owned(),
            keyid: key_id.to_owned(),
            sig: signature.to_owned(),
            time: now,
        }
    }

    /// A key id can be any text, and is no part of a path.
    pub(super) fn name(&self) -> String {
        let hash = hex::encode(Sha256::digest(format!("{}\0{}", self.role, self.keyid)));
        format!(
            "{}{}.json",
            Self::PREFIX,
            hash.get(..32).unwrap_or_default()
        )
    }

    /// Adds it to the role that it is for, and never in the place of one that was there when the proposal was opened.
    pub(super) fn add_to(&self, request: &mut SigningRequest) {
        let is_there = |file: &RoleFile| file.signatures().any(|(there, _)| there == self.keyid);
        if request.role(&self.role).is_some_and(|file| !is_there(file)) {
            // It has the role, and what was written can be written again.
            let _ = request.put_signature(&self.role, &self.keyid, &self.sig);
        }
    }
}

/// `discarded.json`, and the same for each role that was taken back.
#[derive(Serialize)]
pub(super) struct DiscardRecord {
    key_id: String,
    time: Time,
}

impl DiscardRecord {
    pub(super) const NAME: &str = "discarded.json";

    /// Where it is said that a key has taken back its signature on a role, in whatever request that is: by the hash of
    /// the key id and of what is signed.
    pub(super) fn path_of(role: &RoleFile, key_id: &str) -> Result<String, ServeError> {
        let of_both = format!("{}\0{key_id}", sha256(&role.canonical()?));
        Ok(format!("discarded/{}.json", sha256(of_both.as_bytes())))
    }

    pub(super) fn new(key_id: &str, now: Time) -> Self {
        Self {
            key_id: key_id.to_owned(),
            time: now,
        }
    }
}

pub(super) fn to_bytes(record: &impl Serialize) -> Result<Vec<u8>, ServeError> {
    serde_json::to_vec(record).map_err(|_| malformed())
}

pub(super) fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ServeError> {
    serde_json::from_slice(bytes).map_err(|_| malformed())
}

fn malformed() -> ServeError {
    PublishError::Metadata {
        path: "a proposal".to_owned(),
        what: "not as it was kept",
    }
    .into()
}
