//! `motd preview`: a notice as a terminal would show it, in each of its languages; as text, or as an HTML page.

mod html;

use anyhow::Result;
use motd_client::{Source, Terminal, decisions, write_to_terminal};
use motd_core::{Components, Document, Environment, LanguageTag, Mode, SeenState, Verified};
use serde_json::Value;

use super::held;
use crate::arguments::Preview;
use crate::exit::Exit;
use crate::shell::Shell;

/// Columns of the terminals on an HTML page.
const WIDTHS: [u16; 4] = [40, 80, 120, 200];

/// A notice in one language on one terminal.
struct View {
    id: String,
    language: LanguageTag,
    columns: u16,
    lines: String,
}

pub(super) fn run(arguments: &Preview, shell: &mut Shell) -> Result<Exit> {
    let held = held::read(&arguments.file, &arguments.default_language)?;
    for fault in &held.faults {
        shell.talk(fault);
    }
    let widths = match arguments.width {
        Some(width) => vec![width],
        None if arguments.html => WIDTHS.to_vec(),
        None => vec![80],
    };
    let mut views = Vec::new();
    for notice in &held.notices {
        let document = held::alone(&for_everyone(notice.clone()), &held.default_language)?;
        views.extend(look(arguments, &document, &widths)?);
    }
    if arguments.html {
        shell.data(&html::page(&arguments.file.display().to_string(), &views));
    } else {
        for View {
            language,
            columns,
            lines,
            ..
        } in &views
        {
            shell.talk(&format!("-- {language}, {columns} columns"));
            shell.data(lines.trim_end_matches('\n'));
        }
    }
    Ok(if held.faults.is_empty() {
        Exit::Well
    } else {
        Exit::Refused
    })
}

/// The same notice without what decides who sees it and when, so that its author sees it here and now. An all-clear
/// looks like `info` (MOTD-REP-7).
fn for_everyone(mut notice: Value) -> Value {
    if let Some(members) = notice.as_object_mut() {
        members.remove("audience");
        let resolves = members.remove("resolves");
        if resolves.is_some_and(|resolves| resolves.as_array().is_some_and(|ids| !ids.is_empty())) {
            members.insert("severity".to_owned(), "info".into());
        }
    }
    notice
}

/// Every language of a document's notices on terminals of these widths.
fn look(arguments: &Preview, document: &Verified<Document>, widths: &[u16]) -> Result<Vec<View>> {
    let Some(notice) = document.verified().notices().next() else {
        return Ok(Vec::new());
    };
    let wanted = |tag: &LanguageTag| {
        let wanted = arguments.language.as_ref();
        wanted.is_none_or(|wanted| wanted == tag)
    };
    let tags: Vec<_> = notice
        .texts()
        .iter()
        .map(|(tag, _)| tag)
        .filter(|tag| wanted(tag))
        .collect();
    if let Some(language) = &arguments.language {
        anyhow::ensure!(!tags.is_empty(), "the notice has no text in {language}");
    }
    let mut views = Vec::new();
    for tag in tags {
        let environment = Environment {
            components: &Components::new(),
            os: None,
            arch: None,
            command: None,
            languages: vec![tag.clone().into()],
            now: notice.begins(),
            rollout_secret: None,
        };
        let seen = SeenState::new();
        for columns in widths.iter().copied() {
            let source = Source {
                name: &arguments.source,
                document,
                seen: &seen,
            };
            let terminal = Terminal::new(Some(columns), arguments.plain);
            let run = decisions(&[source], &environment, terminal, Mode::List);
            let mut lines = Vec::new();
            write_to_terminal(&run, &environment, terminal, "", &mut lines);
            anyhow::ensure!(
                !lines.is_empty(),
                "{columns} columns are too few for the prefix and a text"
            );
            views.push(View {
                id: notice.id().to_string(),
                language: tag.clone(),
                columns,
                lines: String::from_utf8(lines)?,
            });
        }
    }
    Ok(views)
}
