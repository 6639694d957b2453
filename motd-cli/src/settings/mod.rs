//! The configuration file: which sources may speak here, and how.
//!
//! Everything in it comes from this machine's user or administrator, and nothing from a network (MOTD-BOOT-1). What a
//! value may be is decided where it is read, so that a fault has a line; what is read is then right.

mod edit;
mod file;
mod schema;
mod values;

pub(crate) use file::{ConfigFile, Origin};
pub(crate) use schema::settings_schema;
pub(crate) use values::{Address, DeclaredPurl, Hours, Name, RepositorySetting};

use std::collections::BTreeMap;
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::Deserialize;

/// Configuration of `motd`: the sources whose notices are shown, and how they are shown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
#[schemars(title = "motd configuration")]
pub(crate) struct UserSettings {
    /// How notices are displayed beside a command; `default` when absent.
    #[schemars(with = "DisplaySetting", skip_serializing_if = "Option::is_none")]
    pub(crate) display: Option<DisplaySetting>,
    /// Hours between two background checks of a source; 6 when absent. Each is changed by up to a quarter at random.
    #[schemars(with = "Hours", skip_serializing_if = "Option::is_none")]
    pub(crate) interval_hours: Option<Hours>,
    /// What is installed here, by its purl without a version, such as `"pkg:pypi/pip" = ["24.0"]`. What is named here is
    /// not looked up.
    pub(crate) components: BTreeMap<DeclaredPurl, Vec<String>>,
    /// The sources, by the name that stands in front of every line of theirs.
    pub(crate) source: BTreeMap<Name, SourceSettings>,
}

impl UserSettings {
    /// Whether notices are switched off.
    pub(crate) fn is_off(&self) -> bool {
        self.display == Some(DisplaySetting::Off)
    }

    /// Whether lines have no prefix.
    pub(crate) fn is_plain(&self) -> bool {
        self.display == Some(DisplaySetting::Plain)
    }
}

/// How notices are displayed beside a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum DisplaySetting {
    /// On a terminal, each line with its prefix.
    Default,
    /// On a terminal, without prefixes, as for a screen reader.
    Plain,
    /// As `default`; where there is no terminal, one line for each critical notice.
    Critical,
    /// Not at all: no request is sent.
    Off,
}

impl DisplaySetting {
    /// The value as the file writes it.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Plain => "plain",
            Self::Critical => "critical",
            Self::Off => "off",
        }
    }
}

/// One repository that may speak.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct SourceSettings {
    /// The identifier that the repository's documents carry, such as `pypi.org`.
    pub(crate) repository: RepositorySetting,
    /// The file with the trusted root. A relative path begins at the folder of this configuration.
    #[schemars(with = "String")]
    pub(crate) root: PathBuf,
    /// Where the TUF metadata is.
    pub(crate) metadata_url: Address,
    /// Where the target files are; `targets/` beside the metadata when absent.
    #[serde(default)]
    #[schemars(with = "Address", skip_serializing_if = "Option::is_none")]
    pub(crate) targets_url: Option<Address>,
    /// Whether the metadata is a package repository's own; false when absent. Then a check requests each file that is not
    /// stored; else it requests the next root and the bundle.
    #[serde(default)]
    pub(crate) in_band: bool,
    /// Package repositories: the source is asked only beside a command that uses one of them. Beside any command when
    /// empty or absent.
    #[serde(default)]
    pub(crate) bound_to: Vec<Address>,
    /// Hours between two background checks of this source.
    #[serde(default)]
    #[schemars(with = "Hours", skip_serializing_if = "Option::is_none")]
    pub(crate) interval_hours: Option<Hours>,
}

impl SourceSettings {
    /// Whether a command that uses these package repositories may ask this source. `None`: nothing is known of them.
    pub(crate) fn is_bound_to(&self, used: Option<&[url::Url]>) -> bool {
        // A sidecar is contacted only in a run that used what it is bound to. Chapter 6, section 6.1.
        self.bound_to.is_empty()
            || used.is_some_and(|used| {
                used.iter()
                    .any(|used| self.bound_to.iter().any(|bound| bound.covers(used)))
            })
    }
}

#[cfg(test)]
mod tests;
