//! `run`: the suite against an adapter.

use std::io::Write as _;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use indicatif::{ProgressBar, ProgressStyle};

use super::{SuiteExit, SuiteShell};
use crate::adapter::{self, Messages};
use crate::arguments::{self, AdapterArguments};
use crate::case::{Case, Vectors};
use crate::judge::{self, Expected, Options, Progress, Seen, Status};
use crate::profile::Profiles;
use crate::report::{self, SuiteReport};
use crate::requirements;

pub(super) fn run(
    arguments: &arguments::JudgeRunArguments,
    shell: &SuiteShell,
) -> Result<SuiteExit> {
    let vectors = match &arguments.vectors {
        Some(folder) => Vectors::read(folder)?,
        None => Vectors::compiled_in()?,
    };
    let expected = match &arguments.expected {
        Some(path) => {
            let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
            Expected::parse(&text, &vectors.cases)?
        }
        None => Expected::default(),
    };
    let options = Options {
        command: command(&arguments.adapter),
        jobs: arguments.jobs.unwrap_or_else(processors),
        seed: arguments.seed.map_or_else(seed, Ok)?,
        only: arguments.only.clone(),
        expected,
    };
    if let Some(out) = &arguments.out {
        std::fs::create_dir_all(out).with_context(|| out.display().to_string())?;
    }
    let ended = Arc::new(AtomicBool::new(false));
    end_on_interrupt(&ended)?;
    let messages = Messages::compile()?;
    let watching = RunProgress::new(arguments.out.as_deref())?;
    let started = Instant::now();
    let run = judge::run(&vectors, &messages, &options, &watching, &ended)?;
    watching.bar.finish_and_clear();
    let blocks = requirements::compiled_in()?;
    let profiles = Profiles::frozen()?;
    let report = SuiteReport::of(
        &run,
        report::Context {
            blocks: &blocks,
            profiles: &profiles,
            command: &arguments.adapter.adapter,
            seed: options.seed,
            selected: !arguments.only.is_empty(),
            whole_transcripts: arguments.transcripts,
            milliseconds: started.elapsed().as_millis().try_into().unwrap_or(u64::MAX),
        },
    );
    if let Some(out) = &arguments.out {
        write(&report, out)?;
    }
    if arguments.json {
        shell.data(&serde_json::to_string_pretty(&report)?);
    } else {
        say(&report, shell);
    }
    // Somebody else's vectors may be as they like, and show nothing about the specification's.
    let is_frozen = |case: &Case| profiles.profile.iter().any(|profile| profile.has(case));
    let foreign = run.cases.iter().filter(|case| !is_frozen(case)).count();
    if foreign > 0 {
        shell.talk(&format!(
            "{foreign} cases are not those of the profile, and no claim rests on them"
        ));
    }
    Ok(SuiteExit::of(
        report.is_well() && !run.interrupted && foreign == 0,
    ))
}

/// How the adapter is started.
pub(super) fn command(adapter: &AdapterArguments) -> adapter::AdapterCommand {
    adapter::AdapterCommand {
        words: adapter.adapter.clone(),
        environment: Vec::new(),
        one_process_per_request: adapter.one_process_per_request,
        grace: Duration::from_secs(adapter.grace),
        longest: None,
    }
}

/// Writes the report in every form.
pub(super) fn write(report: &SuiteReport, out: &Path) -> Result<()> {
    let files = [
        ("report.json", serde_json::to_string_pretty(report)? + "\n"),
        ("junit.xml", report::to_junit(report)?),
        ("report.html", report::to_html(report)?),
        ("report.md", report::to_markdown(report)),
        (
            "badge.json",
            serde_json::to_string_pretty(&report::to_badge(report))? + "\n",
        ),
    ];
    std::fs::create_dir_all(out).with_context(|| out.display().to_string())?;
    for (name, text) in files {
        let path = out.join(name);
        std::fs::write(&path, text).with_context(|| path.display().to_string())?;
    }
    Ok(())
}

fn say(report: &SuiteReport, shell: &SuiteShell) {
    for case in report.open() {
        let judged = &case.judged;
        let why = judged.why.as_deref().unwrap_or_default();
        shell.data(&format!(
            "{:<13} {} [{}] {why}",
            judged.status.as_str(),
            judged.case,
            case.requirements.join(" ")
        ));
    }
    let counts: Vec<String> = Status::ALL
        .iter()
        .map(|status| (status, report.count(*status)))
        .filter(|(_, count)| *count > 0)
        .map(|(status, count)| format!("{count} {}", status.as_str()))
        .collect();
    let who = &report.implementation;
    shell.data(&format!(
        "{} {} ({}): {}",
        who.name,
        who.version,
        who.language,
        counts.join(", ")
    ));
    let asked = |part: &&report::Conformance| {
        let of_part = |case: &report::OfCase| case.role == part.role && case.level == part.level;
        !report.partial || report.cases.iter().any(of_part)
    };
    for part in report.conforms.iter().filter(asked) {
        let word = match (part.conforms, report.partial) {
            (true, _) => "conforms",
            (false, true) => "only a part of its cases was asked for",
            (false, false) => "does not conform",
        };
        shell.data(&format!(
            "{}, {}: {word} ({} of {})",
            part.role.as_str(),
            part.level,
            part.passed,
            part.cases
        ));
    }
    if report.conforms.is_empty() {
        shell.data("nothing is claimed, so nothing was judged");
    }
}

pub(super) fn processors() -> usize {
    std::thread::available_parallelism().map_or(1, Into::into)
}

fn seed() -> Result<u64> {
    // Short enough to be typed again.
    Ok(u64::from(getrandom::u32()?))
}

/// The first interrupt ends the run with what there is; the second ends the program.
pub(super) fn end_on_interrupt(ended: &Arc<AtomicBool>) -> Result<()> {
    for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM] {
        signal_hook::flag::register_conditional_shutdown(signal, 130, Arc::clone(ended))?;
        signal_hook::flag::register(signal, Arc::clone(ended))?;
    }
    Ok(())
}

/// Progress on a terminal, and a line for each case in a file, so that nothing is lost when the program is killed.
struct RunProgress {
    bar: ProgressBar,
    open: std::sync::atomic::AtomicUsize,
    journal: Option<Mutex<std::fs::File>>,
}

impl RunProgress {
    fn new(out: Option<&Path>) -> Result<Self> {
        let bar = ProgressBar::new(0);
        bar.set_style(ProgressStyle::with_template(
            "{wide_bar} {pos}/{len} {msg}",
        )?);
        let journal = match out {
            Some(out) => {
                let path = out.join("journal.jsonl");
                let file =
                    std::fs::File::create(&path).with_context(|| path.display().to_string())?;
                Some(Mutex::new(file))
            }
            None => None,
        };
        Ok(Self {
            bar,
            open: 0.into(),
            journal,
        })
    }
}

impl Progress for RunProgress {
    fn begins(&self, cases: usize) {
        self.bar.set_length(cases as u64);
    }

    fn tried(&self, case: &Case, seen: &Seen) {
        if !matches!(seen, Seen::AsExpected | Seen::Unsupported(_)) {
            let open = self.open.fetch_add(1, Ordering::SeqCst) + 1;
            self.bar.set_message(format!("{open} not as expected"));
        }
        self.bar.inc(1);
        if let Some(journal) = &self.journal {
            let (word, why) = seen.in_words();
            let line = serde_json::json!({ "case": case.id, "seen": word, "why": why });
            let mut journal = journal.lock().unwrap_or_else(PoisonError::into_inner);
            let _ = writeln!(journal, "{line}");
        }
    }
}
