//! The role, version after version, and how it is read back.

use crate::publish::Published as _;
use crate::publish::key::Signer;
use serde_json::{Value, json};

use super::super::super::metadata::write;
use super::super::super::{Proposal, RoleKeys, SigningRequest, fixture};
use super::super::{delegation, read_back};
use super::{Tool, document, id, key, notice, now, people, speaking};
use crate::publish::PublishError;
use crate::publish::document::NoticeDocument;
use crate::store::files::versioned;

fn reading(tool: &Tool) -> Result<Option<u64>, &'static str> {
    let root = tool.files.bytes("metadata/1.root.json").unwrap();
    read_back(&tool.files, root, &id(), now())
        .map(|found| found.map(|reading| reading.version))
        .map_err(|error| error.code())
}

#[test]
fn versions_follow_what_is_listed_and_pass_over_what_was_left_behind() {
    let mut tool = Tool::delegating();
    let host = tool.load();
    assert_eq!(tool.take_in(&host, &[]).unwrap(), 1);
    let host = tool.load();
    assert_eq!(host.check(now()), []);
    // Handed over and never listed: its number is gone.
    tool.files
        .0
        .insert(versioned(2, "motd"), b"left behind".to_vec());
    assert_eq!(tool.take_in(&host, &[notice("a", "One")]).unwrap(), 3);
    let host = tool.load();
    // The same revision with another text.
    let changed = tool.take_in(&host, &[notice("a", "Two")]);
    assert!(
        matches!(changed, Err(PublishError::Revision { .. })),
        "{changed:?}"
    );
    let reading = read_back(
        &tool.files,
        tool.files.bytes("metadata/1.root.json").unwrap(),
        &id(),
        now(),
    );
    assert_eq!(reading.unwrap().unwrap().version, 3);
    // Another index's document.
    let other = NoticeDocument::compose(&"other.org".parse().unwrap(), "en", &[]).unwrap();
    let attached = host.attached(&tool.files, now()).unwrap();
    assert!(matches!(
        attached.propose(&other, now(), write::after(now(), 30)),
        Err(PublishError::OtherRepository { .. })
    ));
    assert!(matches!(
        attached.propose(&document(&[]), now(), write::after(now(), 94)),
        Err(PublishError::Expiry { .. })
    ));
}

#[test]
fn what_a_signature_is_not_given_for() {
    let mut tool = Tool::delegating();
    let host = tool.load();
    let attached = host.attached(&tool.files, now()).unwrap();
    let expires = write::after(now(), 30);
    let good = attached.propose(&document(&[]), now(), expires).unwrap();
    let role = good.role("motd").unwrap();
    let sign = |change: &dyn Fn(&mut Value)| {
        let mut signed = role.signed().clone();
        change(&mut signed);
        let file = json!({ "signatures": [], "signed": signed }).to_string();
        let read = Proposal::read(file.as_bytes(), Some(document(&[]).bytes()));
        read.map(SigningRequest::from)
            .and_then(|mut request| attached.sign(&mut request, &people()[0], now(), &[]))
            .map_err(|error| error.code())
    };
    assert_eq!(sign(&|_| {}), Ok(vec!["motd".to_owned()]));
    assert_eq!(
        sign(&|role| role["x-more"] = json!(1)),
        Err("proposal-unexpected")
    );
    assert_eq!(
        sign(&|role| role["targets"]["packages/a"] = json!({ "length": 1, "hashes": {} })),
        Err("proposal-unexpected")
    );
    assert_eq!(
        sign(&|role| role["version"] = json!(2)),
        Err("publisher-version")
    );
    assert_eq!(
        sign(&|role| role["expires"] = json!("2027-01-01T00:00:00Z")),
        Err("publisher-expiry")
    );
    assert_eq!(
        sign(&|role| role["targets"]["motd/notices.json"]["length"] = json!(1)),
        Err("repository-metadata")
    );
    let mut proposal = good.clone();
    let stranger = attached.sign(&mut proposal, &key(99), now(), &[]);
    assert!(matches!(stranger, Err(PublishError::KeyNotInRole { .. })));
    attached
        .sign(&mut proposal, &people()[0], now(), &[])
        .unwrap();
    let handed = attached.hand_over(&proposal, now());
    assert!(matches!(
        handed,
        Err(PublishError::Threshold {
            valid: 1,
            threshold: 2,
            ..
        })
    ));
}

