//! `motd discard`: a proposal at a server, taken back by who opened it.

use anyhow::{Context as _, Result};

use super::now;
use super::published::RepositorySource;
use super::review::proposal_id;
use crate::arguments::publisher::DiscardArguments;
use crate::exit::Exit;
use crate::keys;
use crate::shell::Shell;

pub(super) fn run(arguments: &DiscardArguments, shell: &mut Shell) -> Result<Exit> {
    let now = now(arguments.now)?;
    let RepositorySource::Served(remote) = RepositorySource::at(&arguments.place)? else {
        anyhow::bail!("only a server keeps proposals; a request that is a folder is deleted");
    };
    let id = proposal_id(&arguments.proposal)?;
    let names = core::slice::from_ref(&arguments.key);
    let signers = keys::signers(names, &arguments.passphrases)?;
    let key = signers.first().context("--key names your key")?;
    super::runtime()?.block_on(remote.discard(&id, key.as_ref(), now))?;
    shell.talk(&format!("discarded {id}"));
    Ok(Exit::Well)
}
