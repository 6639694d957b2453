//! Where a command runs, and what installers read there: variables, files, addresses.

use std::cell::Cell;
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
    /// How many bytes of files may still be read; without any, none is looked at. They can belong to anybody.
    pub(crate) left: Cell<u64>,
}

impl Here<'_> {
    /// Most bytes of all configuration files that are read for one command.
    pub(crate) const BYTES: u64 = 1_048_576;

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
        let left = self.left.get();
        let text = (left > 0).then(|| text(path, left))??;
        let length = u64::try_from(text.len()).unwrap_or(left);
        self.left.set(left.saturating_sub(length));
        Some(text)
    }

    /// Whether there is such a file or folder.
    pub(super) fn exists(&self, path: &Path) -> bool {
        self.left.get() > 0 && path.exists()
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

/// The text of a file, when it is a regular one of at most `limit` bytes.
pub(super) fn text(path: &Path, limit: u64) -> Option<String> {
    // MOTD-FAIL-4.
    let bytes = bounded(open_regular(path).ok()?, limit).ok()?;
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
