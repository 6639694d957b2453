//! Which cases are asked for, in which order, and what becomes of a whole run.

use super::*;
use crate::case::{CaseStep, Side, sample};

fn cases() -> Vec<Case> {
    let case = |id, side, base, requirement| sample::case(id, side, base, &[requirement]);
    vec![
        case("document/a/base", Side::Positive, None, "MOTD-A-1"),
        case(
            "document/a/middle",
            Side::Negative,
            Some("document/a/base"),
            "MOTD-A-2",
        ),
        case(
            "document/a/top",
            Side::Negative,
            Some("document/a/middle"),
            "MOTD-A-3",
        ),
        case("document/b/other", Side::Positive, None, "MOTD-A-3"),
    ]
}

fn ids(cases: &[&Case]) -> Vec<String> {
    cases.iter().map(|case| case.id.clone()).collect()
}

#[test]
fn a_word_is_an_id_a_beginning_or_a_requirement_and_bases_come_along() {
    let cases = cases();
    let asked = |words: &[&str]| {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        asked_for(&cases, &words).map(|cases| ids(&cases))
    };
    let (base, middle, top, other) = (
        "document/a/base",
        "document/a/middle",
        "document/a/top",
        "document/b/other",
    );
    assert_eq!(asked(&[]).unwrap(), [base, middle, top, other]);
    assert_eq!(asked(&[base]).unwrap(), [base]);
    assert_eq!(asked(&[middle]).unwrap(), [base, middle]);
    assert_eq!(asked(&[top]).unwrap(), [base, middle, top]);
    assert_eq!(asked(&["document/b/*"]).unwrap(), [other]);
    assert_eq!(asked(&["MOTD-A-1", other]).unwrap(), [base, other]);
    assert_eq!(asked(&["MOTD-A-3"]).unwrap(), [base, middle, top, other]);
    for nobody in ["document/a", "MOTD-A-4", "document/c/*"] {
        assert!(asked(&[base, nobody]).is_err(), "{nobody}");
    }
}

#[test]
fn the_order_is_the_seeds_and_leaves_no_case_out() {
    let cases: Vec<Case> = (0..16)
        .map(|number| sample::case(&number.to_string(), Side::Positive, None, &[]))
        .collect();
    let cases: Vec<&Case> = cases.iter().collect();
    let order = |seed| ids(&shuffled(&cases, seed));
    assert_eq!(order(1), order(1));
    assert_ne!(order(1), order(2));
    assert_ne!(order(1), ids(&cases));
    let mut sorted = order(1);
    sorted.sort_by_key(|id| id.parse::<u32>().unwrap());
    assert_eq!(sorted, ids(&cases));
}

/// Counts what it is told.
#[derive(Default)]
struct Told {
    cases: Mutex<usize>,
    tried: Mutex<Vec<(String, &'static str)>>,
}

impl Progress for Told {
    fn begins(&self, cases: usize) {
        *self.cases.lock().unwrap() += cases;
    }

    fn tried(&self, case: &Case, seen: &Seen) {
        let tried = (case.id.clone(), seen.in_words().0);
        self.tried.lock().unwrap().push(tried);
    }
}

/// Claims documents; refuses one of them, ends at another, and takes the others. A mebibyte of errors does not fit into
/// the pipe, so that some of it is heard before the answer.
#[cfg(unix)]
const ADAPTER: &str = r#"while IFS= read -r line; do
    id=${line##*\"id\":\"}
    case $line in
        *'"hello"'*) printf '{"id":"%s","status":"accepted","result":{"name":"n","version":"1","language":"sh","roles":["document"],"features":[]}}\n' "${id%%\"*}" ;;
        *'"refused"'*) printf '%1048576s' x >&2; printf '{"id":"%s","status":"rejected","stage":"document","code":"json"}\n' "${id%%\"*}" ;;
        *'"fatal"'*) exit 3 ;;
        *) printf '{"id":"%s","status":"accepted","result":{"notices":[]}}\n' "${id%%\"*}" ;;
    esac
done"#;

