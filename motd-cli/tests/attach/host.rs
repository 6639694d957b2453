//! A host in a folder, its tool, and those who read and install from it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use crate::common::{FileSite, NOTICE, ProgramOutput, Room, run};

/// The reference time of everything that is signed and read: the other readers take theirs from the machine.
pub(super) fn now() -> String {
    let now = jiff::Timestamp::from_second(jiff::Timestamp::now().as_second()).unwrap();
    now.to_string()
}

pub(super) fn python() -> Option<PathBuf> {
    variable("MOTD_PYTHON", "python-tuf")
}

#[expect(clippy::print_stderr, reason = "the gate reads it")]
fn variable(name: &str, needed: &str) -> Option<PathBuf> {
    let found = std::env::var_os(name).filter(|value| !value.is_empty());
    if found.is_none() {
        let required = std::env::var_os("MOTD_REQUIRE_INTEROP").is_some_and(|value| value == "1");
        assert!(!required, "{name} is not set");
        eprintln!("skipped: needs {needed} (set {name})");
    }
    found.map(PathBuf::from)
}

fn tests(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// What every installation of all packages gives.
pub(super) fn packages() -> Value {
    (1..10).map(|number| format!("demo {number}\n")).collect()
}

/// The codes of a check's findings.
#[track_caller]
pub(super) fn codes(checked: &Value) -> Vec<&str> {
    let findings = checked["findings"].as_array().unwrap();
    let codes = findings.iter().map(|finding| finding["code"].as_str());
    codes.collect::<Option<_>>().unwrap()
}

/// A notice whose document is longer than what is carried inline.
pub(super) fn large() -> String {
    let paragraph = "word ".repeat(190);
    let body = format!("\"{}\", ", paragraph.trim_end()).repeat(8);
    let texts = ["en", "fr", "de"]
        .map(|language| format!("[text.{language}]\ntitle = \"Large\"\nbody = [{body}]\n"));
    format!(
        "id = \"large\"\nrevision = 1\nseverity = \"info\"\n\
        begins = 2024-03-01T00:00:00Z\nends = 2024-07-01T00:00:00Z\n{}",
        texts.concat()
    )
}

/// A repository that python-tuf makes; two people who hold keys for notices; a site that serves it.
pub(super) struct HostRepository {
    pub(super) room: Room,
    site: FileSite,
    python: PathBuf,
    node_path: PathBuf,
}

impl HostRepository {
    /// A new one; nothing where the other implementations are missing.
    pub(super) fn make(shape: &str) -> Option<Self> {
        let (python, node_path) = (python()?, variable("MOTD_NODE_PATH", "tuf-js")?);
        let room = Room::new();
        fs::create_dir(room.path("host")).unwrap();
        let site = FileSite::serve(&room.path("host"));
        let host = Self {
            room,
            site,
            python,
            node_path,
        };
        host.python(&["make", shape]);
        host.room.write("notice.toml", NOTICE);
        fs::copy(
            host.room.path("host/metadata/1.root.json"),
            host.room.path("trusted.json"),
        )
        .unwrap();
        let public = ["alice", "bob"].map(|name| {
            let key = ["key", "new", name, "--unencrypted", "--json"];
            let made = host.room.motd(&key).with_status(0);
            made.json()["public"].as_str().unwrap().to_owned()
        });
        let delegation = host.room.motd(&[
            "attach",
            "--delegation",
            "--public",
            &public[0],
            "--public",
            &public[1],
            "--threshold",
            "2",
        ]);
        host.room
            .write("delegation.json", delegation.with_status(0).out);
        Some(host)
    }

    // --- the host's own tool

    pub(super) fn try_python(&self, words: &[&str]) -> ProgramOutput {
        let mut command = Command::new(&self.python);
        command
            .current_dir(self.room.path("."))
            .arg(tests("tests/attach/host.py"))
            .arg("host");
        run(command.args(words))
    }

    #[track_caller]
    pub(super) fn python(&self, words: &[&str]) {
        self.try_python(words).with_status(0);
    }

    /// The delegation is added, signed and published.
    #[track_caller]
    pub(super) fn delegate(&self) {
        self.python(&["delegate", "delegation.json"]);
        self.python(&["snapshot"]);
    }

    /// What was handed over goes into the host's folders as it is, and its tool lists it.
    pub(super) fn take_in(&self) {
        for (name, bytes) in files(&self.room.path("out")) {
            let path = self.room.path("host").join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
        self.python(&["snapshot"]);
    }

    // --- motd

    fn attach(&self, words: &[&str]) -> ProgramOutput {
        let now = now();
        let mut all = vec!["attach"];
        all.extend(words);
        all.extend(["--root", "trusted.json", "--now", &now]);
        self.room.motd(&all)
    }

    pub(super) fn check(&self) -> ProgramOutput {
        self.attach(&["--check", "host/metadata", "--json"])
    }

    pub(super) fn verify(&self) -> ProgramOutput {
        self.attach(&[
            "--verify",
            "host/metadata",
            "--targets",
            "host/targets",
            "--repository",
            "example.org",
            "--json",
        ])
    }

    /// Alice begins the version, Bob reads and signs it and hands it over.
    pub(super) fn publish(&self, notices: &[&str], version: u64) -> ProgramOutput {
        let begun = self.begin(notices);
        if begun.status != 0 {
            return begun;
        }
        let request: Value = self.json("request/motd.json");
        assert_eq!(request["signed"]["version"], version);
        let _ = fs::remove_dir_all(self.room.path("out"));
        self.attach(&[
            "host/metadata",
            "--targets",
            "host/targets",
            "--request",
            "request",
            "--key",
            "bob",
            "--yes",
            "--out",
            "out",
        ])
    }

    pub(super) fn begin(&self, notices: &[&str]) -> ProgramOutput {
        let _ = fs::remove_dir_all(self.room.path("request"));
        let mut words = vec!["host/metadata"];
        words.extend(notices);
        words.extend(["--targets", "host/targets", "--repository", "example.org"]);
        words.extend(["--request", "request", "--key", "alice"]);
        self.attach(&words)
    }

    pub(super) fn check_as_reader(&self) -> ProgramOutput {
        self.check_as_reader_at(&now())
    }

    pub(super) fn check_as_reader_at(&self, now: &str) -> ProgramOutput {
        let url = self.site.metadata_url();
        self.room.line(&format!("check --root trusted.json --repository example.org --metadata-url {url} --in-band --state-dir state --now {now} --json"))
    }

    // --- others

    /// The documents that python-tuf and tuf-js read, without state and with it; nothing where no role has the path.
    #[track_caller]
    pub(super) fn other_readers(&self) -> Vec<Option<Value>> {
        let python = Command::new(&self.python);
        let mut node = Command::new("node");
        node.env("NODE_PATH", &self.node_path);
        let scripts = [
            (python, "read_with_python_tuf.py"),
            (node, "read_with_tuf_js.cjs"),
        ];
        let mut documents = Vec::new();
        for (mut command, script) in scripts {
            let script = tests("../motd-server/tests/interop").join(script);
            command.arg(script).arg(self.base());
            command.arg(self.room.path("trusted.json"));
            let state = format!("state-{documents}", documents = documents.len());
            let read = run(command.arg(self.room.path(&state)))
                .with_status(0)
                .json();
            documents.push(read["bytes"].as_str().map(|bytes| {
                let bytes = hex::decode(bytes).unwrap();
                serde_json::from_slice(&bytes).unwrap()
            }));
        }
        documents
    }

    /// All packages, by an installer that also looks for notices.
    #[track_caller]
    pub(super) fn install(&self) -> Value {
        self.try_install().unwrap()
    }

    /// The same, with what the installer says when it fails.
    pub(super) fn try_install(&self) -> Result<Value, String> {
        let mut command = Command::new(&self.python);
        command
            .arg(tests("tests/attach/install.py"))
            .arg(self.base())
            .arg(self.room.path("trusted.json"))
            .arg(self.room.path("installer"));
        let output = run(&mut command);
        match output.status {
            0 => Ok(output.json()),
            _ => Err(output.err),
        }
    }

    fn base(&self) -> String {
        self.site.url("").trim_end_matches('/').to_owned()
    }

    // --- files

    /// The host's metadata files.
    pub(super) fn tree(&self) -> BTreeMap<String, Vec<u8>> {
        files(&self.room.path("host/metadata"))
    }

    pub(super) fn room_file(&self, name: &str) -> String {
        fs::read_to_string(self.room.path(name)).unwrap()
    }

    pub(super) fn json(&self, name: &str) -> Value {
        let base = if name.starts_with("metadata/") {
            "host/"
        } else {
            ""
        };
        let bytes = fs::read(self.room.path(&format!("{base}{name}"))).unwrap();
        serde_json::from_slice(&bytes).unwrap_or(json!(null))
    }
}

fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let files = crate::common::tree(folder).into_iter();
    files.map(|(name, (bytes, _))| (name, bytes)).collect()
}
