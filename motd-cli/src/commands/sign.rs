//! `motd sign`: a signature on a request, after its review.

use anyhow::Result;
use motd_server::author::Repository;

use super::{now, review};
use crate::arguments::Sign;
use crate::exit::Exit;
use crate::shell::Shell;
use crate::{keys, requests};

pub(super) fn run(arguments: &Sign, shell: &mut Shell) -> Result<Exit> {
    super::runtime()?.block_on(sign(arguments, shell))
}

async fn sign(arguments: &Sign, shell: &mut Shell) -> Result<Exit> {
    let now = now(arguments.now)?;
    let store = super::store(&arguments.folder)?;
    let repository = Repository::load(store.load().await?)?;
    let mut request = requests::read(&arguments.request)?;
    review::print(&repository.review(&request)?, shell)?;
    if !arguments.yes {
        anyhow::ensure!(
            shell.can_ask(),
            "there is nobody to ask; --yes signs what `motd review` showed"
        );
        if shell.ask("sign this? [y/N] ")?.as_deref() != Some("y") {
            anyhow::bail!("not signed");
        }
    }
    let places: Vec<&str> = arguments.places.iter().map(String::as_str).collect();
    let mut roles = Vec::new();
    for signer in keys::signers(&arguments.keys, &arguments.passphrases)? {
        roles.extend(repository.sign_request(&mut request, signer.as_ref(), now, &places)?);
    }
    roles.sort();
    roles.dedup();
    requests::write(&arguments.request, &request)?;
    let enough = repository.review(&request)?.is_signed();
    let rest = if enough {
        "enough people have signed: `motd publish --request` publishes it"
    } else {
        "more people have to sign"
    };
    shell.talk(&format!("signed {}; {rest}", roles.join(", ")));
    Ok(Exit::Well)
}
