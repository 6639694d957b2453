//! The log of what was accepted: complete, chained, and one for several servers.

use motd_server::serve::ServeError;
use motd_server::serve::proposals::{LogEvent, Proposals};
use motd_server::store::{Objects, Store};
use object_store::ObjectStoreExt as _;
use object_store::path::Path;
use reqwest::Method;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::world::{World, alice, bob};

async fn events(world: &World) -> Vec<LogEvent> {
    let log = world.proposals.log();
    let begin = log.at(0).await.unwrap().unwrap();
    let (entries, _) = log.since(&begin, 1_000).await.unwrap();
    entries.iter().map(|entry| entry.event).collect()
}

#[tokio::test]
async fn everything_that_was_accepted_is_in_it_once() {
    let world = World::new().await;
    world.release().await;
    let request = world.request("After", &[&alice()]);
    let id = world.opened(&request).await;
    let signature = world.signature(&request, &bob());
    assert_eq!(world.sign(&id, &signature).await.status(), 200);
    // Again changes nothing, and is no second entry.
    assert_eq!(world.sign(&id, &signature).await.status(), 200);
    world.release().await;
    world.release().await;
    // Somebody publishes by another way.
    let request = world.request("Directly", &[&alice(), &bob()]);
    let store = Store::on(world.place.clone());
    let repository = world.repository();
    let (snapshot, timestamp) = (super::world::key(4), super::world::key(5));
    let online = motd_server::publish::Online {
        snapshot: &snapshot,
        timestamp: &timestamp,
        lifetimes: motd_server::store::Lifetimes::default(),
    };
    let publication = repository.publish(&request, &online, world.now()).unwrap();
    store.commit(&publication).await.unwrap();
    world
        .upkeep()
        .await
        .release(&world.proposals, world.now())
        .await
        .unwrap();
    let taken_back = world.opened(&world.request("Never", &[&alice()])).await;
    let path = format!("/proposals/{taken_back}");
    world.ask(Method::DELETE, &path, &alice()).await;
    let expected = [
        LogEvent::Observed,
        LogEvent::Opened,
        LogEvent::Signed,
        LogEvent::Released,
        LogEvent::Observed,
        LogEvent::Opened,
        LogEvent::Discarded,
    ];
    assert_eq!(events(&world).await, expected);
}

#[tokio::test]
async fn every_entry_holds_the_hash_of_the_one_before() {
    let world = World::new().await;
    world.opened(&world.request("One", &[&alice()])).await;
    world.opened(&world.request("Two", &[&alice()])).await;
    let mut previous = "0".repeat(64);
    for number in 1..=2 {
        let path = Path::from(format!("log/{number:012}.json"));
        let bytes = world
            .waiting
            .get(&path)
            .await
            .unwrap()
            .bytes()
            .await
            .unwrap();
        let entry: Value = serde_json::from_slice(&bytes).unwrap();
        assert_eq!(entry["entry"], number);
        assert_eq!(entry["previous"], previous);
        assert_eq!(entry["key_ids"][0], alice().key_id());
        previous = hex::encode(Sha256::digest(&bytes));
    }
    let page = world.json("/log?after=1&limit=5", &bob()).await;
    assert_eq!(page["entries"].as_array().unwrap().len(), 1);
    assert_eq!(page["entry"], 2);
    assert_eq!(page["hash"], previous);
    for (query, status, code) in [
        ("?after=3", 404, "not-found"),
        ("?limit=0", 400, "request-malformed"),
        ("?limit=101", 400, "request-malformed"),
        ("?after=-1", 400, "request-malformed"),
        ("?from=1", 400, "request-malformed"),
    ] {
        let answer = world
            .ask(Method::GET, &format!("/log{query}"), &bob())
            .await;
        let (status, code) = (status, code.to_owned());
        assert_eq!(
            super::world::refusal(answer).await,
            (status, code),
            "{query}"
        );
    }
}

#[tokio::test]
async fn a_changed_or_missing_entry_is_seen() {
    let world = World::new().await;
    for title in ["One", "Two", "Three"] {
        world.opened(&world.request(title, &[&alice()])).await;
    }
    let log = world.proposals.log();
    let begin = log.at(0).await.unwrap().unwrap();
    let path = Path::from("log/000000000002.json");
    let bytes = world
        .waiting
        .get(&path)
        .await
        .unwrap()
        .bytes()
        .await
        .unwrap();
    let forged = String::from_utf8(bytes.to_vec())
        .unwrap()
        .replace("opened", "signed");
    world.waiting.put(&path, forged.into()).await.unwrap();
    let broken = log.since(&begin, 10).await;
    assert!(
        matches!(broken, Err(ServeError::LogBroken { entry: 3 })),
        "{broken:?}"
    );
    let kept = log.at(3).await.unwrap().unwrap();
    world.waiting.put(&path, bytes.into()).await.unwrap();
    let (entries, head) = log.since(&begin, 10).await.unwrap();
    assert_eq!((entries.len(), head), (3, kept));
}

#[tokio::test]
async fn an_entry_is_under_its_own_number_and_in_its_own_bytes() {
    let world = World::new().await;
    world.opened(&world.request("One", &[&alice()])).await;
    let log = world.proposals.log();
    let begin = log.at(0).await.unwrap().unwrap();
    let path = Path::from("log/000000000001.json");
    let got = world.waiting.get(&path).await.unwrap();
    let text = String::from_utf8(got.bytes().await.unwrap().to_vec()).unwrap();
    for forged in [
        text.replace("\"entry\":1", "\"entry\":2"),
        format!("{text} "),
        text.replacen('{', "{\"more\":1,", 1),
    ] {
        assert_ne!(forged, text);
        world.waiting.put(&path, forged.into()).await.unwrap();
        let broken = log.since(&begin, 10).await;
        assert!(
            matches!(broken, Err(ServeError::LogBroken { entry: 1 })),
            "{broken:?}"
        );
    }
}

