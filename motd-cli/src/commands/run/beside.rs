//! What happens beside the command: the sources are asked, and components are looked up where a notice names them.

use std::ffi::OsString;
use std::io::IsTerminal as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use anyhow::Result;
use motd_client::limits::{COLLECT, DEADLINE};
use motd_client::{
    Background, BackgroundConfig, Display, Report, SeenStore, Source, Surroundings, Switch,
    Terminal, decisions, write_to_terminal,
};
use motd_core::{Environment, Mode, SeenState, SourceName, Time, select};

use crate::arguments::RunArguments;
use crate::clock::now;
use crate::commands::config;
use crate::installers::{self, Call, Here, Installed, Program, Questions};
use crate::machine;
use crate::settings::SourceSettings;
use crate::shell::{Shell, is_anothers, never_stop};
use crate::sources::ConfiguredSources;

/// The part of the 200 milliseconds of MOTD-FAIL-4 that is left for writing what was found.
const FOR_WRITING: Duration = Duration::from_millis(40);

/// The part of that for recording what was written, also when the terminal did not take all of it.
const FOR_RECORDING: Duration = Duration::from_millis(20);

/// How long a terminal may take nothing after a command that did not use the network.
const UNREAD: Duration = Duration::from_millis(100);

/// What the threads beside the command say.
pub(super) enum BesideEvent {
    /// A source was asked.
    AskedSource(Box<AskedSource>),
    /// Something that a person can mend.
    Fault(String),
    /// All sources were asked, and what their notices name was looked up.
    Complete,
    /// What was found is shown, and kept as seen.
    Displayed,
    /// A signal came after the command's end.
    Interrupted,
}

/// What a source said.
pub(super) struct AskedSource {
    name: SourceName,
    store: Option<SeenStore>,
    report: Arc<Report>,
}

impl AskedSource {
    /// What was seen of the source.
    fn seen(&self) -> SeenState {
        let seen = self.store.as_ref().and_then(|store| store.load().ok());
        seen.map(|(seen, _)| seen).unwrap_or_default()
    }
}

/// How what was found is shown: known once the configuration was read.
struct DisplayPlan {
    display: Display,
    plain: bool,
    /// Whether the command uses the network, with what its configuration says.
    network: bool,
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
    fn environment<'a>(&self, installed: &'a Installed) -> Environment<'a> {
        let command = self.command.map(str::to_owned);
        machine::environment(installed, command, &[], Some(&self.state), self.now)
    }
}

/// The threads beside a command.
pub(super) struct Beside {
    sender: Sender<BesideEvent>,
    events: Receiver<BesideEvent>,
    /// What the command's words say, and no file.
    call: Option<Call>,
    way: Arc<OnceLock<DisplayPlan>>,
    questions: Questions,
    surroundings: Surroundings,
    /// Whether the command writes to a terminal: this program's own standard output is gone by its end.
    output_is_terminal: bool,
    grace: Duration,
}

impl Beside {
    /// Starts them; returns at once.
    pub(super) fn start(
        arguments: RunArguments,
        program: Option<Program>,
        sender: Sender<BesideEvent>,
        events: Receiver<BesideEvent>,
    ) -> Self {
        let mut surroundings = Surroundings::of_this_process(arguments.quiet);
        if arguments.no_motd {
            surroundings.switch = Switch::Off;
        }
        let mut beside = Self {
            sender: sender.clone(),
            events,
            call: None,
            way: Arc::default(),
            questions: Questions::default(),
            surroundings,
            output_is_terminal: std::io::stdout().is_terminal(),
            grace: arguments
                .grace
                .map_or(COLLECT.saturating_sub(FOR_WRITING), Duration::from_secs),
        };
        // MOTD-OFF-1: no thread, no file, no request.
        if surroundings.switch == Switch::Off {
            return beside;
        }
        // MOTD-FAIL-4: files are opened by the thread alone, which nothing waits for.
        beside.call = look(&arguments.command, None);
        let quiet = beside.call.as_ref().is_some_and(|call| call.asked.quiet);
        beside.surroundings.quiet |= quiet;
        let (surroundings, questions) = (beside.surroundings, beside.questions.clone());
        let way = Arc::clone(&beside.way);
        let work = move || {
            // MOTD-FAIL-1: a defect in here is not the command's.
            let outcome = catch_unwind(AssertUnwindSafe(|| {
                check_source(&arguments, program, surroundings, &questions, &way, &sender)
            }));
            if let Ok(Err(fault)) = outcome {
                let _ = sender.send(BesideEvent::Fault(format!("{fault:#}")));
            }
            // An error means that nobody waits any more.
            let _ = sender.send(BesideEvent::Complete);
        };
        // Without a thread there are no notices, and the command runs all the same.
        let _ = std::thread::Builder::new()
            .name("motd-run".to_owned())
            .spawn(work);
        beside
    }

