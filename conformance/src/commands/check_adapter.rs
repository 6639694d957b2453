//! `check-adapter`: what is wrong with an adapter, said to whoever writes their first one.

use anyhow::Result;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::run::command;
use super::{SuiteExit, SuiteShell};
use crate::adapter::{self, MessageIds, Messages, Process, RequestOutcome};
use crate::arguments::AdapterArguments;

pub(super) fn run(arguments: &AdapterArguments, shell: &SuiteShell) -> Result<SuiteExit> {
    let messages = Messages::compile()?;
    let command = command(arguments);
    let mut process = Process::new(&command, &messages, MessageIds::new(0, 0));
    let hello = match adapter::hello(&mut process)? {
        Ok(hello) => hello,
        Err(why) => {
            shell.data(&format!("hello: {why}"));
            hint(&why, &process.take_errors(), shell);
            return Ok(SuiteExit::NotWell);
        }
    };
    shell.data(&format!(
        "hello: {} {} ({}), roles {}, features {}",
        hello.name,
        hello.version,
        hello.language,
        words(&hello.roles),
        words(&hello.features)
    ));
    if hello.roles.is_empty() {
        shell.data("no role is claimed, so `run` would judge nothing");
        return Ok(SuiteExit::NotWell);
    }
    let mut is_well = true;
    for (name, request, expected) in first_requests() {
        if !hello.roles.iter().any(|role| role == "document") {
            break;
        }
        let (says, fits) = match process.ask(request)? {
            RequestOutcome::Answer(answer) if answer["status"] == expected => {
                ("as it should be".to_owned(), true)
            }
            RequestOutcome::Answer(answer) if answer["status"] == "unsupported" => (
                "claimed in hello, and answered as unsupported".to_owned(),
                false,
            ),
            RequestOutcome::Answer(answer) => (
                format!("{expected} was expected, and this was answered: {answer}"),
                false,
            ),
            RequestOutcome::Crash(why) => (why, false),
            RequestOutcome::Timeout(limit) => {
                (format!("no answer within {} ms", limit.as_millis()), false)
            }
        };
        shell.data(&format!("{name}: {says}"));
        if !fits {
            hint(&says, &process.take_errors(), shell);
            is_well = false;
        }
    }
    if is_well {
        shell.data("the adapter speaks the protocol; next: `run --only document/base/full`, on which the other cases stand");
    }
    Ok(SuiteExit::of(is_well))
}

/// Name, request and the status that the answer has to have.
fn first_requests() -> [(&'static str, Value, &'static str); 3] {
    let parse = |text: &str| json!({ "operation": "parse", "repository": "pypi.org", "target": STANDARD.encode(text) });
    [
        (
            "a document without notices",
            parse(r#"{"notices":[],"repository":"pypi.org","schema_version":"1.0"}"#),
            "accepted",
        ),
        ("an array, which is no document", parse("[]"), "rejected"),
        (
            "the first request again, so that one process answers several",
            parse(r#"{"notices":[],"repository":"pypi.org","schema_version":"1.0"}"#),
            "accepted",
        ),
    ]
}

fn hint(why: &str, errors: &str, shell: &SuiteShell) {
    let advice = if why.contains("no answer") {
        "Does the adapter flush its output after each line? Does it read until the line feed, and not until the end of its input?"
    } else if why.contains("no JSON") {
        "Something other than an answer is written to standard output; print to standard error instead."
    } else if why.contains("breaks the protocol") {
        "The schema is protocol/messages.schema.json; PROTOCOL.md has an example of each message."
    } else if why.contains("hello was answered") {
        "hello has to be accepted, with name, version, language, roles and features."
    } else if why.contains("ended") {
        "The process has to live until its standard input ends."
    } else {
        ""
    };
    if !advice.is_empty() {
        shell.data(advice);
    }
    if !errors.is_empty() {
        shell.data(&format!("its standard error says:\n{errors}"));
    }
}

fn words(list: &[String]) -> String {
    if list.is_empty() {
        "none".to_owned()
    } else {
        list.join(" ")
    }
}
