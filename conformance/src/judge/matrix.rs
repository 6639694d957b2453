//! Every installer with every publisher and every server: whether notices get from one end to the other.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::{Context, Result, bail, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::request;
use crate::adapter::{self, AdapterCommand, Hello, MessageIds, Messages, Process, RequestOutcome};
use crate::case::{Serve, VectorFiles, differences};
use crate::simulator::{Key, NOTICES, SimulatedRepository};
use crate::world::World;

/// What the suite's own publisher and server are called.
const SUITE: &str = "suite";

const FIRST: &str = "2026-11-01T00:00:00Z";
const SECOND: &str = "2026-11-01T00:10:00Z";

/// One way from a publisher over a server to an installer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Cell {
    /// The name of who published.
    pub publisher: String,
    /// The name of who handed out.
    pub server: String,
    /// The name of who looked.
    pub installer: String,
    /// Why it did not work; nothing when it did.
    pub trouble: Option<String>,
}

/// Asks every adapter who it is, and tries every combination of those that claim a role, with the suite's own publisher
/// and server among them.
///
/// # Errors
/// When an adapter cannot be started or does not say who it is.
pub fn matrix(
    commands: &[AdapterCommand],
    messages: &Messages,
    tried: &dyn Fn(&Cell),
) -> Result<Vec<Cell>> {
    let mut adapters: Vec<(Hello, &AdapterCommand)> = Vec::new();
    for command in commands {
        let mut process = Process::new(command, messages, MessageIds::new(0, 0));
        let hello = adapter::hello(&mut process)?;
        adapters.push((
            hello.map_err(|why| anyhow::anyhow!("{}: {why}", command.words.join(" ")))?,
            command,
        ));
    }
    let claiming = |role: &str| -> Vec<(String, Option<&AdapterCommand>)> {
        let of_role = adapters
            .iter()
            .filter(|(hello, _)| hello.roles.iter().any(|claimed| claimed == role));
        of_role
            .map(|(hello, command)| (hello.name.clone(), Some(*command)))
            .collect()
    };
    let or_suite = |role: &str| {
        let mut all = claiming(role);
        all.push((SUITE.to_owned(), None));
        all
    };
    let mut cells = Vec::new();
    for (publisher, publishes) in or_suite("publisher") {
        for (server, serves) in or_suite("server") {
            for (installer, installs) in claiming("installer") {
                let Some(installs) = installs else { continue };
                let pairing = Pairing::new(publishes, serves, installs, messages);
                let trouble = pairing
                    .and_then(|mut pairing| pairing.go())
                    .err()
                    .map(|error| format!("{error:#}"));
                let cell = Cell {
                    publisher: publisher.clone(),
                    server: server.clone(),
                    installer,
                    trouble,
                };
                tried(&cell);
                cells.push(cell);
            }
        }
    }
    Ok(cells)
}

/// One publisher, one server, one installer, and the folder between the first two.
struct Pairing<'a> {
    publisher: Option<Process<'a>>,
    server: Option<Process<'a>>,
    installer: Process<'a>,
    place: tempfile::TempDir,
    world: World,
    suite: SimulatedRepository,
}

impl<'a> Pairing<'a> {
    fn new(
        publisher: Option<&'a AdapterCommand>,
        server: Option<&'a AdapterCommand>,
        installer: &'a AdapterCommand,
        messages: &'a Messages,
    ) -> Result<Self> {
        let process = |command, number| Process::new(command, messages, MessageIds::new(0, number));
        let place = tempfile::tempdir()?;
        for folder in ["repository", "state"] {
            std::fs::create_dir(place.path().join(folder))?;
        }
        Ok(Self {
            publisher: publisher.map(|command| process(command, 1)),
            server: server.map(|command| process(command, 2)),
            installer: process(installer, 3),
            place,
            world: World::start(Arc::default(), "")?,
            suite: SimulatedRepository::new(),
        })
    }

    fn go(&mut self) -> Result<()> {
        self.publish("first", FIRST)
            .context("the first publication")?;
        let urls = self.start().context("the server's start")?;
        self.look(&urls, "first", FIRST)
            .context("after the first publication")?;
        let before = std::fs::read(self.timestamp())?;
        self.publish("second", SECOND)
            .context("the second publication")?;
        ensure!(
            std::fs::read(self.timestamp())? != before,
            "the second publication changed nothing"
        );
        self.wait_for_timestamp(&urls)
            .context("the server after the second publication")?;
        self.look(&urls, "second", SECOND)
            .context("after the second publication")?;
        if let Some(server) = &mut self.server {
            let folder = self.place.path().join("repository");
            accepted(server.ask(json!({ "operation": "stop", "folder": folder }))?)?;
        }
        Ok(())
    }

    fn folder(&self) -> std::path::PathBuf {
        self.place.path().join("repository")
    }

    fn timestamp(&self) -> std::path::PathBuf {
        self.folder().join("metadata/timestamp.json")
    }

