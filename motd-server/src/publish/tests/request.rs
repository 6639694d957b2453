//! Requests that travel between people.

use super::*;
use crate::store::StoreError;

/// Somebody else's machine gets the request as files, and gives it back as files.
fn travel(request: &SigningRequest) -> SigningRequest {
    SigningRequest::from_files(&request.to_files()).unwrap()
}

fn request(test: &TestRepository, notices: &[Value]) -> SigningRequest {
    let document = document(notices).unwrap();
    test.repository
        .propose(&document, now(), expires())
        .unwrap()
}

fn missing(review: &Review) -> Vec<(String, bool, usize)> {
    let roles = review.roles.iter();
    roles
        .flat_map(|role| {
            let signings = role.signing.iter();
            signings.map(|signing| (role.role.clone(), signing.appointed, signing.signed.len()))
        })
        .collect()
}

#[test]
fn two_people_sign_on_two_machines_in_any_order() {
    for order in [[0, 2], [2, 0]] {
        let mut test = test_repository();
        let mut request = request(&test, &[notice("hello", 1, "Hello")]);
        for (count, person) in order.into_iter().enumerate() {
            let review = test.repository.review(&request).unwrap();
            assert_eq!(missing(&review), [(NOTICE_ROLE.to_owned(), false, count)]);
            assert!(!review.is_signed());
            let refused = test.repository.publish(&request, &test.online(), now());
            assert!(matches!(refused, Err(PublishError::Threshold { .. })));
            request = travel(&request);
            let key = &test.people[person];
            let signed = test.repository.sign(&mut request, key, now(), &[]);
            assert_eq!(signed.unwrap(), [NOTICE_ROLE]);
            // A second time adds nothing.
            let again = test.repository.sign(&mut request, key, now(), &[]);
            again.unwrap();
            request = travel(&request);
        }
        let review = test.repository.review(&request).unwrap();
        assert!(review.is_signed());
        let added: Vec<_> = review.notices.iter().map(NoticeChange::word).collect();
        assert_eq!(added, ["added"]);
        let publication = test.repository.publish(&request, &test.online(), now());
        test.repository.apply(&publication.unwrap()).unwrap();
        let published = test.repository.document(&id()).unwrap();
        assert_eq!(
            Some(published.bytes()),
            review.document.as_ref().map(NoticeDocument::bytes)
        );
    }
}

#[test]
fn nobody_signs_for_roles_that_are_not_theirs() {
    let test = test_repository();
    let before = request(&test, &[]);
    let mut request = before.clone();
    for stranger in [&test.snapshot, &SigningKey::assert_test_seed([9; 32])] {
        let refused = test.repository.sign(&mut request, stranger, now(), &[]);
        assert!(matches!(refused, Err(PublishError::KeyNotInRole { .. })));
    }
    assert_eq!(request, before);
}

#[test]
fn what_was_not_read_is_not_signed() {
    let test = test_repository();
    let person = &test.people[0];
    let mut request = SigningRequest {
        targets: Some(
            test.repository
                .draft_targets(now(), 365, |signed| {
                    signed["delegations"]["roles"][1]["paths"] = json!(["*"]);
                })
                .unwrap(),
        ),
        ..SigningRequest::default()
    };
    let before = request.clone();
    let refused = test.repository.sign(&mut request, person, now(), &[]);
    let Err(PublishError::Unexpected { role, place }) = refused else {
        panic!("{refused:?}")
    };
    assert_eq!(
        (role.as_str(), place.as_str()),
        ("targets", "/delegations/roles")
    );
    assert_eq!(request, before);
    // A place beside it is not it.
    let beside = ["/delegations/role", "/delegations/keys"];
    let refused = test.repository.sign(&mut request, person, now(), &beside);
    assert!(matches!(refused, Err(PublishError::Unexpected { .. })));
    let read = [place.as_str()];
    test.repository
        .sign(&mut request, person, now(), &read)
        .unwrap();
}

