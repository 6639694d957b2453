//! The process ends after any write, the disk is full from then on, or the power fails: what is stored stays sound.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use motd_core::Code;

use self::common::repo::{document, notice};
use self::common::{HOUR, World, outcome, titles};
use crate::Warning;
use crate::gate::Run;
use crate::state::Access;
use crate::state::disk::{Disk, Outlives, SystemDisk};

#[path = "../tests/client/common/mod.rs"]
#[expect(dead_code, reason = "the integration tests use more of it")]
mod common;

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

impl Disk for Mortal {
    fn read(&self, path: &Path, limit: u64) -> io::Result<Option<Vec<u8>>> {
        SystemDisk.read(path, limit)
    }

    fn write_whole(&self, path: &Path, bytes: &[u8], outlives: Outlives) -> io::Result<()> {
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

    fn list(&self, folder: &Path) -> io::Result<Vec<String>> {
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

impl Disk for Volatile {
    fn read(&self, path: &Path, limit: u64) -> io::Result<Option<Vec<u8>>> {
        SystemDisk.read(path, limit)
    }

    fn write_whole(&self, path: &Path, bytes: &[u8], outlives: Outlives) -> io::Result<()> {
        if outlives == Outlives::Process {
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

    fn list(&self, folder: &Path) -> io::Result<Vec<String>> {
        SystemDisk.list(folder)
    }
}

/// A warm client and a repository that has published a new root and other notices since.
async fn behind() -> (World, World) {
    let mut world = World::warm().await;
    let old = World {
        repo: world.repo.clone(),
        ..World::new()
    };
    world.repo.rotate(&[], |_| {});
    world.repo.publish(&document(&[notice("news", "News")]));
    world.serve();
    (world, old)
}

#[tokio::test]
async fn the_store_is_sound_after_every_write() {
    let mut writes = 0;
    loop {
        let (world, old) = behind().await;
        let disk = Arc::new(Mortal {
            left: AtomicUsize::new(writes),
        });
        let config = world.config(HOUR);
        let report = Run::open_on(disk.clone(), &config, Access::Check)
            .check()
            .await;
        // What cannot be kept can still be verified and shown.
        assert_eq!(
            (outcome(&report).as_str(), titles(&report)),
            ("fresh", vec!["News".to_owned()]),
            "{writes}"
        );
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
        world.network.fail("", Code::Connect);
        let report = world.check(HOUR).await;
        assert_eq!(report.state.as_str(), "cached", "{writes}");
        let cached = titles(&report);
        assert!(
            cached == ["Hello"] || cached == ["News"],
            "{writes}: {cached:?}"
        );
        world.network.heal();

        // A replay of the old repository never takes anything back.
        world.network.serve(&old.repo);
        let report = world.check(HOUR).await;
        let replayed = outcome(&report);
        let allowed = [
            "fresh",
            "cached timestamp:stale-mirror",
            "none root:rollback",
        ];
        assert!(allowed.contains(&replayed.as_str()), "{writes}: {replayed}");
        assert!(
            cached == ["Hello"] || titles(&report) != ["Hello"],
            "{writes}"
        );

        // And the next honest run gets there.
        world.serve();
        let report = world.check(HOUR).await;
        assert_eq!(
            (outcome(&report).as_str(), titles(&report)),
            ("fresh", vec!["News".to_owned()]),
            "{writes}"
        );
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
        let (world, old) = behind().await;
        let config = world.config(HOUR);
        let disk = Arc::new(Mortal {
            left: AtomicUsize::new(writes),
        });
        Run::open_on(disk, &config, Access::Check).check().await;
        world.network.serve(&old.repo);
        let replayed = outcome(&world.check(HOUR).await);
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
    let (world, old) = behind().await;
    let config = world.config(HOUR);
    let disk = Arc::new(Volatile::default());
    let report = Run::open_on(disk.clone(), &config, Access::Check)
        .check()
        .await;
    assert_eq!(titles(&report), ["News"]);
    disk.lose_power();

    world.network.serve(&old.repo);
    let report = world.check(HOUR).await;
    assert_eq!(outcome(&report), "none root:rollback");
    assert_eq!(report.warnings, [Warning::SetAside]);
    // Nor is the line repeated, or anything else in the way of the next honest run.
    world.serve();
    let report = world.check(HOUR).await;
    assert_eq!(
        (outcome(&report).as_str(), titles(&report)),
        ("fresh", vec!["News".to_owned()])
    );
    assert_eq!(report.warnings, []);
}
