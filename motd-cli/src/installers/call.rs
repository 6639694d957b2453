//! A command line that runs an installer, and what it asks for.

use std::ffi::OsString;

use url::Url;

/// An installer that is known here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KnownInstaller {
    /// pip, also as `python -m pip`.
    Pip,
    /// npm.
    Npm,
    /// cargo.
    Cargo,
}

/// What a command line asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct InstallerRequest {
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
    pub(crate) installer: KnownInstaller,
    /// The words that run the installer itself, such as `python3`, `-m`, `pip`.
    pub(crate) program: Vec<OsString>,
    pub(crate) asked: InstallerRequest,
}
