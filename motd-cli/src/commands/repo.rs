//! `motd repo`: the folder of a new repository, and the yearly work on an old one.

use anyhow::{Context as _, Result};
use motd_server::author::{Change, Lifetimes, Online, Plan, Repository, RoleKeys, RootChange};
use motd_server::key::SigningKey;
use motd_server::store::{Config, create_keys_folder};
use tuf::crypto::PrivateKey;

use super::now;
use super::publish::{online_keys, signing_keys};
use crate::arguments::{Init, Renew};
use crate::exit::Exit;
use crate::shell::Shell;

/// Three people, two of whom have to sign: one can be on holiday, and none can act alone.
const PEOPLE: [&str; 3] = ["person-1", "person-2", "person-3"];
const THRESHOLD: u64 = 2;

const FIRST_ROOT: &str = "metadata/1.root.json";

pub(super) fn init(arguments: &Init, shell: &mut Shell) -> Result<Exit> {
    super::runtime()?.block_on(set_up(arguments, shell))
}

async fn set_up(arguments: &Init, shell: &mut Shell) -> Result<Exit> {
    let now = now(arguments.now)?;
    let location = &arguments.folder;
    let store = super::store(location)?;
    let key_folder = arguments.online_keys.clone().or_else(|| store.keys());
    let key_folder =
        key_folder.context("no private key goes to object storage: --keys names their folder")?;
    for folder in [location.as_folder(), Some(&key_folder)]
        .into_iter()
        .flatten()
    {
        if folder.is_dir() && fs_err::read_dir(folder)?.next().is_some() {
            anyhow::bail!("{}: the folder is not empty", folder.display());
        }
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
    store.create(&config).await?;
    create_keys_folder(&key_folder)?;
    let key_path = |name: &str| key_folder.join(format!("{name}.pem"));
    for (name, key) in PEOPLE
        .iter()
        .zip(&people)
        .chain([(&"snapshot", &snapshot), (&"timestamp", &timestamp)])
    {
        key.create_file(&key_path(name))?;
    }
    store.commit(&publication).await?;
    shell.data(&format!(
        "{location}: a repository that says nothing yet, for {}",
        config.repository
    ));
    let root = match location.as_folder() {
        Some(folder) => folder.join(FIRST_ROOT),
        None => key_folder.join("1.root.json"),
    };
    if location.as_folder().is_none() {
        // What installers trust comes from where it was made, and not from the bucket.
        let mut made = publication.create.iter();
        let (_, bytes) = made
            .find(|(path, _)| path == FIRST_ROOT)
            .context("the first publication has no root")?;
        fs_err::write(&root, bytes)?;
    }
    shell.data(&format!(
        "  trusted root, to be shipped with installers: {}",
        root.display()
    ));
    shell.data(
        "  keys of three people, two of whom sign; give each to its owner and keep none here:",
    );
    for name in PEOPLE {
        shell.data(&format!("    {}", key_path(name).display()));
    }
    Ok(Exit::Well)
}

/// Root and top-level targets outlive a year, and no longer: who signs them has to be there once a year.
pub(super) fn renew(arguments: &Renew, shell: &mut Shell) -> Result<Exit> {
    super::runtime()?.block_on(sign_anew(arguments, shell))
}

async fn sign_anew(arguments: &Renew, shell: &mut Shell) -> Result<Exit> {
    let now = now(arguments.now)?;
    let store = super::store(&arguments.folder)?;
    let Config {
        lifetimes, bundle, ..
    } = store.config().await?;
    let (snapshot, timestamp) = online_keys(&store, arguments.online_keys.as_deref())?;
    let signers = signing_keys(&arguments.keys)?;
    let repository = Repository::load(store.load().await?)?;
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
    let publication = repository.publish_change(&change, &online, now)?;
    store.commit(&publication).await?;
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
