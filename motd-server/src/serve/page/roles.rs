//! Who signed each role, and until when.

use motd_core::Time;

use crate::publish::{Authority, NOTICE_ROLE, PublishError, Published as _, Repository, RoleFile};

/// A role as it is published.
pub(super) struct RoleStanding {
    pub(super) name: String,
    pub(super) version: u64,
    pub(super) expires: Time,
    pub(super) threshold: u64,
    /// The key ids of valid signatures, one for each distinct key.
    pub(super) signers: Vec<String>,
}

impl RoleStanding {
    fn of(role: &RoleFile, authority: &Authority) -> Result<Self, PublishError> {
        Ok(Self {
            name: role.name().to_owned(),
            version: role.version(),
            expires: role.expires(),
            threshold: authority.threshold(),
            signers: authority.signing_ids(role)?.into_iter().collect(),
        })
    }

    /// What the role is for, in words.
    pub(super) fn purpose(&self) -> &'static str {
        match self.name.as_str() {
            "root" => "says whose keys count",
            "targets" => "says who may write notices",
            NOTICE_ROLE => "says what the notices are",
            "snapshot" => "says which files belong together",
            _ => "says that this is the latest",
        }
    }
}

/// The roles on the way to a notice, from root down. Those of a verified repository can all be read.
pub(super) fn standings(repository: &Repository) -> Vec<RoleStanding> {
    let (root, targets) = (repository.root(), repository.targets());
    let roles = [
        (root, root),
        (root, targets),
        (targets, repository.notices()),
        (root, repository.snapshot()),
        (root, repository.timestamp()),
    ];
    let standing = |(above, role): (&RoleFile, &RoleFile)| {
        let authority = above.authority(role.name())?;
        RoleStanding::of(role, authority)
    };
    roles
        .into_iter()
        .filter_map(|role| standing(role).ok())
        .collect()
}

/// The first eight characters of a key id, which is what people compare; the whole one stands beside it.
pub(super) fn short(id: &str) -> &str {
    id.get(..8).unwrap_or(id)
}