#[tokio::test]
async fn a_release_that_broke_off_before_it_took_effect_is_in_it_once() {
    let world = World::new().await;
    world.release().await;
    let request = world.request("After", &[&alice(), &bob()]);
    world.opened(&request).await;
    // What is written goes nowhere: the log has the release, and nothing is published.
    let nowhere = std::sync::Arc::new(object_store::memory::InMemory::new());
    let broken = Objects {
        reads: std::sync::Arc::clone(&world.place.reads),
        writes: nowhere,
    };
    let mut upkeep = world.upkeep_on(Store::on(broken)).await;
    let releases = upkeep.release(&world.proposals, world.now()).await.unwrap();
    assert!(releases[0].end.is_err(), "{releases:?}");
    let logged = [LogEvent::Observed, LogEvent::Opened, LogEvent::Released];
    assert_eq!(events(&world).await, logged);
    // Another server sees what is published and what is not, and publishes it.
    let releases = world.release().await;
    assert!(releases[0].end.is_ok(), "{releases:?}");
    assert_eq!(world.repository().notices().version(), 3);
    world.release().await;
    assert_eq!(events(&world).await, logged);
}

#[tokio::test]
async fn servers_that_append_at_the_same_time_make_one_chain() {
    let world = World::new().await;
    let other = || Proposals::on(Objects::same(std::sync::Arc::clone(&world.waiting) as _));
    let repository = world.repository();
    let titles = ["One", "Two", "Three", "Four", "Five", "Six"];
    let servers = titles.map(|title| (other(), world.request(title, &[&alice()])));
    let now = world.now();
    let opening = servers
        .iter()
        .map(|(server, request)| server.open(request, None, &repository, now));
    futures_util::future::try_join_all(opening).await.unwrap();
    assert_eq!(events(&world).await, vec![LogEvent::Opened; titles.len()]);
}

#[tokio::test]
async fn signatures_that_count_for_nothing_are_nobodys_in_it_and_do_not_fill_it() {
    let world = World::new().await;
    // Somebody publishes by another way a role with words of theirs among the signatures.
    let mut request = world.request("Directly", &[&alice(), &bob()]);
    let notices = request.notices.as_mut().unwrap();
    let mut file: Value = serde_json::from_slice(notices.role().bytes()).unwrap();
    let signatures = file["signatures"].as_array_mut().unwrap();
    let void = |key_id: String| serde_json::json!({ "keyid": key_id, "sig": "00".repeat(64) });
    signatures.push(void(super::world::carol().key_id()));
    // As many and as long as clients read: more than an entry of the log has room for.
    signatures.extend((0..125).map(|number| void(format!("{number:04000}"))));
    let bytes = file.to_string().into_bytes();
    let document = notices.document().bytes().to_vec();
    *notices = motd_server::publish::Proposal::read(&bytes, Some(&document)).unwrap();
    let (snapshot, timestamp) = (super::world::key(4), super::world::key(5));
    let online = motd_server::publish::Online {
        snapshot: &snapshot,
        timestamp: &timestamp,
        lifetimes: motd_server::store::Lifetimes::default(),
    };
    let repository = world.repository();
    let publication = repository.publish(&request, &online, world.now());
    let store = Store::on(world.place.clone());
    store.commit(&publication.unwrap()).await.unwrap();
    world.release().await;
    world.opened(&world.request("Next", &[&alice()])).await;
    let log = world.proposals.log();
    let begin = log.at(0).await.unwrap().unwrap();
    let (entries, _) = log.since(&begin, 10).await.unwrap();
    let observed = &entries[0];
    assert_eq!(observed.event, LogEvent::Observed);
    let people = [alice().key_id(), bob().key_id()];
    assert!(
        observed
            .key_ids
            .iter()
            .eq(people.iter().collect::<std::collections::BTreeSet<_>>())
    );
    assert_eq!(entries.len(), 2);
}

#[tokio::test]
async fn one_person_does_not_fill_it_with_what_changes_nothing() {
    let world = World::new().await;
    let request = world.request("After", &[&alice()]);
    let id = world.opened(&request).await;
    let signature = world.signature(&request, &bob());
    assert_eq!(world.sign(&id, &signature).await.status(), 200);
    // Bob has as many other signatures on it as he likes, all of them valid.
    let message = request.role("motd").unwrap().canonical().unwrap();
    for secret in 50..54 {
        let mut other = signature.clone();
        other.sig = super::forge::another_signature(2, &message, secret);
        assert_ne!(other.sig, signature.sig);
        let answer = world.sign(&id, &other).await;
        assert_eq!(answer.status(), 200, "{}", answer.text().await.unwrap());
    }
    let path = format!("/proposals/{id}");
    world.ask(Method::DELETE, &path, &alice()).await;
    // What was taken back stays so, on the next day too.
    for _ in 0..2 {
        for _ in 0..3 {
            let answer = world.open(&request).await;
            let expected = (409, "proposal-closed".to_owned());
            assert_eq!(super::world::refusal(answer).await, expected);
        }
        world.pass(super::world::DAY);
    }
    let expected = [LogEvent::Opened, LogEvent::Signed, LogEvent::Discarded];
    assert_eq!(events(&world).await, expected);
}
