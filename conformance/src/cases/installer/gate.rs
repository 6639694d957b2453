//! `gate.txt`, and the repositories that reach a limit.

use anyhow::Result;

use super::story::repository;
use crate::cases::document::notice;
use crate::cases::script::Script;
use crate::cases::writer::Writer;
use crate::simulator::{Delegation, Key, NOTICES, Repository};

/// A cold check of a repository with one notice.
pub(super) const FRESH: &str = "gate/fresh";

pub(super) fn write(writer: &mut Writer) -> Result<()> {
    let mut roots = stated();
    for _ in 0..256 {
        roots.rotate(&[]);
    }
    let mut more_roots = roots.clone();
    more_roots.rotate(&[]);
    Script::new(writer, "installer")
        .with("256-roots", roots)
        .with("257-roots", more_roots)
        .with("32-roles", chain(32))
        .with("33-roles", chain(33))
        .read(include_str!("gate.txt"))?;
    Ok(())
}

/// One notice; every length and hash stated.
fn stated() -> Repository {
    let mut repository = repository(&[notice("a", "info")]);
    repository.states_hashes = true;
    repository
}

/// A chain of delegations of `motd/*`, of which the last lists the document.
fn chain(length: usize) -> Repository {
    let mut repository = stated();
    let entries = repository.entries.remove(NOTICES).unwrap_or_default();
    let mut delegator = NOTICES.to_owned();
    for number in 2..=length {
        let role = format!("motd-{number}");
        repository
            .keys
            .insert(role.clone(), vec![Key::named(&role)]);
        repository.versions.insert(role.clone(), 1);
        repository
            .expires
            .insert(role.clone(), "2026-11-25T00:00:00Z".to_owned());
        let delegation = Delegation {
            role: role.clone(),
            paths: vec!["motd/*".to_owned()],
            terminating: true,
        };
        repository.delegations.insert(delegator, vec![delegation]);
        delegator = role;
    }
    repository.entries.insert(delegator, entries);
    repository
}
