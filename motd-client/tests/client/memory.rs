//! What a check of a hostile repository takes of the machine's memory: a process is started for it, and says its peak.

use std::env;
use std::fs;
use std::io::{Write as _, stdout};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use motd_client::check_blocking;
use motd_client::transport::{Exchange, FileResponse, Received, Transport};
use serde_json::{Value, json};
use url::Url;

use motd_simulator::repo::RepositorySimulator;
use motd_simulator::{HOUR, config, outcome};

const NAME: &str = "memory::a_hostile_role_takes_little_more_than_an_honest_one";
/// The repository's folder, for the process that checks it.
const FOLDER: &str = "MOTD_TEST_MEMORY_FOLDER";
/// What a hostile repository may take beyond a small honest one.
const MOST_KIB: u64 = 64 * 1_024;

/// Files of a folder, as a network has them.
struct FolderNetwork(PathBuf);

impl Transport for FolderNetwork {
    fn get<'a>(&'a self, url: &'a Url, limit: u64) -> Exchange<'a> {
        let answer = match fs::read(self.0.join(url.path().trim_start_matches('/'))) {
            Ok(bytes) if u64::try_from(bytes.len()).unwrap() > limit => {
                Err(motd_core::Code::TooLong)
            }
            Ok(bytes) => Ok(FileResponse::Body(bytes)),
            Err(_) => Ok(FileResponse::NotFound),
        };
        Box::pin(std::future::ready(Received::without_network(answer)))
    }
}

/// Checks, and says what came of it and how much memory it took.
fn work(folder: &Path) {
    let root = fs::read(folder.join("metadata/1.root.json")).unwrap();
    let config = config(&root, "http://repository.invalid/metadata/", HOUR)
        .with_deadline(std::time::Duration::from_mins(2))
        .with_state_dir(folder.join("motd"))
        .with_transport(Arc::new(FolderNetwork(folder.to_owned())));
    let report = check_blocking(&config).unwrap();
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let peak = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .unwrap();
    // Past the capture of the test's output.
    let answer = format!("worker {} {}\n", outcome(&report), peak.trim());
    stdout().write_all(answer.as_bytes()).unwrap();
}

/// The outcome of a check in a process of its own, and its peak of memory in KiB.
fn checked(repo: &RepositorySimulator) -> (String, u64) {
    let folder = tempfile::tempdir().unwrap();
    repo.write_to(folder.path());
    let output = Command::new(env::current_exe().unwrap())
        .args(["--exact", NAME, "--nocapture"])
        .env(FOLDER, folder.path())
        .output()
        .unwrap();
    let output = String::from_utf8(output.stdout).unwrap();
    let words: Vec<&str> = output
        .lines()
        .find_map(|line| line.split_once("worker "))
        .unwrap()
        .1
        .split(' ')
        .collect();
    let (peak, outcome) = (words[words.len() - 2], &words[..words.len() - 2]);
    (outcome.join(" "), peak.parse().unwrap())
}

/// Notices behind four roles of nearly the longest length, whose unknown member is this.
fn hostile(member: &Value) -> RepositorySimulator {
    let mut repo = RepositorySimulator::new();
    let names = ["a", "b", "motd"];
    for pair in names.windows(2) {
        let next = repo.delegation(pair[1], Value::Null);
        repo.add_delegator(pair[0], &[next]);
    }
    let first = repo.delegation(names[0], Value::Null);
    repo.delegate(&[first]);
    for role in ["targets", "a", "b", "motd"] {
        repo.edit(role, |signed| signed["x"] = member.clone());
    }
    repo.list();
    repo
}

/// Notices behind a role with a delegation of this one pattern.
fn hostile_pattern(pattern: &str) -> RepositorySimulator {
    let mut repo = RepositorySimulator::new();
    let first = repo.delegation("other", json!({ "paths": [pattern] }));
    let last = repo.delegation("motd", Value::Null);
    repo.delegate(&[first, last]);
    repo.list();
    repo
}

#[test]
fn a_hostile_role_takes_little_more_than_an_honest_one() {
    if let Some(folder) = env::var_os(FOLDER) {
        return work(Path::new(&folder));
    }
    let (honest, least) = checked(&RepositorySimulator::new());
    assert_eq!(honest, "fresh");
    // Compiled by a library, the second takes 600 MB.
    for pattern in [
        "a/".repeat(2_400_000),
        "[a]/".repeat(1_200_000),
        "*".repeat(4_800_000),
    ] {
        let (outcome, peak) = checked(&hostile_pattern(&pattern));
        assert_eq!(outcome, "fresh");
        assert!(
            peak < least + MOST_KIB,
            "{peak} KiB, and {least} KiB for a small repository"
        );
    }
    // As trees of values, the first takes 77 MB for each role and the second 400 MB.
    for member in [
        json!(vec![0; 2_400_000]),
        json!(vec![json!({ "a": 1 }); 600_000]),
    ] {
        let (outcome, peak) = checked(&hostile(&member));
        assert_eq!(outcome, "none delegation:too-long");
        assert!(
            peak < least + MOST_KIB,
            "{peak} KiB, and {least} KiB for a small repository"
        );
    }
}