#[test]
fn one_of_several_roles_is_not_signed_when_another_is_refused() {
    let test = test_repository();
    let mut request = request(&test, &[]);
    let late = test.repository.draft_targets(now(), 0, |_| {}).unwrap();
    request.targets = Some(late);
    let before = request.clone();
    let refused = test
        .repository
        .sign(&mut request, &test.people[0], now(), &[]);
    assert!(
        matches!(refused, Err(PublishError::Expired { .. })),
        "{refused:?}"
    );
    assert_eq!(request, before);
}

#[test]
fn a_root_that_appoints_others_needs_the_old_people_and_the_new() {
    let mut test = test_repository();
    let new = SigningKey::assert_test_seed([42; 32]);
    let [first, second, _] = &test.people;
    let people = [first, &new].map(|key| key.public().clone());
    let appointed = RoleKeys {
        keys: people.to_vec(),
        threshold: 2,
    };
    let change = RootChange {
        root: Some(appointed),
        ..RootChange::default()
    };
    let mut request = SigningRequest {
        root: Some(test.repository.draft_root(&change, now(), 365).unwrap()),
        ..SigningRequest::default()
    };
    let places = ["/keys", "/roles/root"];
    let counts = |request: &SigningRequest| {
        let review = test.repository.review(request).unwrap();
        (missing(&review), review.is_signed())
    };
    let root = |appointed, count| ("root".to_owned(), appointed, count);
    let steps = [
        (first, [root(false, 1), root(true, 1)], false),
        (&new, [root(false, 1), root(true, 2)], false),
        (second, [root(false, 2), root(true, 2)], true),
    ];
    for (key, expected, enough) in steps {
        request = travel(&request);
        let signed = test.repository.sign(&mut request, key, now(), &places);
        assert_eq!(signed.unwrap(), ["root"]);
        assert_eq!(counts(&request), (expected.to_vec(), enough));
    }
    let publication = test
        .repository
        .publish(&request, &test.online(), now())
        .unwrap();
    test.repository.apply(&publication).unwrap();
    assert_eq!(test.repository.root().version(), 2);
}

#[test]
fn new_people_for_the_notices_sign_what_is_published_with_them() {
    let mut test = test_repository();
    let new = [50, 51].map(|seed| SigningKey::assert_test_seed([seed; 32]));
    let keys = RoleKeys {
        keys: new.iter().map(|key| key.public().clone()).collect(),
        threshold: 2,
    };
    let mut request = request(&test, &[notice("hello", 1, "Hello")]);
    let targets = test
        .repository
        .draft_notice_keys(&keys, now(), 365)
        .unwrap();
    request.targets = Some(targets);
    let places = ["/delegations"];
    let expected: [(&SigningKey, &[&str]); 4] = [
        (&test.people[0], &["targets"]),
        (&new[0], &[NOTICE_ROLE]),
        (&new[1], &[NOTICE_ROLE]),
        (&test.people[1], &["targets"]),
    ];
    for (key, roles) in expected {
        let signed = test.repository.sign(&mut request, key, now(), &places);
        assert_eq!(signed.unwrap(), roles);
    }
    let publication = test
        .repository
        .publish(&request, &test.online(), now())
        .unwrap();
    test.repository.apply(&publication).unwrap();
    // The old people may sign no notice any more.
    let mut next = test
        .repository
        .propose(&document(&[]).unwrap(), now(), expires())
        .unwrap();
    let refused = test.repository.sign(&mut next, &test.people[0], now(), &[]);
    assert!(matches!(refused, Err(PublishError::KeyNotInRole { .. })));
}

#[test]
fn what_is_no_request_is_refused() {
    let none = std::collections::BTreeMap::new();
    assert!(matches!(
        SigningRequest::from_files(&none),
        Err(PublishError::Store(StoreError::Missing { .. }))
    ));
    let mut files = none;
    files.insert("motd.json".to_owned(), b"{}".to_vec());
    assert!(SigningRequest::from_files(&files).is_err());
}
