//! `motd withdraw`: notices taken back, or an all-clear in their place.

use anyhow::{Context as _, Result};
use motd_core::NoticeId;
use motd_core::json::Value;
use motd_server::publish::Published as _;
use motd_server::publish::document::NoticeDocument;
use motd_server::publish::metadata::write::after;
use motd_server::store::RepositoryConfig;

use super::published::{PublishedRepository, RepositorySource};
use super::{now, propose, publish, review};
use crate::arguments::publisher::WithdrawArguments;
use crate::exit::Exit;
use crate::shell::Shell;
use crate::{keys, requests};

pub(super) fn run(arguments: &WithdrawArguments, shell: &mut Shell) -> Result<Exit> {
    let end = super::runtime()?.block_on(withdraw(arguments, shell));
    publish::or_refused(end, shell)
}

async fn withdraw(arguments: &WithdrawArguments, shell: &mut Shell) -> Result<Exit> {
    let now = now(arguments.life.now)?;
    let source = RepositorySource::at(&arguments.place)?;
    let online_keys = arguments.online_keys.as_deref();
    let published = source
        .published(arguments.root.as_deref(), online_keys, now, shell)
        .await?;
    let PublishedRepository { repository, config } = published;
    let document = repository.document(&config.repository)?;
    let Some(document) = without(&document, arguments, &config, shell)? else {
        return Ok(Exit::Refused);
    };
    let days = publish::days(arguments.life.expires_in, &config);
    let mut request = repository.propose(&document, now, after(now, days))?;
    if let Some(out) = &arguments.out {
        requests::create(out, &request)?;
        review::print(&repository.review(&request)?, shell)?;
        return Ok(Exit::Well);
    }
    let store = match &source {
        RepositorySource::Stored(store, _) => store,
        RepositorySource::Served(remote) => {
            let from = (&arguments.keys[..], &arguments.passphrases);
            propose::open(remote, &repository, request, from, now, shell).await?;
            return Ok(Exit::Well);
        }
    };
    publish::check_clock(store, &repository, arguments.life.now).await?;
    for signer in keys::signers(&arguments.keys, &arguments.passphrases)? {
        repository.sign(&mut request, signer.as_ref(), now, &[])?;
    }
    publish::release(store, &repository, &request, online_keys, now).await?;
    publish::say(&request, false, shell)?;
    Ok(Exit::Well)
}

/// What is published, without these and with the all-clear; nothing when that has a fault, which is printed.
fn without(
    published: &NoticeDocument,
    arguments: &WithdrawArguments,
    config: &RepositoryConfig,
    shell: &mut Shell,
) -> Result<Option<NoticeDocument>> {
    let notices = published.json().get("notices");
    let notices = notices.and_then(serde_json::Value::as_array);
    let mut kept: Vec<Value> = Vec::new();
    let mut found: Vec<&NoticeId> = Vec::new();
    for notice in notices.into_iter().flatten() {
        let id = notice.get("id").and_then(serde_json::Value::as_str);
        match arguments
            .ids
            .iter()
            .find(|asked| Some(asked.as_str()) == id)
        {
            Some(asked) => found.push(asked),
            None => kept.push(Value::from_parsed(notice)?),
        }
    }
    if let Some(id) = arguments.ids.iter().find(|id| !found.contains(id)) {
        anyhow::bail!("{id} is not published");
    }
    if let Some(file) = &arguments.all_clear {
        let clear = publish::read(core::slice::from_ref(file), &config.default_language, shell)?;
        let Some(clear) = clear else {
            return Ok(None);
        };
        let notice = clear.first().context("no notice in the file")?;
        let resolves = notice.member("resolves").and_then(Value::as_array);
        let names = |id: &NoticeId| {
            let names = |value: &Value| value.as_str() == Some(id.as_str());
            resolves.is_some_and(|resolves| resolves.iter().any(names))
        };
        // MOTD-REP-7: it is shown to who saw one of the ids that it names, and to nobody else.
        if let Some(id) = arguments.ids.iter().find(|id| !names(id)) {
            anyhow::bail!("{}: `resolves` does not have {id}", file.display());
        }
        kept.extend(clear);
    }
    let language = config.default_language.as_str();
    let document = NoticeDocument::compose(&config.repository, language, &kept)?;
    Ok(Some(document))
}
