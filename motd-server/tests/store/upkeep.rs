//! Several servers on one store: they take up what is published, and one of them renews.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use motd_core::Time;
use motd_server::publish::fixture::{Shape, TestRepository};
use motd_server::publish::{Floors, Online, Repository, RootChange, SigningRequest, fixture};
use motd_server::serve::{LoadKeys, OnlineKeys, Renewal, ServeError, Upkeep};
use motd_server::store::files::Files;
use motd_server::store::{Objects, RepositoryConfig, Store};
use object_store::ObjectStoreExt as _;
use tokio::sync::Barrier;

use super::faulty::Faulty;
use super::reader::Reader;
use super::world::{DAY, HOUR, Kind, Team, at, config, id, key, keys};

fn online_keys() -> LoadKeys {
    Box::new(|| {
        Ok(Some(OnlineKeys {
            snapshot: Box::new(key(4)),
            timestamp: Box::new(key(5)),
        }))
    })
}

fn no_keys() -> LoadKeys {
    Box::new(|| Ok(None))
}

/// A server that holds the root of [`Team::repository`].
async fn begin(store: Store, keys: LoadKeys, jitter: u16) -> Result<Upkeep, ServeError> {
    Upkeep::begin(store, &Team::repository().trusted_root(), keys, jitter).await
}

async fn three(place: &Objects, jitter: [u16; 3]) -> [Upkeep; 3] {
    let one = |jitter| begin(Store::on(place.clone()), online_keys(), jitter);
    let [a, b, c] = jitter.map(one);
    let (a, b, c) = tokio::join!(a, b, c);
    [a.unwrap(), b.unwrap(), c.unwrap()]
}

/// All three look at the store at once. How many say that they renewed.
async fn look(servers: &mut [Upkeep; 3], now: Time) -> usize {
    let [a, b, c] = servers;
    let (a, b, c) = tokio::join!(a.check(now), b.check(now), c.check(now));
    let looks = [a, b, c];
    for look in &looks {
        assert!(look.trouble.is_none(), "{looks:?}");
    }
    looks.iter().filter(|look| look.renewed).count()
}

fn timestamp(files: &Files) -> u64 {
    let repository = fixture::assert_test_load(files.clone()).unwrap();
    repository.timestamp().version()
}

fn snapshot(files: &Files) -> u64 {
    let repository = fixture::assert_test_load(files.clone()).unwrap();
    repository.snapshot().version()
}

#[tokio::test]
async fn of_three_servers_over_one_s3_store_exactly_one_renews() {
    let base = Team::repository();
    let [_, _, kind] = Kind::all();
    let Kind::S3(server, _) = &kind else {
        unreachable!()
    };
    let place = kind.place_with(base.repository.files()).await;
    // All three have read the same state and stand before the same write, each as another machine.
    let meet = Arc::new(Barrier::new(3));
    let next = || {
        let mut own = Faulty::new(place.clone(), None);
        own.meet = Some(Arc::clone(&meet));
        let (_, objects) = own.objects();
        begin(Store::on(objects), online_keys(), 0)
    };
    let mut servers = [
        next().await.unwrap(),
        next().await.unwrap(),
        next().await.unwrap(),
    ];
    server.habits.timestamps.store(0, Ordering::SeqCst);
    // Not before a third of its day is over, and then once.
    for (seconds, renewals) in [(0, 0), (8 * HOUR, 0), (8 * HOUR + 1, 1), (8 * HOUR + 61, 1)] {
        let renewed = look(&mut servers, at(seconds)).await;
        let written = server.habits.timestamps.load(Ordering::SeqCst);
        assert_eq!(written, renewals, "after {seconds} s");
        if seconds == 8 * HOUR + 1 {
            assert_eq!(renewed, 1, "one says so");
        }
    }
    for server in &mut servers {
        let look = server.check(at(8 * HOUR + 62)).await;
        assert!(!look.renewed);
        assert_eq!(timestamp(server.files()), 3);
        assert_eq!(server.renewal(at(8 * HOUR + 62)), Renewal::Current);
    }
}

