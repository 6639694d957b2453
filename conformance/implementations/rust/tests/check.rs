//! `check` and `acknowledge`, against a repository that the adapter makes and serves.

use std::io::Read as _;
use std::net::TcpListener;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::common::{NOW, REPOSITORY, Session, bytes, create, machine, notice, publish, root};

const NEXT_DAY: &str = "2026-11-01T23:00:00Z";

/// A session, a repository that it serves, and a folder for state.
struct World {
    session: Session,
    repository: TempDir,
    state: TempDir,
    source: Value,
}

impl World {
    fn new(notices: &[Value]) -> Self {
        let mut session = Session::start();
        let [repository, state] = [(); 2].map(|()| tempfile::tempdir().unwrap());
        session.result("create", create(repository.path()));
        session.result("publish", publish(repository.path(), notices));
        let root = root(repository.path());
        let start = json!({ "folder": repository.path(), "root": root });
        let mut source = session.result("start", start);
        source["root"] = root;
        source["name"] = "pypi".into();
        source["repository"] = REPOSITORY.into();
        Self {
            session,
            repository,
            state,
            source,
        }
    }

    fn check(&self, kind: &str) -> Value {
        json!({
            "source": self.source,
            "state": self.state.path(),
            "now": NOW,
            "kind": kind,
            "machine": machine(),
            "output": { "form": "terminal", "columns": 80, "plain": false, "quiet": false },
            "installer": { "name": "judge", "version": "1" },
            "deadline_milliseconds": 10_000,
            "offline": false,
            "interval_seconds": 21_600,
            "command": null,
        })
    }

    fn automatic(&self) -> Value {
        let mut check = self.check("automatic");
        check["command"] = json!({ "milliseconds": 500, "used_network": true, "stdout": "done\n", "exit_status": 9 });
        check
    }

    fn result(&mut self, check: Value) -> Value {
        self.session.result("check", check)
    }

    fn is_state_untouched(&self) -> bool {
        std::fs::read_dir(self.state.path())
            .unwrap()
            .next()
            .is_none()
    }

    fn end(mut self) {
        let folder = json!({ "folder": self.repository.path() });
        self.session.result("stop", folder);
        self.session.end();
    }
}

fn with(mut check: Value, pointer: &str, value: impl Into<Value>) -> Value {
    *check.pointer_mut(pointer).unwrap() = value.into();
    check
}

#[test]
fn an_explicit_check_displays_and_remembers() {
    let mut world = World::new(&[notice("news", "info", "News")]);
    let first = world.result(world.check("explicit"));
    assert_eq!(first["exit_status"], 0);
    assert_eq!(first["stderr"], "notice[pypi] INFO: News\n");
    assert_eq!(first["report"]["state"], "fresh");
    assert_eq!(first["report"]["last_success"], NOW);
    assert_eq!(first["report"]["notices"][0]["reason"], "new");
    let second = world.result(world.check("explicit"));
    assert_eq!(second["stderr"], "");
    assert_eq!(second["report"]["notices"][0]["reason"], "seen");
    // What one asks for is shown again.
    let list = world.result(world.check("list"));
    assert_eq!(list["stderr"], "notice[pypi] INFO: News\n");
    assert_eq!(list["report"]["notices"][0]["reason"], "asked");
    world.end();
}

#[test]
fn what_is_written_elsewhere_is_not_seen() {
    let mut world = World::new(&[notice("news", "info", "News")]);
    let pipe = with(world.check("explicit"), "/output/form", "pipe");
    let json = with(world.check("explicit"), "/output/form", "json");
    for _ in 0..2 {
        let result = world.result(pipe.clone());
        assert_eq!(result["stderr"], "notice[pypi] INFO: News\n");
        let result = world.result(json.clone());
        assert_eq!(result["stderr"], "");
        let object: Value = serde_json::from_str(result["stdout"].as_str().unwrap()).unwrap();
        assert_eq!(object, result["report"]);
        assert_eq!(object["notices"][0]["reason"], "new");
    }
    // A stateless run remembers nothing either.
    let stateless = with(world.check("explicit"), "/state", Value::Null);
    for _ in 0..2 {
        let result = world.result(stateless.clone());
        assert_eq!(result["report"]["notices"][0]["reason"], "new");
    }
    world.end();
}

