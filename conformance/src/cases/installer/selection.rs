//! Whom a notice concerns: time, audience, rollout, languages.

use anyhow::Result;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::cases::document::{document, document_bytes, notice};
use crate::cases::examples::{decision, select};
use crate::cases::writer::{Draft, Writer};

pub(super) fn write(writer: &mut Writer) -> Result<()> {
    time(writer)?;
    audience(writer)?;
    components(writer)?;
    rollout(writer)?;
    languages(writer)
}

/// A clause, a machine, and whether the one matches the other.
struct Match<'a> {
    id: &'a str,
    title: &'a str,
    requirements: &'a [&'a str],
    audience: Value,
    machine: Value,
    /// The base of a case in which nothing matches, or in which matching is what goes wrong.
    base: Option<&'a str>,
    applies: bool,
}

impl Match<'_> {
    fn write(self, writer: &mut Writer) -> Result<()> {
        let mut notice = notice("a", "info");
        if !self.audience.is_null() {
            notice["audience"] = self.audience;
        }
        let request = select(&document_bytes(&document(&[notice])), &self.machine);
        let id = format!("installer/audience/{}", self.id);
        let draft = match self.base {
            None => Draft::positive(&id, self.title, self.requirements),
            Some(base) => Draft::negative(
                &id,
                &format!("installer/audience/{base}"),
                self.title,
                self.requirements,
            ),
        };
        writer.write(draft.asks(request, decision(self.applies.then_some(()))))
    }
}

fn matches(
    id: &str,
    title: &str,
    requirements: &[&str],
    audience: Value,
    machine: Value,
    writer: &mut Writer,
) -> Result<()> {
    Match {
        id,
        title,
        requirements,
        audience,
        machine,
        base: None,
        applies: true,
    }
    .write(writer)
}

/// A machine or a clause that is other than in a base that matches.
fn other(
    base: &str,
    id: &str,
    title: &str,
    requirements: &[&str],
    audience: Value,
    machine: Value,
    writer: &mut Writer,
) -> Result<()> {
    Match {
        id,
        title,
        requirements,
        audience,
        machine,
        base: Some(base),
        applies: false,
    }
    .write(writer)
}

fn time(writer: &mut Writer) -> Result<()> {
    const BASE: &str = "installer/time/begins";
    let mut one = notice("a", "info");
    one["begins"] = json!("2026-11-01T00:00:00Z");
    one["ends"] = json!("2026-11-02T00:00:00Z");
    let bytes = document_bytes(&document(&[one]));
    let at = |now: &str| {
        let mut request = select(&bytes, &json!({}));
        request["now"] = json!(now);
        request
    };
    let skipped = |reason: &str| json!({ "status": "accepted", "result": { "notices": [{ "decision": "skip", "reason": reason, "text": null }] } });
    writer.write(
        Draft::positive(BASE, "the second in which it begins", &["MOTD-TIME-4"])
            .asks(at("2026-11-01T00:00:00Z"), decision(Some(()))),
    )?;
    writer.write(
        Draft::positive("installer/time/last", "its last second", &["MOTD-TIME-4"])
            .asks(at("2026-11-01T23:59:59Z"), decision(Some(()))),
    )?;
    for (id, title, now, reason) in [
        (
            "before",
            "the second before it begins",
            "2026-10-31T23:59:59Z",
            "not-begun",
        ),
        (
            "ends",
            "the second in which it ends",
            "2026-11-02T00:00:00Z",
            "ended",
        ),
        (
            "long-after",
            "a year later",
            "2027-11-02T00:00:00Z",
            "ended",
        ),
    ] {
        writer.write(
            Draft::negative(
                &format!("installer/time/{id}"),
                BASE,
                title,
                &["MOTD-TIME-4"],
            )
            .asks(at(now), skipped(reason)),
        )?;
    }
    Ok(())
}