#[tokio::test]
async fn for_days_each_renewal_is_made_once_and_readers_notice_nothing() {
    for kind in Kind::all() {
        let base = Team::repository();
        let place = kind.place_with(base.repository.files()).await;
        let root = base.trusted_root();
        // Two whose share of waiting is the same, so that they meet at every renewal.
        let mut servers = three(&place, [20_000, 20_000, 50_000]).await;
        let warm = Reader::new(&root);
        let mut renewals = 0;
        for step in 1..=(10 * 8) {
            let now = at(step * 3 * HOUR);
            let before = timestamp(servers[0].files());
            let renewed = look(&mut servers, now).await;
            let files = Store::on(place.clone()).load().await.unwrap();
            let after = timestamp(&files);
            assert!(renewed <= 1, "{}: step {step}", kind.name());
            assert_eq!(after - before, renewed as u64);
            renewals += renewed;
            let _ = look(&mut servers, now).await;
            // One that lost the race may have left a snapshot in the store, which is not served.
            let served = Repository::load(files.clone(), &root).unwrap().served();
            for server in &servers {
                assert!(server.files() == &served, "{}: step {step}", kind.name());
                assert_eq!(server.renewal(now), Renewal::Current);
            }
            if step % 8 == 0 {
                assert_eq!(warm.check(&files, now).await.unwrap(), ["Before"]);
            }
        }
        let files = Store::on(place.clone()).load().await.unwrap();
        // Every nine hours a timestamp; of a week, each snapshot lived half, and one that lost may lie beside it, burned.
        assert_eq!(renewals, 10 * 24 / 9, "{}", kind.name());
        assert_eq!(timestamp(&files), 2 + renewals as u64);
        assert!((4..=8).contains(&snapshot(&files)), "{}", snapshot(&files));
        let fresh = Reader::new(&root).check(&files, at(10 * DAY)).await;
        assert_eq!(fresh.unwrap(), ["Before"]);
    }
}

#[tokio::test]
async fn the_share_of_waiting_is_at_most_a_twelfth_of_the_life() {
    let base = Team::repository();
    let place = Kind::Memory.place_with(base.repository.files()).await;
    let begun = begin(Store::on(place), online_keys(), u16::MAX);
    let mut server = begun.await.unwrap();
    assert!(!server.check(at(10 * HOUR)).await.renewed);
    assert!(server.check(at(10 * HOUR + 1)).await.renewed);
}

#[tokio::test]
async fn what_is_published_elsewhere_is_taken_up_the_root_alone_too() {
    for kind in Kind::all() {
        let base = Team::repository();
        let place = kind.place_with(base.repository.files()).await;
        let store = Store::on(place.clone());
        let mut server = begin(Store::on(place), no_keys(), 0).await.unwrap();
        assert!(!server.check(at(HOUR)).await.published);
        let team = Team::new();
        team.publish(&store, "After", at(HOUR)).await.unwrap();
        assert!(server.check(at(HOUR)).await.published);
        assert!(!server.check(at(HOUR)).await.published);

        let repository = fixture::assert_test_load(store.load().await.unwrap()).unwrap();
        let [first, second, _] = team.people();
        let change = RootChange {
            root: Some(keys(&[first, second, &key(9)], 2)),
            ..RootChange::default()
        };
        let mut root = repository.draft_root(&change, at(HOUR), 365).unwrap();
        root.add_signature(first).unwrap();
        root.add_signature(second).unwrap();
        let change = SigningRequest {
            root: Some(root.clone()),
            ..SigningRequest::default()
        };
        let publication = repository.publish(&change, &team.leaving(), at(HOUR));
        let publication = publication.unwrap();
        assert_eq!(publication.timestamp, None, "the root alone");
        store.commit(&publication).await.unwrap();
        assert!(server.check(at(HOUR)).await.published, "{}", kind.name());
        assert!(server.files().bytes("metadata/2.root.json").is_some());
        assert!(!server.check(at(HOUR)).await.published);
    }
}

