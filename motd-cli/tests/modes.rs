//! The table of `docs/users.md`, row by row, on a real terminal: what is shown where.

use std::fs;
use std::path::Path;

use crate::common::{NOTICE, tree};
use crate::desk::{NOW, ReaderDesk, Streams, TerminalProgram, critical};

/// The words of the table's cells.
const CELLS: [&str; 8] = [
    "notices", "plain", "unseen", "critical", "JSON", "nothing", "off", "-",
];

/// The rows of the table: a situation, and what `run`, `check` and `list` do in it.
fn rows(page: &str) -> Vec<(String, [String; 3])> {
    let (_, after) = page.split_once("<!-- test: modes -->\n").unwrap();
    let lines = after.lines().take_while(|line| line.starts_with('|'));
    let rows: Vec<_> = lines
        .skip(2)
        .map(|line| {
            let mut cells = line
                .trim_matches('|')
                .split('|')
                .map(|cell| cell.trim().to_owned());
            let situation = cells.next().unwrap();
            let cells: Vec<_> = cells.collect();
            for cell in &cells {
                assert!(CELLS.contains(&cell.as_str()), "{cell} is not explained");
            }
            (situation, cells.try_into().unwrap())
        })
        .collect();
    assert!(!rows.is_empty());
    rows
}

/// A situation, taken from its words.
#[derive(Default)]
struct Situation {
    variables: Vec<(String, String)>,
    options: Vec<String>,
    setting: Option<String>,
    installers_own: bool,
    streams: Option<Streams>,
}

impl Situation {
    fn of(words: &str) -> Self {
        let mut situation = Self::default();
        for part in words.split(", ") {
            let code = part
                .strip_prefix('`')
                .and_then(|rest| rest.strip_suffix('`'));
            match (part, code) {
                ("a terminal", _) => {}
                ("standard error is no terminal", _) => situation.streams = Some(Streams::ButError),
                ("standard output is no terminal", _) => {
                    situation.streams = Some(Streams::ButOutput);
                }
                ("the installer's own `--quiet`", _) => situation.installers_own = true,
                (_, Some(option)) if option.starts_with("--") => {
                    situation.options.push(option.to_owned());
                }
                (_, Some(setting)) if setting.starts_with("display = ") => {
                    situation.setting = Some(setting.to_owned());
                }
                (_, Some(variable)) => {
                    let (name, value) = variable.split_once('=').unwrap();
                    situation
                        .variables
                        .push((name.to_owned(), value.to_owned()));
                }
                _ => panic!("a situation that is not understood: {part}"),
            }
        }
        situation
    }
}

/// What could be seen of a command.
struct Observed {
    status: i32,
    /// The lines where its notices belong, without the installer's own and the talk about sources.
    lines: Vec<String>,
    /// Such lines elsewhere.
    stray: Vec<String>,
    asked: bool,
    touched: bool,
    counted: bool,
}

impl Observed {
    /// In the words of the table.
    fn word(&self, command: &str) -> &'static str {
        let all = |prefix: &str| self.lines.iter().all(|line| line.starts_with(prefix));
        let count = |title: &str| {
            self.lines
                .iter()
                .filter(|line| line.contains(title))
                .count()
        };
        if self.status == 2 {
            return "-";
        }
        assert_eq!(self.status, 0);
        assert!(self.stray.is_empty(), "the wrong stream: {:?}", self.stray);
        if self.lines.is_empty() || all("notices are switched off (") {
            assert!(!self.asked && !self.touched && self.lines.len() <= 1);
            return if self.lines.is_empty() {
                "nothing"
            } else {
                "off"
            };
        }
        // A list asks nobody, whatever is set.
        assert_eq!(self.asked, command != "list");
        if self.lines[0] == "{" {
            assert!(!self.counted);
            return "JSON";
        }
        if self.lines == ["notice[example] CRITICAL: Registrations are suspended"] {
            assert!(!self.counted);
            return "critical";
        }
        assert_eq!((count("TLS 1.2 will"), count("Registrations are")), (1, 1));
        if all("notice[example]") {
            return if self.counted { "notices" } else { "unseen" };
        }
        assert!(self.lines[0] == "notice from example" && count("notice[") == 0 && self.counted);
        "plain"
    }
}

