//! A change that people sign: on different machines, in any order, as files that travel between them.
//!
//! The files are the role files themselves: whatever signs TUF metadata can sign them.
//!
//! ```text
//! root.json       the next root, if it changes
//! targets.json    the next top-level targets, if they change
//! motd.json       the next version of the notice role
//! notices.json    the document bytes that belong to it
//! ```

use std::collections::BTreeMap;

use sha2::{Digest as _, Sha512};

use super::document::NoticeDocument;
use super::metadata::{RoleFile, malformed};
use super::{NOTICE_ROLE, TARGET_PATH};
use crate::publish::PublishError;

const ROOT: &str = "root.json";
const TARGETS: &str = "targets.json";
const NOTICES: &str = "motd.json";
const DOCUMENT: &str = "notices.json";

/// The longest file of a request, in bytes: that of targets metadata.
pub const REQUEST_FILE_BYTES: u64 = 5_000_000;

/// A version of the notice role, signed or not yet, with the document that it carries: both carriers hold one document,
/// and a client refuses nothing in it.
#[derive(Clone, Debug)]
pub struct Proposal {
    role: RoleFile,
    document: NoticeDocument,
}

impl Proposal {
    /// Puts a role and a document together.
    ///
    /// # Errors
    ///
    /// [`PublishError::Metadata`] when the role's entry is not that of the document.
    pub fn new(role: RoleFile, document: NoticeDocument) -> Result<Self, PublishError> {
        let entry = role.notices_entry();
        let entry =
            entry.ok_or_else(|| malformed(role.name(), "no entry for motd/notices.json"))?;
        let sha512 = || hex::encode(Sha512::digest(document.bytes()));
        // MOTD-CARRY-3, MOTD-CARRY-7: what a client will compare, compared here first.
        let same = entry.length == u64::try_from(document.bytes().len()).ok()
            && entry.sha256.as_deref() == Some(document.sha256().as_str())
            && entry.sha512.as_ref().is_none_or(|hash| *hash == sha512())
            && entry.inline.as_ref() == document.inline();
        if same {
            Ok(Self { role, document })
        } else {
            let what = "its entry for motd/notices.json is not that of the document";
            Err(malformed(role.name(), what))
        }
    }

    /// Reads a proposal that travelled as files. The document may be absent when the role carries it inline.
    ///
    /// # Errors
    ///
    /// [`PublishError::Metadata`], [`PublishError::Limits`], [`PublishError::Document`] when a client would refuse
    /// it, or [`PublishError::Store`] when there is no document anywhere.
    pub fn read(role: &[u8], document: Option<&[u8]>) -> Result<Self, PublishError> {
        let role = RoleFile::read(NOTICE_ROLE, role)?;
        let inline = || {
            let inline = role.notices_entry()?.inline.as_ref()?;
            let value = motd_core::json::Value::from_parsed(inline).ok()?;
            Some(value.document_bytes())
        };
        let bytes = document.map(<[u8]>::to_vec).or_else(inline);
        let bytes = bytes.ok_or_else(|| PublishError::missing(TARGET_PATH))?;
        // MOTD-PUB-1, MOTD-BYTES-8: judged from the bytes that will be served.
        let document = NoticeDocument::read_any(&bytes)?;
        Self::new(role, document)
    }

    /// The role's file.
    #[must_use]
    pub const fn role(&self) -> &RoleFile {
        &self.role
    }

    /// Puts other signatures on the role: what is signed stays.
    ///
    /// # Errors
    ///
    /// Whatever `sign` fails with, or [`PublishError::Metadata`] when it changed what is signed. The proposal is then as
    /// it was.
    pub fn sign_with(
        &mut self,
        sign: impl FnOnce(&mut RoleFile) -> Result<(), PublishError>,
    ) -> Result<(), PublishError> {
        let mut role = self.role.clone();
        sign(&mut role)?;
        // Otherwise a role could come beside a document that it was never compared with.
        if role.name() != self.role.name() || role.signed() != self.role.signed() {
            return Err(malformed(self.role.name(), "what is signed has changed"));
        }
        self.role = role;
        Ok(())
    }

