//! `motd lint`: what is wrong with notices and documents, before anybody signs them.

mod sarif;

use std::path::Path;

use anyhow::Result;
use motd_core::{Document, Entry, LanguageTag, Refusal, json};
use motd_server::publish::notice_file::{Finding, FindingLevel, NoticeFile};
use serde_json::{Value, json};

use crate::arguments::publisher::LintArguments;
use crate::exit::Exit;
use crate::shell::Shell;
use sarif::SarifResult;

/// A file as it was read.
enum Input {
    Notice(Result<NoticeFile, Finding>),
    Document(Vec<u8>),
}

/// What was found in one file.
struct LintedFile {
    lines: Vec<String>,
    refused: bool,
    report: Value,
    sarif: Vec<SarifResult>,
}

pub(super) fn run(arguments: &LintArguments, shell: &mut Shell) -> Result<Exit> {
    let inputs: Vec<Result<Input>> = arguments.files.iter().map(|path| read(path)).collect();
    let together: Vec<&NoticeFile> = inputs
        .iter()
        .filter_map(|input| match input {
            Ok(Input::Notice(Ok(file))) => Some(file),
            _ => None,
        })
        .collect();
    let mut refused = false;
    let mut unread = false;
    let (mut reports, mut found) = (Vec::new(), Vec::new());
    for (path, input) in arguments.files.iter().zip(&inputs) {
        let judged = match input {
            Ok(Input::Notice(Ok(file))) => notice(file, &together, arguments),
            Ok(Input::Notice(Err(finding))) => not_toml(finding),
            Ok(Input::Document(bytes)) => document(path, bytes, arguments),
            // The others are judged all the same.
            Err(error) => {
                shell.talk(&format!("error: {error:#}"));
                unread = true;
                continue;
            }
        };
        refused |= judged.refused;
        if arguments.json || arguments.sarif {
            reports.push(judged.report);
            found.extend(judged.sarif);
            continue;
        }
        for line in judged.lines {
            shell.data(&line);
        }
        if !judged.refused {
            shell.talk(&format!("{}: ok", path.display()));
        }
    }
    if arguments.json {
        shell.json(&json!({ "files": reports }))?;
    } else if arguments.sarif {
        shell.json(&sarif::log(&found))?;
    }
    Ok(if unread {
        Exit::Failed
    } else if refused {
        Exit::Refused
    } else {
        Exit::Well
    })
}

/// A finding as lines for a person: the fact with its place, and the advice under it.
pub(super) fn lines(finding: &Finding) -> Vec<String> {
    let hint = finding.hint.as_ref().map(|hint| format!("  hint: {hint}"));
    std::iter::once(finding.to_string()).chain(hint).collect()
}

/// Everything that is wrong with a notice, one that has its id among these others included.
pub(super) fn findings(
    file: &NoticeFile,
    together: &[&NoticeFile],
    same_id: FindingLevel,
    default_language: &LanguageTag,
) -> Vec<Finding> {
    let others = together.iter().copied();
    let others = others.filter(|other| !std::ptr::eq(*other, file));
    let mut findings = file.lint(default_language);
    findings.extend(file.same_id(others, same_id));
    findings.sort_by_key(|finding| (finding.line, finding.column));
    findings
}

fn read(path: &Path) -> Result<Input> {
    let bytes = super::file(path)?;
    Ok(
        if path
            .extension()
            .is_some_and(|extension| extension == "toml")
        {
            Input::Notice(NoticeFile::read(&path.display().to_string(), bytes))
        } else {
            Input::Document(bytes)
        },
    )
}

fn not_toml(finding: &Finding) -> LintedFile {
    LintedFile {
        lines: lines(finding),
        refused: true,
        report: json!({ "path": finding.file, "document": finding.code.as_str(), "notices": [],
            "findings": [finding_json(finding)] }),
        sarif: vec![SarifResult::in_notice(finding)],
    }
}

fn notice(file: &NoticeFile, together: &[&NoticeFile], arguments: &LintArguments) -> LintedFile {
    // Two files that are looked at together need not be published together.
    let same_id = FindingLevel::Warning;
    let findings = findings(file, together, same_id, &arguments.default_language);
    let errors = || {
        findings
            .iter()
            .filter(|finding| finding.level == FindingLevel::Error)
    };
    let mut notice = match file.value() {
        Some(value) => {
            let entry = Document::judge_notice(&value, &arguments.default_language);
            entry_json(&entry, file.json())
        }
        None => {
            json!({ "index": 0, "id": null, "verdict": errors().next().map(|finding| finding.code.as_str()),
            "languages": [] })
        }
    };
    // What only a publisher refuses is a verdict here too: of its language, or of the notice.
    let default = format!("/text/{}/", arguments.default_language);
    for finding in errors() {
        let language = finding
            .place
            .strip_prefix("/text/")
            .and_then(|rest| rest.split('/').next());
        let verdicts = notice
            .get_mut("languages")
            .and_then(Value::as_array_mut)
            .into_iter()
            .flatten();
        for verdict in
            verdicts.filter(|verdict| language.is_some() && verdict["tag"].as_str() == language)
        {
            refuse(verdict, finding);
        }
        if language.is_none() || finding.place.starts_with(&default) {
            refuse(&mut notice, finding);
        }
    }
    LintedFile {
        lines: findings.iter().flat_map(lines).collect(),
        refused: errors().next().is_some(),
        report: json!({ "path": file.name(), "document": "ok", "notices": [notice],
            "findings": findings.iter().map(finding_json).collect::<Vec<_>>() }),
        sarif: findings.iter().map(SarifResult::in_notice).collect(),
    }
}

