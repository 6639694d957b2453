//! Header fields: MOTD-SRV-1, -2, -3, -4, -7 and -8.

#![expect(
    clippy::indexing_slicing,
    reason = "a generator that is wrong ends while it generates"
)]

use anyhow::Result;
use serde_json::{Value, json};

use super::{SNAPSHOT, TIMESTAMP, Visit, error, file, next, repository, target};
use crate::case::{Likeness, Observation};
use crate::cases::writer::Writer;

/// At most a minute.
fn short() -> Value {
    json!({ "cache": { "max-age": { "$at-most": 60 } } })
}

/// At least a day, and never asked for again.
fn for_ever() -> Value {
    json!({ "cache": { "immutable": true, "max-age": { "$at-least": 86_400 } } })
}

pub(super) fn write(writer: &mut Writer) -> Result<()> {
    lives(writer)?;
    absences(writer)?;
    heads(writer)?;
    fields(writer)?;
    tags(writer)?;
    strangers(writer)
}

/// Name, path and requirement of each kind of file.
fn kinds() -> Vec<(&'static str, String, &'static str)> {
    let site = repository().site();
    vec![
        (
            "first-root",
            "metadata/1.root.json".to_owned(),
            "MOTD-SRV-1",
        ),
        ("root", "metadata/2.root.json".to_owned(), "MOTD-SRV-1"),
        (
            "targets",
            "metadata/1.targets.json".to_owned(),
            "MOTD-SRV-1",
        ),
        ("notices", "metadata/1.motd.json".to_owned(), "MOTD-SRV-1"),
        ("snapshot", SNAPSHOT.to_owned(), "MOTD-SRV-1"),
        ("target", target(&site), "MOTD-SRV-1"),
        ("timestamp", TIMESTAMP.to_owned(), "MOTD-SRV-2"),
    ]
}

fn both(one: Value, other: Value) -> Value {
    let mut both = one;
    if let (Some(members), Value::Object(more)) = (both.as_object_mut(), other) {
        members.extend(more);
    }
    both
}

fn lives(writer: &mut Writer) -> Result<()> {
    let site = repository().site();
    for (name, path, requirement) in kinds() {
        let life = if requirement == "MOTD-SRV-2" {
            short()
        } else {
            for_ever()
        };
        Visit::good(
            writer,
            &format!("caching/{name}"),
            &format!("how long {name} is kept"),
            &[requirement],
        )
        .put(&site)
        .start()
        .get(&path, both(file(&site, &path), life))
        .stop()
        .write()?;
    }
    let mut with_package = repository();
    with_package.set_target("targets", "pip/pip.whl", b"a wheel".to_vec());
    let packages = with_package.site();
    let wheel = packages.keys().find(|path| path.ends_with("pip.whl"));
    let path = wheel.cloned().unwrap_or_default();
    Visit::bad(
        writer,
        "caching/package",
        "caching/target",
        "the target is a package",
        &["MOTD-SRV-1"],
    )
    .put(&packages)
    .start()
    .get(&path, both(file(&packages, &path), for_ever()))
    .stop()
    .write()?;
    // What is superseded keeps its name and its life, and what is new has the same at once.
    let after = next(&repository(), "b").site();
    Visit::bad(
        writer,
        "caching/after-a-publication",
        "caching/snapshot",
        "another snapshot was published since",
        &["MOTD-SRV-1"],
    )
    .put(&site)
    .start()
    .put(&after)
    .fetch(
        json!({ "path": TIMESTAMP, "patient": true }),
        file(&after, TIMESTAMP),
        Observation::default(),
    )
    .get(SNAPSHOT, both(file(&site, SNAPSHOT), for_ever()))
    .get(
        "metadata/2.snapshot.json",
        both(file(&after, "metadata/2.snapshot.json"), for_ever()),
    )
    .stop()
    .write()?;
    Visit::bad(
        writer,
        "caching/timestamp-after-a-publication",
        "caching/timestamp",
        "another timestamp was published since",
        &["MOTD-SRV-2"],
    )
    .put(&site)
    .start()
    .put(&after)
    .fetch(
        json!({ "path": TIMESTAMP, "patient": true }),
        both(file(&after, TIMESTAMP), short()),
        Observation::default(),
    )
    .stop()
    .write()?;
    for (name, requested) in [
        ("query", "metadata/timestamp.json?now"),
        ("encoded", "metadata/%74imestamp.json"),
    ] {
        let life = json!({ "$one-of": [both(file(&site, TIMESTAMP), short()), error()] });
        Visit::bad(
            writer,
            &format!("caching/timestamp-{name}"),
            "caching/timestamp",
            &format!("the timestamp is asked for as {requested}"),
            &["MOTD-SRV-2"],
        )
        .put(&site)
        .start()
        .get(requested, life)
        .stop()
        .write()?;
    }
    Ok(())
}

