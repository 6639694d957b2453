//! What became of every mutant, as one value.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{MutantFinding, MutantOutcome};

/// The kill matrix.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KillMatrix {
    /// How many mutants were tried.
    pub mutants: usize,
    /// How many of them a case that cites their requirement noticed.
    pub killed: usize,
    /// How many none did.
    pub survived: usize,
    /// How many have a requirement that no case cites.
    pub no_cases: usize,
    /// How many cases passed without any mutant.
    pub control: usize,
    /// Testable requirements without a mutant.
    pub without: Vec<String>,
    /// Cases that passed without any mutant, but not at once. They were left out.
    pub unsteady: BTreeSet<String>,
    /// Whether the run was ended before its end, or only some requirements were asked for.
    pub partial: bool,
    /// Each mutant.
    pub findings: Vec<MutantFinding>,
}

impl KillMatrix {
    /// Counts.
    #[must_use]
    pub fn of(
        findings: Vec<MutantFinding>,
        control: usize,
        without: Vec<String>,
        unsteady: BTreeSet<String>,
        partial: bool,
    ) -> Self {
        let count = |outcome| {
            let of_outcome = |finding: &&MutantFinding| finding.outcome == outcome;
            findings.iter().filter(of_outcome).count()
        };
        Self {
            mutants: findings.len(),
            killed: count(MutantOutcome::Killed),
            survived: count(MutantOutcome::Survived),
            no_cases: count(MutantOutcome::NoCases),
            control,
            without,
            unsteady,
            partial,
            findings,
        }
    }

    /// Whether every mutant was noticed, and no testable requirement is without one.
    #[must_use]
    pub fn is_well(&self) -> bool {
        self.mutants > 0
            && self.without.is_empty()
            && self
                .findings
                .iter()
                .all(|finding| finding.outcome == MutantOutcome::Killed)
    }

    /// A line for each mutant, and one for all.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut out = String::new();
        for finding in &self.findings {
            let MutantFinding {
                requirement,
                mutant,
                what,
                ..
            } = finding;
            let _ = match (finding.outcome, finding.killers.first()) {
                (MutantOutcome::Killed, Some(first)) => writeln!(
                    out,
                    "{requirement} {mutant}: killed by {} of {}, {first}",
                    finding.killers.len(),
                    finding.tried
                ),
                (MutantOutcome::NoCases, _) => {
                    writeln!(out, "{requirement} {mutant}: NO CASES YET ({what})")
                }
                _ => writeln!(
                    out,
                    "{requirement} {mutant}: SURVIVED {} ({what})",
                    finding.cases
                ),
            };
        }
        for case in &self.unsteady {
            let _ = writeln!(out, "{case} passes not always, and was left out");
        }
        for id in &self.without {
            let _ = writeln!(out, "{id} has no mutant");
        }
        let _ = write!(
            out,
            "{} mutants: {} killed, {} survived, {} of requirements that no case cites; {} requirements without a mutant; {} cases",
            self.mutants,
            self.killed,
            self.survived,
            self.no_cases,
            self.without.len(),
            self.control
        );
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(outcome: MutantOutcome) -> MutantFinding {
        MutantFinding {
            requirement: "MOTD-DOC-7".to_owned(),
            mutant: "m".to_owned(),
            what: "w".to_owned(),
            outcome,
            killers: vec!["document/x".to_owned()],
            tried: 1,
            cases: 1,
        }
    }

    #[test]
    fn one_survivor_one_requirement_without_a_mutant_or_no_mutant_at_all_is_not_well() {
        let of = |outcomes: &[MutantOutcome], without: &[&str]| {
            let without = without.iter().map(|id| (*id).to_owned()).collect();
            let findings = outcomes.iter().copied().map(finding).collect();
            KillMatrix::of(findings, 1, without, BTreeSet::new(), false)
        };
        assert!(of(&[MutantOutcome::Killed, MutantOutcome::Killed], &[]).is_well());
        let not_well = [
            of(&[MutantOutcome::Killed, MutantOutcome::Survived], &[]),
            of(&[MutantOutcome::Killed, MutantOutcome::NoCases], &[]),
            of(&[MutantOutcome::Killed], &["MOTD-DOC-8"]),
            of(&[], &[]),
        ];
        for matrix in not_well {
            assert!(!matrix.is_well(), "{}", matrix.to_text());
        }
    }
}
