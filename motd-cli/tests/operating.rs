//! `docs/operating.md` does what it says: its commands are run as they stand and in their order, over S3, from the first key
//! to a restoration from nothing but the bucket and the keys of people.
//!
//! A marker `<!-- test: ... -->` stands alone or before a fence:
//!
//! | marker | what is done |
//! |---|---|
//! | `at NAME`, `at NAME STATUS` | the `console` fence is run on this machine, which is a folder; it ends with this status, or 0 |
//! | `file NAME/FILE` | the fence is this file |
//! | `serve NAMES` | the fence is one command, begun on each of these machines; the first is behind the page's URL from then on |
//! | `stop NAMES` | these servers are killed |
//! | `copy FILES to FOLDERS` | somebody carries files and folders to other machines |
//! | `folder FOLDER` | makes a folder |
//! | `intruder NAME` | somebody without a key writes over the files of the bucket that end with this name |
//!
//! Commands run on a terminal, where passphrases are typed and questions answered. The lines that the page shows have to be
//! among what is printed, in their order. Hexadecimal numbers and names of proposals are others each time: the first time that
//! one is seen it is learnt, and stands for the page's from then on. Times and the short ids of keys are not compared.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use motd_test_support::s3::S3Server;

use crate::common::{FileSite, MOTD, Room, Serving, assert_holds, copy, day, tree, words};
use crate::desk::{Streams, TerminalProgram};

/// Where servers are reached, on the page.
const URL: &str = "https://notices.example.org/";

/// A marker, and the fence after it if there is one.
#[derive(Debug)]
struct GuidePart<'a> {
    marker: &'a str,
    fence: Vec<&'a str>,
}

fn parts(page: &str) -> Vec<GuidePart<'_>> {
    let mut lines = page.lines().peekable();
    let mut parts = Vec::new();
    while let Some(line) = lines.next() {
        let marker = line.strip_prefix("<!-- test: ");
        let Some(marker) = marker.and_then(|rest| rest.strip_suffix(" -->")) else {
            continue;
        };
        let mut fence = Vec::new();
        if lines.next_if(|line| line.starts_with("```")).is_some() {
            fence.extend(lines.by_ref().take_while(|line| *line != "```"));
        }
        parts.push(GuidePart { marker, fence });
    }
    parts
}

/// The commands of a fence, each with the lines that it prints.
fn commands(fence: &[&str]) -> Vec<(String, Vec<String>)> {
    let mut commands: Vec<(String, Vec<String>)> = Vec::new();
    let mut lines = fence.iter();
    while let Some(line) = lines.next() {
        let Some(command) = line.strip_prefix("$ ") else {
            let (_, printed) = commands.last_mut().expect("a command comes first");
            printed.push((*line).to_owned());
            continue;
        };
        let mut command = command.to_owned();
        while let Some(begun) = command.strip_suffix('\\') {
            let rest = lines.next().expect("the command goes on");
            command = format!("{begun}{}", rest.trim_start());
        }
        commands.push((command, Vec::new()));
    }
    commands
}

/// What on the page stands for what in this run.
#[derive(Debug, Default)]
struct Names(BTreeMap<String, String>);

impl Names {
    /// Whether the page's line is this one. What is new in it is learnt.
    fn meet(&mut self, page: &str, printed: &str) -> bool {
        let (page, printed) = (parts_of(page), parts_of(printed));
        if page.len() != printed.len() {
            return false;
        }
        let mut learnt = BTreeMap::new();
        for (page, printed) in page.iter().zip(&printed) {
            let known = self.0.get(*page).or_else(|| learnt.get(*page));
            let same = match known {
                Some(known) => known == printed,
                None if form(page).is_some() && form(page) == form(printed) => {
                    // Which of the short ids of keys comes first is chance.
                    if !matches!(form(page), Some(Form::Time | Form::Hash(8))) {
                        learnt.insert((*page).to_owned(), (*printed).to_owned());
                    }
                    true
                }
                None => page == printed,
            };
            if !same {
                return false;
            }
        }
        self.0.append(&mut learnt);
        true
    }

    /// The page's command as it is for this run.
    fn translate(&self, command: &str) -> String {
        let known = self.0.iter();
        known.fold(command.to_owned(), |line, (page, here)| {
            line.replace(page, here)
        })
    }
}

/// A word that is another in each run.
#[derive(Debug, PartialEq)]
enum Form {
    Hash(usize),
    Proposal,
    Time,
}

fn form(word: &str) -> Option<Form> {
    let hex = |text: &str| {
        text.bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    };
    if matches!(word.len(), 8 | 64) && hex(word) {
        return Some(Form::Hash(word.len()));
    }
    if word.ends_with('Z') && word.parse::<jiff::Timestamp>().is_ok() {
        return Some(Form::Time);
    }
    let (day, rest) = word.split_once('-')?;
    (day.len() == 8 && rest.len() == 32 && hex(day) && hex(rest)).then_some(Form::Proposal)
}

