//! `motd source`: which repositories may speak on this machine.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use motd_client::check_offline;
use motd_core::SourceName;
use serde_json::{Value, json};

use crate::arguments::{AddSourceArguments, SourceCommand};
use crate::clock::now;
use crate::exit::Exit;
use crate::settings::{ConfigFile, RepositorySetting, SourceSettings};
use crate::shell::Shell;
use crate::sources;

pub(super) fn run(arguments: SourceCommand, shell: &mut Shell) -> Result<Exit> {
    match arguments {
        SourceCommand::Add(arguments) => add(*arguments, shell),
        SourceCommand::List { file, json } => list(file.config.as_deref(), json, shell),
        SourceCommand::Remove { name, file } => remove(&name, file.config.as_deref(), shell),
    }
}

fn add(arguments: AddSourceArguments, shell: &mut Shell) -> Result<Exit> {
    let file = ConfigFile::locate(arguments.file.config.as_deref())?;
    let AddSourceArguments {
        name,
        root,
        repository,
        metadata_url,
        targets_url,
        in_band,
        bound_to,
        interval_hours,
        ..
    } = arguments;
    // MOTD-BOOT-1: what is no root is found now and not at the first install.
    let config = sources::check_config(
        &root,
        repository.clone(),
        metadata_url.0.clone(),
        targets_url.as_ref().map(|url| url.0.clone()),
        in_band,
        now(None)?,
    )?;
    if let Some(failure) = check_offline(&config).failure {
        anyhow::bail!("{}: no trusted root: {failure}", root.display());
    }
    let mut source = SourceSettings {
        repository: RepositorySetting(repository),
        root: PathBuf::new(),
        metadata_url,
        targets_url,
        in_band,
        bound_to,
        interval_hours,
    };
    file.add_source(&name, &mut source, &config.root)?;
    shell.talk(&format!(
        "{}: {} may speak as {name}",
        file.path.display(),
        source.repository.0
    ));
    if source.bound_to.is_empty() {
        shell.talk(
            "  beside every command; --bound-to limits that to commands that use a repository",
        );
    }
    Ok(Exit::Well)
}

fn remove(name: &SourceName, config: Option<&Path>, shell: &mut Shell) -> Result<Exit> {
    let file = ConfigFile::locate(config)?;
    file.remove_source(name)?;
    shell.talk(&format!("{}: {name} is removed", file.path.display()));
    Ok(Exit::Well)
}

fn list(config: Option<&Path>, as_json: bool, shell: &mut Shell) -> Result<Exit> {
    let file = ConfigFile::locate(config)?;
    let settings = file.read()?;
    if as_json {
        let sources = settings.source.iter();
        let sources: Vec<_> = sources
            .map(|(name, source)| to_json(&file, &name.0, source))
            .collect();
        shell
            .json(&json!({ "sources": sources }))
            .context("a source that is no JSON")?;
        return Ok(Exit::Well);
    }
    if settings.source.is_empty() {
        shell.talk(&format!("{}: no sources", file.path.display()));
    }
    for (name, source) in &settings.source {
        shell.data(&format!("{}: {}", name.0, source.repository.0));
        shell.data(&format!("  metadata {}", source.metadata_url.0));
        if let Some(url) = &source.targets_url {
            shell.data(&format!("  targets {}", url.0));
        }
        if source.in_band {
            shell.data("  in-band");
        }
        shell.data(&format!("  root {}", file.root_of(source).display()));
        for url in &source.bound_to {
            shell.data(&format!("  bound to {}", url.0));
        }
        if let Some(hours) = source.interval_hours {
            shell.data(&format!("  every {hours} h"));
        }
    }
    Ok(Exit::Well)
}

fn to_json(file: &ConfigFile, name: &SourceName, source: &SourceSettings) -> Value {
    let bound: Vec<_> = source.bound_to.iter().map(|url| url.0.as_str()).collect();
    json!({
        "name": name.as_str(),
        "repository": source.repository.0.as_str(),
        "root": file.root_of(source),
        "metadata_url": source.metadata_url.0.as_str(),
        "targets_url": source.targets_url.as_ref().map(|url| url.0.as_str()),
        "in_band": source.in_band,
        "bound_to": bound,
        "interval_hours": source.interval_hours,
    })
}