    /// The command has ended by itself: shows what was found by now, or within the grace when the command used the
    /// network.
    pub(super) fn finish(&self) {
        if self.surroundings.switch == Switch::Off {
            return;
        }
        let by_its_words = || self.call.as_ref().is_some_and(|call| call.asked.network);
        let network = self.way.get().map_or_else(by_its_words, |way| way.network);
        // MOTD-FAIL-4: nothing is waited for when the command did not use the network itself.
        let grace = if network { self.grace } else { Duration::ZERO };
        let begin = Instant::now();
        let Some((answers, fault)) = self.collect(begin + grace) else {
            return;
        };
        // No process stays behind, and what is not known by now is not known.
        self.end();
        let patience = if network { FOR_WRITING } else { UNREAD };
        let end = begin + grace + patience;
        let (way, surroundings) = (Arc::clone(&self.way), self.surroundings);
        let output_is_terminal = self.output_is_terminal;
        let sender = self.sender.clone();
        // The files of what was seen can be as slow as the terminal.
        let work = move || {
            let _ = catch_unwind(AssertUnwindSafe(|| {
                let written = end.checked_sub(FOR_RECORDING).unwrap_or(end);
                // MOTD-SHOW-9: a terminal that another program uses at this moment.
                if !(surroundings.terminal && is_anothers(output_is_terminal)) {
                    tell(way.get(), surroundings, &answers, fault, written);
                }
            }));
            let _ = sender.send(BesideEvent::Displayed);
        };
        let thread = std::thread::Builder::new().name("motd-display".to_owned());
        if thread.spawn(work).is_ok() {
            // MOTD-FAIL-4: what is not written by then is abandoned.
            while let Ok(event) = self.until(end) {
                if matches!(event, BesideEvent::Displayed | BesideEvent::Interrupted) {
                    break;
                }
            }
        }
    }

    /// Whether nothing will be written, whatever the configuration says: it can ask for critical lines anywhere.
    #[cfg(unix)]
    pub(super) fn is_silent(&self) -> bool {
        self.surroundings.switch == Switch::Off
    }

    /// No program is asked any more.
    pub(super) fn end(&self) {
        self.questions.end();
    }

    fn until(&self, end: Instant) -> Result<BesideEvent, RecvTimeoutError> {
        self.events
            .recv_timeout(end.saturating_duration_since(Instant::now()))
    }

    /// What arrives until all is there or the time is over; `None` after an interrupt.
    fn collect(&self, end: Instant) -> Option<(Vec<AskedSource>, Option<String>)> {
        let (mut answers, mut fault) = (Vec::new(), None);
        while let Ok(event) = self.until(end) {
            match event {
                BesideEvent::AskedSource(answer) => answers.push(*answer),
                BesideEvent::Fault(line) => {
                    fault.get_or_insert(line);
                }
                BesideEvent::Complete | BesideEvent::Displayed => break,
                BesideEvent::Interrupted => return None,
            }
        }
        Some((answers, fault))
    }
}

