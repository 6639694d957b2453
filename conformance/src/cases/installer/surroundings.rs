//! A run beside a command: when something is shown, when something is asked, and that the command does not notice.
//! Sections 6.8, 6.10, 6.11 and 6.13.

use anyhow::Result;
use serde_json::{Value, json};

use super::gate::FRESH;
use super::story::{Story, delivered, fresh, long_lived, merge, republish, status};
use crate::case::{Delivery, Observation};
use crate::cases::document::notice;
use crate::cases::writer::Writer;
use crate::simulator::{Key, Repository};

pub(super) fn write(writer: &mut Writer) -> Result<()> {
    shown(writer)?;
    elsewhere(writer)?;
    silent(writer)?;
    in_integration(writer)?;
    harmless(writer)?;
    slow(writer)?;
    schedule(writer)?;
    off(writer)
}

/// What a run beside a command of a second is asked, with this added.
fn beside(more: &Value) -> Value {
    let mut request = json!({
        "kind": "automatic", "output": { "form": "terminal" },
        "command": { "milliseconds": 1_000, "used_network": true, "stdout": "installed pip-24.0\n", "exit_status": 0 },
    });
    merge(&mut request, more);
    request
}

/// The command's own end and output, and these words on standard error.
fn ends(exit: u8, stderr: Value) -> Value {
    json!({ "status": "accepted", "result": { "exit_status": exit, "stdout": "installed pip-24.0\n", "stderr": stderr } })
}

fn critical() -> Repository {
    long_lived(&[notice("a", "critical")])
}

const LINE: &str = "notice[pypi] CRITICAL: Title of a\n";
const BASE: &str = "beside/shown";

fn none() -> Observation {
    Observation {
        requests: Some(Vec::new()),
        ..Observation::default()
    }
}

/// MOTD-SHOW-7, MOTD-GATE-2.
fn shown(writer: &mut Writer) -> Result<()> {
    let repository = critical();
    Story::good(
        writer,
        &repository,
        BASE,
        "a notice is displayed after the command's own output",
        &[
            "MOTD-SHOW-7",
            "MOTD-SHOW-9",
            "MOTD-FAIL-1",
            "MOTD-FAIL-4",
            "MOTD-OFF-1",
            "MOTD-FAIL-3",
        ],
    )
    .serve_all_of(&repository)
    .look(
        beside(&json!({})),
        ends(0, json!(LINE)),
        Observation {
            requested: vec!["metadata/timestamp.json".to_owned()],
            private: true,
            ..Observation::default()
        },
    )
    .write()?;
    Story::bad(writer, &repository, "beside/standard-output", BASE, "the command writes JSON to its standard output, and notices are due", &["MOTD-SHOW-7", "MOTD-FAIL-1"])
        .serve_all_of(&repository)
        .look(
            beside(&json!({ "command": { "stdout": "{\"installed\":[]}\n" } })),
            json!({ "status": "accepted", "result": { "exit_status": 0, "stdout": "{\"installed\":[]}\n", "stderr": LINE } }),
            Observation::default(),
        )
        .write()?;
    Story::good(
        writer,
        &repository,
        "beside/shown-once",
        "what was displayed is not displayed again by the next command",
        &["MOTD-REP-1", "MOTD-REP-8"],
    )
    .serve_all_of(&repository)
    .look(
        beside(&json!({})),
        ends(0, json!(LINE)),
        Observation::default(),
    )
    .look(
        beside(&json!({ "now": "2026-11-01T01:00:00Z" })),
        ends(0, json!("")),
        Observation::default(),
    )
    .write()
}

