//! Runs the cases against each mutant.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::Result;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Mutant, Table, source::VARIABLE};
use crate::adapter::{AdapterCommand, MessageIds, Messages, Process};
use crate::case::{Case, Side, Vectors};
use crate::judge::{self, Attempt, Expected, Options, Progress, Seen, Status};

/// How long other cases are tried once one has noticed. What a mutant breaks shows in milliseconds or not until the end
/// of somebody's patience.
const AFTERWARDS: Duration = Duration::from_millis(500);

/// What is run, and against what.
#[derive(Debug)]
pub struct Trial<'a> {
    /// The cases.
    pub vectors: &'a Vectors,
    /// The protocol.
    pub messages: &'a Messages,
    /// How the copy's adapter is started.
    pub command: AdapterCommand,
    /// How many at a time.
    pub jobs: usize,
    /// Only mutants of these requirements; empty: all.
    pub only: Vec<String>,
}

/// The run without a mutant.
#[derive(Debug, Default)]
pub struct Control {
    /// How many cases were run.
    pub cases: usize,
    /// Those that are no pass, and why. Nothing is proven while there are any.
    pub failures: Vec<(String, Status, Option<String>)>,
    /// Those that were none at first, and one alone afterwards. They prove nothing, and kill nobody.
    pub unsteady: BTreeSet<String>,
}

/// What became of a mutant.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename = "Outcome", rename_all = "kebab-case")]
pub enum MutantOutcome {
    /// A case that cites its requirement is no pass.
    Killed,
    /// All cases that cite its requirement are as they were.
    Survived,
    /// No case cites its requirement.
    NoCases,
}

impl MutantOutcome {
    /// Its name in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Killed => "killed",
            Self::Survived => "survived",
            Self::NoCases => "no-cases",
        }
    }
}

/// A mutant, tried.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename = "Finding", deny_unknown_fields)]
pub struct MutantFinding {
    /// The requirement that it breaks.
    pub requirement: String,
    /// The mutant.
    pub mutant: String,
    /// What is off.
    pub what: String,
    /// What became of it.
    pub outcome: MutantOutcome,
    /// The cases that killed it, the most telling first.
    pub killers: Vec<String>,
    /// How many cases that cite the requirement were tried.
    pub tried: usize,
    /// How many there are.
    pub cases: usize,
}

