//! What the judge makes of adapters that implement nothing: each one's exact score.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::sync::OnceLock;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use motd_conformance::adapter::{AdapterCommand, Messages};
use motd_conformance::case::{Side, Vectors};
use motd_conformance::judge::{Expected, JudgeRun, Options, Status, run};
use serde_json::{Map, Value, json};

fn vectors() -> &'static Vectors {
    static VECTORS: OnceLock<Vectors> = OnceLock::new();
    VECTORS.get_or_init(|| Vectors::compiled_in().unwrap())
}

fn messages() -> &'static Messages {
    static MESSAGES: OnceLock<Messages> = OnceLock::new();
    MESSAGES.get_or_init(|| Messages::compile().unwrap())
}

/// One worker, so that each answer follows the one that it follows.
fn in_order(mut options: Options) -> Options {
    options.jobs = 1;
    options
}

fn options(words: &[&str], only: &[&str], seed: u64) -> Options {
    let program = env!("CARGO_BIN_EXE_motd-degenerate-adapter").to_owned();
    Options {
        command: AdapterCommand {
            words: std::iter::once(program)
                .chain(words.iter().map(|word| (*word).to_owned()))
                .collect(),
            environment: Vec::new(),
            one_process_per_request: false,
            grace: Duration::ZERO,
            longest: Some(Duration::from_secs(2)),
        },
        jobs: 2,
        seed,
        only: only.iter().map(|word| (*word).to_owned()).collect(),
        expected: Expected::default(),
    }
}

fn judged(options: &Options) -> JudgeRun<'static> {
    run(vectors(), messages(), options, &(), &AtomicBool::new(false)).unwrap()
}

/// How many cases of each side and status there are.
fn score(run: &JudgeRun<'_>) -> BTreeMap<(Side, Status), usize> {
    let mut score = BTreeMap::new();
    for judged in &run.judged {
        let case = vectors().case(&judged.case).unwrap();
        *score.entry((case.side, judged.status)).or_default() += 1;
    }
    score
}

fn passed(run: &JudgeRun<'_>, side: Side) -> usize {
    score(run)
        .get(&(side, Status::Pass))
        .copied()
        .unwrap_or_default()
}

/// All of document and installer, which take no time when nobody works.
const ALL: [&str; 2] = ["document/*", "installer/*"];

/// Cases of an adapter that has to be started again for each request.
const SOME: [&str; 2] = ["document/bytes/*", "installer/network/*"];

/// Cases of an adapter that makes the judge wait.
const FEW: [&str; 2] = ["document/not-an-object/*", "installer/gate/update"];

#[test]
fn who_always_rejects_passes_no_negative_case() {
    let run = judged(&options(&["reject"], &ALL, 1));
    assert_eq!(
        (passed(&run, Side::Positive), passed(&run, Side::Negative)),
        (0, 0)
    );
    // Its rejections are right by chance here, and count for nothing because the base does not pass.
    assert_eq!(score(&run)[&(Side::Negative, Status::Inconclusive)], 7);
}

#[test]
fn who_always_accepts_passes_nothing_but_silence() {
    let run = judged(&options(&["accept"], &ALL, 1));
    // Documents without notices, and runs in which nothing has to be seen.
    assert_eq!(
        (passed(&run, Side::Positive), passed(&run, Side::Negative)),
        (8, 0)
    );
}

/// A negative case whose right answer is that of its base is passed by whoever knows the base, unless somebody looks at what
/// was asked.
#[test]
fn who_shows_the_same_of_every_repository_passes_no_negative_case() {
    let run = judged(&options(&["shows"], &["installer/*"], 1));
    assert_eq!(
        (passed(&run, Side::Positive), passed(&run, Side::Negative)),
        (0, 0)
    );
}

#[test]
fn who_alternates_passes_what_accepting_passes_half_of_the_time() {
    let run = judged(&in_order(options(&["accept-then-reject"], &ALL, 1)));
    // Which of the eight depends on how many cases stand before them.
    assert!((1..8).contains(&passed(&run, Side::Positive)));
    assert_eq!(passed(&run, Side::Negative), 0);
}

