//! The pages in a real browser: what it loads, runs, logs and lays out, and what people who use a keyboard, a narrow
//! screen or a screen reader find; and the feed in a real feed parser.
//!
//! They are not part of the build. `MOTD_CHROMIUM` names the browser, `MOTD_NODE_PATH` a `node_modules` that has
//! `playwright-core` and `axe-core`, `MOTD_PYTHON` a Python that has `feedparser`. Without them a test says so and passes;
//! with `MOTD_REQUIRE_INTEROP=1` it fails instead. With `MOTD_SCREENSHOTS` naming a folder it also leaves pictures there.

mod site;
mod world;

use std::path::Path;
use std::process::Command;

use motd_server::serve::page::Page;
use motd_test_support::needs::variable;
use motd_test_support::sound;
use serde_json::{Value, json};

use site::{Policies, Site};

/// Serves the pages, lets the browser look at one of them in every way, and returns what it found.
async fn look(name: &str, pages: Vec<Page>, path: &str, texts: &[&str]) -> Option<Value> {
    let site = Site::serve(pages.clone(), Policies::Kept).await;
    let without = Site::serve(pages, Policies::Left).await;
    let order = json!({
        "url": format!("{}{path}", site.base()),
        "without": format!("{}{path}", without.base()),
        "texts": texts,
        "name": name,
    });
    let found = tokio::task::spawn_blocking(move || sound::look(order)).await;
    let served = json!(site.served());
    site.stop().await;
    without.stop().await;
    let mut found = found.unwrap()?;
    found["served"] = served;
    Some(found)
}

/// What holds of every page. All that does not is named at once.
fn assert_sound(found: &Value, path: &str, landmarks: &[&str]) {
    let mut faults = sound::faults(found, landmarks);
    // The browser asked for the page and for nothing else.
    let served = found["served"].as_array().unwrap();
    if served.is_empty() || served.iter().any(|served| served != path) {
        faults.push(format!("served: {served:?}"));
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_public_page_is_sound() {
    let test = world::published();
    let texts = world::hostile_texts();
    let pages = world::public(&test, world::now());
    if let Some(found) = look("public", pages, "/", &texts).await {
        assert_sound(&found, "/", &["banner", "main", "contentinfo"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_public_page_is_sound_when_nothing_may_be_shown() {
    let test = world::published();
    let pages = world::public(&test, world::long_after());
    if let Some(found) = look("expired", pages, "/", &["Nothing is shown"]).await {
        assert_sound(&found, "/", &["banner", "main", "contentinfo"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_operators_page_is_sound() {
    let test = world::published();
    let texts = world::hostile_texts();
    let page = world::operators(&test);
    if let Some(found) = look("operators", vec![page], "/operators", &texts).await {
        assert_sound(&found, "/operators", &["banner", "main"]);
    }
}

#[test]
fn a_feed_parser_reads_the_feed() {
    let Some(python) = variable("MOTD_PYTHON", "feedparser") else {
        return;
    };
    let test = world::published();
    let pages = world::public(&test, world::now());
    let feed = pages.iter().find(|page| page.path == "/feed.atom").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("feed.atom");
    std::fs::write(&path, &feed.body).unwrap();
    let output = Command::new(python)
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser/read_feed.py"))
        .arg(&path)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let read: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(read["bozo"], false, "{read}");
    assert_eq!(read["version"], "atom10");
    assert_eq!(
        read["id"],
        "tag:index.example.org,2018:tuf-motd:index.example.org"
    );
    let expected = json!({
        "id": "tag:index.example.org,2018:tuf-motd:index.example.org:tls-1.2-required",
        "title": "WARNING: TLS 1.2 will be required on 30 June 2018",
        "type": "text/plain",
        "language": "en",
        "updated": "2018-04-12T00:00:01Z",
        "published": "2018-04-12T00:00:00Z",
        "tags": ["warning", "deprecation"],
        "related": ["https://status.example.org/tls?a=1&b=2"],
    });
    let entries = read["entries"].as_array().unwrap();
    assert!(entries.contains(&expected), "{read}");
    // Text that looks like markup is text.
    let hostile = entries
        .iter()
        .any(|entry| entry["title"] == json!(format!("INFO: {}", world::MARKUP)));
    assert!(hostile, "{read}");
}
