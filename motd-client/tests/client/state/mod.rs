//! What is kept between runs, and what a state folder can do to a client: nothing.

mod chains;
mod corrupt;
mod floors;
mod folder;
mod records;
mod sets;

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use motd_simulator::repo::{RepositorySimulator, document, notice};
use motd_simulator::{HOUR, Simulation, outcome};

fn news() -> Value {
    document(&[notice("news", "News")])
}

/// The folder of the test repository.
fn repository(world: &Simulation) -> PathBuf {
    only_folder(&world.state.path().join("motd"))
}

/// The folder of the one chain of roots in it.
fn folder(world: &Simulation) -> PathBuf {
    only_folder(&repository(world))
}

fn only_folder(above: &Path) -> PathBuf {
    let folders = folders(above);
    assert_eq!(folders.len(), 1);
    folders[0].clone()
}

/// The folders in a folder that are called like a SHA-256.
fn folders(above: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(above).unwrap();
    let mut folders: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    folders.retain(|path| path.file_name().unwrap().len() == 64);
    folders
}

/// The metadata files of the store.
fn files(world: &Simulation) -> Vec<PathBuf> {
    fs::read_dir(folder(world).join("files"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect()
}

/// A client that has seen a publication, and the repository as it was before.
async fn ahead() -> (Simulation, RepositorySimulator) {
    let mut world = Simulation::warm().await;
    let old = world.repo.clone();
    world.repo.publish(&news());
    world.serve();
    assert_eq!(outcome(&world.check(HOUR).await), "fresh");
    (world, old)
}

/// Names, contents and links below a folder.
fn listing(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if fs::symlink_metadata(&path).unwrap().is_dir() {
            all.extend(listing(&path));
            all.push((path, Vec::new()));
        } else {
            let bytes = fs::read_link(&path).map_or_else(
                |_| fs::read(&path).unwrap_or_default(),
                |to| to.into_os_string().into_encoded_bytes(),
            );
            all.push((path, bytes));
        }
    }
    all.sort();
    all
}
