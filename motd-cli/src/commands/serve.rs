//! `motd serve`: a repository over HTTP, from memory, with its snapshot and timestamp renewed.

use std::hash::BuildHasher as _;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Result;
use motd_server::key::SigningKey;
use motd_server::serve::{Look, OnlineKeys, Renewal, Server, Settings, Upkeep};

use super::now;
use crate::arguments::Serve;
use crate::exit::Exit;
use crate::shell::Shell;

/// How often a folder is looked at.
const PERIOD: Duration = Duration::from_secs(1);

/// How often object storage is asked, with two small requests.
const REMOTE_PERIOD: Duration = Duration::from_secs(5);

pub(super) fn run(arguments: &Serve, shell: &mut Shell) -> Result<Exit> {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    if let Some(workers) = arguments.workers {
        builder.worker_threads(workers.get());
    }
    let runtime = builder.enable_all().build()?;
    runtime.block_on(serve(arguments, shell))?;
    Ok(Exit::Well)
}

async fn serve(arguments: &Serve, shell: &mut Shell) -> Result<()> {
    let store = super::store(&arguments.folder)?;
    let keys = arguments.online_keys.clone().or_else(|| store.keys());
    // Which of several servers is first at a renewal is chance; whether it is a good one matters to nobody.
    let jitter = std::hash::RandomState::new().hash_one(std::process::id()) % u64::from(u16::MAX);
    let load = move || online_keys(keys.clone());
    let mut upkeep = Upkeep::begin(
        store,
        Box::new(load),
        u16::try_from(jitter).unwrap_or_default(),
    )
    .await?;
    let server = Server::bind(
        arguments.listen,
        upkeep.files().clone(),
        Settings::default(),
    )
    .await?;
    shell.data(&format!("http://{}/metadata/", server.address()));
    shell.talk(&format!("serving {}; Ctrl-C stops", arguments.folder));
    let mut period = tokio::time::interval(match arguments.folder.as_folder() {
        Some(_) => PERIOD,
        None => REMOTE_PERIOD,
    });
    period.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut said = Said::default();
    loop {
        tokio::select! {
            _ = tokio::signal::ctrl_c() => break,
            _ = period.tick() => {}
        }
        let now = now(None)?;
        let look = tokio::select! {
            _ = tokio::signal::ctrl_c() => break,
            look = upkeep.look(now) => look,
        };
        if look.published {
            server.replace(upkeep.files().clone());
            shell.talk("serving a new publication");
        }
        said.trouble(&look, shell);
        said.renewal(upkeep.renewal(now), shell);
    }
    server.stop().await;
    Ok(())
}

/// What a person was told, so that it is told once.
#[derive(Default)]
struct Said {
    trouble: bool,
    overdue: Option<&'static str>,
}

impl Said {
    fn trouble(&mut self, look: &Look, shell: &mut Shell) {
        if let (Some(error), false) = (&look.trouble, self.trouble) {
            shell.talk(&format!(
                "warning: still serving what was published before: {error}"
            ));
        }
        self.trouble = look.trouble.is_some();
    }

    fn renewal(&mut self, renewal: Renewal, shell: &mut Shell) {
        match renewal {
            Renewal::Overdue {
                expires,
                code,
                fact,
            } => {
                if self.overdue != Some(code) {
                    shell.talk(&format!(
                        "warning: nobody renews this repository, and from {expires} on clients refuse it: {fact} [{code}]"
                    ));
                }
                self.overdue = Some(code);
            }
            _ => {
                if self.overdue.take().is_some() {
                    shell.talk("the repository is renewed again");
                }
            }
        }
    }
}

/// The keys of this server; none where there is no folder, or neither file in it.
fn online_keys(folder: Option<PathBuf>) -> Result<Option<OnlineKeys>, motd_server::Error> {
    let Some(folder) = folder else {
        return Ok(None);
    };
    let [snapshot, timestamp] = ["snapshot.pem", "timestamp.pem"].map(|name| folder.join(name));
    if !fs_err::exists(&snapshot)? && !fs_err::exists(&timestamp)? {
        return Ok(None);
    }
    Ok(Some(OnlineKeys {
        snapshot: Box::new(SigningKey::load(&snapshot)?),
        timestamp: Box::new(SigningKey::load(&timestamp)?),
    }))
}
