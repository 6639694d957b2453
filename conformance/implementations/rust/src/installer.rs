//! Role installer: one run for one source.

use std::io::Write as _;
use std::thread::sleep;
use std::time::Duration;

use anyhow::Context as _;
use motd_client::transport::ProxyChoice;
use motd_client::{
    Background, BackgroundConfig, CheckConfig, Display, GateState, Installer, Report, SeenStore,
    Source, Surroundings, Switch, Terminal, check_blocking, check_offline, decisions,
    write_to_terminal,
};
use motd_core::{Code, Mode, NoticeId, Run, SkipReason, SourceName, Time, Verdict};
use serde_json::{Value, json};

use crate::display::{HOW, columns, text};
use crate::message::{self, Acknowledge, Check, Fault, Kind, Outcome, OutputForm};

const OFF: &str = "notices are switched off (MOTD=off)";
const TOO_NARROW: &str = "the terminal is too narrow to show the notices";

pub(crate) fn check(request: &Check) -> Outcome {
    let Configured { name, check } = Configured::read(
        &request.source,
        (&request.installer.name, &request.installer.version),
        request.now,
    )?;
    let deadline = Duration::from_millis(request.deadline_milliseconds);
    let interval = Duration::from_secs(request.interval_seconds);
    let mut check = check.with_deadline(deadline).with_interval(interval);
    check.state_dir.clone_from(&request.state);
    let run = InstallerRun {
        request,
        name,
        check,
    };
    match request.kind {
        Kind::Explicit => run.asked(Mode::Automatic),
        Kind::List => run.asked(Mode::List),
        Kind::Automatic => run.beside(),
    }
}

pub(crate) fn acknowledge(request: &Acknowledge) -> Outcome {
    let config = Configured::read(&request.source, ("motd-adapter", "1"), request.now)?;
    let store = SeenStore::open(&request.state, &config.check.repository)
        .map_err(|why| Fault::Failed(anyhow::anyhow!(why.fact())))?;
    for id in &request.ids {
        // What is no id is the id of no notice, and neither was shown.
        if let Ok(id) = id.parse::<NoticeId>() {
            store
                .acknowledge(&id)
                .map_err(|error| Fault::Failed(error.into()))?;
        }
    }
    Ok(json!({}))
}

/// A source as the library takes it, without state.
struct Configured {
    name: SourceName,
    check: CheckConfig,
}

impl Configured {
    fn read(source: &message::Source, installer: (&str, &str), now: Time) -> Result<Self, Fault> {
        // MOTD-SHOW-8.
        let name = source.name.parse().map_err(|_| Fault::NOT_A_SOURCE)?;
        let repository = source.repository.parse().map_err(|_| Fault::NOT_A_SOURCE)?;
        let metadata_url = source
            .metadata_url
            .parse()
            .map_err(|_| Fault::NOT_A_SOURCE)?;
        let targets_url = source
            .targets_url
            .parse()
            .map_err(|_| Fault::NOT_A_SOURCE)?;
        let installer = Installer::new(installer.0, installer.1)
            .context("the installer's name or version")
            .map_err(Fault::Failed)?;
        let root = source.root.0.clone();
        let check = CheckConfig::new(root, repository, metadata_url, installer, now)
            .and_then(|check| check.with_targets_url(targets_url));
        let mut check = check.map_err(|_| Fault::NOT_A_SOURCE)?;
        if source.kind == message::SourceKind::InBand {
            check = check.in_band();
        }
        // The environment of this process is nobody's.
        check.http.proxy = ProxyChoice::Direct;
        // MOTD-BOOT-1: without state and network, all that can fail is the root.
        if check_offline(&check).failure.is_some() {
            return Err(Fault::NOT_A_SOURCE);
        }
        Ok(Self { name, check })
    }
}

/// One run.
struct InstallerRun<'a> {
    request: &'a Check,
    name: SourceName,
    check: CheckConfig,
}

/// What an installer would have written.
#[derive(Default)]
struct Written {
    stdout: String,
    stderr: Vec<u8>,
}

impl Written {
    /// A line about the run, and not of a notice.
    fn talk(&mut self, line: &str) {
        // Memory takes every line.
        let _ = writeln!(self.stderr, "{line}");
    }

    fn result(self, exit_status: u8, report: Option<&Value>) -> Outcome {
        Ok(json!({
            "exit_status": exit_status,
            "stdout": self.stdout,
            "stderr": text(self.stderr)?,
            "report": report,
        }))
    }
}

/// How notices are written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum PrintedForm {
    /// One object for a program.
    Json,
    /// The lines of a terminal.
    Lines,
    /// One line of ASCII for each critical notice.
    CriticalLines,
}

