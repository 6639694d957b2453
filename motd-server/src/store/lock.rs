//! The lock of a repository in a folder.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;

const LOCK: &str = ".lock";

/// Opens the lock of a folder, which is not taken yet.
///
/// A process that can open the file, also for reading alone, can lock it, and then nothing is published or renewed. So
/// it can be opened only by users who may write into the folder. No link is followed, and no pipe is waited for.
pub(super) fn open(folder: &Path) -> io::Result<File> {
    let path = folder.join(LOCK);
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;

        use rustix::fs::OFlags;
        let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
        options.mode(0o600).custom_flags(flags.bits().cast_signed());
    }
    let file = options.open(path)?;
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
        // It may be a file from elsewhere, such as a key, whose mode would be changed.
        if metadata.nlink() > 1 {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        let writers = fs_err::metadata(folder)?.mode() & 0o022;
        let mode = 0o600 | writers | (writers << 1);
        // Another user's lock is another user's to change.
        if metadata.mode() & 0o777 != mode && metadata.uid() == rustix::process::geteuid().as_raw()
        {
            file.set_permissions(std::fs::Permissions::from_mode(mode))?;
        }
    }
    Ok(file)
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn mode(path: &Path) -> u32 {
        std::fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    fn change(path: &Path, mode: u32) {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn only_users_who_can_write_the_folder_can_open_its_lock() {
        let folder = tempfile::tempdir().unwrap();
        let lock = folder.path().join(LOCK);
        for (of_folder, of_lock) in [
            (0o755, 0o600),
            (0o775, 0o660),
            (0o777, 0o666),
            (0o700, 0o600),
        ] {
            change(folder.path(), of_folder);
            open(folder.path()).unwrap();
            assert_eq!(mode(&lock), of_lock, "{of_folder:o}");
        }
        // As versions before this made it.
        change(&lock, 0o644);
        open(folder.path()).unwrap();
        assert_eq!(mode(&lock), 0o600);
    }

    #[test]
    fn what_is_no_file_is_no_lock() {
        let folder = tempfile::tempdir().unwrap();
        let lock = folder.path().join(LOCK);
        let elsewhere = folder.path().join("elsewhere");
        std::os::unix::fs::symlink(&elsewhere, &lock).unwrap();
        open(folder.path()).unwrap_err();
        assert!(!elsewhere.exists());
        std::fs::remove_file(&lock).unwrap();
        let pipe = std::process::Command::new("mkfifo").arg(&lock).status();
        assert!(pipe.unwrap().success());
        // With a reader it can be opened for writing.
        let _reader = OpenOptions::new()
            .read(true)
            .write(true)
            .open(&lock)
            .unwrap();
        open(folder.path()).unwrap_err();
        std::fs::remove_file(&lock).unwrap();
        std::fs::write(&elsewhere, "a key").unwrap();
        change(&elsewhere, 0o400);
        std::fs::hard_link(&elsewhere, &lock).unwrap();
        open(folder.path()).unwrap_err();
        assert_eq!(mode(&elsewhere), 0o400);
        std::fs::remove_file(&lock).unwrap();
        std::fs::create_dir(&lock).unwrap();
        open(folder.path()).unwrap_err();
    }
}
