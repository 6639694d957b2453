//! The README's example does what it says: its commands are run, and their output is compared with what stands there.
//!
//! `<!-- test: file NAME -->` before a fence makes that file; `<!-- test: try -->` before a `console` fence runs its
//! commands, in order, in one folder; `<!-- test: try 5 -->` such that end with this status and not with 0. A command
//! that ends in `&` goes on in the background; the address it prints stands for `127.0.0.1:8080`. Times are not compared.

use std::io::{BufRead as _, BufReader, PipeReader, Read as _};
use std::path::Path;
use std::process::Child;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use crate::common::{MOTD, Room};

/// The address in the README. The test takes a free port.
const ADDRESS: &str = "127.0.0.1:8080";

/// How long a server may take to say where it listens.
const PATIENCE: Duration = Duration::from_secs(30);

/// A fence with the marker before it.
struct Fence<'a> {
    marker: &'a str,
    language: &'a str,
    lines: Vec<&'a str>,
}

/// The fences of a page that are marked for this test.
fn fences(page: &str) -> Vec<Fence<'_>> {
    let mut lines = page.lines();
    let mut fences = Vec::new();
    while let Some(line) = lines.next() {
        let marker = line
            .strip_prefix("<!-- test: ")
            .and_then(|rest| rest.strip_suffix(" -->"));
        let Some(marker) = marker else { continue };
        let opening = lines.next().unwrap_or_default();
        let language = opening.strip_prefix("```");
        let language = language.unwrap_or_else(|| panic!("no fence after the marker {marker}"));
        let lines = lines.by_ref().take_while(|line| *line != "```").collect();
        fences.push(Fence {
            marker,
            language,
            lines,
        });
    }
    fences
}

/// A command of the example, and what the page says that it prints.
#[derive(Debug, PartialEq)]
struct ExampleStep {
    command: String,
    background: bool,
    expected: Vec<String>,
}

fn steps(lines: &[&str]) -> Vec<ExampleStep> {
    let mut steps: Vec<ExampleStep> = Vec::new();
    let mut lines = lines.iter();
    while let Some(line) = lines.next() {
        let Some(command) = line.strip_prefix("$ ") else {
            let step = steps.last_mut().expect("the example begins with a command");
            step.expected.push((*line).to_owned());
            continue;
        };
        assert!(
            command.starts_with("motd "),
            "not a command of motd: {command}"
        );
        let mut command = command.to_owned();
        while let Some(whole) = command.strip_suffix('\\') {
            command = format!(
                "{whole}{}",
                lines.next().expect("the command goes on").trim_start()
            );
        }
        let background = command.ends_with('&');
        let command = command.trim_end_matches('&').trim_end().to_owned();
        steps.push(ExampleStep {
            command,
            background,
            expected: Vec::new(),
        });
    }
    for step in &mut steps {
        // An empty line before the next command is for the eye.
        while step.expected.last().is_some_and(String::is_empty) {
            step.expected.pop();
        }
    }
    steps
}

/// The text with `[TIME]` for every time and date.
fn without_times(text: &str) -> String {
    let mut left = text;
    let mut result = String::new();
    while let Some(first) = left.chars().next() {
        let form = ["0000-00-00T00:00:00Z", "0000-00-00"]
            .into_iter()
            .find(|form| has_form(left, form));
        let (written, length) = match form {
            Some(form) => ("[TIME]", form.len()),
            None => (&left[..first.len_utf8()], first.len_utf8()),
        };
        result.push_str(written);
        left = &left[length..];
    }
    result
}

/// Whether the text begins so, where `0` stands for any digit.
fn has_form(text: &str, form: &str) -> bool {
    text.len() >= form.len()
        && text
            .bytes()
            .zip(form.bytes())
            .all(|(byte, wanted)| match wanted {
                b'0' => byte.is_ascii_digit(),
                _ => byte == wanted,
            })
}

/// A command that goes on until the test ends.
struct BackgroundProcess(Child);

impl Drop for BackgroundProcess {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts a line of shell with both its streams in one, as on a terminal.
fn start(room: &Room, line: &str) -> (Child, PipeReader) {
    let folder = Path::new(MOTD).parent().unwrap();
    let path = std::env::join_paths(
        std::iter::once(folder.to_owned())
            .chain(std::env::split_paths(&std::env::var_os("PATH").unwrap())),
    );
    let (reader, writer) = std::io::pipe().unwrap();
    let child = room
        .command("sh")
        // In place of the shell, so that what is killed is the program.
        .args(["-c", &format!("exec {line}")])
        .env("PATH", path.unwrap())
        .stdout(writer.try_clone().unwrap())
        .stderr(writer)
        .spawn()
        .unwrap();
    (child, reader)
}

/// The first lines, waited for.
fn first_lines(reader: PipeReader, count: usize) -> Vec<String> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        // Reads on after them, so that the program never writes into a closed pipe.
        for line in BufReader::new(reader).lines().map_while(Result::ok) {
            let _ = sender.send(line);
        }
    });
    (0..count)
        .map(|_| {
            receiver
                .recv_timeout(PATIENCE)
                .expect("a line from the background")
        })
        .collect()
}

