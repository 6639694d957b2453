//! The process ends after any write, the disk is full from then on, or the power fails: what is stored stays sound.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use motd_core::Code;
use motd_simulator::repo::{RepositorySimulator, document, notice};
use motd_simulator::{HOUR, at};
use tempfile::TempDir;
use url::Url;

use crate::gate::GateRun;
use crate::state::Access;
use crate::state::disk::{Durability, StateDisk, SystemDisk};
use crate::transport::{Exchange, FileResponse, Received, Transport};
use crate::{CheckConfig, Installer, Report, Warning, check};

/// The files of a repository; nothing while the network is down.
#[derive(Default)]
struct SwitchedNetwork(Mutex<Option<BTreeMap<String, Vec<u8>>>>);

impl SwitchedNetwork {
    fn serve(&self, repo: &RepositorySimulator) {
        *self.0.lock().unwrap() = Some(repo.files.clone());
    }

    fn fail(&self) {
        *self.0.lock().unwrap() = None;
    }
}

impl Transport for SwitchedNetwork {
    fn get<'a>(&'a self, url: &'a Url, _limit: u64) -> Exchange<'a> {
        let files = self.0.lock().unwrap();
        let file = |files: &BTreeMap<String, Vec<u8>>| {
            let file = files.get(url.path().trim_start_matches('/'));
            file.map_or(FileResponse::NotFound, |bytes| {
                FileResponse::Body(bytes.clone())
            })
        };
        let answer = files.as_ref().map(file).ok_or(Code::Connect);
        Box::pin(std::future::ready(Received::without_network(answer)))
    }
}

/// A disk on which so many changes happen, and none after them.
struct Mortal {
    left: AtomicUsize,
}

impl Mortal {
    fn change(&self) -> io::Result<()> {
        let took = self
            .left
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
                left.checked_sub(1)
            });
        took.map(drop)
            .map_err(|_| io::ErrorKind::StorageFull.into())
    }
}

impl StateDisk for Mortal {
    fn read(&self, path: &Path, limit: u64) -> io::Result<Option<Vec<u8>>> {
        SystemDisk.read(path, limit)
    }

    fn write_whole(&self, path: &Path, bytes: &[u8], outlives: Durability) -> io::Result<()> {
        self.change()?;
        SystemDisk.write_whole(path, bytes, outlives)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.change()?;
        SystemDisk.rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.change()?;
        SystemDisk.remove(path)
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<(String, u64)>> {
        SystemDisk.list(folder)
    }
}

/// A disk that remembers what a loss of power may take.
#[derive(Default)]
struct Volatile {
    at_risk: Mutex<Vec<PathBuf>>,
}

impl Volatile {
    /// Leaves the names of the files at risk, and none of their bytes.
    fn lose_power(&self) {
        for path in self.at_risk.lock().unwrap().drain(..) {
            if path.exists() {
                std::fs::write(path, b"").unwrap();
            }
        }
    }
}

impl StateDisk for Volatile {
    fn read(&self, path: &Path, limit: u64) -> io::Result<Option<Vec<u8>>> {
        SystemDisk.read(path, limit)
    }

    fn write_whole(&self, path: &Path, bytes: &[u8], outlives: Durability) -> io::Result<()> {
        if outlives == Durability::Process {
            self.at_risk.lock().unwrap().push(path.to_owned());
        }
        SystemDisk.write_whole(path, bytes, outlives)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        SystemDisk.rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        SystemDisk.remove(path)
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<(String, u64)>> {
        SystemDisk.list(folder)
    }
}

/// A client that has checked a repository, which has published a new root and other notices since.
struct Behind {
    old: RepositorySimulator,
    new: RepositorySimulator,
    network: Arc<SwitchedNetwork>,
    config: CheckConfig,
    _state: TempDir,
}

impl Behind {
    async fn new() -> Self {
        let old = RepositorySimulator::new();
        let mut new = old.clone();
        new.rotate(&[], |_| {});
        new.publish(&document(&[notice("news", "News")]));
        let network = Arc::new(SwitchedNetwork::default());
        let state = tempfile::tempdir().unwrap();
        let config = CheckConfig::new(
            old.trusted_root(),
            "example.org".parse().unwrap(),
            "http://repository.invalid/metadata/".parse().unwrap(),
            Installer::new("pip", "24.0").unwrap(),
            at(0),
        );
        let config = config
            .unwrap()
            .in_band()
            .with_state_dir(state.path().join("motd"))
            .with_transport(network.clone());
        network.serve(&old);
        assert_eq!(seen(&check(&config).await), ("fresh".to_owned(), "Hello"));
        network.serve(&new);
        Self {
            old,
            new,
            network,
            config: config.at(at(HOUR)),
            _state: state,
        }
    }

    /// A check on this disk.
    async fn check_on(&self, disk: Arc<dyn StateDisk>) -> Report {
        GateRun::open_on(disk, Cow::Borrowed(&self.config), Access::Check)
            .check()
            .await
    }

