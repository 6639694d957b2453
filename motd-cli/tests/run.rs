//! `motd run`: the command is what it would be without, and its repositories speak after it.

use std::fs;
use std::net::TcpListener;
use std::time::{Duration, Instant};

use crate::common::{NOTICE, assert_begins, assert_ends, assert_holds, run, tree, words};
use crate::desk::{PYPI, ReaderDesk, Streams, TerminalProgram, critical};

const FRAMED: &str = "notice[example] WARNING: TLS 1.2 will be required on 30 June\n";

#[test]
fn a_notice_stands_after_the_commands_own_output_and_once() {
    let desk = ReaderDesk::new();
    let seen = desk.run(&["pip", "install", "a"]);
    assert_eq!(seen.code(), 0);
    assert_begins(&seen.screen, &format!("installed\ncareful\n\n{FRAMED}"));
    assert_eq!(
        desk.run(&["pip", "install", "a"]).screen,
        "installed\ncareful\n"
    );
    assert_eq!(desk.reasons(), ["not-yet-due"]);
}

/// MOTD-SHOW-2: a terminal that was narrowed while the command ran would wrap lines of the width of before by itself, and
/// their text would go on at column 0.
#[test]
fn the_width_is_that_of_the_moment_of_writing() {
    let desk = ReaderDesk::new();
    desk.prime();
    desk.installer("pip", "#!/bin/sh\necho ready\nread line\n");
    let words = ReaderDesk::run_words(&["pip", "install", "a"]);
    let mut running = TerminalProgram::start(desk.command(&words), Streams::All);
    running.until("ready");
    running.resize(50);
    running.type_in("\n");
    let seen = running.end();
    let lines = seen
        .screen
        .lines()
        .filter(|line| line.starts_with("notice"));
    let widths: Vec<_> = lines.map(str::len).collect();
    assert!(widths.len() > 2, "{}", seen.screen);
    assert!(widths.iter().all(|width| *width <= 48), "{}", seen.screen);
}

/// MOTD-SHOW-11: behind other output a line would be wrapped by the terminal, and its text would go on at column 0. What the
/// output left switched on would hold for the notice too.
#[test]
fn a_display_begins_on_a_line_of_its_own() {
    for (term, begin) in [
        ("dumb", "\n"),
        (
            "xterm",
            "\x1b\\\x1b%G\x1b[0m\x0f\x1b(B\x1b]8;;\x1b\\\x1b[?69l\n\x1b[J\x1b[999M",
        ),
    ] {
        let desk = ReaderDesk::new();
        desk.installer("pip", "#!/bin/sh\nprintf '100%% done'\n");
        let mut program = desk.command(&ReaderDesk::run_words(&["pip", "install", "a"]));
        program.env("TERM", term);
        let seen = TerminalProgram::start(program, Streams::All).end();
        assert_begins(&seen.screen, &format!("100% done{begin}{FRAMED}"));
        // Nothing is due, and nothing is written.
        assert_eq!(desk.run(&["pip", "install", "a"]).screen, "100% done");
        // What goes wrong with us is a line of its own too.
        desk.configure("displai = \"plain\"");
        let fault = desk.run(&["pip", "install", "a"]).screen;
        assert_begins(&fault, "100% done\nmotd: ");
    }
}

/// MOTD-SHOW-6: without output processing a line feed does not return to column 0, and each line would begin where the one
/// before ended.
#[test]
fn lines_begin_at_column_0_on_a_terminal_that_was_left_raw() {
    let desk = ReaderDesk::new();
    desk.prime();
    desk.installer("pip", "#!/bin/sh\nstty -opost\n");
    let mut program = TerminalProgram::start(
        desk.command(&ReaderDesk::run_words(&["pip", "install", "a"])),
        Streams::All,
    );
    let bytes = program.bytes();
    let written = String::from_utf8(bytes).unwrap();
    assert!(written.lines().count() > 3, "{written:?}");
    assert_eq!(
        written.matches('\n').count(),
        written.matches("\r\n").count(),
        "{written:?}"
    );
}

