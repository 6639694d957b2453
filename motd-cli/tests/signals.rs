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
        // The command may leave a core dump; a second one would be of this program.
        let script = format!("kill -{signal} $$");
        let words = at_once(&["sh", "-c", &script]);
        let command = desk.shell("ulimit -c \"$(ulimit -H -c)\"; exec \"$@\"", &words);
        let seen = TerminalProgram::start(command, Streams::All).end();
        assert_eq!(seen.status.signal(), Some(signal), "{signal}: {seen:?}");
        assert!(!seen.status.core_dumped(), "{signal}");
        assert_eq!(seen.screen, "", "{signal}");
    }
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