/// Runs a page's example; what is not as the page says.
fn differences(page: &str) -> Vec<String> {
    let room = Room::new();
    let mut address = None;
    let mut background = Vec::new();
    let mut differences = Vec::new();
    let mut tried = 0;
    for fence in fences(page) {
        if let Some(name) = fence.marker.strip_prefix("file ") {
            room.write(name, format!("{}\n", fence.lines.join("\n")));
            continue;
        }
        assert_eq!(fence.language, "console");
        let wanted = match fence.marker.strip_prefix("try") {
            Some("") => 0,
            Some(status) => status.trim().parse().expect("a status after `try`"),
            None => panic!("a marker that says nothing: {}", fence.marker),
        };
        for step in steps(&fence.lines) {
            tried += 1;
            let printed = if step.background {
                let line = step.command.replace(ADDRESS, "127.0.0.1:0");
                let (child, reader) = start(&room, &line);
                background.push(BackgroundProcess(child));
                let lines = first_lines(reader, step.expected.len().max(1));
                let printed = lines[0]
                    .split_once("http://")
                    .and_then(|(_, rest)| rest.split('/').next());
                address = Some(
                    printed
                        .expect("the background says where it listens")
                        .to_owned(),
                );
                if step.expected.is_empty() {
                    Vec::new()
                } else {
                    lines
                }
            } else {
                let line = step
                    .command
                    .replace(ADDRESS, address.as_deref().unwrap_or(ADDRESS));
                let (mut child, mut reader) = start(&room, &line);
                let mut text = String::new();
                reader.read_to_string(&mut text).unwrap();
                let status = child.wait().unwrap();
                if status.code() != Some(wanted) {
                    differences.push(format!("$ {}\n{status}", step.command));
                }
                text.lines().map(str::to_owned).collect()
            };
            let printed = printed
                .join("\n")
                .replace(address.as_deref().unwrap_or(ADDRESS), ADDRESS);
            let expected = step.expected.join("\n");
            if without_times(&printed) != without_times(&expected) {
                differences.push(format!(
                    "$ {}\n{printed}\n--- but the page says ---\n{expected}",
                    step.command
                ));
            }
        }
    }
    assert!(
        tried > 0,
        "the page has no example: no `console` fence after `<!-- test: try -->`"
    );
    differences
}

#[test]
fn the_readme_does_what_it_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md");
    let differences = differences(&std::fs::read_to_string(path).unwrap());
    assert!(differences.is_empty(), "{}", differences.join("\n\n"));
}

/// An example with two outputs that are not so, at a time long before that of the machine.
const PAGE: &str = r#"
<!-- test: file notice.toml -->
```toml
id = "a"
revision = 1
severity = "info"
begins = 2018-03-22T00:00:00Z
ends = 2018-07-01T00:00:00Z

[text.en]
title = "Hello"
body = []
```

<!-- test: try -->
```console
$ motd lint notice.toml
notice.toml: ok
$ motd repo init index --repository example.org --now 2018-04-12T00:00:00Z
something else
$ motd publish index notice.toml --key index/keys/person-1.pem \
    --key index/keys/person-2.pem --now 2018-04-12T00:00:00Z
$ motd serve index --listen 127.0.0.1:8080 &
http://127.0.0.1:8080/metadata/
$ motd check --root index/metadata/1.root.json --repository example.org \
    --metadata-url http://127.0.0.1:8080/metadata/ --state-dir state \
    --now 2018-04-12T00:00:00Z
notice[motd] INFO: Hello
```
"#;

#[test]
fn what_a_page_says_wrongly_is_noticed() {
    let differences = differences(PAGE);
    let commands: Vec<_> = differences
        .iter()
        .filter_map(|text| text.lines().next())
        .collect();
    assert_eq!(
        commands,
        [
            "$ motd repo init index --repository example.org --now 2018-04-12T00:00:00Z",
            "$ motd publish index notice.toml --key index/keys/person-1.pem --key index/keys/person-2.pem --now 2018-04-12T00:00:00Z",
        ]
    );
}

#[test]
#[should_panic(expected = "the page has no example")]
fn a_page_without_an_example_fails() {
    differences("# A page\n\n```console\n$ motd lint\n```\n");
}

#[test]
fn times_are_not_compared() {
    assert_eq!(
        without_times("until 2018-04-12T00:00:00Z, or 2018-04-13"),
        "until [TIME], or [TIME]"
    );
    assert_eq!(without_times("é 2018-04"), "é 2018-04");
}

/// What a newcomer types first is what the gate runs, word for word.
#[test]
fn the_gate_runs_the_first_commands() {
    let read = |name: &str| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name);
        std::fs::read_to_string(path).unwrap()
    };
    let (page, gate) = (read("README.md"), read(".ci/run"));
    let fence = page.split("```console\n").nth(1).unwrap();
    let lines = fence.lines().map_while(|line| line.strip_prefix("$ "));
    let commands: Vec<_> = lines
        .map(|line| line.split(" #").next().unwrap().trim())
        .collect();
    assert_eq!(commands.len(), 2);
    for command in commands {
        let runs = gate.lines().any(|line| line.trim().starts_with(command));
        assert!(runs, "the gate does not run {command}");
    }
}
