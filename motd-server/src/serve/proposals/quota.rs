//! How many proposals each key may open.
//!
//! The signatures on a proposal are in the hands of everybody who may read it, and can be put into another one beside
//! something else. So a key is charged for a proposal only if it has signed something in it that no older one has:
//! nobody takes up the room of others with what those have signed. A person who has signed the request over HTTP asks
//! for themselves: that key alone is charged, also where others put its signatures beside something else before.

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

/// Whether a proposal may be opened beside what is `there`, the newest first.
pub(super) fn check(
    there: &[StoredProposal],
    next: &StoredProposal,
    repository: &Repository,
    now: Time,
) -> Result<(), ServeError> {
    let mut seen = BTreeSet::new();
    let mut charged: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for stored in there.iter().rev() {
        let is_open = stored.standing(repository, now).is_open();
        let signed = signed(&stored.request)?;
        for key_id in charges(&signed, &seen, stored) {
            let (open, opened) = charged.entry(key_id).or_default();
            *open += usize::from(is_open);
            *opened += 1;
        }
        seen.extend(signed);
    }
    let charged_now = charges(&signed(&next.request)?, &seen, next);
    if charged_now.is_empty() {
        return Err(ServeError::NothingNew);
    }
    for key_id in charged_now {
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

/// Which keys a proposal counts for: the one that asked, or those that have signed something that was not seen before.
fn charges<'a>(
    signed: &BTreeSet<Signed>,
    seen: &BTreeSet<Signed>,
    stored: &'a StoredProposal,
) -> Vec<&'a String> {
    if let Some(asked_by) = &stored.asked_by {
        return vec![asked_by];
    }
    let new: BTreeSet<&String> = signed.difference(seen).map(|(key_id, ..)| key_id).collect();
    let keys = stored.opened_by.iter();
    keys.filter(|key_id| new.contains(key_id)).collect()
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
