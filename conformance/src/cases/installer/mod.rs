//! Cases of the role installer. `selection` and `display` need no network; the others are timelines: a repository through
//! versions, clock steps and restarts, seen by one installer with one state folder.

mod gate;
mod repeat;
mod selection;
mod story;
mod surroundings;

use anyhow::Result;

use super::Writer;
use super::script::Script;

pub(super) fn write(writer: &mut Writer) -> Result<()> {
    selection::write(writer)?;
    Script::new(writer, "installer").read(include_str!("display.txt"))?;
    gate::write(writer)?;
    Script::new(writer, "installer").read(include_str!("network.txt"))?;
    Script::new(writer, "installer").read(include_str!("state.txt"))?;
    Script::new(writer, "installer").read(include_str!("carriers.txt"))?;
    repeat::write(writer)?;
    surroundings::write(writer)?;
    Script::new(writer, "installer").read(include_str!("bundle.txt"))?;
    Ok(())
}