impl InstallerRun<'_> {
    fn surroundings(&self) -> Surroundings {
        let output = &self.request.output;
        self.request.machine.surroundings(
            output.form == OutputForm::Terminal,
            output.quiet || output.form == OutputForm::Json,
        )
    }

    /// The explicit check, or the list that a reader asked for.
    fn asked(&self, mode: Mode) -> Outcome {
        let mut written = Written::default();
        // MOTD-OFF-1: before anything is read or sent.
        if self.surroundings().switch == Switch::Off {
            written.talk(OFF);
            return written.result(0, None);
        }
        let report = if self.request.offline {
            check_offline(&self.check)
        } else {
            check_blocking(&self.check).map_err(|error| Fault::Failed(error.into()))?
        };
        let form = match self.request.output.form {
            OutputForm::Json => PrintedForm::Json,
            OutputForm::Terminal | OutputForm::Pipe => PrintedForm::Lines,
        };
        let answer = self.show(&report, mode, form, &mut written);
        written.result(report.exit_status(), Some(&answer))
    }

    /// A run beside a command's own work.
    fn beside(&self) -> Outcome {
        let form = match self.surroundings().display() {
            Display::Off | Display::Nothing => None,
            Display::CriticalLines => Some(PrintedForm::CriticalLines),
            Display::Terminal => Some(PrintedForm::Lines),
        };
        let background = self.background();
        let mut written = Written::default();
        let (mut used_network, mut exit_status) = (false, 0);
        if let Some(command) = &self.request.command {
            sleep(Duration::from_millis(command.milliseconds));
            written.stdout.clone_from(&command.stdout);
            (used_network, exit_status) = (command.used_network, command.exit_status);
        }
        let report = if self.request.offline {
            // The installer's own offline mode: the store answers.
            form.map(|_| check_offline(&self.check))
        } else {
            background.finish(used_network)
        };
        let answer = form
            .zip(report)
            .map(|(form, report)| self.show(&report, Mode::Automatic, form, &mut written));
        written.result(exit_status, answer.as_ref())
    }

    /// The check beside the work. Nothing is started for who sees nothing, and in the installer's own offline mode.
    fn background(&self) -> Background {
        let display = if self.request.offline {
            Display::Nothing
        } else {
            self.surroundings().display()
        };
        Background::start(BackgroundConfig::new(self.check.clone(), display))
    }

    /// Decides on every notice and writes those that are shown; the report, for programs.
    fn show(&self, report: &Report, mode: Mode, form: PrintedForm, written: &mut Written) -> Value {
        let Check {
            machine,
            output,
            now,
            kind,
            ..
        } = self.request;
        let folder = self.check.state_dir.as_deref();
        let repository = &self.check.repository;
        // The state folder may be unusable: then nothing was seen and nothing is recorded, which the report says.
        let store = folder.and_then(|folder| SeenStore::open(folder, repository).ok());
        let seen = store.as_ref().and_then(|store| store.load().ok());
        let seen = seen.map(|(seen, _)| seen).unwrap_or_default();
        let components = machine.components();
        let environment = machine.environment(&components, *now);
        let columns = || columns(output.columns);
        let surroundings = self.surroundings();
        let plain = surroundings.plain(output.plain);
        let lines = Terminal::new(&columns, plain).with_utf8(surroundings.utf8);
        let terminal = match form {
            PrintedForm::Lines if *kind == Kind::Automatic => {
                lines.after_output(surroundings.fresh_line)
            }
            PrintedForm::Lines => lines,
            // There is no width to be too narrow for.
            PrintedForm::Json => Terminal::default(),
            PrintedForm::CriticalLines => lines
                .after_output(surroundings.fresh_line)
                .critical_alone(surroundings.terminal),
        };
        let source = report.document.as_ref().map(|document| Source {
            name: &self.name,
            document,
            seen: &seen,
        });
        let run = decisions(source.as_slice(), &environment, terminal, mode);
        // Without a document the clock can be wrong by years.
        let store = store.filter(|_| report.document.is_some());
        if let Some(store) = &store {
            // What applies here can be acknowledged from now on, also what is left out of this run.
            let decisions = run.decisions.iter();
            let applicable = decisions.filter_map(|(_, decision)| decision.applicable());
            let _ = store.note(applicable.map(|applicable| applicable.notice()), *now);
        }
        if *kind != Kind::Automatic && form == PrintedForm::Lines {
            self.talk(report, &run, written);
        }
        let answer = report.to_json(&run);
        match form {
            PrintedForm::Json => written.stdout = format!("{answer}\n"),
            PrintedForm::CriticalLines | PrintedForm::Lines => {
                let stderr = &mut written.stderr;
                // A list leaves nothing out.
                let how = (*kind != Kind::List).then_some(HOW);
                let shown = write_to_terminal(&run, &environment, terminal, how, stderr);
                // MOTD-REP-8: only what a person saw on a terminal was seen.
                if let Some(store) = store.filter(|_| output.form == OutputForm::Terminal) {
                    let shown: Vec<_> = shown.into_iter().map(|(_, shown)| shown).collect();
                    let _ = store.record_shown(&shown, *now);
                }
            }
        }
        answer
    }

    /// How the check went, where there is a word to say about it: fixed words and codes.
    fn talk(&self, report: &Report, run: &Run<'_, SourceName>, written: &mut Written) {
        for warning in &report.warnings {
            written.talk(&format!("warning: {}", warning.fact()));
        }
        // MOTD-GATE-9: a mirror that is behind is not worth a word as long as something newer is held.
        let is_quiet = |code| code == Code::StaleMirror && report.state == GateState::Cached;
        if let Some(failure) = report.failure.filter(|failure| !is_quiet(failure.code)) {
            // MOTD-FAIL-2.
            written.talk(&format!("{}: {failure}", self.name));
        }
        if let Some(until) = report.held_until {
            written.talk(&format!("{}: not to be asked before {until}", self.name));
        }
        let narrow = Verdict::Skip(SkipReason::TooNarrow);
        let mut decisions = run.decisions.iter();
        if decisions.any(|(_, decision)| decision.verdict() == narrow) {
            written.talk(TOO_NARROW);
        }
    }
}
