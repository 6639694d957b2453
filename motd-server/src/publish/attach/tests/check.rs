//! Findings, each on a host that has none but what is still to be done.

use serde_json::{Value, json};

use super::super::{Host, HostFault, HostFiles as _, HostFinding, HostFolder};
use super::{Tool, key, now, people, speaking};
use crate::publish::PublishError;
use crate::store::files::versioned;

const STEPS: [&str; 2] = ["host-takes-in-unknown", "attach-delegation"];

/// Another user writes the folders of a host.
#[cfg(unix)]
#[test]
fn a_pipe_in_the_place_of_a_file_of_the_host_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    crate::regular::tests::pipe(&folder.path().join("timestamp.json"), "{}");
    let host = HostFolder {
        metadata: folder.path().to_owned(),
        targets: None,
    };
    let read = host.bytes("metadata/timestamp.json", 100);
    let error = read.unwrap_err().to_string();
    assert!(
        error.ends_with("timestamp.json: not a regular file"),
        "{error}"
    );
    assert_eq!(host.bytes("metadata/snapshot.json", 100).unwrap(), None);
}

#[test]
fn a_host_without_a_fault_has_steps_alone() {
    assert_eq!(Tool::new().codes(), STEPS);
    assert_eq!(
        Tool::delegating().codes(),
        ["host-takes-in-unknown", "attach-role"]
    );
}

#[test]
fn each_obstacle_is_found_by_itself() {
    type Spoil = fn(&mut Tool);
    let cases: [(&str, Spoil); 17] = [
        ("host-succinct", |tool| {
            tool.targets["delegations"]["roles"]
                .as_array_mut()
                .unwrap()
                .clear();
            tool.targets["delegations"]["succinct_roles"] = json!({});
        }),
        ("host-inconsistent", |tool| {
            tool.root["consistent_snapshot"] = json!(false);
        }),
        ("host-unlisted", |tool| {
            tool.meta.as_object_mut().unwrap().remove("packages.json");
        }),
        ("host-reserved", |tool| {
            tool.targets["targets"]["motd/other"] =
                json!({ "length": 1, "hashes": { "sha256": "00" } });
        }),
        ("host-order", |tool| {
            tool.targets["delegations"]["roles"]
                .as_array_mut()
                .unwrap()
                .swap(0, 1);
        }),
        ("host-not-terminating", |tool| {
            tool.motd()["terminating"] = json!(false);
        }),
        ("host-paths", |tool| {
            tool.motd()["paths"] = json!(["motd/*", "*"]);
        }),
        ("host-name-taken", |tool| {
            tool.motd()["paths"] = json!(["message/*"]);
        }),
        ("host-limits", |tool| {
            tool.targets["x-note"] = json!("two\nlines");
        }),
        ("host-limits", |tool| {
            tool.targets["x-note"] = json!("e\u{301}");
        }),
        ("host-limits", |tool| tool.root["x-é"] = json!(1)),
        ("host-duplicate-key", |tool| {
            let [person, _] = people();
            tool.targets["delegations"]["keys"]["00"] = person.key_object();
            tool.motd()["keyids"]
                .as_array_mut()
                .unwrap()
                .push(json!("00"));
        }),
        ("host-expired", |tool| {
            tool.targets["expires"] = json!("2026-01-01T00:00:00Z");
        }),
        ("host-size", |tool| {
            tool.targets["x-more"] = json!("x".repeat(4_998_000));
        }),
        ("host-key-kind", |tool| {
            let [_, person] = people();
            tool.targets["delegations"]["keys"][person.key_id()]["keytype"] = json!("ecdsa");
        }),
        ("host-delegation-form", |tool| {
            tool.motd()["threshold"] = json!(0);
        }),
        ("host-shadowed", |tool| {
            let mut other = tool.motd().clone();
            other["name"] = json!("packages");
            // SHA-256 of motd/notices.json begins with c.
            other.as_object_mut().unwrap().remove("paths");
            other["path_hash_prefixes"] = json!(["b", "c"]);
            *tool.targets["delegations"]["roles"].as_array_mut().unwrap() =
                vec![other, tool.motd().clone()];
        }),
    ];
    for (code, spoil) in cases {
        let mut tool = Tool::delegating();
        spoil(&mut tool);
        let found = tool.codes();
        assert_eq!(found.first(), Some(&code), "{found:?}");
        let host = tool.load();
        let refused = host.attached(&tool.files, now()).err();
        assert_eq!(refused.map(|error| error.code()), Some(code));
    }
}

