//! A thief of the online keys signs the last version that there is.

use motd_server::publish::fixture::{TestRepository, assert_test_load, sign_raw};
use motd_server::publish::key::{Signer, SigningKey};
use motd_server::publish::metadata::RoleFile;
use motd_server::publish::metadata::write::{meta_entry, set, set_version};
use motd_server::publish::{Online, PublishError, Repository, RootChange, SigningRequest};
use motd_server::store::Lifetimes;
use motd_server::store::files::{TIMESTAMP, versioned};

use super::reader::Reader;
use super::world::{HOUR, Team, at, key, keys};

/// The repository after the thief has signed a snapshot or a timestamp of this version.
fn stolen(base: &TestRepository, role: &str, version: u64) -> Repository {
    let raw = |name: &str, signed, key: &dyn Signer| {
        RoleFile::read(name, &sign_raw(&signed, &[key]).unwrap()).unwrap()
    };
    let mut files = base.repository.files().clone();
    let mut timestamp = base.repository.timestamp().signed().clone();
    let mut next = base.repository.timestamp().version() + 1;
    if role == "snapshot" {
        let before = base.repository.snapshot();
        let mut signed = before.signed().clone();
        set_version(&mut signed, version, before.expires());
        let snapshot = raw("snapshot", signed, &base.snapshot);
        let entry = meta_entry(version, snapshot.bytes());
        set(&mut timestamp["meta"], "snapshot.json", entry);
        files
            .0
            .insert(versioned(version, "snapshot"), snapshot.bytes().to_vec());
    } else {
        next = version;
    }
    set_version(&mut timestamp, next, base.repository.timestamp().expires());
    let timestamp = raw("timestamp", timestamp, &base.timestamp);
    files
        .0
        .insert(TIMESTAMP.to_owned(), timestamp.bytes().to_vec());
    assert_test_load(files).unwrap()
}

fn applied(
    repository: &Repository,
    request: &SigningRequest,
    online: &Online<'_>,
) -> Result<Repository, PublishError> {
    let publication = repository.publish(request, online, at(HOUR))?;
    let mut next = repository.clone();
    next.apply(&publication)?;
    Ok(next)
}

#[tokio::test]
async fn new_online_keys_recover_from_every_version() {
    const LAST: u64 = (1 << 53) - 1;
    for role in ["snapshot", "timestamp"] {
        for version in [
            (1 << 31) - 1,
            (1 << 32) - 1,
            1 << 32,
            1 << 40,
            LAST - 1,
            LAST,
        ] {
            let mut base = Team::repository();
            let reader = Reader::new(&base.trusted_root());
            base.repository = stolen(&base, role, version);
            // This client believed the thief.
            reader
                .check(base.repository.files(), at(HOUR))
                .await
                .unwrap();
            let proposal = base.signed_proposal(&[], at(HOUR)).unwrap();
            match applied(&base.repository, &proposal, &base.online()) {
                Ok(next) => {
                    assert_ne!(version, LAST);
                    reader.check(next.files(), at(HOUR)).await.unwrap();
                }
                Err(error) => {
                    assert_eq!(
                        (version, error.code()),
                        (LAST, "versions-exhausted"),
                        "{role}"
                    );
                }
            }
            let coming: [SigningKey; 2] = [key(14), key(15)];
            let change = RootChange {
                snapshot: Some(keys(&[&coming[0]], 1)),
                timestamp: Some(keys(&[&coming[1]], 1)),
                ..RootChange::default()
            };
            let mut root = base.repository.draft_root(&change, at(HOUR), 365).unwrap();
            root.add_signature(&base.people[0]).unwrap();
            root.add_signature(&base.people[1]).unwrap();
            let online = Online {
                snapshot: &coming[0],
                timestamp: &coming[1],
                lifetimes: Lifetimes::default(),
            };
            let request = SigningRequest {
                root: Some(root),
                ..SigningRequest::default()
            };
            let next = applied(&base.repository, &request, &online).unwrap();
            reader.check(next.files(), at(HOUR)).await.unwrap();
            if version >= 1 << 32 {
                assert!(next.snapshot().version() < 100 && next.timestamp().version() < 100);
            }
            // And it goes on.
            base.repository = next;
            let proposal = base.signed_proposal(&[], at(HOUR)).unwrap();
            let next = applied(&base.repository, &proposal, &online).unwrap();
            reader.check(next.files(), at(HOUR)).await.unwrap();
        }
    }
}

/// A false file takes up the last version that is left.
#[test]
fn that_no_version_is_left_is_said() {
    const LAST: u64 = (1 << 53) - 1;
    let base = Team::repository();
    let mut files = base.repository.files().clone();
    files.0.insert(versioned(LAST, "snapshot"), b"{}".to_vec());
    files
        .0
        .extend(stolen(&base, "snapshot", LAST - 1).files().0.clone());
    let full = assert_test_load(files).unwrap();
    let error = full.renew_both(&base.online(), at(HOUR)).unwrap_err();
    assert_eq!(error.code(), "versions-exhausted");
}
