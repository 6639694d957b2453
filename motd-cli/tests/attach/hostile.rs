//! Whatever becomes of the notice role, python-tuf installs every package.

use std::fs;

use serde_json::Value;

use super::host::{self, HostRepository};

/// What the host's folders hold in the place of the notice role, and what python-tuf says when it looks for notices.
struct HostileCase {
    name: &'static str,
    spoil: fn(&HostRepository),
    notices: &'static str,
}

const ROLE: &str = "host/metadata/2.motd.json";

fn write(host: &HostRepository, bytes: impl AsRef<[u8]>) {
    fs::write(host.room.path(ROLE), bytes).unwrap();
}

fn edit(host: &HostRepository, change: impl FnOnce(&mut Value)) {
    let mut role = host.json("metadata/2.motd.json");
    change(&mut role);
    write(host, role.to_string());
}

/// The role is signed anew by its own people, who are the attackers here.
fn signed(host: &HostRepository, change: &str) {
    host.python(&["sign", ROLE, change, "alice", "bob"]);
}

const CASES: [HostileCase; 11] = [
    HostileCase {
        name: "garbage",
        spoil: |host| write(host, b"\x00\xff{not json"),
        notices: "DeserializationError",
    },
    HostileCase {
        name: "JSON that is no metadata",
        spoil: |host| write(host, "[1.5, null, {}]"),
        notices: "DeserializationError",
    },
    HostileCase {
        name: "empty",
        spoil: |host| write(host, ""),
        notices: "DeserializationError",
    },
    HostileCase {
        name: "missing",
        spoil: |host| fs::remove_file(host.room.path(ROLE)).unwrap(),
        notices: "DownloadHTTPError",
    },
    HostileCase {
        name: "unsigned",
        spoil: |host| edit(host, |role| role["signatures"] = Value::Array(Vec::new())),
        notices: "UnsignedMetadataError",
    },
    HostileCase {
        name: "bad signatures",
        spoil: |host| edit(host, |role| role["signed"]["x-more"] = Value::from(1)),
        notices: "UnsignedMetadataError",
    },
    HostileCase {
        name: "huge",
        spoil: |host| write(host, vec![b' '; 6_000_000]),
        notices: "DownloadLengthMismatchError",
    },
    HostileCase {
        name: "expired, by its own people",
        spoil: |host| signed(host, r#"{"expires": "2020-01-01T00:00:00Z"}"#),
        notices: "ExpiredMetadataError",
    },
    HostileCase {
        name: "another version, by its own people",
        spoil: |host| signed(host, r#"{"version": 9007199254740991}"#),
        notices: "BadVersionNumberError",
    },
    HostileCase {
        name: "a fraction",
        spoil: |host| {
            edit(host, |role| role["signed"]["x-more"] = Value::from(1.5));
        },
        notices: "SerializationError",
    },
    HostileCase {
        name: "packages and delegations of its own, by its own people",
        spoil: |host| {
            signed(
                host,
                r#"{"targets": {"packages/demo/demo-1.0.tar.gz": {"length": 4, "hashes": {"sha256": "00"}}},
                    "delegations": {"keys": {}, "roles": [{"name": "bins", "paths": ["*/*/*"], "terminating": true,
                    "keyids": [], "threshold": 1}]}}"#,
            );
        },
        notices: "none",
    },
];

#[test]
fn no_notice_role_stops_python_tuf_from_installing() {
    let Some(host) = HostRepository::make("bins") else {
        return;
    };
    host.delegate();
    host.publish(&["notice.toml"], 1).with_status(0);
    host.take_in();
    let honest = host.install();
    assert!(
        honest["notices"]
            .as_str()
            .unwrap()
            .contains("tls-1.2-required"),
        "{honest}"
    );
    host.publish(&[], 2).with_status(0);
    host.take_in();
    let role = fs::read(host.room.path(ROLE)).unwrap();
    let mut said = Vec::new();
    for case in CASES {
        write(&host, &role);
        // An installer that never saw the role, and below one that has.
        let _ = fs::remove_dir_all(host.room.path("installer"));
        (case.spoil)(&host);
        let installed = host.try_install();
        let installed = installed.unwrap_or_else(|why| panic!("{}: {why}", case.name));
        assert_eq!(installed["before"], host::packages(), "{}", case.name);
        assert_eq!(installed["after"], host::packages(), "{}", case.name);
        assert_eq!(installed["fetched_for_packages"], false, "{}", case.name);
        said.push((case.name, installed["notices"].clone()));
    }
    let expected = CASES.map(|case| (case.name, Value::from(case.notices)));
    assert_eq!(said, expected, "the cases are what they say");
    write(&host, &role);
    let _ = fs::remove_dir_all(host.room.path("installer"));
    assert_eq!(host.install()["after"], host::packages());
    for case in CASES {
        write(&host, &role);
        (case.spoil)(&host);
        let installed = host.install();
        assert_eq!(installed["after"], host::packages(), "warm: {}", case.name);
    }
}

/// A delegation that is for more than `motd/*`: then the role is on the way to packages, and it does stop them. This is
/// what `host-paths` is for.
#[test]
fn a_delegation_for_more_lets_the_notice_role_stop_packages_and_is_refused() {
    let Some(host) = HostRepository::make("bins") else {
        return;
    };
    let delegation = host
        .room_file("delegation.json")
        .replace("\"motd/*\"", "\"motd/*\", \"*/*/*\"");
    host.room.write("wide.json", delegation);
    host.python(&["delegate", "wide.json"]);
    host.python(&["snapshot"]);
    let checked = host.check().with_status(1).json();
    assert_eq!(host::codes(&checked)[0], "host-paths");
    let refused = host.begin(&["notice.toml"]);
    assert!(
        refused.status == 1 && refused.err.contains("host-paths"),
        "{refused:?}"
    );
    fs::write(host.room.path("host/metadata/1.motd.json"), "garbage").unwrap();
    host.python(&["snapshot"]);
    assert!(host.try_install().is_err());
}
