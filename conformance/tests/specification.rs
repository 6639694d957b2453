//! The specification keeps its own rules, agrees with the core, and its examples are true.

use std::path::Path;

use motd_conformance::{golden, spec, trace};

fn workspace() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

#[test]
fn the_blocks_keep_their_rules() {
    let (blocks, faults) = spec::blocks(&spec::chapters(&workspace().join("spec")).unwrap());
    let faults: Vec<_> = faults.iter().map(ToString::to_string).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(
        blocks.len() > 100,
        "only {} requirements were found",
        blocks.len()
    );
}

#[test]
fn the_generated_files_are_fresh() {
    assert_eq!(
        golden::stale(workspace()).unwrap(),
        Vec::<std::path::PathBuf>::new()
    );
}

#[test]
fn specification_and_code_agree() {
    let (blocks, _) = spec::blocks(&spec::chapters(&workspace().join("spec")).unwrap());
    let complaints = trace::complaints(&blocks, &trace::places(workspace()).unwrap());
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}
