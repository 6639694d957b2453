//! The bundle of a first check, feature `bundle`: an untrusted prefetch. Section 5.8.

use anyhow::Result;
use serde_json::{Map, Value, json};

use super::story::{Story, delivered, failed, fresh, path, repository, status, unavailable};
use crate::case::{Answer, Delivery, Observation};
use crate::cases::document::notice;
use crate::cases::writer::Writer;
use crate::simulator::{NOTICES, Repository, Site};

const BUNDLE: &str = "metadata/motd-bundle.json";
const BASE: &str = "bundle/used";

fn one() -> Repository {
    let mut repository = repository(&[notice("a", "info")]);
    repository.states_hashes = true;
    repository
}

/// Files by their names in a bundle.
fn bundle(site: &Site, change: impl FnOnce(&mut Map<String, Value>)) -> Vec<u8> {
    let mut members: Map<String, Value> = site
        .iter()
        .filter_map(|(path, bytes)| {
            let name = path
                .strip_prefix("metadata/")
                .filter(|name| *name != "timestamp.json")?;
            Some((name.to_owned(), json!(String::from_utf8_lossy(bytes))))
        })
        .collect();
    change(&mut members);
    Value::Object(members).to_string().into_bytes()
}

/// Nothing that the bundle holds is asked for.
fn from_bundle(repository: &Repository) -> Observation {
    Observation {
        requested: vec![
            "metadata/2.root.json".to_owned(),
            "metadata/timestamp.json".to_owned(),
            BUNDLE.to_owned(),
        ],
        not_requested: vec![
            path(repository, "snapshot"),
            path(repository, "targets"),
            path(repository, NOTICES),
        ],
        ..Observation::default()
    }
}

/// Everything is asked for, as if there were no bundle.
fn from_network(repository: &Repository) -> Observation {
    Observation {
        requested: vec![
            path(repository, "snapshot"),
            path(repository, "targets"),
            path(repository, NOTICES),
        ],
        ..Observation::default()
    }
}

pub(super) fn write(writer: &mut Writer) -> Result<()> {
    let repository = one();
    let all = bundle(&repository.site(), |_| {});
    Story::good(
        writer,
        &repository,
        BASE,
        "a first check with a bundle",
        &[
            "MOTD-BUNDLE-3",
            "MOTD-BUNDLE-4",
            "MOTD-BUNDLE-5",
            "MOTD-BUNDLE-6",
        ],
    )
    .serve_all_of(&repository)
    .body(BUNDLE, Answer::default(), &all)
    .look(json!({}), fresh(&["a"]), from_bundle(&repository))
    .write()?;
    // MOTD-BUNDLE-3: what it holds is judged like what comes over the network.
    let mut other = one();
    other.edit(NOTICES, |signed| {
        signed["expires"] = json!("2026-11-24T00:00:00Z");
    });
    let of_other = other.site();
    let lies = [
        ("unsigned", "its role for notices has no signature", {
            let mut other = one();
            other.signers.insert(NOTICES.to_owned(), Vec::new());
            other.site()
        }),
        (
            "other",
            "its role for notices is signed, and is another than is listed",
            of_other,
        ),
    ];
    for (id, fault, site) in lies {
        let role = path(&repository, NOTICES);
        let name = role.trim_start_matches("metadata/").to_owned();
        let bytes =
            String::from_utf8_lossy(site.get(&role).map_or(&[][..], Vec::as_slice)).into_owned();
        let lying = bundle(&repository.site(), |members| {
            members.insert(name, json!(bytes));
        });
        Story::bad(writer, &repository, &format!("bundle/{id}"), BASE, fault, &["MOTD-BUNDLE-3"])
            .serve_all_of(&repository)
            .body(BUNDLE, Answer::default(), &lying)
            .look(json!({}), json!({ "status": "accepted", "result": { "report": { "state": "none", "notices": [] }, "exit_status": 3 } }), Observation::default())
            .write()?;
    }
    let targets = path(&repository, "targets")
        .trim_start_matches("metadata/")
        .to_owned();
    let longer = bundle(&repository.site(), |members| {
        if let Some(text) = members.get(&targets).and_then(Value::as_str) {
            let text = format!("{text} ");
            members.insert(targets.clone(), json!(text));
        }
    });
    Story::bad(
        writer,
        &repository,
        "bundle/longer",
        BASE,
        "its targets are one byte longer than their stated length, and good on the network",
        &["MOTD-BUNDLE-3", "MOTD-GATE-14"],
    )
    .serve_all_of(&repository)
    .body(BUNDLE, Answer::default(), &longer)
    .look(
        json!({}),
        fresh(&["a"]),
        Observation {
            requested: vec![path(&repository, "targets")],
            ..Observation::default()
        },
    )
    .write()?;
    // MOTD-BUNDLE-6: names without versions say nothing about what is in the bundle.
    let mut plain = one();
    plain.edit("root", |signed| {
        signed["consistent_snapshot"] = json!(false);
    });
    plain.sign_root(&[]);
    let unprefixed: Site = plain
        .site()
        .into_iter()
        .map(|(path, bytes)| {
            match path
                .strip_prefix("metadata/1.")
                .filter(|name| *name != "root.json")
            {
                Some(name) => (format!("metadata/{name}"), bytes),
                None => (path, bytes),
            }
        })
        .collect();
    let of_plain = bundle(&unprefixed, |_| {});
    Story::bad(
        writer,
        &plain,
        "bundle/without-versions",
        BASE,
        "the repository has no consistent snapshots",
        &["MOTD-BUNDLE-6"],
    )
    .serve(&unprefixed)
    .body(BUNDLE, Answer::default(), &of_plain)
    .look(
        json!({}),
        fresh(&["a"]),
        Observation {
            requested: vec![
                "metadata/snapshot.json".to_owned(),
                "metadata/targets.json".to_owned(),
                "metadata/motd.json".to_owned(),
            ],
            ..Observation::default()
        },
    )
    .write()?;
    // MOTD-BUNDLE-4: a root of the bundle is no end of the chain.
    let mut rotated = one();
    rotated.rotate(&[]);
    let old = bundle(&one().site(), |_| {});
    Story::bad(
        writer,
        &one(),
        "bundle/old-root",
        BASE,
        "the bundle knows the first root alone, and there is a second",
        &["MOTD-BUNDLE-4"],
    )
    .serve_all_of(&rotated)
    .body(BUNDLE, Answer::default(), &old)
    .look(
        json!({}),
        fresh(&["a"]),
        Observation {
            requested: vec![
                "metadata/2.root.json".to_owned(),
                "metadata/3.root.json".to_owned(),
            ],
            ..Observation::default()
        },
    )
    .write()?;
    Story::bad(
        writer,
        &one(),
        "bundle/no-probe",
        BASE,
        "the bundle is there, and the probe for the next root cannot be answered",
        &["MOTD-BUNDLE-4", "MOTD-GATE-10"],
    )
    .serve_all_of(&repository)
    .body(BUNDLE, Answer::default(), &all)
    .answer("metadata/2.root.json", status(500))
    .check(unavailable("root", "status"))
    .write()?;
    defects(writer, &repository, &all)?;
    // MOTD-BUNDLE-6: a timestamp in it would be replayed for ever.
    let mut expired = one();
    expired
        .expires
        .insert("timestamp".to_owned(), "2026-10-31T00:00:00Z".to_owned());
    let good = repository.site();
    let with_timestamp = bundle(&repository.site(), |members| {
        members.insert(
            "timestamp.json".to_owned(),
            json!(String::from_utf8_lossy(
                good.get("metadata/timestamp.json")
                    .map_or(&[][..], Vec::as_slice)
            )),
        );
    });
    Story::bad(
        writer,
        &repository,
        "bundle/timestamp",
        BASE,
        "the bundle holds a good timestamp, and the network an expired one",
        &["MOTD-BUNDLE-6"],
    )
    .serve_all_of(&expired)
    .body(BUNDLE, Answer::default(), &with_timestamp)
    .check(failed("timestamp", "expired"))
    .write()
}

