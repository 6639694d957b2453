//! What clients do not read is not published: MOTD-PUB-13, judged by the client itself.

use motd_server::publish::fixture::{TestRepository, sign_raw};
use motd_server::publish::key::Signer;
use motd_server::publish::metadata::RoleFile;
use motd_server::publish::metadata::write::{meta_entry, set, set_version};
use motd_server::publish::{Proposal, PublishError, Published as _, SigningRequest};
use motd_server::store::files::{Files, TIMESTAMP, versioned};
use serde_json::{Value, json};

use super::reader::Reader;
use super::world::{HOUR, Team, at};

/// A change of what is signed.
type Change = fn(&mut Value);

/// The next version of a role, changed and signed by two people.
fn signed(base: &TestRepository, role: &RoleFile, change: Change) -> RoleFile {
    let mut next = role.signed().clone();
    set_version(&mut next, role.version() + 1, role.expires());
    change(&mut next);
    let people: [&dyn Signer; 2] = [&base.people[0], &base.people[1]];
    raw(role.name(), &sign_raw(&next, &people).unwrap())
}

/// The file under a name that it need not say itself.
fn raw(name: &str, bytes: &[u8]) -> RoleFile {
    RoleFile::read(name, bytes).unwrap()
}

/// The files as a thief of the online keys would publish a role.
fn taken_in(base: &TestRepository, role: &RoleFile) -> Files {
    let mut files = base.repository.files().clone();
    files.0.insert(
        versioned(role.version(), role.name()),
        role.bytes().to_vec(),
    );
    let next = |before: &RoleFile, of: &RoleFile, key: &dyn Signer| {
        let mut signed = before.signed().clone();
        set_version(&mut signed, before.version() + 1, before.expires());
        let entry = meta_entry(of.version(), of.bytes());
        set(&mut signed["meta"], &format!("{}.json", of.name()), entry);
        raw(before.name(), &sign_raw(&signed, &[key]).unwrap())
    };
    let snapshot = next(base.repository.snapshot(), role, &base.snapshot);
    let timestamp = next(base.repository.timestamp(), &snapshot, &base.timestamp);
    files.0.insert(
        versioned(snapshot.version(), "snapshot"),
        snapshot.bytes().to_vec(),
    );
    files
        .0
        .insert(TIMESTAMP.to_owned(), timestamp.bytes().to_vec());
    files
}

fn many(count: usize, of: impl Fn(usize) -> Value) -> Value {
    (0..count).map(of).collect()
}

fn key(number: usize) -> Value {
    json!({ "keytype": "ed25519", "scheme": "ed25519", "keyval": { "public": format!("{number:064x}") } })
}

fn keys(count: usize) -> Value {
    let keys = (0..count).map(|number| (format!("{number:064x}"), key(number)));
    Value::Object(keys.collect())
}

/// A delegation that leads away from the notices.
fn delegation(number: usize) -> Value {
    json!({ "name": format!("r{number}"), "keyids": [], "threshold": 1, "terminating": false, "paths": ["x/*"] })
}

/// Adds a delegation after those that there are.
fn delegate(role: &mut Value, delegation: Value) {
    let delegations = &mut role["delegations"];
    if !delegations.is_object() {
        *delegations = json!({ "keys": {}, "roles": [] });
    }
    delegations["roles"]
        .as_array_mut()
        .unwrap()
        .push(delegation);
}

fn without(value: &mut Value, name: &str) {
    value.as_object_mut().unwrap().remove(name);
}

