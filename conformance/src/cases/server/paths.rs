//! MOTD-SRV-5: what lies about, and the spellings that lead to it.

use anyhow::Result;
use serde_json::{Value, json};

use super::{TIMESTAMP, Visit, error, file, repository};
use crate::case::Observation;
use crate::cases::writer::Writer;
use crate::simulator::Site;

/// A server that hands out what is published.
const PUBLISHED: &str = "paths/published";

/// Files that were never published, each with a text of its own.
const UNPUBLISHED: [&str; 7] = [
    "secret.json",
    "keys/timestamp.pem",
    "metadata/.lock",
    "metadata/timestamp.json.tmp",
    "metadata/.timestamp.json.swp",
    "targets/motd/.notices.json.part",
    "targets/.lock",
];

/// The published repository, with files that lie about.
fn littered() -> Site {
    let mut site = repository().site();
    for path in UNPUBLISHED {
        site.insert(
            path.to_owned(),
            format!("never published: {path}\n").into_bytes(),
        );
    }
    site
}

pub(super) fn write(writer: &mut Writer) -> Result<()> {
    let clean = repository().site();
    let mut visit = Visit::good(
        writer,
        PUBLISHED,
        "every published file is handed out",
        &["MOTD-SRV-5"],
    )
    .put(&clean)
    .start();
    for path in clean.keys() {
        visit = visit.get(path, file(&clean, path));
    }
    visit.stop().write()?;
    unpublished(writer)?;
    tricks(writer)?;
    respelled(writer)?;
    methods(writer)
}

fn one(writer: &mut Writer, id: &str, path: &str, expect: Value) -> Result<()> {
    Visit::bad(
        writer,
        &format!("paths/{id}"),
        PUBLISHED,
        &format!("{path} is asked for"),
        &["MOTD-SRV-5"],
    )
    .put(&littered())
    .start()
    .get(path, expect)
    .stop()
    .write()
}

fn unpublished(writer: &mut Writer) -> Result<()> {
    for (number, path) in UNPUBLISHED
        .iter()
        .filter(|path| path.starts_with("metadata/") || path.starts_with("targets/"))
        .enumerate()
    {
        one(
            writer,
            &format!("unpublished-{}", number + 1),
            path,
            error(),
        )?;
    }
    for (name, path) in [
        ("unprefixed-role", "metadata/snapshot.json"),
        ("unprefixed-target", "targets/motd/notices.json"),
        ("listing", "metadata/"),
        ("listing-of-targets", "targets/"),
        ("listing-of-a-folder", "targets/motd/"),
        ("folder", "metadata"),
        ("folder-of-targets", "targets"),
        ("inner-folder", "targets/motd"),
    ] {
        one(writer, name, path, error())?;
    }
    for (name, path) in [
        ("link", "targets/motd/linked.json"),
        ("link-with-a-version", "metadata/9.linked.json"),
    ] {
        Visit::bad(
            writer,
            &format!("paths/{name}"),
            PUBLISHED,
            &format!("{path} is a symbolic link to a file outside"),
            &["MOTD-SRV-5"],
        )
        .put(&repository().site())
        .link(path)
        .start()
        .get(path, error())
        .stop()
        .write()?;
    }
    Ok(())
}

/// Every way up, to files that no spelling may lead to.
fn tricks(writer: &mut Writer) -> Result<()> {
    for (number, path) in [
        "metadata/../secret.json",
        "metadata/%2e%2e/secret.json",
        "metadata/.%2E/secret.json",
        "metadata/..%2fsecret.json",
        "metadata/%2e%2e%2fsecret.json",
        "metadata/%252e%252e/secret.json",
        "metadata/..%252fsecret.json",
        "metadata/..\\secret.json",
        "metadata/..%5csecret.json",
        "metadata/....//secret.json",
        "metadata/../keys/timestamp.pem",
        "metadata/x/../../secret.json",
        "metadata/%c0%ae%c0%ae/secret.json",
        "metadata/..;/secret.json",
        "metadata/../secret.json%00.json",
        "metadata/../secret.json?metadata/timestamp.json",
        "targets/../metadata/.lock",
        "targets/motd/../../secret.json",
        "targets/motd/..%2f..%2fsecret.json",
        "targets//etc/passwd",
        "metadata//etc/passwd",
        "metadata/../../../../../../../../etc/passwd",
        "metadata/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
        "metadata/%2eLOCK",
        "metadata/%2elock",
        "metadata/./.lock",
    ]
    .into_iter()
    .enumerate()
    {
        one(writer, &format!("trick-{:02}", number + 1), path, error())?;
    }
    Ok(())
}

/// Odd spellings of what is published: the file or an error, and nothing else.
fn respelled(writer: &mut Writer) -> Result<()> {
    let either = json!({ "$one-of": [file(&littered(), TIMESTAMP), error()] });
    for (number, path) in [
        "metadata/timestamp.json?query",
        "metadata/timestamp.json?../secret.json",
        "metadata//timestamp.json",
        "metadata/./timestamp.json",
        "metadata/x/../timestamp.json",
        "metadata/%74imestamp.json",
        "metadata/timestamp%2Ejson",
        "metadata/timestamp.json%00",
        "metadata/timestamp.json%20",
        "metadata/timestamp.json.",
        "metadata/timestamp.json::$DATA",
        "metadata/timestamp.json/",
        "metadata/%ff%fe",
        "metadata/%zz",
        "metadata/%",
    ]
    .into_iter()
    .enumerate()
    {
        one(
            writer,
            &format!("respelled-{:02}", number + 1),
            path,
            either.clone(),
        )?;
    }
    Ok(())
}

fn methods(writer: &mut Writer) -> Result<()> {
    for method in [
        "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND",
    ] {
        let length = json!({ "Content-Length": "0" });
        Visit::bad(
            writer,
            &format!("paths/{}", method.to_ascii_lowercase()),
            PUBLISHED,
            &format!("the method is {method}"),
            &["MOTD-SRV-5"],
        )
        .put(&littered())
        .start()
        .fetch(
            json!({ "path": TIMESTAMP, "method": method, "headers": length }),
            error(),
            Observation::default(),
        )
        .get(TIMESTAMP, file(&littered(), TIMESTAMP))
        .stop()
        .write()?;
    }
    Ok(())
}
