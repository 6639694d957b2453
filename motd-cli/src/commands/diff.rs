//! `motd diff`: what publishing these files would change for readers.

use anyhow::Result;
use motd_server::author::{Repository, changes};
use serde_json::json;

use super::{publish, review};
use crate::arguments::Diff;
use crate::exit::Exit;
use crate::shell::Shell;

pub(super) fn run(arguments: &Diff, shell: &mut Shell) -> Result<Exit> {
    let end = super::runtime()?.block_on(compare(arguments, shell));
    publish::or_refused(end, shell)
}

async fn compare(arguments: &Diff, shell: &mut Shell) -> Result<Exit> {
    let store = super::store(&arguments.folder)?;
    let config = store.config().await?;
    let Some(document) = publish::document(&arguments.notices, &config, shell)? else {
        return Ok(Exit::Refused);
    };
    let repository = Repository::load(store.load().await?)?;
    let changes = changes(&repository.document(&config.repository)?, &document);
    if arguments.json {
        shell.json(&json!({ "notices": review::notices_json(&changes) }))?;
    } else {
        review::print_notices(&changes, &config.default_language, shell)?;
    }
    Ok(Exit::Well)
}
