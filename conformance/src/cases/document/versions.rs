//! The orders of versions, seen through ranges: `A|B` is a range when A is less than B, and `versions-order` otherwise.

use anyhow::Result;
use serde_json::{Value, json};

use super::builders::{document, document_bytes, notice, parse};
use super::expectation::{entries, refused, understood};
use crate::cases::writer::{CaseDraft, Writer};

/// Scheme, the requirement that orders it, and versions that ascend.
const CHAINS: [(&str, &str, &[&str]); 7] = [
    (
        "pypi",
        "MOTD-VERS-7",
        &[
            "1.0.dev1",
            "1.0a1.dev1",
            "1.0a1",
            "1.0a1.post1",
            "1.0b2",
            "1.0rc1",
            "1.0",
            "1.0.post1.dev2",
            "1.0.post1",
            "1.0.1",
            "1.10",
            "18446744073709551616",
            "18446744073709551617",
            "1%210",
        ],
    ),
    (
        "semver",
        "MOTD-VERS-8",
        &[
            "1.0.0-0",
            "1.0.0-alpha",
            "1.0.0-alpha.1",
            "1.0.0-alpha.beta",
            "1.0.0-beta.2",
            "1.0.0-beta.11",
            "1.0.0-rc.1",
            "1.0.0",
            "1.0.10",
            "1.2.0",
            "18446744073709551616.0.0",
        ],
    ),
    (
        "cargo",
        "MOTD-VERS-8",
        &["1.79.0", "1.80.0-beta.2", "1.80.0-nightly", "1.80.0"],
    ),
    ("npm", "MOTD-VERS-8", &["9.9.9", "10.0.0-pre", "10.0.0"]),
    (
        "intdot",
        "MOTD-VERS-9",
        &[
            "0",
            "1",
            "1.0.1",
            "1.2",
            "1.10",
            "2",
            "99999999999999999998",
            "99999999999999999999",
        ],
    ),
    (
        "deb",
        "MOTD-VERS-11",
        &[
            "1.0~~",
            "1.0~rc1",
            "1.0",
            "1.0-1",
            "1.0-1ubuntu1",
            "1.0a",
            "1.0+b",
            "1.1",
            "1:0.1",
        ],
    ),
    (
        "rpm",
        "MOTD-VERS-12",
        &[
            "1.0~rc1",
            "1.0",
            "1.0-1",
            "1.0^git1-1",
            "1.0.1",
            "1.1",
            "1.10",
            "1:0.1",
            "1:1.0^20200101",
            "1:1.0.1",
        ],
    ),
];

/// Scheme, requirement, and two spellings of one version.
const EQUALS: [(&str, &str, &str, &str); 12] = [
    ("pypi", "MOTD-VERS-7", "1.0", "1.0.0"),
    ("pypi", "MOTD-VERS-7", "1.0RC1", "v1.0-c.1"),
    ("pypi", "MOTD-VERS-7", "1.0.post1", "1.0-1"),
    ("pypi", "MOTD-VERS-7", "1.0", "1.0+acme"),
    ("pypi", "MOTD-VERS-7", "1.0+acme.1", "1.0+acme.2"),
    ("semver", "MOTD-VERS-8", "1.0.0+a", "1.0.0+b"),
    ("cargo", "MOTD-VERS-8", "1.0.0", "1.0.0+b"),
    ("npm", "MOTD-VERS-8", "1.0.0", "1.0.0+b"),
    ("intdot", "MOTD-VERS-9", "10", "10.0.0"),
    ("intdot", "MOTD-VERS-9", "10.04", "010.4"),
    ("deb", "MOTD-VERS-11", "2.0", "2.0-0"),
    ("rpm", "MOTD-VERS-12", "2.0", "2_0"),
];

pub(super) fn write(writer: &mut Writer) -> Result<()> {
    for (scheme, requirement, chain) in CHAINS {
        for (number, pair) in chain.windows(2).enumerate() {
            let [low, high] = pair else { continue };
            let base = format!("document/order/{scheme}-{:02}", number + 1);
            let (request, notice) = asked(scheme, low, high);
            writer.write(
                CaseDraft::positive(
                    &base,
                    &format!("{low} is less than {high}"),
                    &[requirement, "MOTD-VERS-4"],
                )
                .asks(request, entries(&[understood(&notice, &[])])),
            )?;
            let (request, _) = asked(scheme, high, low);
            writer.write(
                CaseDraft::negative(
                    &format!("{base}-reversed"),
                    &base,
                    &format!("{high} stands before {low}"),
                    &[requirement, "MOTD-VERS-4"],
                )
                .asks(request, entries(&[refused(&json!("a"), "versions-order")])),
            )?;
        }
    }
    for (number, (scheme, requirement, one, other)) in EQUALS.into_iter().enumerate() {
        let (request, _) = asked(scheme, one, other);
        writer.write(
            CaseDraft::negative(
                &format!("document/order/equal-{:02}", number + 1),
                &format!("document/order/{scheme}-01"),
                &format!("{one} and {other} are one version"),
                &[requirement, "MOTD-VERS-4"],
            )
            .asks(request, entries(&[refused(&json!("a"), "versions-order")])),
        )?;
    }
    Ok(())
}

/// A notice for two versions of a component, and the request to judge it.
fn asked(scheme: &str, first: &str, second: &str) -> (Value, Value) {
    let mut notice = notice("a", "info");
    notice["audience"] = json!([{ "components": [
        { "purl": "pkg:generic/a", "versions": format!("vers:{scheme}/{first}|{second}") },
    ] }]);
    (parse(&document_bytes(&document(&[notice.clone()]))), notice)
}
