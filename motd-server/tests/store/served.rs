//! What of a store is served: MOTD-SRV-12, with every kind of store.

use motd_server::publish::fixture::{sign_raw, signed_of};
use motd_server::publish::key::Signer;
use motd_server::publish::metadata::RoleFile;
use motd_server::publish::metadata::write::sha256;
use motd_server::publish::{Published as _, Repository, RootChange, SigningRequest};
use motd_server::serve::Upkeep;
use motd_server::store::files::{FIRST_ROOT, Files, TIMESTAMP};
use motd_server::store::{Objects, Store};
use object_store::ObjectStoreExt as _;
use object_store::path::Path;
use serde_json::json;

use super::world::{HOUR, Kind, Team, at, key, keys, notice};

const SECOND_ROOT: &str = "metadata/2.root.json";

async fn begin(place: &Objects, root: &[u8]) -> Upkeep {
    let store = Store::on(place.clone());
    Upkeep::begin(store, root, Box::new(|| Ok(None)), 0)
        .await
        .unwrap()
}

async fn put(place: &Objects, path: &str, bytes: &[u8]) {
    let path = Path::parse(path).unwrap();
    place
        .writes
        .put(&path, bytes.to_vec().into())
        .await
        .unwrap();
}

fn has(served: &Files, path: &str) -> bool {
    served.bytes(path).is_some()
}

/// A root of version 1 that a stranger has signed, and that names the keys of the people too.
fn forged(first: &[u8]) -> Vec<u8> {
    let stranger = key(66);
    let mut root = signed_of(first).unwrap();
    root["keys"][stranger.public().id()] = stranger.public().object().clone();
    let ids = root["roles"]["root"]["keyids"].as_array_mut().unwrap();
    ids.push(json!(stranger.public().id()));
    root["roles"]["root"]["threshold"] = json!(1);
    sign_raw(&root, &[&stranger as &dyn Signer]).unwrap()
}

#[tokio::test]
async fn nothing_is_served_that_was_not_published() {
    let mut test = Team::repository();
    let before = test.repository.files().clone();
    let proposal = test.signed_proposal(&[notice("Later")], at(HOUR)).unwrap();
    let later = test
        .repository
        .publish(&proposal, &test.online(), at(HOUR))
        .unwrap();
    for kind in Kind::all() {
        let place = kind.place_with(&before).await;
        // All but its timestamp, as after a crash.
        for (path, bytes) in &later.create {
            put(&place, path, bytes).await;
        }
        let hash = sha256(b"a page");
        let junk = [
            "metadata/7.snapshot.json".to_owned(),
            "metadata/0.snapshot.json".to_owned(),
            "metadata/7.root.json".to_owned(),
            "metadata/1.other.json".to_owned(),
            "targets/page.html".to_owned(),
            format!("targets/motd/{hash}.notices.json"),
        ];
        for path in &junk {
            put(&place, path, b"a page").await;
        }
        let mut server = begin(&place, &test.trusted_root()).await;
        assert_eq!(*server.files(), before, "{}", kind.name());
        // Junk alone is no publication.
        put(&place, "targets/other.html", b"another page").await;
        assert!(!server.check(at(HOUR)).await.published);
        put(&place, TIMESTAMP, later.timestamp.as_ref().unwrap()).await;
        assert!(server.check(at(HOUR)).await.published);
        for (path, _) in &later.create {
            assert!(has(server.files(), path), "{}: {path}", kind.name());
        }
        // Clients on their way have what they need.
        for path in before.0.keys() {
            assert!(has(server.files(), path), "{}: {path}", kind.name());
        }
        for path in &junk {
            assert!(!has(server.files(), path), "{}: {path}", kind.name());
        }
        // Also after a restart.
        let again = begin(&place, &test.trusted_root()).await;
        assert_eq!(again.files(), server.files(), "{}", kind.name());
    }
    test.publish_notices(&[notice("Other")], at(HOUR)).unwrap();
}

