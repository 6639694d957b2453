//! One state after another: versions, files, crashes, a folder.

use super::*;
use crate::store::Lifetimes;
use crate::store::StoreError;

/// Whether a path is one of the two whose files are ever replaced.
fn is_replaced(path: &str) -> bool {
    [crate::store::files::TIMESTAMP, crate::store::files::BUNDLE].contains(&path)
}

#[test]
fn a_publication_raises_each_version_it_signs_by_one_and_no_other() {
    let mut test = test_repository();
    let before = test.repository.clone();
    test.publish_notices(&[notice("a", 1, "Hello")], now())
        .unwrap();
    let after = &test.repository;
    for (was, is) in [
        (before.notices(), after.notices()),
        (before.snapshot(), after.snapshot()),
        (before.timestamp(), after.timestamp()),
    ] {
        assert_eq!(is.version(), was.version() + 1, "{}", is.name());
    }
    assert_eq!(before.targets(), after.targets());
    assert_eq!(before.root(), after.root());
    // What was published before is still there, byte for byte.
    for (path, bytes) in &before.files().0 {
        assert!(
            is_replaced(path) || after.files().bytes(path) == Some(bytes),
            "{path}"
        );
    }
}

#[test]
fn a_role_that_is_listed_stays_listed() {
    let mut test = test_repository();
    test.publish_notices(&[], now()).unwrap();
    test.renew("2018-04-18T00:00:00Z".parse().unwrap()).unwrap();
    let meta = test.repository.snapshot().signed()["meta"]
        .as_object()
        .unwrap()
        .clone();
    assert_eq!(
        meta.keys().collect::<Vec<_>>(),
        ["motd.json", "packages.json", "targets.json"]
    );
}

#[test]
fn renewing_signs_a_snapshot_only_when_half_its_life_is_over() {
    let mut test = test_repository();
    let versions = |test: &TestRepository| {
        (
            test.repository.snapshot().version(),
            test.repository.timestamp().version(),
        )
    };
    test.renew("2018-04-12T08:00:00Z".parse().unwrap()).unwrap();
    assert_eq!(versions(&test), (1, 2));
    test.renew("2018-04-16T00:00:00Z".parse().unwrap()).unwrap();
    assert_eq!(versions(&test), (2, 3));
    assert_eq!(
        test.repository.timestamp().expires().to_string(),
        "2018-04-17T00:00:00Z"
    );
}

#[test]
fn versions_that_a_failed_attempt_left_behind_are_skipped() {
    let mut test = test_repository();
    let mut files: Files = test.repository.files().clone();
    files.0.insert(versioned(2, "snapshot"), b"burned".to_vec());
    files.0.insert(versioned(2, "motd"), b"burned".to_vec());
    test.repository = fixture::assert_test_load(files).unwrap();
    test.publish_notices(&[notice("a", 1, "Hello")], now())
        .unwrap();
    assert_eq!(test.repository.snapshot().version(), 3);
    assert_eq!(test.repository.notices().version(), 3);
    assert_eq!(
        test.repository.files().bytes(&versioned(2, "motd")),
        Some(&b"burned"[..])
    );
}

#[test]
fn a_signed_proposal_for_a_burned_version_is_refused_as_burned() {
    let mut test = test_repository();
    let proposal = test.signed_proposal(&[], now()).unwrap();
    let mut files = test.repository.files().clone();
    files.0.insert(versioned(2, "motd"), b"{}".to_vec());
    test.repository = fixture::assert_test_load(files).unwrap();
    assert!(matches!(
        test.repository.publish(&proposal, &test.online(), now()),
        Err(PublishError::Store(StoreError::Burned { .. }))
    ));
    // The very bytes that lie there may be published.
    let mut files = test.repository.files().clone();
    files.0.insert(
        versioned(2, "motd"),
        proposal.role("motd").unwrap().bytes().to_vec(),
    );
    test.repository = fixture::assert_test_load(files).unwrap();
    assert!(
        test.repository
            .publish(&proposal, &test.online(), now())
            .is_ok()
    );
}