#[test]
fn what_is_acknowledged_is_not_shown_again() {
    let mut world = World::new(&[notice("alarm", "critical", "Alarm")]);
    let json = with(world.check("explicit"), "/output/form", "json");
    world.result(json.clone());
    let acknowledge = json!({
        "source": world.source,
        "state": world.state.path(),
        "now": NOW,
        "ids": ["alarm", "unknown", "No Id"],
    });
    let result = world.session.result("acknowledge", acknowledge);
    assert_eq!(result, json!({}));
    let result = world.result(json);
    assert_eq!(result["report"]["notices"][0]["reason"], "acknowledged");
    world.end();
}

#[test]
fn an_automatic_run_leaves_the_command_as_it_is() {
    let mut world = World::new(&[notice("news", "info", "News")]);
    let first = world.result(world.automatic());
    assert_eq!(first["exit_status"], 9);
    assert_eq!(first["stdout"], "done\n");
    assert_eq!(first["stderr"], "\r\nnotice[pypi] INFO: News\n");
    assert_eq!(first["report"]["state"], "fresh");
    // Within the interval nobody is asked.
    let second = world.result(world.automatic());
    assert_eq!(second["report"]["state"], "cached");
    assert_eq!(second["report"]["requests"], 0);
    assert_eq!(second["stderr"], "");
    let later = with(world.automatic(), "/now", NEXT_DAY);
    let later = world.result(later);
    assert_ne!(later["report"]["requests"], 0);
    world.end();
}

#[test]
fn what_is_left_out_of_a_run_can_be_acknowledged() {
    let ids = ["a", "b", "c", "d"];
    let mut world = World::new(&ids.map(|id| notice(id, "info", "News")));
    let result = world.result(world.automatic());
    assert_eq!(
        result["report"]["notices"][3],
        json!({
            "id": "d",
            "revision": 1,
            "decision": "skip",
            "reason": "run-limit",
            "code": null,
            "text": {
                "severity": "info",
                "language": "en",
                "title": "News",
                "body": [],
                "links": [],
            },
        })
    );
    let lines = "notice[pypi] INFO: News\n".repeat(3);
    let expected = format!("\r\n{lines}notice[pypi] 1 more: motd list\n");
    assert_eq!(result["stderr"], expected);
    let acknowledge = json!({
        "source": world.source,
        "state": world.state.path(),
        "now": NOW,
        "ids": ["d"],
    });
    world.session.result("acknowledge", acknowledge);
    let result = world.result(world.automatic());
    let notices = result["report"]["notices"].as_array().unwrap();
    let left_out = notices.iter().find(|notice| notice["id"] == "d").unwrap();
    assert_eq!(left_out["reason"], "acknowledged");
    world.end();
}

#[test]
fn who_sees_nothing_is_not_asked_for() {
    let mut world = World::new(&[notice("alarm", "critical", "Caf\u{e9}")]);
    let checks = [
        with(world.automatic(), "/output/form", "pipe"),
        with(world.automatic(), "/output/form", "json"),
        with(world.automatic(), "/output/quiet", true),
        with(
            world.automatic(),
            "/machine/environment",
            json!({ "CI": "1" }),
        ),
        with(
            world.automatic(),
            "/machine/environment",
            json!({ "MOTD": "off" }),
        ),
    ];
    for check in checks {
        let result = world.result(check);
        assert_eq!(result["stdout"], "done\n");
        assert_eq!(result["stderr"], "");
        assert_eq!(result["report"], Value::Null);
    }
    for kind in ["explicit", "list"] {
        let off = with(
            world.check(kind),
            "/machine/environment",
            json!({ "MOTD": "off" }),
        );
        let result = world.result(off);
        assert_eq!(result["exit_status"], 0);
        assert_eq!(result["stderr"], "notices are switched off (MOTD=off)\n");
        assert_eq!(result["report"], Value::Null);
    }
    assert!(world.is_state_untouched());
    let critical = json!({ "MOTD": "critical", "CI": "1" });
    let critical = with(world.automatic(), "/machine/environment", critical);
    for _ in 0..2 {
        let result = world.result(critical.clone());
        assert_eq!(result["stderr"], "\r\nnotice[pypi] CRITICAL: Caf\\u{e9}\n");
    }
    world.end();
}

