//! MOTD-SRV-10: the versions behind which a server does not go back. They are void by the rule of clients (MOTD-FLOOR-2): a
//! repository recovers by new online keys, and by nothing else.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::PublishError;
use super::key::PublicKey;
use super::metadata::{Authority, RoleFile, malformed};
use super::repository::Repository;
use super::steps::Published as _;

/// Most sets of online keys whose floors are kept.
const KEPT: usize = 4;

/// What a server has taken up of one repository, to be kept over a restart. The newest is the last.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Floors(Vec<KeyedFloors>);

/// The floors that were set under the same online keys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct KeyedFloors {
    timestamp: Floor,
    snapshot: Floor,
    /// Versions of roles as the snapshot listed them.
    roles: BTreeMap<String, u64>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Floor {
    version: u64,
    /// The keys of the role, by value.
    keys: BTreeSet<String>,
    /// Those of them that had signed the file.
    signers: BTreeSet<String>,
}

impl Floors {
    /// Refuses what is behind what was taken up.
    ///
    /// # Errors
    ///
    /// [`PublishError::Behind`]; [`PublishError::Metadata`] when a role is no longer listed.
    pub fn check(&self, repository: &Repository) -> Result<(), PublishError> {
        for floors in &self.0 {
            floors.timestamp.check(repository, repository.timestamp())?;
            let snapshot = repository.snapshot();
            if !floors.snapshot.check(repository, snapshot)? {
                continue;
            }
            for (role, version) in &floors.roles {
                let listed = snapshot.listed(role);
                let listed = listed.ok_or_else(|| malformed("snapshot", "a role is not listed"))?;
                at_least(role, listed.version, *version)?;
            }
        }
        Ok(())
    }

    /// Raises the floors to what was taken up. What is void stays for the keys that it belongs to.
    ///
    /// # Errors
    ///
    /// [`PublishError::Metadata`] when root does not say who signs.
    pub fn raise(&mut self, repository: &Repository) -> Result<(), PublishError> {
        let snapshot = repository.snapshot();
        let roles = snapshot.listing();
        let raised = KeyedFloors {
            timestamp: Floor::of(repository, repository.timestamp())?,
            snapshot: Floor::of(repository, snapshot)?,
            roles: roles
                .map(|(role, listed)| (role.to_owned(), listed.version))
                .collect(),
        };
        self.0.retain(|kept| {
            kept.timestamp.keys != raised.timestamp.keys
                || kept.snapshot.keys != raised.snapshot.keys
        });
        if self.0.len() >= KEPT {
            self.0.remove(0);
        }
        self.0.push(raised);
        Ok(())
    }
}

impl Floor {
    fn of(repository: &Repository, role: &RoleFile) -> Result<Self, PublishError> {
        let authority = repository.root().authority(role.name())?;
        let signers = authority.signing_ids(role)?;
        Ok(Self {
            version: role.version(),
            keys: values(authority.keys()),
            signers: values(signers.iter().filter_map(|id| authority.key(id))),
        })
    }

    /// Whether it holds; an error when it is not kept.
    fn check(&self, repository: &Repository, role: &RoleFile) -> Result<bool, PublishError> {
        let holds = self.holds(repository.root().authority(role.name())?);
        if holds {
            at_least(role.name(), role.version(), self.version)?;
        }
        Ok(holds)
    }

    /// It is void when one of its keys is gone, and the file that set it no longer verifies.
    fn holds(&self, authority: &Authority) -> bool {
        let keys = values(authority.keys());
        let signed = u64::try_from(self.signers.intersection(&keys).count());
        self.keys.is_subset(&keys) || signed.is_ok_and(|signed| signed >= authority.threshold())
    }
}

fn values<'a>(keys: impl Iterator<Item = &'a PublicKey>) -> BTreeSet<String> {
    let values = keys.filter_map(PublicKey::value);
    values.map(|value| hex::encode(value.bytes())).collect()
}

fn at_least(role: &str, offered: u64, taken_up: u64) -> Result<(), PublishError> {
    if offered >= taken_up {
        return Ok(());
    }
    Err(PublishError::Behind {
        role: role.to_owned(),
        offered,
        taken_up,
    })
}
