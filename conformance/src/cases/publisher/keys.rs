//! Who signs: MOTD-PUB-3 and MOTD-DEL-4.

#![expect(
    clippy::indexing_slicing,
    reason = "a generator that is wrong ends while it generates"
)]

use anyhow::Result;
use serde_json::{Value, json};

use super::desk::{
    Desk, accepted, admit, create, found, key, next, one, publish, renew, repository, with,
};
use crate::case::Observation;
use crate::cases::writer::Writer;
use crate::simulator::{Key, NOTICES, Repository};

pub(super) fn write(writer: &mut Writer) -> Result<()> {
    thresholds(writer)?;
    admitted(writer)?;
    online(writer)?;
    duplicates(writer)
}

/// The notice role of two of three keys.
fn two_of_three() -> Repository {
    let mut repository = repository();
    repository.keys.insert(
        NOTICES.to_owned(),
        (1..=3).map(|number| key(NOTICES, number)).collect(),
    );
    repository.thresholds.insert(NOTICES.to_owned(), 2);
    repository
}

/// The request, with these keys for the role for notices.
fn signed_by(request: Value, keys: &[Key]) -> Value {
    let seeds: Vec<String> = keys.iter().map(Key::seed).collect();
    let mut of_each = request["keys"].clone();
    of_each["motd"] = json!(seeds);
    with(request, "keys", of_each)
}

fn thresholds(writer: &mut Writer) -> Result<()> {
    let site = two_of_three().site();
    let base = "threshold/two-of-three";
    let request = publish(writer, &one("b"));
    for (id, what, keys) in [
        (
            "two-of-three",
            "two of three sign",
            vec![key(NOTICES, 1), key(NOTICES, 3)],
        ),
        (
            "three-of-three",
            "three of three sign",
            (1..=3).map(|number| key(NOTICES, number)).collect(),
        ),
    ] {
        Desk::good(writer, &format!("threshold/{id}"), what, &["MOTD-PUB-3"])
            .put(&site)
            .done(
                signed_by(request.clone(), &keys),
                json!({ "published": true, "unsigned": [] }),
            )
            .write()?;
    }
    for (id, what, keys) in [
        (
            "one-of-three",
            "one of three signs, and two have to",
            vec![key(NOTICES, 1)],
        ),
        ("none-of-three", "nobody signs", Vec::new()),
        (
            "one-twice",
            "one of three signs twice",
            vec![key(NOTICES, 2), key(NOTICES, 2)],
        ),
        (
            "stranger",
            "one of three and a stranger sign",
            vec![key(NOTICES, 1), key("nobody", 1)],
        ),
        (
            "other-roles",
            "one of three and the key of top-level targets sign",
            vec![key(NOTICES, 1), key("targets", 1)],
        ),
    ] {
        Desk::bad(
            writer,
            &format!("threshold/{id}"),
            base,
            what,
            &["MOTD-PUB-3"],
        )
        .put(&site)
        .refused(signed_by(request.clone(), &keys), "publisher-threshold")
        .write()?;
    }
    Ok(())
}

/// The same for a role that others signed.
fn admitted(writer: &mut Writer) -> Result<()> {
    let published = two_of_three();
    let base = "threshold/admitted";
    let offer = |writer: &mut Writer, signers: Vec<Key>| {
        let mut offered = next(&published);
        offered.signers.insert(NOTICES.to_owned(), signers);
        admit(writer, &offered)
    };
    let request = offer(writer, vec![key(NOTICES, 2), key(NOTICES, 3)]);
    Desk::good(
        writer,
        base,
        "two of three have signed the role that is offered",
        &["MOTD-PUB-3"],
    )
    .put(&published.site())
    .done(request, json!({ "published": true, "unsigned": [] }))
    .write()?;
    for (id, what, signers) in [
        (
            "admitted-one",
            "one of three has signed the role that is offered",
            vec![key(NOTICES, 2)],
        ),
        (
            "admitted-none",
            "nobody has signed the role that is offered",
            Vec::new(),
        ),
        (
            "admitted-twice",
            "one of three has signed the role that is offered twice",
            vec![key(NOTICES, 2), key(NOTICES, 2)],
        ),
        (
            "admitted-strangers",
            "strangers have signed the role that is offered",
            vec![key("nobody", 1), key("nobody", 2)],
        ),
    ] {
        let request = offer(writer, signers);
        Desk::bad(
            writer,
            &format!("threshold/{id}"),
            base,
            what,
            &["MOTD-PUB-3"],
        )
        .put(&published.site())
        .refused(request, "publisher-threshold")
        .write()?;
    }
    let mut changed = next(&published);
    changed.mangle(NOTICES, |bytes| {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        text.replace("2026-11-25", "2026-11-26").into_bytes()
    });
    let request = admit(writer, &changed);
    Desk::bad(
        writer,
        "threshold/admitted-changed",
        base,
        "the role that is offered was changed after it was signed",
        &["MOTD-PUB-3"],
    )
    .put(&published.site())
    .refused(request, "publisher-threshold")
    .write()
}

