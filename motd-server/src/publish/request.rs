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

use motd_core::Time;
use tuf::crypto::PrivateKey;

use super::authority::Authority;
use super::changes::{NoticeChange, changes, members};
use super::difference::{Difference, differences};
use super::publish::Change;
use super::repository::{Proposal, Repository};
use super::role_file::RoleFile;
use super::{NOTICE_ROLE, check};
use crate::error::Error;
use crate::publish::document::NoticeDocument;

const ROOT: &str = "root.json";
const TARGETS: &str = "targets.json";
const NOTICES: &str = "motd.json";
const DOCUMENT: &str = "notices.json";

/// The longest file of a request, in bytes: that of targets metadata.
pub const REQUEST_FILE_BYTES: u64 = 5_000_000;

/// Roles that are to be published together, with the signatures that they have so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SigningRequest {
    /// The next root.
    pub root: Option<RoleFile>,
    /// The next top-level targets.
    pub targets: Option<RoleFile>,
    /// The next version of the notice role, with its document.
    pub notices: Option<Proposal>,
}

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
    /// The version that is published.
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
    ) -> Result<Self, Error> {
        let signers = authority.signing_ids(file)?;
        let (signed, waiting) = authority
            .key_ids()
            .map(str::to_owned)
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
        let is_notices = self.role == NOTICE_ROLE;
        self.differences.iter().filter(move |difference| {
            let expected = if is_notices {
                difference.is_expected()
            } else {
                difference.is_version_or_expiry()
            };
            !expected
        })
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

impl SigningRequest {
    /// Reads the files of a request by their names.
    ///
    /// # Errors
    ///
    /// [`Error::Metadata`], [`Error::Limits`], or [`Error::Missing`] when there is no role in it.
    pub fn from_files(files: &BTreeMap<String, Vec<u8>>) -> Result<Self, Error> {
        let role = |file: &str, name: &str| {
            let bytes = files.get(file);
            bytes.map(|bytes| RoleFile::read(name, bytes)).transpose()
        };
        let notices = files.get(NOTICES);
        let request = Self {
            root: role(ROOT, "root")?,
            targets: role(TARGETS, "targets")?,
            notices: notices
                .map(|bytes| Proposal::read(bytes, files.get(DOCUMENT).cloned()))
                .transpose()?,
        };
        if request == Self::default() {
            return Err(Error::Missing {
                path: NOTICES.to_owned(),
            });
        }
        Ok(request)
    }

    /// The names that files of a request have.
    pub const FILES: [&str; 4] = [ROOT, TARGETS, NOTICES, DOCUMENT];

    /// The files, by their names.
    #[must_use]
    pub fn to_files(&self) -> BTreeMap<String, Vec<u8>> {
        let role = |name: &str, role: &RoleFile| (name.to_owned(), role.bytes().to_vec());
        let roles = [(ROOT, &self.root), (TARGETS, &self.targets)];
        let mut files: BTreeMap<_, _> = roles
            .into_iter()
            .filter_map(|(name, file)| Some(role(name, file.as_ref()?)))
            .collect();
        if let Some(notices) = &self.notices {
            files.extend([role(NOTICES, &notices.role)]);
            files.insert(DOCUMENT.to_owned(), notices.document.clone());
        }
        files
    }

    /// The same, as [`Repository::publish_change`] takes it.
    #[must_use]
    pub const fn change(&self) -> Change<'_> {
        Change {
            root: self.root.as_ref(),
            targets: self.targets.as_ref(),
            notices: self.notices.as_ref(),
        }
    }
}

impl Repository {
    /// Compares a request with what is published, computed from the payload itself.
    ///
    /// # Errors
    ///
    /// [`Error::Metadata`], [`Error::Missing`], [`Error::Document`]: it cannot be published as it is.
    pub fn review(&self, request: &SigningRequest) -> Result<Review, Error> {
        let mut roles = Vec::new();
        for (file, published) in self.roles_of(request)? {
            let signing = self
                .authorities(request, file)?
                .iter()
                .map(|(authority, appointed)| Signing::of(authority, file, *appointed))
                .collect::<Result<_, _>>()?;
            roles.push(RoleReview {
                role: file.name().to_owned(),
                current: published.version()?,
                version: file.version()?,
                expires: file.expires()?,
                differences: differences(published.signed(), file.signed()),
                signing,
            });
        }
        let document = match &request.notices {
            None => None,
            Some(proposal) => Some(proposal.read_document()?),
        };
        let (notices, members) = match &document {
            None => (Vec::new(), Vec::new()),
            Some(after) => {
                let before = self.document(after.judged().repository())?;
                (changes(&before, after), members(&before, after))
            }
        };
        Ok(Review {
            roles,
            notices,
            members,
            document,
        })
    }

