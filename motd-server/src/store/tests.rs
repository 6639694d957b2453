//! The folder itself: durability step by step, locks, links. What holds for every store is in `tests/store`.

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::disk::{FileSystem, RealFileSystem};
use super::folder::FolderStore;
use super::*;
use crate::store::files::TIMESTAMP;

fn config() -> RepositoryConfig {
    RepositoryConfig {
        repository: "packages.example.org".parse().unwrap(),
        default_language: "pt-BR".parse().unwrap(),
        lifetimes: Lifetimes::default(),
    }
}

async fn store() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::folder(&folder.path().join("repository"));
    store.create(&config()).await.unwrap();
    (folder, store)
}

fn path(store: &Store, path: &str) -> PathBuf {
    store.folder.as_ref().unwrap().join(path)
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

#[tokio::test]
async fn what_was_written_is_loaded() {
    let (_folder, store) = store().await;
    let publication = publication(None, 1);
    store.commit(&publication).await.unwrap();
    let mut expected = Files::default();
    expected.apply(&publication).unwrap();
    assert_eq!(store.load().await.unwrap(), expected);
    assert_eq!(store.config().await.unwrap(), config());
}

#[tokio::test]
async fn a_second_repository_does_not_take_the_place_of_the_first() {
    let (_folder, store) = store().await;
    assert!(matches!(
        store.create(&config()).await,
        Err(StoreError::Exists { .. })
    ));
}

#[cfg(unix)]
#[tokio::test]
async fn the_folder_of_the_keys_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let (_folder, store) = store().await;
    let mode = std::fs::metadata(store.keys().unwrap())
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o700);
}

#[tokio::test]
async fn unknown_settings_are_refused() {
    let (_folder, store) = store().await;
    let path = path(&store, RepositoryConfig::FILE);
    let text = std::fs::read_to_string(&path).unwrap();
    for wrong in [
        format!("{text}\ntimestmap = 3\n").into_bytes(),
        b"repository = \"UPPER\"\n".to_vec(),
        b"repository = \"a\" # \xff\n".to_vec(),
    ] {
        std::fs::write(&path, wrong).unwrap();
        assert!(matches!(
            store.config().await,
            Err(StoreError::Config { .. })
        ));
    }
    std::fs::remove_file(&path).unwrap();
    assert!(matches!(
        store.config().await,
        Err(StoreError::Missing { .. })
    ));
}

#[tokio::test]
async fn while_somebody_replaces_the_timestamp_nobody_else_does() {
    let (_folder, store) = store().await;
    store.commit(&publication(None, 1)).await.unwrap();
    let lock = std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(path(&store, ".lock"))
        .unwrap();
    lock.lock().unwrap();
    let next = publication(Some(&[1]), 2);
    assert!(matches!(
        store.commit(&next).await,
        Err(StoreError::Conflict)
    ));
    assert_eq!(store.load().await.unwrap().bytes(TIMESTAMP), Some(&[1][..]));
    drop(lock);
    store.commit(&next).await.unwrap();
    // Who prepared on the old state and comes later is told too.
    let late = publication(Some(&[1]), 3);
    assert!(matches!(
        store.commit(&late).await,
        Err(StoreError::Conflict)
    ));
    assert_eq!(store.load().await.unwrap().bytes(TIMESTAMP), Some(&[2][..]));
}

#[tokio::test]
async fn a_version_with_other_bytes_is_never_overwritten() {
    let (_folder, store) = store().await;
    std::fs::create_dir_all(path(&store, "metadata")).unwrap();
    std::fs::write(path(&store, "metadata/1.motd.json"), b"other").unwrap();
    let refused = store.commit(&publication(None, 1)).await;
    assert!(matches!(refused, Err(StoreError::Conflict)));
    let files = store.load().await.unwrap();
    assert_eq!(files.bytes("metadata/1.motd.json"), Some(&b"other"[..]));
    assert_eq!(files.bytes(TIMESTAMP), None);
}

#[cfg(unix)]
#[tokio::test]
async fn links_and_unfinished_files_are_not_loaded() {
    let (_folder, store) = store().await;
    store.commit(&publication(None, 1)).await.unwrap();
    let before = store.load().await.unwrap();
    std::fs::write(path(&store, "metadata/.new-abc"), b"x").unwrap();
    std::os::unix::fs::symlink("/etc/hostname", path(&store, "targets/link")).unwrap();
    std::os::unix::fs::symlink("/etc", path(&store, "targets/folder")).unwrap();
    assert_eq!(store.load().await.unwrap(), before);
}

