//! Notices in a repository that python-tuf makes and signs with ECDSA keys, read by python-tuf, tuf-js and `motd`.
//!
//! `MOTD_PYTHON` and `MOTD_NODE_PATH` name where these are; without them a test says so and passes, unless
//! `MOTD_REQUIRE_INTEROP=1`.

mod host;
mod hostile;
mod refused;

use serde_json::json;

use self::host::{HostRepository, python};

/// Everybody who looks reads this.
#[track_caller]
fn everybody_reads(host: &HostRepository, ids: &[&str]) {
    let checked = host.check_as_reader();
    assert_eq!(checked.json()["state"], "fresh", "{checked:?}");
    let notices = checked.json()["notices"].as_array().unwrap().clone();
    let seen: Vec<_> = notices.iter().map(|notice| notice["id"].clone()).collect();
    assert_eq!(seen, ids, "{checked:?}");
    for reader in host.other_readers() {
        let document = reader.expect("a role has the reserved path");
        let seen: Vec<_> = document["notices"]
            .as_array()
            .unwrap()
            .iter()
            .map(|notice| notice["id"].clone())
            .collect();
        assert_eq!(seen, ids);
    }
}

fn walk(shape: &str, covering: &str) {
    let Some(host) = HostRepository::make(shape) else {
        return;
    };
    let before = host.tree();

    // It says that it can work, and who is in the way today.
    let checked = host.check().with_status(0).json();
    assert_eq!(checked["attachable"], true);
    assert_eq!(
        host::codes(&checked),
        ["host-takes-in-unknown", covering, "attach-delegation"]
    );
    assert_eq!(host.tree(), before, "a check writes nothing");

    // Nothing is signed before the delegation is there.
    let early = host.publish(&["notice.toml"], 1);
    assert_eq!(early.status, 1, "{early:?}");
    assert!(
        early.err.contains("[attach-delegation, MOTD-DEL-1]"),
        "{early:?}"
    );

    host.delegate();
    let checked = host.check().with_status(0).json();
    assert_eq!(
        host::codes(&checked),
        ["host-takes-in-unknown", "attach-role"]
    );
    let installed = host.install();
    assert_eq!(installed["before"], host::packages());

    // Two people, one after the other, and the host's own tool takes the files in.
    let metadata = host.tree();
    host.publish(&["notice.toml"], 1).with_status(0);
    host.take_in();
    for (name, bytes) in &metadata {
        if name != "timestamp.json" {
            assert_eq!(
                host.tree().get(name),
                Some(bytes),
                "{name} was written anew"
            );
        }
    }
    let checked = host.check().with_status(0).json();
    assert_eq!(host::codes(&checked), [""; 0]);
    assert_eq!(checked["listed_version"], 1);
    let read = host.verify().with_status(0).json();
    assert_eq!(
        read,
        json!({ "version": 1, "notices": ["tls-1.2-required"] })
    );
    everybody_reads(&host, &["tls-1.2-required"]);
    let installed = host.install();
    assert_eq!(installed["after"], host::packages());
    assert_eq!(
        installed["fetched_for_packages"], false,
        "the notice role is not on the way"
    );

    // A text that changes under its revision, and one that is too large to be inline.
    let notice = host
        .room_file("notice.toml")
        .replace("will not connect", "can not connect");
    host.room.write("changed.toml", &notice);
    let refused = host.publish(&["changed.toml"], 2);
    assert_eq!(refused.status, 5, "{refused:?}");
    host.room.write("large.toml", host::large());
    host.publish(&["notice.toml", "large.toml"], 2)
        .with_status(0);
    host.take_in();
    everybody_reads(&host, &["tls-1.2-required", "large"]);
    host.publish(&["large.toml"], 3).with_status(0);
    host.take_in();
    everybody_reads(&host, &["large"]);
}

#[test]
fn under_one_role_with_succinct_bins() {
    walk("bins", "attach-covered");
}

