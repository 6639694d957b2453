//! What has to hold before a role is signed or taken in, one function each.

use motd_core::{RepositoryId, Time};
use serde_json::Value;
use sha2::{Digest as _, Sha512};

use super::authority::Authority;
use super::repository::Proposal;
use super::role_file::{RoleFile, malformed};
use super::{NOTICE_DAYS, TARGET_PATH, raw};
use crate::error::Error;
use crate::publish::document::NoticeDocument;
use crate::store::files::{Files, versioned};

/// The notice role dies soon, and has not died yet.
pub(crate) fn expiry(role: &RoleFile, now: Time) -> Result<(), Error> {
    let expires = role.expires()?;
    // MOTD-DEL-3: this is the bound on replaying an old notice to a client without state.
    if expires > now && expires.seconds_since(now) <= NOTICE_DAYS * raw::DAY {
        return Ok(());
    }
    Err(Error::Expiry {
        role: role.name().to_owned(),
        expires: expires.to_string(),
        now: now.to_string(),
        days: NOTICE_DAYS,
    })
}

/// A role that stays as it is has not expired: every client would refuse what is published under it.
pub(crate) fn unexpired(role: &RoleFile, now: Time) -> Result<(), Error> {
    let expires = role.expires()?;
    if expires > now {
        Ok(())
    } else {
        Err(Error::Expired {
            role: role.name().to_owned(),
            expires: expires.to_string(),
        })
    }
}

/// The version comes next.
pub(crate) fn version(
    files: &Files,
    published: &RoleFile,
    offered: &RoleFile,
) -> Result<(), Error> {
    let (current, version) = (published.version()?, offered.version()?);
    // MOTD-DEL-6, MOTD-PUB-2: current + 1, so that neither a replay nor a jump to the end of numbers gets in.
    // MOTD-PUB-5: versions in between are well only when a failed attempt burned each of them.
    let burned = |version: u64| files.bytes(&versioned(version, offered.name())).is_some();
    let comes_next = version > current && (current + 1..version).all(burned);
    if !comes_next {
        return Err(Error::Version {
            role: offered.name().to_owned(),
            offered: version,
            expected: current + 1,
        });
    }
    let path = versioned(version, offered.name());
    if files
        .bytes(&path)
        .is_some_and(|there| there != offered.bytes())
        && !is_same_signed(files, &path, offered)
    {
        return Err(Error::Burned { path });
    }
    Ok(())
}

/// Whether what lies there says the same and lacks only signatures: a proposal is compared before it is fully signed.
fn is_same_signed(files: &Files, path: &str, offered: &RoleFile) -> bool {
    let there = files
        .bytes(path)
        .and_then(|bytes| RoleFile::read(offered.name(), bytes).ok());
    there.is_some_and(|there| there.signed() == offered.signed())
}

/// Every value inside `signed` is one that TUF libraries read alike.
pub(crate) fn limits(role: &RoleFile) -> Result<(), Error> {
    // MOTD-BYTES-9: once more at the door, for files that another tool has signed.
    crate::publish::limits::check(role.signed()).map_err(|fault| Error::Limits {
        role: role.name().to_owned(),
        fault,
    })
}

/// Both carriers hold one document, and a client refuses nothing in it.
pub(crate) fn carriers(proposal: &Proposal) -> Result<NoticeDocument, Error> {
    // MOTD-PUB-1, MOTD-BYTES-8: judged from the bytes that will be served.
    let value = motd_core::json::parse(&proposal.document)?;
    let repository = value
        .member("repository")
        .and_then(motd_core::json::Value::as_str);
    let repository = repository.and_then(|text| text.parse::<RepositoryId>().ok());
    let repository = repository.ok_or(Error::Document(motd_core::Refusal::of_document(
        motd_core::Code::RepositoryMalformed,
    )))?;
    let document = NoticeDocument::read(&proposal.document, &repository)?;
    let role = &proposal.role;
    let entry = role
        .signed()
        .get("targets")
        .and_then(|targets| targets.get(TARGET_PATH));
    let entry = entry.ok_or_else(|| malformed(role.name(), "no entry for motd/notices.json"))?;
    let expected = document.target_entry();
    // MOTD-CARRY-3, MOTD-CARRY-7: what a client will compare, compared here first.
    let inline = |entry: &Value| {
        entry
            .get("custom")
            .and_then(|custom| custom.get("motd"))
            .cloned()
    };
    let sha256 = |entry: &Value| {
        entry
            .get("hashes")
            .and_then(|hashes| hashes.get("sha256"))
            .cloned()
    };
    let sha512 = entry.get("hashes").and_then(|hashes| hashes.get("sha512"));
    let same = entry.get("length") == expected.get("length")
        && sha256(entry) == sha256(&expected)
        && sha512.is_none_or(|hash| *hash == hex::encode(Sha512::digest(&proposal.document)))
        && inline(entry) == inline(&expected);
    if same {
        Ok(document)
    } else {
        Err(malformed(
            role.name(),
            "its entry for motd/notices.json is not that of the document",
        ))
    }
}

/// Distinct keys in every delegation of a role, the packages' ones included.
pub(crate) fn delegations(role: &RoleFile) -> Result<(), Error> {
    let delegations = role.signed().get("delegations");
    let roles = delegations.and_then(|delegations| delegations.get("roles"));
    let names = roles.and_then(Value::as_array).into_iter().flatten();
    for name in names.filter_map(|entry| entry.get("name").and_then(Value::as_str)) {
        // MOTD-DEL-4
        Authority::of_delegation(role, name)?.check_distinct()?;
    }
    Ok(())
}

/// The next root: one version more, and roles that can be used.
pub(crate) fn next_root(current: &RoleFile, next: &RoleFile) -> Result<(), Error> {
    let (current_version, version) = (current.version()?, next.version()?);
    // MOTD-PUB-2, TUF 5.3.5: exactly one more; a client walks them one by one.
    if version != current_version + 1 {
        return Err(Error::Version {
            role: "root".to_owned(),
            offered: version,
            expected: current_version + 1,
        });
    }
    limits(next)?;
    root_roles(next)
}

/// TUF 5.3.4: a root is signed by the old people and by the new.
pub(crate) fn root_signatures(current: &RoleFile, next: &RoleFile) -> Result<(), Error> {
    Authority::of_root(current, "root")?.check(next)?;
    Authority::of_root(next, "root")?.check(next)
}

/// Distinct keys in every role of root, and consistent snapshots.
pub(crate) fn root_roles(root: &RoleFile) -> Result<(), Error> {
    for role in ["root", "targets", "snapshot", "timestamp"] {
        Authority::of_root(root, role)?.check_distinct()?;
    }
    // MOTD-PUB-7
    if root.signed().get("consistent_snapshot") == Some(&Value::Bool(true)) {
        Ok(())
    } else {
        Err(malformed("root", "consistent_snapshot is not true"))
    }
}