#[test]
fn of_two_publications_from_one_state_one_is_told() {
    let mut test = test_repository();
    let first = test
        .repository
        .publish(
            &test.signed_proposal(&[notice("a", 1, "A")], now()).unwrap(),
            &test.online(),
            now(),
        )
        .unwrap();
    let second = test
        .repository
        .publish(
            &test.signed_proposal(&[notice("b", 1, "B")], now()).unwrap(),
            &test.online(),
            now(),
        )
        .unwrap();
    test.repository.apply(&first).unwrap();
    assert!(matches!(
        test.repository.apply(&second),
        Err(PublishError::Store(StoreError::Conflict))
    ));
}

#[test]
fn anything_can_be_signed_by_who_means_harm() {
    let mut test = test_repository();
    test.assert_publish_anything(b"not json", Some(json!({ "motd": null })), now())
        .unwrap();
    assert!(test.repository.document(&id()).is_err());
    let thief = SigningKey::assert_test_seed([1; 32]);
    let mut forged = fixture::signed_of(test.repository.timestamp().bytes()).unwrap();
    forged["version"] = 99.into();
    let bytes = fixture::sign_raw(&forged, &[&thief as &dyn Signer]).unwrap();
    let mut files = test.repository.files().clone();
    files
        .0
        .insert(crate::store::files::TIMESTAMP.to_owned(), bytes);
    assert!(matches!(
        fixture::assert_test_load(files),
        Err(PublishError::Threshold { .. })
    ));
}

#[test]
fn a_file_with_other_bytes_than_listed_is_no_part_of_a_whole_repository() {
    let test = test_repository();
    let mut files = test.repository.files().clone();
    let path = versioned(1, "snapshot");
    let mut spaced = files.bytes(&path).unwrap().to_vec();
    spaced.push(b' ');
    files.0.insert(path, spaced);
    // The signature is still good, and every client would refuse it.
    assert!(
        matches!(fixture::assert_test_load(files), Err(PublishError::Metadata { path, .. }) if path == "snapshot")
    );
    let mut timestamp = test.repository.timestamp().signed().clone();
    timestamp["meta"]["snapshot.json"] = json!({ "version": 1, "length": 1 });
    let timestamp = fixture::sign_raw(&timestamp, &[&test.timestamp]).unwrap();
    let mut files = test.repository.files().clone();
    files
        .0
        .insert(crate::store::files::TIMESTAMP.to_owned(), timestamp);
    assert!(
        matches!(fixture::assert_test_load(files), Err(PublishError::Metadata { path, .. }) if path == "snapshot")
    );
    let mut files = test.repository.files().clone();
    let path = versioned(1, "packages");
    let bytes = String::from_utf8(files.bytes(&path).unwrap().to_vec())
        .unwrap()
        .replace("sha256", "sha512");
    files.0.insert(path, bytes.into_bytes());
    assert!(
        matches!(fixture::assert_test_load(files), Err(PublishError::Metadata { path, .. }) if path == "packages")
    );
}

#[test]
fn the_doctor_counts_people_and_days() {
    let test = test_repository();
    let roles = |time: &str| {
        let advice = test
            .repository
            .doctor(&test.lifetimes, time.parse().unwrap())
            .unwrap();
        let names = advice.into_iter().map(|advice| match advice {
            Advice::FewPeople {
                role,
                keys: 3,
                threshold: 2,
            } => format!("people {role}"),
            Advice::Expires { role, .. } => format!("expires {role}"),
            other => panic!("{other:?}"),
        });
        names.collect::<Vec<_>>()
    };
    let people = ["people root", "people targets", "people motd"];
    assert_eq!(roles("2018-04-12T00:00:00Z"), people);
    assert_eq!(
        roles("2018-04-12T16:00:00Z"),
        people,
        "a third of the timestamp's day is left"
    );
    assert_eq!(roles("2018-04-12T16:00:01Z")[3..], ["expires timestamp"]);
    assert_eq!(roles("2030-01-01T00:00:00Z").len(), 3 + 5);
}

