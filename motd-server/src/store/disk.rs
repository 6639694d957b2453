//! The few things that a publication does to a disk, one method each, so that a test can fail at every one of them.

use std::io;
use std::path::Path;

use super::opened::{OpenedFolder, segments, split};

/// Each method is done, durably but for the folder entry, or nothing can be seen of it. Paths are below a root.
pub(crate) trait FileSystem: Send + Sync + 'static {
    /// Makes a folder and those above it.
    fn create_folders(&self, root: &Path, folder: &str) -> io::Result<()>;
    /// Creates a whole file under a name that is free.
    fn create(&self, root: &Path, path: &str, bytes: &[u8]) -> io::Result<()>;
    /// Puts a whole file in the place of another.
    fn replace(&self, root: &Path, path: &str, bytes: &[u8]) -> io::Result<()>;
    /// Makes the names in a folder durable.
    fn sync_folder(&self, root: &Path, folder: &str) -> io::Result<()>;
}

/// The disk of this machine.
pub(crate) struct RealFileSystem;

impl FileSystem for RealFileSystem {
    fn create_folders(&self, root: &Path, folder: &str) -> io::Result<()> {
        create_root(root)?;
        let mut above = OpenedFolder::below(root, "")?;
        for name in segments(folder) {
            above = match above.enter(name) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    above.make(name)?;
                    above.sync()?;
                    above.enter(name)?
                }
                entered => entered?,
            };
        }
        Ok(())
    }

    fn create(&self, root: &Path, path: &str, bytes: &[u8]) -> io::Result<()> {
        let (folder, name) = split(path);
        // MOTD-PUB-5: a name that was taken in the meantime is not overwritten.
        OpenedFolder::below(root, folder)?.create(name, bytes)
    }

    fn replace(&self, root: &Path, path: &str, bytes: &[u8]) -> io::Result<()> {
        let (folder, name) = split(path);
        OpenedFolder::below(root, folder)?.replace(name, bytes)
    }

    fn sync_folder(&self, root: &Path, folder: &str) -> io::Result<()> {
        OpenedFolder::below(root, folder)?.sync()
    }
}

/// The root and what is above it are the operator's, links included.
fn create_root(root: &Path) -> io::Result<()> {
    if root.as_os_str().is_empty() || root.is_dir() {
        return Ok(());
    }
    if let Some(parent) = root.parent() {
        create_root(parent)?;
        match fs_err::create_dir(root) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
            _ if parent.as_os_str().is_empty() => {}
            _ => OpenedFolder::below(parent, "")?.sync()?,
        }
    }
    Ok(())
}