impl Trial<'_> {
    /// The mutants that are meant, with their numbers.
    fn meant<'t>(&self, table: &'t Table) -> Vec<(usize, &'t Mutant)> {
        let is_meant =
            |mutant: &Mutant| self.only.is_empty() || self.only.contains(&mutant.requirement);
        table
            .numbered()
            .filter(|(_, mutant)| is_meant(mutant))
            .collect()
    }

    /// Runs all cases that any mutant will be tried with, and no mutant.
    ///
    /// # Errors
    /// When the adapter cannot be started.
    pub fn control(
        &self,
        table: &Table,
        progress: &dyn Progress,
        ended: &AtomicBool,
    ) -> Result<Control> {
        let cited = |id: &String| self.vectors.cases.iter().any(|case| cites(case, id));
        let mut only: Vec<String> = self
            .meant(table)
            .iter()
            .map(|(_, mutant)| mutant.requirement.clone())
            .collect();
        only.retain(cited);
        if only.is_empty() {
            return Ok(Control::default());
        }
        let mut options = Options {
            command: self.command.clone(),
            jobs: self.jobs,
            seed: 0,
            only,
            expected: Expected::default(),
        };
        let run = judge::run(self.vectors, self.messages, &options, progress, ended)?;
        let mut failures = failures(&run);
        let mut unsteady = BTreeSet::new();
        if !failures.is_empty() && !ended.load(Ordering::SeqCst) {
            // A busy machine is late sometimes.
            options.only = failures.iter().map(|(case, ..)| case.clone()).collect();
            options.jobs = 1;
            let again = judge::run(self.vectors, self.messages, &options, progress, ended)?;
            unsteady.extend(options.only);
            failures = self::failures(&again);
            unsteady.retain(|case| failures.iter().all(|(failed, ..)| failed != case));
        }
        Ok(Control {
            cases: run.cases.len(),
            failures,
            unsteady,
        })
    }

    /// Tries the mutants, several at a time; `tried` is told of each. Unsteady cases are left out.
    pub fn run(
        &self,
        table: &Table,
        unsteady: &BTreeSet<String>,
        tried: &(dyn Fn(&MutantFinding) + Sync),
        ended: &AtomicBool,
    ) -> Vec<MutantFinding> {
        let queue: Mutex<VecDeque<_>> = Mutex::new(self.meant(table).into());
        let findings = Mutex::new(BTreeMap::new());
        std::thread::scope(|scope| {
            for worker in 0..self.jobs.max(1) {
                let (queue, findings) = (&queue, &findings);
                scope.spawn(move || {
                    while !ended.load(Ordering::SeqCst) {
                        let next = queue
                            .lock()
                            .unwrap_or_else(PoisonError::into_inner)
                            .pop_front();
                        let Some((number, mutant)) = next else { return };
                        let finding = self.one(number, mutant, unsteady, worker);
                        tried(&finding);
                        findings
                            .lock()
                            .unwrap_or_else(PoisonError::into_inner)
                            .insert(number, finding);
                    }
                });
            }
        });
        findings
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner)
            .into_values()
            .collect()
    }

    fn one(
        &self,
        number: usize,
        mutant: &Mutant,
        unsteady: &BTreeSet<String>,
        worker: usize,
    ) -> MutantFinding {
        let mut command = self.command.clone();
        command
            .environment
            .push((VARIABLE.to_owned(), number.to_string()));
        let mut process = Process::new(
            &command,
            self.messages,
            MessageIds::new(number as u64, worker),
        );
        let files = Arc::new(self.vectors.files.clone());
        // A requirement that no case cites is an outcome, and no error.
        let cases = judge::asked_for(
            &self.vectors.cases,
            std::slice::from_ref(&mutant.requirement),
        )
        .unwrap_or_default();
        let mut seen = BTreeMap::new();
        let mut killed_at: Option<Instant> = None;
        for case in in_order(&cases, &mutant.requirement) {
            if unsteady.contains(&case.id) {
                continue;
            }
            if killed_at.is_some_and(|moment| moment.elapsed() > AFTERWARDS) {
                break;
            }
            let attempt = Attempt {
                case,
                files: &files,
            };
            let mut attempted = attempt.run(&mut process);
            if is_noticed(case, mutant, &attempted) && killed_at.is_none() {
                // The first one is the proof: a busy machine that was late once is none.
                attempted = attempt.run(&mut process);
            }
            // The transcript of a case is of no use here, and would be kept for ever.
            process.take_transcript();
            if is_noticed(case, mutant, &attempted) {
                killed_at = killed_at.or_else(|| Some(Instant::now()));
            }
            seen.insert(case.id.clone(), attempted);
        }
        finding(mutant, &cases, &seen)
    }
}

/// Whether a case that cites the requirement is other than without the mutant.
fn is_noticed(case: &Case, mutant: &Mutant, seen: &Seen) -> bool {
    cites(case, &mutant.requirement)
        && matches!(seen, Seen::Otherwise(_) | Seen::Crash(_) | Seen::Timeout(_))
}

/// The cases that are no pass.
fn failures(run: &judge::JudgeRun<'_>) -> Vec<(String, Status, Option<String>)> {
    let statuses = run.statuses().into_iter();
    let failures = statuses.filter(|(_, (status, _))| *status != Status::Pass);
    failures
        .map(|(case, (status, why))| (case, status, why))
        .collect()
}

/// What the attempts come to.
fn finding(mutant: &Mutant, cases: &[&Case], seen: &BTreeMap<String, Seen>) -> MutantFinding {
    let statuses = judge::decide(cases, seen, &Expected::default());
    let citing: Vec<&Case> = in_order(cases, &mutant.requirement)
        .into_iter()
        .filter(|case| cites(case, &mutant.requirement))
        .collect();
    let is_killer = |case: &&&Case| {
        statuses
            .get(&case.id)
            .is_some_and(|(status, _)| kills(*status))
    };
    let killers: Vec<String> = citing
        .iter()
        .filter(is_killer)
        .map(|case| case.id.clone())
        .collect();
    let outcome = match (citing.is_empty(), killers.is_empty()) {
        (true, _) => MutantOutcome::NoCases,
        (false, true) => MutantOutcome::Survived,
        (false, false) => MutantOutcome::Killed,
    };
    MutantFinding {
        requirement: mutant.requirement.clone(),
        mutant: mutant.id.clone(),
        what: mutant.what.clone(),
        outcome,
        killers,
        tried: citing
            .iter()
            .filter(|case| seen.contains_key(&case.id))
            .count(),
        cases: citing.len(),
    }
}

/// Whether a case with this status has noticed. A case whose base fails and that is as it should be has not: it would say
/// the same of an implementation that refuses everything.
const fn kills(status: Status) -> bool {
    matches!(status, Status::Fail | Status::Crash | Status::Timeout)
}