    fn publish(&mut self, id: &str, now: &str) -> Result<()> {
        let document = document(id);
        let folder = self.folder();
        let Some(publisher) = &mut self.publisher else {
            if id != "first" {
                self.suite.publish(&[NOTICES]);
            }
            self.suite.set_document(&document);
            let mut files = VectorFiles::default();
            let site = self.suite.site();
            let names = site
                .into_iter()
                .map(|(path, bytes)| (path, files.add(bytes)))
                .collect();
            return super::publish::publish(&folder, &names, &files);
        };
        let seeds = |role: &str| vec![Key::named(&format!("{role} 1")).seed()];
        if id == "first" {
            let roles: BTreeMap<&str, Value> =
                ["root", "targets", "snapshot", "timestamp", NOTICES]
                    .into_iter()
                    .map(|role| (role, json!({ "threshold": 1, "keys": seeds(role) })))
                    .collect();
            accepted(publisher.ask(json!({
                "operation": "create", "folder": folder, "now": now, "repository": "pypi.org", "roles": roles,
            }))?)?;
        }
        let keys: BTreeMap<&str, Vec<String>> = [NOTICES, "snapshot", "timestamp"]
            .into_iter()
            .map(|role| (role, seeds(role)))
            .collect();
        let path = folder.join("metadata/1.root.json");
        let root = STANDARD.encode(std::fs::read(path)?);
        accepted(publisher.ask(json!({
            "operation": "publish", "folder": folder, "root": root, "now": now, "repository": "pypi.org",
            "document": STANDARD.encode(document.to_string()), "keys": keys, "expires": null,
        }))?)?;
        Ok(())
    }

    /// The root that publisher and server hold.
    fn root(&self) -> Result<String> {
        let path = self.folder().join("metadata/1.root.json");
        Ok(STANDARD.encode(std::fs::read(path)?))
    }

    /// Metadata URL and targets URL.
    fn start(&mut self) -> Result<[String; 2]> {
        let folder = self.folder();
        let root = self.root()?;
        if let Some(server) = &mut self.server {
            let start = json!({ "operation": "start", "folder": folder, "root": root });
            let result = accepted(server.ask(start)?)?;
            let url = |name: &str| {
                Ok::<_, anyhow::Error>(result[name].as_str().context("no URL")?.to_owned())
            };
            return Ok([url("metadata_url")?, url("targets_url")?]);
        }
        self.serve();
        let origin = self.world.origin();
        Ok([format!("{origin}/metadata/"), format!("{origin}/targets/")])
    }

    /// The suite's own server hands out what is in the folder now.
    fn serve(&self) {
        let mut files = VectorFiles::default();
        let mut served = BTreeMap::new();
        for (path, bytes) in super::folder::copy(&self.folder()) {
            served.insert(path.display().to_string(), files.add(bytes));
        }
        self.world.set_files(Arc::new(files));
        self.world.serve(Serve {
            files: served,
            ..Serve::default()
        });
    }

    fn wait_for_timestamp(&self, [metadata, targets]: &[String; 2]) -> Result<()> {
        if self.server.is_none() {
            self.serve();
            return Ok(());
        }
        let body = STANDARD.encode(std::fs::read(self.timestamp())?);
        let expect = json!({ "status": 200, "body": body });
        let answer = super::fetch::fetch(
            &json!({ "method": "GET", "path": "metadata/timestamp.json", "patient": true }),
            &json!({ "metadata_url": metadata, "targets_url": targets }),
            &expect,
        );
        ensure!(
            differences(&expect, &answer).is_empty(),
            "it did not take the publication up"
        );
        Ok(())
    }

    fn look(&mut self, [metadata, targets]: &[String; 2], id: &str, now: &str) -> Result<()> {
        let root = std::fs::read(self.folder().join("metadata/1.root.json"))?;
        let request = json!({
            "operation": "check", "now": now, "kind": "explicit", "state": self.place.path().join("state"),
            "source": { "name": "pypi", "repository": "pypi.org", "root": STANDARD.encode(root), "metadata_url": metadata, "targets_url": targets },
            "machine": request::machine(),
            "output": { "form": "json", "columns": null, "plain": false, "quiet": false },
            "installer": { "name": "judge", "version": "1" },
            "deadline_milliseconds": 10_000, "offline": false, "interval_seconds": 21_600, "command": null,
        });
        let result = accepted(self.installer.ask(request)?)?;
        let wrong = differences(
            &json!({ "exit_status": 0, "report": { "state": "fresh", "failure": null, "notices": [{ "id": id, "decision": "show" }] } }),
            &result,
        );
        ensure!(wrong.is_empty(), "{}", wrong.join("; "));
        Ok(())
    }
}

fn document(id: &str) -> Value {
    json!({ "schema_version": "1.0", "repository": "pypi.org", "notices": [{
        "id": id, "revision": 1, "severity": "info", "begins": "2026-10-01T00:00:00Z", "ends": "2026-11-20T00:00:00Z",
        "text": { "en": { "title": format!("The {id} notice"), "body": [] } },
    }] })
}

fn accepted(outcome: RequestOutcome) -> Result<Value> {
    match outcome {
        RequestOutcome::Answer(answer) if answer["status"] == "accepted" => {
            Ok(answer["result"].clone())
        }
        RequestOutcome::Answer(answer) => bail!("{answer}"),
        RequestOutcome::Crash(why) => bail!("{why}"),
        RequestOutcome::Timeout(limit) => bail!("no answer within {} ms", limit.as_millis()),
    }
}
