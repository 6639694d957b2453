//! The arguments of those who sign and publish together: diff, propose, review, sign, discard, withdraw, log, doctor, rotate.

use std::path::PathBuf;

use clap::{Args, ValueEnum, ValueHint};
use motd_core::{NoticeId, Time};
use motd_server::publish::key::PublicKey;

use super::key::{KeyName, PassphraseFrom, key_name};
use super::place::{RepositoryPlace, place};
use crate::arguments::time::time;

#[derive(Debug, Args)]
pub(crate) struct DiffArguments {
    /// The repository's folder, `s3://bucket/prefix`, or the URL of a server
    #[arg(value_name = "REPOSITORY", value_hint = ValueHint::DirPath, value_parser = place())]
    pub(crate) place: RepositoryPlace,
    /// All notices that are to be current, one file each
    #[arg(value_hint = ValueHint::FilePath)]
    pub(crate) notices: Vec<PathBuf>,
    /// The trusted root that you hold, as installers have it; default: the newest that you have seen
    /// of this repository, where it is in a store
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) root: Option<PathBuf>,
    /// Prints one JSON object instead of lines
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ProposeArguments {
    /// The repository's folder, `s3://bucket/prefix`, or the URL of a server
    #[arg(value_name = "REPOSITORY", value_hint = ValueHint::DirPath, value_parser = place())]
    pub(crate) place: RepositoryPlace,
    /// All notices that are to be current, one file each; none at all proposes the empty list
    #[arg(value_hint = ValueHint::FilePath)]
    pub(crate) notices: Vec<PathBuf>,
    /// The folder of the request, to be sent to those who sign; it must not exist or be empty. At a server there is none
    #[arg(long, value_name = "FOLDER", value_hint = ValueHint::DirPath, required_unless_present = "root")]
    pub(crate) out: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) proposer: Proposer,
    #[command(flatten)]
    pub(crate) life: Life,
}

/// Who proposes something at a server.
#[derive(Debug, Args)]
pub(crate) struct Proposer {
    /// The trusted root that you hold, as installers have it; default: the newest that you have seen
    /// of this repository, where it is in a store
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) root: Option<PathBuf>,
    /// At a server: your key, with which you sign what you propose: a file, `ssh-agent:NAME` or `command:PROGRAM`
    #[arg(long = "key", value_name = "KEY", value_parser = key_name(), value_hint = ValueHint::FilePath, requires = "root")]
    pub(crate) keys: Vec<KeyName>,
    #[command(flatten)]
    pub(crate) passphrases: PassphraseFrom,
}

/// When it is signed, and for how long.
#[derive(Debug, Args)]
pub(crate) struct Life {
    /// Days until the signatures expire, 1 to 93; default: the lifetime of notices in the repository's settings
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u16).range(1..=93))]
    pub(crate) expires_in: Option<u16>,
    /// The reference time; default: this machine's clock
    #[arg(long, value_name = "RFC3339", value_parser = time)]
    pub(crate) now: Option<Time>,
}

#[derive(Debug, Args)]
pub(crate) struct ReviewArguments {
    /// The repository's folder, `s3://bucket/prefix`, or the URL of a server
    #[arg(value_name = "REPOSITORY", value_hint = ValueHint::DirPath, value_parser = place())]
    pub(crate) place: RepositoryPlace,
    /// The folder of the request, or the name of a proposal at a server; without it, all that are open there
    #[arg(value_hint = ValueHint::DirPath, required_unless_present = "root")]
    pub(crate) request: Option<PathBuf>,
    /// The trusted root that you hold, as installers have it; default: the newest that you have seen
    /// of this repository, where it is in a store
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) root: Option<PathBuf>,
    /// At a server: your key, because only who may sign is told
    #[arg(long = "key", value_name = "KEY", value_parser = key_name(), value_hint = ValueHint::FilePath, requires = "root")]
    pub(crate) key: Option<KeyName>,
    #[command(flatten)]
    pub(crate) passphrases: PassphraseFrom,
    /// The reference time; default: this machine's clock
    #[arg(long, value_name = "RFC3339", value_parser = time)]
    pub(crate) now: Option<Time>,
    /// Prints one JSON object instead of lines
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct SignArguments {
    /// The repository's folder, `s3://bucket/prefix`, or the URL of a server
    #[arg(value_name = "REPOSITORY", value_hint = ValueHint::DirPath, value_parser = place())]
    pub(crate) place: RepositoryPlace,
    /// The folder of the request, to whose files the signature is added; or the name of a proposal at a server
    #[arg(value_hint = ValueHint::DirPath)]
    pub(crate) request: PathBuf,
    /// The trusted root that you hold, as installers have it; default: the newest that you have seen
    /// of this repository, where it is in a store
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) root: Option<PathBuf>,
    /// Your key: a file, `ssh-agent:NAME` or `command:PROGRAM`
    #[arg(long = "key", value_name = "KEY", required = true, value_parser = key_name(), value_hint = ValueHint::FilePath)]
    pub(crate) keys: Vec<KeyName>,
    #[command(flatten)]
    pub(crate) passphrases: PassphraseFrom,
    /// A place that the review marks with `!` and that you have read, as a JSON pointer; may be repeated
    #[arg(long = "accept", value_name = "PLACE")]
    pub(crate) places: Vec<String>,
    /// Signs without asking, for who has read `motd review`
    #[arg(long)]
    pub(crate) yes: bool,
    /// The reference time; default: this machine's clock
    #[arg(long, value_name = "RFC3339", value_parser = time)]
    pub(crate) now: Option<Time>,
}

