//! The report as one page that needs nothing else: no script, no file, no network.

use anyhow::Result;
use askama::Template;

use super::{OfCase, OfRequirement, SuiteReport};
use crate::judge::{Cell, Status};
use crate::mutants::{MutantFinding, MutantOutcome};

#[derive(Template)]
#[template(path = "report.html")]
struct ReportPage<'a> {
    report: &'a SuiteReport,
    /// Whatever was asked for and is no pass.
    open: Vec<&'a OfCase>,
    matrix: Vec<OfInstaller<'a>>,
    areas: Vec<Area<'a>>,
    counts: Vec<(&'static str, usize)>,
    seconds: String,
}

/// One table of the matrix: publishers down, servers across.
struct OfInstaller<'a> {
    name: &'a str,
    servers: Vec<&'a str>,
    rows: Vec<(&'a str, Vec<&'a Cell>)>,
}

/// The requirements of one area.
struct Area<'a> {
    name: &'a str,
    requirements: Vec<RequirementRow<'a>>,
}

/// One requirement with what belongs to it.
struct RequirementRow<'a> {
    requirement: &'a OfRequirement,
    /// The cases that cite it first. Each case is written out once.
    own: Vec<&'a OfCase>,
    /// Those that cite it too.
    others: Vec<&'a OfCase>,
    mutants: Vec<&'a MutantFinding>,
}

/// The page.
///
/// # Errors
/// Never for a report: what is written goes to memory.
pub fn to_html(report: &SuiteReport) -> Result<String> {
    let counts = Status::ALL
        .iter()
        .map(|status| (status.as_str(), report.count(*status)))
        .filter(|(_, count)| *count > 0)
        .collect();
    let page = ReportPage {
        report,
        open: report.open().collect(),
        matrix: matrix(report.cells()),
        areas: areas(report),
        counts,
        seconds: format!(
            "{}.{}",
            report.milliseconds / 1000,
            report.milliseconds % 1000 / 100
        ),
    };
    Ok(page.render()?)
}

fn areas(report: &SuiteReport) -> Vec<Area<'_>> {
    let mut areas: Vec<Area<'_>> = Vec::new();
    for requirement in &report.requirements {
        let (own, others) = report
            .cases
            .iter()
            .filter(|case| case.requirements.contains(&requirement.id))
            .partition(|case| case.requirements.first() == Some(&requirement.id));
        let findings = report.mutants.iter().flat_map(|matrix| &matrix.findings);
        let entry = RequirementRow {
            requirement,
            own,
            others,
            mutants: findings
                .filter(|finding| finding.requirement == requirement.id)
                .collect(),
        };
        let name = requirement.id.split('-').nth(1).unwrap_or_default();
        match areas.iter_mut().find(|area| area.name == name) {
            Some(area) => area.requirements.push(entry),
            None => areas.push(Area {
                name,
                requirements: vec![entry],
            }),
        }
    }
    areas
}

/// In the order in which installers, publishers and servers come.
fn matrix(cells: &[Cell]) -> Vec<OfInstaller<'_>> {
    let mut tables: Vec<OfInstaller<'_>> = Vec::new();
    for cell in cells {
        let name = cell.installer.as_str();
        let at = tables.iter().position(|table| table.name == name);
        let at = at.unwrap_or_else(|| {
            tables.push(OfInstaller {
                name,
                servers: Vec::new(),
                rows: Vec::new(),
            });
            tables.len() - 1
        });
        let Some(table) = tables.get_mut(at) else {
            continue;
        };
        if !table.servers.contains(&cell.server.as_str()) {
            table.servers.push(&cell.server);
        }
        match table
            .rows
            .iter_mut()
            .find(|(publisher, _)| *publisher == cell.publisher)
        {
            Some((_, row)) => row.push(cell),
            None => table.rows.push((&cell.publisher, vec![cell])),
        }
    }
    tables
}

impl Area<'_> {
    fn with_status(&self, status: &str) -> usize {
        let has = |entry: &&RequirementRow<'_>| entry.requirement.status == status;
        self.requirements.iter().filter(has).count()
    }

    fn cases(&self) -> usize {
        self.requirements.iter().map(|entry| entry.own.len()).sum()
    }

    fn passed(&self) -> usize {
        let own = self.requirements.iter().flat_map(|entry| &entry.own);
        own.filter(|case| case.judged.status == Status::Pass)
            .count()
    }

    fn mutants(&self) -> usize {
        let of_entry = |entry: &RequirementRow<'_>| entry.mutants.len();
        self.requirements.iter().map(of_entry).sum()
    }

    fn killed(&self) -> usize {
        let mutants = self.requirements.iter().flat_map(|entry| &entry.mutants);
        mutants
            .filter(|finding| finding.outcome == MutantOutcome::Killed)
            .count()
    }
}

impl ReportPage<'_> {
    /// The command that tries one case again, with its whole transcript.
    fn again(&self, case: &OfCase) -> String {
        let quoted: Vec<String> = self
            .report
            .command
            .iter()
            .map(|word| quoted(word))
            .collect();
        format!(
            "motd-conformance run --only {} --transcripts --seed {} -- {}",
            case.judged.case,
            self.report.seed,
            quoted.join(" ")
        )
    }

    #[expect(clippy::unused_self, reason = "the template calls methods")]
    fn shown(&self, message: &serde_json::Value) -> String {
        pretty(message)
    }
}

/// A word as a POSIX shell takes it.
fn quoted(word: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./=:@%+,".contains(&byte);
    if !word.is_empty() && word.bytes().all(is_plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

/// A message as it is shown: what is long is cut.
fn pretty(message: &serde_json::Value) -> String {
    const LONGEST: usize = 4_000;
    let text = serde_json::to_string_pretty(message).unwrap_or_default();
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}\n…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}