#[test]
fn who_answers_what_was_asked_before_passes_nothing_but_silence() {
    let run = judged(&in_order(options(&["stale"], &ALL, 1)));
    assert_eq!(
        (passed(&run, Side::Positive), passed(&run, Side::Negative)),
        (3, 0)
    );
}

#[test]
fn an_error_is_no_rejection() {
    let run = judged(&options(&["error"], &ALL, 1));
    let score = score(&run);
    assert!(
        score.keys().all(|(_, status)| *status == Status::Fail),
        "{score:?}"
    );
}

#[test]
fn a_claim_without_an_implementation_is_unsupported() {
    let run = judged(&options(&["lying-hello"], &[], 1));
    let score = score(&run);
    assert!(
        score
            .keys()
            .all(|(_, status)| *status == Status::Unsupported),
        "{score:?}"
    );
    assert_eq!(run.judged.len(), vectors().cases.len());
}

#[test]
fn whoever_ends_writes_nonsense_or_says_nothing_is_told_so() {
    for (kind, status) in [
        ("crash", Status::Crash),
        ("garbage", Status::Crash),
        ("other-id", Status::Crash),
    ] {
        let run = judged(&options(&[kind], &SOME, 1));
        let score = score(&run);
        assert!(
            score.keys().all(|(_, found)| *found == status),
            "{kind}: {score:?}"
        );
    }
    let run = judged(&options(&["hang"], &FEW, 1));
    let score = score(&run);
    assert!(
        score.keys().all(|(_, found)| *found == Status::Timeout),
        "{score:?}"
    );
}

/// An answer that stays in a buffer is none: not even to the first question.
#[test]
fn who_does_not_flush_does_not_begin() {
    for kind in ["unflushed", "crash-at-hello"] {
        let options = options(&[kind], &FEW, 1);
        let result = run(
            vectors(),
            messages(),
            &options,
            &(),
            &AtomicBool::new(false),
        );
        let error = result.unwrap_err().to_string();
        let expected = if kind == "unflushed" {
            "flushed after each line"
        } else {
            "the adapter ended"
        };
        assert!(error.contains(expected), "{error}");
    }
}

/// Who learned the right answers by the ids of one run knows nothing in the next.
#[test]
fn who_recognises_ids_passes_nothing_with_another_seed() {
    let only = ["document/*"];
    let one_after_the_other = |words: &[&str], seed| judged(&in_order(options(words, &only, seed)));
    let learned = one_after_the_other(&["accept"], 1);
    let mut answers = Map::new();
    for judged in &learned.judged {
        let case = vectors().case(&judged.case).unwrap();
        for (step, exchange) in case.steps.iter().zip(&judged.transcript) {
            let id = exchange.request["id"].as_str().unwrap();
            answers.insert(id.to_owned(), instance(&step.expect));
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let known = folder.path().join("answers.json");
    std::fs::write(&known, Value::Object(answers).to_string()).unwrap();
    let words = ["recognises", known.to_str().unwrap()];
    let cases = learned.judged.len();
    let same = one_after_the_other(&words, 1);
    assert_eq!(
        passed(&same, Side::Positive) + passed(&same, Side::Negative),
        cases,
        "the cheat works where ids are known"
    );
    let other = one_after_the_other(&words, 2);
    assert_eq!(
        (
            passed(&other, Side::Positive),
            passed(&other, Side::Negative)
        ),
        (0, 0)
    );
}

/// An answer that fits a pattern of the document role, with the members that the schema asks for beside it.
fn instance(pattern: &Value) -> Value {
    let mut answer = plain(pattern);
    let notices = answer
        .pointer_mut("/result/notices")
        .and_then(Value::as_array_mut);
    for notice in notices.into_iter().flatten() {
        for (name, default) in [
            ("id", Value::Null),
            ("code", Value::Null),
            ("notice", Value::Null),
            ("refused_languages", json!({})),
        ] {
            notice
                .as_object_mut()
                .unwrap()
                .entry(name)
                .or_insert(default);
        }
    }
    answer
}

fn plain(pattern: &Value) -> Value {
    match pattern {
        Value::Object(members) => match members.get("$exactly") {
            Some(exact) => plain(exact),
            None => members
                .iter()
                .map(|(name, value)| (name.clone(), plain(value)))
                .collect(),
        },
        Value::Array(items) => items.iter().map(plain).collect(),
        other => other.clone(),
    }
}
