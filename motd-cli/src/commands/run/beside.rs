//! What happens beside the command: the sources are asked, and components are looked up where a notice names them.

use std::cell::Cell;
use std::ffi::OsString;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use anyhow::Result;
use motd_client::{
    Display, HeldSeen, SeenStore, Source, Surroundings, Terminal, check_beside, check_offline,
    decisions, write_to_terminal,
};
use motd_core::{
    Document, Environment, Mode, RepositoryId, Run, SeenState, SourceName, Time, Verified, select,
};

use crate::arguments::{ReaderPaths, RunArguments};
use crate::clock::now;
use crate::commands::config;
use crate::installers::{self, Call, Here, Installed, Program, Questions};
use crate::machine;
use crate::settings::SourceSettings;
use crate::shell::{Shell, never_stop, talk_columns, talk_is_terminal};
use crate::sources::ConfiguredSources;

/// What happens beside the command.
pub(super) enum BesideEvent {
    /// What a source says from now on, if anything: what is stored, and then what became of its check.
    Says(SourceName, Option<AskedSource>),
    /// Something that a person can mend.
    Fault(String),
    /// All sources were asked, and what their notices name was looked up.
    Complete,
    /// The command has ended, and there is so much time to show what was found.
    Show(Duration),
}

/// After a command of this length what is displayed is decided anew. Chapter 6, MOTD-GATE-1.
const LONG_COMMAND: Duration = Duration::from_mins(1);

/// What the helper says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Word {
    /// It hears what it is told, and begins.
    Begun,
    /// There may be something to show.
    Found,
    /// There will be nothing more.
    Complete,
}

/// What a source says.
pub(super) struct AskedSource {
    name: SourceName,
    store: SeenStore,
    document: Arc<Verified<Document>>,
}

impl AskedSource {
    /// What was seen of it; where a display is recorded, no other process changes that for now.
    fn seen(&self, is_recorded: bool) -> Option<SeenSource<'_>> {
        let held = is_recorded.then(|| self.store.hold()).transpose().ok()?;
        let seen = match &held {
            Some(held) => held.state().clone(),
            None => self.store.load().ok()?.0,
        };
        Some(SeenSource {
            answer: self,
            seen,
            held,
        })
    }
}

/// What a source says, and what was seen of it.
struct SeenSource<'a> {
    answer: &'a AskedSource,
    seen: SeenState,
    held: Option<HeldSeen>,
}

/// How what was found is shown: known once the configuration was read.
struct DisplayPlan {
    display: Display,
    plain: bool,
    places: ReaderPaths,
    /// The time that was given in the place of the clock's.
    given: Option<Time>,
    installed: Installed,
    ground: OnceLock<ThisMachine>,
}

/// What decides whom a notice concerns: known once a source is asked.
struct ThisMachine {
    now: Time,
    command: Option<&'static str>,
    state: PathBuf,
}

impl ThisMachine {
    /// The same at a later time, when that much later that what was found is old.
    fn later(&self, given: Option<Time>) -> Option<Self> {
        let now = now(given).ok()?;
        let is_later = now.seconds_since(self.now) >= LONG_COMMAND.as_secs();
        is_later.then(|| Self {
            now,
            command: self.command,
            state: self.state.clone(),
        })
    }

    fn environment<'a>(&self, installed: &'a Installed) -> Environment<'a> {
        let command = self.command.map(str::to_owned);
        machine::environment(installed, command, &[], Some(&self.state), self.now)
    }
}

/// Asks the sources that belong to the command, and shows what they say when the wrapper says that the command has ended.
pub(super) fn work(
    arguments: RunArguments,
    program: Option<Program>,
    sender: Sender<BesideEvent>,
    events: &Receiver<BesideEvent>,
    questions: &Questions,
    say: impl Fn(Word),
) {
    let mut surroundings = Surroundings::of_this_process(arguments.quiet);
    surroundings.terminal = talk_is_terminal();
    let call = look(&arguments.command, None);
    surroundings.quiet |= call.is_some_and(|call| call.asked.quiet);
    let way: Arc<OnceLock<DisplayPlan>> = Arc::default();
    let (plan, asked) = (Arc::clone(&way), questions.clone());
    let check = move || {
        // MOTD-FAIL-1.
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            check_source(&arguments, program, surroundings, &asked, &plan, &sender)
        }));
        if let Ok(Err(fault)) = outcome {
            let _ = sender.send(BesideEvent::Fault(format!("{fault:#}")));
        }
        let _ = sender.send(BesideEvent::Complete);
    };
    say(Word::Begun);
    if std::thread::Builder::new().spawn(check).is_err() {
        return;
    }
    let (mut answers, mut fault) = (Vec::new(), None);
    for event in events {
        match event {
            BesideEvent::Says(name, answer) => {
                answers.retain(|earlier: &AskedSource| earlier.name != name);
                if let Some(answer) = answer {
                    answers.push(answer);
                    say(Word::Found);
                }
            }
            BesideEvent::Fault(line) => {
                fault.get_or_insert(line);
                say(Word::Found);
            }
            BesideEvent::Complete if answers.is_empty() && fault.is_none() => return,
            BesideEvent::Complete => say(Word::Complete),
            BesideEvent::Show(left) => {
                // What is not known by now is not known.
                questions.end();
                // The other half is for recording it, also when the terminal did not take all of it.
                let until = Instant::now() + left / 2;
                return tell(way.get(), surroundings, &answers, fault, until);
            }
        }
    }
}

