//! A session whose every message is validated, and what requests are made of.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

pub(crate) const NOW: &str = "2026-11-01T00:00:00Z";
pub(crate) const REPOSITORY: &str = "pypi.org";

/// A process of the adapter.
pub(crate) struct Session {
    process: Child,
    requests: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
    sent: u32,
}

impl Session {
    pub(crate) fn start() -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_motd-adapter"))
            // What a request does not say is not there; a proxy would answer for nobody.
            .env("http_proxy", "http://127.0.0.1:9")
            .env("MOTD", "off")
            .env("CI", "true")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        Self {
            requests: process.stdin.take(),
            answers: BufReader::new(process.stdout.take().unwrap()),
            process,
            sent: 0,
        }
    }

    /// Sends a line, whatever it is, and reads one.
    pub(crate) fn line(&mut self, line: &[u8]) -> Value {
        let requests = self.requests.as_mut().unwrap();
        requests.write_all(line).unwrap();
        requests.write_all(b"\n").unwrap();
        requests.flush().unwrap();
        let mut answer = String::new();
        self.answers.read_line(&mut answer).unwrap();
        assert!(answer.ends_with('\n'), "{answer}");
        serde_json::from_str(&answer).unwrap()
    }

    /// Sends a request and reads its answer; both follow the schema.
    pub(crate) fn ask(&mut self, operation: &str, mut request: Value) -> Value {
        self.sent += 1;
        let id = format!("r{}", self.sent);
        request["id"] = id.clone().into();
        request["operation"] = operation.into();
        validate(&format!("{operation}.request"), &request);
        let answer = self.line(request.to_string().as_bytes());
        validate(&format!("{operation}.answer"), &answer);
        assert_eq!(answer["id"], id);
        answer
    }

    /// The result of a request that is accepted.
    pub(crate) fn result(&mut self, operation: &str, request: Value) -> Value {
        let mut answer = self.ask(operation, request);
        assert_eq!(answer["status"], "accepted", "{answer}");
        answer["result"].take()
    }

    /// Stage and code of a request that is rejected.
    pub(crate) fn rejection(&mut self, operation: &str, request: Value) -> String {
        let answer = self.ask(operation, request);
        assert_eq!(answer["status"], "rejected", "{answer}");
        let word = |member: &str| answer[member].as_str().unwrap().to_owned();
        format!("{} {}", word("stage"), word("code"))
    }

    /// Ends its input, and waits for its end.
    pub(crate) fn end(mut self) {
        drop(self.requests.take());
        assert!(self.process.wait().unwrap().success());
        let mut rest = String::new();
        self.answers.read_line(&mut rest).unwrap();
        assert_eq!(rest, "");
    }
}

fn validate(definition: &str, message: &Value) {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../protocol/messages.schema.json"
    );
    let mut schema: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    schema["$ref"] = format!("#/$defs/{definition}").into();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let faults: Vec<_> = validator
        .iter_errors(message)
        .map(|fault| fault.to_string())
        .collect();
    assert_eq!(faults, Vec::<String>::new(), "{definition}: {message}");
}

pub(crate) fn bytes(bytes: impl AsRef<[u8]>) -> Value {
    STANDARD.encode(bytes).into()
}

/// A notice that applies to everybody in November 2026.
pub(crate) fn notice(id: &str, severity: &str, title: &str) -> Value {
    json!({
        "id": id,
        "revision": 1,
        "severity": severity,
        "begins": "2026-10-01T00:00:00Z",
        "ends": "2026-12-01T00:00:00Z",
        "text": { "en": { "title": title, "body": [] } },
    })
}

/// A document, whose members `serde_json` sorts: document bytes, as long as it holds what JSON writes in one way.
pub(crate) fn document(notices: &[Value]) -> Value {
    json!({
        "schema_version": "1.0",
        "repository": REPOSITORY,
        "default_language": "en",
        "notices": notices,
    })
}

pub(crate) fn machine() -> Value {
    json!({
        "components": {},
        "os": "linux",
        "arch": "x86_64",
        "command": "install",
        "languages": ["en"],
        "environment": { "LC_CTYPE": "C.UTF-8" },
        "rollout_secret": null,
    })
}

/// The seed of this number.
pub(crate) fn seed(number: u8) -> String {
    format!("{number:064x}")
}

/// Two people of three sign, and a server.
pub(crate) fn create(folder: &Path) -> Value {
    let people = json!({ "threshold": 2, "keys": [seed(1), seed(2), seed(3)] });
    json!({
        "folder": folder,
        "now": NOW,
        "repository": REPOSITORY,
        "roles": {
            "root": people,
            "targets": people,
            "motd": people,
            "snapshot": { "threshold": 1, "keys": [seed(4)] },
            "timestamp": { "threshold": 1, "keys": [seed(5)] },
        },
    })
}

/// Those of them that a publication takes.
pub(crate) fn keys() -> Value {
    json!({ "motd": [seed(1), seed(2)], "snapshot": [seed(4)], "timestamp": [seed(5)] })
}

/// The root that a publisher holds, in base64.
pub(crate) fn root(folder: &Path) -> Value {
    bytes(std::fs::read(folder.join("metadata/1.root.json")).unwrap_or_default())
}

pub(crate) fn publish(folder: &Path, notices: &[Value]) -> Value {
    json!({
        "folder": folder,
        "root": root(folder),
        "now": NOW,
        "repository": REPOSITORY,
        "document": bytes(document(notices).to_string()),
        "keys": keys(),
        "expires": null,
    })
}
