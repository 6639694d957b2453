//! Each fault of a folder, seen with the requirement that it breaks, beside what is allowed to be there.

use serde_json::json;

use super::*;
use crate::simulator::{NOTICES, SimulatedRepository, SiteFiles};

/// What is done to the folder beside the publication.
type FolderChange = fn(&Path);

fn write(folder: &Path, site: &SiteFiles) {
    for (path, bytes) in site {
        put(folder, path, bytes);
    }
}

fn put(folder: &Path, path: &str, bytes: &[u8]) {
    let path = folder.join(path);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, bytes).unwrap();
}

fn edit(folder: &Path, path: &str, change: impl Fn(&mut Value)) {
    let bytes = std::fs::read(folder.join(path)).unwrap();
    let mut value = serde_json::from_slice(&bytes).unwrap();
    change(&mut value);
    put(folder, path, value.to_string().as_bytes());
}

fn repository() -> SimulatedRepository {
    let mut repository = SimulatedRepository::new();
    repository.states_hashes = true;
    repository
}

/// What is found when one publication follows another, with this beside it and this answer.
fn published(answer: &Value, change: FolderChange) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let mut repository = repository();
    write(folder.path(), &repository.site());
    put(folder.path(), "metadata/old.tmp", b"was there before");
    let before = folder::copy(folder.path());
    repository.publish(&[NOTICES]);
    write(folder.path(), &repository.site());
    change(folder.path());
    broken(folder.path(), &before, answer)
}

/// What is found when this alone happens.
fn refused(answer: &Value, change: FolderChange) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &repository().site());
    put(folder.path(), "metadata/old.tmp", b"was there before");
    let before = folder::copy(folder.path());
    change(folder.path());
    broken(folder.path(), &before, answer)
}

/// Holds what is found to the requirement and the path that it has to name, or to nothing.
fn held(found: &[String], requirement: &str, path: &str) {
    if requirement.is_empty() {
        assert_eq!(found, [""; 0], "{path}");
    } else {
        let start = format!("{requirement}: {path} ");
        assert!(
            found.len() == 1 && found[0].starts_with(&start),
            "{start}{found:?}"
        );
    }
}

#[test]
fn what_a_publication_leaves_is_of_the_publication() {
    let accepted = json!({ "status": "accepted" });
    // What lies there beside the publication, the requirement that is broken, and what is named.
    let table: [(FolderChange, &str, &str); 17] = [
        (|_| {}, "", "nothing"),
        (|at| put(at, ".lock", b""), "", "a file beside the trees"),
        (|at| put(at, "keys/a.json", b""), "", "a folder beside them"),
        (
            |at| put(at, "metadata/motd-bundle.json", b"{}"),
            "",
            "a bundle",
        ),
        (
            |at| {
                let bytes = std::fs::read(at.join(TIMESTAMP)).unwrap();
                put(at, "metadata/2.timestamp.json", &bytes);
            },
            "",
            "a copy of the timestamp",
        ),
        (
            |at| std::fs::remove_file(at.join("metadata/old.tmp")).unwrap(),
            "",
            "a file that nothing leads to is removed",
        ),
        (
            |at| put(at, "metadata/2.timestamp.json", b"{}"),
            "MOTD-PUB-7",
            "metadata/2.timestamp.json",
        ),
        (
            |at| put(at, "metadata/secret-key.txt", b"00"),
            "MOTD-PUB-7",
            "metadata/secret-key.txt",
        ),
        (
            |at| put(at, "metadata/.timestamp.json.tmp", b"{}"),
            "MOTD-PUB-7",
            "metadata/.timestamp.json.tmp",
        ),
        (
            |at| put(at, "metadata/old.tmp", b"is another now"),
            "MOTD-PUB-7",
            "metadata/old.tmp",
        ),
        (
            |at| put(at, "metadata/root.json", b"{}"),
            "MOTD-PUB-7",
            "metadata/root.json",
        ),
        (
            |at| put(at, "metadata/99.snapshot.json", b"{}"),
            "MOTD-PUB-7",
            "metadata/99.snapshot.json",
        ),
        (
            |at| put(at, "metadata/3.root.json", b"{}"),
            "MOTD-PUB-7",
            "metadata/3.root.json",
        ),
        (
            |at| put(at, "targets/.tmp-1", b"x"),
            "MOTD-PUB-7",
            "targets/.tmp-1",
        ),
        (
            |at| put(at, "targets/motd/notices.json", b"{}"),
            "MOTD-PUB-7",
            "targets/motd/notices.json",
        ),
        (
            |at| {
                let name = "0".repeat(64);
                put(at, &format!("targets/motd/{name}.notices.json"), b"{}");
            },
            "MOTD-PUB-7",
            "targets/motd/0000000000000000000000000000000000000000000000000000000000000000.notices.json",
        ),
        (
            |at| put(at, "targets/2.motd.json", b"{}"),
            "MOTD-PUB-7",
            "targets/2.motd.json",
        ),
    ];
    for (change, requirement, path) in table {
        held(&published(&accepted, change), requirement, path);
    }
}

#[test]
fn publications_on_the_way_are_led_to_as_well() {
    let folder = tempfile::tempdir().unwrap();
    let mut repository = repository();
    for _ in 0..3 {
        write(folder.path(), &repository.site());
        repository.publish(&[NOTICES]);
        repository.rotate(&[]);
    }
    let answer = json!({ "status": "accepted" });
    held(&broken(folder.path(), &Copy::new(), &answer), "", "");
}

