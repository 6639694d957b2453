//! `motd run` on terminals that take nothing, or that another program uses: the end of the command is what it would be
//! alone (MOTD-FAIL-4), and what was not written does not count as seen (MOTD-REP-8).

use crate::common::NOTICE;
use crate::desk::{NOW, ReaderDesk, Streams, TerminalProgram, critical};

/// `motd run` of pip, with a second for the check and the display together.
const RUN: [&str; 9] = [
    "run", "--now", NOW, "--grace", "1", "--", "pip", "install", "a",
];

fn desk(notices: &[String], pip: &str) -> ReaderDesk {
    let desk = ReaderDesk::saying(notices);
    desk.installer("pip", &format!("#!/bin/sh\n{pip}\n"));
    desk.prime();
    desk
}

/// Ctrl-S.
#[test]
fn a_terminal_that_its_user_stopped_does_not_hold_the_end() {
    let desk = desk(&[NOTICE.to_owned()], "echo ready\nread line\nexit 7");
    let before = desk.reasons();
    let mut running = TerminalProgram::start(desk.command(&RUN), Streams::All);
    running.until("ready");
    running.type_in("\x13\n");
    assert_eq!(running.ends_unread().code(), Some(7));
    assert_eq!(desk.reasons(), before);
}

/// A program that starts a command, and reads the terminal only after its end.
#[test]
fn a_terminal_that_is_not_read_does_not_hold_the_end() {
    let notices = ["a", "b", "c"].map(|id| critical().replace("incident", id));
    // The command fills what the system keeps of a terminal that nobody reads.
    let fill = "dd if=/dev/zero of=/dev/tty bs=64 count=100000 oflag=nonblock 2>/dev/null";
    // More than once: the system takes what is there away into another buffer.
    let fill = format!("for time in {}; do {fill}; done", "again ".repeat(30));
    let desk = desk(&notices, &format!("{fill}\nexit 7"));
    let mut running = TerminalProgram::start(desk.command(&RUN), Streams::All);
    assert_eq!(running.ends_unread().code(), Some(7));
    let written = String::from_utf8(running.bytes()).unwrap();
    let whole = written
        .matches("details: https://status.example.org/tls\r\n")
        .count();
    assert!(whole < 3, "{}", written.trim_matches('\0'));
    let seen = desk.reasons();
    let seen = seen.iter().filter(|reason| *reason == "not-yet-due");
    // MOTD-REP-8.
    assert_eq!(seen.count(), whole);
}

/// With `stty tostop` the system stops a program that writes from the background. Without it the display would stand in
/// the output of another program.
#[test]
fn a_job_in_the_background_shows_nothing_and_is_not_stopped() {
    for modes in ["tostop", "-tostop"] {
        let desk = desk(&[NOTICE.to_owned()], "exit 7");
        let before = desk.reasons();
        let script = format!("stty {modes}; set -m; \"$@\" & wait $!; echo ended $?");
        let mut running = TerminalProgram::start(desk.shell(&script, &RUN), Streams::All);
        assert_eq!(running.ends_unread().code(), Some(0));
        let screen = running.end().screen;
        assert!(screen.ends_with("ended 7\n"), "{screen}");
        assert!(!screen.contains("notice["), "{screen}");
        assert_eq!(desk.reasons(), before);
    }
}

/// `motd run ... | less`: the pager has taken the whole screen.
#[test]
fn nothing_is_written_over_a_pager() {
    for (modes, streams, shown) in [
        ("-icanon", Streams::ButOutput, false),
        ("icanon", Streams::ButOutput, true),
        ("-icanon", Streams::All, true),
    ] {
        let desk = desk(&[NOTICE.to_owned()], &format!("stty {modes}"));
        let before = desk.reasons();
        let seen = TerminalProgram::start(desk.command(&RUN), streams).end();
        assert_eq!(seen.screen.contains("notice["), shown, "{seen:?}");
        assert_eq!(desk.reasons() == before, !shown);
    }
}

/// MOTD-SHOW-6: no line can be made to begin at column 0.
#[test]
fn a_terminal_that_takes_no_carriage_return_shows_nothing() {
    for (modes, shown) in [
        ("-onlcr ocrnl", false),
        ("-onlcr onocr", false),
        ("onlcr ocrnl onocr", true),
        ("-opost -onlcr ocrnl", true),
    ] {
        let desk = desk(&[NOTICE.to_owned()], &format!("stty {modes}"));
        let before = desk.reasons();
        let seen = TerminalProgram::start(desk.command(&RUN), Streams::All).end();
        assert_eq!(seen.screen.contains("notice["), shown, "{modes}: {seen:?}");
        assert_eq!(desk.reasons() == before, !shown);
    }
}