#[test]
fn within_the_interval_nobody_is_asked() {
    let desk = ReaderDesk::new();
    desk.prime();
    let before = desk.site.connections();
    assert!(desk.run(&["pip", "install", "a"]).screen.contains(FRAMED));
    assert_eq!(desk.site.connections(), before);
}

#[test]
fn the_status_is_the_commands_own() {
    let desk = ReaderDesk::new();
    for status in [1, 3, 42, 255] {
        let script = format!("exit {status}");
        assert_eq!(desk.run(&["sh", "-c", &script]).code(), status);
        assert_eq!(
            desk.motd(&ReaderDesk::run_words(&["sh", "-c", &script]))
                .status,
            status
        );
    }
    desk.installer("pip", "#!/bin/sh\nexit 7\n");
    let seen = desk.run(&["pip", "install", "a"]);
    assert_eq!(seen.code(), 7);
    assert!(seen.screen.contains(FRAMED));
}

#[test]
fn what_cannot_be_started_ends_as_in_a_shell() {
    let desk = ReaderDesk::new();
    desk.room.write("text", "no program");
    let before = desk.site.connections();
    for (program, status) in [("no-such-program", 127), ("./text", 126), ("./bin", 126)] {
        let output = desk
            .motd(&ReaderDesk::run_words(&[program]))
            .with_status(status);
        assert_eq!(output.err.lines().count(), 1, "{}", output.err);
        assert_begins(&output.err, &format!("error: {program}: "));
    }
    assert_eq!(desk.site.connections(), before);
}

/// Shells and `env` run a script that does not say what runs it, and so does the command's caller.
#[test]
fn a_script_without_a_first_line_is_run_by_the_shell() {
    let desk = ReaderDesk::new();
    desk.installer("plain", "echo \"$0 $*\"; exit 5\n");
    for name in ["plain", "bin/plain"] {
        let seen = desk.motd(&ReaderDesk::run_words(&[name, "a b"]));
        let output = seen.with_status(5);
        assert_ends(&output.out, "bin/plain a b\n");
    }
}

/// Rust's runtime opens streams that are closed, and a write to them would be no error.
#[test]
fn streams_that_are_closed_stay_closed() {
    let desk = ReaderDesk::new();
    for stream in 0..3 {
        let script = format!("test -e /proc/self/fd/{stream}");
        let words = ReaderDesk::run_words(&["sh", "-c", &script]);
        for (close, status) in [("", 0), (&*format!("{stream}>&-"), 1)] {
            let mut command = desk.shell(&format!("exec \"$@\" {close}"), &words);
            assert_eq!(run(&mut command).status, status, "{stream}");
        }
    }
}

/// Who waits for the end of a stream that the command closed does not wait for this program.
#[test]
fn streams_that_the_command_closes_are_closed() {
    use std::io::Write as _;
    use std::process::{ChildStdin, Stdio};
    fn ended(mut stream: impl std::io::Read) -> bool {
        stream.read(&mut [0]).unwrap() == 0
    }
    fn refused(mut input: ChildStdin) -> bool {
        while input.write_all(&[0; 4096]).is_ok() {}
        true
    }
    for close in ["<&-", ">&-", "2>&-"] {
        let desk = ReaderDesk::new();
        desk.fifo("go");
        let script = format!("exec {close}; read line < go");
        let words = ReaderDesk::run_words(&["sh", "-c", &script]);
        let mut command = desk.command(&words);
        // Standard error is kept where a line can still come.
        command
            .env("MOTD", "off")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let input = child.stdin.take().unwrap();
        let (out, err) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
        let (sender, receiver) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            sender.send(match close {
                "<&-" => refused(input),
                ">&-" => ended(out),
                _ => ended(err),
            })
        });
        let closed = receiver.recv_timeout(Duration::from_secs(8));
        desk.room.write("go", "\n");
        child.wait().unwrap();
        assert_eq!(closed, Ok(true), "{close}");
    }
}

