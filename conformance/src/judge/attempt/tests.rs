//! What an attempt makes of what an adapter does: one of shell, which says what it is told to.

#![cfg(unix)]

use std::io::Write as _;
use std::net::TcpStream;

use serde_json::json;

use super::*;
use crate::adapter::{AdapterCommand, MessageIds, Messages, RecordedExchange};
use crate::case::{Serve, Side, sample};

/// Each argument is what becomes of one request: the members of the answer, or a word. A word with `>` writes into the
/// folder of the request what is behind it.
const SAY: &str = r#"while IFS= read -r line; do
    id=${line##*\"id\":\"}
    folder=${line##*\"folder\":\"}
    case $1 in
        end) exit 3 ;;
        silence) ;;
        *'>'*) printf x >"${folder%%\"*}/${1#*>}"; printf '{"id":"%s",%s}\n' "${id%%\"*}" "${1%%>*}" ;;
        *) printf '{"id":"%s",%s}\n' "${id%%\"*}" "$1" ;;
    esac
    shift
done"#;

const ACCEPTED: &str = r#""status":"accepted","result":{"notices":[]}"#;
const REJECTED: &str = r#""status":"rejected","stage":"document","code":"json""#;
const STOPPED: &str = r#""status":"accepted","result":{}"#;
const UNSUPPORTED: &str = r#""status":"unsupported","reason":"not yet""#;

fn says(answers: &[&str], longest: Duration) -> AdapterCommand {
    let words = ["sh", "-c", SAY, "sh"].iter().chain(answers);
    AdapterCommand {
        words: words.map(|word| (*word).to_owned()).collect(),
        longest: Some(longest),
        ..AdapterCommand::default()
    }
}

fn step(request: Value, expect: Value) -> CaseStep {
    CaseStep {
        request,
        expect,
        ..CaseStep::default()
    }
}

fn parse(status: &str) -> CaseStep {
    step(
        json!({ "operation": "parse", "repository": "pypi.org", "target": "" }),
        json!({ "status": status }),
    )
}

fn stop() -> CaseStep {
    step(
        json!({ "operation": "stop" }),
        json!({ "status": "accepted" }),
    )
}

/// What is seen of these steps, and what was said.
fn transcript(
    answers: &[&str],
    steps: Vec<CaseStep>,
    longest: Duration,
) -> (Seen, Vec<RecordedExchange>) {
    let case = Case {
        steps,
        ..sample::case("case", Side::Positive, None, &[])
    };
    let command = says(answers, longest);
    let mut process = Process::new(&command, Messages::shared(), MessageIds::new(0, 0));
    let files = Arc::new(VectorFiles::default());
    let attempt = Attempt {
        case: &case,
        files: &files,
    };
    let seen = attempt.run(&mut process);
    (seen, process.take_transcript())
}

/// What is seen of these steps, and how many requests were sent.
fn seen_within(answers: &[&str], steps: Vec<CaseStep>, longest: Duration) -> (Seen, usize) {
    let (seen, said) = transcript(answers, steps, longest);
    (seen, said.len())
}

fn seen(answers: &[&str], steps: Vec<CaseStep>) -> (Seen, usize) {
    seen_within(answers, steps, Duration::from_secs(10))
}

fn otherwise(why: &str) -> Seen {
    Seen::Otherwise(why.to_owned())
}

#[test]
fn an_answer_is_as_expected_or_says_where_it_is_not() {
    let differs =
        |place: &str| format!("{place}/status: expected \"accepted\", found \"rejected\"");
    assert_eq!(
        seen(&[ACCEPTED], vec![parse("accepted")]),
        (Seen::AsExpected, 1)
    );
    assert_eq!(
        seen(&[REJECTED], vec![parse("rejected")]),
        (Seen::AsExpected, 1)
    );
    assert_eq!(
        seen(&[REJECTED], vec![parse("accepted")]),
        (otherwise(&differs("")), 1)
    );
    // The first step that is otherwise ends the case, and is named where there are several.
    let three = || vec![parse("accepted"), parse("accepted"), parse("rejected")];
    assert_eq!(
        seen(&[ACCEPTED, REJECTED, REJECTED], three()),
        (otherwise(&differs("step 1: ")), 2)
    );
    assert_eq!(
        seen(&[ACCEPTED, ACCEPTED, REJECTED], three()),
        (Seen::AsExpected, 3)
    );
}

