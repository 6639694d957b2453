//! `motd publish`: notices, signed, in one atomic step.

use std::path::{Path, PathBuf};

use anyhow::Result;
use motd_core::{LanguageTag, Time};
use motd_server::publish::document::NoticeDocument;
use motd_server::publish::metadata::write::after;
use motd_server::publish::notice_file::{FindingLevel, NoticeFile};
use motd_server::publish::{
    Online, PublishError, Published as _, Repository, RoleFile, SigningRequest,
};
use motd_server::store::{RepositoryConfig, Store};
use serde_json::json;

use super::{lint, now};
use crate::arguments::publisher::PublishArguments;
use crate::exit::Exit;
use crate::shell::Shell;
use crate::trusted_root::{TrustedRoot, remember_next};
use crate::{keys, requests};

pub(super) fn run(arguments: &PublishArguments, shell: &mut Shell) -> Result<Exit> {
    let end = super::runtime()?.block_on(publish(arguments, shell));
    or_refused(end, shell)
}

/// What the author of a notice has to change, as opposed to a key or a folder, is a refusal.
pub(super) fn or_refused(end: Result<Exit>, shell: &mut Shell) -> Result<Exit> {
    end.or_else(|error| match error.downcast_ref() {
        Some(PublishError::Document(refusal)) => {
            shell.talk(&format!("error: {refusal}"));
            Ok(Exit::Refused)
        }
        Some(fault @ (PublishError::Revision { .. } | PublishError::NotNfc { .. })) => {
            let requirement = fault.requirement().unwrap_or_default();
            shell.talk(&format!("error: {fault} [{requirement}]"));
            Ok(Exit::Refused)
        }
        _ => Err(error),
    })
}

async fn publish(arguments: &PublishArguments, shell: &mut Shell) -> Result<Exit> {
    let now = now(arguments.now)?;
    let store = super::store(&arguments.folder)?;
    let config = store.config().await?;
    let online_keys = arguments.online_keys.as_deref();
    let root = TrustedRoot::find(arguments.root.as_deref(), online_keys, &arguments.folder)?;
    // Who publishes in the meantime is first, and the store says so.
    let mut repository;
    let mut request;
    if let Some(folder) = &arguments.request {
        repository = root.load(&store, now, shell).await?;
        check_clock(&store, &repository, arguments.now).await?;
        request = requests::read(folder)?;
    } else {
        let Some(document) = document(&arguments.notices, &config, shell)? else {
            return Ok(Exit::Refused);
        };
        let days = days(arguments.expires_in, &config);
        repository = root.load(&store, now, shell).await?;
        check_clock(&store, &repository, arguments.now).await?;
        request = repository.propose(&document, now, after(now, days))?;
    }
    for signer in keys::signers(&arguments.keys, &arguments.passphrases)? {
        repository.sign(&mut request, signer.as_ref(), now, &[])?;
    }
    let left = repository.left_to_publish(&request);
    if let (Some(former), Some(next)) = (&arguments.former_online_keys, &left.root) {
        bridge(&store, &repository, next, (former, online_keys), now).await?;
        repository = root.load(&store, now, shell).await?;
    }
    release(&store, &repository, &request, online_keys, now).await?;
    say(&request, arguments.json, shell)?;
    Ok(Exit::Well)
}

/// MOTD-PUB-14: before people are asked to sign by this machine's clock. A time that somebody names is theirs.
pub(super) async fn check_clock(
    store: &Store,
    repository: &Repository,
    named: Option<Time>,
) -> Result<()> {
    if named.is_none() {
        let lifetimes = store.config().await?.lifetimes;
        let written = store.timestamp_written().await?;
        repository.check_clock(&lifetimes, written, now(None)?)?;
    }
    Ok(())
}

/// Publishes a request with the server's keys.
pub(super) async fn release(
    store: &Store,
    repository: &Repository,
    request: &SigningRequest,
    online_keys: Option<&Path>,
    now: Time,
) -> Result<()> {
    let config = store.config().await?;
    let (snapshot, timestamp) = keys::online(store, online_keys)?;
    let online = Online::new(&snapshot, &timestamp, &config);
    let publication = repository.publish(request, &online, now)?;
    store.commit(&publication).await?;
    if let Some(root) = &request.root {
        remember_next(repository.root(), root);
    }
    Ok(())
}

