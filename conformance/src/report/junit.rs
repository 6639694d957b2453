//! The report as `JUnit` XML, which continuous integration shows.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::Result;
use quick_junit::{NonSuccessKind, TestCase, TestCaseStatus, TestSuite};

use super::{OfCase, SuiteReport};
use crate::judge::Status;

/// One test suite for each group of cases.
///
/// # Errors
/// Never for a report: what is written goes to memory.
pub fn to_junit(report: &SuiteReport) -> Result<String> {
    let name = format!(
        "TUF-MOTD {}: {}",
        report.specification, report.implementation.name
    );
    let mut junit = quick_junit::Report::new(printable(&name));
    let mut suites = BTreeMap::new();
    for case in &report.cases {
        let id = &case.judged.case;
        let group = id.rsplit_once('/').map_or("", |(group, _)| group);
        let suite = suites.entry(group).or_insert_with(|| TestSuite::new(group));
        suite.add_test_case(test_case(report, case));
    }
    junit.add_test_suites(suites.into_values());
    Ok(junit.to_string()?)
}

fn test_case(report: &SuiteReport, case: &OfCase) -> TestCase {
    let judged = &case.judged;
    let mut status = status(report, case);
    if judged.status != Status::Pass {
        status
            .set_type(judged.status.as_str())
            .set_message(printable(judged.why.as_deref().unwrap_or_default()))
            .set_description(case.requirements.join(" "));
    }
    let mut test = TestCase::new(judged.case.as_str(), status);
    test.set_classname(case.role.as_str())
        .set_time(Duration::from_millis(judged.milliseconds));
    if !judged.errors.is_empty() {
        test.set_system_err(printable(&judged.errors));
    }
    test
}

/// XML 1.0 cannot hold most control characters, however they are written. They are replaced, so that they are seen: the
/// library would leave them out.
fn printable(text: &str) -> String {
    text.chars()
        .map(|character| match character {
            '\n' | '\t' => character,
            character if character.is_control() || matches!(character, '\u{fffe}' | '\u{ffff}') => {
                '\u{fffd}'
            }
            character => character,
        })
        .collect()
}

/// How `JUnit` calls it. What is claimed and not there is no skipped test.
fn status(report: &SuiteReport, case: &OfCase) -> TestCaseStatus {
    match case.judged.status {
        Status::Pass => TestCaseStatus::success(),
        Status::Fail | Status::UnexpectedPass => {
            TestCaseStatus::non_success(NonSuccessKind::Failure)
        }
        Status::Unsupported if report.claims(case) => {
            TestCaseStatus::non_success(NonSuccessKind::Failure)
        }
        Status::Crash | Status::Timeout | Status::HarnessError => {
            TestCaseStatus::non_success(NonSuccessKind::Error)
        }
        Status::Unsupported | Status::ExpectedFail | Status::Inconclusive => {
            TestCaseStatus::skipped()
        }
    }
}
