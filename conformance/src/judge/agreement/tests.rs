//! Each line of a sound check falsified, one at a time: what is said of it.

use std::path::Path;

use serde_json::{Value, json};

use super::super::folder::{Copy, Look};
use super::*;

fn asked(path: &str, taken: u64) -> Request {
    Request {
        method: "GET".to_owned(),
        path: path.to_owned(),
        headers: Vec::new(),
        status: if taken == 0 { 404 } else { 200 },
        taken,
    }
}

fn report() -> Value {
    json!({
        "state": "fresh", "failure": null, "requests": 3, "round_trips": 2, "bytes": 30,
        "last_success": "2026-11-01T00:00:00Z", "warnings": [],
        "notices": [
            { "id": "a", "decision": "show", "text": {
                "severity": "critical", "language": "en", "title": "Words of a title", "body": ["One.", "Two."],
                "links": [{ "rel": "details", "url": "https://example.org/a" }] } },
            { "id": "b", "decision": "skip", "text": {
                "severity": "info", "language": "en", "title": "Other", "body": [], "links": [] } },
        ],
    })
}

const DISPLAY: &str = "notice[pypi] CRITICAL: Words of\nnotice[pypi]   a title\nnotice[pypi]   One.\nnotice[pypi]\nnotice[pypi]   Two.\n\
                       notice[pypi] details: https://exam\nnotice[pypi]   ple.org/a\n";

/// A check in this form, and its answer.
fn sound(kind: &str, form: &str) -> (Value, Value) {
    let request = json!({
        "operation": "check", "kind": kind, "now": "2026-11-01T00:00:00Z",
        "source": { "name": "pypi" }, "output": { "form": form, "plain": false },
    });
    let (stdout, stderr) = match form {
        "json" => (report().to_string(), String::new()),
        _ => (String::new(), DISPLAY.to_owned()),
    };
    let answer = json!({ "status": "accepted", "result": {
        "exit_status": 0, "stdout": stdout, "stderr": stderr, "report": report(),
    } });
    (request, answer)
}

fn log() -> [Request; 3] {
    [
        asked("metadata/2.root.json", 0),
        asked("metadata/timestamp.json", 20),
        asked("targets/motd/1.notices.json", 10),
    ]
}

fn said(request: &Value, answer: &Value) -> Vec<String> {
    said_with(request, answer, &log(), &[])
}

fn said_with(
    request: &Value,
    answer: &Value,
    log: &[Request],
    elsewhere: &[Request],
) -> Vec<String> {
    said_beside(request, None, answer, log, elsewhere)
}

fn said_beside(
    request: &Value,
    beside: Option<&Value>,
    answer: &Value,
    log: &[Request],
    elsewhere: &[Request],
) -> Vec<String> {
    broken(&Scene {
        request,
        beside,
        answer,
        answers_before: &[],
        log,
        logs_before: &[],
        elsewhere,
        milliseconds: 0,
        folder: Path::new("."),
        folder_before: &Copy::new(),
        look_before: &Look::new(),
    })
}

#[test]
fn what_is_sound_is_let_pass() {
    for (kind, form) in [
        ("explicit", "json"),
        ("explicit", "terminal"),
        ("list", "terminal"),
        ("automatic", "terminal"),
    ] {
        let (request, answer) = sound(kind, form);
        assert_eq!(
            said(&request, &answer),
            Vec::<String>::new(),
            "{kind} {form}"
        );
    }
    // What one more notice would say is a line of its own.
    let (request, mut answer) = sound("explicit", "terminal");
    answer["result"]["stderr"] = json!(format!("{DISPLAY}notice[pypi] 2 more: `pip notices`\n"));
    assert_eq!(said(&request, &answer), Vec::<String>::new());
    // Each request can be a round trip of its own.
    let (request, mut answer) = sound("explicit", "terminal");
    answer["result"]["report"]["round_trips"] = json!(3);
    assert_eq!(said(&request, &answer), Vec::<String>::new());
    // What is not accepted says nothing, and what is no check is another matter.
    answer["status"] = json!("rejected");
    answer["result"]["stderr"] = json!("\u{1b}");
    assert_eq!(said(&request, &answer), Vec::<String>::new());
}