/// Makes what is published hold under the keys that leave and under those that come, which is then the first of two steps.
async fn bridge(
    store: &Store,
    repository: &Repository,
    next: &RoleFile,
    (former, coming): (&Path, Option<&Path>),
    now: Time,
) -> Result<()> {
    let config = store.config().await?;
    let [leaving, coming] = [Some(former), coming].map(|folder| keys::online(store, folder));
    let (leaving, coming) = (leaving?, coming?);
    let [leaving, coming] =
        [&leaving, &coming].map(|(snapshot, timestamp)| Online::new(snapshot, timestamp, &config));
    let publication = repository.bridge(next, &leaving, &coming, now)?;
    Ok(store.commit(&publication).await?)
}

/// How long notices are signed for, in days.
pub(super) fn days(asked: Option<u16>, config: &RepositoryConfig) -> u64 {
    asked.map_or(config.lifetimes.notices, u64::from)
}

/// The document of these files; nothing when one has a fault, which is printed.
pub(super) fn document(
    notices: &[PathBuf],
    config: &RepositoryConfig,
    shell: &mut Shell,
) -> Result<Option<NoticeDocument>> {
    let Some(notices) = read(notices, &config.default_language, shell)? else {
        return Ok(None);
    };
    let language = config.default_language.as_str();
    Ok(Some(NoticeDocument::compose(
        &config.repository,
        language,
        &notices,
    )?))
}

/// What was published.
pub(super) fn say(request: &SigningRequest, as_json: bool, shell: &mut Shell) -> Result<()> {
    for role in [&request.root, &request.targets].into_iter().flatten() {
        if !as_json {
            shell.data(&format!(
                "published {} version {}, signed until {}",
                role.name(),
                role.version(),
                role.expires()
            ));
        }
    }
    let Some(proposal) = &request.notices else {
        if as_json {
            shell.json(&json!({ "version": null, "notices": [] }))?;
        }
        return Ok(());
    };
    let (role, document) = (proposal.role(), proposal.document());
    let (version, expires) = (role.version(), role.expires());
    warn_of_outlives(document, expires, shell);
    let ids: Vec<_> = document
        .judged()
        .notices()
        .map(|notice| notice.id().to_string())
        .collect();
    if as_json {
        shell.json(&json!({
            "version": version,
            "expires": expires.to_string(),
            "notices": ids,
            "bytes": document.bytes().len(),
            "inline": document.is_inline(),
        }))?;
        return Ok(());
    }
    let carrier = if document.is_inline() {
        "in the metadata and as a file"
    } else {
        "as a file"
    };
    shell.data(&format!(
        "published version {version}: {}, {} bytes {carrier}, signed until {expires}",
        match ids.len() {
            1 => "1 notice".to_owned(),
            many => format!("{many} notices"),
        },
        document.bytes().len()
    ));
    Ok(())
}

/// MOTD-PUB-10: names the notices that are still to be shown when their signatures are over.
pub(super) fn warn_of_outlives(document: &NoticeDocument, expires: Time, shell: &mut Shell) {
    for outlives in document.outlives(expires) {
        shell.talk(&format!(
            "warning: {} ends {} and its signatures expire {expires}; publish again before that [MOTD-PUB-10]",
            outlives.id, outlives.ends
        ));
    }
}

/// The notices as values; nothing when one has a fault, which is printed.
pub(super) fn read(
    notices: &[PathBuf],
    default_language: &LanguageTag,
    shell: &mut Shell,
) -> Result<Option<Vec<motd_core::json::Value>>> {
    let mut files = Vec::new();
    let mut findings = Vec::new();
    for path in notices {
        match NoticeFile::read(&path.display().to_string(), super::file(path)?) {
            Ok(file) => files.push(file),
            Err(finding) => findings.push(finding),
        }
    }
    let together: Vec<_> = files.iter().collect();
    for file in &files {
        findings.extend(lint::findings(
            file,
            &together,
            FindingLevel::Error,
            default_language,
        ));
    }
    findings
        .iter()
        .flat_map(lint::lines)
        .for_each(|line| shell.talk(&line));
    let refused = findings
        .iter()
        .any(|finding| finding.level == FindingLevel::Error);
    let values = files.iter().filter_map(NoticeFile::value);
    Ok((!refused).then(|| values.collect()))
}
