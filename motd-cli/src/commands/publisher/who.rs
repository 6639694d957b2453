//! `motd who`: whether this machine would be shown a notice, and if not, why. Nothing is asked of a network.

use anyhow::Result;
use motd_core::{Clause, Document, Environment, Mismatch, SkipReason, Verified, select};
use serde_json::{Value, json};

use super::{input, now};
use crate::arguments::publisher::WhoArguments;
use crate::exit::Exit;
use crate::installers::Installed;
use crate::machine;
use crate::shell::Shell;
use crate::sources::ConfiguredSources;

/// A clause that does not match, and the member at which it fails.
struct Miss {
    clause: usize,
    asked: String,
    here: String,
}

/// What becomes of one notice on this machine.
struct AudienceAnswer {
    id: String,
    /// The language in which it is shown, or the reason why it is not.
    shown: Result<String, SkipReason>,
    said: String,
    misses: Vec<Miss>,
}

pub(super) fn run(arguments: &WhoArguments, shell: &mut Shell) -> Result<Exit> {
    let configured = ConfiguredSources::read(&arguments.places)?;
    let (state, now) = (configured.state()?, now(arguments.now)?);
    let mut installed = Installed::on_this_machine(&configured.settings, &state, now);
    for component in &arguments.machine.components {
        installed.declare(&component.purl, &component.version);
    }
    let environment = machine::described(&arguments.machine, &installed, Some(&state), now);
    let mut answers = Vec::new();
    let mut refused = false;
    for path in &arguments.files {
        let input = input::read(path, &arguments.default_language)?;
        input.faults.iter().for_each(|fault| shell.talk(fault));
        refused |= !input.faults.is_empty();
        for notice in &input.notices {
            let document = input::alone(notice, &input.default_language)?;
            answers.extend(answer(&document, notice, &environment));
        }
    }
    if arguments.json {
        let notices: Vec<_> = answers.iter().map(as_json).collect();
        shell.json(&json!({ "notices": notices }))?;
    } else {
        for answer in &answers {
            shell.data(&format!("{}: {}", answer.id, answer.said));
            for miss in &answer.misses {
                let Miss {
                    clause,
                    asked,
                    here,
                } = miss;
                shell.data(&format!("  clause {clause}: {asked}, and here is {here}"));
            }
        }
    }
    Ok(if refused { Exit::Refused } else { Exit::Well })
}

fn answer(
    document: &Verified<Document>,
    written: &Value,
    environment: &Environment<'_>,
) -> Option<AudienceAnswer> {
    let selected = select(document, environment).pop()?;
    let notice = selected.entry().verdict().ok()?;
    let mut misses = Vec::new();
    let (shown, said) = match selected.applicable() {
        Ok(applicable) => {
            let language = applicable.language().to_string();
            let severity = notice.effective_severity().as_str();
            let mut said = format!("shown as {severity}, in {language}");
            if !notice.resolves().is_empty() {
                // MOTD-REP-7.
                said.push_str(", to who saw what it resolves");
            }
            (Ok(language), said)
        }
        Err(reason) => {
            let said = match reason {
                SkipReason::NotBegun => format!("not shown yet: it begins {}", notice.begins()),
                SkipReason::Ended => format!("not shown any more: it ended {}", notice.ends()),
                _ => "not shown: no clause of its audience matches".to_owned(),
            };
            if reason == SkipReason::Audience {
                let clauses = notice
                    .audience()
                    .map_or(&[][..], |audience| audience.clauses());
                misses = clauses
                    .iter()
                    .enumerate()
                    .filter_map(|(index, clause)| {
                        let mismatch = clause.matches(environment).err()?;
                        let clause = miss(index, clause, mismatch, written, environment);
                        Some(clause)
                    })
                    .collect();
            }
            (Err(reason), said)
        }
    };
    Some(AudienceAnswer {
        id: notice.id().to_string(),
        shown,
        said,
        misses,
    })
}

/// What a clause asks for where it fails, and what the machine has.
fn miss(
    index: usize,
    clause: &Clause,
    mismatch: Mismatch,
    written: &Value,
    environment: &Environment<'_>,
) -> Miss {
    let words = |name: &str, words: &[motd_core::Word]| {
        let words: Vec<_> = words.iter().map(motd_core::Word::as_str).collect();
        format!("{name} {}", words.join(" or "))
    };
    let at = |rest: &str| written.pointer(&format!("/audience/{index}/{rest}"));
    let here = |word: Option<&String>| word.map_or("nothing known".to_owned(), Clone::clone);
    let (asked, here) = match mismatch {
        Mismatch::Os => (words("os", clause.os()), here(environment.os.as_ref())),
        Mismatch::Arch => (
            words("arch", clause.arch()),
            here(environment.arch.as_ref()),
        ),
        Mismatch::Command => (
            words("commands", clause.commands()),
            here(environment.command.as_ref()),
        ),
        Mismatch::Rollout => (
            format!(
                "rollout {} %",
                at("rollout/percent").unwrap_or(&Value::Null)
            ),
            "another part".to_owned(),
        ),
        Mismatch::Component(component) => {
            let purl = clause
                .components()
                .get(component)
                .map(motd_core::Component::purl);
            let installed = purl.map(|purl| environment.components.versions(purl));
            let installed = installed.unwrap_or_default().join(", ");
            let versions = at(&format!("components/{component}/versions"));
            let versions = versions.and_then(Value::as_str).unwrap_or("in any version");
            let purl = purl.map(ToString::to_string).unwrap_or_default();
            let here = if installed.is_empty() {
                "none".to_owned()
            } else {
                installed
            };
            (format!("{purl} {versions}"), here)
        }
        _ => (
            "something that this version does not know".to_owned(),
            "no match".to_owned(),
        ),
    };
    Miss {
        clause: index + 1,
        asked,
        here,
    }
}

fn as_json(answer: &AudienceAnswer) -> Value {
    let misses = answer
        .misses
        .iter()
        .map(|miss| json!({ "clause": miss.clause, "asked": miss.asked, "here": miss.here }));
    json!({
        "id": answer.id,
        "decision": if answer.shown.is_ok() { "show" } else { "skip" },
        "reason": answer.shown.as_ref().err().map(|reason| reason.as_str()),
        "language": answer.shown.as_ref().ok(),
        "clauses": misses.collect::<Vec<_>>(),
    })
}