/// Kind, form and place; the JSON that is put there; what is said then. `{DISPLAY}` stands for [`DISPLAY`].
const FALSIFIED: &str = r#"
explicit terminal /result/stdout | "\u001b[31mred" | MOTD-SHOW-6: stdout has U+001B
explicit terminal /result/stderr | "{DISPLAY}\u009b" | MOTD-SHOW-6: stderr
automatic terminal /result/stderr | "\r\n\r{DISPLAY}" | MOTD-SHOW-6: stderr has U+000D
automatic terminal /result/stderr | "\r\n{DISPLAY}\r\n" | MOTD-SHOW-6: stderr has U+000D
automatic terminal /result/stderr | "\u001b[0m\r\n{DISPLAY}" | MOTD-SHOW-6: stderr has U+001B
explicit terminal /result/stderr | "\r\n{DISPLAY}" | MOTD-SHOW-6: stderr has U+000D
explicit json /result/report/warnings | ["a\u0007"] | MOTD-SHOW-6: a warning
explicit terminal /result/exit_status | 3 | MOTD-GATE-2
explicit terminal /result/report | {"state":"none","failure":{"stage":"root","code":"status"},"notices":[],"requests":3,"warnings":[]} | MOTD-GATE-2
automatic terminal /result/report | {"state":"none","failure":{"stage":"root","code":"status"},"notices":[],"requests":3,"warnings":[]} | MOTD-GATE-2
explicit json /result/report/state | "none" | MOTD-GATE-2: a notice is to be shown
explicit json /result/stdout | "{\"state\":\"none\"" | section 6.12: stdout is no JSON
explicit json /result/stdout | {"state":"none","failure":{"stage":"root","code":"status"},"notices":[],"requests":3,"warnings":[]} | section 6.12: stdout is no JSON
explicit json /result/stdout | "{}" | section 6.12: stdout has another object
explicit json /result/report/notices/0/text/title | "Lies" | section 6.12: stdout has another
explicit json /result/stderr | "{DISPLAY}" | section 6.12: beside the object
explicit terminal /result/stderr | "" | MOTD-SHOW-3: stderr does not show "a"
list terminal /result/stderr | "" | MOTD-SHOW-3: stderr does not show "a"
explicit terminal /result/report/notices/0/text/severity | "info" | MOTD-SHOW-3
explicit terminal /result/report/notices/0/text/body/1 | "Three." | MOTD-SHOW-3
explicit terminal /result/report/notices/0/text/links | [] | MOTD-SHOW-5: stderr shows
explicit terminal /result/report/notices/0/decision | "skip" | MOTD-SHOW-5: stderr shows
explicit terminal /result/stderr | "{DISPLAY}notice[pypi] More of it\n" | MOTD-SHOW-5
explicit terminal /result/stderr | "notice[pypi] CRITICAL: Words of a title\nnotice[pypi] One.\nnotice[pypi]\nnotice[pypi]   Two.\nnotice[pypi] details: https://example.org/a\n" | MOTD-SHOW-10: 3 lines
list terminal /result/stderr | "notice[pypi] CRITICAL: Words of\nnotice[pypi] a title\nnotice[pypi]   One.\nnotice[pypi]   Two.\nnotice[pypi] details: https://example.org/a\n" | MOTD-SHOW-10: 3 lines
automatic terminal /result/stderr | "\r\nnotice[pypi] CRITICAL: Words of a title\nnotice[pypi] One.\nnotice[pypi] details: https://example.org/a\n" | MOTD-SHOW-10: 3 lines
automatic terminal /result/stderr | "\r\nnotice[pypi] CRITICAL: \u015b\n" | MOTD-SHOW-12: stderr
explicit pipe /result/stderr | "notice[pypi] CRITICAL: \u015b\n" | MOTD-SHOW-12: stderr
explicit terminal /result/report/notices/0/text/title | "Words of a title\\" | MOTD-SHOW-3: stderr does not show "a"
explicit terminal /result/stderr | "{DISPLAY}notice[pypi] more: of it\n" | MOTD-SHOW-5
explicit terminal /result/stderr | "{DISPLAY}notice[pypi] 2 others\n" | MOTD-SHOW-5
explicit json /result/report/requests | 2 | section 6.12
explicit terminal /result/report/requests | 4 | section 6.12: the report counts 4 requests
explicit terminal /result/report/bytes | 29 | section 6.12: the report counts 29 bytes
explicit terminal /result/report/bytes | 31 | section 6.12: the report counts 31 bytes
explicit terminal /result/report/round_trips | 0 | section 6.12: 0 round trips
explicit terminal /result/report/round_trips | 4 | section 6.12: 4 round trips
automatic terminal /result/report/last_success | null | section 6.12: a check that is fresh
"#;