#[derive(Debug, Args)]
pub(crate) struct DiscardArguments {
    /// The URL of the server
    #[arg(value_name = "REPOSITORY", value_parser = place())]
    pub(crate) place: RepositoryPlace,
    /// The name of the proposal
    pub(crate) proposal: PathBuf,
    /// Your key, with which you had signed it when it was opened
    #[arg(long = "key", value_name = "KEY", value_parser = key_name(), value_hint = ValueHint::FilePath)]
    pub(crate) key: KeyName,
    #[command(flatten)]
    pub(crate) passphrases: PassphraseFrom,
    /// The reference time; default: this machine's clock
    #[arg(long, value_name = "RFC3339", value_parser = time)]
    pub(crate) now: Option<Time>,
}

#[derive(Debug, Args)]
pub(crate) struct LogArguments {
    /// Where the proposals are kept (a folder or `s3://bucket/prefix`), or the URL of a server
    #[arg(value_name = "PLACE", value_hint = ValueHint::DirPath, value_parser = place())]
    pub(crate) place: RepositoryPlace,
    /// At a server: your key, because only who may sign is told
    #[arg(long = "key", value_name = "KEY", value_parser = key_name(), value_hint = ValueHint::FilePath)]
    pub(crate) key: Option<KeyName>,
    #[command(flatten)]
    pub(crate) passphrases: PassphraseFrom,
    /// An entry that you have kept, as `NUMBER:HASH`: it has to be in the log still
    #[arg(long, value_name = "ENTRY", value_parser = kept_entry)]
    pub(crate) expect: Option<(u64, String)>,
    /// The reference time; default: this machine's clock
    #[arg(long, value_name = "RFC3339", value_parser = time)]
    pub(crate) now: Option<Time>,
    /// Prints one JSON object for each entry
    #[arg(long)]
    pub(crate) json: bool,
}

fn kept_entry(text: &str) -> Result<(u64, String), String> {
    let parts = text.split_once(':');
    let entry = parts.and_then(|(number, hash)| Some((number.parse().ok()?, hash)));
    let (number, hash) = entry.ok_or("not a number, a colon and a hash")?;
    let bytes = hex::decode(hash).ok().filter(|bytes| bytes.len() == 32);
    bytes.ok_or("not 64 hexadecimal digits after the colon")?;
    Ok((number, hash.to_ascii_lowercase()))
}

#[derive(Debug, Args)]
pub(crate) struct WithdrawArguments {
    /// The repository's folder, `s3://bucket/prefix`, or the URL of a server
    #[arg(value_name = "REPOSITORY", value_hint = ValueHint::DirPath, value_parser = place())]
    pub(crate) place: RepositoryPlace,
    /// The id of the notice; may be repeated
    #[arg(required = true)]
    pub(crate) ids: Vec<NoticeId>,
    /// A notice that takes its place and is shown to who saw it: its `resolves` has the ids
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) all_clear: Option<PathBuf>,
    /// The trusted root that you hold, as installers have it; default: the newest that you have seen
    /// of this repository, where it is in a store
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) root: Option<PathBuf>,
    /// Writes a request into this folder, to be signed by several people
    #[arg(long, value_name = "FOLDER", value_hint = ValueHint::DirPath, required_unless_present = "keys", conflicts_with = "keys")]
    pub(crate) out: Option<PathBuf>,
    /// A key of somebody who signs here and now, once for each; then it is published at once. At a server: whoever proposes it
    #[arg(long = "key", value_name = "KEY", value_parser = key_name(), value_hint = ValueHint::FilePath)]
    pub(crate) keys: Vec<KeyName>,
    #[command(flatten)]
    pub(crate) passphrases: PassphraseFrom,
    /// The folder with the online keys; default: `keys` in the repository's folder
    #[arg(long, value_name = "FOLDER", value_hint = ValueHint::DirPath)]
    pub(crate) online_keys: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) life: Life,
}

