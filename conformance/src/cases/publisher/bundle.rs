//! The bundle for first checks: MOTD-BUNDLE-1 and -2.

use anyhow::Result;
use serde_json::{Value, json};

use super::desk::{Desk, admit, create, next, one, publish, renew, repository};
use super::roles::with_packages;
use crate::case::Disturbance;
use crate::cases::writer::Writer;
use crate::simulator::{Key, Repository};

const BUNDLE: &str = "metadata/motd-bundle.json";

/// The longest bundle.
const LONGEST: usize = 1_048_576;

pub(super) fn write(writer: &mut Writer) -> Result<()> {
    let requests = |writer: &mut Writer, repository: &Repository| {
        [
            ("publish", publish(writer, &one("b"))),
            ("renew", renew()),
            ("admit", admit(writer, &next(repository))),
        ]
    };
    Desk::good(
        writer,
        "bundle/create",
        "a new repository has a bundle",
        &["MOTD-BUNDLE-1"],
    )
    .done(create(), whole())
    .write()?;
    for (operation, request) in requests(writer, &repository()) {
        Desk::good(
            writer,
            &format!("bundle/{operation}"),
            &format!("{operation}: the bundle has what a new client needs"),
            &["MOTD-BUNDLE-1", "MOTD-BUNDLE-2"],
        )
        .put(&repository().site())
        .done(request, whole())
        .write()?;
    }
    for (id, what, repository) in [
        (
            "other-roles",
            "the repository has another role as well",
            with_packages(),
        ),
        ("roots", "the repository has four roots", rotated()),
        ("spaces", "the files are written with white space", spaced()),
    ] {
        for (operation, request) in requests(writer, &repository) {
            Desk::bad(
                writer,
                &format!("bundle/{id}-{operation}"),
                &format!("bundle/{operation}"),
                &format!("{operation}: {what}"),
                &["MOTD-BUNDLE-1"],
            )
            .put(&repository.site())
            .done(request, whole())
            .write()?;
        }
    }
    for (operation, request) in requests(writer, &repository()) {
        Desk::bad(
            writer,
            &format!("bundle/stale-{operation}"),
            &format!("bundle/{operation}"),
            &format!("{operation}: an old bundle lies there"),
            &["MOTD-BUNDLE-2"],
        )
        .put(&repository().site())
        .put_file(BUNDLE, br#"{"1.root.json":"{}","0.snapshot.json":"{}"}"#)
        .done(request, whole())
        .write()?;
    }
    too_long(writer)
}

fn whole() -> Value {
    json!({ "published": true, "bundle": { "missing": [], "surplus": [], "differs": [], "bytes": { "$at-most": LONGEST } } })
}

fn rotated() -> Repository {
    let mut rotated = repository();
    for number in 1..=3 {
        rotated.rotate(&[("root", vec![Key::named(&format!("root next {number}"))])]);
    }
    rotated
}

fn spaced() -> Repository {
    let mut spaced = with_packages();
    spaced.mangle("targets", |bytes| [b" ", bytes.as_slice(), b"\n"].concat());
    spaced
}

/// MOTD-BUNDLE-2: the files are longer than a bundle may be.
fn too_long(writer: &mut Writer) -> Result<()> {
    let empty = json!({ "published": true, "bundle": { "members": 0 } });
    for (operation, request) in [("publish", publish(writer, &one("b"))), ("renew", renew())] {
        Desk::bad(
            writer,
            &format!("bundle/too-long-{operation}"),
            &format!("bundle/{operation}"),
            &format!("{operation}: top-level targets is too long for a bundle"),
            &["MOTD-BUNDLE-2"],
        )
        .put(&repository().site())
        .disturb(Disturbance::Pad(
            "metadata/1.targets.json".to_owned(),
            LONGEST,
        ))
        .done(request, empty.clone())
        .write()?;
    }
    Ok(())
}
