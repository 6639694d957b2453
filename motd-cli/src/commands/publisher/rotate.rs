//! `motd repo rotate`: other keys for a role, as a request that the people above it sign.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use motd_server::publish::key::{KeyValue, PublicKey};
use motd_server::publish::metadata::write::after;
use motd_server::publish::{
    NOTICE_ROLE, Published as _, RoleFile, RoleKeys, RootChange, SigningRequest,
};

use super::published::{PublishedRepository, RepositorySource};
use super::{now, propose};
use crate::arguments::publisher::{KeyOf, KeyedRole, RotateArguments};
use crate::exit::Exit;
use crate::shell::Shell;

pub(super) fn run(arguments: &RotateArguments, shell: &mut Shell) -> Result<Exit> {
    super::runtime()?.block_on(rotate(arguments, shell))
}

async fn rotate(arguments: &RotateArguments, shell: &mut Shell) -> Result<Exit> {
    let now = now(arguments.now)?;
    let source = RepositorySource::at(&arguments.place)?;
    let published = source
        .published(arguments.proposer.root.as_deref(), None, now, shell)
        .await?;
    let PublishedRepository { repository, config } = published;
    let mut change = RootChange::default();
    let mut request = SigningRequest::default();
    for role in &arguments.roles {
        let (name, delegator) = match role {
            KeyedRole::Notices => (NOTICE_ROLE, repository.targets()),
            KeyedRole::Root => ("root", repository.root()),
            KeyedRole::Targets => ("targets", repository.root()),
            KeyedRole::Snapshot => ("snapshot", repository.root()),
            KeyedRole::Timestamp => ("timestamp", repository.root()),
        };
        let keys = keys(name, *role, delegator, arguments)?;
        let added = arguments.added.iter().any(|key| key.is_of(*role));
        let removed = arguments.removed.iter().any(|key| key.is_of(*role));
        let stays = !added && !removed && arguments.threshold.is_none();
        match role {
            KeyedRole::Notices => {
                let days = config.lifetimes.targets;
                request.targets = Some(if stays {
                    repository.draft_targets(now, days, |_| {})?
                } else {
                    repository.draft_notice_keys(&keys, now, days)?
                });
                // What the old people signed is signed anew by the new ones.
                let document = repository.document(&config.repository)?;
                let days = config.lifetimes.notices;
                request.notices = repository
                    .propose(&document, now, after(now, days))?
                    .notices;
            }
            // Signed anew as it stands: not even the order of its keys is for anybody to accept.
            _ if stays => {}
            KeyedRole::Root => change.root = Some(keys),
            KeyedRole::Targets => change.targets = Some(keys),
            KeyedRole::Snapshot => change.snapshot = Some(keys),
            KeyedRole::Timestamp => change.timestamp = Some(keys),
        }
    }
    if arguments
        .roles
        .iter()
        .any(|role| *role != KeyedRole::Notices)
    {
        request.root = Some(repository.draft_root(&change, now, config.lifetimes.root)?);
    }
    if arguments.roles.contains(&KeyedRole::Targets) && request.targets.is_none() {
        // The new people sign what the old ones did.
        let days = config.lifetimes.targets;
        request.targets = Some(repository.draft_targets(now, days, |_| {})?);
    }
    let to = (arguments.out.as_deref(), &arguments.proposer);
    propose::hand_over(&source, &repository, request, to, now, shell).await?;
    Ok(Exit::Well)
}

/// The role's keys, without those that leave and with those that join.
fn keys(
    role: &str,
    kind: KeyedRole,
    delegator: &RoleFile,
    arguments: &RotateArguments,
) -> Result<RoleKeys> {
    let authority = delegator.authority(role)?;
    let mut keys: BTreeMap<String, PublicKey> = BTreeMap::new();
    for key in authority.keys() {
        let bytes = key.value().map(KeyValue::bytes);
        // Under its own id, and with nothing that its maker added to it.
        let public = bytes.and_then(PublicKey::from_ed25519);
        let public = public.with_context(|| format!("{role}: {} is no Ed25519 key", key.id()))?;
        keys.insert(key.id().to_owned(), public);
    }
    for KeyOf { key: id, .. } in arguments.removed.iter().filter(|key| key.is_of(kind)) {
        keys.remove(id)
            .with_context(|| format!("{role} has no key {id}"))?;
    }
    for KeyOf { key, .. } in arguments.added.iter().filter(|key| key.is_of(kind)) {
        let id = key.id();
        anyhow::ensure!(
            keys.insert(id.to_owned(), key.clone()).is_none(),
            "{role} has the key {id} already"
        );
    }
    let threshold = arguments.threshold.unwrap_or(authority.threshold());
    anyhow::ensure!(
        u64::try_from(keys.len()).unwrap_or(u64::MAX) >= threshold,
        "{role}: {threshold} have to sign, and {} keys are left",
        keys.len()
    );
    Ok(RoleKeys {
        keys: keys.into_values().collect(),
        threshold,
    })
}