#[test]
fn streams_folder_and_environment_are_the_callers() {
    let desk = ReaderDesk::new();
    let mut running = TerminalProgram::start(
        desk.command(&ReaderDesk::run_words(&[
            "sh",
            "-c",
            "test -t 0 && test -t 1 && test -t 2 && echo terminal; read word; echo got $word; pwd; echo $MARK; ps -o pgid= -p $$",
        ])),
        Streams::All,
    );
    running.until("terminal");
    running.type_in("hello\n");
    let group = running.id();
    let seen = running.end();
    assert!(seen.screen.contains("got hello\n"), "{}", seen.screen);
    let folder = fs::canonicalize(desk.room.path(".")).unwrap();
    assert!(seen.screen.contains(folder.to_str().unwrap()));
    // The leader of the terminal's session, and so of the group.
    assert_eq!(
        seen.screen.lines().last().unwrap().trim(),
        group.to_string()
    );
}

#[test]
fn standard_output_is_the_commands_alone() {
    let desk = ReaderDesk::new();
    let words = ReaderDesk::run_words(&["pip", "install", "a"]);
    let seen = TerminalProgram::start(desk.command(&words), Streams::ButOutput).end();
    assert_eq!(seen.out, "installed\n");
    assert_begins(&seen.screen, &format!("careful\n\n{FRAMED}"));
}

#[test]
fn a_source_is_asked_only_beside_what_it_is_bound_to() {
    let desk = ReaderDesk::new();
    for command in [
        ["pip", "install", "--index-url=https://example.org/", "a"],
        ["pip", "install", "--no-index", "a"],
        ["sh", "-c", "true", "pip"],
    ] {
        let seen = desk.run(&command);
        assert!(!seen.screen.contains("notice["), "{command:?}");
        assert_eq!(desk.site.connections(), 0, "{command:?}");
    }
    let seen = desk.run(&["pip", "install", "--extra-index-url", PYPI, "a"]);
    assert!(seen.screen.contains(FRAMED));
}

#[test]
fn a_named_source_is_asked_whatever_it_is_bound_to() {
    let desk = ReaderDesk::new();
    desk.add_source_of("other.example", "other", &desk.site.metadata_url(), None);
    let words = [
        "run",
        "--source",
        "example",
        "--now",
        crate::desk::NOW,
        "--grace",
        "60",
        "--",
        "pip",
        "install",
        "-i",
        "https://example.org/",
        "a",
    ];
    let seen = desk.on_terminal(&words);
    assert!(
        seen.screen.contains(FRAMED) && !seen.screen.contains("notice[other]"),
        "{}",
        seen.screen
    );
}

#[test]
fn a_source_bound_to_nothing_speaks_beside_any_command() {
    let desk = ReaderDesk::new();
    desk.room
        .motd(&["source", "remove", "example"])
        .with_status(0);
    desk.add_source("house", &desk.site.metadata_url(), None);
    // It may not delay a command that does not use the network, so what is stored has to be there in time.
    let seen = desk.run(&["pip", "install", "-i", "https://example.org/", "a"]);
    assert_holds(&seen.screen, "notice[house] WARNING");
}

#[test]
fn three_notices_of_all_sources_and_how_to_read_the_rest() {
    let notices: Vec<_> = (0..5)
        .map(|n| NOTICE.replace("tls-1.2", &format!("tls-{n}")))
        .collect();
    let desk = ReaderDesk::saying(&[notices, vec![critical()]].concat());
    let seen = desk.run(&["pip", "install", "a"]);
    let titles = seen
        .screen
        .lines()
        .filter(|line| line.contains(": TLS") || line.contains(": Reg"));
    assert_eq!(titles.count(), 3, "{}", seen.screen);
    let first = seen.screen.lines().nth(3).unwrap();
    assert_eq!(
        first,
        "notice[example] CRITICAL: Registrations are suspended"
    );
    assert_ends(&seen.screen, "notice[example] 3 more: motd list\n");
    // The list has all of them.
    let list = desk.on_terminal(&["list", "--now", crate::desk::NOW]);
    assert_eq!(
        list.screen.matches("WARNING: ").count(),
        5,
        "{}",
        list.screen
    );
}

/// A notice for a range of pip, which concerns who installs.
fn for_pip(versions: &str) -> String {
    format!(
        "{NOTICE}\n[[audience]]\ncomponents = [{{ purl = \"pkg:pypi/pip\", versions = \"vers:pypi/{versions}\" }}]\ncommands = [\"install\"]\n"
    )
}