#[test]
fn a_pattern_that_covers_the_path_is_named_before_and_after() {
    for (paths, covers) in [
        (json!(["*/*"]), true),
        (json!(["motd/notices.json"]), true),
        (json!(["m?td/*"]), true),
        (json!(["*"]), false),
        (json!(["packages/*", "*/*/*"]), false),
        (json!(["[", "packages/*"]), true),
    ] {
        let mut tool = Tool::new();
        tool.targets["delegations"]["roles"][0]["paths"] = paths.clone();
        assert_eq!(tool.codes().contains(&"attach-covered"), covers, "{paths}");
        let mut tool = Tool::delegating();
        tool.targets["delegations"]["roles"][1]["paths"] = paths.clone();
        assert_eq!(
            tool.codes().len(),
            2,
            "after motd nothing is in the way: {paths}"
        );
        tool.targets["delegations"]["roles"]
            .as_array_mut()
            .unwrap()
            .swap(0, 1);
        assert_eq!(tool.codes().contains(&"host-shadowed"), covers, "{paths}");
    }
}

#[test]
fn what_cannot_be_known_is_said() {
    let mut tool = Tool::new();
    tool.targets.as_object_mut().unwrap().remove("delegations");
    tool.meta.as_object_mut().unwrap().remove("packages.json");
    assert_eq!(tool.codes()[0], "host-lists-unknown");
    let mut tool = Tool::new();
    let host = key(1).key_id();
    let object = tool.root["keys"][&host].clone();
    tool.root["keys"]["my-key"] = object;
    assert!(tool.codes().contains(&"host-key-id"));
    // A PEM key has line ends, which every library reads alike.
    let mut tool = Tool::new();
    let pem = "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n";
    tool.targets["delegations"]["keys"]["x"] =
        json!({ "keytype": "ecdsa", "scheme": "ecdsa-sha2-nistp256", "keyval": { "public": pem } });
    assert!(!tool.codes().contains(&"host-limits"));
}

#[test]
fn a_role_of_that_name_for_something_else_is_seen() {
    let mut tool = Tool::new();
    tool.meta["motd.json"] = json!({ "version": 4 });
    let mut role = tool.targets.clone();
    role["version"] = json!(4);
    role["targets"] = json!({ "motd/notices.json": { "length": 1, "hashes": { "sha256": "00" } } });
    tool.put(versioned(4, "motd"), &role.clone());
    assert!(tool.codes().contains(&"attach-listed-before"));
    role["targets"]["demo"] = json!({ "length": 1, "hashes": { "sha256": "00" } });
    tool.put(versioned(4, "motd"), &role);
    assert_eq!(tool.codes()[0], "host-name-taken");
}

#[test]
fn nothing_of_a_host_is_taken_unverified() {
    let tool = speaking();
    let root = tool.files.bytes("metadata/1.root.json").unwrap().to_vec();
    assert!(Host::load(&tool.files, &root).is_ok());
    for (role, path) in [
        ("timestamp", "metadata/timestamp.json"),
        ("snapshot", "metadata/1.snapshot.json"),
        ("targets", "metadata/1.targets.json"),
        ("root", "metadata/2.root.json"),
    ] {
        let mut files = tool.files.clone();
        let from = if role == "root" {
            "metadata/1.root.json"
        } else {
            path
        };
        let mut file: Value = serde_json::from_slice(files.bytes(from).unwrap()).unwrap();
        file["signed"]["x-more"] = json!(1);
        if role == "root" {
            file["signed"]["version"] = json!(2);
        }
        files
            .0
            .insert(path.to_owned(), file.to_string().into_bytes());
        let refused = Host::load(&files, &root).map(|_| ());
        assert!(
            matches!(&refused, Err(PublishError::HostUnverified { role: found, .. }) if found == role),
            "{role}: {refused:?}"
        );
    }
    // The notice role too: its version is known from the snapshot, and the next one mends it.
    let mut files = tool.files.clone();
    let mut file: Value =
        serde_json::from_slice(files.bytes("metadata/1.motd.json").unwrap()).unwrap();
    file["signed"]["x-more"] = json!(1);
    files
        .0
        .insert(versioned(1, "motd"), file.to_string().into_bytes());
    let host = Host::load(&files, &root).unwrap();
    assert!(host.notices().is_none());
    assert_eq!(
        host.check(now()),
        [HostFinding::Broken {
            version: 1,
            fault: HostFault::Signatures
        }]
    );
}
