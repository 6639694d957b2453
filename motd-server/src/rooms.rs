//! The arrows between the rooms of this crate: `serve` uses `publish` and `store`, `publish` uses `store`.

use std::path::{Path, PathBuf};

/// A room, and the rooms that nothing in it may name.
const FORBIDDEN: [(&str, &[&str]); 2] = [("store", &["publish", "serve"]), ("publish", &["serve"])];

/// The lines of a source, tests included, with a path that leads through one of these rooms. Comments do not count.
fn lines_naming<'a>(source: &'a str, rooms: &[&str]) -> Vec<&'a str> {
    let is_of_a_path = |symbol: char| symbol.is_alphanumeric() || "_:".contains(symbol);
    let names = |line: &str| {
        let mut paths = line.split(|symbol| !is_of_a_path(symbol));
        // `use crate::{a, b}` would hide a room in a list.
        line.contains("crate::{")
            || paths.any(|path| {
                let mut segments = path.split("::");
                path.contains("::") && segments.any(|segment| rooms.contains(&segment))
            })
    };
    let lines = source.lines().map(str::trim);
    lines
        .filter(|line| !line.starts_with("//") && names(line))
        .collect()
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs_err::read_dir(folder).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let found = paths.flat_map(|path| {
        if path.is_dir() {
            sources(&path)
        } else {
            vec![path]
        }
    });
    found
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .collect()
}

#[test]
fn the_arrows_between_the_rooms_point_one_way() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for (room, forbidden) in FORBIDDEN {
        let files = sources(&src.join(room));
        assert!(files.len() > 10, "{room}");
        for file in files {
            let source = fs_err::read_to_string(&file).unwrap();
            let found = lines_naming(&source, forbidden);
            assert!(found.is_empty(), "{}: {found:?}", file.display());
        }
    }
}

#[test]
fn an_import_of_another_room_is_seen() {
    for line in [
        "use crate::serve::Server;",
        "use crate::serve;",
        "use crate::{serve, store};",
        "use super::super::serve::Server;",
        "let server = crate::serve::Server::new();",
        "fn f(_: &serve::Server) {}",
    ] {
        assert_eq!(lines_naming(line, &["serve"]), [line]);
    }
    for line in [
        "use crate::store::Store;",
        "// see crate::serve::Server",
        "fn serve(observe::Server) {}",
    ] {
        assert!(lines_naming(line, &["serve"]).is_empty(), "{line}");
    }
}
