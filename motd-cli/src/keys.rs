//! Keys by the names that the arguments give them.

use std::path::Path;

use anyhow::{Context as _, Result};
use motd_client::require_trusted_place;
use motd_server::publish::PublishError;
use motd_server::publish::key::{self, CommandKey, KeyFile, SigningKey};
use motd_server::store::Store;
use motd_server::store::StoreError;

use crate::arguments::publisher::{KeyName, PassphraseFrom};
use crate::passphrases::{PATIENCE, Passphrases};

/// A key, wherever it is held.
pub(crate) type BoxedSigner = Box<dyn key::Signer>;

/// The keys of the people who sign.
pub(crate) fn signers(names: &[KeyName], from: &PassphraseFrom) -> Result<Vec<BoxedSigner>> {
    let mut passphrases = Passphrases::new(from)?;
    // Files first: a person enters passphrases before a program asks for a PIN.
    let (files, others): (Vec<_>, Vec<_>) = names
        .iter()
        .partition(|name| matches!(name, KeyName::File(_)));
    files
        .into_iter()
        .chain(others)
        .map(|name| signer(name, &mut passphrases))
        .collect()
}

/// The keys of the server: in this folder, or in that of the repository.
pub(crate) fn online(store: &Store, folder: Option<&Path>) -> Result<(SigningKey, SigningKey)> {
    let folder = folder.map(Path::to_owned).or_else(|| store.keys());
    let folder =
        folder.context("no private key is in object storage: --online-keys names their folder")?;
    let load = |name: &str| {
        let path = folder.join(format!("{name}.pem"));
        require_trusted_place(&path)?;
        SigningKey::load(&path).with_context(|| format!("the server's key for {name}"))
    };
    Ok((load("snapshot")?, load("timestamp")?))
}

/// One key.
fn signer(name: &KeyName, passphrases: &mut Passphrases) -> Result<BoxedSigner> {
    Ok(match name {
        KeyName::File(path) => Box::new(file(path, passphrases)?),
        KeyName::Agent(name) => agent(name)?,
        KeyName::Command(path) => Box::new(CommandKey::new(path, PATIENCE)?),
    })
}

/// The key of a file, which is asked for its passphrase if it is encrypted.
pub(crate) fn file(path: &Path, passphrases: &mut Passphrases) -> Result<SigningKey> {
    require_trusted_place(path)?;
    let opened = match KeyFile::read(path) {
        Ok(KeyFile::Plain(key)) => Ok(key),
        Ok(KeyFile::Encrypted(key)) => key.open(&passphrases.existing(path)?),
        // They name the file themselves.
        Err(
            error @ (PublishError::Store(StoreError::Io(_))
            | PublishError::KeyReadableByOthers { .. }),
        ) => {
            return Err(error.into());
        }
        Err(error) => Err(error),
        Ok(_) => Err(PublishError::KeyMalformed),
    };
    opened.with_context(|| path.display().to_string())
}

#[cfg(unix)]
fn agent(name: &str) -> Result<BoxedSigner> {
    let socket = std::env::var_os("SSH_AUTH_SOCK")
        .filter(|socket| !socket.is_empty())
        .context("ssh-agent: SSH_AUTH_SOCK is not set, so there is none")?;
    let key = motd_server::publish::key::AgentKey::find(Path::new(&socket), name, PATIENCE);
    Ok(Box::new(key?))
}

#[cfg(not(unix))]
fn agent(_: &str) -> Result<BoxedSigner> {
    anyhow::bail!("ssh-agent: this system has none that can be used")
}