fn absences(writer: &mut Writer) -> Result<()> {
    let site = repository().site();
    let no_store = json!({ "status": 404, "cache": { "no-store": true } });
    let next_root = json!({ "$one-of": [no_store, both(json!({ "status": 404 }), short())] });
    Visit::good(
        writer,
        "caching/next-root",
        "the next root is not there yet",
        &["MOTD-SRV-3"],
    )
    .put(&site)
    .start()
    .get("metadata/3.root.json", next_root)
    .stop()
    .write()?;
    for (name, path) in [
        ("snapshot", "metadata/2.snapshot.json"),
        ("notices", "metadata/9.motd.json"),
        ("targets", "metadata/2.targets.json"),
        ("role", "metadata/1.packages.json"),
        ("huge-version", "metadata/9007199254740991.snapshot.json"),
    ] {
        Visit::bad(
            writer,
            &format!("caching/no-{name}"),
            "caching/next-root",
            &format!("{path} is not there"),
            &["MOTD-SRV-3"],
        )
        .put(&site)
        .start()
        .get(path, no_store.clone())
        .stop()
        .write()?;
    }
    // A cached absence would outlive this moment.
    let after = next(&repository(), "b").site();
    Visit::bad(
        writer,
        "caching/absent-then-there",
        "caching/next-root",
        "a snapshot is asked for before and after it is published",
        &["MOTD-SRV-3"],
    )
    .put(&site)
    .start()
    .get("metadata/2.snapshot.json", no_store)
    .put(&after)
    .fetch(
        json!({ "path": TIMESTAMP, "patient": true }),
        file(&after, TIMESTAMP),
        Observation::default(),
    )
    .get(
        "metadata/2.snapshot.json",
        file(&after, "metadata/2.snapshot.json"),
    )
    .stop()
    .write()
}

fn heads(writer: &mut Writer) -> Result<()> {
    let site = repository().site();
    let empty = json!({ "length": 0 });
    let mut paths = kinds();
    paths.push(("absent-root", "metadata/3.root.json".to_owned(), ""));
    paths.push(("absent-snapshot", "metadata/7.snapshot.json".to_owned(), ""));
    paths.push(("folder", "metadata/".to_owned(), ""));
    for (name, path, requirement) in paths {
        let like = Observation {
            same_as: Some(Likeness {
                step: 1,
                at: vec!["/status".to_owned(), "/headers".to_owned()],
            }),
            ..Observation::default()
        };
        let id = format!("head/{name}");
        let title = format!("HEAD of {path}");
        let visit = match requirement {
            "" => Visit::bad(writer, &id, "head/timestamp", &title, &["MOTD-SRV-4"]),
            _ => Visit::good(writer, &id, &title, &["MOTD-SRV-4"]),
        };
        visit
            .put(&site)
            .start()
            .get(&path, json!({ "status": { "$any": true } }))
            .fetch(
                json!({ "path": path, "method": "HEAD" }),
                empty.clone(),
                like,
            )
            .stop()
            .write()?;
    }
    Ok(())
}

fn fields(writer: &mut Writer) -> Result<()> {
    let site = repository().site();
    for (name, path, _) in kinds() {
        let fields = json!({
            "length_is_stated": true,
            "headers": { "content-type": { "$starts-with": "application/json" }, "etag": { "$starts-with": "\"" } },
        });
        Visit::good(
            writer,
            &format!("fields/{name}"),
            &format!("the header fields of {name}"),
            &["MOTD-SRV-7"],
        )
        .put(&site)
        .start()
        .get(&path, both(file(&site, &path), fields))
        .stop()
        .write()?;
    }
    let strong = json!({ "status": 200, "length_is_stated": true, "headers": { "etag": { "$starts-with": "\"" } } });
    for coding in [
        "gzip",
        "br",
        "zstd",
        "deflate",
        "gzip, deflate, br, zstd",
        "*",
    ] {
        let id = format!(
            "fields/accepts-{}",
            coding.replace(", ", "-").replace('*', "any")
        );
        Visit::bad(
            writer,
            &id,
            "fields/notices",
            &format!("the client takes {coding}"),
            &["MOTD-SRV-7"],
        )
        .put(&site)
        .start()
        .fetch(
            json!({ "path": "metadata/1.motd.json", "headers": { "Accept-Encoding": coding } }),
            strong.clone(),
            Observation::default(),
        )
        .stop()
        .write()?;
    }
    Ok(())
}

