//! The adapter signs and publishes through the functions that the product uses, and through no other (ARCHITECTURE.md,
//! "Where a change is signed"). Otherwise the judge would judge a path that no operator has.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Types that only a function which signs or publishes has in its signature.
const SIGNING_TYPES: [&str; 4] = ["Signer", "Online<", "Publication", "SigningRequest"];

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..")
}

/// The text of a file of the workspace.
fn read(path: &str) -> String {
    std::fs::read_to_string(workspace().join(path)).unwrap()
}

/// The text of every Rust file below a folder, tests left out.
fn sources(folder: &Path) -> String {
    let mut text = String::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if path.is_dir() && name != "tests" {
            text.push_str(&sources(&path));
        } else if path.extension().is_some_and(|end| end == "rs") && name != "tests.rs" {
            text.push_str(&std::fs::read_to_string(&path).unwrap());
        }
    }
    text
}

fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

/// The names of the public functions that sign or publish, in the half of the library that publishes.
fn signing_functions() -> BTreeSet<String> {
    let text = sources(&workspace().join("motd-server/src/publish"));
    let steps = read("motd-server/src/publish/steps.rs");
    let steps = steps.split("trait Compare").next().unwrap();
    let mut names = BTreeSet::new();
    for function in text
        .split("pub fn ")
        .skip(1)
        .chain(steps.split("\n    fn ").skip(1))
    {
        let signature = function.split(['{', ';']).next().unwrap();
        let name = signature.split(|letter| !is_word(letter)).next().unwrap();
        if SIGNING_TYPES.iter().any(|name| signature.contains(name)) {
            names.insert(name.to_owned());
        }
    }
    names
}

/// Whether a function of this name is called.
fn calls(text: &str, name: &str) -> bool {
    [format!(".{name}("), format!("::{name}(")]
        .iter()
        .any(|call| text.contains(call))
}

/// The functions that ARCHITECTURE names.
fn entry_points() -> BTreeSet<String> {
    let text = read("ARCHITECTURE.md");
    let section = text.split("### Where a change is signed\n").nth(1).unwrap();
    let section = section.split("\n## ").next().unwrap();
    let mut names = BTreeSet::new();
    for item in section.lines().filter(|line| line.starts_with("- ")) {
        for path in item.split('`').skip(1).step_by(2) {
            let last = path.rsplit("::").next().unwrap();
            let last = last.trim_matches(['{', '}']).split(", ");
            names.extend(last.map(str::to_owned));
        }
    }
    names
}

#[test]
fn the_adapter_signs_and_publishes_as_the_product_does() {
    let (allowed, signing) = (entry_points(), signing_functions());
    let adapter = sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    let called: BTreeSet<_> = signing
        .iter()
        .filter(|name| calls(&adapter, name))
        .collect();
    // A function of the adapter may have the name of another.
    let is_own = |name: &str| adapter.contains(&format!("fn {name}("));
    let others: Vec<_> = called
        .iter()
        .filter(|name| !allowed.contains(**name) && !is_own(name))
        .collect();
    assert!(others.is_empty(), "the adapter calls {others:?}");
    for name in [
        "draft",
        "propose",
        "sign",
        "publish",
        "renew_both",
        "commit",
        "load",
    ] {
        assert!(calls(&adapter, name), "the adapter does not call {name}");
    }
    let product = [
        sources(&workspace().join("motd-cli/src/commands")),
        sources(&workspace().join("motd-server/src/serve")),
        // `renew` calls `renew_both` when the snapshot is due.
        read("motd-server/src/publish/publication.rs"),
    ]
    .concat();
    for name in &allowed {
        assert!(calls(&product, name), "the product does not call {name}");
    }
}
