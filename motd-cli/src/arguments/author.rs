//! The arguments of those who write notices: lint, preview.

use std::path::PathBuf;

use clap::{Args, ValueHint};
use motd_core::{LanguageTag, RepositoryId, SourceName};

#[derive(Debug, Args)]
pub(crate) struct Lint {
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
}

#[derive(Debug, Args)]
pub(crate) struct Preview {
    /// A notice as `.toml`, or a whole document as `.json`
    #[arg(value_hint = ValueHint::FilePath)]
    pub(crate) file: PathBuf,
    /// Columns of the terminal
    #[arg(long, value_name = "COLUMNS", default_value_t = 80, value_parser = clap::value_parser!(u16).range(20..=1000))]
    pub(crate) width: u16,
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
}

fn notice_or_document(text: &str) -> Result<PathBuf, String> {
    let path = PathBuf::from(text);
    match path.extension().and_then(std::ffi::OsStr::to_str) {
        Some("toml" | "json") => Ok(path),
        _ => Err("neither a notice (.toml) nor a document (.json)".to_owned()),
    }
}
