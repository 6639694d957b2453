//! `motd diff`: what publishing these files would change for readers.

use anyhow::Result;
use motd_server::publish::{Published as _, changes};
use motd_server::serve::api::NoticeBody;
use serde_json::json;

use super::published::{PublishedRepository, RepositorySource};
use super::{publish, review};
use crate::arguments::publisher::DiffArguments;
use crate::exit::Exit;
use crate::shell::Shell;

pub(super) fn run(arguments: &DiffArguments, shell: &mut Shell) -> Result<Exit> {
    let end = super::runtime()?.block_on(compare(arguments, shell));
    publish::or_refused(end, shell)
}

async fn compare(arguments: &DiffArguments, shell: &mut Shell) -> Result<Exit> {
    let source = RepositorySource::at(&arguments.place)?;
    let PublishedRepository { repository, config } = source
        .published(arguments.root.as_deref(), None, super::now(None)?, shell)
        .await?;
    let Some(document) = publish::document(&arguments.notices, &config, shell)? else {
        return Ok(Exit::Refused);
    };
    let changes = changes(&repository.document(&config.repository)?, &document);
    if arguments.json {
        shell.json(&json!({ "notices": NoticeBody::of_all(&changes) }))?;
    } else {
        review::print_notices(&changes, &config.default_language, shell)?;
    }
    Ok(Exit::Well)
}
