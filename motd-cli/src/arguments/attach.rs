//! The arguments of those who put notices into a repository that another tool makes.

use std::path::PathBuf;

use clap::builder::{StringValueParser, TypedValueParser as _};
use clap::{ArgGroup, Args, ValueHint};
use motd_core::{LanguageTag, RepositoryId, Time};
use motd_server::publish::key::PublicKey;

use super::key::{KeyName, PassphraseFrom, key_name};

const WORKFLOW: &str = "\
The order of the first time:
  1. motd attach --check METADATA --root 1.root.json
  2. motd attach --delegation --public HEX ... --threshold 2 > delegation.json
     The host's people add it to top-level targets, first in order, with their own tool.
  3. motd attach METADATA NOTICES... --root 1.root.json --repository ID --request FOLDER --key KEY
     Everybody else reads it, and signs it with --key KEY: motd attach METADATA --root 1.root.json --request FOLDER
     Whoever signs last adds --out FOLDER.
  4. The host's tool lists the role in its next snapshot, and serves both files as they are.
  5. motd attach --verify METADATA --targets TARGETS --root 1.root.json --repository ID
Later: 3 to 5.";

/// With none of `--check`, `--delegation` and `--verify`, it makes and signs the notice role.
#[derive(Debug, Args)]
#[command(after_help = WORKFLOW, group = ArgGroup::new("mode").args(["check", "delegation", "verify"]))]
#[expect(clippy::struct_excessive_bools, reason = "flags of a command line")]
pub(crate) struct Attach {
    /// The folder of the host's metadata, with a version before each name, and `timestamp.json`
    #[arg(value_hint = ValueHint::DirPath, required_unless_present = "delegation")]
    pub(crate) metadata: Option<PathBuf>,
    /// The notices, one file each; none at all says the empty list
    #[arg(value_hint = ValueHint::FilePath, requires = "repository", conflicts_with = "mode")]
    pub(crate) notices: Vec<PathBuf>,
    /// Says whether notices can be attached to this repository, and why not
    #[arg(long)]
    pub(crate) check: bool,
    /// Prints the delegation that the host's people add to top-level targets
    #[arg(long, requires_all = ["public", "threshold"], conflicts_with = "metadata")]
    pub(crate) delegation: bool,
    /// Reads the notices back as a client does, once the host has published
    #[arg(long, requires_all = ["root", "targets", "repository"])]
    pub(crate) verify: bool,
    /// The root that installers ship; `--check` alone goes without
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) root: Option<PathBuf>,
    /// The folder of the host's target files
    #[arg(long, value_name = "FOLDER", value_hint = ValueHint::DirPath)]
    pub(crate) targets: Option<PathBuf>,
    /// A public key of somebody who is to sign notices, as `motd key show` prints it; once for each
    #[arg(long, value_name = "HEX", value_parser = public_key(), requires = "delegation")]
    pub(crate) public: Vec<PublicKey>,
    /// How many of them have to sign
    #[arg(long, value_name = "N", requires = "delegation")]
    pub(crate) threshold: Option<u64>,
    /// The identifier of the index that speaks: begins the next version with these notices
    #[arg(long, value_name = "ID")]
    pub(crate) repository: Option<RepositoryId>,
    /// The language that every notice must have
    #[arg(long, value_name = "TAG", default_value = "en")]
    pub(crate) default_language: LanguageTag,
    /// A folder with the role as it is signed so far, which goes from person to person
    #[arg(long, value_name = "FOLDER", value_hint = ValueHint::DirPath, conflicts_with = "mode")]
    pub(crate) request: Option<PathBuf>,
    /// A folder for the two files that the host is given, once enough people have signed
    #[arg(long, value_name = "FOLDER", value_hint = ValueHint::DirPath, conflicts_with = "mode")]
    pub(crate) out: Option<PathBuf>,
    /// The key of somebody who signs: a file, `ssh-agent:NAME` or `command:PROGRAM`; once for each
    #[arg(long = "key", value_name = "KEY", value_parser = key_name(), value_hint = ValueHint::FilePath, conflicts_with = "mode")]
    pub(crate) keys: Vec<KeyName>,
    #[command(flatten)]
    pub(crate) passphrases: PassphraseFrom,
    /// A place that the review marks with `!` and that you have read, as a JSON pointer; may be repeated
    #[arg(long = "accept", value_name = "PLACE", requires = "keys")]
    pub(crate) places: Vec<String>,
    /// Signs a request of somebody else's without asking, for who has read it
    #[arg(long, requires = "keys")]
    pub(crate) yes: bool,
    /// Days until the signatures expire, 1 to 93
    #[arg(long, value_name = "DAYS", default_value = "30", value_parser = clap::value_parser!(u16).range(1..=93))]
    pub(crate) expires_in: u16,
    /// The reference time; default: this machine's clock
    #[arg(long, value_name = "RFC3339", value_parser = super::time)]
    pub(crate) now: Option<Time>,
    /// Prints one JSON object instead of lines
    #[arg(long, conflicts_with = "delegation")]
    pub(crate) json: bool,
}

fn public_key() -> impl clap::builder::TypedValueParser<Value = PublicKey> {
    StringValueParser::new().try_map(|text| {
        let bytes = hex::decode(text).ok().filter(|bytes| bytes.len() == 32);
        let key = bytes.and_then(|bytes| PublicKey::from_ed25519(&bytes));
        key.ok_or("not an Ed25519 public key of 64 hexadecimal digits")
    })
}
