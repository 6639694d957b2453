//! The dependency arrows between the packages, and between the files of each, point one way (ARCHITECTURE.md). The paths
//! that CONTRIBUTING.md names exist.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod circles;
mod contributing;
mod sources;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

/// Who may depend on whom; tests of client and server may use the other, and all what tests share.
const ARROWS: [(&str, &[&str], &[&str]); 8] = [
    ("motd-core", &[], &[]),
    (
        "motd-client",
        &["motd-core"],
        &["motd-server", "motd-simulator"],
    ),
    (
        "motd-simulator",
        &["motd-core", "motd-client", "motd-server"],
        &[],
    ),
    (
        "motd-server",
        &["motd-core"],
        &["motd-client", "motd-server", "motd-test-support"],
    ),
    ("motd-test-support", &[], &[]),
    (
        "motd-cli",
        &["motd-core", "motd-client", "motd-server"],
        &["motd-test-support"],
    ),
    ("motd-conformance", &["motd-core"], &["motd-test-support"]),
    // The reference implementation's adapter; the judge knows it as a process.
    (
        "motd-adapter",
        &["motd-core", "motd-client", "motd-server"],
        &[],
    ),
];

/// The crates that do I/O, hold a clock or draw randomness; the core builds on none of them.
const OUTSIDE: [&str; 8] = [
    "tokio",
    "reqwest",
    "axum",
    "fs-err",
    "tempfile",
    "getrandom",
    "jiff",
    "url",
];

type Edges = BTreeMap<(String, bool), BTreeSet<String>>;

/// The workspace's root.
const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// The packages of the workspace, as cargo describes them.
fn packages() -> Vec<serde_json::Value> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version=1", "--no-deps", "--offline"])
        .current_dir(ROOT)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    metadata["packages"].as_array().unwrap().clone()
}

/// (package, only for tests) to the names of the packages that it names in its manifest.
fn edges() -> Edges {
    let mut edges = Edges::new();
    for package in packages() {
        for dependency in package["dependencies"].as_array().unwrap() {
            let key = (
                package["name"].as_str().unwrap().to_owned(),
                dependency["kind"] == "dev",
            );
            edges
                .entry(key)
                .or_default()
                .insert(dependency["name"].as_str().unwrap().to_owned());
        }
    }
    edges
}

/// The root files of all libraries and programs, below the workspace's root.
fn crate_roots() -> Vec<String> {
    let root = std::fs::canonicalize(ROOT).unwrap();
    let mut roots = Vec::new();
    for package in packages() {
        for target in package["targets"].as_array().unwrap() {
            if ["lib", "bin"].contains(&target["kind"][0].as_str().unwrap()) {
                let path = Path::new(target["src_path"].as_str().unwrap());
                roots.push(
                    path.strip_prefix(&root)
                        .unwrap()
                        .to_str()
                        .unwrap()
                        .to_owned(),
                );
            }
        }
    }
    roots
}

#[test]
fn the_arrows_point_one_way() {
    let edges = edges();
    for ((package, only_tests), names) in &edges {
        let (_, always, tests) = ARROWS.iter().find(|(name, ..)| name == package).unwrap();
        // A package's tests may select features of the package itself.
        let ours = |name: &&String| name.starts_with("motd-") && *name != package;
        for name in names.iter().filter(ours) {
            let allowed =
                always.contains(&name.as_str()) || (*only_tests && tests.contains(&name.as_str()));
            assert!(allowed, "{package} must not depend on {name}");
        }
    }
    let packages: BTreeSet<_> = edges.keys().map(|(package, _)| package.as_str()).collect();
    assert_eq!(
        packages.len(),
        ARROWS.len(),
        "a package without a rule: {packages:?}"
    );
}

#[test]
fn the_core_does_no_input_or_output() {
    let edges = edges();
    let names = &edges[&("motd-core".to_owned(), false)];
    for name in OUTSIDE {
        assert!(!names.contains(name), "motd-core must not depend on {name}");
    }
    let lib = std::fs::read_to_string(Path::new(ROOT).join("motd-core/src/lib.rs")).unwrap();
    assert!(
        lib.contains("#![no_std]"),
        "motd-core is no_std, so that an accidental read does not compile"
    );
}
