//! What is let in: signatures, versions, expiry, limits.

use super::*;

#[test]
fn one_person_is_not_enough() {
    let test = test_repository();
    let document = document(&[notice("a", 1, "Hello")]).unwrap();
    let mut proposal = test.repository.propose(&document, now(), 30).unwrap();
    let publish = |proposal: &Proposal| test.repository.publish(proposal, &test.online(), now());
    assert!(matches!(
        publish(&proposal),
        Err(Error::Threshold {
            valid: 0,
            threshold: 2,
            ..
        })
    ));
    test.repository
        .sign(&mut proposal, &test.people[2], now())
        .unwrap();
    test.repository
        .sign(&mut proposal, &test.people[2], now())
        .unwrap();
    assert!(matches!(
        publish(&proposal),
        Err(Error::Threshold { valid: 1, .. })
    ));
    test.repository
        .sign(&mut proposal, &test.people[0], now())
        .unwrap();
    publish(&proposal).unwrap();
}

#[test]
fn a_stranger_does_not_sign() {
    let test = test_repository();
    let mut proposal = test
        .repository
        .propose(&document(&[]).unwrap(), now(), 30)
        .unwrap();
    let before = proposal.clone();
    let refused = test.repository.sign(&mut proposal, &test.timestamp, now());
    assert!(matches!(refused, Err(Error::KeyNotInRole { .. })));
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
    let refused = |proposal: &Proposal| {
        matches!(
            test.repository.publish(proposal, &test.online(), now()),
            Err(Error::Version { expected: 3, .. })
        )
    };
    assert!(refused(&replay));
    for version in [1_u64, 4, 4_294_967_295] {
        let mut signed = replay.role.signed().clone();
        signed["version"] = version.into();
        let bytes = raw::sign_raw(&signed, &[&test.people[0], &test.people[1]]).unwrap();
        let forged = Proposal {
            role: RoleFile::read(NOTICE_ROLE, &bytes).unwrap(),
            document: replay.document.clone(),
        };
        assert!(refused(&forged), "{version}");
        let mut unsigned = forged.clone();
        assert!(matches!(
            test.repository.sign(&mut unsigned, &test.people[2], now()),
            Err(Error::Version { .. })
        ));
    }
}

#[test]
fn a_role_may_live_93_days_and_not_a_second_longer() {
    let test = test_repository();
    let document = document(&[]).unwrap();
    assert!(test.repository.propose(&document, now(), 93).is_ok());
    assert!(matches!(
        test.repository.propose(&document, now(), 94),
        Err(Error::Expiry { .. })
    ));
    assert!(matches!(
        test.repository.propose(&document, now(), 0),
        Err(Error::Expiry { .. })
    ));
    let until = |expires: &str| {
        let expires = expires.parse().unwrap();
        test.repository.propose_until(&document, now(), expires)
    };
    let proposal = until("2018-07-14T00:00:00Z").unwrap();
    assert_eq!(proposal.role.signed()["expires"], "2018-07-14T00:00:00Z");
    assert!(matches!(
        until("2018-07-14T00:00:01Z"),
        Err(Error::Expiry { .. })
    ));
    let proposal = test.repository.propose(&document, now(), 93).unwrap();
    let mut signed = proposal.role.signed().clone();
    signed["expires"] = "2018-07-14T00:00:01Z".into();
    let bytes = raw::sign_raw(&signed, &[&test.people[0], &test.people[1]]).unwrap();
    let mut long = Proposal {
        role: RoleFile::read(NOTICE_ROLE, &bytes).unwrap(),
        ..proposal
    };
    assert!(matches!(
        test.repository.publish(&long, &test.online(), now()),
        Err(Error::Expiry { .. })
    ));
    assert!(matches!(
        test.repository.sign(&mut long, &test.people[2], now()),
        Err(Error::Expiry { .. })
    ));
}

#[test]
fn a_value_that_libraries_disagree_about_is_neither_signed_nor_published() {
    let test = test_repository();
    let proposal = test.signed_proposal(&[], now()).unwrap();
    for foreign in [
        json!(1_u64 << 53),
        json!("a\nb"),
        json!("e\u{301}"),
        json!({"é": 1}),
    ] {
        let mut signed = proposal.role.signed().clone();
        signed["x-foreign"] = json!({ "deep": [foreign] });
        assert!(matches!(
            RoleFile::unsigned(NOTICE_ROLE, signed.clone()),
            Err(Error::Limits { .. })
        ));
        let bytes = raw::sign_raw(&signed, &[&test.people[0], &test.people[1]]).unwrap();
        let mut role = RoleFile::read(NOTICE_ROLE, &bytes).unwrap();
        assert!(matches!(
            role.add_signature(&test.people[2]),
            Err(Error::Limits { .. })
        ));
        let foreign = Proposal {
            role,
            document: proposal.document.clone(),
        };
        let refused = test.repository.publish(&foreign, &test.online(), now());
        assert!(
            matches!(refused, Err(Error::Limits { fault, .. }) if fault.place.starts_with("/x-foreign/deep/0"))
        );
    }
    // A fraction cannot even be written in the signed form.
    let mut signed = proposal.role.signed().clone();
    signed["x-foreign"] = json!(1.5);
    assert!(matches!(
        RoleFile::unsigned(NOTICE_ROLE, signed),
        Err(Error::Limits { .. })
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
        Err(Error::Threshold { .. })
    ));
}

#[test]
fn a_signer_is_told_of_whatever_else_changes() {
    let test = test_repository();
    let mut proposal = test
        .repository
        .propose(&document(&[]).unwrap(), now(), 30)
        .unwrap();
    let mut signed = proposal.role.signed().clone();
    signed["targets"]["motd/other"] = raw::target_entry(b"x", None);
    proposal.role = RoleFile::unsigned(NOTICE_ROLE, signed).unwrap();
    let refused = test.repository.sign(&mut proposal, &test.people[0], now());
    assert!(
        matches!(refused, Err(Error::Unexpected { place, .. }) if place == "/targets/motd~1other")
    );
    assert_eq!(proposal.role.signatures().count(), 0);
    test.repository
        .sign_with(
            &mut proposal,
            &test.people[0],
            now(),
            &["/targets/motd~1other"],
        )
        .unwrap();
    assert_eq!(proposal.role.signatures().count(), 1);
}

#[test]
fn a_proposal_travels_as_files() {
    let test = test_repository();
    let small = test
        .signed_proposal(&[notice("a", 1, "Hello")], now())
        .unwrap();
    assert_eq!(Proposal::read(small.role.bytes(), None).unwrap(), small);
    let big = test.signed_proposal(&large(), now()).unwrap();
    assert!(matches!(
        Proposal::read(big.role.bytes(), None),
        Err(Error::Missing { .. })
    ));
    assert_eq!(
        Proposal::read(big.role.bytes(), Some(big.document.clone())).unwrap(),
        big
    );
}