/// A pip that knows its version, and writes down when it is asked for it.
const ASKED: &str = "#!/bin/sh\nif [ \"$1\" = --version ]; then echo x >> \"${0%/*}/../asked\"; echo 'pip 24.0 from /nowhere (python 3.11)'; exit; fi\necho installed\n";

#[test]
fn versions_are_looked_up_when_a_notice_names_them() {
    for (notice, shown, asked) in [
        (for_pip("<25"), true, true),
        (for_pip("<9.0.3"), false, true),
        (NOTICE.to_owned(), true, false),
    ] {
        let desk = ReaderDesk::saying(&[notice]);
        desk.installer("pip", ASKED);
        let seen = desk.run(&["pip", "install", "a"]);
        assert_eq!(seen.screen.contains(FRAMED), shown, "{}", seen.screen);
        assert_eq!(desk.room.path("asked").exists(), asked);
    }
    // Another command is not meant, and then nobody is asked.
    let desk = ReaderDesk::saying(&[for_pip("<25")]);
    desk.installer("pip", ASKED);
    let seen = desk.run(&["pip", "download", "a"]);
    assert!(!seen.screen.contains("notice["));
    assert!(!desk.room.path("asked").exists());
}

#[test]
fn what_the_configuration_declares_is_believed() {
    let desk = ReaderDesk::saying(&[for_pip("<9.0.3")]);
    desk.installer("pip", ASKED);
    desk.configure("[components]\n\"pkg:pypi/pip\" = [\"9.0.1\"]\n");
    assert!(desk.run(&["pip", "install", "a"]).screen.contains(FRAMED));
    assert!(!desk.room.path("asked").exists());
}

/// Every fault of the notice path: the command ends as it would, and one line at most says why.
#[test]
fn a_fault_of_ours_is_one_line_after_the_command() {
    type Spoil = fn(&ReaderDesk);
    let spoils: [(&str, Spoil, &str); 5] = [
        (
            "configuration",
            |desk| desk.configure("displai = 1"),
            "config.toml:1:1: unknown field `displai`",
        ),
        (
            "root",
            |desk| fs::remove_dir_all(desk.room.path(".config/motd/roots")).unwrap(),
            "example: ",
        ),
        (
            "state",
            |desk| {
                fs::create_dir_all(desk.room.path(".local")).unwrap();
                fs::write(desk.room.path(".local/state"), "").unwrap();
            },
            "",
        ),
        (
            "captive portal",
            |desk| {
                for (name, _) in tree(&desk.room.path("index/metadata")) {
                    let page = "<html>Please log in</html>";
                    desk.room.write(&format!("index/metadata/{name}"), page);
                }
                desk.room.write("index/metadata/2.root.json", "<html>");
            },
            "",
        ),
        (
            "no repository",
            |desk| fs::remove_dir_all(desk.room.path("index")).unwrap(),
            "",
        ),
    ];
    for (name, spoil, said) in spoils {
        let desk = ReaderDesk::new();
        spoil(&desk);
        let seen = desk.run(&["pip", "install", "a"]);
        assert_eq!(seen.code(), 0, "{name}");
        let rest = seen.screen.strip_prefix("installed\ncareful\n").unwrap();
        assert!(
            rest.trim_start().lines().count() <= 1 && rest.contains(said),
            "{name}: {rest}"
        );
        assert_eq!(rest.is_empty(), said.is_empty(), "{name}: {rest}");
        // Where nobody reads, nobody is told.
        let output = desk.motd(&ReaderDesk::run_words(&["pip", "install", "a"]));
        assert_eq!(
            (output.status, output.err.as_str()),
            (0, "careful\n"),
            "{name}"
        );
    }
}