/// Another source, another repository, another installer, a machine of which something is known.
fn elsewhere(writer: &mut Writer) -> Result<()> {
    let mut one = notice("a", "critical");
    one["text"]["fr"] = json!({ "title": "Titre de a", "body": [] });
    one["audience"] = json!([{
        "components": [{ "purl": "pkg:generic/uv", "versions": "vers:semver/<1.0.0" }],
        "os": ["linux"], "arch": ["x86_64"], "commands": ["upload", "publish"],
    }]);
    let mut document = crate::cases::document::document(&[one]);
    document["repository"] = json!("crates.example/index");
    document["default_language"] = json!("en");
    let mut repository = critical();
    repository.set_document(&document);
    let machine = json!({
        "source": { "name": "main", "repository": "crates.example/index" },
        "installer": { "name": "uv", "version": "0.9.1" },
        "machine": {
            "components": { "pkg:generic/uv": ["0.9.1"] }, "os": "linux", "arch": "x86_64", "command": "upload",
            "languages": ["fr-CA"],
        },
    });
    let base = "beside/elsewhere";
    let private = || Observation {
        private: true,
        ..Observation::default()
    };
    Story::good(
        writer,
        &repository,
        base,
        "another source, repository and installer, on a machine that the audience names, in its language",
        &["MOTD-AUD-4", "MOTD-LANG-4", "MOTD-SHOW-1", "MOTD-PRIV-1"],
    )
    .serve_all_of(&repository)
    .look(
        beside(&machine),
        ends(0, json!("notice[main] CRITICAL: Titre de a\n")),
        private(),
    )
    .write()?;
    for (id, fault, more) in [
        (
            "arch",
            "the machine is another",
            json!({ "machine": { "arch": "aarch64" } }),
        ),
        (
            "command",
            "the command is another",
            json!({ "machine": { "command": "install" } }),
        ),
        (
            "unregistered",
            "the command is one that no registry names, and the audience names it",
            json!({ "machine": { "command": "publish" } }),
        ),
        (
            "component",
            "the installer is newer",
            json!({ "machine": { "components": { "pkg:generic/uv": ["1.0.0"] } } }),
        ),
    ] {
        let mut other = machine.clone();
        merge(&mut other, &more);
        Story::bad(
            writer,
            &repository,
            &format!("beside/elsewhere-{id}"),
            base,
            fault,
            &["MOTD-AUD-4", "MOTD-AUD-5", "MOTD-AUD-7"],
        )
        .serve_all_of(&repository)
        .look(beside(&other), ends(0, json!("")), private())
        .write()?;
    }
    let mut plain = machine.clone();
    merge(&mut plain, &json!({ "output": { "plain": true } }));
    Story::good(
        writer,
        &repository,
        "beside/elsewhere-plain",
        "the user reads without prefixes",
        &["MOTD-SHOW-1"],
    )
    .serve_all_of(&repository)
    .look(
        beside(&plain),
        ends(0, json!("notice from main\nCRITICAL: Titre de a\n")),
        private(),
    )
    .write()
}

/// MOTD-SHOW-9: every variable of the registry.
fn in_integration(writer: &mut Writer) -> Result<()> {
    const REGISTRY: &str = include_str!("../../../../spec/registries/ci-variables.json");
    let registry: Value = serde_json::from_str(REGISTRY)?;
    let repository = critical();
    for entry in registry["entries"].as_array().into_iter().flatten() {
        let name = entry["name"].as_str().unwrap_or_default();
        let more = json!({
            "machine": { "environment": { name: "1" } }, "command": { "milliseconds": 300 },
        });
        Story::bad(
            writer,
            &repository,
            &format!("beside/ci-{}", name.to_lowercase().replace('_', "-")),
            BASE,
            &format!("{name} is 1, on a pseudo-terminal"),
            &["MOTD-SHOW-9"],
        )
        .serve_all_of(&repository)
        .look(beside(&more), ends(0, json!("")), none())
        .write()?;
    }
    Ok(())
}