#[tokio::test]
async fn what_does_not_verify_is_not_served() {
    let base = Team::repository();
    let place = Kind::Memory.place_with(base.repository.files()).await;
    let begun = begin(Store::on(place.clone()), online_keys(), 0);
    let mut server = begun.await.unwrap();
    let path = object_store::path::Path::parse("metadata/timestamp.json").unwrap();
    place.writes.put(&path, "{}".into()).await.unwrap();
    for _ in 0..2 {
        let look = server.check(at(HOUR)).await;
        assert!(look.trouble.is_some() && !look.published && !look.renewed);
    }
    assert_eq!(server.files(), base.repository.files());
}

/// Steps a server on by the hour until somebody would have to hear of it: the hour, the code, and when it expires.
async fn overdue(server: &mut Upkeep) -> Option<(i64, &'static str, Time)> {
    for hour in 1..48 {
        let _ = server.check(at(hour * HOUR)).await;
        if let Renewal::Overdue { expires, code, .. } = server.renewal(at(hour * HOUR)) {
            return Some((hour, code, expires));
        }
    }
    None
}

#[tokio::test]
async fn that_nobody_renews_is_seen_long_before_clients_notice() {
    let base = Team::repository();
    let [_, _, kind] = Kind::all();
    let Kind::S3(endpoint, _) = &kind else {
        unreachable!()
    };
    let files = base.repository.files();

    let place = kind.place_with(files).await;
    let begun = begin(Store::on(place), no_keys(), 0);
    let mut server = begun.await.unwrap();
    let seen = overdue(&mut server).await;
    assert_eq!(seen, Some((13, "no-online-keys", at(DAY))));

    let place = kind.place_with(files).await;
    let begun = begin(Store::on(place), online_keys(), 0);
    let mut server = begun.await.unwrap();
    endpoint.habits.denies_writes.store(true, Ordering::SeqCst);
    let seen = overdue(&mut server).await;
    assert_eq!(seen, Some((13, "storage", at(DAY))));
    endpoint.habits.denies_writes.store(false, Ordering::SeqCst);
    // It goes on by itself, after a minute's rest.
    assert!(!server.check(at(13 * HOUR + 59)).await.renewed);
    assert!(server.check(at(13 * HOUR + 60)).await.renewed);
    assert_eq!(server.renewal(at(13 * HOUR + 60)), Renewal::Current);

    let place = kind.place_with(files).await;
    let begun = begin(Store::on(place.clone()), online_keys(), 0);
    let mut other = begun.await.unwrap();
    let mut late = Faulty::new(place, None);
    late.always_late = true;
    let (_, objects) = late.objects();
    let begun = begin(Store::on(objects), online_keys(), 0);
    let mut server = begun.await.unwrap();
    let seen = overdue(&mut server).await;
    assert_eq!(seen, Some((13, "publisher-conflict", at(DAY))));
    // Another one renews, and all is well here too.
    assert!(other.check(at(14 * HOUR)).await.renewed);
    assert!(server.check(at(14 * HOUR)).await.published);
    assert_eq!(server.renewal(at(14 * HOUR)), Renewal::Current);
}

#[tokio::test]
async fn keys_that_root_does_not_know_sign_nothing_and_are_heard_of() {
    let base = Team::repository();
    let place = Kind::Memory.place_with(base.repository.files()).await;
    let strangers: LoadKeys = Box::new(|| {
        Ok(Some(OnlineKeys {
            snapshot: Box::new(key(21)),
            timestamp: Box::new(key(22)),
        }))
    });
    let begun = begin(Store::on(place.clone()), strangers, 0);
    let mut server = begun.await.unwrap();
    let seen = overdue(&mut server).await;
    assert_eq!(seen, Some((13, "publisher-threshold", at(DAY))));
    assert_eq!(
        &Store::on(place).load().await.unwrap(),
        base.repository.files()
    );
}

