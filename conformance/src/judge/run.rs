//! A run: all cases that are asked for, several at a time, each worker with a process of its own.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use anyhow::{Result, bail};

use super::attempt::Attempt;
use super::expected::Expected;
use super::verdict::{self, Judged, Seen, Status};
use crate::adapter::{self, AdapterCommand, Hello, MessageIds, Messages, Process};
use crate::case::{Case, Vectors};

/// What is run, and how.
#[derive(Debug)]
pub struct Options {
    /// How the adapter is started.
    pub command: AdapterCommand,
    /// How many at a time.
    pub jobs: usize,
    /// Decides ids and order.
    pub seed: u64,
    /// Only cases that these fit: ids, beginnings that end in `*`, or requirement ids. Empty: all. Bases come along.
    pub only: Vec<String>,
    /// What the implementer expects to fail.
    pub expected: Expected,
}

/// Told about each case when it is over; `true` ends the run.
pub trait Progress: Sync {
    /// Before the first case.
    fn begins(&self, cases: usize);
    /// After each case, in the order in which they end. What counts is decided only in the end.
    fn tried(&self, case: &Case, seen: &Seen);
}

/// Nobody is told.
impl Progress for () {
    fn begins(&self, _: usize) {}
    fn tried(&self, _: &Case, _: &Seen) {}
}

/// What became of a run.
#[derive(Debug)]
pub struct JudgeRun<'a> {
    /// What the implementation says of itself.
    pub hello: Hello,
    /// The cases that were asked for, by id.
    pub cases: Vec<&'a Case>,
    /// What became of each, by id.
    pub judged: Vec<Judged>,
    /// Whether it was ended before its end.
    pub interrupted: bool,
}

impl JudgeRun<'_> {
    /// The statuses by case.
    #[must_use]
    pub fn statuses(&self) -> BTreeMap<String, (Status, Option<String>)> {
        let status = |judged: &Judged| (judged.case.clone(), (judged.status, judged.why.clone()));
        self.judged.iter().map(status).collect()
    }
}

/// Runs the cases. `ended` is looked at between two cases.
///
/// # Errors
/// When the adapter cannot be started or does not say who it is, or when no case is asked for.
pub fn run<'a>(
    vectors: &'a Vectors,
    messages: &Messages,
    options: &Options,
    progress: &dyn Progress,
    ended: &AtomicBool,
) -> Result<JudgeRun<'a>> {
    let mut first = Process::new(
        &options.command,
        messages,
        MessageIds::new(options.seed, usize::MAX),
    );
    let hello = match adapter::hello(&mut first)? {
        Ok(hello) => hello,
        Err(why) => bail!("{why}\n{}", first.take_errors()),
    };
    drop(first);
    let cases = asked_for(&vectors.cases, &options.only)?;
    progress.begins(cases.len());
    let queue: Mutex<VecDeque<&Case>> = Mutex::new(shuffled(&cases, options.seed).into());
    let results = Mutex::new(BTreeMap::new());
    let files = Arc::new(vectors.files.clone());
    std::thread::scope(|scope| {
        for worker in 0..options.jobs.max(1) {
            let (queue, results, files, hello) = (&queue, &results, &files, &hello);
            scope.spawn(move || {
                let ids = MessageIds::new(options.seed, worker);
                let mut process = Process::new(&options.command, messages, ids);
                while !ended.load(Ordering::SeqCst) {
                    let next = queue
                        .lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .pop_front();
                    let Some(case) = next else { return };
                    let tried = tried(case, files, hello, &mut process);
                    progress.tried(case, &tried.0);
                    let mut results = results.lock().unwrap_or_else(PoisonError::into_inner);
                    results.insert(case.id.clone(), tried);
                }
            });
        }
    });
    let mut results = results.into_inner().unwrap_or_else(PoisonError::into_inner);
    let seen = results
        .iter()
        .map(|(id, (seen, _))| (id.clone(), seen.clone()))
        .collect();
    let judged = verdict::decide(&cases, &seen, &options.expected)
        .into_iter()
        .map(|(id, (status, why))| {
            let (_, judged) = results.remove(&id).unwrap_or((Seen::NotTried, empty(&id)));
            Judged {
                status,
                why,
                ..judged
            }
        })
        .collect();
    Ok(JudgeRun {
        hello,
        cases,
        judged,
        interrupted: ended.load(Ordering::SeqCst),
    })
}

fn tried(
    case: &Case,
    files: &Arc<crate::case::VectorFiles>,
    hello: &Hello,
    process: &mut Process<'_>,
) -> (Seen, Judged) {
    if !verdict::claims(hello, case.role.as_str(), &case.level) {
        let why = format!(
            "{} at level {} is not claimed",
            case.role.as_str(),
            case.level
        );
        return (Seen::Unsupported(why), empty(&case.id));
    }
    let started = Instant::now();
    let seen = Attempt { case, files }.run(process);
    let milliseconds = started.elapsed().as_millis().try_into().unwrap_or(u64::MAX);
    let judged = Judged {
        transcript: process.take_transcript(),
        errors: process.take_errors(),
        milliseconds,
        ..empty(&case.id)
    };
    (seen, judged)
}

fn empty(case: &str) -> Judged {
    Judged {
        case: case.to_owned(),
        status: Status::Inconclusive,
        why: None,
        transcript: Vec::new(),
        errors: String::new(),
        milliseconds: 0,
    }
}

/// The cases that are meant, and the bases that they stand on.
///
/// # Errors
/// When a word fits no case.
pub fn asked_for<'a>(cases: &'a [Case], only: &[String]) -> Result<Vec<&'a Case>> {
    let fits = |case: &Case, word: &String| match word.strip_suffix('*') {
        Some(start) => case.id.starts_with(start),
        None => case.id == *word || case.requirements.iter().any(|cited| cited.id == *word),
    };
    if let Some(word) = only
        .iter()
        .find(|word| !cases.iter().any(|case| fits(case, word)))
    {
        bail!("no case is called {word}, and none cites it");
    }
    let mut meant: BTreeSet<&str> = cases
        .iter()
        .filter(|case| only.is_empty() || only.iter().any(|word| fits(case, word)))
        .map(|case| case.id.as_str())
        .collect();
    loop {
        let bases: Vec<&str> = cases
            .iter()
            .filter(|case| meant.contains(case.id.as_str()))
            .filter_map(|case| case.base.as_deref())
            .filter(|base| !meant.contains(base))
            .collect();
        if bases.is_empty() {
            break;
        }
        meant.extend(bases);
    }
    Ok(cases
        .iter()
        .filter(|case| meant.contains(case.id.as_str()))
        .collect())
}

/// Another order with another seed, so that no order is relied on.
fn shuffled<'a>(cases: &[&'a Case], seed: u64) -> Vec<&'a Case> {
    use sha2::{Digest as _, Sha256};
    let mut cases = cases.to_vec();
    cases.sort_by_key(|case| Sha256::digest(format!("{seed}/{}", case.id)).to_vec());
    cases
}

#[cfg(test)]
mod tests;