/// MOTD-SHOW-9.
fn silent(writer: &mut Writer) -> Result<()> {
    let repository = critical();
    let environment =
        |name: &str, value: &str| json!({ "machine": { "environment": { name: value } } });
    let pipe = json!({ "output": { "form": "pipe" } });
    for (id, fault, more) in [
        ("pipe", "standard error is a pipe", pipe.clone()),
        (
            "json",
            "the command writes for a machine",
            json!({ "output": { "form": "json" } }),
        ),
        (
            "quiet",
            "the command is quiet",
            json!({ "output": { "quiet": true } }),
        ),
        (
            "ci",
            "CI is true, on a pseudo-terminal",
            environment("CI", "true"),
        ),
        (
            "buildkite",
            "BUILDKITE is set, on a pseudo-terminal",
            environment("BUILDKITE", "true"),
        ),
    ] {
        Story::bad(
            writer,
            &repository,
            &format!("beside/silent-{id}"),
            BASE,
            fault,
            &["MOTD-SHOW-9"],
        )
        .serve_all_of(&repository)
        .look(beside(&more), ends(0, json!("")), none())
        .write()?;
    }
    for (id, title, more) in [
        ("ci-false", "CI is false", environment("CI", "false")),
        ("ci-0", "CI is 0", environment("CI", "0")),
        ("ci-empty", "CI is empty", environment("CI", "")),
        (
            "other-variable",
            "a variable that is not in the registry",
            environment("CIRCUS", "true"),
        ),
    ] {
        Story::good(
            writer,
            &repository,
            &format!("beside/shown-{id}"),
            title,
            &["MOTD-SHOW-9"],
        )
        .serve_all_of(&repository)
        .look(beside(&more), ends(0, json!(LINE)), Observation::default())
        .write()?;
    }
    let asked = environment("MOTD", "critical");
    for (id, title, more) in [
        ("pipe", "one line in a pipe that asks for it", {
            let mut more = pipe.clone();
            merge(&mut more, &asked);
            more
        }),
        ("ci", "one line in CI that asks for it", {
            let mut more = environment("CI", "1");
            merge(&mut more, &asked);
            more
        }),
    ] {
        Story::good(
            writer,
            &repository,
            &format!("beside/critical-{id}"),
            title,
            &["MOTD-SHOW-9"],
        )
        .serve_all_of(&repository)
        .look(beside(&more), ends(0, json!(LINE)), Observation::default())
        .write()?;
        let warning = long_lived(&[notice("a", "warning")]);
        Story::bad(
            writer,
            &warning,
            &format!("beside/critical-{id}-warning"),
            &format!("beside/critical-{id}"),
            "the notice is a warning",
            &["MOTD-SHOW-9"],
        )
        .serve_all_of(&warning)
        .look(beside(&more), ends(0, json!("")), Observation::default())
        .write()?;
    }
    // A line in a log does not count as seen.
    let mut in_pipe = pipe;
    merge(&mut in_pipe, &asked);
    Story::bad(
        writer,
        &repository,
        "beside/critical-not-seen",
        "beside/critical-pipe",
        "a terminal comes after the pipe",
        &["MOTD-REP-8", "MOTD-SHOW-9"],
    )
    .serve_all_of(&repository)
    .look(
        beside(&in_pipe),
        ends(0, json!(LINE)),
        Observation::default(),
    )
    .look(
        beside(&json!({ "now": "2026-11-01T07:31:00Z" })),
        ends(0, json!(LINE)),
        Observation::default(),
    )
    .write()
}