/// Now, by the clock that memory says when something was written.
fn real_now() -> Time {
    let since = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs();
    Time::from_unix_seconds(i64::try_from(since).unwrap()).unwrap()
}

fn plus(time: Time, seconds: i64) -> Time {
    Time::from_unix_seconds(i64::try_from(time.unix_seconds()).unwrap() + seconds).unwrap()
}

/// A repository that was published now, in memory.
async fn fresh_place() -> (Time, Objects) {
    let now = real_now();
    let base = TestRepository::assert_test_repository(&id(), 7, Shape::Sidecar, now).unwrap();
    (now, Kind::Memory.place_with(base.repository.files()).await)
}

async fn begin_fresh(place: &Objects) -> Upkeep {
    let store = Store::on(place.clone());
    let files = store.load().await.unwrap();
    let root = files.bytes("metadata/1.root.json").unwrap();
    Upkeep::begin(store, root, online_keys(), 0).await.unwrap()
}

/// One of two servers has its clock days ahead for a moment, and the other one is right.
#[tokio::test]
async fn what_a_server_with_a_wrong_clock_signed_is_replaced() {
    let (now, place) = fresh_place().await;
    let mut wrong = begin_fresh(&place).await;
    let mut right = begin_fresh(&place).await;
    assert!(wrong.check(plus(now, 4 * DAY)).await.renewed);
    let look = right.check(now).await;
    assert!(look.renewed, "{look:?}");
    assert_eq!(
        look.replaced.map(|error| error.code()),
        Some("lived-too-long")
    );
    assert_eq!(right.repository().timestamp().expires(), plus(now, DAY));
    assert!(right.repository().snapshot().expires() <= plus(now, 7 * DAY));
    // They do not replace each other's without end.
    assert!(wrong.check(plus(now, 4 * DAY)).await.renewed);
    assert!(!right.check(plus(now, 60)).await.renewed);
    assert!(right.check(plus(now, 2 * HOUR)).await.renewed);
}

/// Further ahead it signs nothing, and neither does one whose clock is behind.
#[tokio::test]
async fn a_server_whose_clock_is_far_off_renews_nothing() {
    let (now, place) = fresh_place().await;
    let mut ahead = begin_fresh(&place).await;
    let look = ahead.check(plus(now, 300 * DAY)).await;
    assert_eq!(
        (look.renewed, look.failure),
        (false, Some("publisher-clock"))
    );
    let mut behind = begin_fresh(&place).await;
    for days in [2, 100] {
        let look = behind.check(plus(now, -days * DAY)).await;
        assert_eq!(
            (look.renewed, look.failure),
            (false, Some("publisher-clock")),
            "{days}"
        );
    }
    let files = Store::on(place).load().await.unwrap();
    assert_eq!(timestamp(&files), 1);
}

