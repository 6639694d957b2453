//! `motd serve`: a repository over HTTP, from memory, with its timestamp renewed.

use std::time::Duration;

use anyhow::Result;
use motd_core::Time;
use motd_server::author::{Lifetimes, Online, Repository};
use motd_server::serve::{Server, Settings};
use motd_server::store::{Config, Store};

use super::now;
use crate::arguments::Serve;
use crate::exit::Exit;
use crate::keys;
use crate::shell::Shell;

/// How often the folder is looked at.
const PERIOD: Duration = Duration::from_secs(1);

const DAY: u64 = 86_400;

pub(super) fn run(arguments: &Serve, shell: &mut Shell) -> Result<Exit> {
    let store = Store::open(&arguments.folder)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(serve(arguments, &store, shell))?;
    Ok(Exit::Well)
}

async fn serve(arguments: &Serve, store: &Store, shell: &mut Shell) -> Result<()> {
    let mut files = store.load()?;
    Repository::load(files.clone())?;
    let server = Server::bind(arguments.listen, files.clone(), Settings::default()).await?;
    shell.data(&format!("http://{}/metadata/", server.address()));
    shell.talk(&format!(
        "serving {}; Ctrl-C stops",
        arguments.folder.display()
    ));
    let mut period = tokio::time::interval(PERIOD);
    period.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut complained = false;
    loop {
        tokio::select! {
            _ = tokio::signal::ctrl_c() => break,
            _ = period.tick() => {}
        }
        match refresh(store) {
            Ok(now) if now != files => {
                files = now;
                server.replace(files.clone());
                shell.talk("serving a new publication");
                complained = false;
            }
            Ok(_) => complained = false,
            Err(error) if !complained => {
                shell.talk(&format!(
                    "warning: still serving what was published before: {error:#}"
                ));
                complained = true;
            }
            Err(_) => {}
        }
    }
    server.stop().await;
    Ok(())
}

/// What is published now, its timestamp renewed when a third of its life is over.
fn refresh(store: &Store) -> Result<motd_server::files::Files> {
    let files = store.load()?;
    let repository = Repository::load(files.clone())?;
    let Config {
        lifetimes, bundle, ..
    } = store.config()?;
    let now = now(None)?;
    if !is_due(repository.timestamp().expires()?, &lifetimes, now) {
        return Ok(files);
    }
    let (snapshot, timestamp) = keys::online(store)?;
    let online = Online {
        snapshot: &snapshot,
        timestamp: &timestamp,
        lifetimes,
        bundle,
    };
    let publication = repository.renew(&online, now)?;
    store.lock()?.commit(&publication)?;
    Ok(store.load()?)
}

/// Three renewals fit into one life, so that two may fail.
fn is_due(expires: Time, lifetimes: &Lifetimes, now: Time) -> bool {
    expires.seconds_since(now) * 3 < lifetimes.timestamp * DAY * 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timestamp_is_renewed_after_a_third_of_its_life() {
        let lifetimes = Lifetimes {
            timestamp: 1,
            ..Lifetimes::default()
        };
        let now: Time = "2024-03-28T12:00:00Z".parse().unwrap();
        let at = |text: &str| is_due(text.parse().unwrap(), &lifetimes, now);
        assert!(!at("2024-03-29T12:00:00Z"));
        assert!(!at("2024-03-29T04:00:00Z"));
        assert!(at("2024-03-29T03:59:59Z"));
        assert!(at("2024-03-01T00:00:00Z"));
    }
}
