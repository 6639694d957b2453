//! Notices with every permitted code point in a real terminal: no row begins without the prefix (MOTD-SHOW-1, MOTD-SHOW-2).
//!
//! What a terminal draws is what counts, and not what a table says of it. The gate has tmux. With
//! `MOTD_TERMINAL_FOLDER` the lines are written to that folder too, for `.ci/terminal`, which asks any other terminal.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use motd_client::Surroundings;
use motd_core::{
    Components, Document, Environment, Frame, Mode, SeenState, Verified, decide, is_permitted,
    render, select,
};
use serde_json::json;

use crate::common::Room;

/// The fewest columns for this source, one that is in the middle, the usual, and more than are used.
const WIDTHS: [u16; 4] = [35, 60, 80, 101];

/// So many of one code point fill the narrowest line.
const RUN: usize = 20;

/// Words of one code point each: runs, and each one alone. A mark has a base, and there are at most four in a row.
fn words(run: usize) -> impl Iterator<Item = String> {
    ('\u{21}'..=char::MAX)
        .filter(|character| is_permitted(*character))
        .map(move |character| {
            let based = format!("a{character}");
            let is_mark = verified(&[character.to_string()]).is_none();
            if is_mark {
                based
            } else {
                character.to_string()
            }
            // MOTD-TEXT-11: no two of it stand in a row.
            .repeat(if character == '#' { 1 } else { run })
        })
}

/// A document that says this, when all of it is permitted.
fn verified(body: &[String]) -> Option<Verified<Document>> {
    let notice = json!({
        "id": "a", "revision": 1, "severity": "info", "begins": "2026-01-01T00:00:00Z", "ends": "2026-02-01T00:00:00Z",
        "text": { "en": { "title": "T", "body": body } },
    });
    let document = json!({
        "schema_version": "1.0", "repository": "example.org", "default_language": "en", "notices": [notice],
    });
    let document = Document::judge_any_form(document.to_string().as_bytes(), None).unwrap();
    let document = Verified::assert_author_preview(document);
    let is_read = document.verified().notices().next().is_some();
    is_read.then_some(document)
}

/// Paragraphs of words with these between them.
fn paragraphs(words: impl Iterator<Item = String>, between: &str) -> Vec<String> {
    let mut all = vec![String::new()];
    let mut length = 0;
    for word in words {
        let more = word.chars().count() + between.len();
        if length + more > 1_000 {
            all.push(String::new());
            length = 0;
        }
        let paragraph = all.last_mut().unwrap();
        paragraph.push_str(&word);
        paragraph.push_str(between);
        length += more;
    }
    all
}

/// The lines of all notices together, as they are displayed.
fn lines(columns: u16, all: &[String]) -> Vec<String> {
    let frame = Frame::new("pypi".parse().unwrap(), Some(columns))
        .unwrap()
        .with_utf8(true);
    let components = Components::new();
    let environment = Environment {
        components: &components,
        ..Environment::new("2026-01-02T00:00:00Z".parse().unwrap())
    };
    let seen = SeenState::new();
    let mut lines = Vec::new();
    for body in all.chunks(8) {
        let document = verified(body).unwrap();
        let decided = decide(
            select(&document, &environment),
            &seen,
            environment.now,
            Mode::List,
        );
        lines.extend(render(&decided[0].shown().unwrap(), &frame));
    }
    lines
}

/// A server of tmux that ends with this.
struct Tmux(Room);

impl Tmux {
    fn new() -> Self {
        let room = Room::new();
        room.write(
            "conf",
            "set -g history-limit 200000\nset -g status off\nset -s exit-empty off\n",
        );
        Self(room)
    }

    fn command(&self) -> Command {
        let mut command = self.0.command("tmux");
        command.args(["-u", "-S", "socket", "-f", "conf"]);
        command
    }

    fn say(&self, words: &[&str]) -> Output {
        let output = self.command().args(words).output().unwrap();
        assert!(output.status.success(), "{words:?}: {output:?}");
        output
    }