#[test]
fn an_error_is_told_with_its_message_and_is_no_rejection() {
    let error = r#""status":"error","message":"disk full""#;
    assert_eq!(
        seen(&[error], vec![parse("rejected")]).0,
        otherwise("/status: expected \"rejected\", found \"error\"; the adapter says: disk full")
    );
}

#[test]
fn what_is_no_answer_is_neither_a_pass_nor_a_rejection() {
    let unsupported = Seen::Unsupported("not yet".to_owned());
    for status in ["accepted", "rejected", "unsupported"] {
        let of_two = |answers| seen(answers, vec![parse(status), parse("rejected")]);
        assert_eq!(of_two(&[UNSUPPORTED]), (unsupported.clone(), 1));
        assert!(matches!(of_two(&["end"]), (Seen::Crash(_), 1)));
        assert!(matches!(
            of_two(&[r#""status":"maybe""#]),
            (Seen::Crash(_), 1)
        ));
    }
    let silent = seen_within(
        &["silence"],
        vec![parse("rejected")],
        Duration::from_millis(50),
    );
    assert_eq!(
        silent,
        (Seen::Timeout("no answer within 50 ms".to_owned()), 1)
    );
}

#[test]
fn of_two_processes_one_that_has_it_not_is_enough() {
    let unsupported_by = |one: &str, other: &str| {
        let answer = |status: &str| json!({ "status": status, "reason": "not yet" });
        unsupported(&json!({ "answers": [answer(one), answer(other)] }))
    };
    let seen = Some(Seen::Unsupported("not yet".to_owned()));
    assert_eq!(unsupported_by("unsupported", "accepted"), seen);
    assert_eq!(unsupported_by("accepted", "unsupported"), seen);
    assert_eq!(unsupported_by("accepted", "rejected"), None);
}

#[test]
fn what_the_judge_cannot_ask_is_its_own_trouble() {
    let unheard_of = step(json!({ "operation": "sing" }), json!({}));
    let restored = CaseStep {
        disturb: vec![crate::case::Disturbance::Restore(0)],
        ..stop()
    };
    for step in [unheard_of, restored] {
        assert!(matches!(
            seen(&[STOPPED], vec![step]),
            (Seen::Harness(_), 0)
        ));
    }
}

#[test]
fn what_is_to_be_shown_beside_a_command_has_a_second_chance_and_nothing_else_has() {
    let check = |command: Value, shown: &str| {
        let request = json!({
            "operation": "check", "kind": "automatic", "now": "2026-11-01T00:00:00Z",
            "source": { "root": "" }, "command": command,
        });
        step(request, json!({ "result": { "stderr": shown } }))
    };
    let command = || {
        json!({
            "milliseconds": 7, "used_network": false, "stdout": "", "exit_status": 0,
        })
    };
    let shows = |text: &str| {
        format!(
            r#""status":"accepted","result":{{"exit_status":0,"stdout":"","stderr":"{text}","report":null}}"#
        )
    };
    let (notice, quiet) = (&*shows("notice"), &*shows(""));
    // How often it was tried, and how long the command took each time.
    let tried = |answers: &[&str], step: CaseStep| {
        let (seen, said) = transcript(answers, vec![step], PATIENCE);
        let long = |said: &RecordedExchange| said.request["command"]["milliseconds"].clone();
        let is_as_expected = seen == Seen::AsExpected;
        (is_as_expected, said.iter().map(long).collect::<Vec<_>>())
    };
    let once = || vec![json!(7)];
    let twice = || vec![json!(7), json!(42)];
    let beside = |text: &str| check(command(), text);
    assert_eq!(tried(&[notice], beside("notice")), (true, once()));
    assert_eq!(tried(&[quiet, notice], beside("notice")), (true, twice()));
    assert_eq!(tried(&[quiet; 2], beside("notice")), (false, twice()));
    // Whoever shows what is not to be shown does so once and for all.
    assert_eq!(tried(&[notice, quiet], beside("")), (false, once()));
    let alone = check(Value::Null, "notice");
    assert_eq!(tried(&[quiet, notice], alone), (false, vec![Value::Null]));
    assert_eq!(
        tried(&[UNSUPPORTED, notice], beside("notice")),
        (false, once())
    );
}

#[test]
fn what_was_written_through_a_link_is_seen() {
    let linked = || CaseStep {
        disturb: vec![crate::case::Disturbance::Link("link".to_owned())],
        ..stop()
    };
    assert_eq!(seen(&[STOPPED], vec![linked()]), (Seen::AsExpected, 1));
    let through = |name: &str| seen(&[&format!("{STOPPED}>{name}")], vec![linked()]).0;
    assert_eq!(through("another"), Seen::AsExpected);
    assert_eq!(
        through("link"),
        otherwise("MOTD-STATE-5: watched outside of the folder was written")
    );
}

#[test]
fn a_step_is_looked_at_beside_its_answer() {
    let unchanged = |answer: &str| {
        let mut step = stop();
        step.observe.folder_unchanged = true;
        seen(&[answer], vec![step]).0
    };
    assert_eq!(unchanged(STOPPED), Seen::AsExpected);
    assert!(matches!(
        unchanged(&format!("{STOPPED}>file")),
        Seen::Otherwise(_)
    ));
    // What a step left is what the next one finds again.
    let put_back = CaseStep {
        disturb: vec![crate::case::Disturbance::Restore(0)],
        ..stop()
    };
    let mut last = stop();
    last.observe.unnamed = vec!["second".to_owned()];
    let answers = [format!("{STOPPED}>first"), format!("{STOPPED}>second")];
    let answers = [&answers[0], &answers[1], STOPPED, STOPPED];
    let steps = |third| vec![stop(), stop(), third, last.clone()];
    assert_eq!(seen(&answers, steps(put_back)).0, Seen::AsExpected);
    assert!(matches!(
        seen(&answers, steps(stop())).0,
        Seen::Otherwise(_)
    ));
}

#[test]
fn what_is_served_is_asked_of_this_step_alone() {
    let serve = || CaseStep {
        serve: Some(Serve::default()),
        ..parse("accepted")
    };
    let mut quiet = serve();
    quiet.observe.requests = Some(Vec::new());
    quiet.observe.stayed_home = true;
    assert_eq!(seen(&[ACCEPTED], vec![quiet]).0, Seen::AsExpected);
    let mut asking = serve();
    asking.observe.requested = vec!["metadata/timestamp.json".to_owned()];
    assert!(matches!(
        seen(&[ACCEPTED], vec![asking]).0,
        Seen::Otherwise(_)
    ));
}

/// A stage with web servers, of which the first was asked for this path.
fn stage(asked: Option<&str>) -> CaseStage {
    let mut stage = CaseStage {
        place: tempfile::tempdir().unwrap(),
        times: 1,
        worlds: None,
        root: None,
        answers: Vec::new(),
        copies: Vec::new(),
        logs: Vec::new(),
    };
    let files = Arc::new(VectorFiles::default());
    let here = &stage.worlds(&files).unwrap().here;
    if let Some(path) = asked {
        let address = here.origin().strip_prefix("http://").unwrap();
        let mut stream = TcpStream::connect(address).unwrap();
        write!(stream, "GET /{path} HTTP/1.1\r\nHost: {address}\r\n\r\n").unwrap();
        assert!(here.wait_for(path, PATIENCE));
    }
    stage
}

#[test]
fn what_was_asked_is_taken_by_one_step() {
    let stage = stage(Some("path"));
    let taken = || -> Vec<String> {
        let (here, elsewhere) = stage.take_logs(&Observation::default());
        let both = here.into_iter().chain(elsewhere);
        both.map(|request| request.path).collect()
    };
    assert_eq!(taken(), ["path"]);
    assert!(taken().is_empty());
}

/// What is seen of a process that was to be killed when it asked for `path`.
fn killed(answer: &str, asked: Option<&str>, longest: Duration) -> Seen {
    let command = says(&[ACCEPTED, answer], longest);
    let mut process = Process::new(&command, Messages::shared(), MessageIds::new(0, 0));
    // It is running, so that its answer comes at once.
    process.ask(parse("accepted").request).unwrap();
    let mut stage = stage(asked);
    let seen = stage.kill("path", parse("accepted").request, &mut process);
    assert_eq!(stage.answers, [Value::Null]);
    assert_eq!((stage.copies.len(), stage.logs.len()), (1, 1));
    assert!(stage.worlds.unwrap().here.take_log().is_empty());
    seen.unwrap()
}

#[test]
fn a_kill_is_one_only_at_the_path_that_it_is_for() {
    let (long, short) = (Duration::from_secs(2), Duration::from_millis(50));
    let missed = "path was not requested".to_owned();
    std::thread::scope(|scope| {
        for answer in [ACCEPTED, "silence", "end"] {
            scope.spawn(move || {
                assert_eq!(killed(answer, Some("path"), long), Seen::AsExpected);
            });
        }
        let answered = scope.spawn(|| killed(ACCEPTED, Some("another"), long));
        let unsupported = scope.spawn(|| killed(UNSUPPORTED, None, long));
        let crash = scope.spawn(|| killed("end", None, long));
        let silence = scope.spawn(|| killed("silence", None, short));
        assert_eq!(answered.join().unwrap(), Seen::Otherwise(missed.clone()));
        assert_eq!(
            unsupported.join().unwrap(),
            Seen::Unsupported("not yet".to_owned())
        );
        assert!(matches!(crash.join().unwrap(), Seen::Crash(_)));
        assert_eq!(silence.join().unwrap(), Seen::Timeout(missed));
    });
    let mut step = parse("accepted");
    step.serve = Some(Serve::default());
    step.killed_at = Some("path".to_owned());
    let (seen, _) = seen_within(&["silence"], vec![step], short);
    assert!(matches!(seen, Seen::Timeout(_)));
}

#[test]
fn a_process_beside_another_has_to_ask_for_what_stalls() {
    let command = says(&[], Duration::from_millis(50));
    let process = Process::new(&command, Messages::shared(), MessageIds::new(0, 0));
    let serving = |delivery| {
        let answer = |delivery| Answer {
            delivery,
            ..Answer::default()
        };
        let answers = [
            ("a".to_owned(), answer(Delivery::Chunked)),
            ("b".to_owned(), answer(delivery)),
        ];
        CaseStep {
            serve: Some(Serve {
                answers: answers.into(),
                ..Serve::default()
            }),
            ..parse("accepted")
        }
    };
    let stalls = serving(Delivery::StallAfter(1));
    let asked = stage(Some("b"));
    assert_eq!(asked.wait_for_stall(&stalls, &process).unwrap(), None);
    assert!(asked.worlds.unwrap().here.take_log().is_empty());
    let another = stage(Some("a")).wait_for_stall(&stalls, &process);
    assert!(
        another
            .unwrap()
            .is_some_and(|why| why.ends_with("did not ask for b"))
    );
    let nothing = stage(Some("b")).wait_for_stall(&serving(Delivery::Whole), &process);
    assert!(nothing.is_err());
}
