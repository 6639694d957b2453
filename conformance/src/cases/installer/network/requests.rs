//! What goes out, and where: section 6.8.

use anyhow::Result;
use serde_json::json;

use super::{one, with_headers};
use crate::case::Observation;
use crate::cases::document::{document, notice};
use crate::cases::installer::story::{Story, fresh, path, republish, unavailable};
use crate::cases::writer::Writer;

pub(super) fn redirects(writer: &mut Writer) -> Result<()> {
    let repository = one();
    let timestamp = "metadata/timestamp.json";
    const BASE: &str = "network/redirect-home";
    let elsewhere = |location: &str| with_headers(302, &[("Location", location)]);
    let moved = {
        let mut site = repository.site();
        let bytes = site.get(timestamp).cloned().unwrap_or_default();
        site.insert("moved/timestamp.json".to_owned(), bytes);
        site
    };
    Story::good(
        writer,
        &repository,
        BASE,
        "a redirect within the origin",
        &["MOTD-NET-1"],
    )
    .serve(&moved)
    .answer(timestamp, elsewhere("{origin}/moved/timestamp.json"))
    .check(fresh(&["a"]))
    .write()?;
    for (id, fault, location) in [
        (
            "elsewhere",
            "a redirect to another port",
            "{elsewhere}/metadata/timestamp.json",
        ),
        (
            "scheme",
            "a redirect to another scheme",
            "ftp://127.0.0.1/timestamp.json",
        ),
        ("file", "a redirect to a file", "file:///etc/passwd"),
        (
            "host",
            "a redirect to another name of this machine",
            "//localhost:1/timestamp.json",
        ),
    ] {
        Story::bad(
            writer,
            &repository,
            &format!("network/redirect-{id}"),
            BASE,
            fault,
            &["MOTD-NET-1", "MOTD-GATE-6"],
        )
        .serve(&moved)
        .answer(timestamp, elsewhere(location))
        .look(
            json!({}),
            unavailable("timestamp", "redirect"),
            Observation {
                stayed_home: true,
                ..Observation::default()
            },
        )
        .write()?;
    }
    Story::bad(
        writer,
        &repository,
        "network/redirect-query",
        BASE,
        "a redirect to a URL with a query",
        &["MOTD-PRIV-1", "MOTD-NET-1"],
    )
    .serve(&moved)
    .answer(timestamp, elsewhere("{origin}/moved/timestamp.json?user=1"))
    .look(
        json!({}),
        unavailable("timestamp", "redirect"),
        Observation {
            private: true,
            ..Observation::default()
        },
    )
    .write()?;
    Story::bad(
        writer,
        &repository,
        "network/redirect-loop",
        BASE,
        "a redirect to itself",
        &["MOTD-GATE-6"],
    )
    .serve(&moved)
    .answer(timestamp, elsewhere("{origin}/metadata/timestamp.json"))
    .check(unavailable("timestamp", "redirect"))
    .write()
}

/// MOTD-PRIV-1, MOTD-AUD-9.
pub(super) fn privacy(writer: &mut Writer) -> Result<()> {
    let first = one();
    let mut second = first.clone();
    republish(&mut second, &[notice("b", "info")]);
    let private = || Observation {
        private: true,
        ..Observation::default()
    };
    const BASE: &str = "network/private";
    Story::good(writer, &first, BASE, "what a check tells", &["MOTD-PRIV-1"])
        .serve_all_of(&first)
        .look(json!({}), fresh(&["a"]), private())
        .write()?;
    let marks = with_headers(
        200,
        &[
            ("ETag", "\"user-1\""),
            ("Last-Modified", "Sat, 31 Oct 2026 00:00:00 GMT"),
            ("Set-Cookie", "user=1; Path=/; Max-Age=86400"),
        ],
    );
    Story::bad(
        writer,
        &first,
        "network/marked",
        BASE,
        "the server marks its answers with a cookie and validators",
        &["MOTD-PRIV-1"],
    )
    .serve_all_of(&first)
    .answer("metadata/timestamp.json", marks.clone())
    .answer(&path(&first, "snapshot"), marks.clone())
    .answer(&path(&first, "targets"), marks)
    .look(json!({}), fresh(&["a"]), private())
    .serve_all_of(&second)
    .look(json!({}), fresh(&["b"]), private())
    .write()?;
    let mut of_pip = notice("a", "info");
    of_pip["audience"] = json!([{ "components": [{ "purl": "pkg:pypi/pip", "versions": "vers:pypi/<9.0.3" }], "os": ["macos"] }]);
    let targeted = {
        let mut repository = one();
        repository.set_document_as_target(&document(&[of_pip]));
        repository
    };
    const SAME: &str = "network/concerned";
    let concerned = json!({ "state": null, "machine": { "os": "macos", "components": { "pkg:pypi/pip": ["9.0.1"] } } });
    let other = json!({ "state": null, "machine": { "os": "linux", "components": { "pkg:pypi/pip": ["24.0"] } } });
    let skipped = json!({ "status": "accepted", "result": { "report": { "state": "fresh", "notices": [{ "decision": "skip", "reason": "audience" }] } } });
    Story::good(
        writer,
        &targeted,
        SAME,
        "a machine that is concerned",
        &["MOTD-AUD-9"],
    )
    .serve_all_of(&targeted)
    .look(concerned.clone(), fresh(&["a"]), Observation::default())
    .write()?;
    Story::bad(
        writer,
        &targeted,
        "network/not-concerned",
        SAME,
        "a machine that is not concerned asks for the same",
        &["MOTD-AUD-9", "MOTD-PRIV-1"],
    )
    .serve_all_of(&targeted)
    .look(concerned, fresh(&["a"]), Observation::default())
    .look(
        other,
        skipped,
        Observation {
            requests_as_in: Some(0),
            ..Observation::default()
        },
    )
    .write()
}