/// A disk that takes nothing more, and a state folder that cannot be written.
#[test]
fn a_disk_that_takes_nothing_is_no_word() {
    let desk = ReaderDesk::new();
    let folder = desk.room.path(".local/state/motd");
    for spoilt in [false, true] {
        if spoilt {
            fs::create_dir_all(&folder).unwrap();
            let mode = std::os::unix::fs::PermissionsExt::from_mode(0o555);
            fs::set_permissions(&folder, mode).unwrap();
        }
        let seen = if spoilt {
            desk.run(&["pip", "install", "a"])
        } else {
            desk.on_full_disk(&ReaderDesk::run_words(&["pip", "install", "a"]))
        };
        assert_eq!(seen.code(), 0, "{}", seen.screen);
        let rest = seen.screen.strip_prefix("installed\ncareful\n").unwrap();
        assert!(
            rest.lines().all(|line| line.starts_with("notice[example]")),
            "{rest}"
        );
        if !spoilt {
            fs::remove_dir_all(&folder).unwrap();
        }
    }
}

#[test]
fn a_source_that_is_not_there_is_one_line() {
    let desk = ReaderDesk::new();
    let words = words("run --source typo --grace 60 -- pip install a");
    let seen = desk.on_terminal(&words);
    assert_eq!(seen.code(), 0);
    assert_ends(&seen.screen, "config.toml: no source typo\n");
}

/// A clock that is a year off: nothing verifies, and nothing is said.
#[test]
fn a_wrong_clock_is_no_word() {
    let desk = ReaderDesk::new();
    for now in [
        "2025-03-28T02:00:00Z",
        "2023-03-28T02:00:00Z",
        "1970-01-01T00:00:00Z",
    ] {
        let words = [
            "run", "--now", now, "--grace", "60", "--", "pip", "install", "a",
        ];
        let seen = desk.on_terminal(&words);
        assert_eq!(
            (seen.code(), seen.screen.as_str()),
            (0, "installed\ncareful\n"),
            "{now}"
        );
    }
}

/// MOTD-REP-6: a time of display that lies ahead counts as now, and is stored so in the run that finds it.
#[test]
fn a_display_in_the_future_is_stored_as_now() {
    let desk = ReaderDesk::new();
    for now in ["2024-03-28T02:00:00Z", "2024-03-28T01:00:00Z"] {
        let words = [
            "run", "--now", now, "--grace", "60", "--", "pip", "install", "a",
        ];
        desk.on_terminal(&words);
        let state = tree(&desk.room.path(".local/state/motd"));
        let seen = state.iter().find(|(name, _)| name.ends_with("seen.json"));
        let seen = String::from_utf8_lossy(&seen.unwrap().1.0);
        assert_holds(&seen, &format!("\"shown\":\"{now}\""));
    }
}

/// A server that takes connections and says nothing: the end waits for the grace and not for the deadline.
#[test]
fn a_server_that_stalls_delays_nothing_for_long() {
    let desk = ReaderDesk::new();
    let silent = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let url = format!("http://{}/metadata/", silent.local_addr().unwrap());
    desk.room
        .motd(&["source", "remove", "example"])
        .with_status(0);
    desk.add_source("example", &url, Some(PYPI));
    for command in [["pip", "install", "a"], ["pip", "list", "a"]] {
        let words = ["run", "--now", crate::desk::NOW, "--"];
        let words: Vec<_> = words.into_iter().chain(command).collect();
        let started = Instant::now();
        let seen = desk.on_terminal(&words);
        // Far below the deadline of ten seconds, and with room for a busy machine.
        assert!(started.elapsed() < Duration::from_secs(8), "{command:?}");
        assert_eq!(
            (seen.code(), seen.screen.as_str()),
            (0, "installed\ncareful\n")
        );
    }
}

/// Who interrupts after the command's end waits for nothing.
#[test]
fn an_interrupt_ends_the_wait_at_once() {
    let desk = ReaderDesk::new();
    let silent = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let url = format!("http://{}/metadata/", silent.local_addr().unwrap());
    desk.room
        .motd(&["source", "remove", "example"])
        .with_status(0);
    desk.add_source("example", &url, Some(PYPI));
    desk.installer("pip", "#!/bin/sh\necho process $$.\nexit 6\n");
    let words = ReaderDesk::run_words(&["pip", "install", "a"]);
    let started = Instant::now();
    let mut running = TerminalProgram::start(desk.command(&words), Streams::All);
    running.until(".\n");
    let process = running.screen.trim().strip_prefix("process ").unwrap();
    let process = process.trim_end_matches('.').parse().unwrap();
    let process = rustix::process::Pid::from_raw(process).unwrap();
    // Until its status was taken, it is still there.
    while rustix::process::test_kill_process(process).is_ok() {
        std::thread::yield_now();
    }
    running.type_in("\x03");
    let seen = running.end();
    assert_eq!(seen.code(), 6);
    assert!(
        started.elapsed() < Duration::from_secs(8),
        "{:?}",
        started.elapsed()
    );
}

