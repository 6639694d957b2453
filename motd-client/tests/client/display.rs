//! From a report to a terminal, and what counts as seen.

use std::cell::Cell;
use std::io::{self, Write};

use motd_client::{SeenStore, Source, Terminal, decisions, write_to_terminal};
use motd_core::{Environment, Mode, ShowReason, SkipReason, SourceName, Verdict};
use serde_json::Value;

use motd_simulator::repo::{document, notice};
use motd_simulator::{DAY, HOUR, Simulation, at};

fn environment(seconds: i64) -> Environment<'static> {
    Environment::new(at(seconds))
}

fn severe(id: &str, severity: &str) -> Value {
    let mut notice = notice(id, &format!("The {id}"));
    notice["severity"] = severity.into();
    notice
}

/// A pipe whose reader goes away after so many writes.
struct Pipe {
    left: usize,
    written: Vec<u8>,
}

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.left = self.left.checked_sub(1).ok_or(io::ErrorKind::BrokenPipe)?;
        self.written.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Checks, shows on a terminal that takes so many notices, and records; returns what was written.
async fn show(world: &Simulation, seconds: i64, columns: u16, writes: usize) -> String {
    let report = world.check(seconds).await;
    let store = SeenStore::open(
        &world.state.path().join("motd"),
        &"example.org".parse().unwrap(),
    )
    .unwrap();
    let (seen, _) = store.load().unwrap();
    let name: SourceName = "example".parse().unwrap();
    let sources = [Source {
        name: &name,
        document: report.document.as_ref().unwrap(),
        seen: &seen,
    }];
    let environment = environment(seconds);
    let width = || Some(columns);
    let terminal = Terminal::new(&width, false);
    let run = decisions(&sources, &environment, terminal, Mode::Automatic);
    let mut out = Pipe {
        left: writes,
        written: Vec::new(),
    };
    let written = write_to_terminal(&run, &environment, terminal, Some("motd list"), &mut out);
    let shown: Vec<_> = written.into_iter().map(|(_, shown)| shown).collect();
    store.record_shown(&shown, at(seconds)).unwrap();
    String::from_utf8(out.written).unwrap()
}

#[tokio::test]
async fn a_notice_is_framed_shown_once_a_week_and_remembered() {
    let world = Simulation::warm().await;
    let expected = "notice[example] WARNING: Hello\nnotice[example]   A paragraph.\n";
    assert_eq!(show(&world, HOUR, 80, 9).await, expected);
    assert_eq!(show(&world, 2 * HOUR, 80, 9).await, "");
    // The repository renews itself meanwhile.
    let mut later = world;
    later.repo.edit("motd", |_| {});
    later.repo.list_with(
        |signed| signed["expires"] = "2018-05-01T00:00:00Z".into(),
        |signed| signed["expires"] = "2018-05-01T00:00:00Z".into(),
    );
    later.serve();
    assert_eq!(show(&later, HOUR + 7 * DAY - 1, 80, 9).await, "");
    assert_eq!(show(&later, HOUR + 7 * DAY, 80, 9).await, expected);
}

#[tokio::test]
async fn what_a_broken_pipe_swallowed_was_not_seen() {
    let mut world = Simulation::warm().await;
    world.repo.publish(&document(&[
        severe("fire", "critical"),
        severe("smoke", "warning"),
    ]));
    world.serve();
    let first = show(&world, HOUR, 80, 1).await;
    assert!(
        first.contains("The fire") && !first.contains("The smoke"),
        "{first}"
    );
    let second = show(&world, 2 * HOUR, 80, 9).await;
    assert!(
        second.contains("The smoke") && !second.contains("The fire"),
        "{second}"
    );
}

#[tokio::test]
async fn a_terminal_that_is_too_narrow_shows_and_counts_nothing() {
    let world = Simulation::warm().await;
    assert_eq!(show(&world, HOUR, 30, 9).await, "");
    assert!(show(&world, HOUR, 80, 9).await.contains("Hello"));
}