#[test]
fn offline_the_store_answers() {
    let mut world = World::new(&[notice("news", "info", "News")]);
    let offline = with(world.check("explicit"), "/offline", true);
    let nothing = world.result(offline.clone());
    assert_eq!(nothing["exit_status"], 4);
    assert_eq!(nothing["report"]["state"], "none");
    world.result(world.check("explicit"));
    let stored = world.result(offline);
    assert_eq!(stored["exit_status"], 0);
    assert_eq!(stored["report"]["state"], "cached");
    assert_eq!(stored["report"]["requests"], 0);
    let automatic = with(world.automatic(), "/offline", true);
    let automatic = world.result(with(automatic, "/now", NEXT_DAY));
    assert_eq!(automatic["report"]["state"], "cached");
    assert_eq!(automatic["report"]["requests"], 0);
    world.end();
}

#[test]
fn a_deadline_ends_a_check_and_a_command_is_not_kept_waiting() {
    let mut world = World::new(&[]);
    // It takes connections and says nothing.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/metadata/", silent.local_addr().unwrap());
    let check = with(world.check("explicit"), "/source/metadata_url", url);
    let result = world.result(with(check.clone(), "/deadline_milliseconds", 300));
    assert_eq!(result["exit_status"], 4);
    assert_eq!(result["report"]["failure"]["code"], "timeout");
    assert_eq!(result["report"]["state"], "none");
    let mut automatic = with(check, "/kind", "automatic");
    automatic["command"] =
        json!({ "milliseconds": 0, "used_network": true, "stdout": "", "exit_status": 0 });
    automatic["now"] = NEXT_DAY.into();
    let begun = Instant::now();
    let result = world.result(automatic);
    assert!(begun.elapsed() < Duration::from_secs(2));
    assert_eq!(result["report"]["state"], "none");
    assert_eq!(result["report"]["failure"]["code"], "timeout");
    let (mut connection, _) = silent.accept().unwrap();
    let mut request = [0; 4096];
    let length = connection.read(&mut request).unwrap();
    let request = String::from_utf8_lossy(&request[..length]).to_lowercase();
    assert!(
        request.contains("user-agent: judge/1 tuf-motd/1.0\r\n"),
        "{request}"
    );
    world.end();
}

#[test]
fn what_cannot_be_configured_is_no_source() {
    let mut world = World::new(&[]);
    for (member, value) in [
        ("name", json!("")),
        ("name", json!("a name")),
        ("root", bytes("{}")),
        ("root", bytes("")),
        ("repository", json!("NO")),
        ("metadata_url", json!("file:///srv/")),
    ] {
        for kind in ["explicit", "automatic", "list"] {
            let check = with(
                world.check(kind),
                &format!("/source/{member}"),
                value.clone(),
            );
            assert_eq!(
                world.session.rejection("check", check),
                "configuration source",
                "{member} {value}"
            );
        }
    }
    assert!(world.is_state_untouched());
    world.end();
}

#[test]
fn a_repository_that_speaks_for_another_is_refused() {
    let mut world = World::new(&[]);
    let check = with(world.check("explicit"), "/source/repository", "example.org");
    let result = world.result(check);
    assert_eq!(result["exit_status"], 5);
    assert_eq!(
        result["report"]["failure"],
        json!({ "stage": "document", "code": "repository-mismatch" })
    );
    assert!(result["stderr"].as_str().unwrap().starts_with("pypi: "));
    world.end();
}