fn parts_of(line: &str) -> Vec<&str> {
    // A time has colons, and a kept entry of the log too: what is printed ends in one, or begins after one.
    let line = line.trim();
    line.split([' ', ',', ';', '/'])
        .flat_map(|word| match word.split_once(':') {
            Some((number, hash)) if hash.len() == 64 => vec![number, hash],
            _ => vec![word.trim_end_matches(':')],
        })
        .collect()
}

/// A server on one of the machines, killed when the test ends.
struct GuideServer {
    child: Child,
    /// Read no further than where it listens; it would be told if nobody could.
    _out: BufReader<ChildStdout>,
    url: String,
}

impl Drop for GuideServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

struct GuideWorld {
    room: Room,
    s3: S3Server,
    servers: Vec<(String, GuideServer)>,
    names: Names,
    differences: Vec<String>,
}

impl GuideWorld {
    fn new() -> Self {
        let s3 = S3Server::start();
        // The page's second bucket.
        s3.make_bucket("notices-waiting");
        Self {
            room: Room::new(),
            s3,
            servers: Vec::new(),
            names: Names::default(),
            differences: Vec::new(),
        }
    }

    /// A line of shell on a machine. The program comes first, in the place of the shell.
    fn shell(&self, machine: &str, line: &str) -> Command {
        let folder = self.room.path(machine);
        fs::create_dir_all(&folder).unwrap();
        let programs = Path::new(MOTD).parent().unwrap().to_owned();
        let path = std::env::var_os("PATH").unwrap();
        let path = std::iter::once(programs).chain(std::env::split_paths(&path));
        let mut command = self.room.command("sh");
        command
            .args(["-c", &format!("exec {line}")])
            .current_dir(folder)
            .env("PATH", std::env::join_paths(path).unwrap())
            .envs(self.s3.variables());
        command
    }

    fn run(&mut self, machine: &str, status: i32, command: &str, expected: &[String]) {
        let mut line = self.names.translate(command);
        if let Some((_, server)) = self.servers.first() {
            line = line.replace(URL, &server.url);
        }
        let seen =
            TerminalProgram::start(self.shell(machine, &line), Streams::All).answered("secret");
        if seen.code() != status {
            self.differences
                .push(format!("$ {command}\nstatus {}", seen.code()));
        }
        let mut printed = seen.screen.lines();
        for line in expected.iter().filter(|line| !line.is_empty()) {
            if !printed.any(|printed| self.names.meet(line, printed)) {
                self.differences.push(format!(
                    "$ {command}\n{}\n--- has no such line here ---\n{line}",
                    seen.screen
                ));
                return;
            }
        }
    }

    fn serve(&mut self, machine: &str, command: &str) {
        let line = command
            .replace("127.0.0.1:8080", "127.0.0.1:0")
            .replace("127.0.0.1:9090", "127.0.0.1:0");
        let mut child = self
            .shell(machine, &line)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut url = String::new();
        out.read_line(&mut url).unwrap();
        let url = url.trim_end().strip_suffix("metadata/");
        let url = url.expect("a server says where it listens").to_owned();
        let server = GuideServer {
            child,
            _out: out,
            url,
        };
        self.servers.push((machine.to_owned(), server));
    }

    fn copy(&self, words: &[&str]) {
        let mut halves = words.split(|word| *word == "to");
        let (from, to) = (halves.next().unwrap(), halves.next().unwrap());
        for folder in to {
            let folder = self.room.path(folder);
            fs::create_dir_all(&folder).unwrap();
            for source in from {
                copy(&self.room.path(source), &folder);
            }
        }
    }

    /// MOTD-PUB-15: every recovery of the page has to begin in such a bucket.
    fn intrude(&self, name: &str) {
        let bucket = self.s3.path("notices", "index");
        let files = tree(&bucket).into_keys();
        let files: Vec<_> = files.filter(|path| path.ends_with(name)).collect();
        assert!(!files.is_empty(), "{name}");
        for path in files {
            fs::write(bucket.join(path), "{}").unwrap();
        }
    }

    /// Does what the page says.
    fn walk(&mut self, page: &str) -> usize {
        let mut tried = 0;
        for GuidePart { marker, fence } in parts(page) {
            let words: Vec<&str> = marker.split(' ').collect();
            match &words[..] {
                ["at", machine, status @ ..] => {
                    let status = status
                        .first()
                        .map_or(0, |status| status.parse().expect("a status"));
                    for (command, expected) in commands(&fence) {
                        tried += 1;
                        self.run(machine, status, &command, &expected);
                    }
                }
                ["file", name] => {
                    let text = format!("{}\n", fence.join("\n"));
                    let text = text
                        .replace("2026-12-01T00:00:00Z", &day(-1))
                        .replace("2026-12-06T00:00:00Z", &day(7));
                    self.room.write(name, text);
                }
                ["serve", machines @ ..] => {
                    let commands = commands(&fence);
                    let [(command, _)] = &commands[..] else {
                        panic!("one command begins a server");
                    };
                    tried += 1;
                    for machine in machines {
                        self.serve(machine, command);
                    }
                }
                ["stop", machines @ ..] => self
                    .servers
                    .retain(|(machine, _)| !machines.contains(&machine.as_str())),
                ["copy", words @ ..] => self.copy(words),
                ["intruder", name] => self.intrude(name),
                ["folder", folder] => fs::create_dir_all(self.room.path(folder)).unwrap(),
                _ => panic!("a marker that says nothing: {marker}"),
            }
        }
        tried
    }
}

