//! The report as one page that needs nothing else: no script, no file, no network.

use anyhow::Result;
use askama::Template;

use super::{OfCase, OfRequirement, Report};
use crate::judge::Status;

#[derive(Template)]
#[template(path = "report.html")]
struct Page<'a> {
    report: &'a Report,
    areas: Vec<Area<'a>>,
    counts: Vec<(&'static str, usize)>,
    seconds: String,
}

/// The requirements of one area, with their cases.
struct Area<'a> {
    name: &'a str,
    requirements: Vec<(&'a OfRequirement, Vec<&'a OfCase>)>,
}

/// The page.
///
/// # Errors
/// Never for a report: what is written goes to memory.
pub fn to_html(report: &Report) -> Result<String> {
    let mut areas: Vec<Area<'_>> = Vec::new();
    for requirement in &report.requirements {
        let name = requirement.id.split('-').nth(1).unwrap_or_default();
        let cases = report
            .cases
            .iter()
            .filter(|case| case.requirements.contains(&requirement.id))
            .collect();
        match areas.iter_mut().find(|area| area.name == name) {
            Some(area) => area.requirements.push((requirement, cases)),
            None => areas.push(Area {
                name,
                requirements: vec![(requirement, cases)],
            }),
        }
    }
    let counts = Status::ALL
        .iter()
        .map(|status| (status.as_str(), report.count(*status)))
        .filter(|(_, count)| *count > 0)
        .collect();
    let page = Page {
        report,
        areas,
        counts,
        seconds: format!(
            "{}.{}",
            report.milliseconds / 1000,
            report.milliseconds % 1000 / 100
        ),
    };
    Ok(page.render()?)
}

impl Page<'_> {
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
