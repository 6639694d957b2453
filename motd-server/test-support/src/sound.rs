//! What is looked at in a browser, and what has to hold of every page of this project.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use crate::needs::variable;

/// Lets the browser look at a page in every way, and returns what it found: `look.cjs` says what the order may hold.
#[must_use]
pub fn look(mut order: Value) -> Option<Value> {
    let chromium = variable("MOTD_CHROMIUM", "Chromium and Node")?;
    let node_path = variable("MOTD_NODE_PATH", "Chromium and Node")?;
    let profile = tempfile::tempdir().unwrap();
    order["chromium"] = json!(chromium);
    order["profile"] = json!(profile.path());
    order["screenshots"] = json!(std::env::var_os("MOTD_SCREENSHOTS").map(PathBuf::from));
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/browser/look.cjs");
    let output = Command::new("node")
        .arg(script)
        .arg(order.to_string())
        .env("NODE_PATH", node_path)
        .env("NO_PROXY", "127.0.0.1")
        .env("no_proxy", "127.0.0.1")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

/// What does not hold and should, of any page.
#[must_use]
pub fn faults(found: &Value, landmarks: &[&str]) -> Vec<String> {
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
    // A check that cannot fail checks nothing.
    let control = &found["control"];
    let expected = json!({ "blocked": true, "reported": true, "ranWithout": true });
    check("control", *control == expected, control);
    check("links", found["links"] != 0, &found["links"]);
    faults
}
