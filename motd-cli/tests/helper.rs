//! The helper of `motd run`: whatever becomes of it, the command ends as it would alone, and no process stays behind.

use std::fs;
use std::net::TcpListener;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use rustix_libc_wrappers::process::SignalExt as _;

use crate::common::{assert_begins, assert_holds};
use crate::desk::{NOW, PYPI, ReaderDesk, Streams, TerminalProgram};

/// `motd run` of pip, with a second for the check and the display together.
const RUN: [&str; 9] = [
    "run", "--now", NOW, "--grace", "1", "--", "pip", "install", "a",
];

/// Longer after [`NOW`] than any interval.
const LATER: &str = "2024-03-28T12:00:00Z";

/// The words of a process, and its parent and state.
fn process(id: u32) -> Option<(String, u32, String)> {
    let words = fs::read_to_string(format!("/proc/{id}/cmdline")).ok()?;
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    let mut fields = stat.rsplit_once(") ")?.1.split(' ');
    let state = fields.next()?.to_owned();
    Some((words, fields.next()?.parse().ok()?, state))
}

/// The helper of a wrapper.
fn helper(wrapper: u32) -> u32 {
    let is_helper = |id: &u32| {
        process(*id).is_some_and(|(words, parent, _)| {
            parent == wrapper && words.starts_with("motd (beside a command)\0run\0")
        })
    };
    loop {
        let entries = fs::read_dir("/proc").unwrap();
        let mut ids = entries.filter_map(|entry| entry.unwrap().file_name().to_str()?.parse().ok());
        if let Some(id) = ids.find(is_helper) {
            return id;
        }
        std::thread::yield_now();
    }
}

fn send(id: u32, signal: i32) {
    let pid = Pid::from_raw(i32::try_from(id).unwrap()).unwrap();
    kill_process(pid, Signal::from_raw(signal).unwrap()).unwrap();
}

/// Waits until a process is gone. One that has ended and waits for its parent counts.
fn gone(id: u32) {
    let begin = Instant::now();
    while process(id).is_some_and(|(_, _, state)| state != "Z") {
        assert!(
            begin.elapsed() < Duration::from_secs(8),
            "{id} stays behind"
        );
        std::thread::yield_now();
    }
}

/// As for want of memory, by a defect, or in a disk that never answers.
#[test]
fn a_helper_that_dies_or_hangs_is_not_the_commands_end() {
    for signal in [9, 6, 4, 19] {
        let desk = ReaderDesk::new();
        desk.installer("pip", "#!/bin/sh\necho ready\nread line\nexit 7\n");
        desk.prime();
        let mut running = TerminalProgram::start(desk.command(&RUN), Streams::All);
        running.until("ready");
        let helper = helper(running.id());
        send(helper, signal);
        let begin = Instant::now();
        // Its status is taken although the command runs on.
        while signal != 19 && process(helper).is_some() {
            assert!(begin.elapsed() < Duration::from_secs(8), "{signal}");
            std::thread::yield_now();
        }
        running.type_in("\n");
        let seen = running.end();
        assert_eq!((seen.code(), &*seen.screen), (7, "ready\n\n"), "{signal}");
        assert!(begin.elapsed() < Duration::from_secs(8), "{signal}");
        gone(helper);
        assert_eq!(desk.reasons(), ["new"], "{signal}");
    }
}

/// The desk without its source, and the address of a server that takes requests and never answers.
fn silent_in_its_place(desk: &ReaderDesk) -> (TcpListener, String) {
    let silent = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let url = format!("http://{}/metadata/", silent.local_addr().unwrap());
    desk.room
        .motd(&["source", "remove", "example"])
        .with_status(0);
    (silent, url)
}

/// Its wrapper is killed, so the helper has to end by itself.
#[test]
fn a_helper_ends_with_its_wrapper() {
    let desk = ReaderDesk::new();
    desk.installer("pip", "#!/bin/sh\necho ready\nread line\n");
    let (silent, url) = silent_in_its_place(&desk);
    desk.add_source("silent", &url, Some(PYPI));
    let mut running = TerminalProgram::start(desk.command(&RUN), Streams::All);
    running.until("ready");
    let helper = helper(running.id());
    // It waits for an answer.
    let _request = silent.accept().unwrap();
    send(running.id(), 9);
    gone(helper);
}

#[test]
fn the_helper_has_nothing_of_the_callers() {
    let desk = ReaderDesk::new();
    desk.installer("pip", "#!/bin/sh\necho ready\nread line\n");
    desk.prime();
    let command = desk.shell("exec 9> callers; exec \"$@\"", &RUN);
    let mut running = TerminalProgram::start(command, Streams::All);
    running.until("ready");
    let helper = helper(running.id());
    let has_it = |id: u32| {
        let mut open = fs::read_dir(format!("/proc/{id}/fd")).unwrap();
        open.any(|entry| {
            fs::read_link(entry.unwrap().path()).is_ok_and(|to| to.ends_with("callers"))
        })
    };
    let begin = Instant::now();
    while has_it(running.id()) {
        // It is the command's alone.
        assert!(begin.elapsed() < Duration::from_secs(8));
        std::thread::yield_now();
    }
    assert!(!has_it(helper));
    // What a runtime says when it fails is not for the terminal.
    let errors = fs::read_link(format!("/proc/{helper}/fd/2")).unwrap();
    assert_eq!(errors.to_str(), Some("/dev/null"));
    running.type_in("\n");
    running.end();
}

