//! A timeline in the making: what is served, when the installer looks, what it has to find.

use serde_json::{Value, json};

use crate::case::{Answer, Delivery, Disturbance, Observation, Serve, Step};
use crate::cases::writer::{Draft, Writer};
use crate::simulator::{Repository, Site};

/// The time of most checks.
pub(super) const NOW: &str = "2026-11-01T00:00:00Z";

/// A case whose steps are added one by one.
pub(super) struct Story<'w> {
    writer: &'w mut Writer,
    draft: Draft,
    /// The name of the file with the trusted root.
    root: String,
    next: Step,
}

impl<'w> Story<'w> {
    /// A story about something good.
    pub(super) fn good(
        writer: &'w mut Writer,
        root: &Repository,
        id: &str,
        title: &str,
        requirements: &[&str],
    ) -> Self {
        let draft = Draft::positive(&full(id), title, requirements);
        Self::new(writer, root, draft)
    }

    /// A story with one fault.
    pub(super) fn bad(
        writer: &'w mut Writer,
        root: &Repository,
        id: &str,
        base: &str,
        fault: &str,
        requirements: &[&str],
    ) -> Self {
        let draft = Draft::negative(&full(id), &full(base), fault, requirements);
        Self::new(writer, root, draft)
    }

    fn new(writer: &'w mut Writer, root: &Repository, draft: Draft) -> Self {
        let root = writer.files.add(root.trusted_root());
        Self {
            writer,
            draft,
            root,
            next: Step::default(),
        }
    }

    /// Serves these files from now on.
    pub(super) fn serve(mut self, site: &Site) -> Self {
        let files = self.writer.site(site);
        self.next.serve = Some(Serve {
            files,
            ..Serve::default()
        });
        self
    }

    /// Serves what a repository is now.
    pub(super) fn serve_all_of(self, repository: &Repository) -> Self {
        self.serve(&repository.site())
    }

    /// Answers this path otherwise. It follows what is served.
    pub(super) fn answer(mut self, path: &str, answer: Answer) -> Self {
        if let Some(serve) = &mut self.next.serve {
            serve.answers.insert(path.to_owned(), answer);
        }
        self
    }

    /// Answers this path with other bytes.
    pub(super) fn body(self, path: &str, answer: Answer, bytes: &[u8]) -> Self {
        let file = self.writer.files.add(bytes.to_vec());
        self.answer(
            path,
            Answer {
                file: Some(file),
                ..answer
            },
        )
    }

    /// Does something to the state folder before the next look.
    pub(super) fn disturb(mut self, disturbance: Disturbance) -> Self {
        self.next.disturb.push(disturbance);
        self
    }

    /// Looks, with what else is to be seen.
    pub(super) fn look(mut self, more: Value, expect: Value, observe: Observation) -> Self {
        let mut request = json!({
            "operation": "check", "now": NOW, "source": { "root": { "$file": self.root } },
            "output": { "form": "json" },
        });
        merge(&mut request, &more);
        let step = Step {
            request,
            expect,
            observe,
            ..std::mem::take(&mut self.next)
        };
        self.draft = self.draft.step(step);
        self
    }

    /// An explicit check that writes nowhere, at [`NOW`].
    pub(super) fn check(self, expect: Value) -> Self {
        self.look(json!({}), expect, Observation::default())
    }

    /// The same at another time.
    pub(super) fn check_at(self, now: &str, expect: Value) -> Self {
        self.look(json!({ "now": now }), expect, Observation::default())
    }

    /// Another request than a check.
    pub(super) fn ask(mut self, mut request: Value, expect: Value) -> Self {
        request["source"] = json!({ "root": { "$file": self.root } });
        let step = Step {
            request,
            expect,
            ..std::mem::take(&mut self.next)
        };
        self.draft = self.draft.step(step);
        self
    }

    /// The process is killed as soon as it asks for this path.
    pub(super) fn killed_at(mut self, path: &str) -> Self {
        self.next.killed_at = Some(path.to_owned());
        self.check(json!({}))
    }