#[test]
fn a_refused_publication_leaves_nothing_and_takes_nothing() {
    let code = |code: &str| json!({ "status": "rejected", "stage": "publication", "code": code });
    let table: [(&str, FolderChange, &str, &str); 8] = [
        ("publisher-expiry", |_| {}, "", "nothing"),
        (
            "publisher-expiry",
            |at| put(at, ".lock", b""),
            "",
            "a file beside the trees",
        ),
        (
            "publisher-expiry",
            |at| put(at, "metadata/99.snapshot.json", b"{}"),
            "MOTD-PUB-4",
            "metadata/99.snapshot.json",
        ),
        (
            "publisher-expiry",
            |at| put(at, TIMESTAMP, b"{\"signed\":{},\"signatures\":[]}"),
            "MOTD-PUB-4",
            TIMESTAMP,
        ),
        (
            "publisher-expiry",
            |at| std::fs::remove_file(at.join("metadata/1.motd.json")).unwrap(),
            "MOTD-PUB-4",
            "metadata/1.motd.json",
        ),
        // Written before the other publication was met.
        (
            "publisher-conflict",
            |at| {
                put(
                    at,
                    "metadata/9.motd.json",
                    b"{\"signed\":{\"version\":9},\"signatures\":[]}",
                );
            },
            "",
            "a role of a publication that met another",
        ),
        (
            "publisher-burned",
            |at| {
                let hash: String = Sha256::digest(b"{}").encode_hex();
                put(at, &format!("targets/motd/{hash}.notices.json"), b"{}");
            },
            "",
            "a target file of a publication that met another",
        ),
        (
            "publisher-conflict",
            |at| put(at, "metadata/.9.motd.json", b"{}"),
            "MOTD-PUB-7",
            "metadata/.9.motd.json",
        ),
    ];
    for (name, change, requirement, path) in table {
        held(&refused(&code(name), change), requirement, path);
    }
    let both = json!({ "answers": [code("version"), { "status": "accepted" }] });
    let role = |at: &Path| {
        let bytes = b"{\"signed\":{\"version\":9},\"signatures\":[]}";
        put(at, "metadata/9.motd.json", bytes);
    };
    held(&refused(&both, role), "", "one of two");
    let error = json!({ "status": "error", "message": "" });
    held(&refused(&error, role), "", "an error fails anyway");
}

#[test]
fn metadata_that_installers_refuse_by_its_form_is_named() {
    let accepted = json!({ "status": "accepted" });
    let table: [(FolderChange, &str); 7] = [
        (
            |at| edit(at, TIMESTAMP, |whole| whole["unknown"] = json!(1)),
            "",
        ),
        (
            |at| {
                edit(at, TIMESTAMP, |whole| {
                    let another = json!({ "keyid": "00", "sig": "" });
                    whole["signatures"].as_array_mut().unwrap().push(another);
                });
            },
            "",
        ),
        (
            |at| {
                edit(at, TIMESTAMP, |whole| {
                    let again = whole["signatures"][0].clone();
                    whole["signatures"].as_array_mut().unwrap().push(again);
                });
            },
            "MOTD-PUB-3",
        ),
        (
            |at| {
                edit(at, TIMESTAMP, |whole| {
                    whole["signatures"][0]["sig"] = json!("?");
                });
            },
            "MOTD-PUB-3",
        ),
        (
            |at| {
                edit(at, TIMESTAMP, |whole| {
                    whole["signatures"][0]["keyid"] = json!(1);
                });
            },
            "MOTD-PUB-3",
        ),
        (
            |at| edit(at, TIMESTAMP, |whole| whole["signatures"] = json!({})),
            "MOTD-PUB-3",
        ),
        (
            |at| {
                let text = std::fs::read_to_string(at.join(TIMESTAMP)).unwrap();
                let twice = text.replacen('{', "{\"signatures\":[],", 1);
                put(at, TIMESTAMP, twice.as_bytes());
            },
            "MOTD-PUB-3",
        ),
    ];
    for (change, requirement) in table {
        held(&published(&accepted, change), requirement, TIMESTAMP);
    }
}

#[cfg(unix)]
#[test]
fn a_file_that_is_not_in_place_is_named() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    use std::path::PathBuf;

    let moved = |at: &Path, to: PathBuf| {
        std::fs::create_dir_all(to.parent().unwrap()).unwrap();
        std::fs::rename(at.join(TIMESTAMP), &to).unwrap();
        symlink(&to, at.join(TIMESTAMP)).unwrap();
    };
    let accepted = json!({ "status": "accepted" });
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path().join("folder");
    let before = Copy::new();
    let again = || {
        let _ = std::fs::remove_dir_all(&at);
        write(&at, &repository().site());
    };
    let found = || broken(&at, &before, &accepted);
    again();
    held(&found(), "", TIMESTAMP);
    for outside in [folder.path().join("elsewhere"), at.join("store/timestamp")] {
        again();
        moved(&at, outside);
        held(&found(), "MOTD-PUB-4", TIMESTAMP);
    }
    again();
    std::fs::rename(at.join("metadata"), at.join("others")).unwrap();
    symlink(at.join("others"), at.join("metadata")).unwrap();
    let linked = format!("MOTD-PUB-4: {TIMESTAMP} is not in place");
    assert!(
        found().iter().any(|found| found.starts_with(&linked)),
        "{:?}",
        found()
    );
    again();
    moved(&at, at.join("metadata/1.timestamp.json"));
    held(&found(), "", "a link in the trees");
    again();
    let nobody = std::fs::Permissions::from_mode(0o000);
    std::fs::set_permissions(at.join(TIMESTAMP), nobody).unwrap();
    let found = found();
    assert!(
        found.contains(&format!("MOTD-PUB-4: {TIMESTAMP} may be read by nobody")),
        "{found:?}"
    );
}