#[cfg(unix)]
fn judged<'a>(
    vectors: &'a Vectors,
    script: &str,
    told: &Told,
    ended: bool,
) -> Result<JudgeRun<'a>> {
    let options = Options {
        command: AdapterCommand {
            words: ["sh", "-c", script].map(str::to_owned).to_vec(),
            ..AdapterCommand::default()
        },
        jobs: 2,
        seed: 1,
        only: Vec::new(),
        expected: Expected::default(),
    };
    run(
        vectors,
        Messages::shared(),
        &options,
        told,
        &AtomicBool::new(ended),
    )
}

/// One case for each thing that the adapter does; it is asked about a repository of that name.
#[cfg(unix)]
fn vectors() -> Vectors {
    let case = |id: &str, side, base, status: &str| Case {
        steps: vec![CaseStep {
            request: serde_json::json!({ "operation": "parse", "repository": id, "target": "" }),
            expect: serde_json::json!({ "status": status }),
            ..CaseStep::default()
        }],
        ..sample::case(id, side, base, &[])
    };
    let mut of_feature = case("feature", Side::Positive, None, "accepted");
    of_feature.level = "rollout".to_owned();
    Vectors {
        cases: vec![
            case("base", Side::Positive, None, "accepted"),
            case("fatal", Side::Negative, Some("base"), "rejected"),
            of_feature,
            case("refused", Side::Negative, Some("base"), "rejected"),
            case("taken", Side::Negative, Some("base"), "rejected"),
        ],
        ..Vectors::default()
    }
}

#[cfg(unix)]
#[test]
fn a_run_says_of_every_case_what_became_of_it() {
    let (vectors, told) = (vectors(), Told::default());
    let run = judged(&vectors, ADAPTER, &told, false).unwrap();
    assert_eq!(run.hello.roles, ["document"]);
    assert!(!run.interrupted);
    assert_eq!(
        ids(&run.cases),
        ["base", "fatal", "feature", "refused", "taken"]
    );
    let statuses: Vec<_> = run
        .statuses()
        .into_iter()
        .map(|(id, (status, why))| (id, status, why.unwrap_or_default()))
        .collect();
    let row = |id: &str, status, why: &str| (id.to_owned(), status, why.to_owned());
    assert_eq!(
        statuses,
        [
            row("base", Status::Pass, ""),
            row("fatal", Status::Crash, "the adapter ended: exit status: 3"),
            row(
                "feature",
                Status::Unsupported,
                "document at level rollout is not claimed"
            ),
            row("refused", Status::Pass, ""),
            row(
                "taken",
                Status::Fail,
                "/status: expected \"rejected\", found \"accepted\""
            ),
        ]
    );
    assert_eq!(*told.cases.lock().unwrap(), 5);
    let mut tried = told.tried.lock().unwrap().clone();
    tried.sort();
    let words: Vec<&str> = tried.iter().map(|(_, word)| *word).collect();
    assert_eq!(
        words,
        [
            "as-expected",
            "crash",
            "unsupported",
            "as-expected",
            "otherwise"
        ]
    );
    let [_, _, feature, refused, _] = &run.judged[..] else {
        panic!("{:?}", run.judged);
    };
    assert_eq!(refused.transcript.len(), 1);
    assert!(refused.errors.starts_with("    "));
    assert!(refused.milliseconds > 0);
    // What is not claimed was not asked.
    assert!(feature.transcript.is_empty());
}

#[cfg(unix)]
#[test]
fn a_run_that_was_ended_passes_nothing() {
    let (vectors, told) = (vectors(), Told::default());
    let run = judged(&vectors, ADAPTER, &told, true).unwrap();
    assert!(run.interrupted);
    assert_eq!(run.judged.len(), 5);
    for judged in &run.judged {
        assert_eq!(judged.status, Status::Inconclusive, "{}", judged.case);
    }
    assert!(told.tried.lock().unwrap().is_empty());
}

#[cfg(unix)]
#[test]
fn nobody_is_judged_who_does_not_say_who_they_are() {
    let (vectors, told) = (vectors(), Told::default());
    let script = "echo broken >&2; read -r line; echo no JSON";
    let error = judged(&vectors, script, &told, false).unwrap_err();
    assert!(error.to_string().contains("no JSON"), "{error}");
    assert_eq!(*told.cases.lock().unwrap(), 0);
}
