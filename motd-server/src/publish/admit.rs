//! What a request has to be before a server keeps it: the signatures on it are who it comes from.
//!
//! There is no other authentication (ADR 0005). So every signature has to verify, one of them has to be of somebody who may
//! sign now, and the rest has to be what could be published, before a byte is kept.

use std::collections::{BTreeMap, BTreeSet};

use motd_core::Time;
use tuf::crypto::PublicKey;

use super::NOTICE_ROLE;
use super::authority::Authority;
use super::repository::{Proposal, Repository};
use super::request::SigningRequest;
use super::role_file::RoleFile;
use crate::error::Error;

impl Repository {
    /// Checks a request that came from anywhere, the cheapest first. It comes back as it is to be kept, without a byte that
    /// nobody signed, and with the key ids of those who have signed it and may sign that role as it is published.
    ///
    /// # Errors
    ///
    /// [`Error::Unsigned`]; [`Error::KeyNotInRole`], [`Error::SignatureInvalid`], [`Error::SignatureTwice`]; and everything
    /// for which [`Repository::publish_change`] would refuse it, missing signatures apart.
    pub fn admit(
        &self,
        request: &SigningRequest,
        now: Time,
    ) -> Result<(SigningRequest, BTreeSet<String>), Error> {
        let request = request.bare()?;
        let mut signers = BTreeSet::new();
        for (file, _) in self.roles_of(&request)? {
            signers.extend(self.published_authority(file.name())?.signing_ids(file)?);
        }
        // Whom the request itself appoints is nobody yet: anybody can appoint themselves.
        if signers.is_empty() {
            return Err(Error::Unsigned);
        }
        for (file, _) in self.roles_of(&request)? {
            check_signatures(&self.authorities(&request, file)?, file)?;
        }
        self.check_change(&request.change(), now)?;
        Ok((request, signers))
    }

    /// Adds one signature to a request. It is an error unless it verifies; one that is there already changes nothing.
    ///
    /// # Errors
    ///
    /// [`Error::Missing`] when the request has no such role, [`Error::KeyNotInRole`], [`Error::SignatureInvalid`].
    pub fn admit_signature(
        &self,
        request: &mut SigningRequest,
        role: &str,
        key_id: &str,
        signature: &str,
    ) -> Result<(), Error> {
        let authorities = match request.role(role) {
            Some(file) => self.authorities(request, file)?,
            None => Vec::new(),
        };
        if let Some(file) = request.role(role) {
            check_signature(&authorities, file, key_id, signature)?;
        }
        request.put_signature(role, key_id, signature)
    }

    /// Everybody whose signature counts for something now: the keys of root, of top-level targets and of the notice role.
    ///
    /// # Errors
    ///
    /// [`Error::Metadata`], [`Error::Missing`].
    pub fn people(&self) -> Result<BTreeMap<String, PublicKey>, Error> {
        let mut people = BTreeMap::new();
        for role in ["root", "targets", NOTICE_ROLE] {
            let authority = self.published_authority(role)?;
            people.extend(authority.ed25519().map(|(id, key)| (id.to_owned(), key)));
        }
        Ok(people)
    }

    /// Everybody who can sign a request: for who it appoints, it is theirs to read.
    ///
    /// # Errors
    ///
    /// As [`Repository::people`].
    pub fn people_of(
        &self,
        request: &SigningRequest,
    ) -> Result<BTreeMap<String, PublicKey>, Error> {
        let mut people = BTreeMap::new();
        for (file, _) in self.roles_of(request)? {
            for (authority, _) in self.authorities(request, file)? {
                people.extend(authority.ed25519().map(|(id, key)| (id.to_owned(), key)));
            }
        }
        Ok(people)
    }

    /// Whether every role of a request has the signatures that it needs.
    #[must_use]
    pub fn is_signed(&self, request: &SigningRequest) -> bool {
        request.roles().all(|file| {
            let authorities = self.authorities(request, file).unwrap_or_default();
            let enough = |authority: &Authority| authority.check(file).is_ok();
            !authorities.is_empty() && authorities.iter().all(|(authority, _)| enough(authority))
        })
    }

