//! Cases of the role publisher: a folder, what is asked of the publisher, and what the judge finds in the folder then.
//!
//! Each asks for the facts of one requirement. What a publisher has to do is asked of each of its operations; what it has
//! to refuse stands on the same operation without the fault.

mod admitted;
mod bundle;
mod desk;
mod document;
mod folder;
mod foreign;
mod keys;
mod operations;
mod roles;
mod shadow;
mod succession;
mod text;

use anyhow::Result;

use super::Writer;

pub(super) fn write(writer: &mut Writer) -> Result<()> {
    operations::write(writer)?;
    document::write(writer)?;
    text::write(writer)?;
    succession::write(writer)?;
    keys::write(writer)?;
    roles::write(writer)?;
    shadow::write(writer)?;
    admitted::write(writer)?;
    foreign::write(writer)?;
    folder::write(writer)?;
    bundle::write(writer)
}