/// Snapshot and timestamp are roles that it signs as well.
fn online(writer: &mut Writer) -> Result<()> {
    for role in ["snapshot", "timestamp"] {
        let mut keys = renew()["keys"].clone();
        keys[role] = json!([key("nobody", 1).seed()]);
        Desk::bad(
            writer,
            &format!("threshold/renewed-by-nobody-{role}"),
            "renew/signed",
            &format!("a stranger's key is given for {role}"),
            &["MOTD-PUB-3"],
        )
        .put(&repository().site())
        .refused(with(renew(), "keys", keys), "publisher-threshold")
        .write()?;
    }
    Ok(())
}

/// MOTD-DEL-4.
fn duplicates(writer: &mut Writer) -> Result<()> {
    let of_role = |role: &str, keys: &[Key], threshold: u32| {
        let mut roles = create()["roles"].clone();
        roles[role] = json!({ "threshold": threshold, "keys": keys.iter().map(Key::seed).collect::<Vec<_>>() });
        with(create(), "roles", roles)
    };
    let base = "duplicate/distinct";
    let distinct = of_role(NOTICES, &[key(NOTICES, 1), key(NOTICES, 2)], 2);
    Desk::good(writer, base, "a role has two keys", &["MOTD-DEL-4"])
        .done(
            distinct,
            json!({ "published": true, "doubled": [], "unsigned": [] }),
        )
        .write()?;
    for role in ["root", "targets", NOTICES] {
        let twice = of_role(role, &[key(role, 1), key(role, 1)], 2);
        Desk::bad(
            writer,
            &format!("duplicate/create-{role}"),
            base,
            &format!("{role} is to have one key twice, and two signatures"),
            &["MOTD-DEL-4"],
        )
        .ask(
            twice,
            json!({ "status": "rejected" }),
            found(json!({ "published": false })),
        )
        .write()?;
    }
    let respelled = |repository: &mut Repository, threshold: u64| {
        let key = key(NOTICES, 1);
        repository.keys.insert(
            NOTICES.to_owned(),
            vec![key.clone(), key.respelled("once more")],
        );
        repository.thresholds.insert(NOTICES.to_owned(), threshold);
    };
    let mut doubled = repository();
    respelled(&mut doubled, 1);
    let published = publish(writer, &one("b"));
    let offered = admit(writer, &next(&doubled));
    for (operation, request) in [("publish", published), ("admit", offered)] {
        Desk::bad(
            writer,
            &format!("duplicate/{operation}"),
            base,
            &format!("{operation}: the delegation has one key under two key ids"),
            &["MOTD-DEL-4"],
        )
        .put(&doubled.site())
        .refused(request, "publisher-duplicate-key")
        .write()?;
    }
    for role in ["root", "targets", "snapshot", "timestamp"] {
        let mut doubled = repository();
        let key = key(role, 1);
        let keys = vec![key.clone(), key.respelled("once more")];
        doubled.keys.insert(role.to_owned(), keys);
        doubled.sign_root(&[]);
        let what = format!("root has one key of {role} under two key ids");
        let request = publish(writer, &one("b"));
        Desk::bad(
            writer,
            &format!("duplicate/of-{role}"),
            base,
            &what,
            &["MOTD-DEL-4"],
        )
        .put(&doubled.site())
        .refused(request, "publisher-duplicate-key")
        .write()?;
    }
    // The role can delegate once more, and that delegation is judged as well.
    let mut working = next(&repository());
    working.edit(NOTICES, |signed| {
        let (one, other) = (key("working", 1), key("working", 1).respelled("once more"));
        signed["delegations"] = json!({
            "keys": { (one.id()): one.to_tuf(), (other.id()): other.to_tuf() },
            "roles": [{ "name": "working", "paths": ["motd/*"], "terminating": true, "threshold": 2, "keyids": [one.id(), other.id()] }],
        });
    });
    let request = admit(writer, &working);
    Desk::bad(
        writer,
        "duplicate/inner",
        base,
        "the role that is offered delegates to one key under two key ids",
        &["MOTD-DEL-4"],
    )
    .put(&repository().site())
    .refused(request, "publisher-duplicate-key")
    .write()?;
    let shared = {
        let mut roles = create()["roles"].clone();
        roles["timestamp"] = roles["snapshot"].clone();
        with(create(), "roles", roles)
    };
    Desk::good(
        writer,
        "duplicate/shared",
        "two roles share a key",
        &["MOTD-DEL-4"],
    )
    .ask(
        shared,
        accepted(),
        Observation {
            publication: found(json!({ "published": true, "unsigned": [] })).publication,
            ..Observation::default()
        },
    )
    .write()
}
