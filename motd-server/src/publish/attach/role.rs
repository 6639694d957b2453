//! The notice role of a host, when enough people have signed it: two files for the host's snapshot tool.

use motd_core::Time;
use sigstore_tuf::{DelegatedRole, Delegations, Metadata, Targets};

use super::super::document::NoticeDocument;
use super::super::metadata::write::{sha256, target_file};
use super::super::metadata::{RoleFile, malformed};
use super::super::request::{Proposal, SigningRequest};
use super::super::steps::{Compare as _, Published};
use super::super::{NOTICE_ROLE, TARGET_PATH};
use super::files::HostFiles;
use super::finding::{HostFinding, Weight};
use super::host::{Host, unverified};
use crate::publish::PublishError;
use crate::store::files::versioned;

/// A host that nothing stands in the way of, and that delegates to the notice role.
#[derive(Clone, Copy)]
pub struct Attached<'a> {
    host: &'a Host,
    files: &'a dyn HostFiles,
}

/// What the host's snapshot tool is given.
#[derive(Clone, Debug)]
pub struct Handover {
    /// The files by their paths in the repository: the role file and the target file.
    pub files: Vec<(String, Vec<u8>)>,
    /// The version that the snapshot is to list.
    pub version: u64,
    /// When the signatures expire.
    pub expires: Time,
    /// What readers will see.
    pub document: NoticeDocument,
}

impl Host {
    /// The way to publish, for a host that is ready.
    ///
    /// # Errors
    ///
    /// [`PublishError::NotAttachable`] with the first obstacle, or when the delegation is not there.
    pub fn attached<'a>(
        &'a self,
        files: &'a dyn HostFiles,
        now: Time,
    ) -> Result<Attached<'a>, PublishError> {
        let stops = |finding: &HostFinding| {
            finding.weight() == Weight::Obstacle || *finding == HostFinding::Delegation
        };
        match self.check(now).into_iter().find(stops) {
            Some(finding) => Err(PublishError::NotAttachable(Box::new(finding))),
            None => Ok(Attached { host: self, files }),
        }
    }
}

impl Published for Attached<'_> {
    fn root(&self) -> &RoleFile {
        &self.host.root
    }

    fn targets(&self) -> &RoleFile {
        &self.host.targets
    }

    fn notice_role(&self) -> Option<&RoleFile> {
        self.host.notices()
    }

    fn listed_version(&self) -> u64 {
        self.host.listed_version().unwrap_or(0)
    }

    fn signs(&self, role: &str) -> bool {
        role == NOTICE_ROLE
    }

    fn file(&self, path: &str, limit: u64) -> Result<Option<Vec<u8>>, PublishError> {
        self.files.bytes(path, limit)
    }
}

impl Attached<'_> {
    /// The two files for the host's snapshot tool, when enough people have signed. The host lists the role and serves
    /// both as the bytes that they are.
    ///
    /// # Errors
    ///
    /// [`PublishError::Threshold`], [`PublishError::DuplicateKey`], and as [`Published::sign`];
    /// [`PublishError::HostUnverified`] when the client's verifier does not accept the role.
    pub fn hand_over(&self, request: &SigningRequest, now: Time) -> Result<Handover, PublishError> {
        let proposal = request
            .notices
            .as_ref()
            .ok_or_else(|| PublishError::missing(format!("{NOTICE_ROLE}.json")))?;
        // MOTD-PUB-3
        let authority = self.targets().authority(NOTICE_ROLE)?;
        authority.check(proposal.role())?;
        self.check_proposal(proposal, now)?;
        self.check_as_client(proposal)?;
        let (role, bytes) = (proposal.role(), proposal.document().bytes());
        Ok(Handover {
            // MOTD-CARRY-6: the target file first, and whether or not the role carries the document inline.
            files: vec![
                (target_file(TARGET_PATH, bytes), bytes.to_vec()),
                (
                    versioned(role.version(), NOTICE_ROLE),
                    role.bytes().to_vec(),
                ),
            ],
            version: role.version(),
            expires: role.expires(),
            document: proposal.document().clone(),
        })
    }

    /// The same signatures and bytes once more, through the verifier that clients have and nothing of this crate's.
    fn check_as_client(&self, proposal: &Proposal) -> Result<(), PublishError> {
        let unverified = unverified(NOTICE_ROLE);
        let form = || malformed(NOTICE_ROLE, "a client does not read the delegation");
        let delegations = self.host.targets.signed().get("delegations").cloned();
        let delegations: Delegations =
            serde_json::from_value(delegations.unwrap_or_default()).map_err(|_| form())?;
        let entry: &DelegatedRole = delegations.roles.first().ok_or_else(form)?;
        let role = Metadata::<Targets>::from_slice(proposal.role().bytes()).map_err(&unverified)?;
        role.verify_threshold(&delegations.keys, &entry.role_keys(), NOTICE_ROLE)
            .map_err(&unverified)?;
        let target = role.signed().target(TARGET_PATH).ok_or_else(form)?;
        let bytes = proposal.document().bytes();
        let hash = target.hashes.get("sha256");
        let same = u64::try_from(bytes.len()) == Ok(target.length)
            && hash.is_some_and(|hash| *hash == sha256(bytes));
        // MOTD-CARRY-8
        same.then_some(()).ok_or_else(form)
    }
}
