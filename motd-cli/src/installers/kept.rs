//! Versions that programs said, kept for commands that start none.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use motd_client::{keep_versions, kept_versions};
use motd_core::Time;
use serde::{Deserialize, Serialize};

/// How long a version is believed: what a program such as rustup's starts can change, and the program does not.
const AGE: u64 = 30 * 86_400;

/// The versions in a state folder, at a time.
pub(super) struct KeptVersions {
    pub(super) state: PathBuf,
    pub(super) now: Time,
}

/// What a program said of a component.
#[derive(Serialize, Deserialize)]
struct SaidVersion {
    version: String,
    program: PathBuf,
    /// Its length and its time of change, which another program of this name does not have.
    identity: (u64, u64),
    learnt: Time,
}

impl KeptVersions {
    /// The version that was last said of a component, while the program is the same and not for too long.
    pub(super) fn version(&self, component: &str) -> Option<String> {
        let said = self.read().remove(component)?;
        let age = self
            .now
            .unix_seconds()
            .checked_sub(said.learnt.unix_seconds())?;
        let same = identity(&said.program)? == said.identity;
        (same && age <= AGE).then_some(said.version)
    }

    /// Keeps what a program said. Where it cannot be kept, it is not known to the commands that start none.
    pub(super) fn keep(&self, component: &str, version: &str, program: &Path) {
        let Some(identity) = identity(program) else {
            return;
        };
        let mut versions = self.read();
        let said = SaidVersion {
            version: version.to_owned(),
            program: program.to_owned(),
            identity,
            learnt: self.now,
        };
        versions.insert(component.to_owned(), said);
        if let Ok(bytes) = serde_json::to_vec(&versions) {
            let _ = keep_versions(&self.state, &bytes);
        }
    }

    fn read(&self) -> BTreeMap<String, SaidVersion> {
        let bytes = kept_versions(&self.state);
        bytes
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .unwrap_or_default()
    }
}

fn identity(program: &Path) -> Option<(u64, u64)> {
    let metadata = std::fs::metadata(program).ok()?;
    let modified = metadata.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    Some((metadata.len(), modified.as_nanos().try_into().ok()?))
}