/// A writer of the store puts back what was published before, which has not expired.
#[tokio::test]
async fn a_server_does_not_go_back() {
    let base = Team::repository();
    let place = Kind::Memory.place_with(base.repository.files()).await;
    let store = Store::on(place.clone());
    let mut server = begin(store.clone(), online_keys(), 0).await.unwrap();
    Team::new()
        .publish(&store, "After", at(HOUR))
        .await
        .unwrap();
    assert!(server.check(at(HOUR)).await.published);
    let path = object_store::path::Path::parse("metadata/timestamp.json").unwrap();
    let before = base.repository.timestamp().bytes().to_vec();
    place.writes.put(&path, before.into()).await.unwrap();
    let look = server.check(at(10 * HOUR)).await;
    assert_eq!(
        (look.renewed, look.failure),
        (false, Some("publisher-version"))
    );
    assert_eq!(server.repository().notices().version(), 3);
    // Another start from what was kept does not either.
    let kept = serde_json::to_vec(server.floors()).unwrap();
    let mut behind = begin(store.clone(), online_keys(), 0).await.unwrap();
    let floors = serde_json::from_slice(&kept).unwrap();
    let refused = behind.go_on_from(floors).unwrap_err();
    assert_eq!(refused.code(), "publisher-version");

    // A new root with the same online keys, on top of what was put back, changes nothing. New ones void the floors.
    let team = Team::new();
    let repository = behind.repository().clone();
    let [snapshots, timestamps] = team.coming_keys();
    let snapshot = Some(keys(&[snapshots], 1));
    let changes = [
        (RootChange::default(), team.leaving(), false),
        (
            RootChange {
                timestamp: Some(keys(&[timestamps], 1)),
                ..RootChange::default()
            },
            Online {
                snapshot: team.leaving().snapshot,
                ..team.coming()
            },
            false,
        ),
        (
            RootChange {
                snapshot,
                timestamp: Some(keys(&[timestamps], 1)),
                ..RootChange::default()
            },
            team.coming(),
            true,
        ),
    ];
    for (change, online, follows) in changes {
        let publication =
            repository.publish(&signed_root(&team, &repository, &change), &online, at(HOUR));
        let mut next = repository.clone();
        next.apply(&publication.unwrap()).unwrap();
        let checked = server.floors().check(&next).map_err(|error| error.code());
        assert_eq!(checked.is_ok(), follows, "{change:?}: {checked:?}");
    }
}

/// By the rule of clients: what a key has signed that is gone is void, and a key that goes and signed nothing voids nothing.
#[test]
fn floors_are_void_when_their_signers_are_gone() {
    let team = Team::new();
    let first = TestRepository::assert_test_repository(&id(), 7, Shape::Sidecar, at(0)).unwrap();
    let second = Team::repository().repository;
    let [_, coming] = team.coming_keys();
    let staying = key(5);
    let change = RootChange {
        timestamp: Some(keys(&[&staying, coming], 1)),
        ..RootChange::default()
    };
    for (signer, holds) in [(coming, false), (&staying, true)] {
        let online = Online {
            timestamp: signer,
            ..team.leaving()
        };
        let mut third = second.clone();
        let rotation = signed_root(&team, &second, &change);
        third
            .apply(&second.publish(&rotation, &online, at(HOUR)).unwrap())
            .unwrap();
        third
            .apply(&third.renew(&online, at(HOUR)).unwrap())
            .unwrap();
        assert!(third.timestamp().version() > second.timestamp().version());
        let mut floors = Floors::default();
        floors.raise(&second).unwrap();
        floors.raise(&third).unwrap();
        // Under the root of before, without the key that came.
        assert_eq!(floors.check(&second).is_err(), holds);
        floors.check(&first.repository).unwrap_err();
    }
}

/// The next root, signed by two people.
fn signed_root(team: &Team, from: &Repository, change: &RootChange) -> SigningRequest {
    let mut root = from.draft_root(change, at(HOUR), 365).unwrap();
    for person in &team.people()[..2] {
        root.add_signature(person).unwrap();
    }
    SigningRequest {
        root: Some(root),
        ..SigningRequest::default()
    }
}

/// A writer of the store lets timestamps live for a hundred years.
#[tokio::test]
async fn settings_are_obeyed_within_bounds() {
    let base = Team::repository();
    let place = Kind::Memory.place_with(base.repository.files()).await;
    let mut server = begin(Store::on(place.clone()), online_keys(), 0)
        .await
        .unwrap();
    let path = object_store::path::Path::parse(RepositoryConfig::FILE).unwrap();
    let settings = config().to_toml();
    let endless = settings.replace("timestamp = 1", "timestamp = 36500");
    assert_ne!(settings, endless);
    place.writes.put(&path, endless.into()).await.unwrap();
    let look = server.check(at(10 * HOUR)).await;
    assert_eq!((look.renewed, look.failure), (false, Some("config")));
    place.writes.put(&path, settings.into()).await.unwrap();
    assert!(server.check(at(11 * HOUR)).await.renewed);
}