/// A writer of the folder puts them where the next root would be, which is looked at all the time.
#[cfg(unix)]
#[tokio::test]
async fn nothing_but_files_within_the_bound_is_read() {
    use rustix::fs::{CWD, FileType, Mode, mknodat};
    let (_folder, store) = store().await;
    store.commit(&publication(None, 1)).await.unwrap();
    let next = path(&store, "metadata/2.root.json");
    let put: [&dyn Fn(); 4] = [
        &|| std::os::unix::fs::symlink("/dev/zero", &next).unwrap(),
        &|| mknodat(CWD, &next, FileType::Fifo, Mode::RWXU, 0).unwrap(),
        &|| std::os::unix::fs::symlink("/etc/hostname", &next).unwrap(),
        &|| std::fs::create_dir(&next).unwrap(),
    ];
    let before = store.mark(1).await.unwrap();
    let files = store.load().await.unwrap();
    for put in put {
        put();
        assert_eq!(store.mark(1).await.unwrap(), before);
        assert_eq!(store.load().await.unwrap(), files);
        let _ = std::fs::remove_file(&next);
    }
    std::fs::remove_dir(&next).unwrap();
    let sparse = std::fs::File::create(&next).unwrap();
    sparse.set_len(4 << 30).unwrap();
    assert!(store.mark(1).await.is_err());
    assert!(matches!(store.load().await, Err(StoreError::Bounds { .. })));
}

/// A writer of the folder puts links in the places of folders and files; what they lead to stays where it is.
#[cfg(unix)]
#[tokio::test]
async fn no_link_on_the_way_is_followed() {
    let (_folder, store) = store().await;
    store.commit(&publication(None, 1)).await.unwrap();
    let next = publication(Some(&[1]), 2);
    let keys = store.keys().unwrap();
    let own = keys.join("timestamp.pem");
    std::fs::write(&own, "private").unwrap();
    for part in ["targets", "targets/motd", "metadata"] {
        let (part, aside) = (path(&store, part), path(&store, ".aside"));
        std::fs::rename(&part, &aside).unwrap();
        std::os::unix::fs::symlink(&keys, &part).unwrap();
        for path in [
            "targets/timestamp.pem",
            "targets/motd/timestamp.pem",
            "metadata/timestamp.pem",
        ] {
            assert!(
                store.objects.read(path, 100).await.unwrap().is_none(),
                "{path}"
            );
        }
        let files = store.load().await.unwrap();
        assert!(
            files.0.keys().all(|path| !path.contains("timestamp.pem")),
            "{part:?}"
        );
        store.commit(&next).await.unwrap_err();
        let created = store.objects.create("targets/motd/x", b"x").await;
        assert_eq!(created.is_ok(), part.ends_with("metadata"), "{part:?}");
        assert_eq!(std::fs::read_dir(&keys).unwrap().count(), 1, "{part:?}");
        std::fs::remove_file(&part).unwrap();
        std::fs::rename(&aside, &part).unwrap();
    }
    std::fs::remove_file(path(&store, "targets/motd/x")).unwrap();
    std::fs::hard_link(&own, path(&store, "targets/motd/key")).unwrap();
    store.load().await.unwrap_err();
    std::fs::remove_file(path(&store, "targets/motd/key")).unwrap();
    store.load().await.unwrap();
    // Every file that was written has one name.
    store.commit(&next).await.unwrap();
    assert_eq!(store.load().await.unwrap().bytes(TIMESTAMP), Some(&[2][..]));
}

#[tokio::test]
async fn folders_deeper_than_a_repository_goes_are_left_out() {
    let (_folder, store) = store().await;
    store.commit(&publication(None, 1)).await.unwrap();
    let before = store.load().await.unwrap();
    let deep = "d/".repeat(1_000);
    std::fs::create_dir_all(path(&store, "targets").join(&deep)).unwrap();
    std::fs::write(path(&store, "targets").join("d/".repeat(7)).join("x"), "x").unwrap();
    assert_eq!(store.load().await.unwrap(), before);
    std::fs::write(path(&store, "targets/d/d/x"), "x").unwrap();
    assert_eq!(
        store.load().await.unwrap().bytes("targets/d/d/x"),
        Some(&b"x"[..])
    );
}

/// Fails at one step, before it does anything or in the midst of it, as a crash would.
struct Failing {
    steps: AtomicUsize,
    fails_at: usize,
    after: bool,
}

impl Failing {
    fn step(&self, act: impl FnOnce() -> io::Result<()>) -> io::Result<()> {
        if self.steps.fetch_add(1, Ordering::SeqCst) == self.fails_at {
            if self.after {
                act()?;
            }
            return Err(io::Error::other("crash"));
        }
        act()
    }
}

