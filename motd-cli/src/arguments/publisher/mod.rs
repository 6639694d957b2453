//! The arguments of those who write, sign, publish and serve notices.

mod attach;
mod author;
mod key;
mod location;
mod place;
mod serve;
mod signing;

pub(crate) use attach::AttachArguments;
pub(crate) use author::{LintArguments, NewArguments, PreviewArguments, WhoArguments};
pub(crate) use key::{
    ChangePassphraseArguments, KeyCommand, KeyName, NewKeyArguments, PassphraseFrom,
    ShowKeyArguments,
};
pub(crate) use place::RepositoryPlace;
pub(crate) use serve::{LogForm, ServeArguments};
pub(crate) use signing::{
    DiffArguments, DiscardArguments, DoctorArguments, KeyOf, KeyedRole, LogArguments,
    ProposeArguments, Proposer, ReviewArguments, RotateArguments, SignArguments, WithdrawArguments,
};

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueHint};
use motd_core::{LanguageTag, RepositoryId, Time};
use motd_server::store::Location;

use super::time::time;
use location::location;

#[derive(Debug, Subcommand)]
pub(crate) enum PublisherCommand {
    /// Begins a notice: a TOML file made from a template
    New(NewArguments),
    /// Says what is wrong with notices (TOML) and whole documents (JSON), with file, line and requirement
    Lint(LintArguments),
    /// Shows a notice as a terminal would
    Preview(PreviewArguments),
    /// Says whether this machine would be shown a notice, and if not, why
    Who(WhoArguments),
    /// Sets up a repository
    #[command(subcommand)]
    Repo(RepoCommand),
    /// Makes, shows and encrypts signing keys
    #[command(subcommand)]
    Key(KeyCommand),
    /// Signs notices and publishes them in one atomic step
    Publish(PublishArguments),
    /// Compares notices with what is published, as their readers would see it
    Diff(DiffArguments),
    /// Writes a request that several people sign, on machines of their own
    Propose(ProposeArguments),
    /// Says what a request changes, and who has signed it
    Review(ReviewArguments),
    /// Adds a signature to a request, after its review
    Sign(SignArguments),
    /// Takes back a proposal that waits at a server, by who opened it
    Discard(DiscardArguments),
    /// Takes notices back, or puts an all-clear in their place
    Withdraw(WithdrawArguments),
    /// Verifies and prints the log of what a server has accepted
    Log(LogArguments),
    /// Says what an operator should see to before it hurts
    Doctor(DoctorArguments),
    /// Puts notices into a TUF repository that another tool makes and signs: one delegation and one role file
    Attach(Box<AttachArguments>),
    /// Serves a repository over HTTP, from memory
    Serve(ServeArguments),
}

#[derive(Debug, Subcommand)]
pub(crate) enum RepoCommand {
    /// Makes the folder of a repository, with new keys for three people, two of whom have to sign
    Init(InitArguments),
    /// Signs the next root and top-level targets, with the same people and a new expiry
    Renew(RenewArguments),
    /// Writes a request for other keys of a role
    Rotate(RotateArguments),
}

#[derive(Debug, Args)]
pub(crate) struct InitArguments {
    /// The folder, which must not exist or be empty; or `s3://bucket/prefix`
    #[arg(value_hint = ValueHint::DirPath, value_parser = location())]
    pub(crate) folder: Location,
    /// The identifier of the index that speaks, such as `pypi.org`
    #[arg(long, value_name = "ID")]
    pub(crate) repository: RepositoryId,
    /// The language that every notice must have
    #[arg(long, value_name = "TAG", default_value = "en")]
    pub(crate) default_language: LanguageTag,
    /// The key of somebody who holds the roles, in the place of new key files: a file, `ssh-agent:NAME` or
    /// `command:PROGRAM`; once for each, two at least, and two of them sign
    #[arg(long = "key", value_name = "KEY", value_parser = key::key_name(), value_hint = ValueHint::FilePath)]
    pub(crate) keys: Vec<KeyName>,
    /// Encrypts the new key files of people, each with a passphrase; so does an option that says where those come from
    #[arg(long, conflicts_with = "keys")]
    pub(crate) encrypt: bool,
    #[command(flatten)]
    pub(crate) passphrases: PassphraseFrom,
    /// The folder that the keys are written to, which must not exist or be empty; default: `keys` in the repository's folder. No private key is in object storage
    #[arg(long, value_name = "FOLDER", value_hint = ValueHint::DirPath)]
    pub(crate) online_keys: Option<PathBuf>,
    /// The reference time; default: this machine's clock
    #[arg(long, value_name = "RFC3339", value_parser = time)]
    pub(crate) now: Option<Time>,
}