fn audience(writer: &mut Writer) -> Result<()> {
    let w = writer;
    let linux = json!({ "os": "linux", "arch": "x86_64", "command": "install" });
    matches(
        "everyone",
        "no audience",
        &["MOTD-AUD-4"],
        Value::Null,
        json!({}),
        w,
    )?;
    matches(
        "os",
        "one of two operating systems",
        &["MOTD-AUD-4", "MOTD-AUD-5"],
        json!([{ "os": ["macos", "linux"] }]),
        linux.clone(),
        w,
    )?;
    other(
        "os",
        "other-os",
        "neither of two operating systems",
        &["MOTD-AUD-4"],
        json!([{ "os": ["macos", "windows"] }]),
        linux.clone(),
        w,
    )?;
    other(
        "os",
        "unknown-os",
        "a machine that does not know its operating system",
        &["MOTD-AUD-7"],
        json!([{ "os": ["macos", "linux"] }]),
        json!({}),
        w,
    )?;
    other(
        "os",
        "os-by-case",
        "a token is compared byte for byte",
        &["MOTD-AUD-4"],
        json!([{ "os": ["linux"] }]),
        json!({ "os": "Linux" }),
        w,
    )?;
    let clause = |change: &dyn Fn(&mut Value)| {
        let mut clause = json!({ "os": ["linux"], "arch": ["x86_64"], "commands": ["install"], "components": [{ "purl": "pkg:pypi/pip" }, { "purl": "pkg:generic/cpython" }] });
        change(&mut clause);
        json!([clause])
    };
    let machine = |change: &dyn Fn(&mut Value)| {
        let mut machine = json!({ "os": "linux", "arch": "x86_64", "command": "install", "components": { "pkg:pypi/pip": ["24.0"], "pkg:generic/cpython": ["3.12.1"] } });
        change(&mut machine);
        machine
    };
    matches(
        "all-members",
        "all four members of a clause match",
        &["MOTD-AUD-5"],
        clause(&|_| {}),
        machine(&|_| {}),
        w,
    )?;
    for (id, title, change) in [
        (
            "but-os",
            "all members match but the operating system",
            &(|machine: &mut Value| machine["os"] = json!("macos")) as &dyn Fn(&mut Value),
        ),
        (
            "but-arch",
            "all members match but the architecture",
            &|machine| machine["arch"] = json!("arm64"),
        ),
        (
            "but-command",
            "all members match but the command",
            &|machine| machine["command"] = json!("upload"),
        ),
        (
            "but-component",
            "one of two components is not installed",
            &|machine| machine["components"] = json!({ "pkg:pypi/pip": ["24.0"] }),
        ),
    ] {
        other(
            "all-members",
            id,
            title,
            &["MOTD-AUD-5"],
            clause(&|_| {}),
            machine(change),
            w,
        )?;
    }
    for (id, title, member) in [
        (
            "no-arch",
            "a machine that does not know its architecture",
            "arch",
        ),
        ("no-command", "a run without a command", "command"),
    ] {
        other(
            "all-members",
            id,
            title,
            &["MOTD-AUD-7"],
            clause(&|_| {}),
            machine(&|machine| machine[member] = Value::Null),
            w,
        )?;
    }
    matches(
        "second-clause",
        "the second of two clauses matches",
        &["MOTD-AUD-4"],
        json!([{ "os": ["macos"] }, { "os": ["linux"] }]),
        linux.clone(),
        w,
    )?;
    other(
        "second-clause",
        "no-clause",
        "neither of two clauses matches",
        &["MOTD-AUD-4"],
        json!([{ "os": ["macos"] }, { "arch": ["arm64"] }]),
        linux.clone(),
        w,
    )?;
    other(
        "os",
        "unknown-member",
        "a clause that matches has a member that nobody knows",
        &["MOTD-AUD-6"],
        json!([{ "os": ["linux"], "weather": ["rain"] }]),
        linux.clone(),
        w,
    )?;
    other(
        "os",
        "unknown-member-alone",
        "a clause is a member that nobody knows",
        &["MOTD-AUD-6"],
        json!([{ "weather": "rain" }]),
        linux.clone(),
        w,
    )?;
    other(
        "component",
        "unknown-component-member",
        "a component has a member that nobody knows",
        &["MOTD-AUD-6"],
        json!([{ "components": [{ "purl": "pkg:pypi/pip", "weather": 1 }] }]),
        json!({ "components": { "pkg:pypi/pip": ["9.0.1"] } }),
        w,
    )?;
    other(
        "component",
        "unknown-scheme",
        "a range of a scheme that nobody knows",
        &["MOTD-AUD-6"],
        json!([{ "components": [{ "purl": "pkg:pypi/pip", "versions": "vers:weather/<9" }] }]),
        json!({ "components": { "pkg:pypi/pip": ["8"] } }),
        w,
    )?;
    // An unknown clause takes nothing from the one beside it.
    matches(
        "unknown-beside",
        "a clause that nobody understands stands before one that matches",
        &["MOTD-AUD-6", "MOTD-AUD-4"],
        json!([{ "weather": 1 }, { "os": ["linux"] }]),
        linux,
        w,
    )
}

