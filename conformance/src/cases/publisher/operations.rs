//! What every operation leaves in the folder, one requirement a case.

use anyhow::Result;
use serde_json::{Value, json};

use super::desk::{Desk, accepted, admit, create, found, next, one, publish, renew, repository};
use crate::case::Observation;
use crate::cases::writer::Writer;

/// The last part of the id, what is found, the facts that say so, and the requirements that ask for it.
fn facts() -> Vec<(&'static str, &'static str, Value, &'static [&'static str])> {
    vec![
        (
            "signed",
            "enough distinct keys have signed every role over its canonical form",
            json!({ "unsigned": [] }),
            &["MOTD-PUB-9", "MOTD-PUB-3"],
        ),
        (
            "linked",
            "lengths and hashes are those of the files",
            json!({ "unlinked": [] }),
            &["MOTD-PUB-6"],
        ),
        (
            "named",
            "every name leads to the file of its version",
            json!({ "absent": [], "misnumbered": [] }),
            &["MOTD-PUB-7"],
        ),
        (
            "document-bytes",
            "the target file is the document bytes",
            json!({ "target": { "document_bytes": true } }),
            &["MOTD-BYTES-8"],
        ),
        (
            "target-file",
            "the target file is there, with its length and hashes",
            json!({ "target": { "present": true, "entry": true } }),
            &["MOTD-CARRY-6"],
        ),
        (
            "expiry",
            "the role for notices lives at most 93 days",
            json!({ "days": { "motd": { "$at-most": 93 } } }),
            &["MOTD-DEL-3"],
        ),
        (
            "distinct",
            "no key stands twice",
            json!({ "doubled": [] }),
            &["MOTD-DEL-4"],
        ),
        (
            "listed",
            "the snapshot lists the role for notices",
            json!({ "listed": { "$contains": "motd" } }),
            &["MOTD-DEL-6"],
        ),
        (
            "limits",
            "nothing that is signed breaks the common limits",
            json!({ "beyond_limits": [] }),
            &["MOTD-BYTES-9"],
        ),
        (
            "unreplaced",
            "no file with a version or a hash in its name was replaced",
            json!({ "replaced": [] }),
            &["MOTD-PUB-5"],
        ),
    ]
}

pub(super) fn write(writer: &mut Writer) -> Result<()> {
    for (name, title, facts, requirements) in facts() {
        created(writer, name, title, facts.clone(), requirements)?;
        published(writer, name, title, facts.clone(), requirements)?;
        continued(writer, name, title, facts.clone(), requirements)?;
        renewed(writer, name, title, facts.clone(), requirements)?;
        taken_in(writer, name, title, facts, requirements)?;
    }
    created(
        writer,
        "consistent-snapshot",
        "root says that names have versions",
        json!({ "consistent_snapshot": true }),
        &["MOTD-PUB-7"],
    )?;
    let first = json!({ "delegations": [{ "name": "motd", "paths": { "$contains": "motd/*" }, "terminating": true }], "reserved_entries": [] });
    created(
        writer,
        "delegation",
        "the delegation is first and terminating",
        first,
        &["MOTD-DEL-1"],
    )?;
    created(
        writer,
        "short-life",
        "the role for notices lives at most 30 days",
        short_life(),
        &["MOTD-DEL-7"],
    )?;
    created(
        writer,
        "first-version",
        "the role for notices has version 1",
        json!({ "versions": { "motd": 1 } }),
        &["MOTD-DEL-6"],
    )?;
    continued(
        writer,
        "short-life",
        "the role for notices lives at most 30 days",
        short_life(),
        &["MOTD-DEL-7"],
    )?;
    continued(
        writer,
        "document",
        "the document is what was asked for",
        json!({ "document": one("b") }),
        &["MOTD-BYTES-8"],
    )?;
    let raised =
        json!({ "raised": { "root": 0, "targets": 0, "motd": 1, "snapshot": 1, "timestamp": 1 } });
    published(
        writer,
        "versions",
        "every role that is signed anew has the next version",
        raised.clone(),
        &["MOTD-PUB-2"],
    )?;
    continued(
        writer,
        "versions",
        "every role that is signed anew has the next version",
        raised.clone(),
        &["MOTD-PUB-2"],
    )?;
    taken_in(
        writer,
        "versions",
        "the role is taken in at the next version",
        raised,
        &["MOTD-DEL-6", "MOTD-PUB-2"],
    )?;
    let raised = json!({ "raised": { "root": 0, "targets": 0, "motd": 0, "timestamp": 1 } });
    renewed(
        writer,
        "versions",
        "every role that is signed anew has the next version",
        raised,
        &["MOTD-PUB-2"],
    )?;
    watched(writer)
}

