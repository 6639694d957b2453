//! `motd-repository.toml`: the settings of a repository that its metadata does not say.

use std::path::Path;

use motd_core::{LanguageTag, RepositoryId};
use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::publish::Lifetimes;

/// The settings of a repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// The identifier that its documents carry.
    pub repository: RepositoryId,
    /// The language that every notice has.
    pub default_language: LanguageTag,
    /// Whether each publication has a bundle for first checks.
    pub bundle: bool,
    /// How long new roles live.
    pub lifetimes: Lifetimes,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    repository: String,
    #[serde(default = "LanguageTag::english")]
    default_language: LanguageTag,
    #[serde(default)]
    bundle: bool,
    #[serde(default)]
    lifetimes: Lifetimes,
}

impl Config {
    /// The file's name.
    pub const FILE: &str = "motd-repository.toml";

    /// Reads the file's bytes; `path` is for the message.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] with what is wrong.
    pub fn parse(path: &Path, bytes: &[u8]) -> Result<Self, Error> {
        let malformed = |message: String| Error::Config {
            path: path.to_owned(),
            message,
        };
        let text = str::from_utf8(bytes).map_err(|error| malformed(error.to_string()))?;
        let written: Written =
            toml::from_str(text).map_err(|error| malformed(error.to_string()))?;
        let repository = written.repository.parse().map_err(|_| {
            malformed("repository is not 1 to 253 bytes of a-z 0-9 . _ / -".to_owned())
        })?;
        Ok(Self {
            repository,
            default_language: written.default_language,
            bundle: written.bundle,
            lifetimes: written.lifetimes,
        })
    }

    /// The file's text.
    #[must_use]
    pub fn to_toml(&self) -> String {
        let lifetimes = &self.lifetimes;
        format!(
            "# A repository of notices. Times are in days.\nrepository = \"{}\"\ndefault_language = \"{}\"\nbundle = {}\n\n[lifetimes]\nroot = {}\ntargets = {}\n\
             notices = {}\nsnapshot = {}\ntimestamp = {}\n",
            self.repository,
            self.default_language,
            self.bundle,
            lifetimes.root,
            lifetimes.targets,
            lifetimes.notices,
            lifetimes.snapshot,
            lifetimes.timestamp,
        )
    }
}
