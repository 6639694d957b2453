//! What a publication carries, and that both carriers hold the same.

use super::*;

#[test]
fn a_new_repository_says_nothing_in_both_carriers() {
    let test = test_repository();
    let entry = &test.repository.notices().signed()["targets"][TARGET_PATH];
    assert_eq!(entry["custom"][CUSTOM_MEMBER]["notices"], json!([]));
    assert_eq!(
        test.repository.document(&id()).unwrap().json(),
        &entry["custom"][CUSTOM_MEMBER]
    );
    let roles = &test.repository.targets().signed()["delegations"]["roles"];
    assert_eq!(
        (&roles[0]["name"], &roles[0]["terminating"]),
        (&json!("motd"), &json!(true))
    );
    assert_eq!(roles[1]["name"], "packages");
    assert_eq!(test.repository.root().signed()["consistent_snapshot"], true);
}

#[test]
fn the_target_file_is_always_the_document_bytes_and_custom_only_when_small() {
    let mut test = test_repository();
    for (notices, inline) in [(vec![notice("a", 1, "Hello")], true), (large(), false)] {
        test.publish_notices(&notices, now()).unwrap();
        let document = document(&notices).unwrap();
        assert_eq!(document.is_inline(), inline);
        let entry = test.repository.notices().signed()["targets"][TARGET_PATH].clone();
        assert_eq!(entry.get("custom").is_some(), inline);
        let path = write::target_file(TARGET_PATH, document.bytes());
        assert_eq!(test.repository.files().bytes(&path), Some(document.bytes()));
        assert_eq!(entry["hashes"]["sha256"], write::sha256(document.bytes()));
        assert_eq!(entry["length"], document.bytes().len());
    }
}

#[test]
fn snapshot_and_timestamp_are_made_from_the_bytes_of_the_files() {
    let mut test = test_repository();
    test.publish_notices(&[notice("a", 1, "Hello")], now())
        .unwrap();
    let repository = &test.repository;
    for (parent, child) in [
        (repository.snapshot(), repository.notices()),
        (repository.snapshot(), repository.targets()),
        (repository.timestamp(), repository.snapshot()),
    ] {
        let file = repository
            .files()
            .bytes(&versioned(child.version(), child.name()))
            .unwrap();
        let entry = &parent.signed()["meta"][format!("{}.json", child.name())];
        assert_eq!(entry["length"], file.len());
        assert_eq!(entry["hashes"]["sha256"], write::sha256(file));
    }
}

#[test]
fn nobody_signs_a_role_whose_document_is_another() {
    let test = test_repository();
    let request = test
        .repository
        .propose(
            &document(&[notice("a", 1, "Hello")]).unwrap(),
            now(),
            expires(),
        )
        .unwrap();
    let other = document(&[notice("a", 1, "Other")]).unwrap();
    let role = proposal(&request).role().bytes();
    assert!(matches!(
        Proposal::read(role, Some(other.bytes())),
        Err(PublishError::Metadata { .. })
    ));
}

#[test]
fn a_document_is_at_most_64_kib() {
    let words = "word ".repeat(190);
    let notices: Vec<_> = (0..32)
        .map(|number| {
            let mut notice = notice(&format!("n{number}"), 1, "Long");
            notice["text"]["en"]["body"] =
                json!([words.trim_end(), words.trim_end(), words.trim_end()]);
            notice
        })
        .collect();
    let refused = document(&notices);
    assert!(
        matches!(refused, Err(PublishError::Document(refusal)) if refusal.code == motd_core::Code::DocumentTooLarge)
    );
    assert!(document(&notices[..16]).is_ok());
}

#[test]
fn a_document_of_which_a_client_refuses_anything_is_not_published() {
    let mut bad_language = notice("a", 1, "Hello");
    bad_language["text"]["fr"] = json!({ "title": "", "body": [] });
    let mut no_default = notice("a", 1, "Hello");
    no_default["text"] = json!({ "fr": { "title": "Bonjour", "body": [] } });
    for bad in [
        bad_language,
        no_default,
        notice("A", 1, "Hello"),
        notice("a", 0, "Hello"),
        notice("a", 1, "\u{202e}"),
    ] {
        let refused = document(&[notice("good", 1, "Hello"), bad.clone()]);
        assert!(matches!(refused, Err(PublishError::Document(_))), "{bad}");
    }
    assert!(
        matches!(document(&[notice("a", 1, "Cafe\u{301}")]), Err(PublishError::NotNfc { place }) if place == "/notices/0/text/en/title")
    );
    let many: Vec<_> = (0..33)
        .map(|number| notice(&format!("n{number}"), 1, "Hello"))
        .collect();
    assert!(matches!(document(&many), Err(PublishError::Document(_))));
}

