//! What is let in: signatures, versions, expiry, limits.

use super::*;
use crate::store::StoreError;

#[test]
fn one_person_is_not_enough() {
    let test = test_repository();
    let document = document(&[notice("a", 1, "Hello")]).unwrap();
    let mut proposal = test
        .repository
        .propose(&document, now(), expires())
        .unwrap();
    let publish =
        |request: &SigningRequest| test.repository.publish(request, &test.online(), now());
    assert!(matches!(
        publish(&proposal),
        Err(PublishError::Threshold {
            valid: 0,
            threshold: 2,
            ..
        })
    ));
    test.repository
        .sign(&mut proposal, &test.people[2], now(), &[])
        .unwrap();
    test.repository
        .sign(&mut proposal, &test.people[2], now(), &[])
        .unwrap();
    assert!(matches!(
        publish(&proposal),
        Err(PublishError::Threshold { valid: 1, .. })
    ));
    test.repository
        .sign(&mut proposal, &test.people[0], now(), &[])
        .unwrap();
    publish(&proposal).unwrap();
}

#[test]
fn a_stranger_does_not_sign() {
    let test = test_repository();
    let mut proposal = test
        .repository
        .propose(&document(&[]).unwrap(), now(), expires())
        .unwrap();
    let before = proposal.clone();
    let refused = test
        .repository
        .sign(&mut proposal, &test.timestamp, now(), &[]);
    assert!(matches!(refused, Err(PublishError::KeyNotInRole { .. })));
    assert_eq!(proposal, before);
}

#[test]
fn only_the_next_version_is_taken_in() {
    let mut test = test_repository();
    let replay = test
        .signed_proposal(&[notice("a", 1, "Hello")], now())
        .unwrap();
    let publication = test
        .repository
        .publish(&replay, &test.online(), now())
        .unwrap();
    test.repository.apply(&publication).unwrap();
    let refused = |request: &SigningRequest| {
        matches!(
            test.repository.publish(request, &test.online(), now()),
            Err(PublishError::Version { expected: 3, .. })
        )
    };
    assert!(refused(&replay));
    for version in [1_u64, 4, 4_294_967_295] {
        let mut signed = proposal(&replay).role().signed().clone();
        signed["version"] = version.into();
        let forged = forged(&test, &signed, proposal(&replay).document()).unwrap();
        assert!(refused(&forged), "{version}");
        let mut unsigned = forged.clone();
        assert!(matches!(
            test.repository
                .sign(&mut unsigned, &test.people[2], now(), &[]),
            Err(PublishError::Version { .. })
        ));
    }
}

#[test]
fn a_role_may_live_93_days_and_not_a_second_longer() {
    let test = test_repository();
    let document = document(&[]).unwrap();
    assert!(
        test.repository
            .propose(&document, now(), write::after(now(), 93))
            .is_ok()
    );
    assert!(matches!(
        test.repository
            .propose(&document, now(), write::after(now(), 94)),
        Err(PublishError::Expiry { .. })
    ));
    assert!(matches!(
        test.repository
            .propose(&document, now(), write::after(now(), 0)),
        Err(PublishError::Expiry { .. })
    ));
    let until = |expires: &str| {
        let expires = expires.parse().unwrap();
        test.repository.propose(&document, now(), expires)
    };
    let longest = until("2018-07-14T00:00:00Z").unwrap();
    let longest = proposal(&longest);
    assert_eq!(longest.role().signed()["expires"], "2018-07-14T00:00:00Z");
    assert!(matches!(
        until("2018-07-14T00:00:01Z"),
        Err(PublishError::Expiry { .. })
    ));
    let mut signed = longest.role().signed().clone();
    signed["expires"] = "2018-07-14T00:00:01Z".into();
    let mut long = forged(&test, &signed, &document).unwrap();
    assert!(matches!(
        test.repository.publish(&long, &test.online(), now()),
        Err(PublishError::Expiry { .. })
    ));
    assert!(matches!(
        test.repository.sign(&mut long, &test.people[2], now(), &[]),
        Err(PublishError::Expiry { .. })
    ));
}

