//! A store on which two publishers could overwrite each other is refused, before anything is written.

use std::sync::atomic::Ordering;

use motd_server::publish::{PublishError, fixture};
use motd_server::store::files::{Files, TIMESTAMP};
use motd_server::store::{Location, S3Settings, Store, StoreError};
use motd_test_support::s3::{BUCKET, S3Server};

use super::faulty::Faulty;
use super::world::{HOUR, Kind, Team, at, config};

#[tokio::test]
async fn a_server_that_ignores_a_condition_is_refused_and_nothing_is_written() {
    let base = Team::repository();
    let [_, _, kind] = Kind::all();
    let Kind::S3(server, _) = &kind else {
        unreachable!()
    };
    let place = kind.place_with(base.repository.files()).await;
    let before = Store::on(place.clone()).load().await.unwrap();
    for (habit, header) in [
        (&server.habits.ignores_if_match, "If-Match"),
        (&server.habits.ignores_if_none_match, "If-None-Match"),
    ] {
        habit.store(true, Ordering::SeqCst);
        let store = Store::on(place.clone());
        let refused = Team::new().publish(&store, "After", at(HOUR)).await;
        assert!(
            matches!(&refused, Err(PublishError::Store(StoreError::Unconditional { condition })) if *condition == header),
            "{header}: {refused:?}"
        );
        assert_eq!(store.load().await.unwrap(), before, "{header}");
        let set_up = Store::on(place.clone()).create(&config()).await;
        assert!(matches!(set_up, Err(StoreError::Unconditional { .. })));
        habit.store(false, Ordering::SeqCst);
        // It is tried again, and not remembered against the store.
        assert!(fixture::assert_test_load(store.load().await.unwrap()).is_ok());
    }
    Team::new()
        .publish(&Store::on(place), "After", at(HOUR))
        .await
        .unwrap();
}

#[tokio::test]
async fn a_store_that_knows_no_condition_is_refused() {
    let base = Team::repository();
    for kind in Kind::all() {
        let mut plain = Faulty::new(kind.place_with(base.repository.files()).await, None);
        plain.unconditional = true;
        let (_, objects) = plain.objects();
        let refused = Team::new()
            .publish(&Store::on(objects), "After", at(HOUR))
            .await;
        let Err(error @ PublishError::Store(StoreError::Unconditional { .. })) = refused else {
            panic!("{}: {refused:?}", kind.name());
        };
        assert_eq!(error.code(), "store-unconditional");
        assert!(error.hint().unwrap().contains("If-Match"));
    }
}

#[tokio::test]
async fn who_may_only_read_is_told_so() {
    let base = Team::repository();
    let [_, _, kind] = Kind::all();
    let Kind::S3(server, _) = &kind else {
        unreachable!()
    };
    let place = kind.place_with(base.repository.files()).await;
    server.habits.denies_writes.store(true, Ordering::SeqCst);
    let store = Store::on(place);
    let refused = Team::new().publish(&store, "After", at(HOUR)).await;
    assert_eq!(
        refused.unwrap_err().to_string(),
        ".motd-conditional-write: permission denied"
    );
    assert_eq!(
        store.load().await.unwrap().bytes(TIMESTAMP),
        base.repository.files().bytes(TIMESTAMP)
    );
}

#[tokio::test]
async fn other_credentials_open_nothing_and_no_message_has_a_secret() {
    let server = S3Server::start();
    let location = Location::parse(format!("s3://{BUCKET}/a").into()).unwrap();
    let mut variables = server.variables();
    variables[4].1 = "hunter2".to_owned();
    let settings = S3Settings::from_variables(variables);
    assert!(!format!("{settings:?}").contains("hunter2"));
    let store = Store::at(&location, &settings).unwrap();
    assert!(!format!("{store:?}").contains("hunter2"));
    let refused = store.load().await.unwrap_err();
    assert!(
        matches!(&refused, StoreError::Storage { path, what: "permission denied" } if path == TIMESTAMP),
        "{refused:?}"
    );
}

#[tokio::test]
async fn a_store_that_is_not_there_is_one_plain_fact() {
    let server = S3Server::start();
    let location = Location::parse(format!("s3://{BUCKET}/a").into()).unwrap();
    let mut variables = server.variables();
    // A port that was just given back.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    variables[0].1 = format!("http://{}", port.local_addr().unwrap());
    drop(port);
    let store = Store::at(&location, &S3Settings::from_variables(variables.clone())).unwrap();
    let message = store
        .commit(&motd_server::store::files::Publication::default())
        .await
        .unwrap_err()
        .to_string();
    assert_eq!(
        message,
        ".motd-conditional-write: the store cannot be reached"
    );
    // Plain HTTP only for who says so.
    variables[0].1 = server.variables()[0].1.clone();
    variables[1].1 = "false".to_owned();
    let store = Store::at(&location, &S3Settings::from_variables(variables)).unwrap();
    assert!(store.load().await.is_err());
    let allowed = S3Settings::from_variables(server.variables());
    let store = Store::at(&location, &allowed).unwrap();
    assert_eq!(store.load().await.unwrap(), Files::default());
}
