//! The pages in a real browser: what it loads, runs, logs and lays out, and what people who use a keyboard, a narrow
//! screen or a screen reader find; and the feed in a real feed parser.
//!
//! They are not part of the build. `MOTD_CHROMIUM` names the browser, `MOTD_NODE_PATH` a `node_modules` that has
//! `playwright-core` and `axe-core`, `MOTD_PYTHON` a Python that has `feedparser`. Without them a test says so and passes;
//! with `MOTD_REQUIRE_INTEROP=1` it fails instead. With `MOTD_SCREENSHOTS` naming a folder it also leaves pictures there.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test"
)]

#[path = "../interop/needs.rs"]
mod needs;
mod site;
mod world;

use std::path::{Path, PathBuf};
use std::process::Command;

use motd_server::page::Page;
use serde_json::{Value, json};

use needs::variable;
use site::{Policies, Site};

fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/browser")
        .join(name)
}

/// Serves the pages, lets the browser look at one of them in every way, and returns what it found.
async fn look(name: &str, pages: Vec<Page>, path: &str, texts: &[&str]) -> Option<Value> {
    let chromium = variable("MOTD_CHROMIUM", "Chromium and Node")?;
    let node_path = variable("MOTD_NODE_PATH", "Chromium and Node")?;
    let site = Site::serve(pages.clone(), Policies::Kept).await;
    let without = Site::serve(pages, Policies::Left).await;
    let folder = tempfile::tempdir().unwrap();
    let order = json!({
        "chromium": chromium,
        "profile": folder.path(),
        "url": format!("{}{path}", site.base()),
        "without": format!("{}{path}", without.base()),
        "texts": texts,
        "screenshots": std::env::var_os("MOTD_SCREENSHOTS").map(PathBuf::from),
        "name": name,
    });
    let output = tokio::task::spawn_blocking(move || {
        Command::new("node")
            .arg(script("look.cjs"))
            .arg(order.to_string())
            .env("NODE_PATH", node_path)
            .env("NO_PROXY", "127.0.0.1")
            .env("no_proxy", "127.0.0.1")
            .output()
            .unwrap()
    })
    .await
    .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let mut found: Value = serde_json::from_slice(&output.stdout).unwrap();
    found["served"] = json!(site.served());
    site.stop().await;
    without.stop().await;
    Some(found)
}

/// What holds of every page. All that does not is named at once.
fn assert_sound(found: &Value, path: &str, landmarks: &[&str]) {
    let mut faults: Vec<String> = Vec::new();
    let mut check = |name: &str, holds: bool, seen: &Value| {
        if !holds {
            faults.push(format!("{name}: {seen}"));
        }
    };
    let lists = [
        "console",
        "requests",
        "overflow",
        "axe",
        "unseen",
        "executed",
        "ids",
        "folded",
        "unfocused",
    ];
    for name in lists {
        check(name, found[name] == json!([]), &found[name]);
    }
    // Headings begin with one of level 1 and go down one level at a time.
    let headings = &found["headings"];
    let levels: Vec<u64> = headings
        .as_array()
        .unwrap()
        .iter()
        .map(|heading| heading["level"].as_u64().unwrap())
        .collect();
    let is_title = levels.first() == Some(&1) && !levels[1..].contains(&1);
    let are_in_order = levels.windows(2).all(|pair| pair[1] <= pair[0] + 1);
    check("headings", is_title && are_in_order, headings);
    let seen = &found["landmarks"];
    check("landmarks", *seen == json!(landmarks), seen);
    // The browser asked for the page and for nothing else.
    let served = found["served"].as_array().unwrap();
    let alone = !served.is_empty() && served.iter().all(|served| served == path);
    check("served", alone, &found["served"]);
    // A check that cannot fail checks nothing.
    let control = &found["control"];
    let expected = json!({ "blocked": true, "reported": true, "ranWithout": true });
    check("control", *control == expected, control);
    check("links", found["links"] != 0, &found["links"]);
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
        .arg(script("read_feed.py"))
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
