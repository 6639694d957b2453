//! A notice as terminals show it, in each of its languages.

use anyhow::Result;
use motd_client::{Source, Terminal, decisions, write_to_terminal};
use motd_core::{Environment, LanguageTag, Mode, SeenState, SourceName};
use serde_json::Value;

use super::input;

/// A notice in one language on one terminal.
pub(super) struct View {
    pub(super) id: String,
    pub(super) language: LanguageTag,
    pub(super) columns: u16,
    pub(super) lines: String,
}

/// How it is looked at.
pub(super) struct ViewOptions<'a> {
    pub(super) source: &'a SourceName,
    pub(super) default_language: &'a LanguageTag,
    /// Only this language.
    pub(super) language: Option<&'a LanguageTag>,
    pub(super) widths: &'a [u16],
    pub(super) plain: bool,
    /// Whether those terminals are in UTF-8.
    pub(super) utf8: bool,
}

/// Every language of a notice on terminals of these widths.
pub(super) fn views(notice: &Value, look: &ViewOptions<'_>) -> Result<Vec<View>> {
    let document = input::alone(&for_everyone(notice.clone()), look.default_language)?;
    let Some(notice) = document.verified().notices().next() else {
        return Ok(Vec::new());
    };
    let wanted = |tag: &LanguageTag| look.language.is_none_or(|wanted| wanted == tag);
    let tags: Vec<_> = notice
        .texts()
        .iter()
        .map(|(tag, _)| tag)
        .filter(|tag| wanted(tag))
        .collect();
    if let Some(language) = look.language {
        anyhow::ensure!(!tags.is_empty(), "the notice has no text in {language}");
    }
    let mut views = Vec::new();
    for tag in tags {
        let environment = Environment {
            languages: vec![tag.clone().into()],
            ..Environment::new(notice.begins())
        };
        let seen = SeenState::new();
        for columns in look.widths.iter().copied() {
            let source = Source {
                name: look.source,
                document: &document,
                seen: &seen,
            };
            let width = || Some(columns);
            let terminal = Terminal::new(&width, look.plain).with_utf8(look.utf8);
            let run = decisions(&[source], &environment, terminal, Mode::List);
            let mut lines = Vec::new();
            write_to_terminal(&run, &environment, terminal, None, &mut lines);
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
