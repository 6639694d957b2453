//! The table of mutants fits the present sources and the present specification. Whether cases kill them is for
//! `motd-conformance mutants`, which builds them.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::path::Path;

use motd_conformance::mutants::{self, Table};
use motd_conformance::spec;

fn workspace() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

fn blocks() -> Vec<spec::Block> {
    spec::blocks(&spec::chapters(&workspace().join("spec")).unwrap()).0
}

#[test]
fn every_entry_fits_the_sources() {
    // Reading it finds ids that come twice; applying it, texts that are not there exactly once, and places that overlap.
    let table = Table::read(workspace()).unwrap();
    let applied = mutants::applied(workspace(), &table).unwrap();
    let places = table.mutants.iter().flat_map(mutants::Mutant::changes);
    let files: BTreeSet<_> = places.map(|place| place.file).collect();
    assert_eq!(applied.len(), files.len());
    for (path, text) in applied {
        assert!(!text.contains("MUTANT"), "{}", path.display());
    }
    assert_eq!(table.complaints(&blocks()), Vec::<String>::new());
}

#[test]
fn every_requirement_that_can_be_tested_has_a_mutant() {
    let table = Table::read(workspace()).unwrap();
    let having: BTreeSet<&str> = table
        .mutants
        .iter()
        .map(|mutant| mutant.requirement.as_str())
        .collect();
    let blocks = blocks();
    let without: Vec<&str> = mutants::testable(&blocks)
        .map(|block| block.id.as_str())
        .filter(|id| !having.contains(id))
        .collect();
    assert_eq!(without, Vec::<&str>::new());
}

#[test]
fn no_switch_stands_in_the_sources() {
    let mut folders: Vec<_> = [
        "motd-core",
        "motd-client",
        "motd-server",
        "motd-cli",
        "conformance/implementations/rust",
    ]
    .iter()
    .map(|name| workspace().join(name).join("src"))
    .collect();
    let mut files = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let text = std::fs::read_to_string(&path).unwrap();
                assert!(
                    !text.contains("mutants::is") && !text.contains("MOTD_MUTANT"),
                    "{}",
                    path.display()
                );
                files += 1;
            }
        }
    }
    assert!(files > 50);
}
