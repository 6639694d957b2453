//! `motd repo`: the folder of a new repository, and the yearly work on an old one.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context as _, Result};
use motd_server::publish::key::{self, Passphrase, SigningKey};
use motd_server::publish::{Online, Plan, RoleKeys, RootChange, SigningRequest};
use motd_server::store::Lifetimes;
use motd_server::store::files::FIRST_ROOT;
use motd_server::store::{RepositoryConfig, create_private_folder};

use super::{now, publish};
use crate::arguments::publisher::{InitArguments, RenewArguments};
use crate::exit::Exit;
use crate::keys::{self as held, BoxedSigner};
use crate::passphrases::Passphrases;
use crate::shell::Shell;
use crate::trusted_root::{TrustedRoot, remember};

/// Three people, two of whom have to sign: one can be on holiday, and none can act alone.
const PEOPLE: [&str; 3] = ["person-1", "person-2", "person-3"];
const THRESHOLD: u64 = 2;
const PEOPLE_WHO_SIGN: usize = 2;

pub(super) fn init(arguments: &InitArguments, shell: &mut Shell) -> Result<Exit> {
    super::runtime()?.block_on(set_up(arguments, shell))
}

async fn set_up(arguments: &InitArguments, shell: &mut Shell) -> Result<Exit> {
    let now = now(arguments.now)?;
    let location = &arguments.folder;
    let store = super::store(location)?;
    let key_folder = arguments.online_keys.clone().or_else(|| store.keys());
    let key_folder = key_folder
        .context("no private key goes to object storage: --online-keys names their folder")?;
    for folder in [location.as_folder(), Some(&key_folder)]
        .into_iter()
        .flatten()
    {
        if folder.is_dir() && fs_err::read_dir(folder)?.next().is_some() {
            anyhow::bail!("{}: the folder is not empty", folder.display());
        }
    }
    let config = RepositoryConfig {
        repository: arguments.repository.clone(),
        default_language: arguments.default_language.clone(),
        lifetimes: Lifetimes::default(),
    };
    let people = People::of(arguments, &key_folder)?;
    let (snapshot, timestamp) = (SigningKey::generate()?, SigningKey::generate()?);
    let team = role_keys(&people.signers(), THRESHOLD);
    let plan = Plan {
        repository: config.repository.clone(),
        default_language: config.default_language.to_string(),
        root: team.clone(),
        targets: team.clone(),
        notices: team,
        snapshot: role_keys(&[&snapshot], 1),
        timestamp: role_keys(&[&timestamp], 1),
        later: Vec::new(),
        lifetimes: config.lifetimes,
    };
    let mut draft = plan.draft(now)?;
    for person in people.signers() {
        draft.sign(person)?;
    }
    let online = Online::new(&snapshot, &timestamp, &config);
    let publication = draft.publish(&online, now)?;
    store.create(&config).await?;
    create_private_folder(&key_folder)?;
    let key_path = |name: &str| key_folder.join(format!("{name}.pem"));
    if let People::New(people) = &people {
        for (name, key, passphrase) in people {
            key.create_file(&key_path(name), passphrase.as_ref())?;
        }
    }
    for (name, key) in [("snapshot", &snapshot), ("timestamp", &timestamp)] {
        key.create_file(&key_path(name), None)?;
    }
    // What installers and publishers trust comes from where it was made, and not from the store (MOTD-PUB-12).
    let mut made = publication.create.iter();
    let (_, bytes) = made
        .find(|(path, _)| path == FIRST_ROOT)
        .context("the first publication has no root")?;
    let root = key_folder.join("1.root.json");
    fs_err::write(&root, bytes)?;
    store.commit(&publication).await?;
    remember(location, &draft.root);
    shell.data(&format!(
        "{location}: a repository that says nothing yet, for {}",
        config.repository
    ));
    shell.data(&format!(
        "  trusted root, to be shipped with installers: {}",
        root.display()
    ));
    if let People::New(people) = &people {
        shell.data(
            "  keys of three people, two of whom sign; give each to its owner and keep none here:",
        );
        for (name, ..) in people {
            shell.data(&format!("    {}", key_path(name).display()));
        }
        if people.iter().any(|(.., passphrase)| passphrase.is_none()) {
            shell.data("  they are not encrypted: `motd key change-passphrase FILE` does that");
        }
    }
    Ok(Exit::Well)
}