/// What waits under the name of the next role, and becomes another file of its length, is read again.
#[tokio::test]
async fn a_file_that_was_not_served_is_read_again() {
    let test = Team::repository();
    let proposal = test.signed_proposal(&[notice("Later")], at(HOUR)).unwrap();
    let later = test
        .repository
        .publish(&proposal, &test.online(), at(HOUR))
        .unwrap();
    let place = Kind::Memory.place_with(test.repository.files()).await;
    for (path, bytes) in &later.create {
        put(&place, path, &b" ".repeat(bytes.len())).await;
    }
    let mut server = begin(&place, &test.trusted_root()).await;
    for (path, bytes) in &later.create {
        put(&place, path, bytes).await;
    }
    put(&place, TIMESTAMP, later.timestamp.as_ref().unwrap()).await;
    let look = server.check(at(HOUR)).await;
    assert!(look.published, "{:?}", look.trouble);
}

#[tokio::test]
async fn an_older_root_is_served_when_it_is_of_the_chain() {
    let mut test = Team::repository();
    test.rotate_root(key(8), key(9), at(0)).unwrap();
    let second = test.repository.root().bytes().to_vec();
    let place = Kind::Memory.place_with(test.repository.files()).await;
    let server = begin(&place, &second).await;
    assert!(has(server.files(), FIRST_ROOT));
    assert_eq!(server.repository().unknown_root(), None);

    put(&place, FIRST_ROOT, &forged(&test.trusted_root())).await;
    let mut server = begin(&place, &second).await;
    assert!(!has(server.files(), FIRST_ROOT));
    assert_eq!(
        server.repository().unknown_root().as_deref(),
        Some(FIRST_ROOT)
    );
    // Nor with the genuine one at hand, which is not what lies there.
    server.continue_from(&test.trusted_root());
    assert!(!has(server.files(), FIRST_ROOT));
}

/// The keys of the second root have not signed the first one.
#[tokio::test]
async fn after_all_root_keys_change_an_older_root_leads_to_the_others() {
    let test = Team::repository();
    let people = [key(21), key(22)];
    let change = RootChange {
        root: Some(keys(&[&people[0], &people[1]], 2)),
        ..RootChange::default()
    };
    let mut root: RoleFile = test
        .repository
        .draft_root(&change, at(HOUR), test.lifetimes.root)
        .unwrap();
    for person in test.people.iter().chain(&people) {
        root.add_signature(person).unwrap();
    }
    let second = root.bytes().to_vec();
    let request = SigningRequest {
        root: Some(root),
        ..SigningRequest::default()
    };
    let publication = test
        .repository
        .publish(&request, &test.online(), at(HOUR))
        .unwrap();
    let place = Kind::Memory.place_with(test.repository.files()).await;
    let mut running = begin(&place, &test.trusted_root()).await;
    Store::on(place.clone()).commit(&publication).await.unwrap();
    running.check(at(HOUR)).await;
    let serves_both =
        |server: &Upkeep| has(server.files(), FIRST_ROOT) && has(server.files(), SECOND_ROOT);
    assert!(serves_both(&running));

    let mut restarted = begin(&place, &second).await;
    assert_eq!(
        restarted.repository().unknown_root().as_deref(),
        Some(FIRST_ROOT)
    );
    restarted.continue_from(&test.trusted_root());
    assert!(serves_both(&restarted));
    assert_eq!(restarted.repository().unknown_root(), None);

    // A server that runs knows its roots, whatever becomes of them there.
    for server in [&mut running, &mut restarted] {
        put(&place, FIRST_ROOT, &forged(&test.trusted_root())).await;
        let renewed = Repository::load(server.files().clone(), &second)
            .unwrap()
            .renew(&test.online(), at(2 * HOUR))
            .unwrap();
        put(&place, TIMESTAMP, renewed.timestamp.as_ref().unwrap()).await;
        server.check(at(2 * HOUR)).await;
        assert_eq!(
            server.files().bytes(FIRST_ROOT),
            Some(&*test.trusted_root())
        );
    }
}
