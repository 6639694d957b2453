//! No byte that TUF has not verified reaches a person: markers are planted in everything that a server, a thief of keys
//! or a state folder can say, and looked for in everything that a person may see.

mod ears;
mod metadata;
mod state;
mod wire;

use std::fs;
use std::path::Path;

use motd_client::Report;

/// A marker that stands nowhere else.
const CANARY: &str = "cAnArY7f3a";

/// Looks for the marker in a report, in each of its forms, and in what was logged at the default level.
fn require_silence(report: &Report, what: &str) {
    let mut said = format!("{report:?} {report:#?}");
    for failure in [report.failure, report.last_failure].into_iter().flatten() {
        said.push_str(&failure.to_string());
    }
    for warning in &report.warnings {
        said.push_str(warning.fact());
    }
    assert!(!said.contains(CANARY), "{what}: {said}");
    let logged = ears::heard();
    assert!(!logged.contains(CANARY), "{what}: {logged}");
}

/// Everything under a folder, names and contents.
fn kept(folder: &Path) -> String {
    let mut all = String::new();
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        all.push_str(&entry.file_name().to_string_lossy());
        if entry.file_type().unwrap().is_dir() {
            all.push_str(&kept(&entry.path()));
        } else {
            all.push_str(&String::from_utf8_lossy(&fs::read(entry.path()).unwrap()));
        }
    }
    all
}