/// A version that never comes is not waited for, and who was asked is ended with what it started, also when a signal
/// ends the command.
#[test]
fn an_installer_that_does_not_say_its_version_delays_nothing() {
    use std::io::Read as _;
    for (end, status) in [("exit 3", 3), ("kill -TERM $$", 143)] {
        let desk = ReaderDesk::saying(&[for_pip("<25")]);
        desk.prime();
        // It waits for one that waits, as a script in front of an installer does. Both hold `held`.
        desk.installer(
            "pip",
            &format!(
                "#!/bin/sh\ncd {}\nif [ \"$1\" = --version ]; then exec 3> held; sh -c 'read line < never'; exit; fi\nread line < go\n{end}\n",
                desk.room.path("").display()
            ),
        );
        for name in ["held", "never", "go"] {
            desk.fifo(name);
        }
        let words = [
            "run",
            "--now",
            crate::desk::NOW,
            "--",
            "pip",
            "install",
            "a",
        ];
        let started = Instant::now();
        let running = TerminalProgram::start(desk.command(&words), Streams::All);
        // Opens when it is asked.
        let mut held = fs::File::open(desk.room.path("held")).unwrap();
        desk.room.write("go", "\n");
        assert_eq!(running.end().code(), status);
        assert!(started.elapsed() < Duration::from_secs(8));
        let (sender, receiver) = std::sync::mpsc::channel();
        std::thread::spawn(move || sender.send(held.read(&mut [0])));
        let gone = receiver
            .recv_timeout(Duration::from_secs(8))
            .expect("a process is left");
        assert_eq!(gone.unwrap(), 0);
    }
}

/// A folder can say which program runs, as rustup's `rust-toolchain.toml` does. The command obeys it; nothing else here
/// runs there.
#[test]
fn a_hostile_folder_runs_nothing_but_the_command_itself() {
    let notice = for_pip("<25")
        .replace("pkg:pypi/pip", "pkg:cargo/cargo")
        .replace("vers:pypi/<25", "vers:cargo/>=1.0.0");
    let desk = ReaderDesk::saying(&[notice]);
    desk.installer(
        "cargo",
        "#!/bin/sh\n[ -e override ] && exec ./override \"$@\"\n[ \"$1\" = --version ] && echo 'cargo 1.2.3 (x)'\n",
    );
    desk.installer(
        "override",
        "#!/bin/sh\necho \"$@\" >> hostile\necho cargo 0.1.0\n",
    );
    fs::rename(desk.room.path("bin/override"), desk.room.path("override")).unwrap();
    let list = || {
        desk.on_terminal(&["list", "--now", crate::desk::NOW])
            .screen
    };
    desk.prime();
    assert!(!list().contains(FRAMED), "the version is not known");
    assert!(!desk.room.path("hostile").exists());
    let words = [
        "run",
        "--source",
        "example",
        "--now",
        crate::desk::NOW,
        "--grace",
        "60",
    ];
    let words = [&words[..], &["--", "cargo", "install", "a"]].concat();
    assert_holds(&desk.on_terminal(&words).screen, FRAMED);
    // What was learnt is known to the commands that ask nobody.
    assert_holds(&list(), FRAMED);
    desk.prime();
    let ran = fs::read_to_string(desk.room.path("hostile")).unwrap();
    assert_eq!(ran, "install a\n");
}