    /// The same for a run that is asked for like this.
    pub(super) fn killed_beside(mut self, more: &Value, path: &str) -> Self {
        self.next.killed_at = Some(path.to_owned());
        self.look(more.clone(), json!({}), Observation::default())
    }

    /// Another process began the same check and waits for an answer that stalls.
    pub(super) fn while_another_waits(mut self) -> Self {
        self.next.waiting = Some(json!({
            "operation": "check", "now": NOW, "source": { "root": { "$file": self.root } },
            "output": { "form": "json" },
        }));
        self
    }

    /// Keeps the case.
    pub(super) fn write(self) -> anyhow::Result<()> {
        self.writer.write(self.draft)
    }
}

fn full(id: &str) -> String {
    format!("installer/{id}")
}

/// Replaces members, at every depth at which both sides are objects.
pub(super) fn merge(value: &mut Value, more: &Value) {
    match (value, more) {
        (Value::Object(members), Value::Object(more)) => {
            for (name, more) in more {
                merge(members.entry(name.clone()).or_insert(Value::Null), more);
            }
        }
        (value, more) => *value = more.clone(),
    }
}

/// The state Fresh, with these notices shown, each once, and no others.
pub(super) fn fresh(ids: &[&str]) -> Value {
    report("fresh", &Value::Null, 0, ids)
}

/// The state Cached because of this, with these notices shown.
pub(super) fn cached(stage: &str, code: &str, ids: &[&str]) -> Value {
    report("cached", &failure(stage, code), 0, ids)
}

/// A verification failure: nothing is shown.
pub(super) fn failed(stage: &str, code: &str) -> Value {
    report("none", &failure(stage, code), 3, &[])
}

/// Nothing could be had, and nothing is in the store.
pub(super) fn unavailable(stage: &str, code: &str) -> Value {
    report("none", &failure(stage, code), 4, &[])
}

/// All was verified, and the document was refused.
pub(super) fn refused(code: &str) -> Value {
    report("fresh", &failure("document", code), 5, &[])
}

pub(super) fn failure(stage: &str, code: &str) -> Value {
    json!({ "stage": stage, "code": code })
}

fn report(state: &str, failure: &Value, exit: u8, ids: &[&str]) -> Value {
    let notices: Vec<Value> = ids
        .iter()
        .map(|id| json!({ "id": id, "decision": "show", "text": { "title": format!("Title of {id}") } }))
        .collect();
    json!({ "status": "accepted", "result": {
        "exit_status": exit, "report": { "state": state, "failure": failure, "notices": notices },
    } })
}

/// The path of this version of a role.
pub(super) fn path(repository: &Repository, role: &str) -> String {
    match role {
        "timestamp" => "metadata/timestamp.json".to_owned(),
        _ => format!(
            "metadata/{}.{role}.json",
            repository.versions.get(role).copied().unwrap_or(1)
        ),
    }
}

/// The path of the target file.
pub(super) fn target_path(site: &Site) -> String {
    site.keys()
        .find(|path| path.ends_with(".notices.json"))
        .cloned()
        .unwrap_or_default()
}

/// An answer with a status and nothing else.
pub(super) fn status(status: u16) -> Answer {
    Answer {
        status,
        ..Answer::default()
    }
}

/// An answer that arrives like this.
pub(super) fn delivered(delivery: Delivery) -> Answer {
    Answer {
        delivery,
        ..Answer::default()
    }
}

/// A repository with these notices in both carriers, at version 2.
pub(super) fn repository(notices: &[Value]) -> Repository {
    let mut repository = Repository::new();
    repository.set_document(&crate::cases::document::document(notices));
    repository
}

/// The same, unexpired until the middle of 2027.
pub(super) fn long_lived(notices: &[Value]) -> Repository {
    let mut repository = repository(notices);
    for (role, expires) in &mut repository.expires {
        if role != "root" {
            "2027-06-01T00:00:00Z".clone_into(expires);
        }
    }
    repository
}

/// The next publication, with these notices.
pub(super) fn republish(repository: &mut Repository, notices: &[Value]) {
    repository.publish(&[crate::simulator::NOTICES]);
    repository.set_document(&crate::cases::document::document(notices));
}