#[test]
fn a_value_that_libraries_disagree_about_is_neither_signed_nor_published() {
    let test = test_repository();
    let request = test.signed_proposal(&[], now()).unwrap();
    let proposal = proposal(&request);
    for foreign in [
        json!(1_u64 << 53),
        json!("a\nb"),
        json!("e\u{301}"),
        json!({"é": 1}),
    ] {
        let mut signed = proposal.role().signed().clone();
        signed["x-foreign"] = json!({ "deep": [foreign] });
        assert!(matches!(
            RoleFile::unsigned(NOTICE_ROLE, signed.clone()),
            Err(PublishError::Limits { .. })
        ));
        let bytes = fixture::sign_raw(&signed, &[&test.people[0], &test.people[1]]).unwrap();
        let mut role = RoleFile::read(NOTICE_ROLE, &bytes).unwrap();
        assert!(matches!(
            role.add_signature(&test.people[2]),
            Err(PublishError::Limits { .. })
        ));
        let foreign = forged(&test, &signed, proposal.document()).unwrap();
        let refused = test.repository.publish(&foreign, &test.online(), now());
        assert!(
            matches!(refused, Err(PublishError::Limits { fault, .. }) if fault.place.starts_with("/x-foreign/deep/0"))
        );
    }
    // A fraction cannot even be written in the signed form.
    let mut signed = proposal.role().signed().clone();
    signed["x-foreign"] = json!(1.5);
    assert!(matches!(
        RoleFile::unsigned(NOTICE_ROLE, signed),
        Err(PublishError::Limits { .. })
    ));
}

#[test]
fn the_wrong_online_key_publishes_nothing() {
    let test = test_repository();
    let proposal = test.signed_proposal(&[], now()).unwrap();
    let online = Online {
        timestamp: &test.snapshot,
        ..test.online()
    };
    assert!(matches!(
        test.repository.publish(&proposal, &online, now()),
        Err(PublishError::Threshold { .. })
    ));
}

#[test]
fn a_signer_is_told_of_whatever_else_changes() {
    let test = test_repository();
    let empty = document(&[]).unwrap();
    let request = test.repository.propose(&empty, now(), expires()).unwrap();
    let mut signed = proposal(&request).role().signed().clone();
    signed["targets"]["motd/other"] = write::target_entry(b"x", None);
    let role = RoleFile::unsigned(NOTICE_ROLE, signed).unwrap();
    let mut request = SigningRequest::from(Proposal::new(role, empty).unwrap());
    let refused = test
        .repository
        .sign(&mut request, &test.people[0], now(), &[]);
    assert!(
        matches!(refused, Err(PublishError::Unexpected { place, .. }) if place == "/targets/motd~1other")
    );
    assert_eq!(proposal(&request).role().signatures().count(), 0);
    test.repository
        .sign(
            &mut request,
            &test.people[0],
            now(),
            &["/targets/motd~1other"],
        )
        .unwrap();
    assert_eq!(proposal(&request).role().signatures().count(), 1);
}

#[test]
fn a_proposal_travels_as_files() {
    let test = test_repository();
    let small = test
        .signed_proposal(&[notice("a", 1, "Hello")], now())
        .unwrap();
    let read = |request: &SigningRequest, document: Option<&[u8]>| {
        Proposal::read(proposal(request).role().bytes(), document).map(SigningRequest::from)
    };
    assert_eq!(read(&small, None).unwrap(), small);
    let big = test.signed_proposal(&large(), now()).unwrap();
    assert!(matches!(
        read(&big, None),
        Err(PublishError::Store(StoreError::Missing { .. }))
    ));
    assert_eq!(
        read(&big, Some(proposal(&big).document().bytes())).unwrap(),
        big
    );
}
