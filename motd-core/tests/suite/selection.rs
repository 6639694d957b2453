//! Which notices apply: time, audience, rollout.

use std::borrow::Cow;
use std::cell::RefCell;

use motd_core::{
    Applicable, ComponentVersions, Components, Environment, Mismatch, Purl, SkipReason, select,
};
use serde_json::{Value, json};

use crate::bases;

fn outcome(audience: &Value, environment: &Environment<'_>) -> Option<SkipReason> {
    let mut notice = bases::notice("a", "info");
    notice["audience"] = audience.clone();
    let document = bases::verified(&bases::document(&[notice]));
    select(&document, environment)[0].applicable().err()
}

fn matches(audience: &Value, environment: &Environment<'_>) -> bool {
    match outcome(audience, environment) {
        None => true,
        Some(SkipReason::Audience) => false,
        Some(other) => panic!("{other:?}"),
    }
}

/// MOTD-TIME-4: `begins <= now < ends`.
#[test]
fn times() {
    let document = bases::verified(&bases::document(&[bases::notice("a", "info")]));
    let components = Components::new();
    for (now, expected) in [
        ("2025-12-31T23:59:59Z", Some(SkipReason::NotBegun)),
        ("2026-01-01T00:00:00Z", None),
        ("2026-12-30T23:59:59Z", None),
        ("2026-12-31T00:00:00Z", Some(SkipReason::Ended)),
    ] {
        let environment = Environment {
            now: bases::time(now),
            ..bases::environment(&components)
        };
        assert_eq!(
            select(&document, &environment)[0].applicable().err(),
            expected,
            "{now}"
        );
    }
}

#[test]
fn refused_notices_are_skipped_and_others_stay() {
    let document = bases::verified(&bases::document(&[
        bases::notice("a", "info"),
        json!(1),
        bases::notice("b", "info"),
    ]));
    let components = Components::new();
    let found: Vec<_> = select(&document, &bases::environment(&components))
        .iter()
        .map(|selected| selected.applicable().err())
        .collect();
    assert_eq!(found, [None, Some(SkipReason::Refused), None]);
}

#[test]
fn clauses() {
    let mut components = Components::new();
    components.add("pkg:pypi/pip", "9.0.1");
    components.add("pkg:pypi/pip", "21.0");
    components.add("pkg:npm/npm", "not a version");
    let mut environment = bases::environment(&components);
    environment.os = Some("linux".to_owned());
    environment.arch = Some("x86_64".to_owned());
    for (audience, expected) in [
        (json!([{ "os": ["linux"] }]), true),
        (json!([{ "os": ["windows", "linux"] }]), true),
        (json!([{ "os": ["windows"] }]), false),
        (json!([{ "os": ["windows"] }, { "arch": ["x86_64"] }]), true),
        (json!([{ "os": ["linux"], "arch": ["arm64"] }]), false),
        (json!([{ "os": ["plan9", "linux"] }]), true),
        // Missing on the machine.
        (json!([{ "commands": ["install"] }]), false),
        // Not defined in this version.
        (json!([{ "os": ["linux"], "colour": "red" }]), false),
        (json!([{ "colour": null }]), false),
        (json!([{ "colour": null }, { "os": ["linux"] }]), true),
        (
            json!([{ "components": [{ "purl": "pkg:pypi/pip", "extra": 1 }] }]),
            false,
        ),
        (
            json!([{ "rollout": { "percent": 100, "salt": "a", "extra": 1 } }]),
            false,
        ),
        // Components.
        (
            json!([{ "components": [{ "purl": "pkg:pypi/pip" }] }]),
            true,
        ),
        (
            json!([{ "components": [{ "purl": "pkg:pypi/pip", "versions": "vers:pypi/<9.0.3" }] }]),
            true,
        ),
        (
            json!([{ "components": [{ "purl": "pkg:pypi/pip", "versions": "vers:pypi/>30" }] }]),
            false,
        ),
        (
            json!([{ "components": [{ "purl": "pkg:pypi/uv" }] }]),
            false,
        ),
        (
            json!([{ "components": [{ "purl": "pkg:pypi/pip" }, { "purl": "pkg:pypi/uv" }] }]),
            false,
        ),
        (json!([{ "components": [{ "purl": "pkg:npm/npm" }] }]), true),
        (
            json!([{ "components": [{ "purl": "pkg:npm/npm", "versions": "vers:npm/*" }] }]),
            false,
        ),
        (
            json!([{ "components": [{ "purl": "pkg:pypi/pip", "versions": "vers:later/1" }] }]),
            false,
        ),
        (
            json!([{ "components": [{ "purl": "pkg:pypi/pip", "versions": "vers:later/1" }] }, { "os": ["linux"] }]),
            true,
        ),
    ] {
        assert_eq!(matches(&audience, &environment), expected, "{audience}");
    }
    assert!(matches(&json!([{ "os": ["linux"] }]), &environment));
}