fn short_life() -> Value {
    json!({ "days": { "motd": { "$at-most": 30 } } })
}

fn created(
    writer: &mut Writer,
    name: &str,
    title: &str,
    facts: Value,
    requirements: &[&str],
) -> Result<()> {
    Desk::good(
        writer,
        &format!("create/{name}"),
        &format!("a new repository: {title}"),
        requirements,
    )
    .done(create(), facts)
    .write()
}

/// In a repository of the publisher's own.
fn published(
    writer: &mut Writer,
    name: &str,
    title: &str,
    facts: Value,
    requirements: &[&str],
) -> Result<()> {
    let request = publish(writer, &one("a"));
    Desk::good(
        writer,
        &format!("publish/{name}"),
        &format!("a publication: {title}"),
        requirements,
    )
    .ask(create(), accepted(), Observation::default())
    .done(request, facts)
    .write()
}

/// In a repository that another publisher made.
fn continued(
    writer: &mut Writer,
    name: &str,
    title: &str,
    facts: Value,
    requirements: &[&str],
) -> Result<()> {
    let request = publish(writer, &one("b"));
    Desk::good(
        writer,
        &format!("continue/{name}"),
        &format!("a publication in a repository that others made: {title}"),
        requirements,
    )
    .put(&repository().site())
    .done(request, facts)
    .write()
}

fn renewed(
    writer: &mut Writer,
    name: &str,
    title: &str,
    facts: Value,
    requirements: &[&str],
) -> Result<()> {
    Desk::good(
        writer,
        &format!("renew/{name}"),
        &format!("a renewal: {title}"),
        requirements,
    )
    .put(&repository().site())
    .done(renew(), facts)
    .write()
}

fn taken_in(
    writer: &mut Writer,
    name: &str,
    title: &str,
    facts: Value,
    requirements: &[&str],
) -> Result<()> {
    let request = admit(writer, &next(&repository()));
    Desk::good(
        writer,
        &format!("admit/{name}"),
        &format!("a role that others signed: {title}"),
        requirements,
    )
    .put(&repository().site())
    .done(request, facts)
    .write()
}

/// MOTD-PUB-4, with a reader beside each operation.
fn watched(writer: &mut Writer) -> Result<()> {
    let whole = || Observation {
        always_whole: true,
        ..Observation::default()
    };
    let published = publish(writer, &one("b"));
    let admitted = admit(writer, &next(&repository()));
    for (name, request) in [
        ("publish", published),
        ("renew", renew()),
        ("admit", admitted),
    ] {
        Desk::good(
            writer,
            &format!("{name}/whole"),
            &format!("{name}: a reader finds everything at every moment"),
            &["MOTD-PUB-4"],
        )
        .put(&repository().site())
        .ask(request, accepted(), whole())
        .write()?;
    }
    Desk::good(
        writer,
        "create/whole",
        "create: a reader finds everything at every moment",
        &["MOTD-PUB-4"],
    )
    .ask(
        create(),
        accepted(),
        Observation {
            publication: found(json!({ "published": true, "absent": [] })).publication,
            ..whole()
        },
    )
    .write()
}