/// MOTD-BUNDLE-5.
fn defects(writer: &mut Writer, repository: &Repository, all: &[u8]) -> Result<()> {
    let mut twice = all.to_vec();
    let role = format!(
        "{{\"{}\":\"\",",
        path(repository, NOTICES).trim_start_matches("metadata/")
    );
    twice.splice(..1, role.into_bytes());
    let mut long = all.to_vec();
    long.resize(1_048_577, b' ');
    let bodies: [(&str, &str, Answer, Vec<u8>); 7] = [
        ("absent", "there is none", status(404), Vec::new()),
        ("status", "500 for the bundle", status(500), Vec::new()),
        (
            "no-json",
            "the bundle is no JSON",
            Answer::default(),
            b"<html>".to_vec(),
        ),
        (
            "array",
            "the bundle is an array",
            Answer::default(),
            b"[]".to_vec(),
        ),
        (
            "number",
            "a member of the bundle is a number",
            Answer::default(),
            bundle(&repository.site(), |members| {
                members.insert("9.zz.json".to_owned(), json!(1));
            }),
        ),
        (
            "twice",
            "a name stands twice in the bundle",
            Answer::default(),
            twice,
        ),
        (
            "long",
            "the bundle has 1,048,577 bytes",
            Answer::default(),
            long,
        ),
    ];
    for (id, fault, answer, body) in bodies {
        Story::bad(
            writer,
            repository,
            &format!("bundle/{id}"),
            BASE,
            fault,
            &["MOTD-BUNDLE-5"],
        )
        .serve_all_of(repository)
        .body(BUNDLE, answer, &body)
        .look(json!({}), fresh(&["a"]), from_network(repository))
        .write()?;
    }
    Story::bad(
        writer,
        repository,
        "bundle/stall",
        BASE,
        "the bundle stalls",
        &["MOTD-BUNDLE-5"],
    )
    .serve_all_of(repository)
    .body(BUNDLE, delivered(Delivery::StallAfter(10)), all)
    .look(
        json!({ "deadline_milliseconds": 4_000 }),
        fresh(&["a"]),
        from_network(repository),
    )
    .write()
}
