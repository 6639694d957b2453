//! `motd propose`: the next notices as a request that travels to the people who sign.

use anyhow::Result;
use motd_server::author::{Repository, SigningRequest};

use super::{now, publish, review};
use crate::arguments::Propose;
use crate::exit::Exit;
use crate::requests;
use crate::shell::Shell;

pub(super) fn run(arguments: &Propose, shell: &mut Shell) -> Result<Exit> {
    let end = super::runtime()?.block_on(propose(arguments, shell));
    publish::or_refused(end, shell)
}

async fn propose(arguments: &Propose, shell: &mut Shell) -> Result<Exit> {
    let now = now(arguments.life.now)?;
    let store = super::store(&arguments.folder)?;
    let config = store.config().await?;
    let Some(document) = publish::document(&arguments.notices, &config, shell)? else {
        return Ok(Exit::Refused);
    };
    let repository = Repository::load(store.load().await?)?;
    let days = publish::days(arguments.life.expires_in, &config);
    let request = SigningRequest {
        notices: Some(repository.propose(&document, now, days)?),
        ..SigningRequest::default()
    };
    requests::create(&arguments.out, &request)?;
    review::print(&repository.review(&request)?, shell)?;
    Ok(Exit::Well)
}