/// What is known of the command: from its words, and from files where it runs in a folder.
pub(super) fn look(command: &[OsString], folder: Option<&Path>) -> Option<Call> {
    installers::look(
        command,
        &Here {
            variable: &|name| std::env::var(name).ok(),
            folder: folder.unwrap_or(Path::new("")),
            home: std::env::home_dir().filter(|home| folder.is_some() && home.is_absolute()),
            system: Path::new("/"),
            left: Cell::new(if folder.is_some() { Here::BYTES } else { 0 }),
        },
    )
}

/// Threads that verify. Each takes one of the processes that the user may have. A thread asks all of its sources at once, so a
/// server that stalls keeps none from being asked.
const WORKERS: usize = 4;

/// Asks the sources that belong to the command.
fn check_source(
    arguments: &RunArguments,
    program: Option<Program>,
    surroundings: Surroundings,
    questions: &Questions,
    way: &OnceLock<DisplayPlan>,
    sender: &Sender<BesideEvent>,
) -> Result<()> {
    let configured = ConfiguredSources::read(&arguments.places)?;
    let shown = config::shown(&configured.settings, surroundings);
    // MOTD-OFF-1, MOTD-SHOW-9: nothing is opened or asked for a person who sees nothing.
    let silent = matches!(shown.display, Display::Off | Display::Nothing);
    let folder = std::env::current_dir().unwrap_or_default();
    let call = (!silent).then(|| look(&arguments.command, Some(&folder)));
    let call = call.flatten();
    let call = call.as_ref();
    let way = way.get_or_init(|| DisplayPlan {
        display: shown.display,
        plain: shown.plain,
        places: arguments.places.clone(),
        given: arguments.now,
        installed: Installed::of_call(&configured.settings, call, program, questions),
        ground: OnceLock::new(),
    });
    if silent {
        return Ok(());
    }
    let sources = of_command(&configured, &arguments.sources, call)?;
    if sources.is_empty() {
        return Ok(());
    }
    // MOTD-GATE-1: one reference time for all of them.
    let now = now(arguments.now)?;
    let state = configured.state()?;
    way.installed.keep_in(&state, now);
    let ground = way.ground.get_or_init(|| ThisMachine {
        now,
        command: call.and_then(|call| call.asked.token),
        state,
    });
    let workers = sources.len().min(WORKERS);
    let left = Mutex::new(sources.into_iter());
    let next = || left.lock().unwrap_or_else(PoisonError::into_inner).next();
    // What is wrong with one source is said, and the next one is taken.
    let checks = || {
        std::iter::from_fn(&next).filter_map(|(name, source)| {
            match configured.check_config(source, now) {
                Ok(check) => Some(((name.clone(), source.repository.0.clone()), check)),
                Err(fault) => {
                    let _ = sender.send(BesideEvent::Fault(format!("{name}: {fault:#}")));
                    None
                }
            }
        })
    };
    let (found, documents) = channel::<Arc<Verified<Document>>>();
    let work = |found: Sender<_>| {
        check_beside(
            checks(),
            |(name, repository): (SourceName, RepositoryId), report| {
                let document = report.document.map(Arc::new);
                let answer = document.and_then(|document| {
                    // What cannot be recorded is not displayed.
                    let store = SeenStore::open(&ground.state, &repository).ok()?;
                    let _ = found.send(Arc::clone(&document));
                    Some(AskedSource {
                        name: name.clone(),
                        store,
                        document,
                    })
                });
                let _ = sender.send(BesideEvent::Says(name, answer));
            },
        );
    };
    std::thread::scope(|scope| {
        // Whom their notices name is looked up here and not at the command's end. A program that is asked holds up no source.
        let look_up = move || {
            for document in documents {
                let _ = select(&document, &ground.environment(&way.installed));
            }
        };
        let _ = std::thread::Builder::new().spawn_scoped(scope, look_up);
        for _ in 1..workers {
            let (work, found) = (&work, found.clone());
            // Without a process for one more, this thread asks them all.
            let _ = std::thread::Builder::new().spawn_scoped(scope, move || work(found));
        }
        work(found);
    });
    Ok(())
}

/// The sources that were named; else those that are bound to what the command uses, and those bound to nothing.
fn of_command<'a>(
    configured: &'a ConfiguredSources,
    named: &[SourceName],
    call: Option<&Call>,
) -> Result<Vec<(&'a SourceName, &'a SourceSettings)>> {
    for name in named {
        configured.source(name)?;
    }
    let used = call.and_then(|call| call.asked.repositories.as_deref());
    let mut sources = configured.sources(None)?;
    sources.retain(|(name, source)| {
        if named.is_empty() {
            source.is_bound_to(used)
        } else {
            named.contains(name)
        }
    });
    Ok(sources)
}