    /// Adds one person's signature to every role of a request that the key belongs to, after the checks that make a
    /// signature worth giving. `places` are differences that the signer has read beyond those which every new version of
    /// the notice role has. The names of the roles come back.
    ///
    /// # Errors
    ///
    /// [`Error::KeyNotInRole`] when it belongs to none, [`Error::Unexpected`], [`Error::Expiry`], [`Error::Version`],
    /// [`Error::Document`], [`Error::Limits`], [`Error::Signer`]. The request is then as it was.
    pub fn sign_request(
        &self,
        request: &mut SigningRequest,
        key: &dyn PrivateKey,
        now: Time,
        places: &[&str],
    ) -> Result<Vec<String>, Error> {
        let mut signed = request.clone();
        let mut names = Vec::new();
        let is_mine = |file: &RoleFile| -> Result<bool, Error> {
            let authorities = self.authorities(request, file)?;
            Ok(authorities
                .iter()
                .any(|(authority, _)| authority.has(key.public())))
        };
        for (file, published, mine) in [
            (&mut signed.root, Some(self.root()), &request.root),
            (&mut signed.targets, self.targets().ok(), &request.targets),
        ] {
            let (Some(file), Some(published), Some(mine)) = (file, published, mine) else {
                continue;
            };
            if !is_mine(mine)? {
                continue;
            }
            check::version(self.files(), published, file)?;
            check::unexpired(file, now)?;
            check::limits(file)?;
            if let Some(more) = differences(published.signed(), file.signed())
                .iter()
                .find(|found| !found.is_version_or_expiry() && !found.is_among(places))
            {
                return Err(unexpected(file.name(), more));
            }
            file.add_signature(key)?;
            names.push(file.name().to_owned());
        }
        if let (Some(proposal), Some(mine)) = (&mut signed.notices, &request.notices)
            && is_mine(&mine.role)?
        {
            self.check_proposal(proposal, now, places)?;
            proposal.role.add_signature(key)?;
            names.push(NOTICE_ROLE.to_owned());
        }
        if names.is_empty() {
            return Err(Error::KeyNotInRole {
                role: self
                    .roles_of(request)?
                    .iter()
                    .map(|(file, _)| file.name())
                    .collect::<Vec<_>>()
                    .join(" or "),
                key_id: key.public().key_id().to_string(),
            });
        }
        *request = signed;
        Ok(names)
    }

    /// The role files of a request, each with what is published.
    pub(super) fn roles_of<'a>(
        &'a self,
        request: &'a SigningRequest,
    ) -> Result<Vec<(&'a RoleFile, &'a RoleFile)>, Error> {
        let mut roles = Vec::new();
        roles.extend(request.root.as_ref().map(|file| (file, self.root())));
        if let Some(file) = &request.targets {
            roles.push((file, self.targets()?));
        }
        if let Some(proposal) = &request.notices {
            roles.push((&proposal.role, self.notices()?));
        }
        Ok(roles)
    }

    /// Who has to sign a role of a request: those who may now, and for a root also those whom it appoints. Below root the
    /// roles above count as the request has them, because they are published together.
    pub(super) fn authorities(
        &self,
        request: &SigningRequest,
        file: &RoleFile,
    ) -> Result<Vec<(Authority, bool)>, Error> {
        let root = request.root.as_ref().unwrap_or(self.root());
        match file.name() {
            "root" => {
                let old = Authority::of_root(self.root(), "root")?;
                let new = Authority::of_root(file, "root")?;
                let same = old.is_same(&new);
                let both = [(old, false), (new, true)];
                // TUF 5.3.4: by both, which is one group when nothing changes.
                Ok(both.into_iter().take(if same { 1 } else { 2 }).collect())
            }
            "targets" => Ok(vec![(
                Authority::of_root(root, "targets")?,
                request.root.is_some(),
            )]),
            name => {
                let targets = match &request.targets {
                    Some(targets) => targets,
                    None => self.targets()?,
                };
                let appointed = request.targets.is_some();
                Ok(vec![(Authority::of_delegation(targets, name)?, appointed)])
            }
        }
    }
}

/// Who signs sees one text and must not sign something else with it.
pub(super) fn unexpected(role: &str, difference: &Difference) -> Error {
    Error::Unexpected {
        role: role.to_owned(),
        place: difference.place.clone(),
    }
}
