//! Publishers that really publish at once, each on a thread of its own.

use std::sync::{Barrier, LazyLock};

use motd_server::publish::{PublishError, fixture};
use motd_server::store::files::{BUNDLE, Files, TIMESTAMP};
use motd_server::store::{Objects, Store, StoreError};
use tokio::runtime::Runtime;

use super::reader::Reader;
use super::world::{HOUR, Kind, Team, at, newest};

/// Waits on the calling thread. Connections live as long as their runtime, so there is one for all.
fn wait<T>(future: impl Future<Output = T>) -> T {
    static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().unwrap());
    RUNTIME.block_on(future)
}

/// Everybody has read and signed, and now everybody publishes.
fn at_once(place: &Objects, titles: &[&str]) -> Vec<Result<(), StoreError>> {
    let prepare = |title: &&str| {
        let store = Store::on(place.clone());
        let repository = fixture::assert_test_load(wait(store.load()).unwrap()).unwrap();
        let publication = Team::new().publication(&repository, title, at(HOUR));
        (store, publication.unwrap())
    };
    let prepared: Vec<_> = titles.iter().map(prepare).collect();
    let ready = Barrier::new(titles.len());
    std::thread::scope(|threads| {
        let publishers: Vec<_> = prepared
            .into_iter()
            .map(|(store, publication)| {
                let ready = &ready;
                threads.spawn(move || {
                    ready.wait();
                    wait(store.commit(&publication))
                })
            })
            .collect();
        publishers
            .into_iter()
            .map(|publisher| publisher.join().unwrap())
            .collect()
    })
}

/// MOTD-BUNDLE-2.
fn require_its_own_bundle(files: &Files, what: &str) {
    let bundle: serde_json::Value = serde_json::from_slice(files.bytes(BUNDLE).unwrap()).unwrap();
    let timestamp = bundle["timestamp.json"].as_str().unwrap().as_bytes();
    assert_eq!(Some(timestamp), files.bytes(TIMESTAMP), "{what}");
}

async fn titles(files: &Files, root: &[u8]) -> Vec<String> {
    Reader::new(root).check(files, at(2 * HOUR)).await.unwrap()
}

#[test]
fn of_two_publishers_at_once_one_wins_and_the_other_is_told() {
    let base = Team::repository();
    let root = base.trusted_root();
    for kind in Kind::all() {
        for round in 0..10 {
            let place = wait(kind.place_with(base.repository.files()));
            let both = ["One", "Two"];
            let ends = at_once(&place, &both);
            let what = format!("{} {round}: {ends:?}", kind.name());
            assert!(
                matches!(
                    &ends[..],
                    [Ok(()), Err(StoreError::Conflict)] | [Err(StoreError::Conflict), Ok(())]
                ),
                "{what}"
            );
            let winner = usize::from(ends[0].is_err());
            let store = Store::on(place);
            let files = wait(store.load()).unwrap();
            assert_eq!(wait(titles(&files, &root)), [both[winner]], "{what}");
            require_its_own_bundle(&files, &what);
            // What the other one left behind is skipped.
            wait(Team::new().publish(&store, both[1 - winner], at(HOUR))).unwrap();
            let after = wait(store.load()).unwrap();
            assert_eq!(wait(titles(&after, &root)), [both[1 - winner]], "{what}");
            assert!(
                files.0.iter().all(|(path, bytes)| {
                    path.ends_with("timestamp.json")
                        || path.ends_with("bundle.json")
                        || after.bytes(path) == Some(bytes)
                }),
                "{what}: a file was lost or replaced"
            );
        }
    }
}

#[test]
fn of_many_publishers_each_gets_through_in_the_end() {
    let base = Team::repository();
    let root = base.trusted_root();
    for kind in Kind::all() {
        let place = wait(kind.place_with(base.repository.files()));
        let conflicts: usize = std::thread::scope(|threads| {
            let publishers: Vec<_> = ["One", "Two", "Three", "Four"]
                .map(|title| {
                    let own = place.clone();
                    threads.spawn(move || {
                        wait(async {
                            let (team, store) = (Team::new(), Store::on(own));
                            let mut told = 0;
                            loop {
                                match team.publish(&store, title, at(HOUR)).await {
                                    Ok(()) => return told,
                                    Err(PublishError::Store(StoreError::Conflict)) => told += 1,
                                    Err(error) => panic!("{error}"),
                                }
                            }
                        })
                    })
                })
                .into_iter()
                .collect();
            publishers
                .into_iter()
                .map(|publisher| publisher.join().unwrap())
                .sum()
        });
        let files = wait(Store::on(place).load()).unwrap();
        wait(titles(&files, &root));
        require_its_own_bundle(&files, kind.name());
        let repository = fixture::assert_test_load(files.clone()).unwrap();
        // Version 2 is the base's; nobody published under a version that another one had.
        assert_eq!(
            repository.timestamp().version(),
            2 + 4,
            "{}: four publications",
            kind.name()
        );
        assert!(newest(&files, "motd") >= 6);
        eprintln!("{}: {conflicts} conflicts of 4 publishers", kind.name());
    }
}

/// MOTD-BUNDLE-2: a writer that committed first and is late with its bundle does not take a newer one back.
#[test]
fn a_late_bundle_does_not_replace_a_newer_one() {
    let base = Team::repository();
    for kind in Kind::all() {
        let store = Store::on(wait(kind.place_with(base.repository.files())));
        wait(Team::new().publish(&store, "After", at(HOUR))).unwrap();
        let after = wait(store.load()).unwrap();
        require_its_own_bundle(&after, kind.name());
        wait(store.write_bundle(base.repository.files())).unwrap();
        assert_eq!(wait(store.load()).unwrap(), after, "{}", kind.name());
    }
}

#[test]
fn two_publications_that_are_the_same_bytes_are_one_and_one_is_told() {
    let base = Team::repository();
    for kind in Kind::all() {
        for round in 0..10 {
            let place = wait(kind.place_with(base.repository.files()));
            let ends = at_once(&place, &["Twin", "Twin"]);
            let well = ends.iter().filter(|end| end.is_ok()).count();
            assert_eq!(well, 1, "{} {round}: {ends:?}", kind.name());
            let told = |end: &&Result<(), StoreError>| matches!(end, Err(StoreError::Conflict));
            assert_eq!(ends.iter().filter(told).count(), 1);
        }
    }
}

#[test]
fn a_burned_version_is_skipped() {
    use object_store::ObjectStoreExt as _;
    let base = Team::repository();
    for kind in Kind::all() {
        let place = wait(kind.place_with(base.repository.files()));
        for path in ["metadata/3.motd.json", "metadata/3.snapshot.json"] {
            let path = object_store::path::Path::parse(path).unwrap();
            wait(place.writes.put(&path, "left behind".into())).unwrap();
        }
        let store = Store::on(place);
        wait(Team::new().publish(&store, "After", at(HOUR))).unwrap();
        let files = wait(store.load()).unwrap();
        assert_eq!(
            files.bytes("metadata/3.motd.json"),
            Some(&b"left behind"[..])
        );
        let repository = fixture::assert_test_load(files.clone()).unwrap();
        assert_eq!(repository.notices().version(), 4);
        assert_eq!(repository.snapshot().version(), 4);
        let root = base.trusted_root();
        assert_eq!(wait(titles(&files, &root)), ["After"]);
    }
}
