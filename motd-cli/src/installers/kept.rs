//! Versions that programs said, kept for commands that start none.

use std::ffi::OsString;
use std::path::PathBuf;

use motd_client::limits::VERSIONS_BYTES;
use motd_client::{keep_versions, kept_versions};
use motd_core::Time;
use serde::{Deserialize, Serialize};

use super::program::{Identity, Program};

/// How long a version is believed: what a program such as rustup's starts can change, and the program does not.
const AGE: u64 = 30 * 86_400;

/// The versions in a state folder, at a time.
pub(super) struct KeptVersions {
    pub(super) state: PathBuf,
    pub(super) now: Time,
    /// The folders where programs are searched.
    pub(super) path: OsString,
}

/// What a program said of a component.
#[derive(Serialize, Deserialize)]
struct SaidVersion {
    component: String,
    version: String,
    program: PathBuf,
    identity: Identity,
    learnt: Time,
}

impl KeptVersions {
    /// What was said of a component, not too long ago, by the programs that their names find here and now.
    pub(super) fn versions(&self, component: &str) -> Vec<String> {
        let mut said = self.read();
        said.retain(|said| said.component == component && self.is_found(said));
        said.into_iter().map(|said| said.version).collect()
    }

    fn is_found(&self, said: &SaidVersion) -> bool {
        let now = self.now.unix_seconds();
        let age = now.checked_sub(said.learnt.unix_seconds());
        let name = said.program.file_name();
        age.is_some_and(|age| age <= AGE)
            && name
                .and_then(|name| Program::found_in(name, &self.path))
                .is_some_and(|found| {
                    (&found.path, &found.identity) == (&said.program, &said.identity)
                })
    }

    /// Keeps what a program said. Where it cannot be kept, it is not known to the commands that start none.
    pub(super) fn keep(&self, component: &str, version: &str, program: &Program) {
        let mut versions = self.read();
        versions.retain(|said| (&*said.component, &said.program) != (component, &program.path));
        versions.push(SaidVersion {
            component: component.to_owned(),
            version: version.to_owned(),
            program: program.path.clone(),
            identity: program.identity.clone(),
            learnt: self.now,
        });
        // The oldest go when there are too many.
        while let Ok(bytes) = serde_json::to_vec(&versions) {
            if u64::try_from(bytes.len()).is_ok_and(|length| length <= VERSIONS_BYTES) {
                let _ = keep_versions(&self.state, &bytes);
                return;
            }
            versions.remove(0);
        }
    }

    fn read(&self) -> Vec<SaidVersion> {
        let bytes = kept_versions(&self.state);
        bytes
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .unwrap_or_default()
    }
}
