//! `list`: the cases.

use anyhow::Result;

use super::{SuiteExit, SuiteShell};
use crate::arguments::CaseListArguments;
use crate::case::Vectors;
use crate::judge::asked_for;

pub(super) fn run(arguments: &CaseListArguments, shell: &SuiteShell) -> Result<SuiteExit> {
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
    Ok(SuiteExit::Well)
}