#[test]
fn the_printed_delegation_is_first_terminating_and_of_distinct_people() {
    let [a, b] = people().map(|key| key.public().clone());
    let made = delegation(&RoleKeys {
        keys: vec![a.clone(), b.clone()],
        threshold: 2,
    })
    .unwrap();
    assert_eq!(made["roles"][0]["paths"], json!(["motd/*"]));
    assert_eq!(made["roles"][0]["terminating"], json!(true));
    assert_eq!(made["keys"].as_object().unwrap().len(), 2);
    let twice = delegation(&RoleKeys {
        keys: vec![a.clone(), a.clone()],
        threshold: 1,
    });
    assert!(matches!(twice, Err(PublishError::DuplicateKey { .. })));
    for threshold in [0, 3] {
        assert!(
            delegation(&RoleKeys {
                keys: vec![a.clone(), b.clone()],
                threshold
            })
            .is_err()
        );
    }
}

#[test]
fn what_a_client_would_not_show_is_not_read_back() {
    let mut tool = speaking();
    assert_eq!(reading(&tool), Ok(Some(1)));

    let path = write::target_file("motd/notices.json", document(&[notice("a", "One")]).bytes());
    let whole = tool.files.0.insert(path.clone(), b"{}".to_vec()).unwrap();
    assert_eq!(reading(&tool), Err("host-unverified"));
    tool.files.0.remove(&path);
    assert_eq!(reading(&tool), Err("host-unverified"));
    tool.files.0.insert(path, whole);

    // Signed by its own people, with another document inline than the file has.
    let good = tool.files.bytes("metadata/1.motd.json").unwrap().to_vec();
    let mut signed = fixture::signed_of(&good).unwrap();
    signed["targets"]["motd/notices.json"]["custom"]["motd"]["notices"] = json!([]);
    let [a, b] = people();
    let bytes = fixture::sign_raw(&signed, &[&a, &b]).unwrap();
    tool.files.0.insert(versioned(1, "motd"), bytes);
    assert_eq!(reading(&tool), Err("repository-metadata"));
    tool.files.0.insert(versioned(1, "motd"), good);

    // Another role speaks in its place.
    let entry = write::target_entry(b"{}", None);
    let mut role = tool.targets.clone();
    role.as_object_mut().unwrap().remove("delegations");
    role["targets"]["motd/notices.json"] = entry;
    tool.put(versioned(1, "packages"), &role);
    let roles = tool.targets["delegations"]["roles"].as_array_mut().unwrap();
    roles.swap(0, 1);
    roles[0]["paths"] = json!(["*/*"]);
    tool.publish();
    assert_eq!(reading(&tool), Err("publisher-shadowed"));

    // So it does when the notice role is asked first, and has no entry and lets the search go on.
    let roles = tool.targets["delegations"]["roles"].as_array_mut().unwrap();
    roles.swap(0, 1);
    roles[0]["terminating"] = json!(false);
    signed["targets"] = json!({});
    let bytes = fixture::sign_raw(&signed, &[&a, &b]).unwrap();
    tool.files.0.insert(versioned(1, "motd"), bytes);
    tool.publish();
    assert_eq!(reading(&tool), Err("publisher-shadowed"));

    // No delegation, nothing to read.
    tool.targets["delegations"]["roles"] = json!([]);
    tool.publish();
    assert_eq!(reading(&tool), Ok(None));
}