/// MOTD-FAIL-1, MOTD-FAIL-2, MOTD-FAIL-3, MOTD-GATE-5.
fn harmless(writer: &mut Writer) -> Result<()> {
    let repository = critical();
    let fails = json!({ "command": { "exit_status": 7 } });
    Story::good(
        writer,
        &repository,
        "beside/command-fails",
        "the command ends with 7",
        &["MOTD-FAIL-1"],
    )
    .serve_all_of(&repository)
    .look(beside(&fails), ends(7, json!(LINE)), Observation::default())
    .write()?;
    let mut forged = critical();
    forged
        .signers
        .insert("timestamp".to_owned(), vec![Key::named("nobody")]);
    Story::bad(
        writer,
        &repository,
        "beside/forged",
        BASE,
        "the timestamp is signed by nobody",
        &["MOTD-FAIL-1", "MOTD-GATE-5", "MOTD-FAIL-2"],
    )
    .serve_all_of(&forged)
    .look(
        beside(&json!({})),
        ends(0, json!("")),
        Observation::default(),
    )
    .write()?;
    Story::bad(
        writer,
        &repository,
        "beside/gone",
        BASE,
        "the repository is gone",
        &["MOTD-FAIL-1", "MOTD-FAIL-2"],
    )
    .serve_all_of(&repository)
    .answer("*", status(500))
    .look(beside(&fails), ends(7, json!("")), Observation::default())
    .write()?;
    Story::bad(
        writer,
        &repository,
        "beside/nonsense",
        BASE,
        "the repository answers nonsense",
        &["MOTD-FAIL-1", "MOTD-FAIL-2", "MOTD-GATE-12"],
    )
    .serve_all_of(&repository)
    .body(
        "*",
        crate::case::Answer::default(),
        b"\x1b[2J\x00\xff{\"signed\": canary",
    )
    .look(
        beside(&json!({})),
        ends(0, json!("")),
        Observation {
            unheard: vec!["canary".to_owned()],
            ..Observation::default()
        },
    )
    .write()?;
    Story::bad(
        writer,
        &repository,
        "beside/before-1970",
        BASE,
        "the clock stands at 1970",
        &["MOTD-FAIL-1"],
    )
    .serve_all_of(&repository)
    .look(
        beside(&json!({ "now": "1970-01-01T00:00:00Z" })),
        ends(0, json!("")),
        Observation::default(),
    )
    .write()?;
    // Every word that a program could mistake for an order.
    let mut orders = notice("a", "critical");
    orders["topic"] = json!("force-upgrade");
    orders["requires"] = json!([]);
    orders["block"] = json!(true);
    orders["exit_status"] = json!(1);
    orders["interval_seconds"] = json!(0);
    let mut document = crate::cases::document::document(&[orders]);
    document["off"] = json!(true);
    document["metadata_url"] = json!("https://evil.example/");
    let mut repository = critical();
    repository.set_document(&document);
    Story::bad(
        writer,
        &repository,
        "beside/orders",
        BASE,
        "the document gives orders",
        &["MOTD-FAIL-3", "MOTD-FWD-1"],
    )
    .serve_all_of(&repository)
    .look(
        beside(&json!({})),
        ends(0, json!(LINE)),
        Observation::default(),
    )
    .look(
        beside(&json!({ "now": "2026-11-01T01:00:00Z" })),
        ends(0, json!("")),
        none(),
    )
    .write()?;
    Story::bad(
        writer,
        &repository,
        "beside/orders-explicit",
        FRESH,
        "the document gives orders to whoever asks",
        &["MOTD-FAIL-3", "MOTD-CHECK-1"],
    )
    .serve_all_of(&repository)
    .look(json!({}), fresh(&["a"]), Observation::default())
    .write()
}

/// MOTD-FAIL-4: what a command may wait for.
fn slow(writer: &mut Writer) -> Result<()> {
    let repository = critical();
    // The command's time, 200 ms, and as much as a busy machine takes for a process, a request and an answer.
    const ALLOWED: u64 = 300 + 200 + 400;
    for (id, fault, network) in [
        (
            "slow-network",
            "the repository stalls beside a command of 300 ms",
            true,
        ),
        (
            "slow-local",
            "the repository stalls beside a command that does not use the network",
            false,
        ),
    ] {
        Story::bad(
            writer,
            &repository,
            &format!("beside/{id}"),
            BASE,
            fault,
            &["MOTD-FAIL-4", "MOTD-FAIL-1"],
        )
        .serve_all_of(&repository)
        .answer(
            "metadata/timestamp.json",
            delivered(Delivery::StallAfter(10)),
        )
        .look(
            beside(&json!({ "command": { "milliseconds": 300, "used_network": network } })),
            ends(0, json!("")),
            Observation {
                within_milliseconds: Some(ALLOWED),
                ..Observation::default()
            },
        )
        .write()?;
    }
    Ok(())
}

