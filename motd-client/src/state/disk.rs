//! The seam to the disk: files written whole or not at all, no link followed.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::path::{Path, PathBuf};

/// What a file outlives, beyond the process that wrote it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Durability {
    /// The end of the process at any moment. After a loss of power the file may be corrupt, which is found out: it is set
    /// aside, and fetched again.
    Process,
    /// A loss of power too: what lowers trust or forgets a person's wish when it is lost. Waits for the disk.
    Power,
}

/// File operations, each of which happens or does not.
///
/// # Contract
///
/// - A path whose last component is a symbolic link is an error, never followed (MOTD-STATE-3). The folders above were
///   looked at by [`StateFolder`](super::StateFolder).
/// - After [`StateDisk::write_whole`] the file has the old bytes or the new ones, whatever fails and whenever the process
///   ends (MOTD-STATE-2).
pub(crate) trait StateDisk: Send + Sync {
    /// The bytes of a file; `None` when there is none. A file longer than `limit` is [`ErrorKind::FileTooLarge`].
    fn read(&self, path: &Path, limit: u64) -> io::Result<Option<Vec<u8>>>;
    /// Replaces a file.
    fn write_whole(&self, path: &Path, bytes: &[u8], outlives: Durability) -> io::Result<()>;
    /// Renames a file, replacing what has the other name.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Removes a file.
    fn remove(&self, path: &Path) -> io::Result<()>;
    /// The names of a folder's files that are valid Unicode, and their lengths.
    fn list(&self, folder: &Path) -> io::Result<Vec<(String, u64)>>;
}

/// The machine's disk.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SystemDisk;

impl StateDisk for SystemDisk {
    fn read(&self, path: &Path, limit: u64) -> io::Result<Option<Vec<u8>>> {
        let mut options = OpenOptions::new();
        options.read(true);
        let file = match open(&mut options, path) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            return Err(ErrorKind::InvalidInput.into());
        }
        let mut bytes = Vec::with_capacity(usize::try_from(metadata.len().min(limit)).unwrap_or(0));
        file.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
        if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > limit {
            return Err(ErrorKind::FileTooLarge.into());
        }
        Ok(Some(bytes))
    }

    fn write_whole(&self, path: &Path, bytes: &[u8], outlives: Durability) -> io::Result<()> {
        let folder = path.parent().map_or_else(PathBuf::new, Path::to_path_buf);
        // MOTD-STATE-2: another name, then a rename over the old file. The temporary file is created, never opened, for
        // its owner alone; a rename replaces a link and does not follow it.
        let mut file = tempfile::Builder::new()
            .prefix(&temporary_prefix(path))
            .tempfile_in(folder)?;
        file.write_all(bytes)?;
        if outlives == Durability::Power {
            // Without this a loss of power may leave the new name with no bytes.
            file.as_file().sync_data()?;
        }
        file.persist(path).map_err(|error| error.error)?;
        Ok(())
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        std::fs::rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        std::fs::remove_file(path)
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<(String, u64)>> {
        let mut files = Vec::new();
        for entry in std::fs::read_dir(folder)? {
            let entry = entry?;
            if let Ok(name) = entry.file_name().into_string() {
                files.push((name, entry.metadata()?.len()));
            }
        }
        Ok(files)
    }
}

/// How the names of the temporary files begin that become this file.
fn temporary_prefix(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default();
    format!(".new-{}-", name.to_string_lossy())
}

/// Removes what processes left that ended while they wrote this file. Its lock is held: no other process writes it now.
pub(crate) fn remove_left(disk: &dyn StateDisk, path: &Path) {
    let Some(folder) = path.parent() else { return };
    let prefix = temporary_prefix(path);
    let files = disk.list(folder).unwrap_or_default();
    for (name, _) in files.iter().filter(|(name, _)| name.starts_with(&prefix)) {
        let _ = disk.remove(&folder.join(name));
    }
}

/// Opens a file without following a link in its last component, and without waiting for the other end of a pipe.
pub(crate) fn open(options: &mut OpenOptions, path: &Path) -> io::Result<File> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;

        use rustix::fs::OFlags;
        let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        options.mode(0o600).custom_flags(flags.bits().cast_signed());
    }
    #[cfg(not(unix))]
    if std::fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_symlink()) {
        return Err(ErrorKind::InvalidInput.into());
    }
    options.open(path)
}