fn components(writer: &mut Writer) -> Result<()> {
    let w = writer;
    let range = |versions: &str| json!([{ "components": [{ "purl": "pkg:pypi/pip", "versions": versions }] }]);
    let installed = |versions: &[&str]| json!({ "components": { "pkg:pypi/pip": versions } });
    matches(
        "component",
        "an installed version inside the range",
        &["MOTD-VERS-6", "MOTD-AUD-5", "MOTD-AUD-7"],
        range("vers:pypi/<9.0.3"),
        installed(&["9.0.1"]),
        w,
    )?;
    other(
        "component",
        "component-outside",
        "an installed version outside the range",
        &["MOTD-VERS-6"],
        range("vers:pypi/<9.0.3"),
        installed(&["9.0.3"]),
        w,
    )?;
    matches(
        "any-version",
        "any version that parses",
        &["MOTD-VERS-10"],
        range("vers:pypi/*"),
        installed(&["9.0.1"]),
        w,
    )?;
    other(
        "any-version",
        "any-version-unparsable",
        "a version that does not parse, for a range of all",
        &["MOTD-VERS-10"],
        range("vers:pypi/*"),
        installed(&["nine"]),
        w,
    )?;
    let presence = json!([{ "components": [{ "purl": "pkg:pypi/pip" }] }]);
    matches(
        "present",
        "no range, and a version that does not parse",
        &["MOTD-VERS-10"],
        presence.clone(),
        installed(&["nine"]),
        w,
    )?;
    other(
        "present",
        "absent",
        "no range, and nothing installed",
        &["MOTD-VERS-10", "MOTD-AUD-7"],
        presence,
        json!({}),
        w,
    )?;
    other(
        "component",
        "component-absent",
        "the component is not installed",
        &["MOTD-AUD-7"],
        range("vers:pypi/<9.0.3"),
        json!({}),
        w,
    )?;
    other(
        "component",
        "component-unparsable",
        "an installed version that does not parse",
        &["MOTD-AUD-7"],
        range("vers:pypi/<9.0.3"),
        installed(&["9.x"]),
        w,
    )?;
    other(
        "component",
        "component-long",
        "an installed version of more than 128 bytes",
        &["MOTD-AUD-7"],
        range("vers:pypi/<9.0.3"),
        installed(&[&format!("9.0.{}", "0".repeat(130))]),
        w,
    )?;
    matches(
        "one-of-several",
        "one of three installed versions is inside",
        &["MOTD-AUD-8"],
        range("vers:pypi/<9.0.3"),
        installed(&["24.0", "9.0.1", "nine"]),
        w,
    )?;
    other(
        "one-of-several",
        "none-of-several",
        "none of three installed versions is inside",
        &["MOTD-AUD-8"],
        range("vers:pypi/<9.0.3"),
        installed(&["24.0", "9.0.3", "nine"]),
        w,
    )?;
    matches(
        "pre-release",
        "a pre-release of the bound is inside",
        &["MOTD-VERS-6"],
        range("vers:pypi/<9.0.3"),
        installed(&["9.0.3rc1"]),
        w,
    )?;
    let of = |purl: &str| json!([{ "components": [{ "purl": purl }] }]);
    let reports = |purl: &str| json!({ "components": { purl: ["1.0"] } });
    for (id, title, purl, spelled) in [
        (
            "pypi-name",
            "the machine spells a name of PyPI in its own way",
            "pkg:pypi/zope-interface",
            "pkg:pypi/Zope.Interface",
        ),
        (
            "pypi-run",
            "the machine spells a hyphen as a run of separators",
            "pkg:pypi/zope-interface",
            "pkg:pypi/zope._-interface",
        ),
        (
            "npm-name",
            "the machine spells a name of npm in capitals",
            "pkg:npm/%40angular/cli",
            "pkg:npm/%40Angular/CLI",
        ),
        (
            "encoded-name",
            "the machine encodes what need not be encoded",
            "pkg:generic/cpython",
            "pkg:generic/%63python",
        ),
    ] {
        matches(id, title, &["MOTD-PURL-3"], of(purl), reports(spelled), w)?;
    }
    matches(
        "rpm-namespace",
        "the machine spells a distribution in capitals",
        &["MOTD-PURL-3", "MOTD-VERS-12"],
        of("pkg:rpm/fedora/curl"),
        reports("pkg:rpm/Fedora/curl"),
        w,
    )?;
    for (id, title, purl, spelled) in [
        (
            "cargo-case",
            "names of cargo are compared with their case",
            "pkg:cargo/inflector",
            "pkg:cargo/Inflector",
        ),
        (
            "generic-case",
            "names of no type are compared with their case",
            "pkg:generic/cpython",
            "pkg:generic/CPython",
        ),
        (
            "other-type",
            "the same name in another type",
            "pkg:pypi/zope-interface",
            "pkg:npm/zope-interface",
        ),
        (
            "other-namespace",
            "the same name in another namespace",
            "pkg:npm/%40angular/cli",
            "pkg:npm/%40evil/cli",
        ),
    ] {
        other(
            "pypi-name",
            id,
            title,
            &["MOTD-PURL-3"],
            of(purl),
            reports(spelled),
            w,
        )?;
    }
    Ok(())
}