#[derive(Debug, Args)]
pub(crate) struct RenewArguments {
    /// The repository's folder, or `s3://bucket/prefix` with the usual `AWS_` variables
    #[arg(value_hint = ValueHint::DirPath, value_parser = location())]
    pub(crate) folder: Location,
    /// The key of somebody who signs: a file, `ssh-agent:NAME` or `command:PROGRAM`; once for each
    #[arg(long = "key", value_name = "KEY", required = true, value_parser = key::key_name(), value_hint = ValueHint::FilePath)]
    pub(crate) keys: Vec<KeyName>,
    #[command(flatten)]
    pub(crate) passphrases: PassphraseFrom,
    /// The trusted root that you hold, as installers have it; default: the newest that you have seen of
    /// this repository, or `1.root.json` beside the online keys
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) root: Option<PathBuf>,
    /// The folder with the online keys; default: `keys` in the repository's folder. No private key is in object storage
    #[arg(long, value_name = "FOLDER", value_hint = ValueHint::DirPath)]
    pub(crate) online_keys: Option<PathBuf>,
    /// The reference time; default: this machine's clock
    #[arg(long, value_name = "RFC3339", value_parser = time)]
    pub(crate) now: Option<Time>,
}

#[derive(Debug, Args)]
pub(crate) struct PublishArguments {
    /// The repository's folder, or `s3://bucket/prefix` with the usual `AWS_` variables
    #[arg(value_hint = ValueHint::DirPath, value_parser = location())]
    pub(crate) folder: Location,
    /// The notices, one file each; none at all publishes the empty list
    #[arg(value_hint = ValueHint::FilePath)]
    pub(crate) notices: Vec<PathBuf>,
    /// Publishes a request that enough people have signed, in the place of notices and keys
    #[arg(long, value_name = "FOLDER", value_hint = ValueHint::DirPath, conflicts_with_all = ["notices", "keys", "expires_in"])]
    pub(crate) request: Option<PathBuf>,
    /// The key of somebody who signs: a file, `ssh-agent:NAME` or `command:PROGRAM`; once for each
    #[arg(long = "key", value_name = "KEY", required_unless_present = "request", value_parser = key::key_name(), value_hint = ValueHint::FilePath)]
    pub(crate) keys: Vec<KeyName>,
    #[command(flatten)]
    pub(crate) passphrases: PassphraseFrom,
    /// The trusted root that you hold, as installers have it; default: the newest that you have seen of
    /// this repository, or `1.root.json` beside the online keys
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) root: Option<PathBuf>,
    /// The folder with the online keys; default: `keys` in the repository's folder. No private key is in object storage
    #[arg(long, value_name = "FOLDER", value_hint = ValueHint::DirPath)]
    pub(crate) online_keys: Option<PathBuf>,
    /// Of a request that gives the server new keys: the folder with those that leave, so that no client fails in between
    #[arg(long, value_name = "FOLDER", value_hint = ValueHint::DirPath, requires = "request")]
    pub(crate) former_online_keys: Option<PathBuf>,
    /// Days until the signatures expire, 1 to 93; default: the lifetime of notices in the folder's settings
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u16).range(1..=93))]
    pub(crate) expires_in: Option<u16>,
    /// The reference time; default: this machine's clock
    #[arg(long, value_name = "RFC3339", value_parser = time)]
    pub(crate) now: Option<Time>,
    /// Prints one JSON object instead of lines
    #[arg(long)]
    pub(crate) json: bool,
}