/// MOTD-NET-4, MOTD-NET-5. Every wait is lengthened or shortened at random; the times here lie outside of what chance can do.
fn schedule(writer: &mut Writer) -> Result<()> {
    let first = critical();
    let mut second = first.clone();
    republish(&mut second, &[notice("b", "critical")]);
    let asked = || Observation {
        requested: vec!["metadata/timestamp.json".to_owned()],
        ..Observation::default()
    };
    let at = |now: &str| beside(&json!({ "now": now }));
    let any = || json!({ "status": "accepted", "result": { "exit_status": 0, "stdout": "installed pip-24.0\n" } });
    const AGAIN: &str = "beside/interval-over";
    Story::good(
        writer,
        &first,
        AGAIN,
        "the next check after an interval of 6 hours and a quarter",
        &["MOTD-NET-5"],
    )
    .serve_all_of(&first)
    .look(at("2026-11-01T00:00:00Z"), ends(0, json!(LINE)), asked())
    .serve_all_of(&second)
    .look(
        at("2026-11-01T07:31:00Z"),
        ends(0, json!("notice[pypi] CRITICAL: Title of b\n")),
        asked(),
    )
    .write()?;
    Story::bad(
        writer,
        &first,
        "beside/interval",
        AGAIN,
        "the next command comes after 4 hours and 29 minutes",
        &["MOTD-NET-5"],
    )
    .serve_all_of(&first)
    .look(at("2026-11-01T00:00:00Z"), ends(0, json!(LINE)), asked())
    .serve_all_of(&second)
    .look(at("2026-11-01T04:29:00Z"), ends(0, json!("")), none())
    .write()?;
    Story::bad(
        writer,
        &first,
        "beside/interval-set",
        AGAIN,
        "the interval is set to 24 hours, and 17 are over",
        &["MOTD-NET-5"],
    )
    .serve_all_of(&first)
    .look(
        beside(&json!({ "interval_seconds": 86_400 })),
        ends(0, json!(LINE)),
        asked(),
    )
    .serve_all_of(&second)
    .look(
        beside(&json!({ "interval_seconds": 86_400, "now": "2026-11-01T17:00:00Z" })),
        ends(0, json!("")),
        none(),
    )
    .write()?;
    const WAITED: &str = "beside/wait-over";
    Story::good(
        writer,
        &first,
        WAITED,
        "the next check after a failure, after 15 minutes and a quarter",
        &["MOTD-NET-4"],
    )
    .serve_all_of(&first)
    .answer("*", status(500))
    .look(at("2026-11-01T00:00:00Z"), any(), Observation::default())
    .serve_all_of(&first)
    .look(at("2026-11-01T00:19:00Z"), ends(0, json!(LINE)), asked())
    .write()?;
    Story::bad(
        writer,
        &first,
        "beside/wait",
        WAITED,
        "the next command comes after 14 minutes",
        &["MOTD-NET-4"],
    )
    .serve_all_of(&first)
    .answer("*", status(500))
    .look(at("2026-11-01T00:00:00Z"), any(), Observation::default())
    .serve_all_of(&first)
    .look(at("2026-11-01T00:14:00Z"), ends(0, json!("")), none())
    .write()?;
    Story::bad(
        writer,
        &first,
        "beside/wait-doubled",
        WAITED,
        "after a second failure 29 minutes are not enough",
        &["MOTD-NET-4"],
    )
    .serve_all_of(&first)
    .answer("*", status(500))
    .look(at("2026-11-01T00:00:00Z"), any(), Observation::default())
    .look(at("2026-11-01T00:19:00Z"), any(), Observation::default())
    .serve_all_of(&first)
    .look(at("2026-11-01T00:48:00Z"), ends(0, json!("")), none())
    .look(at("2026-11-01T00:57:00Z"), ends(0, json!(LINE)), asked())
    .write()?;
    Story::bad(
        writer,
        &first,
        "beside/killed",
        WAITED,
        "the process was killed at its first request",
        &["MOTD-NET-4", "MOTD-STATE-2"],
    )
    .serve_all_of(&first)
    .answer(
        "metadata/timestamp.json",
        delivered(Delivery::StallAfter(0)),
    )
    .killed_beside(
        &beside(&json!({ "now": "2026-11-01T00:00:00Z" })),
        "metadata/timestamp.json",
    )
    .serve_all_of(&first)
    .look(at("2026-11-01T00:14:00Z"), ends(0, json!("")), none())
    .look(at("2026-11-01T00:19:00Z"), ends(0, json!(LINE)), asked())
    .write()?;
    Story::bad(
        writer,
        &first,
        "beside/no-record",
        FRESH,
        "an attempt cannot be recorded, for there is no state",
        &["MOTD-NET-4"],
    )
    .serve_all_of(&first)
    .look(
        beside(&json!({ "state": null })),
        ends(0, json!("")),
        none(),
    )
    .write()?;
    // Waits of 15 minutes, 30, 60, 2 hours, 4, 8, 16, and then 24 at the most.
    let mut story = Story::bad(
        writer,
        &first,
        "beside/wait-capped",
        WAITED,
        "a day after the tenth failure in a row",
        &["MOTD-NET-4"],
    )
    .serve_all_of(&first)
    .answer("*", status(500));
    for failed_at in [
        "01T00:00", "01T00:19", "01T00:57", "01T02:13", "01T04:45", "01T09:46", "01T19:47",
        "02T19:48", "03T19:49", "04T19:50",
    ] {
        let more = json!({ "now": format!("2026-11-{failed_at}:00Z"), "command": { "milliseconds": 300 } });
        story = story.look(
            beside(&more),
            any(),
            Observation {
                requested: vec!["metadata/2.root.json".to_owned()],
                ..Observation::default()
            },
        );
    }
    story
        .serve_all_of(&first)
        .look(at("2026-11-05T19:51:00Z"), ends(0, json!(LINE)), asked())
        .write()?;
    // An explicit check asks at once all the same.
    Story::good(
        writer,
        &first,
        "beside/explicit-at-once",
        "an explicit check a minute after a failure",
        &["MOTD-NET-4", "MOTD-NET-5"],
    )
    .serve_all_of(&first)
    .answer("*", status(500))
    .look(at("2026-11-01T00:00:00Z"), any(), Observation::default())
    .serve_all_of(&first)
    .look(
        json!({ "now": "2026-11-01T00:01:00Z" }),
        fresh(&["a"]),
        asked(),
    )
    .write()
}

