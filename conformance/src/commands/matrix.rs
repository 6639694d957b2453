//! `matrix`: every installer with every publisher and every server.

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;

use super::{SuiteExit, SuiteShell};
use crate::adapter::{AdapterCommand, Messages};
use crate::arguments::MatrixArguments;
use crate::judge;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Adapters {
    adapter: Vec<AdapterEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AdapterEntry {
    command: Vec<String>,
}

pub(super) fn run(arguments: &MatrixArguments, shell: &SuiteShell) -> Result<SuiteExit> {
    let path = &arguments.adapters;
    let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
    let adapters: Adapters = toml::from_str(&text).with_context(|| path.display().to_string())?;
    let commands: Vec<AdapterCommand> = adapters
        .adapter
        .into_iter()
        .map(|adapter| AdapterCommand {
            words: adapter.command,
            ..AdapterCommand::default()
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
    Ok(SuiteExit::of(
        cells.iter().all(|cell| cell.trouble.is_none()),
    ))
}
