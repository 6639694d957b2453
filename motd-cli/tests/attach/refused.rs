//! What is not attached to, and what is not signed.

use std::fs;

use super::host::{self, HostRepository};

#[test]
fn a_host_that_does_not_verify_is_not_signed_for() {
    let Some(host) = HostRepository::make("bins") else {
        return;
    };
    host.delegate();
    let (name, whole) = host
        .tree()
        .into_iter()
        .find(|(name, _)| name == "2.targets.json")
        .unwrap();
    let path = host.room.path("host/metadata").join(name);
    let changed = String::from_utf8(whole.clone())
        .unwrap()
        .replace("\"threshold\": 2", "\"threshold\": 1");
    fs::write(&path, changed).unwrap();
    for refused in [host.check(), host.begin(&["notice.toml"]), host.verify()] {
        assert_eq!(refused.status, 3, "{refused:?}");
        assert!(
            refused.err.contains("too few valid signatures"),
            "{refused:?}"
        );
    }
    assert!(!host.room.path("request").exists());
    fs::write(&path, whole).unwrap();
    // Another host's root.
    let other = HostRepository::make("flat").unwrap();
    fs::copy(
        other.room.path("trusted.json"),
        host.room.path("trusted.json"),
    )
    .unwrap();
    host.begin(&["notice.toml"]).with_status(3);
}

#[test]
fn without_a_root_there_is_a_check_and_nothing_more() {
    let Some(host) = HostRepository::make("bins") else {
        return;
    };
    host.delegate();
    let checked = host
        .room
        .motd(&["attach", "--check", "host/metadata", "--json"]);
    let checked = checked.with_status(0).json();
    assert_eq!(host::codes(&checked)[0], "host-root-unpinned");
    let words = "attach host/metadata --repository example.org --request r --key alice";
    let refused = host.room.line(words).with_status(1);
    assert!(refused.err.contains("--root"), "{refused:?}");
}

#[test]
fn what_is_not_signed_by_enough_people_is_not_handed_over() {
    let Some(host) = HostRepository::make("bins") else {
        return;
    };
    host.delegate();
    host.begin(&["notice.toml"]).with_status(0);
    let now = host::now();
    let again = |more: &[&str]| {
        let mut words = vec!["attach", "host/metadata", "--root", "trusted.json"];
        words.extend(["--request", "request", "--now", &now]);
        words.extend(more);
        host.room.motd(&words)
    };
    // The second person reads first, and nothing is signed unasked.
    let read = again(&[]).with_status(0);
    assert!(
        read.out.contains("TLS 1.2 will be required on 30 June"),
        "{read:?}"
    );
    assert!(read.out.contains("signatures: 1 of 2"), "{read:?}");
    let unasked = again(&["--key", "bob"]).with_status(1);
    assert!(unasked.err.contains("nobody to ask"), "{unasked:?}");
    // One person twice is one person.
    let refused = again(&["--key", "alice", "--yes", "--out", "out"]).with_status(1);
    assert!(
        refused
            .err
            .contains("needs valid signatures of 2 distinct keys and has 1"),
        "{refused:?}"
    );
    assert!(!host.room.path("out").exists());
}

/// A tool that writes what it takes in anew, and drops what it does not know: seen when the notices are read back.
#[test]
fn a_tool_that_drops_custom_is_seen() {
    let Some(host) = HostRepository::make("bins") else {
        return;
    };
    host.delegate();
    host.publish(&["notice.toml"], 1).with_status(0);
    host.take_in();
    host.verify().with_status(0);
    let mut role = host.json("metadata/1.motd.json");
    role["signed"]["targets"]["motd/notices.json"]
        .as_object_mut()
        .unwrap()
        .remove("custom");
    fs::write(
        host.room.path("host/metadata/1.motd.json"),
        role.to_string(),
    )
    .unwrap();
    let refused = host.verify().with_status(3);
    assert!(
        refused.err.contains("motd: too few valid signatures"),
        "{refused:?}"
    );
    // It says that the published role is broken, and that the next version mends it.
    let checked = host.check().with_status(0).json();
    assert_eq!(host::codes(&checked), ["host-role-broken"]);
    host.publish(&["notice.toml"], 2).with_status(0);
    host.take_in();
    host.verify().with_status(0);
}
