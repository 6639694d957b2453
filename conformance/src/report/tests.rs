//! What a report says of a run.

use std::collections::BTreeSet;

use super::*;
use crate::adapter::RecordedExchange;
use crate::case::{Case, sample};
use crate::spec::RequirementLevel;

const ALL_LEVELS: [&str; 2] = ["core", "rollout"];

fn block(id: &str, verification: Verification) -> Block {
    Block {
        id: id.to_owned(),
        area: "A".to_owned(),
        number: 1,
        role: ConformanceRole::Document,
        level: RequirementLevel("core".to_owned()),
        verification,
        text: "It MUST.".to_owned(),
        codes: Vec::new(),
        chapter: String::new(),
        line: 1,
    }
}

fn judged(case: &str, status: Status) -> Judged {
    Judged {
        case: case.to_owned(),
        status,
        why: None,
        transcript: vec![RecordedExchange {
            request: serde_json::Value::Null,
            answer: None,
            trouble: None,
            milliseconds: 1,
        }],
        errors: String::new(),
        milliseconds: 1,
    }
}

/// A run of these cases: id, level, requirement, status. Role document is claimed at level core.
struct Made {
    cases: Vec<Case>,
    judged: Vec<Judged>,
    roles: Vec<String>,
}

impl Made {
    fn of(rows: &[(&str, &str, &str, Status)]) -> Self {
        let case = |(id, level, requirement, _): &(&str, &str, &str, Status)| Case {
            level: (*level).to_owned(),
            ..sample::case(id, Side::Positive, None, &[requirement])
        };
        Self {
            cases: rows.iter().map(case).collect(),
            judged: rows.iter().map(|row| judged(row.0, row.3)).collect(),
            roles: vec!["document".to_owned()],
        }
    }

    fn run(&self) -> JudgeRun<'_> {
        JudgeRun {
            hello: Hello {
                roles: self.roles.clone(),
                ..Hello::default()
            },
            cases: self.cases.iter().collect(),
            judged: self.judged.clone(),
            interrupted: false,
        }
    }

    fn profiles(&self) -> Profiles {
        Profiles::of(&[], &self.cases).unwrap()
    }

    fn report(&self) -> SuiteReport {
        let blocks = [
            block("MOTD-A-1", Verification::Test),
            block("MOTD-A-2", Verification::Test),
            block("MOTD-A-3", Verification::Untestable("why".to_owned())),
        ];
        let profiles = self.profiles();
        SuiteReport::of(&self.run(), context(&blocks, &profiles))
    }
}

fn context<'a>(blocks: &'a [Block], profiles: &'a Profiles) -> Context<'a> {
    Context {
        blocks,
        profiles,
        command: &[],
        seed: 1,
        selected: false,
        whole_transcripts: false,
        milliseconds: 1,
    }
}

#[test]
fn a_run_is_well_when_all_that_is_claimed_passes_or_is_expected_not_to() {
    for status in Status::ALL {
        for level in ALL_LEVELS {
            let report = Made::of(&[
                ("one", "core", "MOTD-A-1", Status::Pass),
                ("two", level, "MOTD-A-1", status),
            ])
            .report();
            let expected = level != "core" || matches!(status, Status::Pass | Status::ExpectedFail);
            assert_eq!(report.is_well(), expected, "{status:?} {level}");
            assert_eq!(report.claims(&report.cases[1]), level == "core");
            // What is not claimed is open only where it says something else than that.
            let open: Vec<&str> = report
                .open()
                .map(|case| case.judged.case.as_str())
                .collect();
            let is_open = match status {
                Status::Pass => false,
                Status::Unsupported => level == "core",
                _ => true,
            };
            assert_eq!(open == ["two"], is_open, "{status:?} {level}");
            // An expected failure is a failure of the claim all the same.
            let conforms = level != "core" || status == Status::Pass;
            assert_eq!(report.conforms[0].conforms, conforms, "{status:?}");
        }
    }
}

#[test]
fn a_matrix_and_the_mutants_have_to_be_well_where_they_are_in_it() {
    let report = Made::of(&[("one", "core", "MOTD-A-1", Status::Pass)]).report();
    let with = |matrix: Option<Option<&str>>, killed: Option<bool>| {
        let cell = |trouble: Option<&str>| {
            let trouble = trouble.map(str::to_owned);
            let name = || "n".to_owned();
            vec![Cell {
                publisher: name(),
                server: name(),
                installer: name(),
                trouble,
            }]
        };
        // A run of no mutants shows nothing.
        let mutants = killed.map(|is_well| KillMatrix {
            mutants: usize::from(is_well),
            ..KillMatrix::of(Vec::new(), 0, Vec::new(), BTreeSet::new(), false)
        });
        SuiteReport {
            matrix: matrix.map(cell),
            mutants,
            ..report.clone()
        }
        .is_well()
    };
    for (matrix, killed, is_well) in [
        (None, None, true),
        (Some(None), None, true),
        (Some(Some("late")), None, false),
        (None, Some(true), true),
        (None, Some(false), false),
        (Some(None), Some(true), true),
        (Some(Some("late")), Some(true), false),
    ] {
        assert_eq!(with(matrix, killed), is_well, "{matrix:?} {killed:?}");
    }
}

