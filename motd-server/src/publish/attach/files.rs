//! Where the files of a host are read from.

use std::io::Read as _;
use std::path::PathBuf;

use super::super::metadata::malformed;
use crate::publish::PublishError;
use crate::regular::open_regular;
use crate::store::files::{Files, METADATA, TARGETS};

/// Reads files of a repository by their paths in it: `metadata/1.root.json`, `targets/motd/<sha256>.notices.json`.
///
/// # Contract
///
/// A file that is not there is `None`. No more than `limit` bytes are held; a longer file is an error.
pub trait HostFiles {
    /// The bytes of a file, of which there are at most `limit`.
    ///
    /// # Errors
    ///
    /// [`PublishError::Store`], or [`PublishError::Metadata`] when there are more.
    fn bytes(&self, path: &str, limit: u64) -> Result<Option<Vec<u8>>, PublishError>;
}

impl HostFiles for Files {
    fn bytes(&self, path: &str, limit: u64) -> Result<Option<Vec<u8>>, PublishError> {
        let bytes = Self::bytes(self, path);
        bytes
            .map(|bytes| within(path, bytes.to_vec(), limit))
            .transpose()
    }
}

/// Two folders of a host: its metadata, and its target files where they are at hand.
#[derive(Clone, Debug)]
pub struct HostFolder {
    /// Where `1.root.json` and `timestamp.json` are.
    pub metadata: PathBuf,
    /// Where `motd/<sha256>.notices.json` is, or will be.
    pub targets: Option<PathBuf>,
}

impl HostFiles for HostFolder {
    fn bytes(&self, path: &str, limit: u64) -> Result<Option<Vec<u8>>, PublishError> {
        let place = match (path.strip_prefix(METADATA), path.strip_prefix(TARGETS)) {
            (Some(name), _) => Some(self.metadata.join(name)),
            (_, Some(name)) => self.targets.as_ref().map(|folder| folder.join(name)),
            _ => None,
        };
        let Some(place) = place else {
            return Ok(None);
        };
        let file = match open_regular(&place) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let mut bytes = Vec::new();
        file.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
        within(path, bytes, limit).map(Some)
    }
}

fn within(path: &str, bytes: Vec<u8>, limit: u64) -> Result<Vec<u8>, PublishError> {
    if u64::try_from(bytes.len()).is_ok_and(|length| length <= limit) {
        Ok(bytes)
    } else {
        Err(malformed(path, "longer than any client reads"))
    }
}
