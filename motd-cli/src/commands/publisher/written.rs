//! Files that people wrote.

use std::path::Path;

use anyhow::Result;

use crate::bounded::{bounded, open_regular};

/// The longest file that a person wrote: a notice, or a document in any form.
const FILE_BYTES: u64 = 4 * 1024 * 1024;

/// The bytes of such a file.
pub(super) fn file(path: &Path) -> Result<Vec<u8>> {
    bounded(open_regular(path)?, FILE_BYTES)
}