/// A window that is narrowed between the decision and the writing: the terminal would wrap lines by itself, and their text
/// would go on at column 0 without the prefix.
#[tokio::test]
async fn the_width_is_that_of_the_moment_of_writing() {
    let mut world = Simulation::warm().await;
    let wordy = notice("hello", "Hello to everybody");
    world.repo.publish(&document(&[wordy]));
    world.serve();
    let report = world.check(HOUR).await;
    let name: SourceName = "example".parse().unwrap();
    let seen = motd_core::SeenState::new();
    let sources = [Source {
        name: &name,
        document: report.document.as_ref().unwrap(),
        seen: &seen,
    }];
    let environment = environment(HOUR);
    let columns = Cell::new(80);
    let width = || Some(columns.get());
    let terminal = Terminal::new(&width, false);
    let run = decisions(&sources, &environment, terminal, Mode::Automatic);
    for (now, lines) in [(80, 2), (38, 3), (37, 0)] {
        columns.set(now);
        let mut out = Vec::new();
        let written = write_to_terminal(&run, &environment, terminal, Some("motd list"), &mut out);
        let text = String::from_utf8(out).unwrap();
        assert_eq!(text.lines().count(), lines, "{now}: {text}");
        assert!(text.lines().all(|line| line.len() <= now.into()), "{text}");
        // What became too narrow was not seen.
        assert_eq!(written.len(), usize::from(lines > 0), "{now}");
    }
}

#[tokio::test]
async fn three_a_run_and_a_line_for_the_rest() {
    let mut world = Simulation::warm().await;
    let notices: Vec<Value> = ["one", "two", "three", "four"]
        .iter()
        .map(|id| severe(id, "critical"))
        .collect();
    world.repo.publish(&document(&notices));
    world.serve();
    let shown = show(&world, HOUR, 80, 9).await;
    assert_eq!(shown.matches("CRITICAL").count(), 3, "{shown}");
    assert!(
        shown.ends_with("notice[example] 1 more, 1 critical (example): motd list\n"),
        "{shown}"
    );
}

#[tokio::test]
async fn acknowledged_is_acknowledged() {
    let world = Simulation::warm().await;
    show(&world, HOUR, 80, 9).await;
    let store = SeenStore::open(
        &world.state.path().join("motd"),
        &"example.org".parse().unwrap(),
    )
    .unwrap();
    assert!(store.acknowledge(&"hello".parse().unwrap()).unwrap());
    assert!(!store.acknowledge(&"unseen".parse().unwrap()).unwrap());
    let (seen, _) = store.load().unwrap();
    assert!(
        seen.entry(&"hello".parse().unwrap())
            .unwrap()
            .acknowledged()
            .is_some()
    );
}

#[tokio::test]
async fn where_only_critical_was_asked_for() {
    let mut world = Simulation::warm().await;
    world.repo.publish(&document(&[
        severe("fire", "critical"),
        severe("smoke", "warning"),
    ]));
    world.serve();
    let report = world.check(HOUR).await;
    let name: SourceName = "example".parse().unwrap();
    let seen = motd_core::SeenState::new();
    let sources = [Source {
        name: &name,
        document: report.document.as_ref().unwrap(),
        seen: &seen,
    }];
    let run = decisions(
        &sources,
        &environment(HOUR),
        Terminal::default().critical_alone(false),
        Mode::Automatic,
    );
    let verdicts = run.decisions.iter().map(|(_, decision)| decision.verdict());
    // MOTD-SHOW-9: for the other notice there is no terminal.
    assert_eq!(
        verdicts.collect::<Vec<_>>(),
        [
            Verdict::Show(ShowReason::New),
            Verdict::Skip(SkipReason::NoTerminal)
        ]
    );
    // MOTD-SHOW-9, MOTD-SHOW-11: on a terminal with the fresh line and in the frame.
    let width = || Some(38);
    let terminal = Terminal::new(&width, true).after_output("\r\n");
    for (is_terminal, expected) in [
        (true, "\r\nnotice[example] CRITICAL: The fire\n"),
        (false, "notice[example] CRITICAL: The fire\n"),
    ] {
        let terminal = terminal.critical_alone(is_terminal);
        let mut out = Vec::new();
        let run = decisions(&sources, &environment(HOUR), terminal, Mode::Automatic);
        let written = write_to_terminal(
            &run,
            &environment(HOUR),
            terminal,
            Some("motd list"),
            &mut out,
        );
        assert_eq!(String::from_utf8(out).unwrap(), expected);
        // MOTD-REP-8: a title alone does not count as seen.
        assert!(written.is_empty());
    }
}
