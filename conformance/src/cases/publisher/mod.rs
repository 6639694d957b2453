//! Cases of the role publisher: a folder, what is asked of the publisher, and what the judge finds in the folder then.
//!
//! Each asks for the facts of one requirement. What a publisher has to do is asked of each of its operations; what it has
//! to refuse stands on the same operation without the fault.

use anyhow::Result;

use super::Writer;
use super::script::CaseScript;

pub(super) fn write(writer: &mut Writer) -> Result<()> {
    CaseScript::new(writer, "publisher")
        .read(include_str!("repositories.txt"))?
        .read(include_str!("operations.txt"))?
        .read(include_str!("root.txt"))?
        .read(include_str!("unreadable.txt"))?
        .read(include_str!("clock.txt"))?
        .read(include_str!("recovery.txt"))?
        .read(include_str!("documents.txt"))?
        .read(include_str!("keys.txt"))?
        .read(include_str!("roles.txt"))?
        .read(include_str!("shadow.txt"))?
        .read(include_str!("offers.txt"))?
        .read(include_str!("folder.txt"))?
        .read(include_str!("bundle.txt"))?;
    Ok(())
}
