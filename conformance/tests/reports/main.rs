//! What is said of a run, in every form: it keeps its schema, it says the same everywhere, and what an adapter says of
//! itself stays text.
//!
//! The page is looked at in a browser, which is not part of the build. `MOTD_CHROMIUM` names it, `MOTD_NODE_PATH` a
//! `node_modules` that has `playwright-core` and `axe-core`. Without them the test says so and passes; with
//! `MOTD_REQUIRE_INTEROP=1` it fails instead. With `MOTD_SCREENSHOTS` naming a folder it also leaves pictures there.

#![expect(clippy::unwrap_used, reason = "a test")]

use std::collections::BTreeSet;
use std::sync::OnceLock;
use std::sync::atomic::AtomicBool;

use motd_conformance::adapter::{AdapterCommand, Messages};
use motd_conformance::case::Vectors;
use motd_conformance::judge::{Cell, Expected, Options, Status, run};
use motd_conformance::mutants::{KillMatrix, MutantFinding, MutantOutcome};
use motd_conformance::profile::Profiles;
use motd_conformance::report::{self, Context, SuiteReport};
use motd_conformance::requirements;
use motd_test_support::sound;
use serde_json::{Value, json};

/// What would end an attribute, a cell, an element or a section, if it were not text.
const HOSTILE: &str =
    "x\"'><script>window.executed = 1</script><img src=x onerror=alert(1)>]]> | `y` \u{1b}[31m";

fn a_report() -> SuiteReport {
    static REPORT: OnceLock<SuiteReport> = OnceLock::new();
    REPORT.get_or_init(made).clone()
}

/// A run of an adapter that always rejects, with both matrices, and with hostile words wherever others choose them.
fn made() -> SuiteReport {
    let vectors = Vectors::compiled_in().unwrap();
    let words = [
        env!("CARGO_BIN_EXE_motd-degenerate-adapter"),
        "reject",
        HOSTILE,
    ]
    .map(str::to_owned);
    let options = Options {
        command: AdapterCommand {
            words: words[..2].to_vec(),
            ..AdapterCommand::default()
        },
        jobs: 1,
        seed: 1,
        only: vec!["document/not-an-object/*".to_owned()],
        expected: Expected::default(),
    };
    let messages = Messages::compile().unwrap();
    let run = run(&vectors, &messages, &options, &(), &AtomicBool::new(false));
    let blocks = requirements::compiled_in().unwrap();
    let context = Context {
        blocks: &blocks,
        profiles: &Profiles::frozen().unwrap(),
        command: &words,
        seed: 1,
        selected: true,
        whole_transcripts: true,
        milliseconds: 1_234,
    };
    let mut report = SuiteReport::of(&run.unwrap(), context);
    HOSTILE.clone_into(&mut report.implementation.name);
    HOSTILE.clone_into(&mut report.implementation.version);
    for case in &mut report.cases {
        case.judged.why = Some(HOSTILE.to_owned());
        HOSTILE.clone_into(&mut case.judged.errors);
    }
    let cell = |server: &str, trouble: Option<&str>| Cell {
        publisher: HOSTILE.to_owned(),
        server: server.to_owned(),
        installer: HOSTILE.to_owned(),
        trouble: trouble.map(str::to_owned),
    };
    report.matrix = Some(vec![cell("suite", None), cell("other", Some(HOSTILE))]);
    let finding = |mutant: &str, outcome| MutantFinding {
        requirement: "MOTD-DOC-1".to_owned(),
        mutant: mutant.to_owned(),
        what: HOSTILE.to_owned(),
        outcome,
        killers: vec!["document/bytes/duplicate-name".to_owned()],
        tried: 3,
        cases: 4,
    };
    report.mutants = Some(KillMatrix::of(
        vec![
            finding("one", MutantOutcome::Killed),
            finding("two", MutantOutcome::Survived),
        ],
        12,
        vec!["MOTD-BYTES-2".to_owned()],
        BTreeSet::new(),
        false,
    ));
    report
}

