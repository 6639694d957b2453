//! `matrix`: every installer with every publisher and every server.

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;

use super::{Exit, Shell};
use crate::adapter::{Command, Messages};
use crate::arguments::MatrixArguments;
use crate::judge;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Adapters {
    adapter: Vec<Adapter>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Adapter {
    command: Vec<String>,
}

pub(super) fn run(arguments: &MatrixArguments, shell: &Shell) -> Result<Exit> {
    let path = &arguments.adapters;
    let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
    let adapters: Adapters = toml::from_str(&text).with_context(|| path.display().to_string())?;
    let commands: Vec<Command> = adapters
        .adapter
        .into_iter()
        .map(|adapter| Command {
            words: adapter.command,
            ..Command::default()
        })
        .collect();
    let messages = Messages::compile()?;
    let cells = judge::matrix(&commands, &messages, &|cell| {
        if !arguments.json {
            let word = cell.trouble.as_deref().unwrap_or("pass");
            shell.data(&format!(
                "{} -> {} -> {}: {word}",
                cell.publisher, cell.server, cell.installer
            ));
        }
    })?;
    if arguments.json {
        shell.data(&serde_json::to_string_pretty(&cells)?);
    }
    if cells.is_empty() {
        bail!("none of these adapters claims to be an installer");
    }
    Ok(Exit::of(cells.iter().all(|cell| cell.trouble.is_none())))
}
