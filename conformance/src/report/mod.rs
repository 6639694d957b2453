//! What came out of a run, as one value, `report.json`; everything else is derived from it.

mod html;
mod junit;
mod markdown;
mod schema;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::adapter::{Hello, PROTOCOL};
use crate::case::Side;
use crate::judge::{Cell, JudgeRun, Judged, Status, claims, conforms, passed};
use crate::mutants::KillMatrix;
use crate::profile::Profiles;
use crate::requirements::SPEC_VERSION;
use crate::spec::{Block, ConformanceRole, Verification};

pub use html::to_html;
pub use junit::to_junit;
pub use markdown::{to_badge, to_markdown};
pub use schema::report_schema;

/// The version of the form of `report.json`.
const FORM: u32 = 1;

/// `report.json`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename = "Report", deny_unknown_fields)]
pub struct SuiteReport {
    /// The version of this form.
    #[schemars(extend("const" = FORM))]
    pub report: u32,
    /// The version of the specification.
    pub specification: String,
    /// The version of the protocol.
    pub protocol: u32,
    /// Who was judged.
    pub implementation: Hello,
    /// How it was started, as words of a command line.
    pub command: Vec<String>,
    /// With it ids and order are the same again.
    pub seed: u64,
    /// Whether the run was ended before its end, or only some cases were asked for.
    pub partial: bool,
    /// How many cases have each status.
    pub summary: BTreeMap<Status, usize>,
    /// Of each role and level that is claimed, whether it conforms.
    pub conforms: Vec<Conformance>,
    /// Every requirement of the roles and levels that were judged.
    pub requirements: Vec<OfRequirement>,
    /// Every case that was asked for.
    pub cases: Vec<OfCase>,
    /// How long it took.
    pub milliseconds: u64,
    /// Every installer with every publisher and every server, when that was tried too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub matrix: Option<Vec<Cell>>,
    /// Whether the cases notice what the reference implementation forgets, when that was tried too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mutants: Option<KillMatrix>,
}

/// Whether a role conforms at a level.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Conformance {
    /// The role.
    pub role: ConformanceRole,
    /// The level.
    pub level: String,
    /// Whether every case of its profile is a pass.
    pub conforms: bool,
    /// How many of them are.
    pub passed: usize,
    /// How many there are.
    pub cases: usize,
}

/// What its cases say of a requirement.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OfRequirement {
    /// `MOTD-AREA-number`.
    pub id: String,
    /// Who has to meet it.
    pub role: ConformanceRole,
    /// Its level.
    pub level: String,
    /// Its text.
    pub text: String,
    /// `pass` when all its cases are; `not-testable`, with a reason in the specification; else the worst of them.
    pub status: String,
    /// How many of its cases are a pass.
    pub passed: usize,
    /// How many there are.
    pub cases: usize,
}

/// One case with what became of it.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OfCase {
    /// Its title.
    pub title: String,
    /// Who is judged.
    pub role: ConformanceRole,
    /// Its level.
    pub level: String,
    /// Which side of its requirements it shows.
    pub side: Side,
    /// The ids of its requirements.
    pub requirements: Vec<String>,
    /// What it stands on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<String>,
    /// What an implementation that fails it gives away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gain: Option<String>,
    /// What became of it.
    pub judged: Judged,
}

/// How much of a run goes into a report.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The requirements of the specification.
    pub blocks: &'a [Block],
    /// What a claim rests on.
    pub profiles: &'a Profiles,
    /// How the adapter was started.
    pub command: &'a [String],
    /// The run's seed.
    pub seed: u64,
    /// Whether only some cases were asked for.
    pub selected: bool,
    /// Whether transcripts of passes are kept too.
    pub whole_transcripts: bool,
    /// How long the run took.
    pub milliseconds: u64,
}