#[test]
fn a_report_keeps_its_schema_and_something_else_does_not() {
    let schema = jsonschema::validator_for(&report::report_schema()).unwrap();
    let report = serde_json::to_value(a_report()).unwrap();
    let faults: Vec<String> = schema
        .iter_errors(&report)
        .map(|fault| fault.to_string())
        .collect();
    assert!(faults.is_empty(), "{faults:?}");
    let with = |pointer: &str, value: Value| {
        let mut changed = report.clone();
        *changed.pointer_mut(pointer).unwrap() = value;
        changed
    };
    let mut more = report.clone();
    more["more"] = json!(true);
    let others = [
        more,
        with("/report", json!(2)),
        with("/seed", Value::Null),
        with("/cases/0/judged/status", json!("passed")),
        with("/cases/0/side", json!("both")),
        with("/cases/0/judged/transcript/0", json!({})),
        with("/matrix/0/trouble", json!(1)),
        with("/mutants/findings/0/outcome", json!("dead")),
    ];
    for (index, other) in others.iter().enumerate() {
        assert!(!schema.is_valid(other), "{index}");
    }
}

#[test]
fn a_report_that_is_read_again_is_the_same() {
    let report = serde_json::to_value(a_report()).unwrap();
    let again: SuiteReport = serde_json::from_value(report.clone()).unwrap();
    assert_eq!(serde_json::to_value(again).unwrap(), report);
}

/// With everything in the report well; then with one thing that is not, at a time.
#[test]
fn one_survivor_or_one_cell_that_fails_is_not_well() {
    let well = || {
        let mut report = a_report();
        for case in &mut report.cases {
            case.judged.status = Status::Pass;
        }
        for cell in report.matrix.iter_mut().flatten() {
            cell.trouble = None;
        }
        if let Some(mutants) = &mut report.mutants {
            mutants.without.clear();
            for finding in &mut mutants.findings {
                finding.outcome = MutantOutcome::Killed;
            }
        }
        report
    };
    assert!(well().is_well());
    let spoil: [fn(&mut SuiteReport); 4] = [
        |report| report.cases[0].judged.status = Status::Fail,
        |report| report.matrix.as_mut().unwrap()[1].trouble = Some(String::new()),
        |report| report.mutants.as_mut().unwrap().findings[1].outcome = MutantOutcome::Survived,
        |report| report.conforms.clear(),
    ];
    for (index, spoil) in spoil.iter().enumerate() {
        let mut report = well();
        spoil(&mut report);
        assert!(!report.is_well(), "{index}");
    }
}

#[test]
fn junit_counts_what_the_report_counts() {
    let report = a_report();
    let text = report::to_junit(&report).unwrap();
    let mut reader = quick_xml::Reader::from_str(&text);
    let mut cases = 0;
    let mut open = 0;
    loop {
        match reader.read_event().unwrap() {
            quick_xml::events::Event::Start(start) | quick_xml::events::Event::Empty(start) => {
                match start.name().as_ref() {
                    b"testcase" => cases += 1,
                    b"failure" | b"error" | b"skipped" => open += 1,
                    b"testsuites" | b"testsuite" | b"system-out" | b"system-err" => {}
                    other => panic!("{}", String::from_utf8_lossy(other)),
                }
            }
            quick_xml::events::Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!(cases, report.cases.len());
    assert_eq!(open, cases - report.count(Status::Pass));
}

#[test]
fn a_table_of_markdown_keeps_its_cells() {
    let text = report::to_markdown(&a_report());
    let bars = |line: &str| line.replace("\\|", "").matches('|').count();
    let mut tables = 0;
    for table in text.split("\n\n").filter(|block| block.starts_with('|')) {
        tables += 1;
        let columns = bars(table.lines().next().unwrap());
        for line in table.lines() {
            assert_eq!(bars(line), columns, "{line}");
        }
    }
    assert_eq!(tables, 4, "conformance, statuses, the matrix, what is open");
    assert!(!text.contains("<script>"), "{text}");
}

#[test]
fn the_page_is_sound_in_a_browser() {
    let page = report::to_html(&a_report()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        format!("file://{}", path.display())
    };
    let policy = page
        .lines()
        .find(|line| line.contains("Content-Security-Policy"))
        .unwrap();
    let order = json!({
        "url": write("report.html", &page),
        "without": write("without.html", &page.replace(policy, "")),
        "texts": ["<script>window.executed = 1</script>", "MOTD-DOC-1", "survived", "as the installer"],
        "name": "report",
    });
    if let Some(found) = sound::look(order) {
        let faults = sound::faults(&found, &["main"]);
        assert!(faults.is_empty(), "{}", faults.join("\n"));
    }
}