#[tokio::test]
async fn a_repository_goes_through_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    let config = crate::store::RepositoryConfig {
        repository: id(),
        default_language: motd_core::LanguageTag::english(),
        lifetimes: Lifetimes::default(),
    };
    let store = crate::store::Store::folder(folder.path());
    store.create(&config).await.unwrap();
    let test = test_repository();
    // What `init` publishes, and the package, by way of one publication.
    let publication = crate::store::files::Publication {
        base: None,
        create: test
            .repository
            .files()
            .0
            .clone()
            .into_iter()
            .filter(|(path, _)| !is_replaced(path))
            .collect(),
        bundle: test
            .repository
            .files()
            .0
            .get(crate::store::files::BUNDLE)
            .cloned(),
        timestamp: Some(test.repository.timestamp().bytes().to_vec()),
    };
    store.commit(&publication).await.unwrap();
    let repository = fixture::assert_test_load(store.load().await.unwrap()).unwrap();
    assert_eq!(repository.files(), test.repository.files());
    let proposal = test
        .signed_proposal(&[notice("a", 1, "Hello")], now())
        .unwrap();
    let publication = repository
        .publish(&proposal, &test.online(), now())
        .unwrap();
    store.commit(&publication).await.unwrap();
    let repository = fixture::assert_test_load(store.load().await.unwrap()).unwrap();
    assert_eq!(
        repository.document(&id()).unwrap().bytes(),
        proposal.notices.unwrap().document().bytes()
    );
    assert!(matches!(
        store.commit(&publication).await,
        Err(StoreError::Conflict)
    ));
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(24))]

    /// Whatever is done in whatever order: the repository stays whole, versions only rise, nothing written ever
    /// changes.
    #[test]
    fn a_history_never_goes_back(steps in proptest::collection::vec(0_u8..4, 1..8)) {
        let mut test = test_repository();
        let mut time = now();
        let mut revision = 0;
        for step in steps {
            let before = test.repository.clone();
            time = write::after(time, 1);
            revision += 1;
            match step {
                0 => test.publish_notices(&[notice("a", revision, &format!("Text {revision}"))], time).unwrap(),
                1 => test.publish_notices(&large(), time).unwrap(),
                2 => test.renew(time).unwrap(),
                _ => {
                    let [person, timestamp] = [0x80, 0xc0].map(|kind| {
                        SigningKey::assert_test_seed([kind + u8::try_from(revision).unwrap(); 32])
                    });
                    test.rotate_root(person, timestamp, time).unwrap();
                }
            }
            let after = fixture::assert_test_load(test.repository.files().clone()).unwrap();
            for (was, is) in [
                (before.root(), after.root()),
                (before.timestamp(), after.timestamp()),
                (before.snapshot(), after.snapshot()),
                (before.notices(), after.notices()),
            ] {
                let (was, is) = (was.version(), is.version());
                proptest::prop_assert!(is == was || is == was + 1);
            }
            for (path, bytes) in &before.files().0 {
                proptest::prop_assert!(is_replaced(path) || after.files().bytes(path) == Some(bytes));
            }
        }
    }
}

#[test]
fn a_withdrawn_notice_comes_back_under_another_revision_only() {
    let mut test = test_repository();
    test.publish_notices(&[notice("a", 2, "Hello")], now())
        .unwrap();
    test.publish_notices(&[notice("b", 1, "Other")], now())
        .unwrap();
    test.publish_notices(&[], now()).unwrap();
    for (revision, title) in [(2, "Changed"), (1, "Hello")] {
        let refused = test.publish_notices(&[notice("a", revision, title)], now());
        assert!(
            matches!(&refused, Err(PublishError::Revision { id, published: 2 }) if id == "a"),
            "{refused:?}"
        );
    }
    test.publish_notices(&[notice("a", 2, "Hello")], now())
        .unwrap();
    test.publish_notices(&[notice("a", 3, "Changed")], now())
        .unwrap();
}

#[test]
fn nothing_is_published_under_a_role_that_has_expired() {
    let mut test = test_repository();
    let later = "2019-06-01T00:00:00Z".parse().unwrap();
    let refused = test.publish_notices(&[], later);
    assert!(
        matches!(&refused, Err(PublishError::Expired { role, .. }) if role == "root"),
        "{refused:?}"
    );
}

#[test]
fn nothing_is_published_for_another_repository() {
    let test = test_repository();
    let other = "elsewhere.example.org".parse().unwrap();
    let document = NoticeDocument::compose(&other, "en", &[]).unwrap();
    let refused = test.repository.propose(&document, now(), expires());
    assert!(
        matches!(&refused, Err(PublishError::OtherRepository { offered, .. }) if offered == "elsewhere.example.org"),
        "{refused:?}"
    );
}