fn cites(case: &Case, requirement: &str) -> bool {
    case.requirements
        .iter()
        .any(|cited| cited.id == requirement)
}

/// Those that isolate the requirement first, of these the negative ones; last the bases that do not cite it.
fn in_order<'c>(cases: &[&'c Case], requirement: &str) -> Vec<&'c Case> {
    let isolates = |case: &Case| {
        case.requirements
            .first()
            .is_some_and(|cited| cited.id == requirement)
    };
    let mut cases = cases.to_vec();
    cases.sort_by_key(|case| {
        (
            !cites(case, requirement),
            !isolates(case),
            case.side == Side::Positive,
            case.steps.len(),
        )
    });
    cases
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::case::sample::case;

    fn mutant() -> Mutant {
        Mutant {
            requirement: "MOTD-DOC-7".to_owned(),
            id: "m".to_owned(),
            what: String::new(),
            file: String::new(),
            find: String::new(),
            replace: String::new(),
            more: Vec::new(),
        }
    }

    /// What becomes of a mutant under which the base and the negative case were seen so.
    fn outcome(base_cites: &str, base: Seen, negative: Seen) -> (MutantOutcome, Vec<String>) {
        let cases = [
            case("base", Side::Positive, None, &[base_cites]),
            case("negative", Side::Negative, Some("base"), &["MOTD-DOC-7"]),
        ];
        let seen = BTreeMap::from([("base".to_owned(), base), ("negative".to_owned(), negative)]);
        let finding = finding(&mutant(), &cases.iter().collect::<Vec<_>>(), &seen);
        (finding.outcome, finding.killers)
    }

    fn otherwise() -> Seen {
        Seen::Otherwise(json!("accepted").to_string())
    }

    #[test]
    fn a_case_that_is_no_pass_kills() {
        let killed = (MutantOutcome::Killed, vec!["negative".to_owned()]);
        for seen in [
            otherwise(),
            Seen::Crash(String::new()),
            Seen::Timeout(String::new()),
        ] {
            assert_eq!(outcome("MOTD-DOC-6", Seen::AsExpected, seen), killed);
        }
    }

    #[test]
    fn all_as_it_was_is_a_survivor() {
        let survived = (MutantOutcome::Survived, Vec::new());
        assert_eq!(
            outcome("MOTD-DOC-7", Seen::AsExpected, Seen::AsExpected),
            survived
        );
    }

    #[test]
    fn inconclusive_unsupported_and_trouble_of_the_judge_do_not_kill() {
        let survived = (MutantOutcome::Survived, Vec::new());
        assert_eq!(
            outcome("MOTD-DOC-6", otherwise(), Seen::AsExpected),
            survived
        );
        assert_eq!(
            outcome(
                "MOTD-DOC-6",
                Seen::AsExpected,
                Seen::Unsupported(String::new())
            ),
            survived
        );
        assert_eq!(
            outcome("MOTD-DOC-6", Seen::AsExpected, Seen::Harness(String::new())),
            survived
        );
        assert_eq!(
            outcome("MOTD-DOC-6", Seen::AsExpected, Seen::NotTried),
            survived
        );
    }

    #[test]
    fn a_base_that_fails_kills_when_it_cites_the_requirement() {
        let killed = (MutantOutcome::Killed, vec!["base".to_owned()]);
        assert_eq!(outcome("MOTD-DOC-7", otherwise(), Seen::AsExpected), killed);
    }

    #[test]
    fn without_a_case_nothing_is_said() {
        let case = case("other", Side::Positive, None, &["MOTD-DOC-6"]);
        let finding = finding(&mutant(), &[&case], &BTreeMap::new());
        assert_eq!(
            (finding.outcome, finding.cases),
            (MutantOutcome::NoCases, 0)
        );
    }

    #[test]
    fn what_isolates_the_requirement_comes_first() {
        let cases = [
            case("base", Side::Positive, None, &["MOTD-DOC-6"]),
            case(
                "beside",
                Side::Negative,
                Some("base"),
                &["MOTD-DOC-6", "MOTD-DOC-7"],
            ),
            case("good", Side::Positive, None, &["MOTD-DOC-7"]),
            case("bad", Side::Negative, Some("base"), &["MOTD-DOC-7"]),
        ];
        let cases: Vec<&Case> = cases.iter().collect();
        let order: Vec<&str> = in_order(&cases, "MOTD-DOC-7")
            .iter()
            .map(|case| case.id.as_str())
            .collect();
        assert_eq!(order, ["bad", "good", "beside", "base"]);
    }
}
