//! Cases of the role document: bytes and values, each with one fault, and what has to be accepted.

mod builders;
mod bytes;
mod expectation;
mod faults;
mod versions;

use anyhow::Result;

use super::Writer;

pub(super) use builders::{FULL, document, document_bytes, notice, parse};
pub(super) use expectation::{accepted, refused_document};

pub(super) fn write(writer: &mut Writer) -> Result<()> {
    faults::write(writer)?;
    bytes::write(writer)?;
    versions::write(writer)
}