impl SuiteReport {
    /// The report of a run.
    #[must_use]
    pub fn of(run: &JudgeRun<'_>, context: Context<'_>) -> Self {
        let statuses = run.statuses();
        let mut summary: BTreeMap<Status, usize> = BTreeMap::new();
        for judged in &run.judged {
            *summary.entry(judged.status).or_default() += 1;
        }
        let claimed = context
            .profiles
            .profile
            .iter()
            .filter(|part| claims(&run.hello, part.role.as_str(), &part.level))
            .map(|part| Conformance {
                role: part.role,
                level: part.level.clone(),
                conforms: conforms(part, &run.cases, &statuses, &run.hello),
                passed: passed(part, &run.cases, &statuses),
                cases: part.cases.len(),
            })
            .collect();
        let case = |judged: &Judged| {
            let case = run.cases.iter().find(|case| case.id == judged.case)?;
            let mut judged = judged.clone();
            if judged.status == Status::Pass && !context.whole_transcripts {
                judged.transcript.clear();
            }
            Some(OfCase {
                title: case.title.clone(),
                role: case.role,
                level: case.level.clone(),
                side: case.side,
                requirements: case
                    .requirements
                    .iter()
                    .map(|cited| cited.id.clone())
                    .collect(),
                base: case.base.clone(),
                gain: case.gain.clone(),
                judged,
            })
        };
        Self {
            report: FORM,
            specification: SPEC_VERSION.to_owned(),
            protocol: PROTOCOL,
            implementation: run.hello.clone(),
            command: context.command.to_vec(),
            seed: context.seed,
            partial: run.interrupted || context.selected,
            summary,
            conforms: claimed,
            requirements: context
                .blocks
                .iter()
                .filter_map(|block| of_requirement(block, run))
                .collect(),
            cases: run.judged.iter().filter_map(case).collect(),
            milliseconds: context.milliseconds,
            matrix: None,
            mutants: None,
        }
    }

    /// Whether everything that was asked of what is claimed is a pass, or expected to fail; and every cell of the matrix is
    /// one, and every mutant was noticed, where they are in it.
    #[must_use]
    pub fn is_well(&self) -> bool {
        let good =
            |case: &OfCase| matches!(case.judged.status, Status::Pass | Status::ExpectedFail);
        !self.conforms.is_empty()
            && self
                .cases
                .iter()
                .all(|case| !self.claims(case) || good(case))
            && self.cells().iter().all(|cell| cell.trouble.is_none())
            && self.mutants.as_ref().is_none_or(KillMatrix::is_well)
    }

    /// The cells of the matrix, if there is one.
    #[must_use]
    pub fn cells(&self) -> &[Cell] {
        self.matrix.as_deref().unwrap_or_default()
    }

    /// Whether the implementation claims what this case is about.
    #[must_use]
    pub fn claims(&self, case: &OfCase) -> bool {
        claims(&self.implementation, case.role.as_str(), &case.level)
    }

    /// What was asked for and is no pass. What is not claimed goes without saying.
    pub fn open(&self) -> impl Iterator<Item = &OfCase> {
        self.cases.iter().filter(|case| match case.judged.status {
            Status::Pass => false,
            Status::Unsupported => self.claims(case),
            _ => true,
        })
    }

    /// How many cases have this status.
    #[must_use]
    pub fn count(&self, status: Status) -> usize {
        self.summary.get(&status).copied().unwrap_or_default()
    }
}

/// The statuses of its cases as one; `None` when none of its cases was asked for.
fn of_requirement(block: &Block, run: &JudgeRun<'_>) -> Option<OfRequirement> {
    let of_block: Vec<&Judged> = run
        .cases
        .iter()
        .filter(|case| case.requirements.iter().any(|cited| cited.id == block.id))
        .filter_map(|case| run.judged.iter().find(|judged| judged.case == case.id))
        .collect();
    let worst = of_block
        .iter()
        .map(|judged| judged.status)
        .max_by_key(|status| match status {
            Status::Pass => 0,
            Status::Unsupported => 1,
            Status::ExpectedFail => 2,
            Status::Inconclusive => 3,
            Status::UnexpectedPass => 4,
            Status::HarnessError => 5,
            Status::Fail | Status::Crash | Status::Timeout => 6,
        });
    let status = match (&block.verification, worst) {
        (Verification::Untestable(_), _) => "not-testable",
        (_, Some(worst)) => worst.as_str(),
        (_, None) => return None,
    };
    Some(OfRequirement {
        id: block.id.clone(),
        role: block.role,
        level: block.level.0.clone(),
        text: block.text.clone(),
        status: status.to_owned(),
        passed: of_block
            .iter()
            .filter(|judged| judged.status == Status::Pass)
            .count(),
        cases: of_block.len(),
    })
}

#[cfg(test)]
mod tests;
