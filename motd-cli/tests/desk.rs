//! Somebody's desk: a repository that speaks, a configuration that lets it, installers made of shell, and terminals.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Read as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use pty_process::blocking::{Command as TerminalCommand, Pty};
use serde_json::Value;

use crate::common::{FileSite, MOTD, NOTICE, ProgramOutput, Room, run, tree};

pub(crate) const START: &str = "2024-03-28T00:00:00Z";
pub(crate) const PUBLISHED: &str = "2024-03-28T01:00:00Z";
pub(crate) const NOW: &str = "2024-03-28T02:00:00Z";

/// What pip uses when nobody says otherwise.
pub(crate) const PYPI: &str = "https://pypi.org/simple/";

/// A pip that says something on both its streams.
pub(crate) const PIP: &str = "#!/bin/sh\necho installed\necho careful >&2\n";

/// A critical notice.
pub(crate) fn critical() -> String {
    NOTICE
        .replace("tls-1.2-required", "incident")
        .replace("\"warning\"", "\"critical\"")
        .replace(
            "TLS 1.2 will be required on 30 June",
            "Registrations are suspended",
        )
}

/// What stood on a terminal, and what was written elsewhere.
#[derive(Debug)]
pub(crate) struct TerminalOutput {
    pub(crate) status: ExitStatus,
    pub(crate) screen: String,
    pub(crate) out: String,
}

impl TerminalOutput {
    /// The status, as a shell gives it.
    pub(crate) fn code(&self) -> i32 {
        let signal = || self.status.signal().map(|signal| 128 + signal);
        self.status.code().or_else(signal).unwrap()
    }
}

/// Which streams are the terminal.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Streams {
    /// All of them.
    All,
    /// All but standard output, which is a file.
    ButOutput,
    /// All but standard error, which is a file.
    ButError,
}

/// A command on a pseudo-terminal of 80 columns that is its controlling terminal.
pub(crate) struct TerminalProgram {
    pty: Pty,
    child: std::process::Child,
    file: fs::File,
    pub(crate) screen: String,
}

impl TerminalProgram {
    pub(crate) fn start(command: Command, streams: Streams) -> Self {
        let (pty, pts) = pty_process::blocking::open().unwrap();
        pty.resize(pty_process::Size::new(24, 80)).unwrap();
        let file = tempfile::tempfile().unwrap();
        let other = Stdio::from(file.try_clone().unwrap());
        let command = TerminalCommand::from(command);
        let command = match streams {
            Streams::All => command,
            Streams::ButOutput => command.stdout(other),
            Streams::ButError => command.stderr(other),
        };
        let child = command.spawn(pts).unwrap();
        Self {
            pty,
            child,
            file,
            screen: String::new(),
        }
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Reads on; `false` when the last one who could write is gone.
    fn read(&mut self) -> bool {
        let mut bytes = [0; 4_096];
        match self.pty.read(&mut bytes) {
            Ok(0) | Err(_) => false,
            Ok(count) => {
                let text = String::from_utf8_lossy(&bytes[..count]);
                self.screen.push_str(&text.replace('\r', ""));
                true
            }
        }
    }

    /// Waits until these words are on the screen.
    pub(crate) fn until(&mut self, words: &str) {
        self.until_times(words, 1);
    }

    /// Waits until they are there so often.
    pub(crate) fn until_times(&mut self, words: &str, times: usize) {
        while self.screen.matches(words).count() < times {
            assert!(self.read(), "{words} never came: {:?}", self.screen);
        }
    }

    /// Waits until the terminal does not show what is typed.
    pub(crate) fn until_silent(&self) {
        use rustix::termios::{LocalModes, tcgetattr};
        while tcgetattr(&self.pty)
            .unwrap()
            .local_modes
            .contains(LocalModes::ECHO)
        {
            std::thread::yield_now();
        }
    }

    /// Makes the window narrower or wider.
    pub(crate) fn resize(&self, columns: u16) {
        let size = pty_process::Size::new(24, columns);
        self.pty.resize(size).unwrap();
    }

    /// Types.
    pub(crate) fn type_in(&mut self, keys: &str) {
        self.pty.write_all(keys.as_bytes()).unwrap();
    }

    /// Answers what people are asked: for a passphrase, and whether they sign. Waits for the end.
    pub(crate) fn answered(mut self, passphrase: &str) -> TerminalOutput {
        let mut answered = 0;
        while self.read() {
            let asked = &self.screen[answered..];
            let question = asked.lines().last().unwrap_or_default();
            let hidden = ["Passphrase for ", "New passphrase for ", "The same again"];
            if hidden.iter().any(|words| question.starts_with(words)) && asked.ends_with(": ") {
                self.until_silent();
                self.type_in(&format!("{passphrase}\r"));
            } else if asked.ends_with("[y/N] ") {
                self.type_in("y\r");
            } else {
                continue;
            }
            answered = self.screen.len();
        }
        self.end()
    }

    /// What it writes until the end, byte for byte.
    pub(crate) fn bytes(&mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        // The end of a terminal is an error.
        let _ = self.pty.read_to_end(&mut bytes);
        bytes
    }

    /// Waits for the end without reading; fails when it does not come.
    pub(crate) fn ends_unread(&mut self) -> ExitStatus {
        let begin = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            if begin.elapsed() > Duration::from_mins(1) {
                self.child.kill().unwrap();
                self.child.wait().unwrap();
                panic!("no end");
            }
            std::thread::yield_now();
        }
    }