/// Runs a command in a situation.
fn observe(situation: &Situation, command: &str) -> Observed {
    let desk = ReaderDesk::saying(&[NOTICE.to_owned(), critical()]);
    if command == "list" {
        desk.prime();
    }
    let file = desk.room.path(".config/motd/config.toml");
    let configuration = fs::read_to_string(&file).unwrap();
    if let Some(setting) = &situation.setting {
        desk.configure(setting);
    }
    let state = || {
        tree(&desk.room.path("."))
            .into_iter()
            .filter(|(name, _)| name.starts_with(".local"))
            .collect::<Vec<_>>()
    };
    let (before, asked) = (state(), desk.site.connections());
    let mut words = vec![command];
    words.extend(situation.options.iter().map(String::as_str));
    words.extend(["--now", NOW]);
    match command {
        "run" => words.extend(["--grace", "60", "--", "pip", "install", "a"]),
        "check" => words.extend(["--source", "example"]),
        _ => {}
    }
    if situation.installers_own {
        words.push("--quiet");
    }
    let mut program = desk.command(&words);
    program.envs(situation.variables.iter().cloned());
    let streams = situation.streams.unwrap_or(Streams::All);
    let seen = TerminalProgram::start(program, streams).end();
    // The help of a usage error has colour; notices and what is said of them never have.
    let has_colour = seen.screen.contains('\x1b') || seen.out.contains('\x1b');
    assert!(seen.code() == 2 || !has_colour, "{seen:?}");
    let (asked, touched) = (desk.site.connections() > asked, state() != before);
    // Beside a command on standard error, else on standard output.
    let on_screen = match streams {
        Streams::All => true,
        Streams::ButOutput => command == "run",
        Streams::ButError => command != "run",
    };
    let own = |line: &&str| {
        line.starts_with("example: ") || command == "run" && ["installed", "careful"].contains(line)
    };
    let lines = |text: &str| {
        // The fresh line is not a line of the display (MOTD-SHOW-11).
        let text = text.replacen("\n\nnotice", "\nnotice", 1);
        let lines = text.lines().filter(|line| !own(line));
        lines.map(str::to_owned).collect()
    };
    let (screen, out) = (lines(&seen.screen), lines(&seen.out));
    let (lines, stray) = if on_screen {
        (screen, out)
    } else {
        (out, screen)
    };
    // As it was, so that the last question is answered whatever the situation says.
    fs::write(file, configuration).unwrap();
    Observed {
        status: seen.code(),
        lines,
        stray,
        asked,
        touched,
        counted: desk.reasons().iter().all(|reason| reason == "not-yet-due"),
    }
}

fn differences(column: usize, command: &str) -> Vec<String> {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/users.md");
    let mut differences = Vec::new();
    for (words, cells) in rows(&fs::read_to_string(page).unwrap()) {
        let found = observe(&Situation::of(&words), command).word(command);
        let wanted = cells[column].as_str();
        // Beside a command nothing is said about being off.
        if wanted != found && (command, wanted, found) != ("run", "off", "nothing") {
            differences.push(format!(
                "{words}: the page says {wanted}, {command} does {found}"
            ));
        }
    }
    differences
}

#[test]
fn run_does_what_the_table_says() {
    assert_eq!(differences(0, "run"), Vec::<String>::new());
}

#[test]
fn check_does_what_the_table_says() {
    assert_eq!(differences(1, "check"), Vec::<String>::new());
}

#[test]
fn list_does_what_the_table_says() {
    assert_eq!(differences(2, "list"), Vec::<String>::new());
}

/// MOTD-SHOW-12: U+015B ends in the byte 9B, which is CSI to a terminal that is not in UTF-8.
#[test]
fn a_terminal_that_is_not_in_utf_8_gets_no_letters() {
    let notice = NOTICE.replace("TLS 1.2 will", "\u{15b}2J will");
    let check = ["check", "--source", "example", "--now", NOW];
    let run = ReaderDesk::run_words(&["pip", "install", "a"]);
    let commands = [
        (&run[..], r"notice[example] WARNING: \u{15b}2J will be"),
        (&check, r"notice[example] WARNING: \u{15b}2J will be"),
        (
            &["list", "--now", NOW],
            r"notice[example] WARNING: \u{15b}2J will be",
        ),
        (
            &["list", "--now", NOW, "--plain"],
            r"WARNING: \u{15b}2J will be",
        ),
        (&["list", "--now", NOW, "--json"], r#": "\u015b2J will be"#),
        (
            &["preview", "notice.toml"],
            r"notice[preview] WARNING: \u{15b}2J will be",
        ),
    ];
    for (words, escaped) in commands {
        let desk = ReaderDesk::saying(std::slice::from_ref(&notice));
        desk.room.write("notice.toml", &notice);
        if words[0] == "list" {
            desk.prime();
        }
        for (all, lang, is_utf8) in [("C", "C.UTF-8", false), ("", "C.UTF-8", true)] {
            if words[0] != "list" && words[0] != "preview" {
                // What was displayed is not due again.
                let _ = fs::remove_dir_all(desk.room.path(".local"));
            }
            let mut program = desk.command(words);
            program.env("LC_ALL", all).env("LANG", lang);
            let screen = TerminalProgram::start(program, Streams::All).end().screen;
            let letter = screen.contains("\u{15b}2J will be");
            assert_eq!(
                (screen.contains(escaped), letter),
                (!is_utf8, is_utf8),
                "{words:?}: {screen}"
            );
        }
    }
}
