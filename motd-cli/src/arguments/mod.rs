//! What the command line takes. `--help`, the man page and the completions are made from here.

mod attach;
mod author;
mod key;
mod place;
mod reader;
mod serve;
mod signing;

pub(crate) use attach::Attach;
pub(crate) use author::{Lint, New, Preview, Who};
pub(crate) use key::{ChangePassphrase, Key, KeyName, NewKey, PassphraseFrom, ShowKey};
pub(crate) use place::Place;
pub(crate) use reader::{
    Acknowledge, AddSource, Check, Config, List, Machine, Places, Run, Source,
};
pub(crate) use serve::{LogForm, Serve};
pub(crate) use signing::{
    Diff, Discard, Doctor, KeyOf, KeyedRole, Log, Propose, Proposer, Review, Rotate, Sign, Withdraw,
};

use std::path::PathBuf;

use clap::builder::{OsStringValueParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueHint};
use clap_complete::Shell as CompletionShell;
use motd_core::{LanguageTag, RepositoryId, Time};
use motd_server::store::Location;

/// Printed under `--help` and in the man page.
const EXIT_STATUS: &str = "\
Exit status:
  0  well: with notices or without
  1  something else went wrong: a file, a folder, a key
  2  the arguments are wrong
  3  verification failed: nothing was shown
  4  the repository is unavailable, or its mirror is stale and nothing is cached
  5  a notice or a document was refused; of a check: all was verified, and the document was refused
Of `motd run` it is the command's own; 127 when it is not found, 126 when it cannot be started.";

/// Authenticated notices for people who run an installer: write, sign, publish, serve and read them.
#[derive(Debug, Parser)]
#[command(name = "motd", version, after_help = EXIT_STATUS, max_term_width = 100)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Begins a notice: a TOML file made from a template
    New(New),
    /// Says what is wrong with notices (TOML) and whole documents (JSON), with file, line and requirement
    Lint(Lint),
    /// Shows a notice as a terminal would
    Preview(Preview),
    /// Says whether this machine would be shown a notice, and if not, why
    Who(Who),
    /// Sets up a repository
    #[command(subcommand)]
    Repo(Repo),
    /// Makes, shows and encrypts signing keys
    #[command(subcommand)]
    Key(Key),
    /// Signs notices and publishes them in one atomic step
    Publish(Publish),
    /// Compares notices with what is published, as their readers would see it
    Diff(Diff),
    /// Writes a request that several people sign, on machines of their own
    Propose(Propose),
    /// Says what a request changes, and who has signed it
    Review(Review),
    /// Adds a signature to a request, after its review
    Sign(Sign),
    /// Takes back a proposal that waits at a server, by who opened it
    Discard(Discard),
    /// Takes notices back, or puts an all-clear in their place
    Withdraw(Withdraw),
    /// Verifies and prints the log of what a server has accepted
    Log(Log),
    /// Says what an operator should see to before it hurts
    Doctor(Doctor),
    /// Puts notices into a TUF repository that another tool makes and signs: one delegation and one role file
    Attach(Box<Attach>),
    /// Serves a repository over HTTP, from memory
    Serve(Serve),
    /// Runs an installer, or any command, and shows after its output what its repositories have to say
    Run(Run),
    /// Asks a repository for its notices and shows what concerns this machine
    Check(Box<Check>),
    /// Shows all current notices that concern this machine, from what was verified before; asks nobody
    List(List),
    /// Marks a notice as read, so that it is not repeated
    Acknowledge(Acknowledge),
    /// Says which repositories may speak on this machine
    #[command(subcommand)]
    Source(Source),
    /// Shows the settings that hold here, and where each comes from
    Config(Config),
    /// Shows the whole way from an operator's file to a terminal, and the attacks on it failing
    Demo(Demo),
    /// Prints completions for a shell
    Completions {
        /// The shell
        shell: CompletionShell,
    },
    /// Prints the man page
    Man,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Repo {
    /// Makes the folder of a repository, with new keys for three people, two of whom have to sign
    Init(Init),
    /// Signs the next root and top-level targets, with the same people and a new expiry
    Renew(Renew),
    /// Writes a request for other keys of a role
    Rotate(Rotate),
}

#[derive(Debug, Args)]
pub(crate) struct Init {
    /// The folder, which must not exist or be empty; or `s3://bucket/prefix`
    #[arg(value_hint = ValueHint::DirPath, value_parser = location())]
    pub(crate) folder: Location,
    /// The identifier of the index that speaks, such as `pypi.org`
    #[arg(long, value_name = "ID")]
    pub(crate) repository: RepositoryId,
    /// The language that every notice must have
    #[arg(long, value_name = "TAG", default_value = "en")]
    pub(crate) default_language: LanguageTag,
    /// Writes a bundle with each publication: one file with all that the first check of a client needs
    #[arg(long)]
    pub(crate) bundle: bool,
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
pub(crate) struct Renew {
    /// The repository's folder, or `s3://bucket/prefix` with the usual `AWS_` variables
    #[arg(value_hint = ValueHint::DirPath, value_parser = location())]
    pub(crate) folder: Location,
    /// The key of somebody who signs: a file, `ssh-agent:NAME` or `command:PROGRAM`; once for each
    #[arg(long = "key", value_name = "KEY", required = true, value_parser = key::key_name(), value_hint = ValueHint::FilePath)]
    pub(crate) keys: Vec<KeyName>,
    #[command(flatten)]
    pub(crate) passphrases: PassphraseFrom,
    /// The folder with the online keys; default: `keys` in the repository's folder. No private key is in object storage
    #[arg(long, value_name = "FOLDER", value_hint = ValueHint::DirPath)]
    pub(crate) online_keys: Option<PathBuf>,
    /// The reference time; default: this machine's clock
    #[arg(long, value_name = "RFC3339", value_parser = time)]
    pub(crate) now: Option<Time>,
}

#[derive(Debug, Args)]
pub(crate) struct Publish {
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

#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// Only this scene or attack; `--list` names them
    #[arg(long, value_name = "NAME", value_parser = crate::demo::name)]
    pub(crate) only: Option<String>,
    /// Prints the names of the scenes and attacks
    #[arg(long)]
    pub(crate) list: bool,
    /// Prints one JSON object instead of the story
    #[arg(long)]
    pub(crate) json: bool,
}

/// A folder, or a place in object storage.
fn location() -> impl TypedValueParser<Value = Location> {
    OsStringValueParser::new().try_map(Location::parse)
}

/// A point in time as RFC 3339 writes it, with any offset.
fn time(text: &str) -> Result<Time, String> {
    let timestamp: jiff::Timestamp = text
        .parse()
        .map_err(|_| "not an RFC 3339 time such as 2018-04-12T00:00:00Z")?;
    Time::from_unix_seconds(timestamp.as_second())
        .ok_or_else(|| "outside the years 1970 to 9999".to_owned())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn the_definitions_are_sound() {
        super::Arguments::command().debug_assert();
    }
}