/// It would leave files where variables say, and hold what the caller waits for.
#[test]
fn who_is_asked_has_nothing_of_the_callers() {
    let desk = ReaderDesk::saying(&[for_pip("<25")]);
    desk.installer(
        "pip",
        "#!/bin/sh\n[ \"$1\" = --version ] || exit 0\n{ echo asked; test -e /proc/self/fd/9 && echo held; (: < /dev/tty) && echo terminal; env | grep PIP_CONFIG; } > \"${0%/*}/../asked\" 2> /dev/null\necho pip 24.0\n",
    );
    let words = ReaderDesk::run_words(&["pip", "install", "a"]);
    let command = desk.shell("exec 9> lock; exec \"$@\"", &words);
    let seen = TerminalProgram::start(command, Streams::All).end();
    assert_holds(&seen.screen, FRAMED);
    let asked = fs::read_to_string(desk.room.path("asked")).unwrap();
    assert_eq!(asked, "asked\n");
}

/// `npm run` puts the folder of a project's programs first, and the command fills it.
#[test]
fn a_program_that_the_command_installs_is_not_asked() {
    let desk = ReaderDesk::saying(&[for_pip("<25")]);
    desk.installer("pip", "#!/bin/sh\nread line\n");
    fs::create_dir(desk.room.path("first")).unwrap();
    // Answers to the check wait until the command has done its work.
    let gate = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let url = format!("http://{}/metadata/", gate.local_addr().unwrap());
    desk.room
        .motd(&["source", "remove", "example"])
        .with_status(0);
    desk.add_source("example", &url, Some(PYPI));
    let words = ReaderDesk::run_words(&["pip", "install", "a"]);
    let script = format!(
        "PATH={}:$PATH; exec \"$@\"",
        desk.room.path("first").display()
    );
    let mut running = TerminalProgram::start(desk.shell(&script, &words), Streams::All);
    let (first, _) = gate.accept().unwrap();
    let asked = desk.room.path("asked");
    let text = format!("#!/bin/sh\necho x >> {}\necho pip 24.0\n", asked.display());
    desk.installer("new", &text);
    fs::rename(desk.room.path("bin/new"), desk.room.path("first/pip")).unwrap();
    let site = desk.site.url("");
    let site: std::net::SocketAddr = site[7..site.len() - 1].parse().unwrap();
    std::thread::spawn(move || {
        let rest = gate.incoming().map(Result::unwrap);
        for connection in std::iter::once(first).chain(rest) {
            let server = std::net::TcpStream::connect(site).unwrap();
            for (mut from, mut to) in [
                (connection.try_clone().unwrap(), server.try_clone().unwrap()),
                (server, connection),
            ] {
                std::thread::spawn(move || std::io::copy(&mut from, &mut to));
            }
        }
    });
    running.type_in("\n");
    running.end();
    assert!(!asked.exists());
}

/// An unset `PATH` is the system's own list of folders and not the working directory.
#[test]
fn without_path_a_program_of_the_working_directory_is_not_asked() {
    let desk = ReaderDesk::saying(&[for_pip("<25")]);
    let asked = desk.room.path("asked");
    let text = format!("#!/bin/sh\necho x >> {}\necho pip 24.0\n", asked.display());
    desk.installer("python3", &text);
    fs::rename(desk.room.path("bin/python3"), desk.room.path("python3")).unwrap();
    // Without a package pip sends no request. Where no Python is installed the command is not found.
    let words = ReaderDesk::run_words(&["python3", "-m", "pip", "install"]);
    let mut command = desk.command(&words);
    command.env_remove("PATH");
    TerminalProgram::start(command, Streams::All).end();
    assert!(!asked.exists());
}

#[test]
fn any_folders_of_path_let_notices_through() {
    use std::ffi::{OsStr, OsString};
    use std::os::unix::ffi::OsStrExt as _;
    let latin = OsStr::from_bytes(b"andr\xe9");
    let many: Vec<_> = (0..3_000).map(|n| format!("/opt/folder{n}")).collect();
    let many = OsString::from(many.join(":"));
    for is_latin in [true, false] {
        let desk = ReaderDesk::saying(&[for_pip("<25")]);
        desk.installer("pip", "#!/bin/sh\necho pip 24.0\n");
        let folder = if is_latin {
            let folder = desk.room.path("").join(latin);
            fs::rename(desk.room.path("bin"), &folder).unwrap();
            folder
        } else {
            desk.room.path("bin")
        };
        let mut command = desk.command(&ReaderDesk::run_words(&["pip", "install", "a"]));
        let mut path = folder.into_os_string();
        for more in [OsStr::new(":/bin:/usr/bin:"), &many] {
            path.push(more);
        }
        command.env("PATH", path);
        let seen = TerminalProgram::start(command, Streams::All).end();
        assert_holds(&seen.screen, FRAMED);
    }
}

