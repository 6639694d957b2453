//! Which installer a command line runs, what it was asked to do, and which package repositories it uses.
//!
//! Read from the command line, the environment and the installer's own configuration files, as the installer reads
//! them; nothing is run and nothing is asked. What is not understood is unknown, and then a source that is bound to a
//! repository is not asked.

mod call;
mod cargo;
mod here;
mod installed;
mod kept;
mod npm;
mod pip;
mod program;
mod question;
mod words;

pub(crate) use call::{Call, KnownInstaller};
pub(crate) use here::Here;
pub(crate) use installed::Installed;
pub(crate) use program::Program;
#[cfg(unix)]
pub(crate) use program::{find, search_folders};
pub(crate) use question::Questions;

use std::ffi::OsString;
use std::path::Path;

use self::words::CommandWords;

/// What is known of a command line; `None` when it runs no installer that is known here.
pub(crate) fn look(command: &[OsString], here: &Here<'_>) -> Option<Call> {
    let (program, rest) = command.split_first()?;
    let name = Path::new(program).file_name()?.to_str()?;
    let name = name
        .strip_suffix(".exe")
        .or_else(|| name.strip_suffix(".cmd"))
        .unwrap_or(name);
    let (installer, own) = if is_versioned(name, "pip") {
        (KnownInstaller::Pip, 0)
    } else if is_versioned(name, "python") || name == "py" {
        (KnownInstaller::Pip, pip::module(rest)?)
    } else if name == "npm" {
        (KnownInstaller::Npm, 0)
    } else if name == "cargo" {
        (KnownInstaller::Cargo, cargo::toolchain(rest))
    } else {
        return None;
    };
    let (own, rest) = rest.split_at_checked(own)?;
    let words = CommandWords::new(rest);
    Some(Call {
        installer,
        program: std::iter::once(program).chain(own).cloned().collect(),
        asked: match installer {
            KnownInstaller::Pip => pip::look(&words, Path::new(program), here),
            KnownInstaller::Npm => npm::look(&words, here),
            KnownInstaller::Cargo => cargo::look(&words, here),
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

#[cfg(test)]
mod tests;
