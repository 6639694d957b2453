use std::cell::Cell;

use super::*;
use crate::author::Lifetimes;

fn config() -> Config {
    Config {
        repository: "packages.example.org".parse().unwrap(),
        default_language: "pt-BR".parse().unwrap(),
        bundle: true,
        lifetimes: Lifetimes::default(),
    }
}

fn store() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::create(&folder.path().join("repository"), &config()).unwrap();
    (folder, store)
}

fn publication(base: Option<&[u8]>, number: u8) -> Publication {
    Publication {
        base: base.map(<[u8]>::to_vec),
        create: vec![
            (format!("targets/motd/{number}.notices.json"), vec![number]),
            (format!("metadata/{number}.motd.json"), vec![number, 1]),
            (format!("metadata/{number}.snapshot.json"), vec![number, 2]),
        ],
        bundle: Some(vec![number, 3]),
        timestamp: Some(vec![number]),
    }
}

#[test]
fn what_was_written_is_loaded() {
    let (_folder, store) = store();
    let publication = publication(None, 1);
    store.lock().unwrap().commit(&publication).unwrap();
    let mut expected = Files::default();
    expected.apply(&publication).unwrap();
    assert_eq!(store.load().unwrap(), expected);
    assert_eq!(
        Store::open(store.folder()).unwrap().config().unwrap(),
        config()
    );
}

#[test]
fn a_second_repository_does_not_take_the_place_of_the_first() {
    let (_folder, store) = store();
    assert!(matches!(
        Store::create(store.folder(), &config()),
        Err(Error::Exists { .. })
    ));
}

#[test]
fn unknown_settings_are_refused() {
    let (_folder, store) = store();
    let path = store.folder().join(Config::FILE);
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, format!("{text}\ntimestmap = 3\n")).unwrap();
    assert!(matches!(
        Store::open(store.folder()),
        Err(Error::Config { .. })
    ));
    std::fs::write(&path, "repository = \"UPPER\"\n").unwrap();
    assert!(matches!(
        Store::open(store.folder()),
        Err(Error::Config { .. })
    ));
}

#[test]
fn of_two_publishers_one_is_told() {
    let (_folder, store) = store();
    let lock = store.lock().unwrap();
    assert!(matches!(store.lock(), Err(Error::Conflict)));
    lock.commit(&publication(None, 1)).unwrap();
    drop(lock);
    // Who prepared on the old state and comes later is told too.
    assert!(matches!(
        store.lock().unwrap().commit(&publication(None, 2)),
        Err(Error::Conflict)
    ));
    assert_eq!(store.load().unwrap().bytes(TIMESTAMP), Some(&[1][..]));
}

#[test]
fn a_version_with_other_bytes_is_burned() {
    let (_folder, store) = store();
    std::fs::create_dir_all(store.folder().join("metadata")).unwrap();
    std::fs::write(store.folder().join("metadata/1.motd.json"), b"other").unwrap();
    let refused = store.lock().unwrap().commit(&publication(None, 1));
    assert!(matches!(refused, Err(Error::Burned { path }) if path == "metadata/1.motd.json"));
    let files = store.load().unwrap();
    assert_eq!(files.bytes("metadata/1.motd.json"), Some(&b"other"[..]));
    assert_eq!(files.0.len(), 1, "nothing was written");
}

#[cfg(unix)]
#[test]
fn links_and_unfinished_files_are_not_loaded() {
    let (_folder, store) = store();
    store.lock().unwrap().commit(&publication(None, 1)).unwrap();
    let before = store.load().unwrap();
    std::fs::write(store.folder().join("metadata/.new-abc"), b"x").unwrap();
    std::os::unix::fs::symlink("/etc/hostname", store.folder().join("targets/link")).unwrap();
    std::os::unix::fs::symlink("/etc", store.folder().join("targets/folder")).unwrap();
    assert_eq!(store.load().unwrap(), before);
}

/// Fails at one step, before it does anything or in the midst of it, as a crash would.
struct Failing {
    steps: Cell<usize>,
    fails_at: usize,
    after: bool,
}

impl Failing {
    fn step(&self, act: impl FnOnce() -> Result<(), Error>) -> Result<(), Error> {
        let step = self.steps.get();
        self.steps.set(step + 1);
        if step == self.fails_at {
            if self.after {
                act()?;
            }
            return Err(std::io::Error::other("crash").into());
        }
        act()
    }
}

impl Disk for Failing {
    fn create_folders(&self, folder: &Path) -> Result<(), Error> {
        self.step(|| RealDisk.create_folders(folder))
    }
    fn create(&self, path: &Path, bytes: &[u8]) -> Result<(), Error> {
        self.step(|| RealDisk.create(path, bytes))
    }
    fn replace(&self, path: &Path, bytes: &[u8]) -> Result<(), Error> {
        self.step(|| RealDisk.replace(path, bytes))
    }
    fn sync_folder(&self, folder: &Path) -> Result<(), Error> {
        self.step(|| RealDisk.sync_folder(folder))
    }
}

#[test]
fn a_crash_at_any_step_leaves_the_old_or_the_new_repository_and_can_be_repeated() {
    let first = publication(None, 1);
    let second = publication(Some(&[1]), 2);
    let mut old = Files::default();
    old.apply(&first).unwrap();
    let mut new = old.clone();
    new.apply(&second).unwrap();
    let mut seen = 0;
    for after in [false, true] {
        for fails_at in 0.. {
            let (_folder, store) = store();
            store.lock().unwrap().commit(&first).unwrap();
            let disk = Failing {
                steps: Cell::new(0),
                fails_at,
                after,
            };
            let result = store.lock().unwrap().commit_on(&disk, &second);
            let found = store.load().unwrap();
            if result.is_ok() {
                assert_eq!(found, new);
                break;
            }
            seen += 1;
            if found.bytes(TIMESTAMP) == Some(&[1]) {
                // Every file of the old state is there, and what else is there, the old timestamp does not name. The
                // bundle is of the one state or the other, whole.
                let bundle = found.bytes(BUNDLE);
                assert!([&[1, 3][..], &[2, 3]].map(Some).contains(&bundle));
                assert!(
                    old.0
                        .iter()
                        .all(|(path, bytes)| path == BUNDLE || found.bytes(path) == Some(bytes)),
                    "step {fails_at}"
                );
                store.lock().unwrap().commit(&second).unwrap();
            } else {
                // The rename was done and only the report of it was lost: the new state is whole.
                assert!(after || fails_at == 11, "step {fails_at}");
            }
            assert_eq!(store.load().unwrap(), new, "step {fails_at}");
        }
    }
    assert_eq!(
        seen,
        2 * (3 * 3 + 3),
        "every step failed once before and once after it acted"
    );
}