/// What is known of the command: from its words, and from files where it runs in a folder.
fn look(command: &[OsString], folder: Option<&Path>) -> Option<Call> {
    installers::look(
        command,
        &Here {
            variable: &|name| std::env::var(name).ok(),
            folder: folder.unwrap_or(Path::new("")),
            home: folder.and_then(|_| std::env::home_dir()),
            system: Path::new("/"),
            files: folder.is_some(),
        },
    )
}

/// Asks the sources that belong to the command, each from a thread of its own.
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
        network: call.is_some_and(|call| call.asked.network),
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
    std::thread::scope(|scope| {
        for (name, source) in sources {
            let configured = &configured;
            scope.spawn(move || {
                if let Err(fault) = ask_one(configured, name, source, way, ground, sender) {
                    let _ = sender.send(BesideEvent::Fault(format!("{name}: {fault:#}")));
                }
            });
        }
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

fn ask_one(
    configured: &ConfiguredSources,
    name: &SourceName,
    source: &SourceSettings,
    way: &DisplayPlan,
    ground: &ThisMachine,
    sender: &Sender<BesideEvent>,
) -> Result<()> {
    let check = configured.check_config(source, ground.now)?;
    let mut background = Background::start(BackgroundConfig::new(check, way.display));
    background.wait_for_report(DEADLINE + Duration::from_secs(1));
    let Some(report) = background.finish(false).map(Arc::new) else {
        return Ok(());
    };
    let answer = AskedSource {
        name: name.clone(),
        store: SeenStore::open(&ground.state, &source.repository.0).ok(),
        report: Arc::clone(&report),
    };
    let _ = sender.send(BesideEvent::AskedSource(Box::new(answer)));
    // Whom its notices name is looked up here and not at the command's end.
    if let Some(document) = &report.document {
        let _ = select(document, &ground.environment(&way.installed));
    }
    Ok(())
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
    let mut shell = Shell::until(end);
    let ground = way.and_then(|way| Some((way, way.ground.get()?)));
    let begun =
        ground.is_some_and(|(way, ground)| show(way, ground, answers, surroundings, &mut shell));
    let person = way.map_or(surroundings.display(), |way| way.display);
    if let Some(fault) = fault.filter(|_| person == Display::Terminal) {
        if !begun {
            let _ = shell.err().write_all(surroundings.fresh_line.as_bytes());
        }
        // One line; only who reads at a terminal can mend it.
        shell.talk(&format!("motd: {fault}"));
    }
}

/// Shows what is due of all sources together; `true` when something was.
fn show(
    way: &DisplayPlan,
    ground: &ThisMachine,
    answers: &[AskedSource],
    surroundings: Surroundings,
    shell: &mut Shell,
) -> bool {
    let seen: Vec<SeenState> = answers.iter().map(AskedSource::seen).collect();
    let sources: Vec<_> = answers
        .iter()
        .zip(&seen)
        .filter_map(|(answer, seen)| {
            let document = answer.report.document.as_ref()?;
            let name = &answer.name;
            Some(Source {
                name,
                document,
                seen,
            })
        })
        .collect();
    let environment = ground.environment(&way.installed);
    let columns = shell.talk_columns();
    let mut terminal = Terminal::new(&columns, way.plain)
        .with_utf8(shell.is_utf8())
        .after_output(surroundings.fresh_line);
    if way.display == Display::CriticalLines {
        terminal = terminal.critical_alone(surroundings.terminal);
    }
    let run = decisions(&sources, &environment, terminal, Mode::Automatic);
    // MOTD-SHOW-7.
    let written = write_to_terminal(&run, &environment, terminal, "motd list", shell.err());
    for answer in answers {
        let ours = written.iter().filter(|(name, _)| *name == answer.name);
        let shown: Vec<_> = ours.map(|(_, shown)| *shown).collect();
        // MOTD-REP-8. That it cannot be kept is no word worth beside another command's output.
        if let Some(store) = answer.store.as_ref().filter(|_| !shown.is_empty()) {
            let _ = store.record_shown(&shown, ground.now);
        }
    }
    !written.is_empty()
}