    /// Waits for the end.
    pub(crate) fn end(mut self) -> TerminalOutput {
        use std::io::Seek as _;
        while self.read() {}
        let status = self.child.wait().unwrap();
        let mut out = String::new();
        self.file.rewind().unwrap();
        self.file.read_to_string(&mut out).unwrap();
        TerminalOutput {
            status,
            screen: self.screen,
            out,
        }
    }
}

/// The files of a repository.
type Files = BTreeMap<String, (Vec<u8>, u32)>;

/// The files of a repository that says these: made once, since keys take their time.
fn published(notices: &[String]) -> Files {
    static MADE: Mutex<BTreeMap<Vec<String>, Files>> = Mutex::new(BTreeMap::new());
    let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
    let publish = || {
        let room = Room::new();
        room.line(&format!(
            "repo init index --repository example.org --now {START}"
        ))
        .with_status(0);
        let names: Vec<String> = (0..notices.len()).map(|n| format!("{n}.toml")).collect();
        for (name, notice) in names.iter().zip(notices) {
            room.write(name, notice);
        }
        let mut words = vec!["publish", "index", "--now", PUBLISHED];
        words.extend([
            "--key",
            "index/keys/person-1.pem",
            "--key",
            "index/keys/person-2.pem",
        ]);
        words.extend(names.iter().map(String::as_str));
        room.motd(&words).with_status(0);
        tree(&room.path("index"))
    };
    made.entry(notices.to_vec()).or_insert_with(publish).clone()
}

/// A room with a served repository `index`, and a configuration with a source `example` that is bound to what pip uses.
pub(crate) struct ReaderDesk {
    pub(crate) room: Room,
    pub(crate) site: FileSite,
}

impl ReaderDesk {
    /// A repository that says a warning.
    pub(crate) fn new() -> Self {
        Self::saying(&[NOTICE.to_owned()])
    }

