//! The arguments of those who read notices: run, check, list, acknowledge, source, config.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Subcommand, ValueHint};
use motd_core::{Components, LanguageRange, NoticeId, RepositoryId, SourceName, Time, Word};
use url::Url;

use super::time::time;
use crate::settings::{Address, Hours};

/// Where configuration and state are.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct ReaderPaths {
    /// The configuration; default: `MOTD_CONFIG`, else the platform's
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) config: Option<PathBuf>,
    /// The state folder; default: the platform's
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) state_dir: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct RunArguments {
    /// Only this source, which the command counts as using; may be repeated
    #[arg(long = "source", value_name = "NAME")]
    pub(crate) sources: Vec<SourceName>,
    /// Shows nothing and asks nobody, except for critical notices where those are asked for
    #[arg(long)]
    pub(crate) quiet: bool,
    /// As `MOTD=off`: shows nothing, asks nobody, touches no file
    #[arg(long)]
    pub(crate) no_motd: bool,
    #[command(flatten)]
    pub(crate) places: ReaderPaths,
    /// The reference time; default: this machine's clock
    #[arg(long, value_name = "RFC3339", value_parser = time)]
    pub(crate) now: Option<Time>,
    /// Seconds that the end of a command that used the network may be delayed, in place of 0.2: for tests, which have
    /// to know that the check was done
    #[arg(long, value_name = "SECONDS", hide = true)]
    pub(crate) grace: Option<u64>,
    /// The command and its arguments
    #[arg(required = true, last = true, value_name = "COMMAND", value_hint = ValueHint::CommandWithArguments)]
    pub(crate) command: Vec<OsString>,
}

#[derive(Debug, Default, Args)]
pub(crate) struct CheckArguments {
    /// The trusted root, a file that came with the installer or by another trusted way
    #[arg(long, required_unless_present = "source", requires_all = ["repository", "metadata_url"], value_hint = ValueHint::FilePath)]
    pub(crate) root: Option<PathBuf>,
    /// The identifier of the repository that belongs to this root
    #[arg(long, required_unless_present = "source", requires_all = ["root", "metadata_url"], value_name = "ID")]
    pub(crate) repository: Option<RepositoryId>,
    /// Where the TUF metadata is
    #[arg(long, required_unless_present = "source", requires_all = ["root", "repository"], value_name = "URL", value_parser = url)]
    pub(crate) metadata_url: Option<Url>,
    /// Where the target files are; default: `targets/` beside the metadata
    #[arg(long, requires = "metadata_url", value_name = "URL", value_parser = url)]
    pub(crate) targets_url: Option<Url>,
    /// The metadata is a package repository's own: requests each file, and no bundle
    #[arg(long, requires = "metadata_url")]
    pub(crate) in_band: bool,
    #[command(flatten)]
    pub(crate) places: ReaderPaths,
    /// With a root: the name shown in front of every line, `[A-Za-z0-9._-]{1,32}` [default: motd]; without: a source of
    /// the configuration
    #[arg(long, value_name = "NAME")]
    pub(crate) source: Option<SourceName>,
    /// The reference time; default: this machine's clock
    #[arg(long, value_name = "RFC3339", value_parser = time)]
    pub(crate) now: Option<Time>,
    #[command(flatten)]
    pub(crate) machine: MachineArguments,
    /// Seconds for the whole run, from its first request to its last byte
    #[arg(long, value_name = "SECONDS", default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..=300))]
    pub(crate) timeout: u16,
    /// Without the prefix, as for a screen reader
    #[arg(long)]
    pub(crate) plain: bool,
    /// Prints one JSON object instead of lines; marks nothing as seen
    #[arg(long)]
    pub(crate) json: bool,
}

/// The machine and its reader, where they are not what they seem.
#[derive(Debug, Default, Args)]
pub(crate) struct MachineArguments {
    /// Something that is installed here, as a purl with a version such as `pkg:pypi/pip@24.0`; may be repeated
    #[arg(long = "component", value_name = "PURL", value_parser = component)]
    pub(crate) components: Vec<ComponentArgument>,
    /// The operating system, a token of the registry; default: this machine's
    #[arg(long, value_parser = token)]
    pub(crate) os: Option<String>,
    /// The architecture, a token of the registry; default: this machine's
    #[arg(long, value_parser = token)]
    pub(crate) arch: Option<String>,
    /// What the installer was asked to do, a token of the registry such as `install` or `upload`
    #[arg(long, value_name = "NAME", value_parser = token)]
    pub(crate) command: Option<String>,
    /// A language of the reader, best first; default: from `LC_ALL`, `LC_MESSAGES`, `LANG`
    #[arg(long = "language", value_name = "TAG")]
    pub(crate) languages: Vec<LanguageRange>,
}

/// A component of this machine: its purl, and a version of it.
#[derive(Clone, Debug)]
pub(crate) struct ComponentArgument {
    pub(crate) purl: String,
    pub(crate) version: String,
}

