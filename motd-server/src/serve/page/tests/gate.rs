//! What is refused or over is not shown.

use super::*;

#[test]
fn a_large_document_is_read_from_its_target() {
    let body = "word ".repeat(190);
    let notices: Vec<_> = (0..20)
        .map(|number| {
            let mut notice = notice(&format!("n{number}"), "Large");
            notice["text"]["en"]["body"] = json!([body.trim_end()]);
            notice
        })
        .collect();
    let test = published(&notices);
    let entry = &test.repository.notices().signed()["targets"]["motd/notices.json"];
    assert_eq!(entry.get("custom"), None);
    let [_, _, list] = public(&test.repository, time(NOW));
    assert_eq!(json_of(&list)["notices"].as_array().unwrap().len(), 20);
}

#[test]
fn a_target_with_other_bytes_than_were_signed_is_not_shown() {
    let body = "word ".repeat(190);
    let notices: Vec<_> = (0..20)
        .map(|number| {
            let mut notice = notice(&format!("n{number}"), "Large");
            notice["text"]["en"]["body"] = json!([body.trim_end()]);
            notice
        })
        .collect();
    let test = published(&notices);
    let mut files = test.repository.files().clone();
    let (path, bytes) = files
        .0
        .iter()
        .find(|(path, bytes)| path.ends_with(".notices.json") && bytes.len() > 16_384)
        .map(|(path, bytes)| (path.clone(), bytes.clone()))
        .unwrap();
    let forged = String::from_utf8(bytes).unwrap().replace("Large", "Forge");
    files.0.insert(path, forged.into_bytes());
    // Every signature in it is good.
    let repository = crate::publish::fixture::assert_test_load(files).unwrap();
    for body in public(&repository, time(NOW)) {
        assert!(!body.contains("Forge"));
        assert!(body.contains("hash-mismatch"), "{body}");
    }
}

#[test]
fn nothing_is_shown_once_any_role_has_expired() {
    let test = published(&[notice("one", "One title")]);
    let cases = [
        ("2018-04-21T11:59:59Z", vec![]),
        ("2018-04-21T12:00:00Z", vec!["timestamp"]),
        ("2018-04-27T12:00:00Z", vec!["timestamp", "snapshot"]),
        (
            "2018-05-20T12:00:00Z",
            vec!["timestamp", "snapshot", "motd"],
        ),
        (
            "2019-04-20T12:00:00Z",
            vec!["root", "timestamp", "snapshot", "targets", "motd"],
        ),
    ];
    for (now, expired) in cases {
        let bodies = public(&test.repository, time(now));
        let list = json_of(&bodies[2]);
        assert_eq!(list["expired"], json!(expired), "{now}");
        assert_eq!(
            list["state"],
            if expired.is_empty() {
                "current"
            } else {
                "expired"
            }
        );
        for body in bodies {
            assert_eq!(
                body.contains("One title"),
                expired.is_empty(),
                "{now}: {body}"
            );
        }
    }
}

#[test]
fn a_document_of_another_repository_is_not_shown() {
    let test = published(&[notice("one", "One title")]);
    let other = "other.example.org".parse().unwrap();
    for page in public_pages(&test.repository, &other, time(NOW)) {
        let body = String::from_utf8(page.body).unwrap();
        assert!(!body.contains("One title"), "{body}");
        assert!(body.contains("repository-mismatch"), "{body}");
    }
}

#[test]
fn one_notice_that_is_refused_hides_no_other() {
    let mut test = published(&[]);
    let mut bad = notice("bad", "Bad title");
    bad["ends"] = "2018-04-01T00:00:00Z".into();
    let document = json!({ "schema_version": "1.0", "repository": "index.example.org",
        "notices": [bad, notice("good", "Good title")] });
    let value = motd_core::json::Value::from_parsed(&document).unwrap();
    let bytes = value.document_bytes();
    test.assert_publish_anything(&bytes, Some(json!({ "motd": document })), time(NOW))
        .unwrap();
    for body in public(&test.repository, time(NOW)) {
        assert!(
            body.contains("Good title") && !body.contains("Bad title"),
            "{body}"
        );
    }
}

#[test]
fn a_document_inline_that_is_not_the_one_of_the_entry_is_not_shown() {
    let mut test = published(&[]);
    let document = |title: &str| {
        json!({ "schema_version": "1.0", "repository": "index.example.org",
            "notices": [notice("one", title)] })
    };
    let served = motd_core::json::Value::from_parsed(&document("Aaaa")).unwrap();
    let inline = json!({ "motd": document("Bbbb") });
    test.assert_publish_anything(&served.document_bytes(), Some(inline), time(NOW))
        .unwrap();
    for body in public(&test.repository, time(NOW)) {
        assert!(!body.contains("Aaaa") && !body.contains("Bbbb"), "{body}");
        assert!(body.contains("carrier-hash"), "{body}");
    }
}

#[test]
fn nothing_is_shown_when_another_role_answers_for_the_path() {
    let mut test = published(&[notice("one", "One title")]);
    let mut targets = test
        .repository
        .draft_targets(time(NOW), 30, |signed| {
            signed["targets"]["motd/other.json"] =
                json!({ "length": 1, "hashes": { "sha256": "00" } });
        })
        .unwrap();
    targets.add_signature(&test.people[0]).unwrap();
    targets.add_signature(&test.people[1]).unwrap();
    test.assert_take_in(&targets, Vec::new(), time(NOW))
        .unwrap();
    for body in public(&test.repository, time(NOW)) {
        assert!(!body.contains("One title"), "{body}");
        assert!(body.contains("publisher-shadowed"), "{body}");
    }
}
