//! Hostile documents beside the cases of the conformance suite: edges, limits, places, and what only the library has.

use motd_core::{Code, Document};
use serde_json::{Value, json};

use crate::bases;

#[test]
fn base_passes() {
    let document = bases::judged(&bases::full());
    let entry = &document.entries()[0];
    entry.verdict().unwrap();
    assert_eq!(entry.languages().len(), 2);
    assert!(
        entry
            .languages()
            .iter()
            .all(|language| language.verdict.is_ok())
    );
}

#[test]
fn bytes_that_are_no_text() {
    let base = bases::bytes(&bases::full());
    for bad in [
        &b"\xff"[..],
        b"\xc0\x80",
        b"\xed\xa0\x80",
        b"\xf4\x90\x80\x80",
        b"\x80",
        b"\xe2\x82",
    ] {
        for position in [0, base.len() / 2, base.len()] {
            let mut bytes = base.clone();
            bytes.splice(position..position, bad.iter().copied());
            assert_eq!(
                Document::judge_bytes(&bytes, None).unwrap_err().code,
                Code::NotUtf8
            );
        }
    }
    for bytes in [&b""[..], b" ", b"{", b"}", b"\"", b"nul", b"[", b"]"] {
        assert_eq!(
            Document::judge_bytes(bytes, None).unwrap_err().code,
            Code::NotJson
        );
    }
}

/// MOTD-BYTES-1 at its edge, and before UTF-8.
#[test]
fn size() {
    let mut document = bases::full();
    let length = bases::bytes(&document).len();
    let padded = |document: &mut Value, total: usize| {
        document["zz"] = json!("a".repeat(total - length - ",\"zz\":\"\"".len()));
        bases::bytes(document)
    };
    let full = padded(&mut document, 65_536);
    assert_eq!(full.len(), 65_536);
    Document::judge_bytes(&full, None).unwrap();
    let over = padded(&mut document, 65_537);
    assert_eq!(
        Document::judge_bytes(&over, None).unwrap_err().code,
        Code::DocumentTooLarge
    );
    assert_eq!(
        Document::judge_bytes(&vec![0xFF; 65_537], None)
            .unwrap_err()
            .code,
        Code::DocumentTooLarge
    );
}

/// MOTD-DOC-9: both go, whatever else is wrong with one of them, and nobody else.
#[test]
fn duplicate_ids() {
    let good = bases::notice("a", "info");
    for second in [
        good.clone(),
        json!({ "id": "a" }),
        json!({ "id": "a", "revision": -1 }),
    ] {
        let judged = bases::judged(&bases::document(&[
            good.clone(),
            second,
            bases::notice("b", "info"),
        ]));
        let codes: Vec<_> = judged
            .entries()
            .iter()
            .map(|entry| entry.verdict().map_err(|refusal| refusal.code).err())
            .collect();
        assert_eq!(
            codes,
            [Some(Code::IdDuplicate), Some(Code::IdDuplicate), None]
        );
    }
    // Malformed ids are counted like others; wrong types are not ids.
    let judged = bases::judged(&bases::document(&[
        json!({ "id": "A" }),
        json!({ "id": "A" }),
        json!({ "id": 1 }),
        json!({ "id": 1 }),
    ]));
    let codes: Vec<_> = judged
        .entries()
        .iter()
        .map(|entry| entry.verdict().unwrap_err().code)
        .collect();
    assert_eq!(
        codes,
        [
            Code::IdDuplicate,
            Code::IdDuplicate,
            Code::IdMalformed,
            Code::IdMalformed
        ]
    );
}

