//! `motd run` and signals: the command is sent them, stops and ends by them as it would alone.

use std::os::unix::process::ExitStatusExt as _;

use rustix::process::{Pid, Signal, kill_process};
use rustix_libc_wrappers::process::SignalExt as _;

use crate::common::{assert_holds, run};
use crate::desk::{NOW, ReaderDesk, Streams, TerminalProgram};

/// `motd run` that waits for no check after the command.
fn at_once<'a>(command: &[&'a str]) -> Vec<&'a str> {
    let mut words = vec!["run", "--now", NOW, "--"];
    words.extend(command);
    words
}

fn send(id: u32, number: i32) {
    let pid = Pid::from_raw(i32::try_from(id).unwrap()).unwrap();
    kill_process(pid, Signal::from_raw(number).unwrap()).unwrap();
}

/// What `motd run` of a script shows on a terminal, once it has said `ready`.
fn ready(desk: &ReaderDesk, script: &str) -> TerminalProgram {
    let words = at_once(&["sh", "-c", script]);
    let mut running = TerminalProgram::start(desk.command(&words), Streams::All);
    running.until("ready");
    running
}

#[test]
fn an_end_by_a_signal_is_an_end_by_that_signal() {
    let desk = ReaderDesk::new();
    // Those that end no program, and two that the C library keeps for itself.
    let others = [17, 18, 19, 20, 21, 22, 23, 28, 32, 33];
    for signal in (1..=64).filter(|signal| !others.contains(signal)) {
        let mut callers = vec![String::new()];
        if signal != 9 {
            callers.extend(["block", "ignore"].map(|how| format!("env --{how}-signal={signal}")));
        }
        for caller in callers {
            // The command may leave a core dump; a second one would be of this program.
            let script = format!("kill -{signal} $$");
            let default = format!("--default-signal={signal}");
            let command = ["env", &default, "sh", "-c", &script];
            let words = at_once(&command[if caller.is_empty() { 2 } else { 0 }..]);
            let script = format!("ulimit -c \"$(ulimit -H -c)\"; exec {caller} \"$@\"");
            let seen = TerminalProgram::start(desk.shell(&script, &words), Streams::All).end();
            assert_eq!(
                seen.status.signal(),
                Some(signal),
                "{signal} {caller}: {seen:?}"
            );
            assert!(!seen.status.core_dumped(), "{signal}");
            assert_eq!(seen.screen, "", "{signal}");
        }
    }
}

/// No signal of its own ends the first process of a container.
#[test]
fn the_first_process_of_a_container_ends_with_the_signals_status() {
    let desk = ReaderDesk::new();
    let ways = ["unshare -Urpf --mount-proc", "unshare -pf --mount-proc"];
    let starts = |way: &&str| {
        let script = format!("{way} true 2> /dev/null");
        desk.shell(&script, &[]).status().unwrap().success()
    };
    let Some(way) = ways.into_iter().find(starts) else {
        return without("unshare(1) of processes");
    };
    for signal in [1, 2, 6, 9, 11, 15, 16, 29, 40] {
        let script = format!("kill -{signal} $$");
        let words = at_once(&["sh", "-c", &script]);
        run(&mut desk.shell(&format!("exec {way} \"$@\""), &words)).with_status(128 + signal);
    }
}

/// A word on a test that this machine does not let run.
#[expect(clippy::print_stderr, reason = "the gate reads it")]
fn without(needed: &str) {
    let required = std::env::var_os("MOTD_REQUIRE_INTEROP").is_some_and(|value| value == "1");
    assert!(!required, "skipped: needs {needed}");
    eprintln!("skipped: needs {needed}");
}

/// The caller can block a signal that the command lets come.
#[test]
fn a_signal_that_is_blocked_is_blocked_for_the_command_alone() {
    use std::io::{BufRead as _, BufReader};
    let desk = ReaderDesk::new();
    let blocking = "exec env --block-signal=TERM \"$@\"";
    let script = "trap 'exit 31' TERM; echo ready; read line";
    let command = ["env", "--default-signal=TERM", "sh", "-c", script];
    let mut child = desk
        .shell(blocking, &at_once(&command))
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    out.read_line(&mut String::new()).unwrap();
    send(child.id(), 15);
    // Without the signal it ends by its input's end.
    let input = child.stdin.take();
    let waiting = std::thread::spawn(move || child.wait().unwrap());
    let begin = std::time::Instant::now();
    while !waiting.is_finished() && begin.elapsed().as_secs() < 8 {
        std::thread::yield_now();
    }
    drop(input);
    assert_eq!(waiting.join().unwrap().code(), Some(31));
    let words = at_once(&["grep", "SigBlk", "/proc/self/status"]);
    let seen = run(&mut desk.shell(blocking, &words)).out;
    assert_eq!(seen, "SigBlk:\t0000000000004000\n");
}

