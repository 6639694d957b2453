//! How many proposals each key may open.
//!
//! The signatures on a proposal are in the hands of everybody who may read it, and can be put into another one beside
//! something else. So a key is charged for a proposal only if it has signed something in it that no older one has:
//! nobody takes up the room of others with what those have signed.

use std::collections::{BTreeMap, BTreeSet};

use motd_core::Time;

use super::StoredProposal;
use crate::publish::metadata::write;
use crate::publish::{Repository, SigningRequest};
use crate::serve::ServeError;

/// How many open proposals there may be that have something which a key was the first to bring with its signature.
pub const OPEN_FOR_EACH_KEY: usize = 8;

/// The same of all that are looked at, whatever became of them.
pub const OPENED_BY_EACH_KEY: usize = 64;

/// A key id, a role, and the hash of what the key has signed of it.
type Signed = (String, String, String);

/// Whether these keys may open a request beside what is `there`, the newest first.
pub(super) fn check(
    there: &[StoredProposal],
    request: &SigningRequest,
    key_ids: &BTreeSet<String>,
    repository: &Repository,
    now: Time,
) -> Result<(), ServeError> {
    let mut seen = BTreeSet::new();
    let mut charged: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for stored in there.iter().rev() {
        let is_open = stored.standing(repository, now).is_open();
        let signed = signed(&stored.request)?;
        for key_id in newly(&signed, &seen, &stored.opened_by) {
            let (open, opened) = charged.entry(key_id).or_default();
            *open += usize::from(is_open);
            *opened += 1;
        }
        seen.extend(signed);
    }
    let signed = signed(request)?;
    let mut newly = newly(&signed, &seen, key_ids).peekable();
    if newly.peek().is_none() {
        return Err(ServeError::NothingNew);
    }
    for key_id in newly {
        let (open, opened) = charged.get(key_id.as_str()).copied().unwrap_or_default();
        for (most, count) in [(OPEN_FOR_EACH_KEY, open), (OPENED_BY_EACH_KEY, opened)] {
            if count >= most {
                return Err(ServeError::ProposalsFull {
                    key_id: key_id.clone(),
                    most,
                });
            }
        }
    }
    Ok(())
}

/// Which of these keys have signed something that was not seen before.
fn newly<'a>(
    signed: &BTreeSet<Signed>,
    seen: &BTreeSet<Signed>,
    key_ids: &'a BTreeSet<String>,
) -> impl Iterator<Item = &'a String> {
    let new: BTreeSet<&String> = signed.difference(seen).map(|(key_id, ..)| key_id).collect();
    let new = key_ids.iter().filter(|key_id| new.contains(key_id));
    new.collect::<Vec<_>>().into_iter()
}

fn signed(request: &SigningRequest) -> Result<BTreeSet<Signed>, ServeError> {
    let mut found = BTreeSet::new();
    for file in request.roles() {
        let hash = write::sha256(&file.canonical()?);
        let of = |key_id: &str| (key_id.to_owned(), file.name().to_owned(), hash.clone());
        found.extend(file.signatures().map(|(key_id, _)| of(key_id)));
    }
    Ok(found)
}