/// MOTD-TEXT-10: 64 languages, the refused ones counted.
#[test]
fn languages_at_their_limit() {
    let mut document = bases::document(&[bases::notice("a", "info")]);
    for index in 0..63 {
        // Good ones, bad ones, and ones that are no language.
        let (tag, value) = match index % 3 {
            0 => (format!("en-x-{index}"), json!({ "title": "T", "body": [] })),
            1 => (format!("en-x-{index}"), json!(null)),
            _ => (format!("EN-{index}"), json!({ "title": "T", "body": [] })),
        };
        document["notices"][0]["text"][tag] = value;
    }
    let judged = bases::judged(&document);
    assert_eq!(judged.entries()[0].verdict().unwrap().texts().len(), 22);
    assert_eq!(judged.entries()[0].languages().len(), 64);
    document["notices"][0]["text"]["one more"] = json!(null);
    let judged = bases::judged(&document);
    assert_eq!(
        judged.entries()[0].verdict().unwrap_err().code,
        Code::LanguagesTooMany
    );
    assert!(judged.entries()[0].languages().is_empty());
}

/// The largest of everything passes.
#[test]
fn everything_at_its_limit() {
    let mut document = bases::full();
    let notice = &mut document["notices"][0];
    notice["id"] = json!("a".repeat(64));
    notice["revision"] = json!(9_007_199_254_740_991_u64);
    notice["begins"] = json!("2015-02-28T00:00:00Z");
    notice["ends"] = json!("2016-02-29T00:00:00Z");
    notice["resolves"] = ids(32);
    notice["text"]["en"]["title"] = json!("é".repeat(120));
    notice["text"]["en"]["body"] = Value::Array(vec![json!("é".repeat(1000)); 8]);
    notice["links"] = Value::Array(vec![
        json!({ "rel": "r".repeat(64), "url": format!("https://example.org/{}", "a".repeat(2028)) });
        4
    ]);
    notice["audience"] = Value::Array(vec![notice["audience"][0].clone(); 16]);
    notice["audience"][0]["os"] = ids(16);
    notice["audience"][0]["rollout"]["salt"] = json!("é".repeat(32));
    notice["audience"][0]["components"][0] = json!({ "purl": format!("pkg:generic/{}", "a".repeat(500)), "versions": format!("vers:pypi/{}", "1".repeat(128)) });
    let component = json!({ "purl": "pkg:pypi/pip", "versions": (1..=16).map(|n| n.to_string()).collect::<Vec<_>>().join("|").replacen("", "vers:pypi/", 1) });
    notice["audience"][1]["components"] = Value::Array(vec![component; 32]);
    notice["later"] = json!([[[[[]]]]]);
    bases::judged(&document).entries()[0].verdict().unwrap();
}

/// Places name what is defined, and nothing that the document made up.
#[test]
fn places_quote_nothing() {
    let mut document = bases::full();
    document["notices"][0]["text"]["\u{7e}canary"] = json!({});
    document["notices"][0]["links"][0]["url"] = json!("canary");
    document["notices"][0]["audience"][0]["canary"] = json!({});
    let judged = bases::judged(&document);
    let entry = &judged.entries()[0];
    assert_eq!(
        entry.verdict().unwrap_err().place.as_str(),
        "/notices/0/links/0/url"
    );
    let places: Vec<_> = entry
        .languages()
        .iter()
        .filter_map(|language| language.verdict.clone().err())
        .collect();
    assert_eq!(places[0].place.as_str(), "/notices/0/text/2");
    assert!(!format!("{:?}{places:?}{}", entry.verdict(), places[0]).contains("canary"));
    assert_eq!(
        places[0].to_string(),
        "/notices/0/text/2: the language tag is not well-formed or not in canonical case [MOTD-LANG-1]"
    );
}

/// Hand-written files may have any form, and nothing else is different.
#[test]
fn any_form() {
    let pretty = serde_json::to_vec_pretty(&bases::full()).unwrap();
    assert_eq!(
        Document::judge_bytes(&pretty, None).unwrap_err().code,
        Code::NotDocumentBytes
    );
    Document::judge_any_form(&pretty, None).unwrap().entries()[0]
        .verdict()
        .unwrap();
    assert_eq!(
        Document::judge_any_form(b"{} x", None).unwrap_err().code,
        Code::NotJson
    );
    assert_eq!(
        Document::judge_any_form(b"{\"a\":1,\"a\":1}", None)
            .unwrap_err()
            .code,
        Code::DuplicateName
    );
}

/// So many different words.
fn ids(count: u32) -> Value {
    (0..count).map(|index| json!(format!("n{index}"))).collect()
}
