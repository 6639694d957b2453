//! What has to hold before a role is signed or taken in, one function each.

use motd_core::Time;

use super::NOTICE_DAYS;
use super::metadata::write::DAY;
use super::metadata::{RoleFile, TOP_LEVEL_ROLES, malformed};
use crate::publish::PublishError;

/// The notice role dies soon, and has not died yet.
pub(crate) fn expiry(role: &RoleFile, now: Time) -> Result<(), PublishError> {
    let expires = role.expires();
    // MOTD-DEL-3: this is the bound on replaying an old notice to a client without state.
    if expires > now && expires.seconds_since(now) <= NOTICE_DAYS * DAY {
        return Ok(());
    }
    Err(PublishError::Expiry {
        role: role.name().to_owned(),
        expires: expires.to_string(),
        now: now.to_string(),
        days: NOTICE_DAYS,
    })
}

/// A role that stays as it is has not expired: every client would refuse what is published under it.
pub(crate) fn unexpired(role: &RoleFile, now: Time) -> Result<(), PublishError> {
    if role.expires() > now {
        Ok(())
    } else {
        Err(PublishError::Expired {
            role: role.name().to_owned(),
            expires: role.expires().to_string(),
        })
    }
}

/// MOTD-PUB-13, MOTD-SRV-11: clients read the file, also what nobody signs in it.
pub(crate) fn readable(role: &RoleFile, place: &str) -> Result<(), PublishError> {
    super::metadata::form::check(role).map_err(|what| PublishError::Unreadable {
        role: place.to_owned(),
        what,
    })
}

/// Every value inside `signed` is one that TUF libraries read alike, and clients read the file.
pub(crate) fn limits(role: &RoleFile) -> Result<(), PublishError> {
    // MOTD-BYTES-9: once more at the door, for files that another tool has signed.
    super::metadata::limits::check(role.signed()).map_err(|fault| PublishError::Limits {
        role: role.name().to_owned(),
        fault,
    })?;
    readable(role, role.name())
}

/// Distinct keys in every delegation of a role, the packages' ones included.
pub(crate) fn delegations(role: &RoleFile) -> Result<(), PublishError> {
    for delegation in role.delegations() {
        // MOTD-DEL-4
        role.authority(&delegation.name)?.check_distinct()?;
    }
    Ok(())
}

/// The next root: one version more, and roles that can be used.
pub(crate) fn next_root(current: &RoleFile, next: &RoleFile) -> Result<(), PublishError> {
    one_more(current, next)?;
    limits(next)?;
    root_roles(next)
}

/// MOTD-PUB-2, TUF 5.3.5: exactly one more; a client walks them one by one.
fn one_more(current: &RoleFile, next: &RoleFile) -> Result<(), PublishError> {
    let expected = current.version().saturating_add(1);
    if next.version() == expected {
        return Ok(());
    }
    Err(PublishError::Version {
        role: "root".to_owned(),
        offered: next.version(),
        expected,
    })
}

/// TUF 5.3.4: a root is signed by the old people and by the new.
pub(crate) fn root_follows(current: &RoleFile, next: &RoleFile) -> Result<(), PublishError> {
    one_more(current, next)?;
    current.authority("root")?.check(next)?;
    next.authority("root")?.check(next)
}

/// Distinct keys in every role of root, and consistent snapshots.
pub(crate) fn root_roles(root: &RoleFile) -> Result<(), PublishError> {
    let authorities = TOP_LEVEL_ROLES.iter().map(|role| root.authority(role));
    for authority in authorities {
        authority?.check_distinct()?;
    }
    // MOTD-PUB-7
    if root.is_consistent() {
        Ok(())
    } else {
        Err(malformed("root", "consistent_snapshot is not true"))
    }
}