    /// The same without the signatures that count for nothing now: of people who have left since, or that somebody wrote
    /// beside the others.
    ///
    /// # Errors
    ///
    /// [`Error::Metadata`], [`Error::Missing`].
    pub(crate) fn without_void_signatures(
        &self,
        request: &SigningRequest,
    ) -> Result<SigningRequest, Error> {
        let mut counted = request.clone();
        let notices = counted.notices.as_mut().map(|proposal| &mut proposal.role);
        let files = [counted.root.as_mut(), counted.targets.as_mut(), notices];
        for file in files.into_iter().flatten() {
            let authorities = self.authorities(request, file)?;
            let counts = |key_id: &str, signature: &str| {
                check_signature(&authorities, file, key_id, signature).is_ok()
            };
            *file = file.with_signatures(counts)?;
        }
        Ok(counted)
    }

    /// The key ids of those who have validly signed these roles, seen from a request that some of them are in.
    ///
    /// # Errors
    ///
    /// [`Error::Metadata`], [`Error::Missing`].
    pub(crate) fn signers_of(
        &self,
        request: &SigningRequest,
        roles: &[&RoleFile],
    ) -> Result<BTreeSet<String>, Error> {
        let mut signers = BTreeSet::new();
        for file in roles {
            for (authority, _) in self.authorities(request, file)? {
                signers.extend(authority.signing_ids(file)?);
            }
        }
        Ok(signers)
    }

    fn published_authority(&self, role: &str) -> Result<Authority, Error> {
        match role {
            "root" | "targets" => Authority::of_root(self.root(), role),
            name => Authority::of_delegation(self.targets()?, name),
        }
    }
}

impl SigningRequest {
    /// The files of its roles, from root down.
    pub fn roles(&self) -> impl Iterator<Item = &RoleFile> {
        let notices = self.notices.as_ref().map(|proposal| &proposal.role);
        let files = [self.root.as_ref(), self.targets.as_ref(), notices];
        files.into_iter().flatten()
    }

    /// Adds a signature to a role in it, whatever it is worth.
    ///
    /// # Errors
    ///
    /// [`Error::Missing`] when it has no such role.
    pub(crate) fn put_signature(
        &mut self,
        role: &str,
        key_id: &str,
        signature: &str,
    ) -> Result<(), Error> {
        let notices = self.notices.as_mut().map(|proposal| &mut proposal.role);
        let files = [self.root.as_mut(), self.targets.as_mut(), notices];
        let mut files = files.into_iter().flatten();
        let file = files.find(|file| file.name() == role);
        let file = file.ok_or_else(|| Error::Missing {
            path: format!("{role}.json"),
        })?;
        file.put_signature(key_id, signature)
    }

    /// The file of a role in it.
    #[must_use]
    pub fn role(&self, name: &str) -> Option<&RoleFile> {
        self.roles().find(|file| file.name() == name)
    }

    /// The same, every file as this crate writes it.
    fn bare(&self) -> Result<Self, Error> {
        let bare = |file: &Option<RoleFile>| file.as_ref().map(RoleFile::bare).transpose();
        let notices = match &self.notices {
            None => None,
            Some(proposal) => Some(Proposal {
                role: proposal.role.bare()?,
                document: proposal.document.clone(),
            }),
        };
        Ok(Self {
            root: bare(&self.root)?,
            targets: bare(&self.targets)?,
            notices,
        })
    }
}

/// Every signature counts: one that does not would be kept and carried on for nothing, by whoever likes.
fn check_signatures(authorities: &[(Authority, bool)], file: &RoleFile) -> Result<(), Error> {
    let mut seen = BTreeSet::new();
    for (key_id, signature) in file.signatures() {
        if !seen.insert(key_id) {
            return Err(Error::SignatureTwice {
                role: file.name().to_owned(),
                key_id: key_id.to_owned(),
            });
        }
        check_signature(authorities, file, key_id, signature)?;
    }
    Ok(())
}

fn check_signature(
    authorities: &[(Authority, bool)],
    file: &RoleFile,
    key_id: &str,
    signature: &str,
) -> Result<(), Error> {
    let mut theirs = authorities
        .iter()
        .filter(|(authority, _)| authority.key_ids().any(|id| id == key_id))
        .peekable();
    if theirs.peek().is_none() {
        return Err(Error::KeyNotInRole {
            role: file.name().to_owned(),
            key_id: key_id.to_owned(),
        });
    }
    for (authority, _) in theirs {
        if authority.verifies(file, key_id, signature)? {
            return Ok(());
        }
    }
    Err(Error::SignatureInvalid {
        role: file.name().to_owned(),
        key_id: key_id.to_owned(),
    })
}
