//! Where a command runs, and what installers read there: variables, files, addresses.

use std::path::{Path, PathBuf};

use url::Url;

use crate::bounded::{bounded, open_regular};

/// Where a command runs.
pub(crate) struct Here<'a> {
    /// The environment.
    pub(crate) variable: &'a dyn Fn(&str) -> Option<String>,
    /// The working folder.
    pub(crate) folder: &'a Path,
    /// The user's home.
    pub(crate) home: Option<PathBuf>,
    /// The root of the file system.
    pub(crate) system: &'a Path,
    /// Whether files are looked at. They can belong to anybody, and a file system can let its readers wait.
    pub(crate) files: bool,
}

impl Here<'_> {
    /// A variable that is there and not empty.
    pub(super) fn set(&self, name: &str) -> Option<String> {
        (self.variable)(name).filter(|value| !value.is_empty())
    }

    /// Whether a variable says yes.
    pub(super) fn is_yes(&self, name: &str) -> bool {
        self.set(name).is_some_and(|value| is_yes(&value))
    }

    /// The text of a configuration file.
    pub(super) fn text(&self, path: &Path) -> Option<String> {
        self.files.then(|| text(path))?
    }

    /// Whether there is such a file or folder.
    pub(super) fn exists(&self, path: &Path) -> bool {
        self.files && path.exists()
    }

    /// A path of the user's home.
    pub(super) fn at_home(&self, path: &str) -> Option<PathBuf> {
        Some(self.home.as_ref()?.join(path))
    }
}

pub(super) fn is_yes(value: &str) -> bool {
    matches!(
        value.to_ascii_lowercase().as_str(),
        "1" | "true" | "yes" | "on" | "t" | "y"
    )
}

/// The longest configuration file of an installer that is read, in bytes.
const BYTES: u64 = 1_048_576;

/// The text of a configuration file of an installer, when it is a regular file of a sensible size.
pub(super) fn text(path: &Path) -> Option<String> {
    // MOTD-FAIL-4.
    let bytes = bounded(open_regular(path).ok()?, BYTES).ok()?;
    String::from_utf8(bytes).ok()
}

/// An address as an installer's settings write it, without its user and query.
pub(super) fn address(text: &str) -> Option<Url> {
    let mut url = Url::parse(text.trim()).ok()?;
    url.host()?;
    url.set_username("").ok()?;
    url.set_password(None).ok()?;
    url.set_query(None);
    url.set_fragment(None);
    Some(url)
}
