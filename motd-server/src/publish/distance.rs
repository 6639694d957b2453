//! A repository that is read from where it is served, by who has no copy of it: for signing from anywhere.
//!
//! Everything is verified from a root that the reader trusts already, as a client verifies it. A server can answer with
//! something old that has not expired; what is signed on top of that has a version that cannot be published.

use motd_core::Time;
use serde_json::Value;

use super::authority::Authority;
use super::repository::{Repository, document_hash, document_path};
use super::role_file::{RoleFile, malformed};
use super::{NOTICE_ROLE, REQUEST_FILE_BYTES, check};
use crate::error::Error;
use crate::store::files::{Files, TIMESTAMP, versioned};

/// How many roles a repository may have that is read from a distance: one that also serves packages has thousands, and is
/// signed beside a copy of it.
const MOST_ROLES: usize = 64;

/// How many versions of the notice role that failed attempts left behind are looked at.
const MOST_BURNED: u64 = 16;

impl Repository {
    /// Reads and verifies a repository. `get` brings the file of a path such as `metadata/timestamp.json`, of at most so
    /// many bytes, or nothing when there is none.
    ///
    /// # Errors
    ///
    /// Whatever `get` fails with; [`Error::Missing`], [`Error::Metadata`], [`Error::Threshold`], [`Error::Version`],
    /// [`Error::Limits`]: it does not verify; [`Error::Expired`]; [`Error::Bounds`] for more than 64 roles.
    pub async fn from_distance<E: From<Error>>(
        trusted_root: &[u8],
        now: Time,
        mut get: impl AsyncFnMut(&str, u64) -> Result<Option<Vec<u8>>, E>,
    ) -> Result<Self, E> {
        let mut files = Files::default();
        let mut root = RoleFile::read("root", trusted_root)?;
        files.0.insert(path_of(&root)?, trusted_root.to_vec());
        // TUF 5.3: one root after the other, each signed by the people of the one before.
        loop {
            let path = versioned(root.version()? + 1, "root");
            let Some(bytes) = get(&path, REQUEST_FILE_BYTES).await? else {
                break;
            };
            let next = RoleFile::read("root", &bytes)?;
            check::next_root(&root, &next)?;
            check::root_signatures(&root, &next)?;
            files.0.insert(path, bytes);
            root = next;
        }
        check::unexpired(&root, now)?;
        let mut take = async |path: String| -> Result<Vec<u8>, E> {
            let bytes = get(&path, REQUEST_FILE_BYTES).await?;
            let bytes = bytes.ok_or(Error::Missing { path: path.clone() })?;
            files.0.insert(path, bytes.clone());
            Ok(bytes)
        };
        // Each is verified before it says what else to fetch: who has no key could make the list without end.
        let verified = |role: RoleFile| -> Result<RoleFile, Error> {
            Authority::of_root(&root, role.name())?.check(&role)?;
            check::unexpired(&role, now)?;
            Ok(role)
        };
        let timestamp = RoleFile::read("timestamp", &take(TIMESTAMP.to_owned()).await?)?;
        let timestamp = verified(timestamp)?;
        let mut named = listed(&timestamp)?.into_iter();
        let snapshot = named.find(|(name, _)| name == "snapshot");
        let (name, version) =
            snapshot.ok_or_else(|| malformed(timestamp.name(), "a role is not listed"))?;
        let snapshot = RoleFile::read(&name, &take(versioned(version, &name)).await?)?;
        let snapshot = verified(snapshot)?;
        let roles = listed(&snapshot)?;
        if roles.len() > MOST_ROLES {
            return Err(E::from(Error::Bounds {
                path: path_of(&snapshot)?,
                what: "it lists more roles than are read from a distance",
            }));
        }
        for (name, version) in roles {
            let role = RoleFile::read(&name, &take(versioned(version, &name)).await?)?;
            if name == NOTICE_ROLE {
                take(document_path(document_hash(&role)?)).await?;
            }
        }
        let repository = Self::under(root, files.clone())?;
        // MOTD-PUB-5: versions that are taken are seen by whoever proposes the next.
        let current = repository.notices()?.version()?;
        for version in current + 1..=current + MOST_BURNED {
            let path = versioned(version, NOTICE_ROLE);
            let Some(bytes) = get(&path, REQUEST_FILE_BYTES).await? else {
                break;
            };
            files.0.insert(path, bytes);
        }
        Ok(Self::under(repository.root().clone(), files)?)
    }
}

fn path_of(role: &RoleFile) -> Result<String, Error> {
    Ok(versioned(role.version()?, role.name()))
}

/// The names and versions that a timestamp or a snapshot lists.
fn listed(parent: &RoleFile) -> Result<Vec<(String, u64)>, Error> {
    let meta = parent.signed().get("meta").and_then(Value::as_object);
    let roles = meta.into_iter().flatten().map(|(name, entry)| {
        let name = name.strip_suffix(".json");
        // It becomes part of a path before anything has verified it.
        let name = name.filter(|name| !name.is_empty() && !name.contains('/'));
        Some((name?.to_owned(), entry.get("version")?.as_u64()?))
    });
    let roles: Option<Vec<_>> = roles.collect();
    roles.ok_or_else(|| malformed(parent.name(), "a role is not listed"))
}