/// Each takes some of the processes that the user may have.
#[test]
fn many_sources_are_asked_by_few_threads() {
    let desk = ReaderDesk::new();
    desk.installer("pip", "#!/bin/sh\necho ready\nread line\n");
    let (silent, url) = silent_in_its_place(&desk);
    for number in 0..12 {
        let name = format!("silent{number}");
        let words = ["--root", "index/metadata/1.root.json", "--bound-to", PYPI];
        let mut words = [&["source", "add", &name], &words[..]].concat();
        words.extend(["--repository", &name, "--metadata-url", &url]);
        desk.room.motd(&words).with_status(0);
    }
    let mut running = TerminalProgram::start(desk.command(&RUN), Streams::All);
    running.until("ready");
    let helper = helper(running.id());
    // All are asked at once: each sends two requests before it has an answer.
    let _requests = [(); 23].map(|()| silent.accept().unwrap());
    let threads = fs::read_dir(format!("/proc/{helper}/task"))
        .unwrap()
        .count();
    assert!(threads <= 12, "{threads}");
    running.type_in("\n");
    running.end();
}

/// Section 6.2, step 12: what is stored was read before the first request.
#[test]
fn what_is_stored_is_shown_while_all_servers_stall() {
    let desk = ReaderDesk::new();
    desk.installer("pip", "#!/bin/sh\necho ready\nread line\n");
    desk.prime();
    let (silent, url) = silent_in_its_place(&desk);
    for number in 0..6 {
        let name = format!("silent{number}");
        desk.add_source_of(&name, &name, &url, Some(PYPI));
    }
    desk.add_source("example", &url, Some(PYPI));
    let later = [
        "run", "--now", LATER, "--grace", "1", "--", "pip", "install", "a",
    ];
    let mut running = TerminalProgram::start(desk.command(&later), Streams::All);
    running.until("ready");
    let _request = silent.accept().unwrap();
    running.type_in("\n");
    assert_holds(&running.end().screen, "notice[example] WARNING: ");
    let list = ["list", "--source", "example", "--now", LATER, "--json"];
    let listed = desk.motd(&list).with_status(0).json();
    let timeout = serde_json::json!({ "stage": "root", "code": "timeout" });
    assert_eq!(listed["sources"][0]["last_failure"], timeout);
}

/// It is in no group of the terminal.
#[test]
fn what_is_typed_does_not_end_the_helper() {
    let desk = ReaderDesk::new();
    desk.installer(
        "pip",
        "#!/bin/sh\ntrap 'echo interrupted' INT QUIT\necho ready\nread line || read line\n",
    );
    desk.prime();
    let mut running = TerminalProgram::start(desk.command(&RUN), Streams::All);
    running.until("ready");
    let helper = helper(running.id());
    running.type_in("\x03");
    running.until("interrupted");
    assert!(process(helper).is_some_and(|(_, _, state)| state != "Z"));
    running.type_in("\n");
    assert_holds(&running.end().screen, "notice[example] WARNING: ");
}

/// MOTD-REP-1: else it would be shown in each run.
#[test]
fn what_cannot_be_recorded_is_not_displayed() {
    let desk = ReaderDesk::new();
    desk.prime();
    let state = desk.room.path(".local/state/motd");
    let mut folders = fs::read_dir(&state)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let folder = folders.find(|path| path.is_dir()).unwrap();
    let (lock, seen) = (folder.join("seen.lock"), folder.join("seen.json"));
    let silent = |why: &str| {
        for _ in 0..2 {
            let screen = desk.on_terminal(&RUN).screen;
            assert_eq!(screen, "installed\ncareful\n", "{why}");
        }
    };
    let held = fs::File::create(&lock).unwrap();
    held.lock().unwrap();
    silent("another process holds it");
    drop(held);
    fs::remove_file(&lock).unwrap();
    fs::create_dir(&lock).unwrap();
    silent("no lock can be had");
    fs::remove_dir(&lock).unwrap();
    fs::write(&seen, r#"{"format":2}"#).unwrap();
    silent("a newer version wrote it");
    fs::remove_file(&seen).unwrap();
    for _ in 0..2 {
        let full = desk.on_full_disk(&RUN);
        assert_eq!(full.screen, "installed\ncareful\n");
    }
    let shown = desk.on_terminal(&RUN).screen;
    assert_begins(&shown, "installed\ncareful\n\nnotice[example] WARNING: ");
}