const CHANGES: [(&str, bool, Change); 25] = [
    ("nothing", true, |_| {}),
    ("an unknown member", true, |role| {
        role["more"] = json!([null]);
    }),
    ("another file", true, |role| {
        role["targets"]["other/x"] = json!({ "length": 1, "hashes": { "sha256": "00" } });
    }),
    ("spec_version 1.0", true, |role| {
        role["spec_version"] = json!("1.0");
    }),
    ("one more delegation", true, |role| {
        delegate(role, delegation(0));
    }),
    ("64 key ids", true, |role| {
        let mut many_ids = delegation(0);
        many_ids["keyids"] = many(64, |number| json!(format!("{number:064x}")));
        delegate(role, many_ids);
    }),
    ("spec_version is missing", false, |role| {
        without(role, "spec_version");
    }),
    ("spec_version 99.0", false, |role| {
        role["spec_version"] = json!("99.0");
    }),
    ("spec_version 1.x", false, |role| {
        role["spec_version"] = json!("1.x");
    }),
    ("spec_version with four numbers", false, |role| {
        role["spec_version"] = json!("1.0.0.0");
    }),
    ("targets are missing", false, |role| {
        without(role, "targets");
    }),
    ("a length that is text", false, |role| {
        role["targets"]["other/x"] = json!({ "length": "a", "hashes": {} });
    }),
    ("a file without hashes", false, |role| {
        role["targets"]["other/x"] = json!({ "length": 1 });
    }),
    ("a hash that is a number", false, |role| {
        role["targets"]["other/x"] = json!({ "length": 1, "hashes": { "sha256": 1 } });
    }),
    ("delegations are a number", false, |role| {
        role["delegations"] = json!(7);
    }),
    ("delegations are null", false, |role| {
        role["delegations"] = Value::Null;
    }),
    ("a delegation with a name alone", false, |role| {
        delegate(role, json!({ "name": "x" }));
    }),
    (
        "a delegation with two ways of naming paths",
        false,
        |role| {
            let mut both = delegation(0);
            both["path_hash_prefixes"] = json!(["00"]);
            delegate(role, both);
        },
    ),
    ("a delegation without paths", false, |role| {
        let mut neither = delegation(0);
        without(&mut neither, "paths");
        delegate(role, neither);
    }),
    ("a threshold of 0", false, |role| {
        let mut zero = delegation(0);
        zero["threshold"] = json!(0);
        delegate(role, zero);
    }),
    ("a key without a scheme", false, |role| {
        delegate(role, delegation(0));
        role["delegations"]["keys"]["x"] = json!({ "keytype": "ed25519", "keyval": {} });
    }),
    ("65 key ids", false, |role| {
        let mut many_ids = delegation(0);
        many_ids["keyids"] = many(65, |number| json!(format!("{number:064x}")));
        delegate(role, many_ids);
    }),
    ("4,097 keys", false, |role| {
        delegate(role, delegation(0));
        let more = keys(4_097);
        let known = role["delegations"]["keys"].as_object_mut().unwrap();
        known.extend(more.as_object().unwrap().clone());
    }),
    ("20,001 delegations", false, |role| {
        delegate(role, delegation(0));
        let roles = role["delegations"]["roles"].as_array_mut().unwrap();
        roles.extend((1..20_001).map(delegation));
    }),
    ("100,001 patterns", false, |role| {
        let mut wide = delegation(0);
        wide["paths"] = many(100_001, |number| json!(format!("{number}/*")));
        delegate(role, wide);
    }),
];

#[tokio::test]
async fn what_clients_do_not_read_is_not_published() {
    let base = Team::repository();
    let root = base.trusted_root();
    let online = base.online();
    for (name, readable, change) in CHANGES {
        let notices = signed(&base, base.repository.notices(), change);
        let document = base.repository.document(&base.id).unwrap();
        let targets = signed(&base, base.repository.targets(), change);
        let mut requests = vec![(
            SigningRequest {
                targets: Some(targets.clone()),
                ..SigningRequest::default()
            },
            targets,
        )];
        match Proposal::read(notices.bytes(), Some(document.bytes())) {
            Ok(proposal) => requests.push((proposal.into(), notices)),
            Err(error) => assert!(!readable, "{name}: {error}"),
        }
        for (request, file) in requests {
            let role = file.name();
            let read = Reader::new(&root)
                .check(&taken_in(&base, &file), at(HOUR))
                .await;
            assert_eq!(read.is_ok(), readable, "{role}, {name}: {read:?}");
            let admitted = base.repository.admit(&request, at(HOUR)).map(drop);
            let published = base
                .repository
                .publish(&request, &online, at(HOUR))
                .map(drop);
            for end in [admitted, published] {
                match end {
                    Ok(()) => assert!(readable, "{role}, {name}"),
                    Err(PublishError::Unreadable { .. }) => assert!(!readable, "{role}, {name}"),
                    Err(error) => panic!("{role}, {name}: {error}"),
                }
            }
        }
    }
}

/// A file of another type in the place of the role for notices is not even read.
#[test]
fn another_type_is_no_proposal() {
    let base = Team::repository();
    let mut root = base.repository.notices().signed().clone();
    root["_type"] = json!("root");
    let bytes = sign_raw(&root, &[&base.people[0] as &dyn Signer]).unwrap();
    assert!(Proposal::read(&bytes, None).is_err());
}
