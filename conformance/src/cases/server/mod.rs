//! Cases of the role server: a folder is put in place, the server is started, and the judge asks it.

use anyhow::Result;

use super::script::CaseScript;
use super::writer::Writer;

pub(super) fn write(writer: &mut Writer) -> Result<()> {
    CaseScript::new(writer, "server")
        .read(include_str!("repositories.txt"))?
        .read(include_str!("caching.txt"))?
        .read(include_str!("paths.txt"))?
        .read(include_str!("keeping.txt"))?
        .read(include_str!("root.txt"))?
        .read(include_str!("readable.txt"))?
        .read(include_str!("published.txt"))?
        .read(include_str!("floors.txt"))?;
    Ok(())
}
