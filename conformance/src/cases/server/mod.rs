//! Cases of the role server: a folder is put in place, the server is started, and the judge asks it.

#![expect(
    clippy::indexing_slicing,
    reason = "a generator that is wrong ends while it generates"
)]

mod caching;
mod keeping;
mod paths;

use anyhow::Result;
use serde_json::{Value, json};

use super::document::{document, notice};
use super::writer::{Draft, Writer};
use crate::case::{Disturbance, Observation, Step};
use crate::simulator::{NOTICES, Repository, Site};

pub(super) fn write(writer: &mut Writer) -> Result<()> {
    caching::write(writer)?;
    paths::write(writer)?;
    keeping::write(writer)
}

/// Every file that there is, with the name of its kind.
const SNAPSHOT: &str = "metadata/1.snapshot.json";
const TIMESTAMP: &str = "metadata/timestamp.json";

/// A visit to a server: what lies in the folder, and what is asked.
struct Visit<'w> {
    writer: &'w mut Writer,
    draft: Draft,
    next: Step,
}

impl<'w> Visit<'w> {
    fn good(writer: &'w mut Writer, id: &str, title: &str, requirements: &[&str]) -> Self {
        let draft = Draft::positive(&format!("server/{id}"), title, requirements);
        Self {
            writer,
            draft,
            next: Step::default(),
        }
    }

    fn bad(
        writer: &'w mut Writer,
        id: &str,
        base: &str,
        fault: &str,
        requirements: &[&str],
    ) -> Self {
        let draft = Draft::negative(
            &format!("server/{id}"),
            &format!("server/{base}"),
            fault,
            requirements,
        );
        Self {
            writer,
            draft,
            next: Step::default(),
        }
    }

    /// Publishes these files into the folder.
    fn put(mut self, site: &Site) -> Self {
        let files = self.writer.site(site);
        self.next.disturb.push(Disturbance::Put(files));
        self
    }

    /// Puts a link at this path.
    fn link(mut self, path: &str) -> Self {
        self.next.disturb.push(Disturbance::Link(path.to_owned()));
        self
    }

    fn start(mut self) -> Self {
        let urls = json!({ "metadata_url": { "$starts-with": "http://" }, "targets_url": { "$starts-with": "http://" } });
        self.step(
            json!({ "operation": "start" }),
            json!({ "status": "accepted", "result": urls }),
            Observation::default(),
        );
        self
    }

    fn stop(mut self) -> Self {
        self.step(
            json!({ "operation": "stop" }),
            json!({ "status": "accepted" }),
            Observation::default(),
        );
        self
    }

    fn get(self, path: &str, expect: Value) -> Self {
        self.fetch(json!({ "path": path }), expect, Observation::default())
    }

    /// Another request than a plain GET.
    fn fetch(mut self, mut request: Value, expect: Value, observe: Observation) -> Self {
        request["operation"] = json!("fetch");
        self.step(request, expect, observe);
        self
    }

    fn step(&mut self, request: Value, expect: Value, observe: Observation) {
        let draft = std::mem::replace(&mut self.draft, Draft::positive("", "", &[]));
        let step = Step {
            request,
            expect,
            observe,
            ..std::mem::take(&mut self.next)
        };
        self.draft = draft.step(step);
    }

    fn write(self) -> Result<()> {
        self.writer.write(self.draft)
    }
}

/// A repository with a notice, two roots, and lives that no clock of a server ends.
fn repository() -> Repository {
    let mut repository = Repository::new();
    for expires in repository.expires.values_mut() {
        "2090-01-01T00:00:00Z".clone_into(expires);
    }
    repository.rotate(&[]);
    repository.set_document(&document(&[notice("a", "info")]));
    repository
}

/// The next publication, with another notice.
fn next(repository: &Repository, id: &str) -> Repository {
    let mut next = repository.clone();
    next.publish(&[NOTICES]);
    next.set_document(&document(&[notice(id, "info")]));
    next
}

/// The file itself, with status 200.
fn file(site: &Site, path: &str) -> Value {
    let bytes = site.get(path).map(Vec::as_slice).unwrap_or_default();
    json!({ "status": 200, "file": crate::case::Files::name(bytes) })
}

/// An error, of whatever kind.
fn error() -> Value {
    json!({ "status": { "$at-least": 400 } })
}

/// The target file of the current document.
fn target(site: &Site) -> String {
    site.keys()
        .rfind(|path| path.starts_with("targets/"))
        .cloned()
        .unwrap_or_default()
}
