//! The report for a pull request, and for a badge.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::Report;
use crate::judge::Status;

/// The report as Markdown: what conforms, how many cases there are, and every one that is no pass.
#[must_use]
pub fn to_markdown(report: &Report) -> String {
    let who = &report.implementation;
    let mut out = format!(
        "# TUF-MOTD {}: {} {} ({})\n\n",
        report.specification, who.name, who.version, who.language
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
    let open: Vec<_> = report
        .cases
        .iter()
        .filter(|case| match case.judged.status {
            Status::Pass => false,
            Status::Unsupported => report.claims(case),
            _ => true,
        })
        .collect();
    if !open.is_empty() {
        out.push_str("\n| case | status | requirement | why |\n|---|---|---|---|\n");
        for case in open {
            let why = case.judged.why.as_deref().unwrap_or_default();
            let why = why.replace(['\n', '\r'], " ").replace('|', "\\|");
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

/// What shields.io reads from an endpoint.
#[must_use]
pub fn to_badge(report: &Report) -> Value {
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