    /// A check on the machine's disk.
    async fn check(&self) -> Report {
        check(&self.config).await
    }
}

/// State and failure of a report, and the English title of its one notice; empty without a document.
fn seen(report: &Report) -> (String, &str) {
    let state = report.state.as_str();
    let outcome = report.failure.map_or(state.to_owned(), |failure| {
        let (at, code) = (failure.stage.as_str(), failure.code.as_str());
        format!("{state} {at}:{code}")
    });
    let document = report.document.as_ref();
    let notice = document.and_then(|document| document.verified().notices().next());
    let title = notice.map_or("", |notice| notice.text("en").unwrap().1.title());
    (outcome, title)
}

#[tokio::test]
async fn the_store_is_sound_after_every_write() {
    let news = ("fresh".to_owned(), "News");
    let mut writes = 0;
    loop {
        let behind = Behind::new().await;
        let disk = Arc::new(Mortal {
            left: AtomicUsize::new(writes),
        });
        let report = behind.check_on(disk.clone()).await;
        // What cannot be kept can still be verified and shown.
        assert_eq!(seen(&report), news, "{writes}");
        let died = report
            .warnings
            .iter()
            .any(|warning| warning.fact().contains("writing"));
        assert_eq!(
            died,
            disk.left.load(Ordering::Relaxed) == 0 && died,
            "{writes}"
        );

        // The set is the old one or the new one, and whole.
        behind.network.fail();
        let report = behind.check().await;
        assert_eq!(report.state.as_str(), "cached", "{writes}");
        let (_, cached) = seen(&report);
        assert!(matches!(cached, "Hello" | "News"), "{writes}: {cached:?}");

        // A replay of the old repository never takes anything back.
        behind.network.serve(&behind.old);
        let report = behind.check().await;
        let (replayed, title) = seen(&report);
        let allowed = [
            "fresh",
            "cached timestamp:stale-mirror",
            "none root:rollback",
        ];
        assert!(allowed.contains(&replayed.as_str()), "{writes}: {replayed}");
        assert!(cached == "Hello" || title != "Hello", "{writes}");

        // And the next honest run gets there.
        behind.network.serve(&behind.new);
        let report = behind.check().await;
        assert_eq!(seen(&report), news, "{writes}");
        assert_eq!(report.warnings, [], "{writes}");
        if !died && disk.left.load(Ordering::Relaxed) > 0 {
            break;
        }
        writes += 1;
    }
    assert!(writes > 10, "{writes} writes in a run");
}

#[tokio::test]
async fn a_floor_that_was_written_holds_whatever_came_after_it() {
    let mut stale = 0;
    for writes in 0..40 {
        let behind = Behind::new().await;
        let disk = Arc::new(Mortal {
            left: AtomicUsize::new(writes),
        });
        behind.check_on(disk).await;
        behind.network.serve(&behind.old);
        let report = behind.check().await;
        let (replayed, _) = seen(&report);
        // Once refused, refused after every later write as well.
        assert!(
            stale == 0 || replayed == "cached timestamp:stale-mirror",
            "{writes}: {replayed}"
        );
        stale += u32::from(replayed == "cached timestamp:stale-mirror");
    }
    assert!(stale > 20);
}

#[tokio::test]
async fn a_loss_of_power_lowers_no_floor() {
    let behind = Behind::new().await;
    let disk = Arc::new(Volatile::default());
    let report = behind.check_on(disk.clone()).await;
    assert_eq!(seen(&report), ("fresh".to_owned(), "News"));
    disk.lose_power();

    behind.network.serve(&behind.old);
    let report = behind.check().await;
    assert_eq!(seen(&report).0, "none root:rollback");
    assert_eq!(report.warnings, [Warning::SetAside]);
    // Nor is the line repeated, or anything else in the way of the next honest run.
    behind.network.serve(&behind.new);
    let report = behind.check().await;
    assert_eq!(seen(&report), ("fresh".to_owned(), "News"));
    assert_eq!(report.warnings, []);
}

#[tokio::test]
async fn another_configured_root_lowers_no_floor_after_a_crash_at_any_write() {
    for writes in 0..20 {
        let mut behind = Behind::new().await;
        behind.check().await;
        // The same keys below the root, at lower versions.
        let mut again = RepositorySimulator::new();
        again.edit_signed_by("root", &[10, 11], |root| {
            root["version"] = 1.into();
            RepositorySimulator::set_keys(root, "root", &[10, 11], 2);
        });
        let first = std::mem::replace(&mut behind.config.root, again.trusted_root());
        behind.network.serve(&again);
        let disk = Arc::new(Mortal {
            left: AtomicUsize::new(writes),
        });
        behind.check_on(disk).await;
        behind.config.root = first;
        behind.network.serve(&behind.old);
        let report = behind.check().await;
        let expected = ("cached timestamp:stale-mirror".to_owned(), "News");
        assert_eq!(seen(&report), expected, "{writes}");
    }
}
