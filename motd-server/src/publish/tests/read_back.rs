//! The second engine refuses what its own rules refuse, role by role, and passes over what it cannot hold.

use super::super::read_back::check;
use super::*;
use crate::store::files::{Publication, TIMESTAMP};

/// A publication of one notice, from this repository.
fn publication(test: &TestRepository) -> Publication {
    let request = test
        .signed_proposal(&[notice("a", 1, "Hello")], now())
        .unwrap();
    test.repository
        .publish(&request, &test.online(), now())
        .unwrap()
}

/// The file without its signatures.
fn unsigned(bytes: &[u8]) -> Vec<u8> {
    let mut file: Value = serde_json::from_slice(bytes).unwrap();
    file["signatures"] = json!([]);
    file.to_string().into_bytes()
}

#[test]
fn each_role_has_to_be_signed() {
    let test = test_repository();
    let (files, root) = (test.repository.files(), test.repository.root());
    let good = publication(&test);
    check(files, &good, root).unwrap();
    for role in ["timestamp", "snapshot", "motd"] {
        let mut bad = good.clone();
        let path = format!(".{role}.json");
        let created = bad.create.iter_mut();
        match created.into_iter().find(|(name, _)| name.ends_with(&path)) {
            Some((_, bytes)) => *bytes = unsigned(bytes),
            None => bad.timestamp = bad.timestamp.as_deref().map(unsigned),
        }
        let refused = check(files, &bad, root);
        assert!(
            matches!(&refused, Err(PublishError::ReadBack { role: found }) if found == role),
            "{role}: {refused:?}"
        );
    }
    let mut targets = files.clone();
    let bytes = targets.0.get_mut(&versioned(1, "targets")).unwrap();
    *bytes = unsigned(bytes);
    let refused = check(&targets, &good, root);
    assert!(matches!(refused, Err(PublishError::ReadBack { role }) if role == "targets"));
}

#[test]
fn a_version_that_was_published_before_is_no_next_one() {
    let test = test_repository();
    let mut old = publication(&test);
    // The snapshot names a version of the notice role whose file says another.
    let (_, bytes) = old
        .create
        .iter_mut()
        .find(|(path, _)| path.ends_with("2.motd.json"))
        .unwrap();
    *bytes = test.repository.notices().bytes().to_vec();
    let refused = check(test.repository.files(), &old, test.repository.root());
    assert!(matches!(refused, Err(PublishError::ReadBack { role }) if role == "motd"));
}

#[test]
fn what_its_types_cannot_hold_is_passed_over() {
    let test = test_repository();
    let mut files = test.repository.files().clone();
    let mut root = test.repository.root().signed().clone();
    let key = json!({ "keytype": "ecdsa", "scheme": "ecdsa-sha2-nistp256", "keyval": { "public": "PEM" } });
    root["keys"]["f".repeat(64)] = key;
    root["roles"]["timestamp"]["keyids"] = json!(["f".repeat(64)]);
    let root = RoleFile::unsigned("root", root).unwrap();
    files.0.insert(
        TIMESTAMP.to_owned(),
        unsigned(test.repository.timestamp().bytes()),
    );
    let nothing = Publication::default();
    check(&files, &nothing, &root).unwrap();
    // The same is refused under the root whose keys it knows.
    assert!(check(&files, &nothing, test.repository.root()).is_err());
}
