//! MOTD-SRV-6: every root for ever, and what clients on the way still need.

use anyhow::Result;
use serde_json::json;

use super::{TIMESTAMP, Visit, file, next, repository};
use crate::case::Observation;
use crate::cases::writer::Writer;
use crate::simulator::{Key, Repository, Site};

/// A server whose repository has a history.
const ROOTS: &str = "keeping/roots";

pub(super) fn write(writer: &mut Writer) -> Result<()> {
    let first = repository();
    let rotated = rotated(&first);
    let visit = Visit::good(writer, ROOTS, "all roots are there", &["MOTD-SRV-6"])
        .put(&rotated.site())
        .start();
    all(visit, &rotated.site(), &roots(&rotated.site()))
        .stop()
        .write()?;

    let before = first.site();
    let second = next(&first, "b");
    let third = next(&second, "c").site();
    let second = second.site();
    // A publication that clients have begun to follow, and another one after it.
    let old: Vec<&String> = before.keys().filter(|path| *path != TIMESTAMP).collect();
    let visit = Visit::bad(
        writer,
        "keeping/superseded",
        ROOTS,
        "a publication was superseded",
        &["MOTD-SRV-6"],
    )
    .put(&before)
    .start();
    all(published(visit, &second), &before, &old)
        .stop()
        .write()?;
    let visit = Visit::bad(
        writer,
        "keeping/superseded-twice",
        ROOTS,
        "two publications came after one another",
        &["MOTD-SRV-6"],
    )
    .put(&before)
    .start();
    all(published(published(visit, &second), &third), &before, &old)
        .stop()
        .write()?;
    let visit = Visit::bad(
        writer,
        "keeping/superseded-and-restarted",
        ROOTS,
        "a publication was superseded, and the server started again",
        &["MOTD-SRV-6"],
    )
    .put(&before)
    .start();
    all(published(visit, &second).stop().start(), &before, &old)
        .stop()
        .write()?;
    let newer = next(&rotated, "b").site();
    let visit = Visit::bad(
        writer,
        "keeping/roots-after-publications",
        ROOTS,
        "a root was rotated and a publication came after it",
        &["MOTD-SRV-6"],
    )
    .put(&before)
    .start();
    let visit = published(published(visit, &rotated.site()), &newer);
    all(visit, &newer, &roots(&newer)).stop().write()
}

/// Four more roots, by other keys of the timestamp.
fn rotated(first: &Repository) -> Repository {
    let mut rotated = first.clone();
    for number in 1..=4 {
        rotated.rotate(&[("snapshot", vec![Key::named(&format!("snapshot {number}"))])]);
    }
    rotated.publish(&[]);
    rotated
}

fn roots(site: &Site) -> Vec<&String> {
    site.keys()
        .filter(|path| path.ends_with(".root.json"))
        .collect()
}

/// Publishes, and waits until the server has noticed.
fn published<'w>(visit: Visit<'w>, site: &Site) -> Visit<'w> {
    let request = json!({ "path": TIMESTAMP, "patient": true });
    visit
        .put(site)
        .fetch(request, file(site, TIMESTAMP), Observation::default())
}

/// Asks for each of these.
fn all<'w>(mut visit: Visit<'w>, site: &Site, paths: &[&String]) -> Visit<'w> {
    for path in paths {
        visit = visit.get(path, file(site, path));
    }
    visit
}
