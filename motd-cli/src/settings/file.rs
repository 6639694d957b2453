//! Where the configuration file is, and how it is read and written: whole or not at all.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use etcetera::BaseStrategy as _;

use super::{SourceSettings, UserSettings};
use crate::bounded::{bounded, open_regular};

/// Names the file in place of the platform's.
const VARIABLE: &str = "MOTD_CONFIG";
/// The longest file that is read, in bytes.
const BYTES: u64 = 1_048_576;

/// What names a file or gives a setting its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// An option of the command line.
    Option(&'static str),
    /// A variable of the environment.
    Variable(&'static str),
    /// The configuration file.
    File,
    /// The platform's folders.
    Platform,
    /// Nobody: what holds when nothing is said.
    Default,
}

impl Origin {
    /// In words.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Option(name) | Self::Variable(name) => name,
            Self::File => "configuration",
            Self::Platform => "platform",
            Self::Default => "default",
        }
    }
}

/// The configuration file, there or not.
#[derive(Clone, Debug)]
pub(crate) struct ConfigFile {
    pub(crate) path: PathBuf,
    pub(crate) origin: Origin,
}

impl ConfigFile {
    /// The file that `--config` names, else the one that `MOTD_CONFIG` names, else the platform's.
    pub(crate) fn locate(given: Option<&Path>) -> Result<Self> {
        if let Some(path) = given {
            return Ok(Self {
                path: path.to_owned(),
                origin: Origin::Option("--config"),
            });
        }
        if let Some(path) = std::env::var_os(VARIABLE).filter(|path| !path.is_empty()) {
            return Ok(Self {
                path: path.into(),
                origin: Origin::Variable(VARIABLE),
            });
        }
        let folder = etcetera::choose_base_strategy()
            .ok()
            .map(|folders| folders.config_dir())
            // A relative one is of the working directory, which others can have written.
            .filter(|folder| folder.is_absolute())
            .context("no folder for configuration is known; name a file with --config")?;
        Ok(Self {
            path: folder.join("motd").join("config.toml"),
            origin: Origin::Platform,
        })
    }

    /// The folder that relative paths begin at.
    pub(crate) fn folder(&self) -> &Path {
        match self.path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        }
    }

    /// What the file says. The platform's need not be there.
    ///
    /// # Errors
    ///
    /// `FILE:LINE:COLUMN: what`.
    pub(crate) fn read(&self) -> Result<UserSettings> {
        match self.text()? {
            Some(text) => self.parse_distinct(&text),
            None if self.origin == Origin::Platform => Ok(UserSettings::default()),
            None => anyhow::bail!(
                "{}: no such file, and {} names it",
                self.path.display(),
                self.origin.as_str()
            ),
        }
    }

    /// The file's text, when there is one.
    pub(super) fn text(&self) -> Result<Option<String>> {
        let file = match open_regular(&self.path) {
            Ok(file) => file,
            // Where part of the path is a file there is no such file either.
            Err(error)
                if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) =>
            {
                return Ok(None);
            }
            Err(error) => return Err(error.into()),
        };
        let text = String::from_utf8(bounded(file, BYTES)?);
        Ok(Some(text.with_context(|| self.path.display().to_string())?))
    }

    /// A text as this file would be read.
    pub(super) fn parse(&self, text: &str) -> Result<UserSettings> {
        toml::from_str(text).map_err(|error: toml::de::Error| {
            let (line, column) = place(text, error.span().map_or(0, |span| span.start));
            anyhow::anyhow!(
                "{}:{line}:{column}: {}",
                self.path.display(),
                // A parser's second line is advice on TOML that its first line already gives.
                error.message().lines().next().unwrap_or_default()
            )
        })
    }

    /// The same, where each repository is one source: two would share one state, with its record of attempts and what was seen.
    pub(super) fn parse_distinct(&self, text: &str) -> Result<UserSettings> {
        let settings = self.parse(text)?;
        let mut names = BTreeMap::new();
        for (name, source) in &settings.source {
            let repository = source.repository.0.as_str();
            if let Some(other) = names.insert(repository, &name.0) {
                anyhow::bail!(
                    "{}: sources {other} and {} have the same repository, {repository}; remove one",
                    self.path.display(),
                    name.0
                );
            }
        }
        Ok(settings)
    }

    /// The path of a source's trusted root.
    pub(crate) fn root_of(&self, source: &SourceSettings) -> PathBuf {
        self.folder().join(&source.root)
    }

    /// Changes the file's text, alone: two that change it at once do so one after the other.
    pub(super) fn change(&self, change: impl FnOnce(&str) -> Result<String>) -> Result<()> {
        require_own(self.folder())?;
        fs_err::create_dir_all(self.folder())?;
        let lock = open_own(&self.folder().join(".motd-config.lock"))?;
        lock.file()
            .lock()
            .with_context(|| lock.path().display().to_string())?;
        let before = self.text()?.unwrap_or_default();
        // What cannot be read is not written over.
        self.parse(&before)?;
        let after = change(&before)?;
        self.parse(&after)?;
        // A person may keep the file elsewhere, and a link here.
        let path = std::fs::canonicalize(&self.path).unwrap_or_else(|_| self.path.clone());
        write_whole(&path, after.as_bytes())
    }
}

