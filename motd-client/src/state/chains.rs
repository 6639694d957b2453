//! One folder for each chain of roots that a configured root began: what belongs to one is not read, counted or removed in
//! a run of another. Section 6.7.

use std::cmp::Reverse;

use motd_core::Time;

use super::sets::{self, Sets};
use super::{StateFolder, Unusable};
use crate::limits;
use crate::schedule::Schedule;
use crate::tuf::verifier::Verifier;

/// The folder of the chain that a run belongs to. `configured` is the configured root.
pub(crate) fn open(
    repository: StateFolder,
    configured: &Verifier,
    now: Time,
) -> Result<StateFolder, Unusable> {
    let begins_with = configured.root_value();
    match repository.chain(&begins_with) {
        Err(Unusable::Missing) => {}
        _ => return repository.into_chain(&begins_with),
    }
    let chains = chains(&repository, now);
    // MOTD-STATE-8: the value alone counts. A thief's root can name the keys of an honest one.
    let has_root = |name: &&String| {
        repository.chain(name).is_ok_and(|chain| {
            Sets::open(chain, false).contains(configured.root_version(), &begins_with)
        })
    };
    if let Some(known) = chains.iter().find(has_root) {
        return repository.into_chain(known);
    }
    if repository.is_locked() {
        for unused in chains.iter().skip(limits::CHAINS - 1) {
            // One that cannot be removed takes no room from the others.
            let _ = std::fs::remove_dir_all(repository.file(unused));
        }
    }
    let unlocked = repository.why_unlocked();
    repository
        .into_chain(&begins_with)
        .map_err(|why| match (why, unlocked) {
            (Unusable::Missing, Some(unlocked)) => unlocked,
            (why, _) => why,
        })
}

/// The folders of all chains of a repository, the one with the latest attempt first.
fn chains(repository: &StateFolder, now: Time) -> Vec<String> {
    let entries = repository.disk().list(repository.path());
    let names = entries.unwrap_or_default().into_iter();
    let mut chains: Vec<String> = names
        .map(|(name, _)| name)
        .filter(|name| sets::is_name(name))
        .collect();
    chains.sort_by_cached_key(|name| {
        let chain = repository.chain(name);
        let attempts = chain.and_then(|chain| Schedule::read(&chain, now));
        Reverse(attempts.ok().and_then(|attempts| attempts.since()))
    });
    chains
}