fn component(text: &str) -> Result<ComponentArgument, String> {
    let (purl, version) = text
        .rsplit_once('@')
        .filter(|(_, version)| !version.is_empty())
        .ok_or("not a purl with a version such as pkg:pypi/pip@24.0")?;
    if !Components::new().add(purl, version) {
        return Err(format!("{purl}: not a purl such as pkg:pypi/pip"));
    }
    Ok(ComponentArgument {
        purl: purl.to_owned(),
        version: version.to_owned(),
    })
}

/// A word of a registry, by its grammar: what no registry has matches nothing, and is no mistake.
fn token(text: &str) -> Result<String, String> {
    text.parse::<Word>()
        .map(|word| word.as_str().to_owned())
        .map_err(|_| "not a token such as install or linux".to_owned())
}

fn url(text: &str) -> Result<Url, String> {
    let url: Url = text.parse().map_err(|error| format!("{error}"))?;
    if matches!(url.scheme(), "http" | "https") && url.has_host() {
        Ok(url)
    } else {
        Err("not an http or https URL".to_owned())
    }
}

#[derive(Debug, Args)]
pub(crate) struct ListArguments {
    /// Only this source
    #[arg(long, value_name = "NAME")]
    pub(crate) source: Option<SourceName>,
    #[command(flatten)]
    pub(crate) places: ReaderPaths,
    /// The reference time; default: this machine's clock
    #[arg(long, value_name = "RFC3339", value_parser = time)]
    pub(crate) now: Option<Time>,
    /// What the reader would ask an installer to do, a token of the registry such as `install` or `upload`
    #[arg(long, value_name = "NAME", default_value = "install")]
    pub(crate) command: String,
    /// A language of the reader, best first; default: from `LC_ALL`, `LC_MESSAGES`, `LANG`
    #[arg(long = "language", value_name = "TAG")]
    pub(crate) languages: Vec<LanguageRange>,
    /// Without the prefix, as for a screen reader
    #[arg(long)]
    pub(crate) plain: bool,
    /// Prints one JSON object instead of lines; marks nothing as seen
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct AcknowledgeArguments {
    /// The repository that the notice came from
    #[arg(long, value_name = "ID", required_unless_present = "source")]
    pub(crate) repository: Option<RepositoryId>,
    /// The source that the notice came from, in place of its repository
    #[arg(long, value_name = "NAME", conflicts_with = "repository")]
    pub(crate) source: Option<SourceName>,
    #[command(flatten)]
    pub(crate) places: ReaderPaths,
    /// The id of the notice
    pub(crate) notice: NoticeId,
}

#[derive(Debug, Subcommand)]
pub(crate) enum SourceCommand {
    /// Lets a repository speak on this machine
    Add(Box<AddSourceArguments>),
    /// Lists the sources
    List {
        #[command(flatten)]
        file: File,
        /// Prints one JSON object instead of lines
        #[arg(long)]
        json: bool,
    },
    /// Lets a repository speak no more; what it said before is forgotten by and by
    Remove {
        /// The source
        name: SourceName,
        #[command(flatten)]
        file: File,
    },
}

/// Where the configuration is.
#[derive(Debug, Args)]
pub(crate) struct File {
    /// The configuration; default: `MOTD_CONFIG`, else the platform's
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) config: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct AddSourceArguments {
    /// The name shown in front of every line: `[A-Za-z0-9._-]{1,32}`
    pub(crate) name: SourceName,
    /// The trusted root, a file that came with the installer or by another trusted way; it is copied
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) root: PathBuf,
    /// The identifier of the repository that belongs to this root
    #[arg(long, value_name = "ID")]
    pub(crate) repository: RepositoryId,
    /// Where the TUF metadata is
    #[arg(long, value_name = "URL")]
    pub(crate) metadata_url: Address,
    /// Where the target files are; default: `targets/` beside the metadata
    #[arg(long, value_name = "URL")]
    pub(crate) targets_url: Option<Address>,
    /// The metadata is a package repository's own: requests each file, and no bundle
    #[arg(long)]
    pub(crate) in_band: bool,
    /// A package repository: the source is asked only beside a command that uses one of them; may be repeated
    #[arg(long = "bound-to", value_name = "URL")]
    pub(crate) bound_to: Vec<Address>,
    /// Hours between two background checks, 1 to 24; default: 6
    #[arg(long, value_name = "HOURS")]
    pub(crate) interval_hours: Option<Hours>,
    #[command(flatten)]
    pub(crate) file: File,
}

#[derive(Debug, Args)]
pub(crate) struct ConfigArguments {
    #[command(flatten)]
    pub(crate) places: ReaderPaths,
    /// Prints one JSON object instead of lines
    #[arg(long)]
    pub(crate) json: bool,
    /// Prints the JSON Schema of the configuration file, for editors
    #[arg(long, conflicts_with = "json")]
    pub(crate) schema: bool,
}
