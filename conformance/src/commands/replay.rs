//! `replay`: a case of a report once more.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use serde_json::json;

use super::{SuiteExit, SuiteShell, report};
use crate::adapter::{AdapterCommand, MessageIds, Messages, Process, RecordedExchange};
use crate::arguments::ReplayArguments;
use crate::case::Vectors;
use crate::judge::{self, Again, Attempt};
use crate::report::SuiteReport;

pub(super) fn run(arguments: &ReplayArguments, shell: &SuiteShell) -> Result<SuiteExit> {
    let report: SuiteReport = report::read(&arguments.report)?;
    let of_case = |case: &&crate::report::OfCase| case.judged.case == arguments.case;
    let recorded = report
        .cases
        .iter()
        .find(of_case)
        .with_context(|| format!("the report has no case {}", arguments.case))?;
    let recorded = &recorded.judged;
    if recorded.transcript.is_empty() {
        bail!(
            "the report has no transcript of {}: run it with --transcripts",
            arguments.case
        );
    }
    if arguments.requests {
        for exchange in &recorded.transcript {
            shell.data(&exchange.request.to_string());
        }
        return Ok(SuiteExit::Well);
    }
    let vectors = Vectors::compiled_in()?;
    let case = vectors
        .case(&arguments.case)
        .with_context(|| format!("this program has no case {}", arguments.case))?;
    let command = AdapterCommand {
        words: match arguments.adapter.as_slice() {
            [] => report.command,
            words => words.to_vec(),
        },
        grace: Duration::from_secs(arguments.grace),
        ..AdapterCommand::default()
    };
    let messages = Messages::compile()?;
    let mut process = Process::new(&command, &messages, MessageIds::new(report.seed, 0));
    let attempt = Attempt {
        case,
        files: &Arc::new(vectors.files.clone()),
    };
    let (seen, exchanges) = judge::replay(&attempt, recorded, &mut process);
    let differ = exchanges.iter().filter(|pair| !pair.is_same()).count();
    let (word, why) = seen.in_words();
    if arguments.json {
        shell.data(&serde_json::to_string_pretty(&json!({
            "case": case.id, "recorded": recorded.status.as_str(), "seen": word, "why": why,
            "differ": differ, "exchanges": exchanges,
        }))?);
    } else {
        for pair in &exchanges {
            say(pair, shell);
        }
        let errors = process.take_errors();
        if !errors.is_empty() {
            shell.talk(errors.trim_end());
        }
        let colon = if why.is_some() { ": " } else { "" };
        shell.data(&format!(
            "recorded: {}; now: {word}{colon}{}; {differ} of {} answers differ",
            recorded.status.as_str(),
            why.unwrap_or_default(),
            exchanges.len()
        ));
    }
    Ok(SuiteExit::of(differ == 0))
}

fn say(pair: &Again, shell: &SuiteShell) {
    let answered = |exchange: &RecordedExchange| match (&exchange.answer, &exchange.trouble) {
        (Some(answer), _) => answer.to_string(),
        (None, trouble) => trouble.clone().unwrap_or_default(),
    };
    if let Some(request) = pair.now.as_ref().or(pair.recorded.as_ref()) {
        shell.data(&format!("-> {}", request.request));
    }
    if let Some(now) = &pair.now {
        shell.data(&format!("<- {}", answered(now)));
    }
    if !pair.is_same() {
        let was = pair.recorded.as_ref().map(answered);
        shell.data(&format!("was {}", was.as_deref().unwrap_or("not asked")));
    }
}
