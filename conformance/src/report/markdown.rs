//! The report for a pull request, and for a badge.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::SuiteReport;
use crate::judge::Status;
use crate::mutants::MutantOutcome;

/// The report as Markdown: what conforms, how many cases there are, and every one that is no pass.
#[must_use]
pub fn to_markdown(report: &SuiteReport) -> String {
    let who = &report.implementation;
    let mut out = format!(
        "# TUF-MOTD {}: {} {} ({})\n\n",
        report.specification,
        in_cell(&who.name),
        in_cell(&who.version),
        in_cell(&who.language)
    );
    if report.partial {
        out.push_str("Only a part of the suite was run.\n\n");
    }
    out.push_str("| role | level | conforms | passed |\n|---|---|---|---|\n");
    for part in &report.conforms {
        let word = if part.conforms { "yes" } else { "no" };
        let _ = writeln!(
            out,
            "| {} | {} | {word} | {} of {} |",
            part.role.as_str(),
            part.level,
            part.passed,
            part.cases
        );
    }
    out.push_str("\n| status | cases |\n|---|---|\n");
    for status in Status::ALL {
        if report.count(status) > 0 {
            let _ = writeln!(out, "| {} | {} |", status.as_str(), report.count(status));
        }
    }
    if let Some(mutants) = &report.mutants {
        let _ = writeln!(
            out,
            "\nOf {} mutants of the reference implementation {} were noticed.",
            mutants.mutants, mutants.killed
        );
        let survivors = mutants.findings.iter();
        for finding in survivors.filter(|finding| finding.outcome != MutantOutcome::Killed) {
            let _ = writeln!(
                out,
                "- {}, {}: {} ({})",
                finding.requirement,
                in_cell(&finding.mutant),
                finding.outcome.as_str(),
                in_cell(&finding.what)
            );
        }
        for id in &mutants.without {
            let _ = writeln!(out, "- {id}: has no mutant");
        }
    }
    if !report.cells().is_empty() {
        out.push_str("\n| publisher | server | installer | |\n|---|---|---|---|\n");
    }
    for cell in report.cells() {
        let _ = writeln!(
            out,
            "| {} | {} | {} | {} |",
            in_cell(&cell.publisher),
            in_cell(&cell.server),
            in_cell(&cell.installer),
            in_cell(cell.trouble.as_deref().unwrap_or("pass"))
        );
    }
    let open: Vec<_> = report.open().collect();
    if !open.is_empty() {
        out.push_str("\n| case | status | requirement | why |\n|---|---|---|---|\n");
        for case in open {
            let why = in_cell(case.judged.why.as_deref().unwrap_or_default());
            let _ = writeln!(
                out,
                "| {} | {} | {} | {why} |",
                case.judged.case,
                case.judged.status.as_str(),
                case.requirements.join(" ")
            );
        }
    }
    out
}

/// Text that stays text, in one cell of a table.
fn in_cell(text: &str) -> String {
    text.replace(|char: char| char.is_control(), " ")
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('`', "&#96;")
        .replace('@', "&#64;")
        .replace('|', "\\|")
}

/// What shields.io reads from an endpoint.
#[must_use]
pub fn to_badge(report: &SuiteReport) -> Value {
    let conforming: Vec<&str> = report
        .conforms
        .iter()
        .filter(|part| part.conforms && part.level == "core")
        .map(|part| part.role.as_str())
        .collect();
    let (message, color) = match (report.is_well(), conforming.is_empty(), report.partial) {
        (true, false, false) => (conforming.join(" · "), "brightgreen"),
        (_, false, false) => (conforming.join(" · "), "yellow"),
        _ => ("not shown to conform".to_owned(), "lightgrey"),
    };
    json!({ "schemaVersion": 1, "label": format!("TUF-MOTD {}", report.specification), "message": message, "color": color })
}