/// Shows what was found.
fn tell(
    way: Option<&DisplayPlan>,
    surroundings: Surroundings,
    answers: &[AskedSource],
    fault: Option<String>,
    end: Instant,
) {
    // The terminal can be given to another program from here on.
    never_stop();
    let mut shell = Shell::beside(end);
    let ground = way.and_then(|way| Some((way, way.ground.get()?)));
    let begun = ground.is_some_and(|(way, ground)| match ground.later(way.given) {
        None => show(way, ground, answers, surroundings, &mut shell),
        Some(ground) => {
            let answers = again(way, &ground, answers, surroundings).unwrap_or_default();
            show(way, &ground, &answers, surroundings, &mut shell)
        }
    });
    let person = way.map_or(surroundings.display(), |way| way.display);
    if let Some(fault) = fault.filter(|_| person == Display::Terminal) {
        if !begun {
            let _ = shell.err().write_all(surroundings.fresh_line.as_bytes());
        }
        // One line; only who reads at a terminal can mend it.
        shell.talk(&format!("motd: {fault}"));
    }
}

/// What the same sources say by the configuration and the store of now, unless what is shown has been changed meanwhile.
fn again(
    way: &DisplayPlan,
    ground: &ThisMachine,
    answers: &[AskedSource],
    surroundings: Surroundings,
) -> Result<Vec<AskedSource>> {
    let configured = ConfiguredSources::read(&way.places)?;
    if config::shown(&configured.settings, surroundings).display != way.display {
        return Ok(Vec::new());
    }
    let answers = answers.iter().filter_map(|answer| {
        let source = configured.source(&answer.name).ok()?;
        let report = check_offline(&configured.check_config(source, ground.now).ok()?);
        Some(AskedSource {
            name: answer.name.clone(),
            store: SeenStore::open(&ground.state, &source.repository.0).ok()?,
            document: Arc::new(report.document?),
        })
    });
    Ok(answers.collect())
}

/// Shows what is due of all sources together; `true` when something was.
fn show(
    way: &DisplayPlan,
    ground: &ThisMachine,
    answers: &[AskedSource],
    surroundings: Surroundings,
    shell: &mut Shell,
) -> bool {
    let environment = ground.environment(&way.installed);
    let mut terminal = Terminal::new(&talk_columns, way.plain)
        .with_utf8(shell.is_utf8())
        .after_output(surroundings.fresh_line);
    let is_recorded = way.display != Display::CriticalLines;
    if !is_recorded {
        terminal = terminal.critical_alone(surroundings.terminal);
    }
    // MOTD-REP-1: a source whose display could not be recorded has nothing to say.
    let seen = answers.iter().map(|answer| answer.seen(is_recorded));
    let mut sources: Vec<_> = seen.flatten().collect();
    loop {
        let run = decide(&sources, &environment, terminal);
        let is_due = |name: &SourceName| {
            let mut decisions = run.decisions.iter();
            decisions.any(|(source, decision)| source == name && decision.shown().is_some())
        };
        let cannot = |held: &HeldSeen| held.reserve().is_err();
        let unrecorded = sources.iter().position(|source| {
            is_due(&source.answer.name) && source.held.as_ref().is_some_and(cannot)
        });
        if let Some(index) = unrecorded {
            // What the others say takes its place.
            sources.swap_remove(index);
            continue;
        }
        // MOTD-SHOW-7.
        let written =
            write_to_terminal(&run, &environment, terminal, Some("motd list"), shell.err());
        for source in &sources {
            let ours = written
                .iter()
                .filter(|(name, _)| *name == source.answer.name);
            let shown: Vec<_> = ours.map(|(_, shown)| *shown).collect();
            // MOTD-REP-8. That it cannot be kept is no word worth beside another command's output.
            // MOTD-REP-6: nor that a time was corrected.
            if let Some(held) = &source.held {
                let _ = held.record_shown(&shown, ground.now);
            }
        }
        return !written.is_empty();
    }
}

/// What becomes of the notices of all sources.
fn decide<'a>(
    sources: &'a [SeenSource<'_>],
    environment: &Environment<'_>,
    terminal: Terminal<'_>,
) -> Run<'a, SourceName> {
    let sources = sources.iter().map(|source| Source {
        name: &source.answer.name,
        document: &source.answer.document,
        seen: &source.seen,
    });
    let sources: Vec<_> = sources.collect();
    decisions(&sources, environment, terminal, Mode::Automatic)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_a_minute_a_display_has_a_time_of_its_own() {
        let ground = |now: &str| ThisMachine {
            now: now.parse().unwrap(),
            command: Some("install"),
            state: PathBuf::from("state"),
        };
        let begun = ground("2026-11-01T00:00:00Z");
        for (end, later) in [
            ("2026-10-01T00:00:00Z", None),
            ("2026-11-01T00:00:59Z", None),
            ("2026-11-01T00:01:00Z", Some("2026-11-01T00:01:00Z")),
        ] {
            let found = begun.later(Some(end.parse().unwrap()));
            let found = found.map(|ground| ground.now);
            assert_eq!(found, later.map(|later| ground(later).now), "{end}");
        }
    }
}