/// MOTD-OFF-1.
fn off(writer: &mut Writer) -> Result<()> {
    let repository = critical();
    let off = json!({ "machine": { "environment": { "MOTD": "off" } } });
    let untouched = || Observation {
        requests: Some(Vec::new()),
        folder_unchanged: true,
        ..Observation::default()
    };
    Story::bad(
        writer,
        &repository,
        "beside/off",
        BASE,
        "MOTD is off",
        &["MOTD-OFF-1"],
    )
    .serve_all_of(&repository)
    .look(beside(&off), ends(0, json!("")), untouched())
    .write()?;
    Story::bad(
        writer,
        &repository,
        "beside/off-explicit",
        FRESH,
        "MOTD is off, and a person asks",
        &["MOTD-OFF-1"],
    )
    .serve_all_of(&repository)
    .look(
        off,
        json!({ "status": "accepted", "result": { "exit_status": 0, "report": null } }),
        untouched(),
    )
    .write()?;
    let other = json!({ "machine": { "environment": { "MOTD": "OFF" } } });
    Story::good(
        writer,
        &repository,
        "beside/off-other-value",
        "MOTD has a value that means nothing",
        &["MOTD-OFF-1"],
    )
    .serve_all_of(&repository)
    .look(beside(&other), ends(0, json!(LINE)), Observation::default())
    .write()
}