/// Who waits for the end of a pipe waits for the command and for no other process.
#[test]
fn what_the_command_closes_is_closed() {
    use std::io::Read as _;
    let desk = ReaderDesk::new();
    for before in [&["run"][..], &["run", "--no-motd"]] {
        let words = [before, &["--", "sh", "-c", "exec 2>&-; read line; exit 7"]].concat();
        let mut child = desk
            .command(&words)
            .stdin(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        let input = child.stdin.take();
        let mut errors = child.stderr.take().unwrap();
        let (sender, receiver) = std::sync::mpsc::channel();
        std::thread::spawn(move || sender.send(errors.read(&mut [0])));
        let closed = receiver.recv_timeout(Duration::from_secs(8));
        drop(input);
        assert_eq!(child.wait().unwrap().code(), Some(7));
        assert_eq!(closed.expect("a process holds it").unwrap(), 0);
    }
}

/// Also what is no variable, and what is there twice.
#[test]
fn the_environment_is_the_commands_entry_for_entry() {
    use nix::spawn::{PosixSpawnAttr, PosixSpawnFileActions, posix_spawn};
    use std::ffi::{CStr, CString};
    use std::os::unix::ffi::OsStrExt as _;
    let desk = ReaderDesk::new();
    let out = desk.room.path("out");
    let copy = CString::new(out.as_os_str().as_bytes()).unwrap();
    let motd = CString::new(crate::common::MOTD).unwrap();
    let words = [
        &motd,
        c"run",
        c"--no-motd",
        c"--",
        c"/bin/cp",
        c"/proc/self/environ",
        &copy,
    ];
    let entries: [&CStr; 7] = [
        c"A=1",
        c"no sign",
        c"=x=y",
        c"",
        c"A=2",
        c"PATH=/usr/bin:/bin",
        c"B=\xff",
    ];
    let files = PosixSpawnFileActions::init().unwrap();
    let attributes = PosixSpawnAttr::init().unwrap();
    let process = posix_spawn(&*motd, &files, &attributes, &words, &entries).unwrap();
    let process = rustix::process::Pid::from_raw(process.as_raw());
    let options = rustix::process::WaitOptions::empty();
    let (_, status) = rustix::process::waitpid(process, options).unwrap().unwrap();
    assert_eq!(status.exit_status(), Some(0));
    let expected: Vec<u8> = entries
        .iter()
        .flat_map(|entry| entry.to_bytes_with_nul().to_owned())
        .collect();
    assert_eq!(fs::read(out).unwrap(), expected);
}

/// A pipe in the place of a configuration file: nobody ever writes to it.
#[test]
fn a_file_that_never_ends_is_not_waited_for() {
    let desk = ReaderDesk::new();
    desk.installer("npm", "#!/bin/sh\necho installed\n");
    desk.fifo(".npmrc");
    let run = |before: &[&str], script: &str| {
        let words = [&["run"], before, &["--", "npm", "install"]].concat();
        let script = format!("{script}; exec timeout --foreground 60 \"$@\"");
        let seen = TerminalProgram::start(desk.shell(&script, &words), Streams::All).end();
        assert_eq!(
            (seen.code(), seen.screen.lines().next()),
            (0, Some("installed"))
        );
        seen.screen
    };
    run(&[], "true");
    run(&["--no-motd"], "true");
    run(&[], "export MOTD=off");
    let mut roots = fs::read_dir(desk.room.path(".config/motd/roots")).unwrap();
    let root = roots.next().unwrap().unwrap().file_name();
    let root = format!(".config/motd/roots/{}", root.display());
    for name in [root.as_str(), ".config/motd/config.toml"] {
        fs::remove_file(desk.room.path(name)).unwrap();
        desk.fifo(name);
        run(&["--source", "example"], "true");
        run(&["--no-motd"], "true");
        run(&[], "export MOTD=off");
    }
}
