//! `motd publish`: notices, signed, in one atomic step.

use anyhow::Result;
use motd_core::LanguageTag;
use motd_server::Error;
use motd_server::author::{Online, Repository};
use motd_server::document::NoticeDocument;
use motd_server::notice_file::{FindingLevel, NoticeFile};
use serde_json::json;

use super::{lint, now};
use crate::arguments::Publish;
use crate::exit::Exit;
use crate::keys;
use crate::shell::Shell;

pub(super) fn run(arguments: &Publish, shell: &mut Shell) -> Result<Exit> {
    super::runtime()?
        .block_on(publish(arguments, shell))
        .or_else(|error| match error.downcast_ref() {
            // What the author of a notice has to change, as opposed to a key or a folder.
            Some(Error::Document(refusal)) => {
                shell.talk(&format!("error: {refusal}"));
                Ok(Exit::Refused)
            }
            Some(fault @ (Error::Revision { .. } | Error::NotNfc { .. })) => {
                let requirement = fault.requirement().unwrap_or_default();
                shell.talk(&format!("error: {fault} [{requirement}]"));
                Ok(Exit::Refused)
            }
            _ => Err(error),
        })
}

async fn publish(arguments: &Publish, shell: &mut Shell) -> Result<Exit> {
    let now = now(arguments.now)?;
    let store = super::store(&arguments.folder)?;
    let config = store.config().await?;
    let Some(notices) = read(arguments, &config.default_language, shell)? else {
        return Ok(Exit::Refused);
    };
    let document = NoticeDocument::compose(
        &config.repository,
        config.default_language.as_str(),
        &notices,
    )?;
    let (snapshot, timestamp) = keys::online(&store, arguments.online_keys.as_deref())?;
    let online = Online {
        snapshot: &snapshot,
        timestamp: &timestamp,
        lifetimes: config.lifetimes,
        bundle: config.bundle,
    };
    let signers = keys::signers(&arguments.keys, &arguments.passphrases)?;

    let days = arguments
        .expires_in
        .map_or(config.lifetimes.notices, u64::from);

    // Who publishes in the meantime is first, and the store says so.
    let repository = Repository::load(store.load().await?)?;
    let mut proposal = repository.propose(&document, now, days)?;
    for signer in &signers {
        repository.sign(&mut proposal, signer.as_ref(), now)?;
    }
    let publication = repository.publish(&proposal, &online, now)?;
    store.commit(&publication).await?;

    let (version, expires) = (proposal.role.version()?, proposal.role.expires()?);
    for outlives in document.outlives(expires) {
        shell.talk(&format!(
            "warning: {} ends {} and its signatures expire {expires}; publish again before that [MOTD-PUB-10]",
            outlives.id, outlives.ends
        ));
    }
    let ids: Vec<_> = document
        .judged()
        .notices()
        .map(|notice| notice.id().to_string())
        .collect();
    if arguments.json {
        shell.json(&json!({
            "version": version,
            "expires": expires.to_string(),
            "notices": ids,
            "bytes": document.bytes().len(),
            "inline": document.is_inline(),
        }))?;
    } else {
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
    }
    Ok(Exit::Well)
}

/// The notices as values; nothing when one has a fault, which is printed.
fn read(
    arguments: &Publish,
    default_language: &LanguageTag,
    shell: &mut Shell,
) -> Result<Option<Vec<motd_core::json::Value>>> {
    let mut files = Vec::new();
    let mut findings = Vec::new();
    for path in &arguments.notices {
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
