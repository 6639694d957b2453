//! The few things that a publication does to a disk, one method each, so that a test can fail at every one of them.

use std::io::{self, Write as _};
use std::path::Path;

/// Each method is done, durably but for the folder entry, or nothing can be seen of it.
pub(crate) trait FileSystem: Send + Sync + 'static {
    /// Makes a folder and those above it.
    fn create_folders(&self, folder: &Path) -> io::Result<()>;
    /// Creates a whole file under a name that is free.
    fn create(&self, path: &Path, bytes: &[u8]) -> io::Result<()>;
    /// Puts a whole file in the place of another.
    fn replace(&self, path: &Path, bytes: &[u8]) -> io::Result<()>;
    /// Makes the names in a folder durable.
    fn sync_folder(&self, folder: &Path) -> io::Result<()>;
}

/// The disk of this machine.
pub(crate) struct RealFileSystem;

impl FileSystem for RealFileSystem {
    fn create_folders(&self, folder: &Path) -> io::Result<()> {
        if folder.is_dir() {
            return Ok(());
        }
        if let Some(parent) = folder.parent() {
            self.create_folders(parent)?;
            match fs_err::create_dir(folder) {
                Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
                _ => self.sync_folder(parent)?,
            }
        }
        Ok(())
    }

    fn create(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        // MOTD-PUB-5: a name that was taken in the meantime is not overwritten.
        let file = written(path, bytes)?;
        file.persist_noclobber(path).map_err(|error| error.error)?;
        Ok(())
    }

    fn replace(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let file = written(path, bytes)?;
        file.persist(path).map_err(|error| error.error)?;
        Ok(())
    }

    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        // A folder can be opened and synced where names are separate from contents, which is where it matters.
        #[cfg(unix)]
        fs_err::File::open(folder)?.sync_all()?;
        #[cfg(not(unix))]
        let _ = folder;
        Ok(())
    }
}

/// A durable file beside `path` under a name that begins with a dot, readable by everyone once it has its final name.
fn written(path: &Path, bytes: &[u8]) -> io::Result<tempfile::NamedTempFile> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    builder.prefix(".new-");
    #[cfg(unix)]
    let permissions = {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::Permissions::from_mode(0o644)
    };
    #[cfg(unix)]
    builder.permissions(permissions);
    let mut file = builder.tempfile_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    Ok(file)
}
