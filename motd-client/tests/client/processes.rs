//! Eight processes, 200 checks each, killed at random, while the repository publishes and a mirror lags: nothing that is
//! kept is corrupt, goes back or gets lost.

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _, stdin, stdout};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;
use std::time::Duration;

use motd_client::transport::ProxyChoice;
use motd_client::{
    CheckConfig, Report, SeenStore, Source, Terminal, Warning, check_blocking, check_offline,
    decisions, rollout_secret,
};
use motd_core::{Environment, Mode, SourceName};
use motd_server::serve::{Server, ServerSettings};
use motd_server::store::files::Files;

use motd_simulator::repo::{RepositorySimulator, document, notice};
use motd_simulator::{HOUR, at, config, outcome, titles};

const PROCESSES: u64 = 8;
const CHECKS: u64 = 200;
/// Checks between two publications.
const EVERY: usize = 40;
const NAME: &str = "processes::eight_processes_keep_one_state";
/// The folder of a run, for its workers.
const FOLDER: &str = "MOTD_TEST_WORKER_FOLDER";
const URL: &str = "MOTD_TEST_WORKER_URL";

fn over_http(folder: &Path, url: &str) -> CheckConfig {
    let root = fs::read(folder.join("root.json")).unwrap();
    let mut config = config(&root, url, HOUR).with_state_dir(folder.join("motd"));
    config.http.proxy = ProxyChoice::Direct;
    config
}

/// The number of the publication that a report shows; 0 for none.
fn publication(report: &Report) -> usize {
    titles(report)
        .first()
        .map_or(0, |title| title.parse().unwrap())
}

// A worker: it checks when it is told to, shows, records, and says what came of it.

fn work(folder: &Path, url: &str) {
    for line in stdin().lines() {
        line.unwrap();
        let config = over_http(folder, url);
        let report = check_blocking(&config).unwrap();
        let recorded = show(folder, &report);
        // Nobody waits for the process that makes it.
        let secret = rollout_secret(&folder.join("motd")).ok();
        let kept = report
            .warnings
            .iter()
            .all(|warning| !matches!(warning, Warning::Stateless(_)));
        let broken = report
            .warnings
            .iter()
            .any(|warning| matches!(warning, Warning::SetAside));
        let answer = format!(
            "worker\t{}\t{}\t{kept}\t{broken}\t{recorded}\t{secret:?}\n",
            outcome(&report),
            publication(&report),
        );
        // Past the capture of the test's output.
        stdout().write_all(answer.as_bytes()).unwrap();
    }
}

/// Shows what a report has, to a reader who asks, and records it; the publication whose notice was recorded, or 0.
fn show(folder: &Path, report: &Report) -> usize {
    let (Some(document), Ok(store)) = (
        &report.document,
        SeenStore::open(&folder.join("motd"), &"example.org".parse().unwrap()),
    ) else {
        return 0;
    };
    let (seen, warning) = store.load().unwrap();
    assert_eq!(warning, None);
    let name: SourceName = "example".parse().unwrap();
    let source = Source {
        name: &name,
        document,
        seen: &seen,
    };
    let environment = Environment::new(at(HOUR));
    let run = decisions(&[source], &environment, Terminal::default(), Mode::List);
    let shown: Vec<_> = run
        .decisions
        .iter()
        .filter_map(|(_, decision)| decision.shown())
        .collect();
    assert_eq!(shown.len(), 1);
    match store.record_shown(&shown, at(HOUR)) {
        Ok(()) => publication(report),
        Err(_) => 0,
    }
}

/// A worker's process and what it says.
struct Worker {
    process: Child,
    answers: Receiver<String>,
}

