//! `report`: other forms of a report.

use anyhow::{Context as _, Result};

use super::{Exit, Shell, write_report};
use crate::arguments;
use crate::report::Report;

pub(super) fn run(arguments: &arguments::Report, _: &Shell) -> Result<Exit> {
    let path = &arguments.report;
    let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
    let report: Report = serde_json::from_str(&text).with_context(|| path.display().to_string())?;
    write_report(&report, &arguments.out, false)?;
    Ok(Exit::of(report.is_well()))
}
