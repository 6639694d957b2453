//! Repositories that python-tuf made and signed: `generate.py` writes `stories.json`, which is read here.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use serde::Deserialize;
use serde_json::{Value, json};

use super::writer::{CaseDraft, Writer};
use crate::case::{Answer, CaseStep, Serve};

#[derive(Deserialize)]
struct Book {
    /// Name to text.
    files: BTreeMap<String, String>,
    stories: Vec<Story>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Story {
    id: String,
    title: String,
    requirements: Vec<String>,
    side: String,
    base: Option<String>,
    fault: Option<String>,
    /// The name of the trusted root.
    root: String,
    steps: Vec<PublishedCheck>,
}

/// What is served, and what an explicit check has to find.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PublishedCheck {
    site: BTreeMap<String, String>,
    #[serde(default)]
    answers: BTreeMap<String, u16>,
    now: String,
    expect: ExpectedReport,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectedReport {
    state: String,
    failure: Option<Value>,
    exit_status: u8,
    show: Vec<String>,
}

pub(super) fn write(writer: &mut Writer) -> Result<()> {
    let book: Book = serde_json::from_str(include_str!("stories.json")).context("stories.json")?;
    for story in &book.stories {
        write_story(writer, &book, story).with_context(|| story.id.clone())?;
    }
    Ok(())
}

fn write_story(writer: &mut Writer, book: &Book, story: &Story) -> Result<()> {
    let id = |story: &str| format!("installer/{story}");
    let requirements: Vec<&str> = story.requirements.iter().map(String::as_str).collect();
    let mut draft = if story.side == "positive" {
        CaseDraft::positive(&id(&story.id), &story.title, &requirements)
    } else {
        let base = story
            .base
            .as_deref()
            .context("a negative story without a base")?;
        let fault = story
            .fault
            .as_deref()
            .context("a negative story without a fault")?;
        CaseDraft::negative(&id(&story.id), &id(base), fault, &requirements)
    };
    let mut file = |name: &str| -> Result<String> {
        let text = book
            .files
            .get(name)
            .with_context(|| format!("no file {name}"))?;
        Ok(writer.files.add(text.clone().into_bytes()))
    };
    let root = file(&story.root)?;
    for look in &story.steps {
        let files = look
            .site
            .iter()
            .map(|(path, name)| Ok((path.clone(), file(name)?)))
            .collect::<Result<_>>()?;
        let answers = look
            .answers
            .iter()
            .map(|(path, status)| {
                (
                    path.clone(),
                    Answer {
                        status: *status,
                        ..Answer::default()
                    },
                )
            })
            .collect();
        let shown: Vec<Value> = look
            .expect
            .show
            .iter()
            .map(|id| json!({ "id": id, "decision": "show" }))
            .collect();
        draft = draft.step(CaseStep {
            serve: Some(Serve { files, answers }),
            request: json!({
                "operation": "check", "now": look.now, "source": { "root": { "$file": root } },
                "output": { "form": "json" },
            }),
            expect: json!({ "status": "accepted", "result": {
                "exit_status": look.expect.exit_status,
                "report": { "state": look.expect.state, "failure": look.expect.failure, "notices": { "$in-any-order": shown } },
            } }),
            ..CaseStep::default()
        });
    }
    writer.write(draft)
}