/// The number of section 4.9, worked out here.
fn share(salt: &str, secret: [u8; 32]) -> u64 {
    let mut message = b"tuf-motd-rollout-v1\0".to_vec();
    message.extend_from_slice(salt.as_bytes());
    message.push(0);
    message.extend_from_slice(&secret);
    let digest: [u8; 32] = Sha256::digest(&message).into();
    let [a, b, c, d, ..] = digest;
    u64::from(u32::from_be_bytes([a, b, c, d]))
}

fn rollout(writer: &mut Writer) -> Result<()> {
    use hex::ToHex as _;
    let w = writer;
    let clause =
        |percent: u64, salt: &str| json!([{ "rollout": { "percent": percent, "salt": salt } }]);
    let secrets: [[u8; 32]; 4] = [[0; 32], [1; 32], [7; 32], [255; 32]];
    for (number, secret) in secrets.into_iter().enumerate() {
        let salt = ["resolver-2026", "a", "é", "tls"]
            .get(number)
            .copied()
            .unwrap_or("a");
        // The smallest percentage that takes this machine in.
        let least = share(salt, secret) * 100 / (1 << 32) + 1;
        let machine = json!({ "rollout_secret": secret.encode_hex::<String>() });
        let id = format!("rollout-in-{:02}", number + 1);
        matches(
            &id,
            &format!("the smallest share that takes this machine in, {least} %"),
            &["MOTD-ROLL-3"],
            clause(least, salt),
            machine.clone(),
            w,
        )?;
        other(
            &id,
            &format!("rollout-out-{:02}", number + 1),
            &format!("one percent less, {} %", least - 1),
            &["MOTD-ROLL-3"],
            clause(least - 1, salt),
            machine,
            w,
        )?;
    }
    matches(
        "rollout-all",
        "everybody, without a secret",
        &["MOTD-ROLL-4"],
        clause(100, "a"),
        json!({}),
        w,
    )?;
    other(
        "rollout-all",
        "rollout-99",
        "99 %, without a secret",
        &["MOTD-ROLL-4"],
        clause(99, "a"),
        json!({}),
        w,
    )?;
    other(
        "rollout-all",
        "rollout-member",
        "a rollout with a member that nobody knows",
        &["MOTD-AUD-6", "MOTD-ROLL-3"],
        json!([{ "rollout": { "percent": 100, "salt": "a", "weather": 1 } }]),
        json!({}),
        w,
    )
}

