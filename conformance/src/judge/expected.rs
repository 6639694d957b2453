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
            if line.case == "*" {
                bail!(
                    "expected failure *: whoever expects everything to fail has nothing to be judged"
                );
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::{Side, sample::case};

    /// A file with one line, read beside these cases.
    fn parsed(line: &str) -> Result<Expected> {
        let cases = ["document/a/one", "document/a/two", "document/b/one"]
            .map(|id| case(id, Side::Positive, None, &[]));
        Expected::parse(&format!("[[expected-failure]]\n{line}"), &cases)
    }

    fn covered(pattern: &str) -> Vec<&'static str> {
        let expected = parsed(&format!("case = \"{pattern}\"\nreason = \"because\"")).unwrap();
        ["document/a/one", "document/a/two", "document/b/one"]
            .into_iter()
            .filter(|case| expected.reason(case) == Some("because"))
            .collect()
    }

    #[test]
    fn a_line_is_for_one_case_or_for_a_beginning() {
        assert_eq!(covered("document/a/one"), ["document/a/one"]);
        assert_eq!(
            covered("document/a/*"),
            ["document/a/one", "document/a/two"]
        );
        assert_eq!(covered("document/*").len(), 3);
    }

    #[test]
    fn a_line_without_a_reason_or_without_a_case_is_refused() {
        for (line, complaint) in [
            ("case = \"document/a/one\"\nreason = \" \"", "no reason"),
            ("case = \"document/a\"\nreason = \"x\"", "no such case"),
            ("case = \"*\"\nreason = \"x\"", "nothing to be judged"),
            ("case = \"a/one\"\nreason = \"x\"", "no such case"),
            ("case = \"document/c/*\"\nreason = \"x\"", "no such case"),
            ("case = \"document/a/one\"", "missing field"),
            (
                "case = \"document/a/one\"\nreason = \"x\"\nuntil = 1",
                "unknown field",
            ),
        ] {
            let error = format!("{:#}", parsed(line).unwrap_err());
            assert!(error.contains(complaint), "{error}");
        }
    }

    #[test]
    fn an_empty_file_expects_nothing() {
        let expected = Expected::parse("", &[]).unwrap();
        assert_eq!(expected.reason("document/a/one"), None);
    }
}
