//! `motd acknowledge`: a notice was read and is not repeated.

use anyhow::{Context as _, Result};
use motd_client::SeenStore;

use crate::arguments::AcknowledgeArguments;
use crate::exit::Exit;
use crate::shell::Shell;
use crate::sources::{self, ConfiguredSources};

pub(super) fn run(arguments: &AcknowledgeArguments, shell: &mut Shell) -> Result<Exit> {
    let repository = match (&arguments.repository, &arguments.source) {
        (Some(repository), _) => repository.clone(),
        (None, Some(name)) => {
            let configured = ConfiguredSources::read(&arguments.places)?;
            configured.source(name)?.repository.0.clone()
        }
        (None, None) => anyhow::bail!("neither --repository nor --source"),
    };
    let folder = sources::state(arguments.places.state_dir.as_deref())?;
    let store = SeenStore::open(&folder, &repository)
        .map_err(|why| anyhow::anyhow!(why.fact()))
        .with_context(|| folder.display().to_string())?;
    anyhow::ensure!(
        store.acknowledge(&arguments.notice)?,
        "no notice {} of {repository} was shown here, or found by a check",
        arguments.notice,
    );
    shell.talk(&format!(
        "{} of {repository} is acknowledged",
        arguments.notice
    ));
    Ok(Exit::Well)
}