/// Writes a file beside others that are read by other users: whole or not at all.
pub(super) fn write_whole(path: &Path, bytes: &[u8]) -> Result<()> {
    let folder = path.parent().context("a file without a folder")?;
    let write = || -> std::io::Result<()> {
        let mut file = tempfile::Builder::new()
            .prefix(".new-")
            .tempfile_in(folder)?;
        file.write_all(bytes)?;
        set_permissions(file.as_file(), path)?;
        file.as_file().sync_all()?;
        file.persist(path)?;
        // The name is on disk too, where folders can be synchronised.
        if let Ok(folder) = File::open(folder) {
            let _ = folder.sync_all();
        }
        Ok(())
    };
    write().with_context(|| path.display().to_string())
}

/// Opens a file that only this program makes, and makes it. The folder can be another's, such as a cloned repository: a link
/// in it would make a file elsewhere, and a FIFO would wait for ever.
fn open_own(path: &Path) -> Result<fs_err::File> {
    let mut options = fs_err::OpenOptions::new();
    options.create(true).write(true).truncate(false);
    #[cfg(unix)]
    {
        use fs_err::os::unix::fs::OpenOptionsExt as _;
        use rustix::fs::OFlags;
        let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY;
        options.custom_flags(flags.bits().cast_signed());
    }
    let file = options.open(path)?;
    anyhow::ensure!(
        file.metadata()?.is_file(),
        "{}: not a regular file",
        path.display()
    );
    Ok(file)
}

/// Makes a folder beside the configuration. A link in its place would lead elsewhere.
pub(super) fn make_folder(path: &Path) -> Result<()> {
    fs_err::create_dir_all(path)?;
    anyhow::ensure!(
        fs_err::symlink_metadata(path)?.is_dir(),
        "{}: not a folder",
        path.display()
    );
    Ok(())
}

/// Line and column of a byte, from 1.
fn place(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line_begins = before.rfind('\n').map_or(0, |newline| newline + 1);
    let column = before
        .get(line_begins..)
        .map_or(0, |line| line.chars().count());
    (before.matches('\n').count() + 1, column + 1)
}

/// The permissions of the file that is replaced; a new one is for every reader, as a configuration is.
#[cfg(unix)]
fn set_permissions(file: &File, replaced: &Path) -> std::io::Result<()> {
    let permissions = match std::fs::metadata(replaced) {
        Ok(metadata) => metadata.permissions(),
        Err(_) => std::os::unix::fs::PermissionsExt::from_mode(0o644),
    };
    file.set_permissions(permissions)
}

#[cfg(not(unix))]
fn set_permissions(_: &File, _: &Path) -> std::io::Result<()> {
    Ok(())
}

/// Under `sudo` the folder is often another user's, whom root's files in it would lock out.
#[cfg(unix)]
fn require_own(folder: &Path) -> Result<()> {
    use std::os::unix::fs::MetadataExt as _;
    let exists = folder
        .ancestors()
        .find_map(|folder| std::fs::metadata(folder).ok());
    let owner = exists.map(|metadata| metadata.uid());
    anyhow::ensure!(
        !rustix::process::geteuid().is_root() || owner.is_none_or(|owner| owner == 0),
        "{}: another user owns this folder; do this as that user, or name another file with --config",
        folder.display()
    );
    Ok(())
}

#[cfg(not(unix))]
fn require_own(_: &Path) -> Result<()> {
    Ok(())
}