    /// The document.
    #[must_use]
    pub const fn document(&self) -> &NoticeDocument {
        &self.document
    }
}

/// Roles that are to be published together, with the signatures that they have so far. What is absent stays as it is.
#[derive(Clone, Debug, Default)]
pub struct SigningRequest {
    /// The next root.
    pub root: Option<RoleFile>,
    /// The next top-level targets.
    pub targets: Option<RoleFile>,
    /// The next version of the notice role, with its document.
    pub notices: Option<Proposal>,
}

impl From<Proposal> for SigningRequest {
    fn from(proposal: Proposal) -> Self {
        Self {
            notices: Some(proposal),
            ..Self::default()
        }
    }
}

/// Two requests are the same when their files are.
impl PartialEq for SigningRequest {
    fn eq(&self, other: &Self) -> bool {
        self.to_files() == other.to_files()
    }
}

impl Eq for SigningRequest {}

impl SigningRequest {
    /// The names that files of a request have.
    pub const FILES: [&str; 4] = [ROOT, TARGETS, NOTICES, DOCUMENT];

    /// Reads the files of a request by their names.
    ///
    /// # Errors
    ///
    /// As [`Proposal::read`], or [`PublishError::Store`] when there is no role in it.
    pub fn from_files(files: &BTreeMap<String, Vec<u8>>) -> Result<Self, PublishError> {
        let role = |file: &str, name: &str| {
            let bytes = files.get(file);
            bytes.map(|bytes| RoleFile::read(name, bytes)).transpose()
        };
        let document = files.get(DOCUMENT).map(Vec::as_slice);
        let notices = files.get(NOTICES);
        let request = Self {
            root: role(ROOT, "root")?,
            targets: role(TARGETS, "targets")?,
            notices: notices
                .map(|bytes| Proposal::read(bytes, document))
                .transpose()?,
        };
        if request.roles().next().is_none() {
            return Err(PublishError::missing(NOTICES));
        }
        Ok(request)
    }

    /// The files, by their names.
    #[must_use]
    pub fn to_files(&self) -> BTreeMap<String, Vec<u8>> {
        let roles = self.roles();
        let mut files: BTreeMap<_, _> = roles
            .map(|role| (format!("{}.json", role.name()), role.bytes().to_vec()))
            .collect();
        if let Some(notices) = &self.notices {
            files.insert(DOCUMENT.to_owned(), notices.document.bytes().to_vec());
        }
        files
    }

    /// The files of its roles, from root down.
    pub fn roles(&self) -> impl Iterator<Item = &RoleFile> {
        let notices = self.notices.as_ref().map(Proposal::role);
        let files = [self.root.as_ref(), self.targets.as_ref(), notices];
        files.into_iter().flatten()
    }

    /// The file of a role in it.
    #[must_use]
    pub fn role(&self, name: &str) -> Option<&RoleFile> {
        self.roles().find(|file| file.name() == name)
    }

    /// Adds a signature to a role in it, whatever it is worth.
    ///
    /// # Errors
    ///
    /// [`PublishError::Store`] when it has no such role.
    pub(crate) fn put_signature(
        &mut self,
        role: &str,
        key_id: &str,
        signature: &str,
    ) -> Result<(), PublishError> {
        let mut found = false;
        self.sign_each(|file| {
            if file.name() != role {
                return Ok(());
            }
            found = true;
            file.put_signature(key_id, signature)
        })?;
        found
            .then_some(())
            .ok_or_else(|| PublishError::missing(format!("{role}.json")))
    }

    /// Puts other signatures on the roles: what is signed stays.
    ///
    /// # Errors
    ///
    /// Whatever `sign` fails with. The request may then have some of the signatures.
    pub fn sign_each(
        &mut self,
        mut sign: impl FnMut(&mut RoleFile) -> Result<(), PublishError>,
    ) -> Result<(), PublishError> {
        let above = [self.root.as_mut(), self.targets.as_mut()];
        above.into_iter().flatten().try_for_each(&mut sign)?;
        match &mut self.notices {
            Some(proposal) => proposal.sign_with(sign),
            None => Ok(()),
        }
    }
}