    /// A repository that says these.
    pub(crate) fn saying(notices: &[String]) -> Self {
        let room = Room::new();
        for (name, (bytes, _)) in published(notices) {
            let path = room.path(&format!("index/{name}"));
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
        let site = FileSite::serve(&room.path("index"));
        let desk = Self { room, site };
        desk.add_source("example", &desk.site.metadata_url(), Some(PYPI));
        desk.installer("pip", PIP);
        desk
    }

    pub(crate) fn add_source(&self, name: &str, url: &str, bound: Option<&str>) {
        self.add_source_of("example.org", name, url, bound);
    }

    /// A source of any repository.
    pub(crate) fn add_source_of(
        &self,
        repository: &str,
        name: &str,
        url: &str,
        bound: Option<&str>,
    ) {
        let mut words = vec![
            "source",
            "add",
            name,
            "--root",
            "index/metadata/1.root.json",
        ];
        words.extend(["--repository", repository, "--metadata-url", url]);
        words.extend(bound.iter().flat_map(|bound| ["--bound-to", *bound]));
        self.room.motd(&words).with_status(0);
    }

    /// A program in the folder that is searched first.
    pub(crate) fn installer(&self, name: &str, script: &str) {
        let folder = self.room.path("bin");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(name), script).unwrap();
        fs::set_permissions(folder.join(name), fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// A pipe with this name.
    pub(crate) fn fifo(&self, name: &str) {
        use rustix::fs::{CWD, FileType, Mode, mknodat};
        let mode = Mode::RUSR | Mode::WUSR;
        mknodat(CWD, self.room.path(name), FileType::Fifo, mode, 0).unwrap();
    }

    /// A setting before everything else in the configuration.
    pub(crate) fn configure(&self, line: &str) {
        let path = self.room.path(".config/motd/config.toml");
        let text = fs::read_to_string(&path).unwrap();
        fs::write(path, format!("{line}\n{text}")).unwrap();
    }

    /// The program with these words, and the installers of this desk.
    pub(crate) fn command(&self, words: &[&str]) -> Command {
        let mut command = self.room.command(MOTD);
        let path = std::env::var_os("PATH").unwrap_or_default();
        let folders = std::iter::once(self.room.path("bin")).chain(std::env::split_paths(&path));
        command
            .args(words)
            .env("PATH", std::env::join_paths(folders).unwrap())
            .env("PIP_CONFIG_FILE", "/dev/null");
        command
    }

    pub(crate) fn motd(&self, words: &[&str]) -> ProgramOutput {
        run(&mut self.command(words))
    }

    /// The program on a terminal.
    pub(crate) fn on_terminal(&self, words: &[&str]) -> TerminalOutput {
        TerminalProgram::start(self.command(words), Streams::All).end()
    }

    /// A shell with a script in which `"$@"` is the program with these words.
    pub(crate) fn shell(&self, script: &str, words: &[&str]) -> Command {
        let program = self.command(words);
        let mut command = self.room.command("sh");
        command
            .args(["-c", script, "sh"])
            .arg(program.get_program())
            .args(program.get_args());
        for (name, value) in program.get_envs() {
            command.env(name, value.unwrap_or_default());
        }
        command
    }

    /// The program on a terminal, where no file takes a byte.
    pub(crate) fn on_full_disk(&self, words: &[&str]) -> TerminalOutput {
        let command = self.shell("trap '' XFSZ; ulimit -f 0; exec \"$@\"", words);
        TerminalProgram::start(command, Streams::All).end()
    }

    /// `motd run` of these words, with as much patience as the check needs.
    pub(crate) fn run_words<'a>(command: &[&'a str]) -> Vec<&'a str> {
        let mut words = vec!["run", "--now", NOW, "--grace", "60", "--"];
        words.extend(command);
        words
    }

    /// `motd run` on a terminal.
    pub(crate) fn run(&self, command: &[&str]) -> TerminalOutput {
        self.on_terminal(&Self::run_words(command))
    }

    /// Keeps what the repository says, and shows nothing of it.
    pub(crate) fn prime(&self) -> Value {
        self.motd(&["check", "--source", "example", "--now", NOW, "--json"])
            .with_status(0)
            .json()
    }

    /// What `motd check` would decide about each notice, without asking to be shown any.
    pub(crate) fn reasons(&self) -> Vec<String> {
        let report = self.prime();
        let notices = report["notices"].as_array().unwrap();
        let reason = |notice: &Value| notice["reason"].as_str().unwrap().to_owned();
        notices.iter().map(reason).collect()
    }
}
