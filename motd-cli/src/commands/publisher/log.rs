//! `motd log`: what a server has accepted, verified from its first entry.

use anyhow::{Context as _, Result};
use motd_server::serve::proposals::{LogEntry, LogHead, Proposals};
use motd_server::store::Objects;

use super::now;
use crate::arguments::publisher::{LogArguments as Arguments, RepositoryPlace};
use crate::exit::Exit;
use crate::keys::{self, BoxedSigner};
use crate::remote::Remote;
use crate::shell::Shell;

/// How many entries are read at a time.
const PAGE: usize = 100;

pub(super) fn run(arguments: &Arguments, shell: &mut Shell) -> Result<Exit> {
    super::runtime()?.block_on(print(arguments, shell))?;
    Ok(Exit::Well)
}

/// 27 years of 100 entries a day.
const MOST_ENTRIES: u64 = 1_000_000;

/// Where the log is read.
enum LogSource {
    Stored(Proposals),
    Served(Remote, BoxedSigner),
}

async fn print(arguments: &Arguments, shell: &mut Shell) -> Result<()> {
    let source = match &arguments.place {
        RepositoryPlace::Stored(location) => {
            let objects = Objects::at(location, &super::s3_settings(location))?;
            LogSource::Stored(Proposals::on(objects))
        }
        RepositoryPlace::Served(url) => {
            let name = arguments.key.as_ref();
            let name = name.context("--key names your key: only who may sign reads the log")?;
            let signers = keys::signers(core::slice::from_ref(name), &arguments.passphrases)?;
            let signer = signers.into_iter().next().context("no key")?;
            LogSource::Served(Remote::new(url)?, signer)
        }
    };
    let mut head = LogHead::none();
    let mut expected = arguments.expect.clone();
    loop {
        let next = page(&source, &head, arguments).await?;
        let is_last = next.is_empty();
        // A server could make entries for as long as somebody asks.
        anyhow::ensure!(
            head.entry < MOST_ENTRIES,
            "the log has more than {MOST_ENTRIES} entries, and is not read on"
        );
        for entry in next {
            head = head.follow(&entry)?;
            if expected
                .as_ref()
                .is_some_and(|(number, _)| *number == head.entry)
            {
                let (number, hash) = expected.take().unwrap_or_default();
                anyhow::ensure!(
                    hash == head.hash,
                    "entry {number} of the log is another one than you kept"
                );
            }
            say(&entry, arguments.json, shell)?;
        }
        if is_last {
            break;
        }
    }
    if let Some((number, _)) = expected {
        anyhow::bail!("the log ends before entry {number}, which you kept");
    }
    shell.talk(&format!(
        "the log holds together; keep this: {}:{}",
        head.entry, head.hash
    ));
    Ok(())
}

async fn page(source: &LogSource, head: &LogHead, arguments: &Arguments) -> Result<Vec<LogEntry>> {
    Ok(match source {
        LogSource::Stored(proposals) => proposals.log().since(head, PAGE).await?.0,
        LogSource::Served(remote, signer) => {
            let now = now(arguments.now)?;
            remote.log(head.entry, signer.as_ref(), now).await?.entries
        }
    })
}

fn say(entry: &LogEntry, as_json: bool, shell: &mut Shell) -> Result<()> {
    // A server writes it. Hashes, times and names are plain; what is not is no entry of a log.
    let text = serde_json::to_string(entry)?;
    anyhow::ensure!(
        text.bytes().all(|byte| matches!(byte, b' '..=b'~')),
        "entry {} of the log has letters that no entry has",
        entry.entry
    );
    if as_json {
        shell.data(&text);
        return Ok(());
    }
    let roles = entry.roles.iter();
    let roles: Vec<String> = roles
        .map(|(name, role)| format!("{name} {}", role.version))
        .collect();
    let keys: Vec<&str> = entry
        .key_ids
        .iter()
        .map(|id| id.get(..8).unwrap_or(id))
        .collect();
    let proposal = entry
        .proposal
        .as_deref()
        .map_or(String::new(), |id| format!(" {id}"));
    shell.wrapped(&format!(
        "{} {} {}{proposal}: {}; keys {}",
        entry.entry,
        entry.time,
        entry.event.as_str(),
        roles.join(", "),
        keys.join(" ")
    ));
    Ok(())
}
