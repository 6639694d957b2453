//! Reading a store that somebody else can write to: in parallel, and never more than was agreed.

use std::sync::atomic::Ordering;

use motd_server::publish::{PublishError, fixture};
use motd_server::store::{Bounds, Store, StoreError};

use super::world::{HOUR, Kind, Team, at};

#[tokio::test]
async fn files_are_read_at_the_same_time_and_not_too_many_of_them() {
    let mut test = Team::repository();
    for day in 1..=12 {
        test.publish_notices(&[], at(day * HOUR)).unwrap();
    }
    let [_, _, kind] = Kind::all();
    let Kind::S3(server, _) = &kind else {
        unreachable!()
    };
    let place = kind.place_with(test.repository.files()).await;
    let bounds = Bounds {
        at_once: 3,
        ..Bounds::default()
    };
    server.habits.most_reading.store(0, Ordering::SeqCst);
    let files = Store::on(place).with_bounds(bounds).load().await.unwrap();
    assert_eq!(&files, test.repository.files());
    let most = server.habits.most_reading.load(Ordering::SeqCst);
    assert!((2..=3).contains(&most), "{most} at the same time");
}

#[tokio::test]
async fn what_never_changes_is_read_once() {
    let test = Team::repository();
    let [_, _, kind] = Kind::all();
    let Kind::S3(server, _) = &kind else {
        unreachable!()
    };
    let store = Store::on(kind.place_with(test.repository.files()).await);
    let known = store.load().await.unwrap();
    Team::new()
        .publish(&store, "After", at(HOUR))
        .await
        .unwrap();
    server.habits.reads.store(0, Ordering::SeqCst);
    let files = store.load_since(&known).await.unwrap();
    // The timestamp and the bundle, and a target, a role and a snapshot.
    assert_eq!(server.habits.reads.load(Ordering::SeqCst), 5);
    assert_eq!(files, store.load().await.unwrap());
    fixture::assert_test_load(files).unwrap();
    // A name that never changes, whose file is another one all the same, is what lies there.
    let path = "metadata/1.root.json";
    let mut other = known.clone();
    other.0.insert(path.to_owned(), b"short".to_vec());
    let files = store.load_since(&other).await.unwrap();
    assert_eq!(files.bytes(path), known.bytes(path));
}

#[tokio::test]
async fn more_than_the_bounds_is_refused() {
    let test = Team::repository();
    let files = test.repository.files();
    let count = files.0.keys().filter(|path| path.starts_with("metadata/"));
    let count = count.count();
    let longest = files.0.values().map(Vec::len).max().unwrap() as u64;
    let whole: usize = files.0.values().map(Vec::len).sum();
    let enough = Bounds {
        files: count,
        file_bytes: longest,
        bytes: whole as u64,
        at_once: 1,
    };
    let bounds = [
        Bounds {
            files: count - 1,
            ..enough
        },
        Bounds {
            file_bytes: longest - 1,
            ..enough
        },
        Bounds {
            bytes: longest,
            ..enough
        },
    ];
    for kind in Kind::all() {
        let store = Store::on(kind.place_with(files).await);
        let well = store.clone().with_bounds(enough).load().await.unwrap();
        assert_eq!(&well, files);
        for bounds in bounds {
            let refused = store.clone().with_bounds(bounds).load().await;
            assert!(
                matches!(refused, Err(StoreError::Bounds { .. })),
                "{}: {bounds:?}",
                kind.name()
            );
        }
    }
}

#[tokio::test]
async fn what_was_tampered_with_in_the_bucket_is_not_a_repository() {
    let test = Team::repository();
    let [_, _, kind] = Kind::all();
    let Kind::S3(server, _) = &kind else {
        unreachable!()
    };
    let store = Store::on(kind.place_with(test.repository.files()).await);
    let path = server.path("notices-0", "index/metadata/2.motd.json");
    let role = std::fs::read_to_string(&path).unwrap();
    assert!(fixture::assert_test_load(store.load().await.unwrap()).is_ok());
    std::fs::write(&path, role.replace("Before", "Forged")).unwrap();
    let files = store.load().await.unwrap();
    assert!(matches!(
        fixture::assert_test_load(files),
        Err(PublishError::Metadata { .. })
    ));
    // A dot file of another program is no part of it.
    std::fs::write(&path, role).unwrap();
    std::fs::write(path.with_file_name(".hidden.json"), "x").unwrap();
    assert_eq!(&store.load().await.unwrap(), test.repository.files());
}