#[test]
fn both_carriers_hold_one_document() {
    let test = test_repository();
    let good = test
        .signed_proposal(&[notice("a", 1, "Hello")], now())
        .unwrap();
    let other = document(&[notice("a", 1, "Other")]).unwrap();
    let good = proposal(&good);
    assert!(matches!(
        Proposal::read(good.role().bytes(), Some(other.bytes())),
        Err(PublishError::Metadata { .. })
    ));
    let newline = [good.document().bytes(), b"\n"].concat();
    assert!(matches!(
        Proposal::read(good.role().bytes(), Some(&newline)),
        Err(PublishError::Document(_))
    ));
    let mut inline = good.role().signed().clone();
    inline["targets"][TARGET_PATH]["custom"]["motd"] = other.json().clone();
    assert!(matches!(
        forged(&test, &inline, good.document()),
        Err(PublishError::Metadata { .. })
    ));
}

#[test]
fn a_role_that_says_something_else_does_not_take_the_place_of_a_proposals() {
    let test = test_repository();
    let mut request = test
        .signed_proposal(&[notice("a", 1, "Hello")], now())
        .unwrap();
    let before = request.clone();
    let refused = request.sign_each(|role| {
        *role = test.repository.notices().clone();
        Ok(())
    });
    assert!(matches!(refused, Err(PublishError::Metadata { .. })));
    assert_eq!(request, before);
}

#[test]
fn the_entry_has_the_length_and_every_hash_of_the_document() {
    let test = test_repository();
    for notices in [vec![notice("a", 1, "Hello")], large()] {
        let request = test.signed_proposal(&notices, now()).unwrap();
        let good = proposal(&request);
        let with = |edit: &dyn Fn(&mut Value)| {
            let mut signed = good.role().signed().clone();
            edit(&mut signed["targets"][TARGET_PATH]);
            let request = forged(&test, &signed, good.document())?;
            test.repository.publish(&request, &test.online(), now())
        };
        let refused =
            |edit: &dyn Fn(&mut Value)| matches!(with(edit), Err(PublishError::Metadata { .. }));
        assert!(refused(
            &|entry| entry["hashes"]["sha256"] = write::sha256(b"other").into()
        ));
        assert!(refused(
            &|entry| entry["hashes"]["sha512"] = "00".repeat(64).into()
        ));
        assert!(refused(&|entry| entry["hashes"] = json!({})));
        assert!(refused(&|entry| entry["length"] = 1.into()));
        let sha512 = hex::encode(<sha2::Sha512 as sha2::Digest>::digest(
            good.document().bytes(),
        ));
        assert!(with(&|entry| entry["hashes"]["sha512"] = sha512.clone().into()).is_ok());
    }
}

#[test]
fn a_changed_text_needs_a_higher_revision() {
    let mut test = test_repository();
    test.publish_notices(&[notice("a", 2, "Hello")], now())
        .unwrap();
    for revision in [1, 2] {
        let refused = test.publish_notices(&[notice("a", revision, "Changed")], now());
        assert!(
            matches!(refused, Err(PublishError::Revision { published: 2, .. })),
            "{revision}"
        );
    }
    test.publish_notices(&[notice("a", 2, "Hello"), notice("b", 1, "New")], now())
        .unwrap();
    test.publish_notices(&[notice("a", 3, "Changed")], now())
        .unwrap();
}

#[test]
fn a_changed_text_is_refused_when_it_is_proposed_and_again_when_it_is_taken_in() {
    let mut test = test_repository();
    let changed = test
        .signed_proposal(&[notice("a", 1, "Changed")], now())
        .unwrap();
    test.publish_notices(&[notice("a", 1, "Hello")], now())
        .unwrap();
    let document = document(&[notice("a", 1, "Changed")]).unwrap();
    let refused = test.repository.propose(&document, now(), expires());
    assert!(matches!(
        refused,
        Err(PublishError::Revision { published: 1, .. })
    ));
    let mut signed = proposal(&changed).role().signed().clone();
    signed["version"] = 3.into();
    let changed = forged(&test, &signed, proposal(&changed).document()).unwrap();
    let refused = test.repository.publish(&changed, &test.online(), now());
    assert!(matches!(
        refused,
        Err(PublishError::Revision { published: 1, .. })
    ));
}

#[test]
fn who_outlives_the_role_is_named() {
    let document = document(&[notice("a", 1, "Hello")]).unwrap();
    assert_eq!(
        document.outlives("2018-04-30T00:00:00Z".parse().unwrap()),
        []
    );
    let outlives = document.outlives("2018-04-29T23:59:59Z".parse().unwrap());
    assert_eq!(
        outlives
            .iter()
            .map(|outlives| outlives.id.as_str())
            .collect::<Vec<_>>(),
        ["a"]
    );
}

#[test]
fn a_published_document_with_other_bytes_than_were_signed_is_no_document() {
    let mut test = test_repository();
    test.publish_notices(&[notice("one", 1, "Signed")], now())
        .unwrap();
    let mut files = test.repository.files().clone();
    let (path, bytes) = files
        .0
        .iter()
        .filter(|(path, _)| path.ends_with(".notices.json"))
        .map(|(path, bytes)| (path.clone(), String::from_utf8_lossy(bytes).into_owned()))
        .find(|(_, bytes)| bytes.contains("Signed"))
        .unwrap();
    files
        .0
        .insert(path, bytes.replace("Signed", "Forged").into_bytes());
    let repository = fixture::assert_test_load(files).unwrap();
    let error = repository.document(&test.id).unwrap_err();
    assert_eq!(error.code(), "hash-mismatch");
}