/// The system sends it to every process of the group.
#[test]
fn a_terminal_that_goes_away_is_said_once() {
    let desk = ReaderDesk::new();
    let script = "trap 'echo hup >> seen' HUP; trap 'mv seen done; exit' USR1; echo process $PPID. ready; while :; do read line; done";
    let words = at_once(&["sh", "-c", script]);
    let mut running = TerminalProgram::start(desk.shell("\"$@\"; true", &words), Streams::All);
    running.until("ready");
    let process = running.screen.strip_prefix("process ").unwrap();
    let process = process.split_once('.').unwrap().0.parse().unwrap();
    drop(running);
    let text = |name: &str| {
        let begin = std::time::Instant::now();
        loop {
            let text = std::fs::read_to_string(desk.room.path(name)).unwrap_or_default();
            if !text.is_empty() {
                return text;
            }
            assert!(begin.elapsed().as_secs() < 8, "{name}");
            std::thread::yield_now();
        }
    };
    text("seen");
    // It is handed on after those of before.
    send(process, 10);
    assert_eq!(text("done"), "hup\n");
}

/// Two that come at the same time can be taken for one, so there are many.
#[test]
fn an_interrupt_at_the_terminal_reaches_the_command_once() {
    let desk = ReaderDesk::new();
    let mut running = ready(
        &desk,
        "count=0; trap 'count=$((count + 1)); echo interrupt $count.' INT; trap 'exit $count' USR1; echo ready; while :; do read line; done",
    );
    for count in 1..=50 {
        running.type_in("\x03");
        running.until(&format!("interrupt {count}."));
    }
    send(running.id(), 10);
    let seen = running.end();
    assert_eq!(seen.code(), 50, "{}", seen.screen);
}

/// Also in the foreground, where only what is typed reaches the command by itself.
#[test]
fn a_signal_to_this_program_is_the_commands() {
    let desk = ReaderDesk::new();
    for (name, number) in [
        ("HUP", 1),
        ("INT", 2),
        ("QUIT", 3),
        ("ABRT", 6),
        ("USR1", 10),
        ("USR2", 12),
        ("ALRM", 14),
        ("TERM", 15),
        ("TSTP", 20),
        ("XCPU", 24),
        ("XFSZ", 25),
        ("VTALRM", 26),
        ("PROF", 27),
        ("WINCH", 28),
        ("SYS", 31),
        ("PIPE", 13),
        ("STKFLT", 16),
        ("CONT", 18),
        ("URG", 23),
        ("IO", 29),
        ("PWR", 30),
        ("34", 34),
        ("50", 50),
        ("64", 64),
    ] {
        let script = format!(
            "count=0; trap 'count=$((count + 1)); echo got $count' {number}; echo ready; read line; read line; exit $((30 + count))"
        );
        let mut running = ready(&desk, &script);
        send(running.id(), number);
        running.until("got 1");
        running.type_in("\n\n");
        let seen = running.end();
        assert_eq!(seen.code(), 31, "{name}: {}", seen.screen);
    }
}

/// The terminal sends what is typed to the group in the foreground, which the command has left. Alone it would lead that
/// group.
#[test]
fn a_command_in_a_group_of_its_own_is_interrupted() {
    let desk = ReaderDesk::new();
    desk.installer(
        "interrupted",
        "#!/bin/sh\ntrap 'echo interrupt; exit 31' INT\ntrap 'echo stop' TSTP\necho ready\nread line\nread line\n",
    );
    for by_typing in [true, false] {
        let words = at_once(&["setsid", "interrupted"]);
        let mut running = TerminalProgram::start(desk.command(&words), Streams::All);
        running.until("ready");
        if by_typing {
            running.type_in("\x1a");
            running.until("stop");
            running.type_in("\x03");
        } else {
            send(running.id(), 2);
        }
        let seen = running.end();
        assert_eq!(seen.code(), 31, "{}", seen.screen);
    }
}

/// Without a terminal no other process sends the interrupt.
#[test]
fn an_interrupt_without_a_terminal_is_handed_on() {
    use std::io::{BufRead as _, BufReader};
    let desk = ReaderDesk::new();
    let script = "trap 'exit 31' INT; echo ready; read line";
    let mut command = desk.command(&at_once(&["sh", "-c", script]));
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    let mut child = command
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    // Open until the end, or it would end by that.
    let _input = child.stdin.take();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    out.read_line(&mut String::new()).unwrap();
    send(child.id(), 2);
    assert_eq!(child.wait().unwrap().code(), Some(31));
}

