//! `motd preview`: a notice as a terminal would show it, in each of its languages.

use anyhow::Result;
use motd_client::{Source, Terminal, decisions, write_to_terminal};
use motd_core::{
    Components, Document, Environment, LanguageRange, LanguageTag, Mode, SeenState, Time, Verified,
};
use motd_server::notice_file::{FindingLevel, NoticeFile};
use serde_json::{Value, json};

use super::lint;
use crate::arguments::Preview;
use crate::exit::Exit;
use crate::shell::Shell;

/// What a file holds.
struct Held {
    /// The notices that a client would take, as their author wrote them.
    notices: Vec<Value>,
    default_language: LanguageTag,
    /// What is refused.
    faults: Vec<String>,
}

pub(super) fn run(arguments: &Preview, shell: &mut Shell) -> Result<Exit> {
    let bytes = super::file(&arguments.file)?;
    let is_notice = arguments.file.extension().is_some_and(|end| end == "toml");
    let held = if is_notice {
        from_toml(arguments, &bytes)
    } else {
        from_json(arguments, &bytes)
    };
    for fault in &held.faults {
        shell.talk(fault);
    }
    for notice in held.notices {
        let document = alone(notice, &held.default_language)?;
        show(arguments, &document, shell)?;
    }
    Ok(if held.faults.is_empty() {
        Exit::Well
    } else {
        Exit::Refused
    })
}

fn from_toml(arguments: &Preview, bytes: &[u8]) -> Held {
    let name = arguments.file.display().to_string();
    let default_language = arguments.default_language.clone();
    let (notices, findings) = match NoticeFile::read(&name, bytes) {
        Ok(file) => {
            let taken = file.value().is_some_and(|value| {
                let entry = Document::judge_notice(&value, &default_language);
                entry.verdict().is_ok()
            });
            let notice = taken.then(|| file.json().clone());
            (notice.into_iter().collect(), file.lint(&default_language))
        }
        Err(finding) => (Vec::new(), vec![finding]),
    };
    let errors = findings
        .iter()
        .filter(|finding| finding.level == FindingLevel::Error);
    let faults = errors.flat_map(lint::lines).collect();
    Held {
        notices,
        default_language,
        faults,
    }
}

/// A document in any form: what is looked at here need not be what is published.
fn from_json(arguments: &Preview, bytes: &[u8]) -> Held {
    let name = arguments.file.display().to_string();
    let document = match Document::judge_any_form(bytes, None) {
        Ok(document) => document,
        Err(refusal) => {
            return Held {
                notices: Vec::new(),
                default_language: arguments.default_language.clone(),
                faults: lint::refusal_lines(&name, &refusal),
            };
        }
    };
    let raw: Value = serde_json::from_slice(bytes).unwrap_or_default();
    let taken = document
        .entries()
        .iter()
        .filter(|entry| entry.verdict().is_ok());
    let refusals = document.entries().iter().flat_map(lint::refusals);
    Held {
        notices: taken
            .filter_map(|entry| raw.get("notices")?.get(entry.index()).cloned())
            .collect(),
        default_language: document.default_language().clone(),
        faults: refusals
            .flat_map(|refusal| lint::refusal_lines(&name, refusal))
            .collect(),
    }
}

/// The notice in a document of its own.
fn alone(notice: Value, default_language: &LanguageTag) -> Result<Verified<Document>> {
    let document = json!({
        "schema_version": "1.0",
        "repository": "preview",
        "default_language": default_language.as_str(),
        "notices": [for_everyone(notice)],
    });
    let value = motd_core::json::Value::from_parsed(&document)?;
    Ok(Verified::assert_author_preview(Document::judge(
        &value, None,
    )?))
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

fn show(arguments: &Preview, document: &Verified<Document>, shell: &mut Shell) -> Result<()> {
    let judged = document.verified();
    let begins = judged
        .notices()
        .next()
        .map_or(Time::EPOCH, motd_core::Notice::begins);
    let texts: Vec<_> = judged
        .notices()
        .flat_map(motd_core::Notice::texts)
        .map(|(tag, _)| tag.clone())
        .collect();
    if let Some(language) = &arguments.language {
        anyhow::ensure!(
            texts.contains(language),
            "the notice has no text in {language}"
        );
    }
    for tag in texts.iter().filter(|tag| {
        arguments
            .language
            .as_ref()
            .is_none_or(|wanted| wanted == *tag)
    }) {
        let languages: Vec<LanguageRange> = vec![tag.clone().into()];
        let environment = Environment {
            components: &Components::new(),
            os: None,
            arch: None,
            command: None,
            languages,
            now: begins,
            rollout_secret: None,
        };
        let seen = SeenState::new();
        let source = Source {
            name: &arguments.source,
            document,
            seen: &seen,
        };
        let terminal = Terminal::new(Some(arguments.width), arguments.plain);
        let run = decisions(&[source], &environment, terminal, Mode::List);
        shell.talk(&format!("-- {tag}, {} columns", arguments.width));
        let written = write_to_terminal(&run, &environment, terminal, "", shell.out());
        anyhow::ensure!(
            !written.is_empty(),
            "{} columns are too few for the prefix and a text",
            arguments.width
        );
    }
    Ok(())
}