/// Why a clause does not match, for who asks.
#[test]
fn mismatches() {
    let document = bases::judged(&bases::full());
    let clause = &document.entries()[0]
        .verdict()
        .unwrap()
        .audience()
        .unwrap()
        .clauses()[0];
    let mut components = Components::new();
    let mut environment = bases::environment(&components);
    assert_eq!(clause.matches(&environment), Err(Mismatch::Os));
    environment.os = Some("macos".to_owned());
    assert_eq!(clause.matches(&environment), Err(Mismatch::Arch));
    environment.arch = Some("x86_64".to_owned());
    assert_eq!(clause.matches(&environment), Err(Mismatch::Command));
    environment.command = Some("install".to_owned());
    assert_eq!(clause.matches(&environment), Err(Mismatch::Component(0)));
    let environment = Environment {
        components: &Components::new(),
        ..environment
    };
    assert_eq!(clause.matches(&environment), Err(Mismatch::Component(0)));
    components.add("pkg:pypi/pip", "9.0.1");
    let environment = Environment {
        components: &components,
        ..environment
    };
    assert_eq!(clause.matches(&environment), Ok(()));
    assert!(!clause.has_unknown());
}

/// Components are looked up only when a notice names them and nothing else has decided.
#[test]
fn lookups() {
    struct Spy(RefCell<Vec<String>>);
    impl ComponentVersions for Spy {
        fn versions(&self, component: &Purl) -> Cow<'_, [String]> {
            self.0.borrow_mut().push(component.to_string());
            Cow::Owned(vec!["1.0".to_owned()])
        }
    }
    let spy = Spy(RefCell::default());
    let components = Components::new();
    let mut environment = Environment {
        components: &spy,
        ..bases::environment(&components)
    };
    environment.os = Some("linux".to_owned());
    assert!(!matches(
        &json!([{ "os": ["windows"], "components": [{ "purl": "pkg:pypi/pip" }] }]),
        &environment
    ));
    assert!(!matches(
        &json!([{ "colour": 1, "components": [{ "purl": "pkg:pypi/pip" }] }]),
        &environment
    ));
    assert!(!matches(
        &json!([{ "components": [{ "purl": "pkg:pypi/pip" }, { "purl": "pkg:pypi/uv", "versions": "vers:later/1" }] }]),
        &environment
    ));
    environment.now = bases::time("2025-01-01T00:00:00Z");
    assert_eq!(
        outcome(
            &json!([{ "components": [{ "purl": "pkg:pypi/pip" }] }]),
            &environment
        ),
        Some(SkipReason::NotBegun)
    );
    assert_eq!(spy.0.take(), [""; 0]);
    environment.now = bases::time("2026-06-01T00:00:00Z");
    assert!(matches(
        &json!([{ "components": [{ "purl": "pkg:pypi/pip" }] }]),
        &environment
    ));
    assert_eq!(spy.0.take(), ["pkg:pypi/pip"]);
}

/// MOTD-ROLL-3: the digest of `tuf-motd-rollout-v1`, 00, the salt, 00, the secret, computed elsewhere.
#[test]
fn rollout() {
    let components = Components::new();
    let mut environment = bases::environment(&components);
    let rollout =
        |percent: u8, salt: &str| json!([{ "rollout": { "percent": percent, "salt": salt } }]);
    // MOTD-ROLL-4: without a secret only 100 is in.
    for (percent, expected) in [(0, false), (1, false), (99, false), (100, true)] {
        assert_eq!(
            matches(&rollout(percent, "resolver-2026"), &environment),
            expected
        );
    }
    for (secret, salt, threshold) in THRESHOLDS {
        environment.rollout_secret = Some([*secret; 32]);
        for percent in 0..=100 {
            assert_eq!(
                matches(&rollout(percent, salt), &environment),
                percent >= *threshold,
                "{secret} {salt} {percent}"
            );
        }
    }
}

/// Secret byte, salt, lowest percentage that is in. From `hashlib` of Python:
/// `h = int.from_bytes(sha256(b"tuf-motd-rollout-v1\0" + salt + b"\0" + bytes([s]) * 32).digest()[:4], "big")`, then
/// `h * 100 // 2**32 + 1`.
const THRESHOLDS: &[(u8, &str, u8)] = &[
    (0, "resolver-2026", 16),
    (1, "resolver-2026", 1),
    (2, "resolver-2026", 66),
    (7, "a", 36),
    (255, "é", 11),
    (42, "tls", 88),
];

/// The chosen text goes with the notice.
#[test]
fn text() {
    let mut document = bases::full();
    document["notices"][0]
        .as_object_mut()
        .unwrap()
        .remove("audience");
    let document = bases::verified(&document);
    let components = Components::new();
    let mut environment = Environment {
        now: bases::time("2018-05-01T00:00:00Z"),
        ..bases::environment(&components)
    };
    environment.languages = bases::languages("de, fr-CA, en");
    let selected = select(&document, &environment);
    let applicable: Applicable<'_> = selected[0].applicable().unwrap();
    assert_eq!(
        (applicable.language().as_str(), applicable.text().title()),
        ("fr", "TLS 1.2 sera obligatoire le 30 juin")
    );
}
