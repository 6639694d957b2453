//! Who is asked in a step: the adapter, two processes of it at once, or the server that it has started.

use anyhow::Result;
use serde_json::{Value, json};

use super::fetch;
use crate::adapter::{self, Process, RequestOutcome};

/// A request with what stands beside it.
#[derive(Debug)]
pub(super) struct StepRequest<'a> {
    pub(super) request: &'a Value,
    /// The same kind of request for a second process at the same time.
    pub(super) beside: Option<&'a Value>,
    /// For a patient request to a server.
    pub(super) expect: &'a Value,
    /// What the steps before were answered with.
    pub(super) answers: &'a [Value],
}

/// Asks, and waits for the answer.
///
/// # Errors
/// When the judge cannot ask.
pub(super) fn send(asked: &StepRequest<'_>, process: &mut Process<'_>) -> Result<RequestOutcome> {
    if asked.request["operation"] == "fetch" {
        let started = asked.answers.iter().rev().map(|answer| &answer["result"]);
        let started = started
            .into_iter()
            .find(|result| result["metadata_url"].is_string());
        let answer = fetch::fetch(asked.request, started.unwrap_or(&Value::Null), asked.expect);
        return Ok(RequestOutcome::Answer(answer));
    }
    match asked.beside {
        Some(beside) => both(asked.request, beside, process),
        None => process.ask(asked.request.clone()),
    }
}

/// Two processes are asked at the same time; the answer has `answers`.
fn both(one: &Value, other: &Value, process: &mut Process<'_>) -> Result<RequestOutcome> {
    let mut second = process.another();
    // Both are running before either is asked, so that they meet.
    for process in [&mut *process, &mut second] {
        let _ = adapter::hello(process)?;
    }
    let (first, second_outcome) = std::thread::scope(|scope| {
        let beside = scope.spawn(|| second.ask(other.clone()));
        let first = process.ask(one.clone());
        let beside = beside
            .join()
            .unwrap_or_else(|_| anyhow::bail!("a thread of the judge ended"));
        (first, beside)
    });
    process.take_over(second);
    let mut answers = Vec::new();
    for outcome in [first?, second_outcome?] {
        match outcome {
            RequestOutcome::Answer(answer) => answers.push(answer),
            trouble => return Ok(trouble),
        }
    }
    Ok(RequestOutcome::Answer(json!({ "answers": answers })))
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use crate::adapter::{AdapterCommand, MessageIds, Messages};

    #[test]
    fn two_processes_are_asked_and_both_answers_are_kept() {
        let script = r#"while IFS= read -r line; do
            id=${line##*\"id\":\"}
            printf '{"id":"%s","status":"unsupported","reason":"%s"}\n' "${id%%\"*}" "$$"
        done"#;
        let command = AdapterCommand {
            words: ["sh", "-c", script].map(str::to_owned).to_vec(),
            ..AdapterCommand::default()
        };
        let mut process = Process::new(&command, Messages::shared(), MessageIds::new(0, 0));
        let request = json!({ "operation": "stop", "folder": "/tmp" });
        let asked = StepRequest {
            request: &request,
            beside: Some(&request),
            expect: &Value::Null,
            answers: &[],
        };
        let RequestOutcome::Answer(answer) = send(&asked, &mut process).unwrap() else {
            panic!("no answer");
        };
        assert_eq!(answer["answers"].as_array().map(Vec::len), Some(2));
        assert_ne!(
            answer["answers"][0]["reason"],
            answer["answers"][1]["reason"]
        );
    }
}
