//! Every case as files, for whoever wants to put another client before it.
//!
//! `MOTD_GATE_FOLDER=FOLDER cargo test -p motd-client --test client folders` leaves them there: a folder for each case with
//! `root.json`, the `expected` outcome, and `before` and `after`, which are what a client saw first and what it sees now.
//! What a case does to the network rather than to the files (a status, a body cut short) is not in them.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::cases;
use motd_test_support::Simulation;
use motd_test_support::repo::is_writable;

/// A name that every file system takes.
fn folder_name(case: &str) -> String {
    let kept = |letter: char| {
        if letter.is_ascii_alphanumeric() {
            letter
        } else {
            '-'
        }
    };
    case.chars().map(kept).collect()
}

fn read(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    fn walk(root: &Path, folder: &Path, files: &mut BTreeMap<String, Vec<u8>>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(root, &path, files);
            } else {
                let name = path.strip_prefix(root).unwrap().to_str().unwrap();
                files.insert(name.to_owned(), fs::read(&path).unwrap());
            }
        }
    }
    let mut files = BTreeMap::new();
    walk(folder, folder, &mut files);
    files
}

#[test]
fn every_case_can_be_kept_as_files() {
    let temporary = tempfile::tempdir().unwrap();
    let kept = std::env::var_os("MOTD_GATE_FOLDER");
    let root = kept.as_deref().map_or(temporary.path(), Path::new);
    let mut names = 0;
    for case in cases() {
        let mut world = Simulation::new();
        let folder = root.join(folder_name(case.name));
        // A folder of an earlier run has files that this one does not write.
        let _ = fs::remove_dir_all(&folder);
        world.repo.write_to(&folder.join("before"));
        (case.make)(&mut world);
        world.repo.write_to(&folder.join("after"));
        fs::write(folder.join("root.json"), &world.root).unwrap();
        fs::write(folder.join("expected"), case.expected).unwrap();
        let kept = read(&folder.join("after"));
        let mut files = world.repo.files.clone();
        files.retain(|path, _| is_writable(path));
        let others: Vec<_> = kept
            .keys()
            .chain(files.keys())
            .filter(|path| kept.get(*path) != files.get(*path))
            .collect();
        assert!(others.is_empty(), "{}: {others:?}", case.name);
        names += 1;
    }
    // No two cases share a folder.
    let folders = cases().map(|case| folder_name(case.name));
    assert_eq!(
        folders.collect::<std::collections::BTreeSet<_>>().len(),
        names
    );
}