fn languages(writer: &mut Writer) -> Result<()> {
    const BASE: &str = "installer/languages/exact";
    let mut one = notice("a", "info");
    one["text"] = json!({});
    for tag in ["en", "pt-BR", "de", "sr-Latn-RS", "sr", "fr", "en-GB"] {
        one["text"][tag] = json!({ "title": tag, "body": [] });
    }
    let bytes = document_bytes(&document(&[one]));
    let shows = |tag: &str| json!({ "status": "accepted", "result": { "notices": [{ "text": { "language": tag, "title": tag } }] } });
    writer.write(
        Draft::positive(
            BASE,
            "the language that the user asks for is there",
            &["MOTD-LANG-4", "MOTD-LANG-5"],
        )
        .asks(
            select(&bytes, &json!({ "languages": ["pt-BR"] })),
            shows("pt-BR"),
        ),
    )?;
    // English, and the first language of the notice, are there as well.
    let text = |tag: &str| json!({ "title": tag, "body": [] });
    let french = json!({
        "schema_version": "1.0", "repository": "pypi.org", "default_language": "fr",
        "notices": [{
            "id": "a", "revision": 1, "severity": "info",
            "begins": "2026-10-01T00:00:00Z", "ends": "2026-12-31T00:00:00Z",
            "text": { "de": text("de"), "en": text("en"), "fr": text("fr") },
        }],
    });
    writer.write(
        Draft::negative(
            "installer/languages/default",
            BASE,
            "none of the user's languages is there, and French is the default",
            &["MOTD-LANG-4"],
        )
        .asks(
            select(&document_bytes(&french), &json!({ "languages": ["nl"] })),
            shows("fr"),
        ),
    )?;
    const DERIVED: &str = "installer/languages/environment";
    writer.write(
        Draft::positive(DERIVED, "the language of LANG", &["MOTD-LANG-6"]).asks(
            select(&bytes, &json!({ "environment": { "LANG": "pt_BR.UTF-8" } })),
            shows("pt-BR"),
        ),
    )?;
    for (id, title, environment, tag) in [
        (
            "empty-variable",
            "LC_ALL is empty, and LANG is not",
            json!({ "LC_ALL": "", "LANG": "de_DE@euro" }),
            "de",
        ),
        (
            "posix",
            "LC_ALL is C, whatever LANG is",
            json!({ "LC_ALL": "C.UTF-8", "LANG": "fr_FR.UTF-8" }),
            "en",
        ),
        (
            "first-variable",
            "LC_ALL is read before LC_MESSAGES and LANG",
            json!({ "LC_ALL": "de_DE", "LC_MESSAGES": "fr_FR", "LANG": "pt_BR" }),
            "de",
        ),
        (
            "second-variable",
            "LC_MESSAGES is read before LANG",
            json!({ "LC_MESSAGES": "fr_FR", "LANG": "pt_BR" }),
            "fr",
        ),
        (
            "modifier",
            "the modifier latin is a script",
            json!({ "LC_MESSAGES": "sr_RS.UTF-8@latin" }),
            "sr-Latn-RS",
        ),
        (
            "language-list",
            "LANGUAGE is not read",
            json!({ "LANGUAGE": "de", "LANG": "en_GB.UTF-8" }),
            "en-GB",
        ),
        (
            "no-tag",
            "a path is no language",
            json!({ "LANG": "../../etc" }),
            "en",
        ),
        ("nothing", "no variable is set", json!({}), "en"),
    ] {
        writer.write(
            Draft::negative(
                &format!("installer/languages/{id}"),
                DERIVED,
                title,
                &["MOTD-LANG-6"],
            )
            .asks(
                select(&bytes, &json!({ "environment": environment })),
                shows(tag),
            ),
        )?;
    }
    Ok(())
}
