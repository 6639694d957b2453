//! `motd acknowledge`: a notice was read and is not repeated.

use anyhow::{Context as _, Result};
use motd_client::{SeenStore, default_state_dir};

use crate::arguments::Acknowledge;
use crate::exit::Exit;
use crate::shell::Shell;

pub(super) fn run(arguments: &Acknowledge, shell: &mut Shell) -> Result<Exit> {
    let folder = arguments
        .state_dir
        .clone()
        .map_or_else(default_state_dir, Ok)?;
    let store = SeenStore::open(&folder, &arguments.repository)
        .map_err(|why| anyhow::anyhow!(why.fact()))
        .with_context(|| folder.display().to_string())?;
    anyhow::ensure!(
        store.acknowledge(&arguments.notice)?,
        "no notice {} of {} was shown here",
        arguments.notice,
        arguments.repository
    );
    shell.talk(&format!(
        "{} of {} is acknowledged",
        arguments.notice, arguments.repository
    ));
    Ok(Exit::Well)
}
