//! Each fault of an answer, seen with the requirement that it breaks, beside what is allowed.

use std::path::PathBuf;

use serde_json::json;

use super::*;

const SNAPSHOT: &str = "metadata/2.snapshot.json";
const ROOT: &str = "metadata/3.root.json";
const ROLE: &[u8] = b"{\"signatures\":[],\"signed\":{\"_type\":\"targets\",\"version\":1}}";

fn files() -> Copy {
    let files = [
        ("metadata/1.motd.json", ROLE),
        ("metadata/.lock", b"never published\n"),
        (
            "secret.json",
            b"never published at all, and longer than a piece\n",
        ),
    ];
    files
        .map(|(path, bytes)| (PathBuf::from(path), bytes.to_vec()))
        .into()
}

/// The requirement that an answer breaks, or nothing.
fn requirement(method: &str, path: &str, answer: &Value) -> String {
    let request = json!({ "method": method, "path": path });
    let found = broken(&request, answer, &files());
    assert!(found.len() < 2, "{found:?}");
    let found = found.first().cloned().unwrap_or_default();
    assert!(found.is_empty() || found.ends_with(&format!(" ({method} {path})")));
    found.split(':').next().unwrap_or_default().to_owned()
}

#[test]
fn cookies_redirects_and_bodies_of_head_are_seen_in_any_answer() {
    let table = [
        ("GET", json!({ "status": 405, "headers": {} }), ""),
        (
            "GET",
            json!({ "status": 405, "headers": { "set-cookie": "id=1" } }),
            "MOTD-SRV-8",
        ),
        (
            "GET",
            json!({ "status": 200, "headers": { "set-cookie": "id=1", "content-type": "application/json" } }),
            "MOTD-SRV-8",
        ),
        (
            "GET",
            json!({ "status": 301, "headers": { "location": "/" } }),
            "MOTD-SRV-8",
        ),
        ("GET", json!({ "status": 304, "headers": {} }), ""),
        ("HEAD", json!({ "status": 405, "length": 0 }), ""),
        ("HEAD", json!({ "status": 405, "length": 1 }), "MOTD-SRV-4"),
        ("GET", json!({ "trouble": "nobody there" }), ""),
    ];
    for (method, answer, broken) in table {
        assert_eq!(requirement(method, SNAPSHOT, &answer), broken, "{answer}");
    }
}

#[test]
fn the_media_type_is_compared_as_a_whole() {
    let document = "targets/motd/0.notices.json";
    let table = [
        (SNAPSHOT, json!("application/json"), ""),
        (SNAPSHOT, json!("Application/JSON ; charset=utf-8"), ""),
        (document, json!("application/json;charset=\"utf-8\";"), ""),
        (SNAPSHOT, json!("application/jsonx"), "MOTD-SRV-7"),
        (document, json!("application/json5"), "MOTD-SRV-7"),
        (SNAPSHOT, json!("application/json-seq"), "MOTD-SRV-7"),
        (SNAPSHOT, json!("application/json x"), "MOTD-SRV-7"),
        (SNAPSHOT, json!("application/json; utf-8"), "MOTD-SRV-7"),
        (
            SNAPSHOT,
            json!("application/json; charset=a, text/html"),
            "MOTD-SRV-7",
        ),
        (
            SNAPSHOT,
            json!("application/json, application/json"),
            "MOTD-SRV-7",
        ),
        (
            SNAPSHOT,
            json!("text/plain; a=application/json"),
            "MOTD-SRV-7",
        ),
        (SNAPSHOT, json!(null), "MOTD-SRV-7"),
        ("targets/pip/0.pip.whl", json!("application/zip"), ""),
    ];
    for (path, kind, broken) in table {
        let answer = json!({ "status": 200, "headers": { "content-type": kind } });
        assert_eq!(requirement("GET", path, &answer), broken, "{kind}");
    }
}

#[test]
fn an_absence_is_kept_for_a_minute_by_nobody_and_only_of_a_root() {
    let table = [
        (SNAPSHOT, json!({ "no-store": true }), ""),
        (SNAPSHOT, json!({ "no-store": true, "max-age": 60 }), ""),
        (SNAPSHOT, json!({ "max-age": 60 }), "MOTD-SRV-3"),
        (SNAPSHOT, json!({}), "MOTD-SRV-3"),
        (ROOT, json!({ "no-store": true }), ""),
        (ROOT, json!({ "public": true, "max-age": 60 }), ""),
        (ROOT, json!({ "max-age": 60, "s-maxage": 60 }), ""),
        (ROOT, json!({ "max-age": 61 }), "MOTD-SRV-3"),
        (ROOT, json!({ "max-age": 60, "s-maxage": 61 }), "MOTD-SRV-3"),
        (
            ROOT,
            json!({ "max-age": 60, "s-maxage": "x" }),
            "MOTD-SRV-3",
        ),
        (ROOT, json!({}), "MOTD-SRV-3"),
        // Not version-prefixed metadata.
        ("metadata/root.json", json!({}), ""),
        ("metadata/3.root.json/", json!({}), ""),
        ("targets/motd/3.root.json", json!({}), ""),
    ];
    for (path, cache, broken) in table {
        let answer = json!({ "status": 404, "cache": cache });
        assert_eq!(requirement("GET", path, &answer), broken, "{path} {cache}");
        let found = json!({ "status": 410, "cache": cache });
        assert_eq!(requirement("GET", path, &found), "", "{path} {cache}");
    }
}

#[test]
fn an_error_tells_nothing_of_the_files() {
    let half = &ROLE[..45];
    let table: [(&str, &[u8], &str); 11] = [
        ("metadata/", b"", ""),
        ("metadata/", b"<html><title>Not found</title></html>", ""),
        ("metadata/", b"1.motd.json\n", "MOTD-SRV-5"),
        ("metadata/", b"/srv/metadata/.lock", "MOTD-SRV-5"),
        ("metadata/.lock", b"no such file: metadata/.lock", ""),
        ("metadata/%2elock", b"no such file: .lock", ""),
        ("metadata/.lock", b"never published", "MOTD-SRV-5"),
        ("metadata/", ROLE, "MOTD-SRV-5"),
        ("metadata/", half, "MOTD-SRV-5"),
        ("metadata/../secret.json", b"denied: secret.json", ""),
        (
            "metadata/../secret.json",
            b"denied: never published at all, and longer",
            "MOTD-SRV-5",
        ),
    ];
    for (path, body, broken) in table {
        for status in [400, 404, 500] {
            let answer = json!({
                "status": status, "length": body.len(), "body": STANDARD.encode(body),
                "cache": { "no-store": true },
            });
            assert_eq!(requirement("GET", path, &answer), broken, "{path} {body:?}");
        }
    }
}
