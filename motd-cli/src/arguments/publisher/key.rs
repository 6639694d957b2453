//! The arguments of those who hold keys, and how a key is named wherever one is taken.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::builder::{OsStringValueParser, TypedValueParser as _};
use clap::{Args, Subcommand, ValueHint};

/// Where somebody's key is held.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum KeyName {
    /// In a file.
    File(PathBuf),
    /// In an ssh-agent, under this name.
    Agent(String),
    /// Behind a program.
    Command(PathBuf),
}

/// Reads a key's name.
pub(super) fn key_name() -> impl clap::builder::TypedValueParser<Value = KeyName> {
    OsStringValueParser::new().try_map(named)
}

/// A file whose name begins as one of the others is named with `./` before it.
fn named(name: OsString) -> Result<KeyName, &'static str> {
    let Some(text) = name.to_str() else {
        return Ok(KeyName::File(name.into()));
    };
    match text.split_once(':') {
        Some(("ssh-agent" | "command", "")) => Err("what stands after the colon names the key"),
        Some(("ssh-agent", key)) => Ok(KeyName::Agent(key.to_owned())),
        Some(("command", program)) => Ok(KeyName::Command(program.into())),
        _ => Ok(KeyName::File(name.into())),
    }
}

/// Where passphrases come from. There is no option that takes one: arguments and the environment are seen by others.
#[derive(Debug, Default, Args)]
pub(crate) struct PassphraseFrom {
    /// Reads passphrases from this file descriptor, one line for each encrypted key file; default: asks on the terminal
    #[arg(long, value_name = "N", conflicts_with = "passphrase_command")]
    pub(crate) passphrase_fd: Option<u32>,
    /// Takes each passphrase from the first line that this shell command prints; `MOTD_KEY_FILE` tells it for which file
    #[arg(long, value_name = "COMMAND", value_hint = ValueHint::CommandString)]
    pub(crate) passphrase_command: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum KeyCommand {
    /// Makes a new key file, encrypted with a passphrase
    New(NewKeyArguments),
    /// Prints a key's id, public key and key object
    Show(ShowKeyArguments),
    /// Encrypts a key file with another passphrase, or for the first time
    ChangePassphrase(ChangePassphraseArguments),
}

#[derive(Debug, Args)]
pub(crate) struct NewKeyArguments {
    /// The file; it must not exist
    #[arg(value_hint = ValueHint::FilePath)]
    pub(crate) file: PathBuf,
    /// Does not encrypt it: for a server's key, which is used with nobody there
    #[arg(long, conflicts_with_all = ["passphrase_fd", "passphrase_command"])]
    pub(crate) unencrypted: bool,
    #[command(flatten)]
    pub(crate) passphrases: PassphraseFrom,
    /// Prints one JSON object instead of lines
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ShowKeyArguments {
    /// A key file, `ssh-agent:NAME` or `command:PROGRAM`
    #[arg(value_parser = key_name(), value_hint = ValueHint::FilePath)]
    pub(crate) key: KeyName,
    #[command(flatten)]
    pub(crate) passphrases: PassphraseFrom,
    /// Prints one JSON object instead of lines
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ChangePassphraseArguments {
    /// The key file
    #[arg(value_hint = ValueHint::FilePath)]
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) passphrases: PassphraseFrom,
    /// Reads the new passphrase from this file descriptor, after the old one where both are on the same
    #[arg(long, value_name = "N", conflicts_with = "new_passphrase_command")]
    pub(crate) new_passphrase_fd: Option<u32>,
    /// Takes the new passphrase from the first line that this shell command prints
    #[arg(long, value_name = "COMMAND", value_hint = ValueHint::CommandString)]
    pub(crate) new_passphrase_command: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_a_file_unless_its_name_says_otherwise() {
        let file = |name: &str| Ok(KeyName::File(name.into()));
        for (name, key) in [
            ("alice.pem", file("alice.pem")),
            ("./ssh-agent:alice", file("./ssh-agent:alice")),
            ("ssh-agent", file("ssh-agent")),
            ("C:\\keys\\alice.pem", file("C:\\keys\\alice.pem")),
            (
                "ssh-agent:SHA256:abc",
                Ok(KeyName::Agent("SHA256:abc".into())),
            ),
            (
                "ssh-agent:alice at work",
                Ok(KeyName::Agent("alice at work".into())),
            ),
            ("command:./sign", Ok(KeyName::Command("./sign".into()))),
        ] {
            assert_eq!(named(name.into()), key, "{name}");
        }
        named("ssh-agent:".into()).unwrap_err();
        named("command:".into()).unwrap_err();
    }
}
