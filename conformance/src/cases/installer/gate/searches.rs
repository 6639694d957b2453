//! The search for the role of the reserved path: sections 6.2 and 6.5.

use anyhow::Result;

use super::{FRESH, stated};
use crate::cases::document::notice;
use crate::cases::installer::story::{Story, failed, fresh};
use crate::cases::writer::Writer;
use crate::simulator::{Delegation, Key, NOTICES, PATH, Repository};

pub(super) fn searches(writer: &mut Writer) -> Result<()> {
    let good = chain(32);
    Story::good(
        writer,
        &good,
        "gate/32-roles",
        "the document is in the 32nd role",
        &["MOTD-GATE-15"],
    )
    .serve_all_of(&good)
    .check(fresh(&["a"]))
    .write()?;
    let more = chain(33);
    Story::bad(
        writer,
        &more,
        "gate/33-roles",
        "gate/32-roles",
        "it is in the 33rd",
        &["MOTD-GATE-15"],
    )
    .serve_all_of(&more)
    .check(failed("delegation", "too-many-delegations"))
    .write()?;
    // Another role that got another path says something about the reserved one.
    let mut shadow = stated();
    shadow
        .keys
        .insert("packages".to_owned(), vec![Key::named("packages 1")]);
    shadow.versions.insert("packages".to_owned(), 1);
    shadow
        .expires
        .insert("packages".to_owned(), "2026-11-25T00:00:00Z".to_owned());
    let of_packages = Delegation {
        role: "packages".to_owned(),
        paths: vec!["simple/*".to_owned()],
        terminating: false,
    };
    shadow
        .delegations
        .entry("targets".to_owned())
        .or_default()
        .insert(0, of_packages);
    let evil = crate::simulator::canonical(&crate::cases::document::document(&[notice(
        "evil", "critical",
    )]));
    let mut entry = shadow.clone();
    entry.set_target("packages", PATH, evil);
    let entry = entry.entries.get("packages").cloned().unwrap_or_default();
    shadow.entries.insert("packages".to_owned(), entry);
    Story::bad(
        writer,
        &shadow,
        "gate/other-role",
        FRESH,
        "a role that was given other paths lists the reserved one",
        &["MOTD-CARRY-1", "MOTD-GATE-7"],
    )
    .serve_all_of(&shadow)
    .check(fresh(&["a"]))
    .write()?;
    let mut unlisted = stated();
    unlisted.edit("snapshot", |signed| {
        signed["meta"]
            .as_object_mut()
            .map(|meta| meta.remove("motd.json"));
    });
    Story::bad(
        writer,
        &unlisted,
        "gate/unlisted",
        FRESH,
        "the snapshot does not list the role for notices",
        &["MOTD-GATE-7"],
    )
    .serve_all_of(&unlisted)
    .check(failed("delegation", "version-mismatch"))
    .write()
}

/// A chain of delegations of `motd/*`, of which the last lists the document.
fn chain(length: usize) -> Repository {
    let mut repository = stated();
    let entries = repository.entries.remove(NOTICES).unwrap_or_default();
    let name = |number: usize| {
        if number == 1 {
            NOTICES.to_owned()
        } else {
            format!("motd-{number}")
        }
    };
    for number in 2..=length {
        let role = name(number);
        repository
            .keys
            .insert(role.clone(), vec![Key::named(&role)]);
        repository.versions.insert(role.clone(), 1);
        repository
            .expires
            .insert(role.clone(), "2026-11-25T00:00:00Z".to_owned());
        let delegation = Delegation {
            role,
            paths: vec!["motd/*".to_owned()],
            terminating: true,
        };
        repository
            .delegations
            .insert(name(number - 1), vec![delegation]);
    }
    repository.entries.insert(name(length), entries);
    repository
}
