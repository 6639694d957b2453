//! `motd preview`: a notice as a terminal would show it, in each of its languages.

use anyhow::{Context as _, Result};
use motd_client::{Source, Terminal, decisions, write_to_terminal};
use motd_core::{
    Components, Document, Environment, LanguageRange, Mode, SeenState, Time, Verified,
};
use motd_server::notice_file::NoticeFile;
use serde_json::{Value, json};

use super::lint;
use crate::arguments::Preview;
use crate::exit::Exit;
use crate::shell::Shell;

pub(super) fn run(arguments: &Preview, shell: &mut Shell) -> Result<Exit> {
    let bytes = fs_err::read(&arguments.file)?;
    let is_notice = arguments.file.extension().is_some_and(|end| end == "toml");
    let Some(mut document) = (if is_notice {
        from_toml(arguments, bytes, shell)?
    } else {
        serde_json::from_slice(&bytes)?
    }) else {
        return Ok(Exit::Refused);
    };
    let mut exit = Exit::Well;
    let Value::Array(notices) = document.get_mut("notices").map_or(Value::Null, Value::take) else {
        anyhow::bail!("the document has no notices")
    };
    for notice in notices {
        let one = json!({
            "schema_version": document.get("schema_version"),
            "repository": document.get("repository"),
            "default_language": arguments.default_language.as_str(),
            "notices": [for_everyone(notice)],
        });
        let value = motd_core::json::Value::from_parsed(&one)
            .map_err(|refusal| anyhow::anyhow!("{refusal}"))?;
        let judged = match Document::judge(&value, None) {
            Ok(judged) => judged,
            Err(refusal) => {
                shell.talk(&format!("{}: {refusal}", arguments.file.display()));
                return Ok(Exit::Refused);
            }
        };
        if let Some(refusal) = judged
            .entries()
            .first()
            .and_then(|entry| entry.verdict().err())
        {
            shell.talk(&format!("{}: {refusal}", arguments.file.display()));
            exit = Exit::Refused;
            continue;
        }
        show(arguments, &Verified::assert_author_preview(judged), shell)?;
    }
    Ok(exit)
}

/// The notice in a document of its own; nothing when it has faults, which are printed.
fn from_toml(arguments: &Preview, bytes: Vec<u8>, shell: &mut Shell) -> Result<Option<Value>> {
    let name = arguments.file.display().to_string();
    let text = String::from_utf8(bytes).with_context(|| format!("{name}: not UTF-8"))?;
    match NoticeFile::read(&name, &text) {
        Ok(file) => Ok(Some(json!({
            "schema_version": "1.0",
            "repository": "preview",
            "notices": [file.json()],
        }))),
        Err(finding) => {
            for line in lint::lines(&finding) {
                shell.talk(&line);
            }
            Ok(None)
        }
    }
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