#[test]
fn each_falsification_is_told() {
    let display = json!(DISPLAY).to_string();
    let lines: Vec<&str> = FALSIFIED.lines().filter(|line| !line.is_empty()).collect();
    assert!(lines.len() > 20);
    for line in lines {
        let [place, value, expected] = line.split(" | ").collect::<Vec<_>>()[..] else {
            panic!("{line}");
        };
        let [kind, form, place] = place.split(' ').collect::<Vec<_>>()[..] else {
            panic!("{line}");
        };
        let value = value.replace("{DISPLAY}", display.trim_matches('"'));
        let (request, mut answer) = sound(kind, form);
        *answer.pointer_mut(place).unwrap() = serde_json::from_str(&value).unwrap();
        let said = said(&request, &answer);
        assert!(
            said.iter().any(|said| said.starts_with(expected)),
            "{line}: {said:?}"
        );
    }
}

/// MOTD-SHOW-12: the report has the words, and a terminal that is not known to be in UTF-8 their numbers.
#[test]
fn what_is_displayed_depends_on_the_encoding() {
    let escaped =
        "notice[pypi] CRITICAL: \\u{15b} \\u{5c}\nnotice[pypi] details: https://example.org/a\n";
    let written =
        "notice[pypi] CRITICAL: \u{15b} \\\nnotice[pypi] details: https://example.org/a\n";
    for (lang, right, wrong) in [("C", escaped, written), ("C.UTF-8", written, escaped)] {
        let (mut request, mut answer) = sound("explicit", "terminal");
        request["machine"] = json!({ "environment": { "LANG": lang } });
        let text = &mut answer["result"]["report"]["notices"][0]["text"];
        text["title"] = json!("\u{15b} \\");
        text["body"] = json!([]);
        answer["result"]["stderr"] = json!(right);
        assert_eq!(said(&request, &answer), Vec::<String>::new(), "{lang}");
        answer["result"]["stderr"] = json!(wrong);
        assert_ne!(said(&request, &answer), Vec::<String>::new(), "{lang}");
    }
}

#[test]
fn without_a_state_a_notice_may_be_skipped() {
    let (request, mut answer) = sound("automatic", "terminal");
    answer["result"]["stderr"] = json!("");
    answer["result"]["report"] = json!({
        "state": "none", "notices": [{ "id": "b", "decision": "skip" }],
    });
    assert_eq!(said(&request, &answer), Vec::<String>::new());
}

#[test]
fn what_another_origin_was_asked_is_counted() {
    let (request, mut answer) = sound("explicit", "terminal");
    let elsewhere = [asked("there", 5)];
    let said = |answer: &Value| said_with(&request, answer, &log(), &elsewhere);
    assert_eq!(said(&answer).len(), 2);
    answer["result"]["report"]["requests"] = json!(4);
    answer["result"]["report"]["bytes"] = json!(35);
    assert_eq!(said(&answer), Vec::<String>::new());
}

/// Fresh is what was verified in this run.
#[test]
fn who_asked_for_nothing_is_not_fresh() {
    let (request, answer) = sound("automatic", "terminal");
    let log = [
        asked("metadata/2.root.json", 0),
        asked("metadata/timestamp.json", 20),
    ];
    assert_eq!(
        said_with(&request, &answer, &log, &[]),
        Vec::<String>::new()
    );
    for left in [&log[..1], &log[1..]] {
        let said = said_with(&request, &answer, left, &[]);
        assert!(
            matches!(&said[..], [one] if one.starts_with("MOTD-GATE-3")),
            "{said:?}"
        );
    }
}

/// What stands before an automatic display is no part of it.
#[test]
fn a_fresh_line_is_the_installers() {
    let (request, mut answer) = sound("automatic", "terminal");
    for begin in FRESH_LINES {
        answer["result"]["stderr"] = json!(format!("{begin}{DISPLAY}"));
        assert_eq!(said(&request, &answer), Vec::<String>::new());
    }
}

/// What the command itself writes is its own affair.
#[test]
fn colours_of_the_command_are_the_commands() {
    let (mut request, mut answer) = sound("automatic", "terminal");
    request["command"] = json!({ "stdout": "\u{1b}[32mok\n" });
    answer["result"]["stdout"] = json!("\u{1b}[32mok\n");
    assert_eq!(said(&request, &answer), Vec::<String>::new());
    answer["result"]["stdout"] = json!("\u{1b}[32mok\n\u{1b}[0m");
    assert_eq!(said(&request, &answer).len(), 1);
}

/// Of two at once each is looked at, and the web server's log is nobody's.
#[test]
fn both_of_two_are_looked_at() {
    let (request, answer) = sound("explicit", "json");
    let mut other = answer.clone();
    other["result"]["stderr"] = json!("\u{1b}");
    let both = json!({ "answers": [answer, other] });
    let said = said_beside(&request, Some(&request), &both, &[], &[]);
    assert_eq!(said, ["MOTD-SHOW-6: stderr has U+001B"]);
}
