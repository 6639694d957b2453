//! `report`: a report in all its forms, with the matrices in it.

use std::path::Path;

use anyhow::{Context as _, Result};
use serde::de::DeserializeOwned;

use super::run::write as write_report;
use super::{SuiteExit, SuiteShell};
use crate::arguments;
use crate::report::SuiteReport;

pub(super) fn run(arguments: &arguments::ReportArguments, _: &SuiteShell) -> Result<SuiteExit> {
    let mut report: SuiteReport = read(&arguments.report)?;
    if let Some(path) = &arguments.matrix {
        report.matrix = Some(read(path)?);
    }
    if let Some(path) = &arguments.mutants {
        report.mutants = Some(read(path)?);
    }
    write_report(&report, &arguments.out)?;
    Ok(SuiteExit::of(report.is_well()))
}

/// What this program printed as JSON.
pub(super) fn read<T: DeserializeOwned>(path: &Path) -> Result<T> {
    let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
    serde_json::from_str(&text).with_context(|| path.display().to_string())
}
