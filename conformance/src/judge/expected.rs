//! The implementer's own file of expected failures. It is strict: what passes although it is listed, and a line that fits
//! no case, are failures of their own.

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::case::Case;

/// The file.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Expected {
    /// One after the other.
    #[serde(default)]
    pub expected_failure: Vec<ExpectedFailure>,
}

/// One line of it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedFailure {
    /// The id of a case; `*` at its end is any ending.
    pub case: String,
    /// Why it is so, for whoever reads the report.
    pub reason: String,
}

impl Expected {
    /// Reads the text of a file.
    ///
    /// # Errors
    /// When it is not of this form, or a line has no reason or fits none of the cases.
    pub fn parse(text: &str, cases: &[Case]) -> Result<Self> {
        let expected: Self = toml::from_str(text).context("the file of expected failures")?;
        for line in &expected.expected_failure {
            if line.reason.trim().is_empty() {
                bail!("expected failure {}: no reason", line.case);
            }
            if !cases.iter().any(|case| line.fits(&case.id)) {
                bail!("expected failure {}: there is no such case", line.case);
            }
        }
        Ok(expected)
    }

    /// The reason why this case is expected to fail, if it is.
    #[must_use]
    pub fn reason(&self, case: &str) -> Option<&str> {
        self.expected_failure
            .iter()
            .find(|line| line.fits(case))
            .map(|line| line.reason.as_str())
    }
}

impl ExpectedFailure {
    fn fits(&self, case: &str) -> bool {
        match self.case.strip_suffix('*') {
            Some(start) => case.starts_with(start),
            None => case == self.case,
        }
    }
}