    /// The rows of a terminal of so many columns after these lines.
    fn rows(&self, columns: u16, lines: &[String]) -> Vec<String> {
        self.0
            .write("lines", format!("{}\nTHE END\n", lines.join("\n")));
        let columns = columns.to_string();
        self.say(&[
            "new-session",
            "-d",
            "-x",
            &columns,
            "-y",
            "50",
            "cat lines; exec cat",
        ]);
        let captured = |more: &[&str]| {
            let output = self.say(&[&["capture-pane", "-p"], more].concat());
            String::from_utf8(output.stdout).unwrap()
        };
        while !captured(&[]).contains("THE END") {
            std::thread::yield_now();
        }
        let rows = captured(&["-S", "-"]);
        self.say(&["kill-session"]);
        rows.lines()
            .take_while(|row| *row != "THE END")
            .map(str::to_owned)
            .collect()
    }
}

impl Drop for Tmux {
    fn drop(&mut self) {
        // It outlives its sessions, so that none is begun while it ends.
        let _ = self.command().arg("kill-server").output();
    }
}

#[expect(clippy::print_stderr, reason = "the gate reads it")]
fn has_tmux() -> bool {
    let found = Command::new("tmux").arg("-V").output().is_ok();
    let required = std::env::var_os("MOTD_REQUIRE_INTEROP").is_some_and(|value| value == "1");
    assert!(found || !required, "skipped: needs tmux");
    if !found {
        eprintln!("skipped: needs tmux");
    }
    found
}

#[test]
fn no_row_begins_without_the_prefix_whatever_the_text_is() {
    let folder = std::env::var_os("MOTD_TERMINAL_FOLDER").map(PathBuf::from);
    if !has_tmux() && folder.is_none() {
        return;
    }
    let texts = [
        paragraphs(words(RUN), " "),
        paragraphs(words(1), ""),
        paragraphs(words(1), " "),
    ]
    .concat();
    let mut without = Vec::new();
    for columns in WIDTHS {
        let lines = lines(columns, &texts);
        assert!(lines.len() > 10_000);
        if let Some(folder) = &folder {
            write(folder, columns, &lines);
            continue;
        }
        let tmux = Tmux::new();
        for some in lines.chunks(20_000) {
            let rows = tmux.rows(columns, some);
            assert!(
                rows.len() >= some.len(),
                "{columns}: {} of {}",
                rows.len(),
                some.len()
            );
            let bare = rows
                .into_iter()
                .filter(|row| !row.starts_with("notice[pypi]"));
            without.extend(bare.map(|row| format!("{columns}: {row}")));
        }
    }
    assert!(
        without.is_empty(),
        "{} rows: {:?}",
        without.len(),
        without.iter().take(20).collect::<Vec<_>>()
    );
}

/// MOTD-SHOW-11: a command that moves the cursor up would put its own words behind the lines of a notice, and its lines of
/// double width would have room for half of one. What it wrote above its cursor stays.
#[test]
fn nothing_old_stands_behind_a_line() {
    if !has_tmux() {
        return;
    }
    let surroundings = Surroundings::of(
        |name| (name == "TERM").then(|| "xterm".to_owned()),
        true,
        false,
    );
    let notice = lines(80, &["No action is needed.".to_owned()]);
    let old = format!("{:60}.evil.example\n", "").repeat(3);
    let output = format!(
        "above\ndone\n\n{old}\x1b[4A{}{}",
        surroundings.fresh_line,
        notice.join("\n")
    );
    let rows = Tmux::new().rows(80, &[output]);
    assert_eq!(
        rows.iter().map(|row| row.trim_end()).collect::<Vec<_>>(),
        [
            &["above", "done", ""][..],
            &notice.iter().map(String::as_str).collect::<Vec<_>>()
        ]
        .concat()
    );
}

fn write(folder: &Path, columns: u16, lines: &[String]) {
    fs::write(folder.join(format!("{columns}.txt")), lines.join("\n")).unwrap();
}