#[test]
fn whoever_claims_nothing_is_not_well() {
    let mut made = Made::of(&[("one", "core", "MOTD-A-1", Status::Unsupported)]);
    made.roles = vec!["singer".to_owned()];
    let report = made.report();
    assert!(report.conforms.is_empty());
    assert!(!report.is_well());
}

#[test]
fn statuses_are_counted_and_passes_of_each_claimed_level() {
    let report = Made::of(&[
        ("one", "core", "MOTD-A-1", Status::Pass),
        ("two", "core", "MOTD-A-1", Status::Pass),
        ("three", "core", "MOTD-A-2", Status::Crash),
        ("four", "rollout", "MOTD-A-2", Status::Unsupported),
    ])
    .report();
    let counts = Status::ALL.map(|status| report.count(status));
    assert_eq!(counts, [2, 0, 0, 0, 1, 0, 1, 0, 0]);
    assert_eq!(
        report.conforms,
        [Conformance {
            role: ConformanceRole::Document,
            level: "core".to_owned(),
            conforms: false,
            passed: 2,
            cases: 3,
        }]
    );
}

#[test]
fn a_case_keeps_what_it_is_and_its_transcript_unless_it_passed() {
    let made = Made::of(&[
        ("one", "core", "MOTD-A-1", Status::Fail),
        ("two", "core", "MOTD-A-2", Status::Pass),
    ]);
    let kept = |report: &SuiteReport| -> Vec<(String, String, usize)> {
        let row = |case: &OfCase| {
            let transcript = case.judged.transcript.len();
            (
                case.judged.case.clone(),
                case.requirements.join(" "),
                transcript,
            )
        };
        report.cases.iter().map(row).collect()
    };
    let row = |case: &str, requirement: &str, transcript| {
        (case.to_owned(), requirement.to_owned(), transcript)
    };
    assert_eq!(
        kept(&made.report()),
        [row("one", "MOTD-A-1", 1), row("two", "MOTD-A-2", 0)]
    );
    let profiles = made.profiles();
    let whole = Context {
        whole_transcripts: true,
        ..context(&[], &profiles)
    };
    assert_eq!(
        kept(&SuiteReport::of(&made.run(), whole)),
        [row("one", "MOTD-A-1", 1), row("two", "MOTD-A-2", 1)]
    );
}

#[test]
fn a_run_that_was_ended_or_asked_for_a_part_is_partial() {
    let made = Made::of(&[("one", "core", "MOTD-A-1", Status::Pass)]);
    let profiles = made.profiles();
    for (interrupted, selected) in [(false, false), (true, false), (false, true)] {
        let run = JudgeRun {
            interrupted,
            ..made.run()
        };
        let context = Context {
            selected,
            ..context(&[], &profiles)
        };
        assert_eq!(
            SuiteReport::of(&run, context).partial,
            interrupted || selected
        );
    }
}

#[test]
fn a_requirement_has_the_worst_status_of_its_own_cases() {
    // From the best to the worst; the last ones are equally bad, and the later case is named.
    let ranks = [
        (Status::Pass, 0),
        (Status::Unsupported, 1),
        (Status::ExpectedFail, 2),
        (Status::Inconclusive, 3),
        (Status::UnexpectedPass, 4),
        (Status::HarnessError, 5),
        (Status::Fail, 6),
        (Status::Crash, 6),
        (Status::Timeout, 6),
    ];
    assert_eq!(ranks.len(), Status::ALL.len());
    for (one, rank_of_one) in ranks {
        for (other, rank_of_other) in ranks {
            let report = Made::of(&[
                ("one", "core", "MOTD-A-1", one),
                ("two", "core", "MOTD-A-1", other),
                ("three", "core", "MOTD-A-2", Status::Pass),
            ])
            .report();
            let worst = if rank_of_one > rank_of_other {
                one
            } else {
                other
            };
            let [first, second, _] = &report.requirements[..] else {
                panic!("{:?}", report.requirements);
            };
            assert_eq!(first.status, worst.as_str(), "{one:?} {other:?}");
            let passed = usize::from(one == Status::Pass) + usize::from(other == Status::Pass);
            assert_eq!((first.passed, first.cases), (passed, 2));
            let second = (second.id.as_str(), second.status.as_str(), second.cases);
            assert_eq!(second, ("MOTD-A-2", "pass", 1));
        }
    }
}

#[test]
fn a_requirement_without_cases_is_said_nothing_of_unless_none_can_be() {
    let report = Made::of(&[("one", "core", "MOTD-A-2", Status::Pass)]).report();
    let said: Vec<(&str, &str)> = report
        .requirements
        .iter()
        .map(|requirement| (requirement.id.as_str(), requirement.status.as_str()))
        .collect();
    assert_eq!(said, [("MOTD-A-2", "pass"), ("MOTD-A-3", "not-testable")]);
}
