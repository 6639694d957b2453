//! `motd repo`: the folder of a new repository, and the yearly work on an old one.

use anyhow::Result;
use motd_server::author::{Change, Lifetimes, Online, Plan, Repository, RoleKeys, RootChange};
use motd_server::key::SigningKey;
use motd_server::store::{Config, Store};
use tuf::crypto::PrivateKey;

use super::now;
use super::publish::{online_keys, signing_keys};
use crate::arguments::{Init, Renew};
use crate::exit::Exit;
use crate::shell::Shell;

/// Three people, two of whom have to sign: one can be on holiday, and none can act alone.
const PEOPLE: [&str; 3] = ["person-1", "person-2", "person-3"];
const THRESHOLD: u64 = 2;

pub(super) fn init(arguments: &Init, shell: &mut Shell) -> Result<Exit> {
    let now = now(arguments.now)?;
    let folder = &arguments.folder;
    if folder.is_dir() && fs_err::read_dir(folder)?.next().is_some() {
        anyhow::bail!("{}: the folder is not empty", folder.display());
    }
    let config = Config {
        repository: arguments.repository.clone(),
        default_language: arguments.default_language.clone(),
        bundle: arguments.bundle,
        lifetimes: Lifetimes::default(),
    };
    let people = [
        SigningKey::generate()?,
        SigningKey::generate()?,
        SigningKey::generate()?,
    ];
    let (snapshot, timestamp) = (SigningKey::generate()?, SigningKey::generate()?);
    let team = keys(&people.iter().collect::<Vec<_>>(), THRESHOLD);
    let plan = Plan {
        repository: config.repository.clone(),
        default_language: config.default_language.to_string(),
        root: team.clone(),
        targets: team.clone(),
        notices: team,
        snapshot: keys(&[&snapshot], 1),
        timestamp: keys(&[&timestamp], 1),
        later: Vec::new(),
        lifetimes: config.lifetimes,
    };
    let mut draft = plan.draft(now)?;
    for person in &people {
        draft.sign(person)?;
    }
    let online = Online {
        snapshot: &snapshot,
        timestamp: &timestamp,
        lifetimes: config.lifetimes,
        bundle: config.bundle,
    };
    let publication = draft.publish(&online, now)?;
    let store = Store::create(folder, &config)?;
    for (name, key) in PEOPLE
        .iter()
        .zip(&people)
        .chain([(&"snapshot", &snapshot), (&"timestamp", &timestamp)])
    {
        key.create_file(&store.key_path(name), None)?;
    }
    store.lock()?.commit(&publication)?;
    shell.data(&format!(
        "{}: a repository that says nothing yet, for {}",
        folder.display(),
        config.repository
    ));
    shell.data(&format!(
        "  trusted root, to be shipped with installers: {}",
        folder.join("metadata/1.root.json").display()
    ));
    shell.data(
        "  keys of three people, two of whom sign; give each to its owner and keep none here:",
    );
    for name in PEOPLE {
        shell.data(&format!("    {}", store.key_path(name).display()));
    }
    Ok(Exit::Well)
}

/// Root and top-level targets outlive a year, and no longer: who signs them has to be there once a year.
pub(super) fn renew(arguments: &Renew, shell: &mut Shell) -> Result<Exit> {
    let now = now(arguments.now)?;
    let store = Store::open(&arguments.folder)?;
    let Config {
        lifetimes, bundle, ..
    } = store.config()?;
    let (snapshot, timestamp) = online_keys(&store)?;
    let signers = signing_keys(&arguments.keys)?;
    let lock = store.lock()?;
    let repository = Repository::load(store.load()?)?;
    let mut root = repository.draft_root(&RootChange::default(), now, lifetimes.root)?;
    let mut targets = repository.draft_targets(now, lifetimes.targets, |_| {})?;
    for signer in &signers {
        root.add_signature(signer)?;
        targets.add_signature(signer)?;
    }
    let online = Online {
        snapshot: &snapshot,
        timestamp: &timestamp,
        lifetimes,
        bundle,
    };
    let change = Change {
        root: Some(&root),
        targets: Some(&targets),
        notices: None,
    };
    lock.commit(&repository.publish_change(&change, &online, now)?)?;
    shell.data(&format!(
        "root version {} and targets version {} are signed until {}",
        root.version()?,
        targets.version()?,
        root.expires()?.min(targets.expires()?)
    ));
    Ok(Exit::Well)
}

fn keys(keys: &[&SigningKey], threshold: u64) -> RoleKeys {
    RoleKeys {
        keys: keys.iter().map(|key| key.public().clone()).collect(),
        threshold,
    }
}