/// Under `nohup` the end of a terminal is nobody's end. What is not ignored is not, although this program ignores SIGPIPE
/// for itself.
#[test]
fn a_signal_that_is_ignored_stays_ignored() {
    let desk = ReaderDesk::new();
    let mask = |command: &mut std::process::Command| {
        let output = run(command).with_status(0);
        let mask = output.out.trim().strip_prefix("SigIgn:").unwrap();
        // Without 32 and 33, which the C library keeps for itself.
        u64::from_str_radix(mask.trim(), 16).unwrap() & 0x7fff_ffff
    };
    let show = "kill -HUP $$; kill -HUP $PPID; exec grep SigIgn /proc/self/status";
    let words = at_once(&["sh", "-c", show]);
    let ignoring = |rest| format!("trap '' HUP PIPE USR1; {rest}");
    let seen = mask(&mut desk.shell(&ignoring("exec \"$@\""), &words));
    let alone = ignoring("exec grep SigIgn /proc/self/status");
    assert_eq!(seen, mask(&mut desk.shell(&alone, &[])));
    let words = at_once(&["grep", "SigIgn", "/proc/self/status"]);
    assert_eq!(mask(&mut desk.shell("exec \"$@\"", &words)), 0);
}

/// Where the end of a child is ignored, the system keeps no status.
#[test]
fn the_status_is_known_where_the_end_of_children_is_ignored() {
    let desk = ReaderDesk::new();
    let words = at_once(&["sh", "-c", "exit 7"]);
    // Shells do not ignore it.
    run(&mut desk.shell("exec env --ignore-signal=CHLD \"$@\"", &words)).with_status(7);
}

/// The limit on the length of files is met by this program's own writing, in the middle of the command.
#[test]
fn a_limit_that_this_program_meets_is_not_the_commands_end() {
    let desk = ReaderDesk::new();
    let words = ReaderDesk::run_words(&["pip", "install", "a"]);
    let command = desk.shell("ulimit -f 0; exec \"$@\"", &words);
    let seen = TerminalProgram::start(command, Streams::All).end();
    assert_eq!(seen.status.code(), Some(0), "{seen:?}");
    assert_holds(&seen.screen, "installed\ncareful\n");
}

/// What a shell with job control sees of a command that stops, and that it goes on with `fg`.
#[test]
fn a_stop_and_its_end_are_the_commands() {
    let desk = ReaderDesk::new();
    let on = "read line; echo got $line; exit 7";
    for (script, keys) in [
        (format!("echo ready; {on}"), "\x1a"),
        (format!("echo ready; kill -TSTP $$; {on}"), ""),
        // The command's alone, until the terminal says so to both.
        (
            format!("(sleep 0 && echo ready) & kill -STOP $$; {on}"),
            "\x1a",
        ),
    ] {
        let words = at_once(&["sh", "-c", &script]);
        let shell = "set -m; \"$@\"; echo stopped $?; fg > /dev/null; echo ended $?";
        let mut running = TerminalProgram::start(desk.shell(shell, &words), Streams::All);
        running.until("ready");
        running.type_in(keys);
        // By SIGSTOP, whatever the command was stopped by.
        running.until("stopped 147");
        running.type_in("word\n");
        let seen = running.end();
        assert_holds(&seen.screen, "got word\n");
        assert_holds(&seen.screen, "ended 7\n");
    }
    // One that does not let itself be stopped goes on, and so does this program.
    let script = format!("trap '' TSTP; echo ready; {on}");
    let words = at_once(&["sh", "-c", &script]);
    let shell = "set -m; \"$@\"; echo ended $?";
    let mut running = TerminalProgram::start(desk.shell(shell, &words), Streams::All);
    running.until("ready");
    running.type_in("\x1aword\n");
    let seen = running.end();
    assert_holds(&seen.screen, "got word\n");
    assert_holds(&seen.screen, "ended 7\n");
}

/// As programs do that hold others back for a while. They do not know of this one.
#[test]
fn a_command_that_is_held_back_and_let_go_ends_as_it_would() {
    let desk = ReaderDesk::new();
    let script = "echo ready; read line; exit 7";
    let mut running = ready(&desk, &script.replace("ready", "process $$. ready"));
    let process = running.screen.strip_prefix("process ").unwrap();
    let process: u32 = process.split_once('.').unwrap().0.parse().unwrap();
    let state = |process: u32| {
        let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap();
        stat.rsplit_once(") ").unwrap().1[..1].to_owned()
    };
    for _ in 0..10 {
        send(process, 19);
        while state(process) != "T" {
            std::thread::yield_now();
        }
        send(process, 18);
        while state(process) == "T" {
            std::thread::yield_now();
        }
    }
    running.type_in("\n");
    assert_eq!(running.end().code(), 7);
}

/// Sent to this program alone, as by a supervisor.
#[test]
fn a_stopped_command_goes_on_with_this_program() {
    let desk = ReaderDesk::new();
    let script = "echo process $PPID.; kill -TSTP $$; echo went on";
    let words = at_once(&["sh", "-c", script]);
    let shell = "set -m; \"$@\"; echo stopped $?; read line";
    let mut running = TerminalProgram::start(desk.shell(shell, &words), Streams::All);
    running.until("stopped 147");
    let process = running.screen.strip_prefix("process ").unwrap();
    send(process.split_once('.').unwrap().0.parse().unwrap(), 18);
    running.until("went on");
    running.type_in("\n");
    running.end();
}
