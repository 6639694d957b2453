//! `report`: other forms of a report.

use std::path::Path;

use anyhow::{Context as _, Result};

use super::{Exit, Shell, write_report};
use crate::arguments;
use crate::report::Report;

pub(super) fn run(arguments: &arguments::Report, _: &Shell) -> Result<Exit> {
    let report = read(&arguments.report)?;
    write_report(&report, &arguments.out, false)?;
    Ok(Exit::of(report.is_well()))
}

/// A report of a run.
pub(super) fn read(path: &Path) -> Result<Report> {
    let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
    serde_json::from_str(&text).with_context(|| path.display().to_string())
}
