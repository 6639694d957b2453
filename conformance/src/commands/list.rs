//! `list`: the cases.

use anyhow::Result;

use super::{Exit, Shell};
use crate::arguments::ListArguments;
use crate::case::Vectors;
use crate::judge::asked_for;

pub(super) fn run(arguments: &ListArguments, shell: &Shell) -> Result<Exit> {
    let vectors = Vectors::compiled_in()?;
    let cases = asked_for(&vectors.cases, &arguments.cases)?;
    if arguments.json {
        shell.data(&serde_json::to_string_pretty(&cases)?);
    } else {
        for case in &cases {
            let cited: Vec<_> = case
                .requirements
                .iter()
                .map(|cited| cited.id.as_str())
                .collect();
            shell.data(&format!(
                "{} {} [{}] {}",
                case.id,
                case.side.as_str(),
                cited.join(" "),
                case.title
            ));
        }
    }
    Ok(Exit::Well)
}