/// Root and top-level targets outlive a year, and no longer: who signs them has to be there once a year.
pub(super) fn renew(arguments: &RenewArguments, shell: &mut Shell) -> Result<Exit> {
    super::runtime()?.block_on(sign_anew(arguments, shell))
}

async fn sign_anew(arguments: &RenewArguments, shell: &mut Shell) -> Result<Exit> {
    let now = now(arguments.now)?;
    let store = super::store(&arguments.folder)?;
    let RepositoryConfig { lifetimes, .. } = store.config().await?;
    let signers = held::signers(&arguments.keys, &arguments.passphrases)?;
    let online_keys = arguments.online_keys.as_deref();
    let root = TrustedRoot::find(arguments.root.as_deref(), online_keys, &arguments.folder)?;
    let repository = root.load(&store, now, shell).await?;
    publish::check_clock(&store, &repository, arguments.now).await?;
    let mut root = repository.draft_root(&RootChange::default(), now, lifetimes.root)?;
    let mut targets = repository.draft_targets(now, lifetimes.targets, |_| {})?;
    for signer in &signers {
        root.add_signature(signer.as_ref())?;
        targets.add_signature(signer.as_ref())?;
    }
    let signed = format!(
        "root version {} and targets version {} are signed until {}",
        root.version(),
        targets.version(),
        root.expires().min(targets.expires())
    );
    let request = SigningRequest {
        root: Some(root),
        targets: Some(targets),
        notices: None,
    };
    publish::release(&store, &repository, &request, online_keys, now).await?;
    shell.data(&signed);
    Ok(Exit::Well)
}

/// Who holds root, targets and notices.
enum People {
    /// New keys, the names of their files, and what these are encrypted with.
    New(Vec<(&'static str, SigningKey, Option<Passphrase>)>),
    /// Keys that people have.
    NoticeInput(Vec<BoxedSigner>),
}

impl People {
    /// Whoever can be asked is asked before anything is written.
    fn of(arguments: &InitArguments, folder: &Path) -> Result<Self> {
        let from = &arguments.passphrases;
        if !arguments.keys.is_empty() {
            let signers = held::signers(&arguments.keys, from)?;
            let distinct: BTreeSet<_> = signers
                .iter()
                .map(|signer| signer.public().value().cloned())
                .collect();
            // MOTD-DEL-4: one person with two names for one key is one person.
            anyhow::ensure!(
                distinct.len() == signers.len() && signers.len() >= PEOPLE_WHO_SIGN,
                "two different people have to sign, and each key is named once"
            );
            return Ok(Self::NoticeInput(signers));
        }
        let encrypt =
            arguments.encrypt || from.passphrase_fd.is_some() || from.passphrase_command.is_some();
        let mut passphrases = encrypt.then(|| Passphrases::new(from)).transpose()?;
        let people = PEOPLE.map(|name| {
            let path = folder.join(format!("{name}.pem"));
            let passphrase = passphrases
                .as_mut()
                .map(|passphrases| passphrases.chosen(&path))
                .transpose()?;
            Ok((name, SigningKey::generate()?, passphrase))
        });
        Ok(Self::New(people.into_iter().collect::<Result<_>>()?))
    }

    fn signers(&self) -> Vec<&dyn key::Signer> {
        match self {
            Self::New(people) => people.iter().map(|(_, key, _)| key as _).collect(),
            Self::NoticeInput(signers) => signers.iter().map(AsRef::as_ref).collect(),
        }
    }
}

fn role_keys(keys: &[&dyn key::Signer], threshold: u64) -> RoleKeys {
    RoleKeys {
        keys: keys.iter().map(|key| key.public().clone()).collect(),
        threshold,
    }
}