impl FileSystem for Failing {
    fn create_folders(&self, root: &Path, folder: &str) -> io::Result<()> {
        self.step(|| RealFileSystem.create_folders(root, folder))
    }
    fn create(&self, root: &Path, path: &str, bytes: &[u8]) -> io::Result<()> {
        self.step(|| RealFileSystem.create(root, path, bytes))
    }
    fn replace(&self, root: &Path, path: &str, bytes: &[u8]) -> io::Result<()> {
        self.step(|| RealFileSystem.replace(root, path, bytes))
    }
    fn sync_folder(&self, root: &Path, folder: &str) -> io::Result<()> {
        self.step(|| RealFileSystem.sync_folder(root, folder))
    }
}

#[tokio::test]
async fn a_disk_that_fails_at_any_step_leaves_the_old_or_the_new_repository() {
    let first = publication(None, 1);
    let second = publication(Some(&[1]), 2);
    let mut old = Files::default();
    old.apply(&first).unwrap();
    let mut new = old.clone();
    new.apply(&second).unwrap();
    let (mut seen, mut reported) = (0, 0);
    for after in [false, true] {
        for fails_at in 0.. {
            let (_folder, store) = store().await;
            store.commit(&first).await.unwrap();
            let disk = Arc::new(Failing {
                steps: AtomicUsize::new(0),
                fails_at,
                after,
            });
            let folder = FolderStore::on(store.folder.as_ref().unwrap(), disk.clone());
            let failing = Store {
                objects: Objects::same(Arc::new(folder)),
                ..store.clone()
            };
            let result = failing.commit(&second).await;
            let found = store.load().await.unwrap();
            if disk.steps.load(Ordering::SeqCst) <= fails_at {
                result.unwrap();
                assert_eq!(found, new);
                break;
            }
            seen += 1;
            if result.is_err() {
                reported += 1;
            }
            if found.bytes(TIMESTAMP) == Some(&[1]) {
                assert!(result.is_err(), "step {fails_at}");
                // Every file of the old state is there, its bundle too, and what else is there, the old timestamp does
                // not name. MOTD-BUNDLE-2.
                assert!(
                    old.0
                        .iter()
                        .all(|(path, bytes)| found.bytes(path) == Some(bytes)),
                    "step {fails_at}"
                );
                store.commit(&second).await.unwrap();
            }
            // The bundle can be of the state before.
            store.write_bundle(&new).await.unwrap();
            assert_eq!(store.load().await.unwrap(), new, "step {fails_at}");
        }
    }
    // Folders, the file, its name; the timestamp, and the bundle, with their names.
    assert_eq!(
        seen,
        2 * (3 * 3 + 2 + 2),
        "every step, before and after it acted"
    );
    assert!(reported > 0);
}

#[tokio::test]
async fn a_name_is_durable_before_the_timestamp_says_it() {
    let order = Arc::new(Order::default());
    let folder = tempfile::tempdir().unwrap();
    let store = Store {
        objects: Objects::same(Arc::new(FolderStore::on(folder.path(), order.clone()))),
        ..Store::folder(folder.path())
    };
    store.commit(&publication(None, 1)).await.unwrap();
    store
        .commit(&Publication {
            bundle: None,
            ..publication(Some(&[1]), 2)
        })
        .await
        .unwrap();
    let order = order.0.lock().unwrap();
    let second = order.iter().rposition(|step| step == "create notices.json");
    let steps: Vec<_> = order[second.unwrap()..]
        .iter()
        .map(String::as_str)
        .collect();
    let expected = [
        "create notices.json",
        "sync motd",
        "folders metadata",
        "create motd.json",
        "sync metadata",
        "folders metadata",
        "create snapshot.json",
        "sync metadata",
        "replace json",
        "sync metadata",
    ];
    assert_eq!(steps, expected);
}

/// What was done, in order.
#[derive(Default)]
struct Order(std::sync::Mutex<Vec<String>>);

impl Order {
    fn note(&self, what: &str, path: &str) -> &RealFileSystem {
        let name = path.rsplit('/').next().unwrap();
        let name = name.split_once('.').map_or(name, |(_, rest)| rest);
        self.0.lock().unwrap().push(format!("{what} {name}"));
        &RealFileSystem
    }
}

impl FileSystem for Order {
    fn create_folders(&self, root: &Path, folder: &str) -> io::Result<()> {
        self.note("folders", folder).create_folders(root, folder)
    }
    fn create(&self, root: &Path, path: &str, bytes: &[u8]) -> io::Result<()> {
        self.note("create", path).create(root, path, bytes)
    }
    fn replace(&self, root: &Path, path: &str, bytes: &[u8]) -> io::Result<()> {
        self.note("replace", path).replace(root, path, bytes)
    }
    fn sync_folder(&self, root: &Path, folder: &str) -> io::Result<()> {
        self.note("sync", folder).sync_folder(root, folder)
    }
}
