//! Processes of an adapter that has nothing, and says in which process.

#![cfg(unix)]

use std::path::Path;

use serde_json::json;

use super::*;

/// Answers every request with its process id as the reason why it is not supported.
const PROCESS_ID: &str = r#"while IFS= read -r line; do
    id=${line##*\"id\":\"}
    printf '{"id":"%s","status":"unsupported","reason":"%s"}\n' "${id%%\"*}" "$$"
done"#;

fn command(one_process_per_request: bool) -> AdapterCommand {
    AdapterCommand {
        words: ["sh", "-c", PROCESS_ID].map(str::to_owned).to_vec(),
        one_process_per_request,
        ..AdapterCommand::default()
    }
}

fn served(operation: &str) -> Value {
    let mut request = json!({ "operation": operation, "folder": Path::new("/tmp") });
    if operation == "start" {
        request["root"] = "".into();
    }
    request
}

fn who(process: &mut Process<'_>, request: Value) -> String {
    match process.ask(request).unwrap() {
        RequestOutcome::Answer(answer) => answer["reason"].as_str().unwrap().to_owned(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_server_lives_from_start_to_stop_and_nothing_else_outlives_its_request() {
    let command = command(true);
    let mut process = Process::new(&command, Messages::shared(), MessageIds::new(0, 0));
    let started = who(&mut process, served("start"));
    let stopped = who(&mut process, served("stop"));
    assert_eq!(started, stopped);
    let again = who(&mut process, served("start"));
    assert_ne!(started, again);
    // A case that ended before its `stop` leaves nothing to the next one.
    let parse = json!({ "operation": "parse", "repository": "pypi.org", "target": "" });
    let other = who(&mut process, parse.clone());
    assert_ne!(again, other);
    assert_ne!(other, who(&mut process, parse));
}

#[test]
fn another_process_is_another_one_and_its_transcript_is_taken_over() {
    let command = command(false);
    let mut process = Process::new(&command, Messages::shared(), MessageIds::new(0, 0));
    let mut other = process.another();
    assert_ne!(
        who(&mut process, served("stop")),
        who(&mut other, served("stop"))
    );
    process.take_over(other);
    let said = process.take_transcript();
    assert_eq!(said.len(), 2);
    assert_ne!(said[0].request["id"], said[1].request["id"]);
}

/// Whoever closes its output says nothing any more, and is not waited for.
#[test]
fn an_adapter_that_closes_its_output_and_lives_on_is_ended() {
    for (script, expected) in [
        (
            "exec >&-; read -r line; tail -f /dev/null >/dev/null 2>&1",
            "the adapter closed its standard output and did not end",
        ),
        ("read -r line; exit 7", "the adapter ended: exit status: 7"),
        (
            "exec >&- 2>&-; tail -f /dev/null >/dev/null 2>&1",
            "the adapter ended: signal: 9 (SIGKILL)",
        ),
    ] {
        let command = AdapterCommand {
            words: ["sh", "-c", script].map(str::to_owned).to_vec(),
            ..AdapterCommand::default()
        };
        let mut process = Process::new(&command, Messages::shared(), MessageIds::new(0, 0));
        let outcome = process.ask(served("stop")).unwrap();
        assert_eq!(
            outcome,
            RequestOutcome::Crash(expected.to_owned()),
            "{script}"
        );
    }
}
