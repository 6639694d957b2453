//! Which installer a command line runs, what it was asked to do, and which package repositories it uses.
//!
//! Read from the command line, the environment and the installer's own configuration files, as the installer reads
//! them; nothing is run and nothing is asked. What is not understood is unknown, and then a source that is bound to a
//! repository is not asked.

mod cargo;
mod installed;
mod npm;
mod pip;
mod words;

pub(crate) use installed::Installed;

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use url::Url;

use self::words::Words;

/// An installer that is known here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Installer {
    /// pip, also as `python -m pip`.
    Pip,
    /// npm.
    Npm,
    /// cargo.
    Cargo,
}

/// What a command line asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Use {
    /// What the installer was asked to do, a token of the registry of commands.
    pub(crate) token: Option<&'static str>,
    /// Whether it uses the network to do that; only then its end may be delayed (MOTD-FAIL-4).
    pub(crate) network: bool,
    /// Whether it was asked to be quiet, or to write for programs (MOTD-SHOW-9).
    pub(crate) quiet: bool,
    /// The package repositories that it uses; `None` when that is not known.
    pub(crate) repositories: Option<Vec<Url>>,
}

/// A command line that runs a known installer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Call {
    pub(crate) installer: Installer,
    /// The words that run the installer itself, such as `python3`, `-m`, `pip`.
    pub(crate) program: Vec<OsString>,
    pub(crate) asked: Use,
}

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
}

impl Here<'_> {
    /// A variable that is there and not empty.
    fn set(&self, name: &str) -> Option<String> {
        (self.variable)(name).filter(|value| !value.is_empty())
    }

    /// Whether a variable says yes.
    fn is_yes(&self, name: &str) -> bool {
        self.set(name).is_some_and(|value| is_yes(&value))
    }

    /// A path of the user's home.
    fn at_home(&self, path: &str) -> Option<PathBuf> {
        Some(self.home.as_ref()?.join(path))
    }
}

/// What is known of a command line; `None` when it runs no installer that is known here.
pub(crate) fn look(command: &[OsString], here: &Here<'_>) -> Option<Call> {
    let (program, rest) = command.split_first()?;
    let name = Path::new(program).file_name()?.to_str()?;
    let name = name
        .strip_suffix(".exe")
        .or_else(|| name.strip_suffix(".cmd"))
        .unwrap_or(name);
    let (installer, own) = if is_versioned(name, "pip") {
        (Installer::Pip, 0)
    } else if is_versioned(name, "python") || name == "py" {
        (Installer::Pip, pip::module(rest)?)
    } else if name == "npm" {
        (Installer::Npm, 0)
    } else if name == "cargo" {
        (Installer::Cargo, cargo::toolchain(rest))
    } else {
        return None;
    };
    let (own, rest) = rest.split_at_checked(own)?;
    let words = Words::new(rest);
    Some(Call {
        installer,
        program: std::iter::once(program).chain(own).cloned().collect(),
        asked: match installer {
            Installer::Pip => pip::look(&words, Path::new(program), here),
            Installer::Npm => npm::look(&words, here),
            Installer::Cargo => cargo::look(&words, here),
        },
    })
}

/// Whether a program is called `pip`, `pip3` or `pip3.12`.
fn is_versioned(name: &str, base: &str) -> bool {
    name.strip_prefix(base).is_some_and(|version| {
        version
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'.')
    })
}

fn is_yes(value: &str) -> bool {
    matches!(
        value.to_ascii_lowercase().as_str(),
        "1" | "true" | "yes" | "on" | "t" | "y"
    )
}

/// The text of a configuration file of an installer, when there is one of a sensible size.
fn text(path: &Path) -> Option<String> {
    use std::io::Read as _;
    let file = std::fs::File::open(path).ok()?;
    if !file.metadata().ok()?.is_file() {
        return None;
    }
    let mut text = String::new();
    file.take(1_048_576).read_to_string(&mut text).ok()?;
    Some(text)
}

/// An address as an installer's settings write it, without its user and query.
fn address(text: &str) -> Option<Url> {
    let mut url = Url::parse(text.trim()).ok()?;
    url.host()?;
    url.set_username("").ok()?;
    url.set_password(None).ok()?;
    url.set_query(None);
    url.set_fragment(None);
    Some(url)
}

#[cfg(test)]
mod tests;