#[derive(Debug, Args)]
pub(crate) struct DoctorArguments {
    /// The repository's folder, `s3://bucket/prefix`, or the URL of a server
    #[arg(value_name = "REPOSITORY", value_hint = ValueHint::DirPath, value_parser = place())]
    pub(crate) place: RepositoryPlace,
    /// The reference time; default: this machine's clock
    #[arg(long, value_name = "RFC3339", value_parser = time)]
    pub(crate) now: Option<Time>,
    /// The trusted root that you hold, as installers have it; default: the newest that you have seen
    /// of this repository, where it is in a store
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) root: Option<PathBuf>,
    /// Prints one JSON object instead of lines
    #[arg(long)]
    pub(crate) json: bool,
}

/// A role whose keys change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum KeyedRole {
    /// Who may change who may sign.
    Root,
    /// Who may change the delegations.
    Targets,
    /// Who may say something.
    Notices,
    /// The server's key for snapshots.
    Snapshot,
    /// The server's key for timestamps.
    Timestamp,
}

/// A key, of one role or of every role that is named.
#[derive(Clone, Debug)]
pub(crate) struct KeyOf<T> {
    role: Option<KeyedRole>,
    pub(crate) key: T,
}

impl<T> KeyOf<T> {
    /// Whether it is meant for this role.
    pub(crate) fn is_of(&self, role: KeyedRole) -> bool {
        self.role.is_none_or(|named| named == role)
    }
}

#[derive(Debug, Args)]
pub(crate) struct RotateArguments {
    /// The repository's folder, `s3://bucket/prefix`, or the URL of a server
    #[arg(value_name = "REPOSITORY", value_hint = ValueHint::DirPath, value_parser = place())]
    pub(crate) place: RepositoryPlace,
    /// The role; may be repeated, for keys that leave several at once. Without a key that joins or leaves it is signed anew
    #[arg(long = "role", value_name = "ROLE", required = true)]
    pub(crate) roles: Vec<KeyedRole>,
    /// A public key that joins, 64 hexadecimal digits as `motd key show` prints them; may be repeated. `ROLE=KEY` for one of
    /// several roles
    #[arg(long = "add", value_name = "PUBLIC KEY", value_parser = added_key)]
    pub(crate) added: Vec<KeyOf<PublicKey>>,
    /// The id of a key that leaves; may be repeated. `ROLE=ID` for one of several roles
    #[arg(long = "remove", value_name = "KEY ID", value_parser = removed_key)]
    pub(crate) removed: Vec<KeyOf<String>>,
    /// How many have to sign from then on; default: as before
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) threshold: Option<u64>,
    /// The folder of the request, to be sent to those who sign; it must not exist or be empty. At a server there is none
    #[arg(long, value_name = "FOLDER", value_hint = ValueHint::DirPath, required_unless_present = "root")]
    pub(crate) out: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) proposer: Proposer,
    /// The reference time; default: this machine's clock
    #[arg(long, value_name = "RFC3339", value_parser = time)]
    pub(crate) now: Option<Time>,
}

fn added_key(text: &str) -> Result<KeyOf<PublicKey>, String> {
    let KeyOf { role, key } = removed_key(text)?;
    let key = public_key(&key)?;
    Ok(KeyOf { role, key })
}

fn removed_key(text: &str) -> Result<KeyOf<String>, String> {
    let (role, key) = match text.split_once('=') {
        Some((role, key)) => (Some(KeyedRole::from_str(role, false)?), key),
        None => (None, text),
    };
    Ok(KeyOf {
        role,
        key: key.to_owned(),
    })
}

fn public_key(text: &str) -> Result<PublicKey, String> {
    let bytes = hex::decode(text).ok().filter(|bytes| bytes.len() == 32);
    let bytes = bytes.ok_or("not 64 hexadecimal digits")?;
    PublicKey::from_ed25519(&bytes).ok_or_else(|| "not an Ed25519 public key".to_owned())
}
