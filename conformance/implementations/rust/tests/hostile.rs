//! What is no request ends nothing.

use serde_json::json;

use crate::common::{Session, seed};

#[test]
fn lines_that_are_no_request_are_errors() {
    let mut session = Session::start();
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let lines: [&[u8]; 9] = [
        b"",
        b"\0",
        b"\xff\xfe",
        b"[]",
        b"{",
        b"null",
        deep.as_bytes(),
        br#"{"id":7,"operation":"hello"}"#,
        br#"{"id":"","operation":"hello","protocol":1,"specification":"1.0"}"#,
    ];
    for line in lines {
        let answer = session.line(line);
        assert_eq!(answer["status"], "error", "{answer}");
        assert!(answer["id"].is_string());
    }
    let lines = [
        json!({ "id": "k1" }),
        json!({ "id": "k1", "operation": "nothing" }),
        json!({ "id": "k1", "operation": "hello", "protocol": 1 }),
        json!({ "id": "k1", "operation": "hello", "protocol": 1, "specification": "1.0", "more": 1 }),
        json!({ "id": "k1", "operation": "parse", "repository": "pypi.org" }),
        json!({ "id": "k1", "operation": "parse", "repository": "pypi.org", "target": "*" }),
        json!({ "id": "k1", "operation": "parse", "repository": "PyPI", "target": "" }),
        json!({ "id": "k1", "operation": "create", "folder": "/", "roles": seed(1) }),
        json!({ "id": "k1", "operation": "start", "folder": "/nowhere/at/all", "root": "" }),
    ];
    for line in lines {
        let answer = session.line(line.to_string().as_bytes());
        assert_eq!(answer["id"], "k1");
        assert_eq!(answer["status"], "error", "{answer}");
    }
    let hello = json!({ "protocol": 1, "specification": "1.0" });
    let result = session.result("hello", hello);
    assert_eq!(
        result["roles"],
        json!(["document", "installer", "publisher", "server"])
    );
    assert_eq!(result["features"], json!(["rollout", "deb-rpm"]));
    session.end();
}

#[test]
fn another_version_of_the_protocol_is_unsupported() {
    let mut session = Session::start();
    let line = br#"{"id":"k1","operation":"hello","protocol":2,"specification":"1.0"}"#;
    assert_eq!(session.line(line)["status"], "unsupported");
    session.end();
}
