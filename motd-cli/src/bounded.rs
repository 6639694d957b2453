//! Files of somebody else's making, of which no more is read than makes sense.

use std::io::Read as _;

use anyhow::Result;

/// The bytes of an open file, of which there are at most `limit`.
pub(crate) fn bounded(file: fs_err::File, limit: u64) -> Result<Vec<u8>> {
    let path = file.path().to_owned();
    let mut bytes = Vec::new();
    file.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    anyhow::ensure!(
        u64::try_from(bytes.len())? <= limit,
        "{}: longer than {limit} bytes",
        path.display()
    );
    Ok(bytes)
}
