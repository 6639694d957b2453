//! The generators of the cases. What they write is kept under `vectors/`; the judge reads it from there.

#![expect(
    clippy::too_many_lines,
    clippy::items_after_statements,
    clippy::needless_pass_by_value,
    reason = "a table of cases is read from its top to its end, names and rows where they are needed"
)]

mod document;
mod examples;
mod gains;
mod installer;
mod publisher;
mod python_tuf;
mod script;
mod server;
mod writer;

use anyhow::Result;

use crate::case::Vectors;
use crate::spec::{Block, Example};

pub use writer::Writer;

/// Every case, made anew.
///
/// # Errors
/// When a case cites a requirement that is not there, stands on a base that is not there, or has no gain.
pub fn all(blocks: &[Block], examples: &[Example], ci_variables: &[String]) -> Result<Vectors> {
    let mut writer = Writer::new(blocks, ci_variables)?;
    document::write(&mut writer)?;
    examples::write(&mut writer, examples)?;
    installer::write(&mut writer)?;
    python_tuf::write(&mut writer)?;
    publisher::write(&mut writer)?;
    server::write(&mut writer)?;
    writer.finish()
}
