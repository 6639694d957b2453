//! Signing requests as folders: what one person sends to the next.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;

use anyhow::{Context as _, Result};
use motd_server::publish::{REQUEST_FILE_BYTES, SigningRequest};

use crate::bounded::{bounded, open_regular};

/// Reads the files of a request; what else lies in the folder is nobody's.
pub(crate) fn read(folder: &Path) -> Result<SigningRequest> {
    let mut files = BTreeMap::new();
    for name in SigningRequest::FILES {
        match open_regular(&folder.join(name)) {
            Ok(file) => {
                files.insert(name.to_owned(), bounded(file, REQUEST_FILE_BYTES)?);
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(error.into()),
        }
    }
    SigningRequest::from_files(&files).with_context(|| format!("{}: no request", folder.display()))
}

/// Writes a new request into a folder that is not there yet, or is empty.
pub(crate) fn create(folder: &Path, request: &SigningRequest) -> Result<()> {
    if folder.is_dir() && fs_err::read_dir(folder)?.next().is_some() {
        anyhow::bail!("{}: the folder is not empty", folder.display());
    }
    fs_err::create_dir_all(folder)?;
    write(folder, request)
}

/// Writes the files of a request, each of them whole or not at all: a signature is added to one file at a time, and each
/// state in between is a request as well.
pub(crate) fn write(folder: &Path, request: &SigningRequest) -> Result<()> {
    for (name, bytes) in request.to_files() {
        let mut file = tempfile::Builder::new()
            .prefix(".new-")
            .tempfile_in(folder)
            .with_context(|| folder.display().to_string())?;
        file.write_all(&bytes)?;
        file.as_file().sync_data()?;
        let path = folder.join(&name);
        file.persist(&path)
            .with_context(|| path.display().to_string())?;
    }
    Ok(())
}
