//! `CONTRIBUTING.md` names no file that is not there.

use std::ffi::OsStr;
use std::path::Path;

#[test]
fn its_paths_exist() {
    let workspace = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    let text = std::fs::read_to_string(workspace.join("CONTRIBUTING.md")).unwrap();
    let mut found = 0;
    let mut missing = Vec::new();
    for line in text.lines() {
        // A bare name, such as `values.rs`, is beside the path before it.
        let mut folder = workspace.to_path_buf();
        for name in line.split('`').skip(1).step_by(2) {
            let kind = Path::new(name).extension().and_then(OsStr::to_str);
            let is_bare = !name.contains('/') && matches!(kind, Some("rs" | "md" | "txt"));
            let is_rooted = name
                .split_once('/')
                .is_some_and(|(first, _)| workspace.join(first).is_dir());
            let path = match (is_rooted, is_bare) {
                (true, _) if !name.contains(' ') => workspace.join(name),
                (_, true) => folder.join(name),
                _ => continue,
            };
            found += 1;
            if !path.exists() {
                missing.push(name);
            }
            folder = if path.is_dir() {
                path
            } else {
                path.parent().unwrap_or(workspace).to_path_buf()
            };
        }
    }
    assert!(found > 80, "only {found} paths were found");
    assert_eq!(missing, [""; 0]);
}
