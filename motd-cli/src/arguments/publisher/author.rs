//! The arguments of those who write notices: new, lint, preview, who.

use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::builder::TypedValueParser as _;
use clap::{Args, ValueHint};
use motd_core::{LanguageTag, NoticeId, RepositoryId, Severity, SourceName, Time};
use motd_server::publish::notice_file::Template;

use crate::arguments::time::time;
use crate::arguments::{MachineArguments, ReaderPaths};

#[derive(Debug, Args)]
pub(crate) struct NewArguments {
    /// What the notice is about
    #[arg(value_parser = template())]
    pub(crate) template: Template,
    /// The file to make; default: the id with `.toml`
    #[arg(value_hint = ValueHint::FilePath)]
    pub(crate) file: Option<PathBuf>,
    /// The notice's id; default: the template's name and the day
    #[arg(long)]
    pub(crate) id: Option<NoticeId>,
    /// The title; asked for on a terminal when it is not given, together with the rest of the text
    #[arg(long)]
    pub(crate) title: Option<String>,
    /// A paragraph; may be repeated
    #[arg(long = "paragraph", value_name = "TEXT")]
    pub(crate) paragraphs: Vec<String>,
    /// A link; may be repeated
    #[arg(long = "link", value_name = "REL=URL", value_parser = link)]
    pub(crate) links: Vec<(String, String)>,
    /// Default: the template's
    #[arg(long, value_parser = severity())]
    pub(crate) severity: Option<Severity>,
    /// When it begins to be shown; default: now
    #[arg(long, value_name = "RFC3339", value_parser = time)]
    pub(crate) begins: Option<Time>,
    /// When it ends; default: some days after it begins, as the template's notices need
    #[arg(long, value_name = "RFC3339", value_parser = time)]
    pub(crate) ends: Option<Time>,
    /// The language of the text
    #[arg(long, value_name = "TAG", default_value = "en")]
    pub(crate) language: LanguageTag,
    /// The reference time; default: this machine's clock
    #[arg(long, value_name = "RFC3339", value_parser = time)]
    pub(crate) now: Option<Time>,
}

fn template() -> impl clap::builder::TypedValueParser<Value = Template> {
    PossibleValuesParser::new(Template::ALL.map(Template::name)).try_map(|name| {
        let mut all = Template::ALL.into_iter();
        all.find(|template| template.name() == name)
            .ok_or("no template")
    })
}

fn severity() -> impl clap::builder::TypedValueParser<Value = Severity> {
    let all = [Severity::Info, Severity::Warning, Severity::Critical];
    let names = all.each_ref().map(|severity| severity.effective().as_str());
    PossibleValuesParser::new(names).try_map(move |name| {
        let is_it = |severity: &&Severity| severity.as_str() == name;
        all.iter().find(is_it).cloned().ok_or("no severity")
    })
}

fn link(text: &str) -> Result<(String, String), String> {
    let parts = text
        .split_once('=')
        .ok_or("not a relation and a URL such as status=https://...")?;
    Ok((parts.0.to_owned(), parts.1.to_owned()))
}

#[derive(Debug, Args)]
pub(crate) struct WhoArguments {
    /// Notices as `.toml`, whole documents as `.json`
    #[arg(required = true, value_hint = ValueHint::FilePath, value_parser = notice_or_document)]
    pub(crate) files: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) machine: MachineArguments,
    #[command(flatten)]
    pub(crate) places: ReaderPaths,
    /// The language that every notice must have
    #[arg(long, value_name = "TAG", default_value = "en")]
    pub(crate) default_language: LanguageTag,
    /// The reference time; default: this machine's clock
    #[arg(long, value_name = "RFC3339", value_parser = time)]
    pub(crate) now: Option<Time>,
    /// Prints one JSON object instead of lines
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct LintArguments {
    /// Notices as `.toml`, whole documents as `.json`
    #[arg(required = true, value_hint = ValueHint::FilePath, value_parser = notice_or_document)]
    pub(crate) files: Vec<PathBuf>,
    /// The identifier that a client has configured for the repository; a document of another one is refused
    #[arg(long, value_name = "ID")]
    pub(crate) repository: Option<RepositoryId>,
    /// The language that every notice must have
    #[arg(long, value_name = "TAG", default_value = "en")]
    pub(crate) default_language: LanguageTag,
    /// Reads a hand-written `.json` without asking that it be exactly the document bytes
    #[arg(long)]
    pub(crate) any_form: bool,
    /// Prints one JSON object instead of lines
    #[arg(long)]
    pub(crate) json: bool,
    /// Prints a SARIF 2.1.0 log instead of lines, as code hosts show beside the lines of a change
    #[arg(long, conflicts_with = "json")]
    pub(crate) sarif: bool,
}

#[derive(Debug, Args)]
pub(crate) struct PreviewArguments {
    /// A notice as `.toml`, or a whole document as `.json`
    #[arg(value_hint = ValueHint::FilePath)]
    pub(crate) file: PathBuf,
    /// Columns of the terminal [default: 80]
    #[arg(long, value_name = "COLUMNS", value_parser = clap::value_parser!(u16).range(20..=1000))]
    pub(crate) width: Option<u16>,
    /// The name that a client's configuration gives the repository
    #[arg(long, value_name = "NAME", default_value = "preview")]
    pub(crate) source: SourceName,
    /// Only this language; default: each one
    #[arg(long, value_name = "TAG")]
    pub(crate) language: Option<LanguageTag>,
    /// The language that every notice must have
    #[arg(long, value_name = "TAG", default_value = "en")]
    pub(crate) default_language: LanguageTag,
    /// Without the prefix, as for a screen reader
    #[arg(long)]
    pub(crate) plain: bool,
    /// Prints one HTML page that shows each language as terminals of 40, 80, 120 and 200 columns, or of `--width`
    #[arg(long, conflicts_with = "plain")]
    pub(crate) html: bool,
}

fn notice_or_document(text: &str) -> Result<PathBuf, String> {
    let path = PathBuf::from(text);
    match path.extension().and_then(std::ffi::OsStr::to_str) {
        Some("toml" | "json") => Ok(path),
        _ => Err("neither a notice (.toml) nor a document (.json)".to_owned()),
    }
}
