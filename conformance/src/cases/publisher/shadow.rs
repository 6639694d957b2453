//! The search for the reserved path: MOTD-DEL-1 and -2.

#![expect(
    clippy::indexing_slicing,
    reason = "a generator that is wrong ends while it generates"
)]

use anyhow::Result;
use serde_json::{Value, json};

use super::desk::{Desk, admit, found, next, one, publish, repository};
use super::roles::with_packages;
use crate::cases::writer::Writer;
use crate::simulator::{Delegation, NOTICES, PATH, Repository};

pub(super) fn write(writer: &mut Writer) -> Result<()> {
    let base = "shadow/later";
    let requests = [
        publish(writer, &one("b")),
        admit(writer, &next(&with_packages())),
    ];
    for (operation, request) in ["publish", "admit"].into_iter().zip(requests) {
        let id = if operation == "publish" {
            base.to_owned()
        } else {
            format!("{base}-{operation}")
        };
        Desk::good(
            writer,
            &id,
            &format!("{operation}: a delegation that matches comes after that for notices"),
            &["MOTD-DEL-2", "MOTD-DEL-1"],
        )
        .put(&with_packages().site())
        .done(request, json!({ "published": true }))
        .write()?;
    }
    for (id, what, change) in earlier() {
        let mut shadowed = with_packages();
        change(&mut shadowed);
        let requests = [publish(writer, &one("b")), admit(writer, &next(&shadowed))];
        for (operation, request) in ["publish", "admit"].into_iter().zip(requests) {
            Desk::bad(
                writer,
                &format!("shadow/{id}-{operation}"),
                base,
                &format!("{operation}: {what}"),
                &["MOTD-DEL-2"],
            )
            .put(&shadowed.site())
            .refused(request, "publisher-shadowed")
            .write()?;
        }
    }
    misplaced(writer, base)
}

type Change = fn(&mut Repository);

/// What the search meets before the role for notices.
fn earlier() -> [(&'static str, &'static str, Change); 6] {
    [
        (
            "packages",
            "a delegation of */* comes first",
            |repository| move_first(repository, &["*/*"]),
        ),
        (
            "namesake",
            "another delegation of motd/* comes first",
            |repository| move_first(repository, &["motd/*"]),
        ),
        (
            "exact",
            "a delegation of the very path comes first",
            |repository| move_first(repository, &["a/*", PATH]),
        ),
        (
            "question-mark",
            "a delegation with a question mark in its pattern comes first",
            |repository| move_first(repository, &["motd/notice?.json"]),
        ),
        (
            "hash-prefixes",
            "a delegation of all hash prefixes comes first",
            |repository| {
                move_first(repository, &[]);
                repository.edit("targets", |signed| {
                    let prefixes: Vec<String> = (0..16).map(|digit| format!("{digit:x}")).collect();
                    if let Some(first) = signed["delegations"]["roles"][0].as_object_mut() {
                        first.remove("paths");
                        first.insert("path_hash_prefixes".to_owned(), json!(prefixes));
                    }
                });
            },
        ),
        (
            "entry",
            "top-level targets lists the path itself",
            |repository| {
                let entry = repository.entry_mut(NOTICES, PATH).clone();
                *repository.entry_mut("targets", PATH) = entry;
            },
        ),
    ]
}

/// Puts the delegation of the packages first, with these patterns.
fn move_first(repository: &mut Repository, paths: &[&str]) {
    let delegations = repository
        .delegations
        .entry("targets".to_owned())
        .or_default();
    delegations.retain(|delegation| delegation.role != "packages");
    let paths = paths.iter().map(|path| (*path).to_owned()).collect();
    delegations.insert(
        0,
        Delegation {
            role: "packages".to_owned(),
            paths,
            terminating: false,
        },
    );
}

/// MOTD-DEL-1: section 5.5 has it verified before every publication, and no code is asked for.
fn misplaced(writer: &mut Writer, base: &str) -> Result<()> {
    let mut open = repository();
    for delegation in open.delegations.values_mut().flatten() {
        delegation.terminating = false;
    }
    let mut second = with_packages();
    move_first(&mut second, &["*/*"]);
    for (id, what, repository) in [
        ("not-terminating", "the delegation is not terminating", open),
        (
            "second",
            "the delegation is the second of two that match",
            second,
        ),
    ] {
        let request = publish(writer, &one("b"));
        let refused: Value = json!({ "status": "rejected" });
        Desk::bad(writer, &format!("shadow/{id}"), base, what, &["MOTD-DEL-1"])
            .put(&repository.site())
            .ask(request, refused, found(json!({ "published": false })))
            .write()?;
    }
    Ok(())
}