#[test]
fn beside_bins_by_hash_prefix() {
    walk("prefixes", "attach-covered");
}

#[test]
fn a_host_without_delegations_cannot_be_known() {
    let Some(host) = HostRepository::make("flat") else {
        return;
    };
    let checked = host.check().with_status(0).json();
    assert_eq!(
        host::codes(&checked),
        [
            "host-lists-unknown",
            "host-takes-in-unknown",
            "attach-delegation"
        ]
    );
}

#[test]
fn succinct_roles_at_the_top_are_refused_and_the_sidecar_is_named() {
    let Some(host) = HostRepository::make("succinct") else {
        return;
    };
    let checked = host.check().with_status(1).json();
    assert_eq!(checked["attachable"], false);
    let finding = &checked["findings"][0];
    assert_eq!(finding["code"], "host-succinct");
    assert_eq!(finding["requirement"], "MOTD-DEL-1");
    assert!(
        finding["advice"].as_str().unwrap().contains("sidecar"),
        "{finding}"
    );
    // python-tuf agrees that there is no place for it.
    let refused = host.try_python(&["delegate", "delegation.json"]);
    assert_ne!(refused.status, 0);
}

/// Section 5.7, in its order, with everybody looking after each step.
#[test]
fn uninstalling_is_rehearsed() {
    let Some(host) = HostRepository::make("bins") else {
        return;
    };
    host.delegate();
    host.publish(&["notice.toml"], 1).with_status(0);
    host.take_in();
    everybody_reads(&host, &["tls-1.2-required"]);

    // 1. A document with no notices: a statement, and everybody reads it.
    host.publish(&[], 2).with_status(0);
    host.take_in();
    everybody_reads(&host, &[]);

    // 2. The delegation goes. The snapshot goes on listing the last version, or whoever saw it would refuse everything.
    host.python(&["undelegate"]);
    host.python(&["snapshot"]);
    let read = host.verify().with_status(0).json();
    assert_eq!(read, json!({ "version": null, "notices": null }));
    // The same client that read the role before, with all it remembers: verified, and nothing to say.
    let checked = host.check_as_reader().with_status(0).json();
    assert_eq!(checked["state"], "fresh");
    assert_eq!(checked["notices"], json!([]));
    for reader in host.other_readers() {
        assert_eq!(reader, None);
    }
    assert_eq!(host.install()["after"], host::packages());
    let found = host.check().with_status(0).json();
    assert_eq!(found["listed_version"], 2);
    assert_eq!(
        host::codes(&found),
        [
            "attach-covered",
            "attach-listed-before",
            "attach-delegation"
        ]
    );

    // Long after: nobody looks at the expiry of a role that no delegation leads to.
    host.python(&["snapshot"]);
    let later = host
        .check_as_reader_at("2095-01-01T00:00:00Z")
        .with_status(0);
    assert_eq!(later.json()["state"], "fresh");

    // And the mistake: a snapshot that does not list it any more is refused by whoever saw it, packages and all.
    host.python(&["forget"]);
    host.check_as_reader().with_status(3);
    assert!(host.try_install().is_err());
    // Listed again, all is well again; and who attaches notices once more goes on from there.
    host.python(&["snapshot"]);
    host.check_as_reader().with_status(0);
    host.delegate();
    host.publish(&["notice.toml"], 3).with_status(0);
    host.take_in();
    everybody_reads(&host, &["tls-1.2-required"]);
}

/// The installation of python-tuf that the others need.
#[test]
fn the_host_signs_with_ecdsa() {
    if python().is_none() {
        return;
    }
    let host = HostRepository::make("bins").unwrap();
    let root = host.json("metadata/1.root.json");
    let keys = root["signed"]["keys"].as_object().unwrap();
    assert!(
        keys.values().all(|key| key["keytype"] == "ecdsa"),
        "{keys:?}"
    );
}
