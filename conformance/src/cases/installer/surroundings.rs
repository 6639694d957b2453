//! `surroundings.txt`, and the variables that mean CI.

use anyhow::Result;

use crate::cases::script::Script;
use crate::cases::writer::Writer;

pub(super) fn write(writer: &mut Writer) -> Result<()> {
    let variables = writer.ci_variables.iter().map(|name| {
        let id = name.to_lowercase().replace('_', "-");
        vec![id, name.clone()]
    });
    let variables = variables.collect();
    Script::new(writer, "installer")
        .with_rows("ci-variables", &["id", "variable"], variables)
        .read(include_str!("surroundings.txt"))?;
    Ok(())
}