impl Worker {
    fn start(folder: &Path, url: &str) -> Self {
        let mut process = Command::new(env::current_exe().unwrap())
            .args(["--exact", NAME, "--test-threads=1"])
            .env(FOLDER, folder)
            .env(URL, url)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let (sender, answers) = sync_channel(1);
        thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                // The harness writes to the same stream.
                if let Some((_, answer)) = line.split_once("worker\t") {
                    let _ = sender.send(answer.to_owned());
                }
            }
        });
        Self { process, answers }
    }

    fn request_check(&mut self) {
        let stdin = self.process.stdin.as_mut().unwrap();
        stdin.write_all(b"check\n").unwrap();
    }

    fn kill(mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

/// What is known of all workers together.
#[derive(Default)]
struct SharedProgress {
    done: usize,
    killed: usize,
    kept: usize,
    /// The newest publication that a check with state has shown.
    newest: usize,
    recorded: BTreeSet<usize>,
    secrets: BTreeSet<String>,
}

/// The publications, each with all files so far.
fn publications() -> Vec<RepositorySimulator> {
    let mut repo = RepositorySimulator::new();
    (1..=usize::try_from(PROCESSES * CHECKS).unwrap() / EVERY + 1)
        .map(|number| {
            if number % 13 == 0 {
                repo.rotate(&[], |_| {});
            }
            let notice = notice(&format!("n{number}"), &number.to_string());
            repo.publish(&document(&[notice]));
            repo.clone()
        })
        .collect()
}

/// Chance that is the same in each run.
fn chance(seed: &mut u64) -> u64 {
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    *seed
}

/// One of the eight: it lets a worker check 200 times, and kills it now and then.
fn drive(slot: u64, folder: &Path, url: &str, known: &Mutex<SharedProgress>, done: &dyn Fn(usize)) {
    let mut seed = 0x9e37_79b9_7f4a_7c15 ^ (slot + 1);
    let mut worker = Worker::start(folder, url);
    for _ in 0..CHECKS {
        // Shown by a check that was over before this one begins.
        let newest = known.lock().unwrap().newest;
        worker.request_check();
        let patience = if chance(&mut seed).is_multiple_of(12) {
            Duration::from_micros(chance(&mut seed) % 30_000)
        } else {
            Duration::from_mins(1)
        };
        let answer = worker.answers.recv_timeout(patience);
        let mut known = known.lock().unwrap();
        known.done += 1;
        done(known.done);
        let Ok(answer) = answer else {
            assert!(patience < Duration::from_secs(1), "a worker hangs or died");
            known.killed += 1;
            drop(known);
            std::mem::replace(&mut worker, Worker::start(folder, url)).kill();
            continue;
        };
        let answer: Vec<&str> = answer.split('\t').collect();
        let [outcome, shown, kept, broken, recorded, secret] = answer[..] else {
            panic!("{answer:?}");
        };
        let behind = [
            "cached timestamp:stale-mirror",
            "none timestamp:stale-mirror",
        ];
        assert!(outcome == "fresh" || behind.contains(&outcome), "{outcome}");
        assert_eq!(broken, "false", "a state file was set aside");
        let shown: usize = shown.parse().unwrap();
        if kept == "true" {
            known.kept += 1;
            assert!(
                shown == 0 && outcome.starts_with("none") || shown >= newest,
                "{shown} after {newest}"
            );
            known.newest = known.newest.max(shown);
        }
        known.recorded.insert(recorded.parse().unwrap());
        if secret != "None" {
            known.secrets.insert(secret.to_owned());
        }
    }
    worker.kill();
}

#[test]
fn eight_processes_keep_one_state() {
    if let (Some(folder), Ok(url)) = (env::var_os(FOLDER), env::var(URL)) {
        return work(folder.as_ref(), &url);
    }
    let folder = tempfile::tempdir().unwrap();
    let publications = publications();
    fs::write(
        folder.path().join("root.json"),
        publications[0].trusted_root(),
    )
    .unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let files = |number: usize| Files(publications[number].files.clone());
    let address = "127.0.0.1:0".parse().unwrap();
    let server = runtime
        .block_on(Server::bind(address, files(0), ServerSettings::default()))
        .unwrap();
    let url = format!("http://{}/metadata/", server.address());
    let known = Mutex::new(SharedProgress::default());
    // A publication every now and then; half way to the next one the mirror lags by three for a while.
    let done = |count: usize| match count % EVERY {
        20 => server.replace(files((count / EVERY).saturating_sub(3))),
        0 | 30 => server.replace(files(count / EVERY)),
        _ => {}
    };
    thread::scope(|scope| {
        for slot in 0..PROCESSES {
            let (folder, url, known, done) = (folder.path(), &url, &known, &done);
            scope.spawn(move || drive(slot, folder, url, known, done));
        }
    });
    let known = known.into_inner().unwrap();
    assert!(known.killed > 50, "{} were killed", known.killed);
    assert!(known.kept > 50, "{} checks had the state", known.kept);
    assert_eq!(known.secrets.len(), 1, "the rollout secret was made once");

    // What all of them leave behind.
    let newest = publications.len();
    let report = check_blocking(&over_http(folder.path(), &url)).unwrap();
    assert_eq!(
        (outcome(&report).as_str(), publication(&report)),
        ("fresh", newest)
    );
    assert_eq!(report.warnings, []);
    let report = check_offline(&over_http(folder.path(), &url));
    assert_eq!(
        (outcome(&report).as_str(), publication(&report)),
        ("cached", newest)
    );
    let store =
        SeenStore::open(&folder.path().join("motd"), &"example.org".parse().unwrap()).unwrap();
    let (seen, warning) = store.load().unwrap();
    assert_eq!(warning, None);
    for number in known.recorded.iter().filter(|number| **number > 0) {
        let id = format!("n{number}").parse().unwrap();
        assert!(
            seen.entry(&id).is_some(),
            "n{number} was recorded, and is lost"
        );
    }
    assert!(known.recorded.len() > 10, "{:?}", known.recorded);
}