/// The first fault gives the verdict.
fn refuse(verdict: &mut Value, finding: &Finding) {
    if verdict["verdict"] == "ok" {
        verdict["verdict"] = finding.code.as_str().into();
    }
}

fn finding_json(finding: &Finding) -> Value {
    json!({
        "line": finding.line,
        "column": finding.column,
        "place": finding.place,
        "level": match finding.level { FindingLevel::Error => "error", FindingLevel::Warning => "warning" },
        "code": finding.code.as_str(),
        "requirement": finding.requirement(),
        "fact": finding.fact(),
        "detail": finding.detail,
        "hint": finding.hint,
    })
}

fn document(path: &Path, bytes: &[u8], arguments: &LintArguments) -> LintedFile {
    let name = path.display().to_string();
    let judge = if arguments.any_form {
        Document::judge_any_form
    } else {
        Document::judge_bytes
    };
    match judge(bytes, arguments.repository.as_ref()) {
        Err(refusal) => LintedFile {
            lines: refusal_lines(&name, &refusal),
            refused: true,
            report: json!({ "path": name, "document": refusal.code.as_str(), "notices": [] }),
            sarif: vec![SarifResult::in_document(&name, &refusal)],
        },
        Ok(document) => {
            let raw = json::parse(bytes).ok();
            let refused: Vec<_> = document.entries().iter().flat_map(refusals).collect();
            let lines = refused
                .iter()
                .flat_map(|refusal| refusal_lines(&name, refusal));
            let raw = |entry: &Entry| {
                raw.as_ref()?
                    .member("notices")?
                    .as_array()?
                    .get(entry.index())
                    .map(as_json)
            };
            let notices = document
                .entries()
                .iter()
                .map(|entry| entry_json(entry, &raw(entry).unwrap_or_default()));
            LintedFile {
                refused: !refused.is_empty(),
                report: json!({ "path": name, "document": "ok", "notices": notices.collect::<Vec<_>>() }),
                lines: lines.collect(),
                sarif: refused
                    .iter()
                    .map(|refusal| SarifResult::in_document(&name, refusal))
                    .collect(),
            }
        }
    }
}

/// What was refused of one entry. A notice that is refused for its default language is said once.
pub(super) fn refusals(entry: &Entry) -> impl Iterator<Item = &Refusal> {
    let notice = entry.verdict().err();
    let languages = entry
        .languages()
        .iter()
        .filter_map(|language| language.verdict.as_ref().err());
    notice
        .into_iter()
        .chain(languages.filter(move |refusal| notice != Some(refusal)))
}

pub(super) fn refusal_lines(name: &str, refusal: &Refusal) -> Vec<String> {
    let hint = refusal.code.hint().map(|hint| format!("  hint: {hint}"));
    let Refusal { code, place, .. } = refusal;
    let (fact, requirement) = (code.fact(), code.requirement());
    let at = if place.as_str().is_empty() {
        String::new()
    } else {
        format!("{place}: ")
    };
    std::iter::once(format!("{name}: {at}error: {fact} [{requirement} {code}]"))
        .chain(hint)
        .collect()
}

fn as_json(value: &json::Value) -> Value {
    serde_json::from_slice(&value.document_bytes()).unwrap_or_default()
}

/// An entry with its verdict, and ids and tags as their author wrote them.
fn entry_json(entry: &Entry, raw: &Value) -> Value {
    let mut tags: Vec<&String> = raw["text"]
        .as_object()
        .into_iter()
        .flat_map(serde_json::Map::keys)
        .collect();
    tags.sort();
    let languages = entry.languages().iter().map(|language| {
        json!({ "tag": tags.get(language.position), "verdict": verdict(language.verdict.as_ref().err()) })
    });
    json!({
        "index": entry.index(),
        "id": raw["id"].as_str(),
        "verdict": verdict(entry.verdict().err()),
        "languages": languages.collect::<Vec<_>>(),
    })
}

fn verdict(refusal: Option<&Refusal>) -> &'static str {
    refusal.map_or("ok", |refusal| refusal.code.as_str())
}