#[test]
fn the_operators_page_does_what_it_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/operating.md");
    let mut world = GuideWorld::new();
    let tried = world.walk(&fs::read_to_string(path).unwrap());
    assert!(
        world.differences.is_empty(),
        "{}",
        world.differences.join("\n\n")
    );
    assert!(tried > 30, "only {tried} commands have a marker");
}

#[test]
fn what_the_page_says_wrongly_is_noticed() {
    let page = "\
<!-- test: at alice -->
```console
$ motd key new a.pem
public key  9c1185a5c5e9fc54612808977ee8f548b2258d31a3b6f1f7d1e4e5d3c2b1a098
$ motd key show a.pem
public key  9c1185a5c5e9fc54612808977ee8f548b2258d31a3b6f1f7d1e4e5d3c2b1a098
$ motd key show a.pem
key id  9c1185a5c5e9fc54612808977ee8f548b2258d31a3b6f1f7d1e4e5d3c2b1a098
$ motd key show nobody.pem
```
";
    let mut world = GuideWorld::new();
    assert_eq!(world.walk(page), 4);
    let first_lines: Vec<&str> = world
        .differences
        .iter()
        .filter_map(|text| text.lines().next())
        .collect();
    assert_eq!(
        first_lines,
        ["$ motd key show a.pem", "$ motd key show nobody.pem"],
        "{:?}",
        world.differences
    );
}

/// The page's chapter of this name, over a folder.
#[test]
fn with_new_online_keys_a_backup_that_is_too_old_is_believed_at_once() {
    let room = Room::new();
    room.motd(&["repo", "init", "index", "--repository", "example.org"])
        .with_status(0);
    let people = words("--key index/keys/person-1.pem --key index/keys/person-2.pem");
    let publish = || {
        let words = [&["publish", "index"][..], &people].concat();
        room.motd(&words).with_status(0);
    };
    let site = FileSite::serve(&room.path("index"));
    let url = site.metadata_url();
    let check = || {
        let words = format!(
            "check --root backup/index/metadata/1.root.json --repository example.org --metadata-url {url} --state-dir state --json"
        );
        room.line(&words).with_status(0).json()
    };
    publish();
    fs::create_dir(room.path("backup")).unwrap();
    copy(&room.path("index"), &room.path("backup"));
    publish();
    publish();
    assert_eq!(check()["state"], "fresh");
    let said = || Serving::start(&room, "index", &["--online-keys", "online"], []).talk();
    assert_holds(&said(), "serving index");

    // It is put back, and what is made from it is still older than what this client has seen.
    copy(&room.path("backup/index"), &room.path("."));
    publish();
    let report = check();
    assert_eq!(
        (&report["state"], &report["failure"]["code"]),
        (&"cached".into(), &"stale-mirror".into())
    );
    // Nor does a server begin with it that has served the newer one.
    assert_holds(&said(), "was taken up before");

    let key = |words: &[&str]| {
        let shown = room.motd(words).with_status(0).json();
        let member = |name: &str| shown[name].as_str().unwrap().to_owned();
        (member("keyid"), member("public"))
    };
    fs::create_dir(room.path("online")).unwrap();
    let mut words: Vec<String> = ["repo", "rotate", "index", "--out", "request"]
        .map(str::to_owned)
        .into();
    for role in ["snapshot", "timestamp"] {
        let (old, _) = key(&["key", "show", &format!("index/keys/{role}.pem"), "--json"]);
        let file = format!("online/{role}.pem");
        let (_, new) = key(&["key", "new", &file, "--unencrypted", "--json"]);
        words.extend(["--role", role, "--add"].map(str::to_owned));
        words.push(format!("{role}={new}"));
        words.extend(["--remove".to_owned(), format!("{role}={old}")]);
    }
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    room.motd(&words).with_status(0);
    let accept = ["--accept", "/keys", "--accept", "/roles", "--yes"];
    let sign = [&["sign", "index", "request"][..], &people, &accept].concat();
    room.motd(&sign).with_status(0);
    let words = ["publish", "index", "--request", "request", "--online-keys"];
    room.motd(&[&words[..], &["online"]].concat())
        .with_status(0);
    assert_eq!(check()["state"], "fresh");
    assert_holds(&said(), "serving index");
}
