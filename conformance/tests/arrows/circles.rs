//! No two files of a crate import each other in a circle (ARCHITECTURE.md).

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use crate::sources::Sources;

/// File to imported file, and the names that are imported.
type Imports = BTreeMap<String, BTreeMap<String, BTreeSet<String>>>;

/// The circles: sets of files, each of which imports all the others, directly or over others.
fn circles(imports: &Imports) -> Vec<BTreeSet<String>> {
    let reached: BTreeMap<&String, BTreeSet<&String>> = imports
        .keys()
        .map(|file| (file, reached(imports, file)))
        .collect();
    let circle = |file: &String| -> BTreeSet<String> {
        let back = |other: &&String| reached.get(*other).is_some_and(|from| from.contains(file));
        reached[file]
            .iter()
            .copied()
            .filter(back)
            .cloned()
            .collect()
    };
    let circles: BTreeSet<_> = imports
        .keys()
        .map(circle)
        .filter(|circle| circle.len() > 1)
        .collect();
    circles.into_iter().collect()
}

/// The files that a file imports, directly or over others.
fn reached<'a>(imports: &'a Imports, file: &String) -> BTreeSet<&'a String> {
    let mut reached = BTreeSet::new();
    let mut pending = vec![file];
    while let Some(file) = pending.pop() {
        for imported in imports.get(file).into_iter().flat_map(BTreeMap::keys) {
            if reached.insert(imported) {
                pending.push(imported);
            }
        }
    }
    reached
}

/// A circle for people: each import in it, with its names.
fn described(circle: &BTreeSet<String>, imports: &Imports) -> String {
    let mut text = String::new();
    for file in circle {
        for (imported, names) in imports[file]
            .iter()
            .filter(|(imported, _)| circle.contains(*imported))
        {
            let names: Vec<_> = names.iter().map(String::as_str).collect();
            writeln!(text, "  {file} -> {imported}: {}", names.join(", ")).unwrap();
        }
    }
    text
}

#[test]
fn no_files_import_each_other_in_a_circle() {
    let mut found = String::new();
    for root in crate::crate_roots() {
        let imports = Sources::read(Path::new(crate::ROOT), &root).imports();
        for circle in circles(&imports) {
            writeln!(found, "{}", described(&circle, &imports)).unwrap();
        }
    }
    assert!(
        found.is_empty(),
        "files import each other in a circle:\n\n{found}"
    );
}

/// The circles of a crate that has these files.
fn circles_of(files: &[(&str, &str)]) -> String {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let imports = Sources::read(folder.path(), "lib.rs").imports();
    circles(&imports)
        .iter()
        .map(|circle| described(circle, &imports))
        .collect()
}

#[test]
fn a_planted_circle_is_found() {
    // Over a list, a path in the code, a re-export of the parent and a macro.
    let found = circles_of(&[
        (
            "lib.rs",
            "mod a; mod b; mod c; pub use b::inner::{B as Named};",
        ),
        (
            "a.rs",
            "use crate::{c, b::{self, Other as _}}; pub struct A; fn f() -> b::Other { c::new() }",
        ),
        (
            "b/mod.rs",
            "pub(crate) mod inner; pub(crate) enum Other { One }",
        ),
        (
            "b/inner.rs",
            "pub struct B; fn f() { let _ = super::super::a::A; }",
        ),
        (
            "c.rs",
            "pub(crate) fn new() { assert!(matches!(0, crate::Named::X)) }",
        ),
    ]);
    assert_eq!(
        found,
        "  a.rs -> c.rs: new\n  b/inner.rs -> a.rs: A\n  c.rs -> b/inner.rs: B\n"
    );
}

#[test]
fn what_is_no_circle_is_none() {
    // A parent's re-exports, its children as modules, tests, and modules in one file.
    let found = circles_of(&[
        (
            "lib.rs",
            "mod a; pub use a::{A, B}; pub fn helper() {} pub mod inline { use super::helper; }",
        ),
        (
            "a.rs",
            "use crate::helper; pub struct A; mod b; pub use self::b::B;\n\
             #[cfg(test)] mod tests { use super::b::only_tests; }\n\
             #[cfg(test)] mod elsewhere;",
        ),
        (
            "a/b.rs",
            "use super::A; use crate::a::b::B as Me; pub struct B; #[cfg(test)] fn only_tests() {}",
        ),
    ]);
    assert_eq!(found, "");
}
