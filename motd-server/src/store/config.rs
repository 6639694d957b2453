//! `motd-repository.toml`: the settings of a repository that its metadata does not say.

use std::path::Path;

use motd_core::{LanguageTag, RepositoryId};
use serde::{Deserialize, Serialize};

use crate::store::StoreError;

/// The settings of a repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RepositoryConfig {
    /// The identifier that its documents carry.
    pub repository: RepositoryId,
    /// The language that every notice has.
    pub default_language: LanguageTag,
    /// How long new roles live.
    pub lifetimes: Lifetimes,
}

/// How long roles live once they are signed, in days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Lifetimes {
    /// Root metadata.
    pub root: u64,
    /// Top-level targets metadata.
    pub targets: u64,
    /// The notice role: at most 93, better at most 30, because it bounds the replay of an old notice.
    pub notices: u64,
    /// Snapshot metadata.
    pub snapshot: u64,
    /// Timestamp metadata: at least three times as long as the period in which it is renewed.
    pub timestamp: u64,
}

impl Lifetimes {
    /// The longest lives, in days. Whoever can write the settings cannot have servers sign for longer than this.
    pub const MOST: Self = Self {
        root: 730,
        targets: 730,
        // MOTD-DEL-3.
        notices: 93,
        snapshot: 31,
        timestamp: 7,
    };

    /// Each life, with its name and the longest that it may be.
    fn bounds(&self) -> [(&'static str, u64, u64); 5] {
        let most = &Self::MOST;
        [
            ("root", self.root, most.root),
            ("targets", self.targets, most.targets),
            ("notices", self.notices, most.notices),
            ("snapshot", self.snapshot, most.snapshot),
            ("timestamp", self.timestamp, most.timestamp),
        ]
    }
}

impl Default for Lifetimes {
    fn default() -> Self {
        // MOTD-DEL-7: 30 days, so that a reader without state cannot be shown an older role than that.
        Self {
            root: 365,
            targets: 365,
            notices: 30,
            snapshot: 7,
            timestamp: 1,
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ConfigToml {
    repository: String,
    #[serde(default = "LanguageTag::english")]
    default_language: LanguageTag,
    #[serde(default)]
    lifetimes: Lifetimes,
}

impl RepositoryConfig {
    /// The file's name.
    pub const FILE: &str = "motd-repository.toml";

    /// Reads the file's bytes; `path` is for the message.
    ///
    /// # Errors
    ///
    /// [`StoreError::Config`] with what is wrong.
    pub fn parse(path: &Path, bytes: &[u8]) -> Result<Self, StoreError> {
        let malformed = |message: String| StoreError::Config {
            path: path.to_owned(),
            message,
        };
        let text = str::from_utf8(bytes).map_err(|error| malformed(error.to_string()))?;
        let written: ConfigToml =
            toml::from_str(text).map_err(|error| malformed(error.to_string()))?;
        let repository = written.repository.parse().map_err(|_| {
            malformed("repository is not 1 to 253 bytes of a-z 0-9 . _ / -".to_owned())
        })?;
        let lives = written.lifetimes.bounds();
        let out = lives
            .iter()
            .find(|(_, days, most)| !(1..=*most).contains(days));
        if let Some((name, days, most)) = out {
            return Err(malformed(format!(
                "lifetimes: {name} = {days}, and it is 1 to {most} days"
            )));
        }
        Ok(Self {
            repository,
            default_language: written.default_language,
            lifetimes: written.lifetimes,
        })
    }

    /// The file's text.
    #[must_use]
    pub fn to_toml(&self) -> String {
        let lifetimes = &self.lifetimes;
        format!(
            "# A repository of notices. Times are in days.\nrepository = \"{}\"\ndefault_language = \"{}\"\n\n[lifetimes]\nroot = {}\ntargets = {}\n\
             notices = {}\nsnapshot = {}\ntimestamp = {}\n",
            self.repository,
            self.default_language,
            lifetimes.root,
            lifetimes.targets,
            lifetimes.notices,
            lifetimes.snapshot,
            lifetimes.timestamp,
        )
    }
}
