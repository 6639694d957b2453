//! What counts: from what was seen of each case to its status, and from these to whether a role conforms.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Expected;
use crate::adapter::{Hello, RecordedExchange};
use crate::case::{Case, Side};
use crate::profile::Profile;

/// What one attempt at a case showed, before anything is known of the other cases.
#[derive(Debug, Clone, PartialEq)]
pub enum Seen {
    /// Every step was as the case says.
    AsExpected,
    /// Something was not; where and what.
    Otherwise(String),
    /// The implementation says that it does not have this.
    Unsupported(String),
    /// The process ended or wrote what is no answer.
    Crash(String),
    /// No answer came in time.
    Timeout(String),
    /// The judge itself could not do its part.
    Harness(String),
    /// The run was interrupted before it was tried.
    NotTried,
}

impl Seen {
    /// With a reason that fits into a report, whatever an adapter says: one line, and not longer than a page.
    #[must_use]
    pub fn in_bounds(self) -> Self {
        const LONGEST: usize = 4_000;
        let cut = |why: String| {
            let printable = |char: char| if char.is_control() { ' ' } else { char };
            why.chars().map(printable).take(LONGEST).collect()
        };
        match self {
            Self::Otherwise(why) => Self::Otherwise(cut(why)),
            Self::Unsupported(why) => Self::Unsupported(cut(why)),
            Self::Crash(why) => Self::Crash(cut(why)),
            Self::Timeout(why) => Self::Timeout(cut(why)),
            Self::Harness(why) => Self::Harness(cut(why)),
            Self::AsExpected | Self::NotTried => self,
        }
    }

    /// A word for it, and why.
    #[must_use]
    pub fn in_words(&self) -> (&'static str, Option<&str>) {
        match self {
            Self::AsExpected => ("as-expected", None),
            Self::Otherwise(why) => ("otherwise", Some(why)),
            Self::Unsupported(why) => ("unsupported", Some(why)),
            Self::Crash(why) => ("crash", Some(why)),
            Self::Timeout(why) => ("timeout", Some(why)),
            Self::Harness(why) => ("harness-error", Some(why)),
            Self::NotTried => ("not-tried", None),
        }
    }
}

/// What is said of a case in the end. Only `Pass` is a pass.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// As the case says, and its base too.
    Pass,
    /// Not as the case says.
    Fail,
    /// Not as the case says, and the implementer's file says so.
    ExpectedFail,
    /// As the case says, although the implementer's file says otherwise.
    UnexpectedPass,
    /// Not claimed, or answered so.
    Unsupported,
    /// It would have counted, if its base had passed; or it was not tried.
    Inconclusive,
    /// The process ended or wrote what is no answer.
    Crash,
    /// No answer came in time.
    Timeout,
    /// The judge itself could not do its part.
    HarnessError,
}

impl Status {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Pass,
        Self::Fail,
        Self::ExpectedFail,
        Self::UnexpectedPass,
        Self::Unsupported,
        Self::Inconclusive,
        Self::Crash,
        Self::Timeout,
        Self::HarnessError,
    ];

    /// Its name in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::ExpectedFail => "expected-fail",
            Self::UnexpectedPass => "unexpected-pass",
            Self::Unsupported => "unsupported",
            Self::Inconclusive => "inconclusive",
            Self::Crash => "crash",
            Self::Timeout => "timeout",
            Self::HarnessError => "harness-error",
        }
    }
}

/// One case, judged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Judged {
    /// The case.
    pub case: String,
    /// What is said of it.
    pub status: Status,
    /// Why it is no pass.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// What was said to the adapter and by it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub transcript: Vec<RecordedExchange>,
    /// What the adapter wrote to its standard error meanwhile.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub errors: String,
    /// How long it took.
    pub milliseconds: u64,
}

/// The status of every case, from what was seen of all of them.
#[must_use]
pub fn decide(
    cases: &[&Case],
    seen: &BTreeMap<String, Seen>,
    expected: &Expected,
) -> BTreeMap<String, (Status, Option<String>)> {
    let passes = |id: &str| matches!(seen.get(id), Some(Seen::AsExpected));
    cases
        .iter()
        .map(|case| {
            let seen = seen.get(&case.id).unwrap_or(&Seen::NotTried);
            let (status, why) = match seen {
                Seen::AsExpected => match (case.side, &case.base) {
                    (Side::Negative, Some(base)) if !passes(base) => (
                        Status::Inconclusive,
                        Some(format!("its base {base} does not pass")),
                    ),
                    // A rejection alone shows nothing: without a base it cannot count.
                    (Side::Negative, None) => (
                        Status::HarnessError,
                        Some("a negative case without a base".to_owned()),
                    ),
                    _ => (Status::Pass, None),
                },
                Seen::Otherwise(why) => (Status::Fail, Some(why.clone())),
                Seen::Unsupported(why) => (Status::Unsupported, Some(why.clone())),
                Seen::Crash(why) => (Status::Crash, Some(why.clone())),
                Seen::Timeout(why) => (Status::Timeout, Some(why.clone())),
                Seen::Harness(why) => (Status::HarnessError, Some(why.clone())),
                Seen::NotTried => (Status::Inconclusive, Some("it was not tried".to_owned())),
            };
            let is_listed = expected.reason(&case.id).is_some();
            let was_tried = !matches!(seen, Seen::NotTried);
            let status = match status {
                Status::Fail | Status::Crash | Status::Timeout | Status::Unsupported
                    if is_listed =>
                {
                    Status::ExpectedFail
                }
                // Whoever fails the base cannot do anything about it either.
                Status::Inconclusive if is_listed && was_tried => Status::ExpectedFail,
                Status::Pass if is_listed => Status::UnexpectedPass,
                status => status,
            };
            let why = match expected.reason(&case.id) {
                Some(reason) if status == Status::ExpectedFail => {
                    let why = why.unwrap_or_default();
                    Some(format!("expected, {reason}: {why}"))
                }
                _ => why,
            };
            (case.id.clone(), (status, why))
        })
        .collect()
}

/// Whether an implementation conforms to a profile: it claims role and level, and every case of the profile is a pass and
/// as it was frozen. Expected failures are failures.
#[must_use]
pub fn conforms(
    profile: &Profile,
    cases: &[&Case],
    statuses: &BTreeMap<String, (Status, Option<String>)>,
    hello: &Hello,
) -> bool {
    claims(hello, profile.role.as_str(), &profile.level)
        && !profile.cases.is_empty()
        && passed(profile, cases, statuses) == profile.cases.len()
}

/// How many cases of a profile are a pass, and as they were frozen.
#[must_use]
pub fn passed(
    profile: &Profile,
    cases: &[&Case],
    statuses: &BTreeMap<String, (Status, Option<String>)>,
) -> usize {
    let is_pass = |id: &String| matches!(statuses.get(id), Some((Status::Pass, _)));
    let is_frozen = |id: &String| {
        let case = cases.iter().find(|case| case.id == *id);
        case.is_some_and(|case| profile.has(case))
    };
    let ids = profile.cases.keys();
    ids.filter(|id| is_pass(id) && is_frozen(id)).count()
}

/// Whether a case is asked of an implementation that says this of itself.
#[must_use]
pub fn claims(hello: &Hello, role: &str, level: &str) -> bool {
    hello.roles.iter().any(|claimed| claimed == role)
        && (level == "core" || hello.features.iter().any(|claimed| claimed == level))
}

#[cfg(test)]
mod tests;
