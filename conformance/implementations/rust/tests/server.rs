//! `start` and `stop`.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::common::{Session, create, notice, publish, root};

/// The answer to a GET, or nothing where nobody listens.
fn get(url: &str, name: &str) -> Option<String> {
    let (host, path) = url
        .strip_prefix("http://")
        .unwrap()
        .split_once('/')
        .unwrap();
    let mut connection = TcpStream::connect(host).ok()?;
    let request =
        format!("GET /{path}{name} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    connection.write_all(request.as_bytes()).ok()?;
    let mut answer = Vec::new();
    connection.read_to_end(&mut answer).ok()?;
    Some(String::from_utf8_lossy(&answer).into_owned())
}

#[test]
fn a_folder_is_served_and_what_is_published_is_taken_up() {
    let mut session = Session::start();
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    session.result("create", create(folder));
    let served = session.result("start", json!({ "folder": folder, "root": root(folder) }));
    let metadata = served["metadata_url"].as_str().unwrap();
    let targets = served["targets_url"].as_str().unwrap();
    let ok = |answer: Option<String>| answer.unwrap().starts_with("HTTP/1.1 200 ");
    assert!(ok(get(metadata, "1.root.json")));
    assert!(!ok(get(metadata, "2.motd.json")));
    assert!(!ok(get(targets, "../.lock")));
    session.result(
        "publish",
        publish(folder, &[notice("news", "info", "News")]),
    );
    let published = Instant::now();
    while !ok(get(metadata, "2.motd.json")) {
        assert!(published.elapsed() < Duration::from_secs(5));
    }
    assert!(
        get(metadata, "timestamp.json")
            .unwrap()
            .contains("\"version\":2")
    );
    session.result("stop", json!({ "folder": folder }));
    assert_eq!(get(metadata, "timestamp.json"), None);
    // Who stops what does not run has what was asked for.
    session.result("stop", json!({ "folder": folder }));
    session.end();
}
