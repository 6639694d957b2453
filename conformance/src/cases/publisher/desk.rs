//! A case of a publisher in the making: what lies in the folder, what is asked, what is found.

#![expect(
    clippy::indexing_slicing,
    reason = "a generator that is wrong ends while it generates"
)]

use anyhow::Result;
use serde_json::{Map, Value, json};

use crate::case::{Disturbance, Observation, Step};
use crate::cases::document::{document, notice};
use crate::cases::writer::{Draft, Writer};
use crate::simulator::{Key, Repository, Site};

/// The time of most requests.
pub(super) const NOW: &str = "2026-11-01T00:00:00Z";

/// A case whose steps are added one by one.
pub(super) struct Desk<'w> {
    pub(super) writer: &'w mut Writer,
    draft: Draft,
    next: Step,
}

impl<'w> Desk<'w> {
    pub(super) fn good(
        writer: &'w mut Writer,
        id: &str,
        title: &str,
        requirements: &[&str],
    ) -> Self {
        Self::new(
            writer,
            Draft::positive(&format!("publisher/{id}"), title, requirements),
        )
    }

    pub(super) fn bad(
        writer: &'w mut Writer,
        id: &str,
        base: &str,
        fault: &str,
        requirements: &[&str],
    ) -> Self {
        let base = format!("publisher/{base}");
        Self::new(
            writer,
            Draft::negative(&format!("publisher/{id}"), &base, fault, requirements),
        )
    }

    fn new(writer: &'w mut Writer, draft: Draft) -> Self {
        Self {
            writer,
            draft,
            next: Step::default(),
        }
    }

    /// Puts these files into the folder before the next request.
    pub(super) fn put(self, site: &Site) -> Self {
        let files = self.writer.site(site);
        self.disturb(Disturbance::Put(files))
    }

    /// The same with one file.
    pub(super) fn put_file(self, path: &str, bytes: &[u8]) -> Self {
        self.put(&Site::from([(path.to_owned(), bytes.to_vec())]))
    }

    pub(super) fn disturb(mut self, disturbance: Disturbance) -> Self {
        self.next.disturb.push(disturbance);
        self
    }

    /// Puts another request to a second process beside the next one.
    pub(super) fn beside(mut self, request: Value) -> Self {
        self.next.beside = Some(request);
        self
    }

    /// Asks.
    pub(super) fn ask(mut self, request: Value, expect: Value, observe: Observation) -> Self {
        let step = Step {
            request,
            expect,
            observe,
            ..std::mem::take(&mut self.next)
        };
        self.draft = self.draft.step(step);
        self
    }

    /// Asks for what has to be done, with what is to be found then.
    pub(super) fn done(self, request: Value, facts: Value) -> Self {
        self.ask(request, accepted(), found(facts))
    }

    /// Asks for what has to be refused with this code, and nothing is published.
    pub(super) fn refused(self, request: Value, code: &str) -> Self {
        let expect = json!({ "status": "rejected", "stage": "publication", "code": code });
        self.ask(request, expect, found(json!({ "published": false })))
    }

    /// Keeps the case.
    pub(super) fn write(self) -> Result<()> {
        self.writer.write(self.draft)
    }
}

pub(super) fn accepted() -> Value {
    json!({ "status": "accepted" })
}

/// These facts, and nothing else to be seen.
pub(super) fn found(facts: Value) -> Observation {
    Observation {
        publication: Some(facts),
        ..Observation::default()
    }
}

/// The key of a role, by its number from 1; those of number 1 are the simulator's.
pub(super) fn key(role: &str, number: u32) -> Key {
    Key::named(&format!("{role} {number}"))
}

/// A new repository with one key for each role.
pub(super) fn create() -> Value {
    let roles: Map<String, Value> = ["root", "targets", "snapshot", "timestamp", "motd"]
        .into_iter()
        .map(|role| {
            (
                role.to_owned(),
                json!({ "threshold": 1, "keys": [key(role, 1).seed()] }),
            )
        })
        .collect();
    json!({ "operation": "create", "now": NOW, "repository": "pypi.org", "roles": roles })
}

/// Publishes this document, signed by one key for each role.
pub(super) fn publish(writer: &mut Writer, document: &Value) -> Value {
    publish_bytes(writer, document.to_string().as_bytes())
}

/// The same for a document in any form, or for none.
pub(super) fn publish_bytes(writer: &mut Writer, document: &[u8]) -> Value {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    /// A longer document is a file of its own.
    const SHORT: usize = 4096;
    let document = match document.len() {
        ..SHORT => json!(STANDARD.encode(document)),
        _ => json!({ "$file": writer.files.add(document.to_vec()) }),
    };
    json!({
        "operation": "publish", "now": NOW, "repository": "pypi.org", "document": document, "keys": keys(), "expires": null,
    })
}

/// Signs snapshot and timestamp anew.
pub(super) fn renew() -> Value {
    json!({ "operation": "renew", "now": NOW, "repository": "pypi.org", "keys": keys() })
}

/// Takes in the role for notices of this repository as it is now.
pub(super) fn admit(writer: &mut Writer, repository: &Repository) -> Value {
    let site = repository.site();
    let version = repository.versions.get("motd").copied().unwrap_or(1);
    let role = site
        .get(&format!("metadata/{version}.motd.json"))
        .cloned()
        .unwrap_or_default();
    let target = repository
        .targets
        .get("motd/notices.json")
        .cloned()
        .unwrap_or_default();
    json!({
        "operation": "admit", "now": NOW, "repository": "pypi.org", "keys": keys(),
        "role": { "$file": writer.files.add(role) }, "target": { "$file": writer.files.add(target) },
    })
}

fn keys() -> Value {
    let of_each = ["targets", "snapshot", "timestamp", "motd"]
        .map(|role| (role.to_owned(), json!([key(role, 1).seed()])));
    Value::Object(of_each.into_iter().collect())
}

/// The same request with another member.
pub(super) fn with(mut request: Value, member: &str, value: Value) -> Value {
    request[member] = value;
    request
}

/// A document of one notice.
pub(super) fn one(id: &str) -> Value {
    document(&[notice(id, "info")])
}

/// A repository with one notice, which another publisher made. Its roles live on while cases go through their days.
pub(super) fn repository() -> Repository {
    let mut repository = Repository::new();
    repository.set_document(&one("a"));
    repository
}

/// The next version of its role for notices, with another notice, for [`admit`].
pub(super) fn next(repository: &Repository) -> Repository {
    let mut next = repository.clone();
    next.publish(&["motd"]);
    next.set_document(&one("b"));
    next
}