/// MOTD-SRV-7: an `ETag` is a function of the bytes and of nothing else.
fn tags(writer: &mut Writer) -> Result<()> {
    let site = repository().site();
    let after = next(&repository(), "b").site();
    let tag = |step: usize| {
        Some(Likeness {
            step,
            at: vec!["/headers/etag".to_owned()],
        })
    };
    let there = || json!({ "status": 200, "headers": { "etag": { "$any": true } } });
    Visit::bad(
        writer,
        "fields/tag-after-a-restart",
        "fields/timestamp",
        "the server was started again",
        &["MOTD-SRV-7"],
    )
    .put(&site)
    .start()
    .get(TIMESTAMP, there())
    .stop()
    .start()
    .fetch(
        json!({ "path": TIMESTAMP }),
        there(),
        Observation {
            same_as: tag(1),
            ..Observation::default()
        },
    )
    .stop()
    .write()?;
    Visit::bad(
        writer,
        "fields/tag-after-a-publication",
        "fields/timestamp",
        "other bytes were published under the same name",
        &["MOTD-SRV-7"],
    )
    .put(&site)
    .start()
    .get(TIMESTAMP, there())
    .put(&after)
    .fetch(
        json!({ "path": TIMESTAMP, "patient": true }),
        file(&after, TIMESTAMP),
        Observation {
            other_than: tag(1),
            ..Observation::default()
        },
    )
    .stop()
    .write()?;
    let other_tag =
        json!({ "path": TIMESTAMP, "headers": { "If-None-Match": "\"of other bytes\"" } });
    Visit::bad(
        writer,
        "fields/tag-of-others",
        "fields/timestamp",
        "the client has other bytes",
        &["MOTD-SRV-7"],
    )
    .put(&site)
    .start()
    .fetch(other_tag, file(&site, TIMESTAMP), Observation::default())
    .stop()
    .write()?;
    // A server that sends no other form sends the same one, with the same tag.
    let same_form = json!({ "file": file(&site, SNAPSHOT)["file"], "headers": { "content-encoding": { "$absent": true } } });
    let other_form =
        json!({ "headers": { "content-encoding": { "$any": true }, "vary": { "$any": true } } });
    Visit::bad(
        writer,
        "fields/form-of-its-own",
        "fields/snapshot",
        "a compressed form of the file is sent",
        &["MOTD-SRV-7"],
    )
    .put(&site)
    .start()
    .get(SNAPSHOT, there())
    .fetch(
        json!({ "path": SNAPSHOT, "headers": { "Accept-Encoding": "gzip" } }),
        json!({ "$one-of": [same_form, other_form] }),
        Observation {
            tag_per_form: Some(1),
            ..Observation::default()
        },
    )
    .stop()
    .write()
}

/// MOTD-SRV-8, and who asks.
fn strangers(writer: &mut Writer) -> Result<()> {
    let site = repository().site();
    let no_cookie = || json!({ "headers": { "set-cookie": { "$absent": true }, "location": { "$absent": true } } });
    Visit::good(
        writer,
        "strangers/anyone",
        "a first request",
        &["MOTD-SRV-8"],
    )
    .put(&site)
    .start()
    .get(TIMESTAMP, both(file(&site, TIMESTAMP), no_cookie()))
    .stop()
    .write()?;
    for (name, field, value) in [
        ("cookie", "Cookie", "session=1"),
        ("language", "Accept-Language", "fr"),
        ("browser", "Upgrade-Insecure-Requests", "1"),
        ("origin", "Origin", "https://example.org"),
        ("forwarded", "X-Forwarded-Proto", "http"),
    ] {
        Visit::bad(
            writer,
            &format!("strangers/{name}"),
            "strangers/anyone",
            &format!("the client sends {field}"),
            &["MOTD-SRV-8"],
        )
        .put(&site)
        .start()
        .fetch(
            json!({ "path": TIMESTAMP, "headers": { field: value } }),
            both(file(&site, TIMESTAMP), no_cookie()),
            Observation::default(),
        )
        .stop()
        .write()?;
    }
    let nowhere = json!({ "$one-of": [{ "status": { "$at-most": 299 } }, error()] });
    for (name, path) in [
        ("folder-without-slash", "metadata"),
        ("targets-without-slash", "targets"),
        ("inner-folder", "targets/motd"),
        ("file-with-slash", "metadata/timestamp.json/"),
        ("two-slashes", "metadata//timestamp.json"),
        ("upper-case", "metadata/Timestamp.json"),
        ("without-version", "metadata/root.json"),
        ("absent", "metadata/7.snapshot.json"),
    ] {
        Visit::bad(
            writer,
            &format!("strangers/{name}"),
            "strangers/anyone",
            &format!("{path} is asked for"),
            &["MOTD-SRV-8"],
        )
        .put(&site)
        .start()
        .get(path, nowhere.clone())
        .get(path, no_cookie())
        .stop()
        .write()?;
    }
    Ok(())
}
