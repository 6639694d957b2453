//! Every attack of the demonstration's gallery is also a test of the client.

use std::collections::BTreeMap;

/// The attacks, by name, and the case or function that carries each out here.
const TESTED: &[(&str, &str)] = &[
    (
        "bidirectional-text",
        "a notice that reads in another order than it was written, beside a good one",
    ),
    (
        "duplicate-member",
        "a duplicate member before the signed one",
    ),
    ("endless-body", "a body without end"),
    (
        "forged-signature",
        "a forged signature of the second person",
    ),
    ("frozen-timestamp", "an expired timestamp"),
    ("injected-text", "a text put in on the way"),
    (
        "mix-and-match",
        "notices of another version than the snapshot says",
    ),
    ("one-person-as-two", "one key under two ids in a delegation"),
    ("package-key", "notices signed by the server's keys"),
    ("redirect", "a redirect to another host"),
    ("rolled-back-role", "a newer snapshot of older notices"),
    (
        "rolled-back-snapshot",
        "a newer timestamp of an older snapshot",
    ),
    ("slow-mirror", "an older timestamp"),
    (
        "soft-wrap",
        "a_notice_is_framed_shown_once_a_week_and_remembered",
    ),
    ("staging-replay", "the role of a staging repository"),
    ("stalled-body", "a stall in the body"),
    (
        "terminal-escapes",
        "a notice that clears the screen, beside a good one",
    ),
    ("threshold-not-met", "notices signed by one of two"),
    ("unknown-key", "notices signed by two strangers"),
    (
        "words-for-the-parser",
        "json_that_ends_in_the_marker_at_every_depth",
    ),
    ("words-in-the-answer", "no_marker_gets_out"),
    ("wrong-hash", "a target file with another hash"),
];

/// The attacks' sources, below the workspace.
const GALLERY: [&str; 4] = [
    "motd-cli/src/demo/gallery/keys.rs",
    "motd-cli/src/demo/gallery/link.rs",
    "motd-cli/src/demo/gallery/text.rs",
    "motd-cli/src/demo/gallery/time.rs",
];

const TESTS: [&str; 10] = [
    include_str!("canary/metadata.rs"),
    include_str!("canary/wire.rs"),
    include_str!("display.rs"),
    include_str!("gate/accepted.rs"),
    include_str!("gate/delegation.rs"),
    include_str!("gate/document.rs"),
    include_str!("gate/snapshot.rs"),
    include_str!("gate/target.rs"),
    include_str!("gate/timestamp.rs"),
    include_str!("network.rs"),
];

#[test]
fn every_attack_of_the_gallery_is_a_test_of_the_client() {
    let tested: BTreeMap<&str, &str> = TESTED.iter().copied().collect();
    let gallery = GALLERY.map(crate::of_the_workspace);
    let attacks: Vec<&str> = gallery
        .iter()
        .flat_map(|room| room.split("name: \"").skip(1))
        .map(|rest| rest.split('"').next().unwrap())
        .collect();
    assert_eq!(attacks.len(), tested.len(), "{attacks:?}");
    for attack in attacks {
        let test = tested.get(attack).copied();
        let test = test.unwrap_or_else(|| panic!("{attack} is no test of the client"));
        let there = |tests: &str| {
            tests.contains(&format!("name: \"{test}\"")) || tests.contains(&format!("fn {test}("))
        };
        assert!(TESTS.into_iter().any(there), "no test is called {test}");
    }
}
