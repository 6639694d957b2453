//! Folders below the root of a store, opened one by one so that no link on the way is followed.
//!
//! Who writes into a store could put a link in the place of any folder, also while it is read, and have a server read or
//! write where its own user may. So each name is looked up in the open folder above it. The root itself is the
//! operator's, and may be a link.

use std::io;
use std::path::Path;

pub(super) use imp::OpenedFolder;

/// What lies under a name.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    File,
    Folder,
    /// A link, a pipe, a device.
    Other,
}

impl OpenedFolder {
    /// The folder of this path below the root.
    pub(super) fn below(root: &Path, folder: &str) -> io::Result<Self> {
        segments(folder).try_fold(Self::root(root)?, |opened, name| opened.enter(name))
    }
}

/// The names on a path.
pub(super) fn segments(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter(|segment| !segment.is_empty())
}

/// The folder of a file, and its name in there.
pub(super) fn split(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}

#[cfg(unix)]
mod imp {
    use std::fs::File;
    use std::io::{self, Write as _};
    use std::os::fd::OwnedFd;
    use std::path::Path;

    use rustix::fs::{AtFlags, CWD, Dir, FileType, Mode, OFlags};
    use rustix::io::Errno;

    use super::Kind;

    pub(in crate::store) struct OpenedFolder(OwnedFd);

    const FOLDER: OFlags = OFlags::RDONLY
        .union(OFlags::DIRECTORY)
        .union(OFlags::CLOEXEC);

    impl OpenedFolder {
        pub(super) fn root(path: &Path) -> io::Result<Self> {
            Ok(Self(rustix::fs::openat(CWD, path, FOLDER, Mode::empty())?))
        }

        pub(in crate::store) fn enter(&self, name: &str) -> io::Result<Self> {
            let flags = FOLDER | OFlags::NOFOLLOW;
            match rustix::fs::openat(&self.0, name, flags, Mode::empty()) {
                // What systems say of a link.
                Err(Errno::LOOP | Errno::MLINK) => Err(Errno::NOTDIR.into()),
                opened => Ok(Self(opened?)),
            }
        }

        /// Makes a folder, or finds that there is something.
        pub(in crate::store) fn make(&self, name: &str) -> io::Result<()> {
            match rustix::fs::mkdirat(&self.0, name, Mode::from_raw_mode(0o777)) {
                Err(Errno::EXIST) => Ok(()),
                made => Ok(made?),
            }
        }

        pub(in crate::store) fn sync(&self) -> io::Result<()> {
            Ok(rustix::fs::fsync(&self.0)?)
        }

        pub(in crate::store) fn kind(&self, name: &str) -> io::Result<Kind> {
            let stat = rustix::fs::statat(&self.0, name, AtFlags::SYMLINK_NOFOLLOW)?;
            Ok(match FileType::from_raw_mode(stat.st_mode) {
                FileType::RegularFile => Kind::File,
                FileType::Directory => Kind::Folder,
                _ => Kind::Other,
            })
        }

        /// Opens what was seen to be a file, for reading. It may have been replaced since: no pipe is waited for.
        pub(in crate::store) fn file(&self, name: &str) -> io::Result<File> {
            let flags = OFlags::RDONLY
                | OFlags::NOFOLLOW
                | OFlags::NONBLOCK
                | OFlags::NOCTTY
                | OFlags::CLOEXEC;
            let opened = rustix::fs::openat(&self.0, name, flags, Mode::empty())?;
            Ok(opened.into())
        }

        /// What lies in there, as far as the names are UTF-8.
        pub(in crate::store) fn names(
            &self,
        ) -> io::Result<impl Iterator<Item = io::Result<String>>> {
            let entries = Dir::read_from(&self.0)?;
            Ok(entries.filter_map(|entry| match entry {
                Err(error) => Some(Err(error.into())),
                Ok(entry) => {
                    let name = entry.file_name().to_str().ok()?;
                    (name != "." && name != "..").then(|| Ok(name.to_owned()))
                }
            }))
        }

        pub(in crate::store) fn create(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
            self.write(bytes, |new| self.name_new(new, name))
        }

        pub(in crate::store) fn replace(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
            self.write(bytes, |new| {
                rustix::fs::renameat(&self.0, new, &self.0, name)
            })
        }

        /// Gives a file a name that is free.
        fn name_new(&self, new: &str, name: &str) -> Result<(), Errno> {
            #[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
            {
                use rustix::fs::RenameFlags;
                let flags = RenameFlags::NOREPLACE;
                match rustix::fs::renameat_with(&self.0, new, &self.0, name, flags) {
                    // Some file systems cannot.
                    Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => {}
                    renamed => return renamed,
                }
            }
            rustix::fs::linkat(&self.0, new, &self.0, name, AtFlags::empty())?;
            rustix::fs::unlinkat(&self.0, new, AtFlags::empty())
        }

        /// A durable file under a name that begins with a dot, readable by everyone once it has its final name.
        fn write(
            &self,
            bytes: &[u8],
            persist: impl FnOnce(&str) -> Result<(), Errno>,
        ) -> io::Result<()> {
            let mut random = [0; 8];
            aws_lc_rs::rand::fill(&mut random).map_err(io::Error::other)?;
            let new = format!(".new-{}", hex::encode(random));
            let flags =
                OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
            let mode = Mode::from_raw_mode(0o644);
            let mut file = File::from(rustix::fs::openat(&self.0, &*new, flags, mode)?);
            let written = file.write_all(bytes).and_then(|()| file.sync_all());
            let persisted = written.and_then(|()| Ok(persist(&new)?));
            if persisted.is_err() {
                // It has no meaning under this name.
                let _ = rustix::fs::unlinkat(&self.0, &*new, AtFlags::empty());
            }
            persisted
        }
    }
}

/// Where folders cannot be held open, each is looked at before it is gone through.
#[cfg(not(unix))]
mod imp {
    use std::fs::File;
    use std::io::{self, Write as _};
    use std::path::{Path, PathBuf};

    use super::Kind;

    pub(in crate::store) struct OpenedFolder(PathBuf);

    impl OpenedFolder {
        pub(super) fn root(path: &Path) -> io::Result<Self> {
            fs_err::metadata(path)?;
            Ok(Self(path.to_owned()))
        }

        pub(in crate::store) fn enter(&self, name: &str) -> io::Result<Self> {
            match self.kind(name)? {
                Kind::Folder => Ok(Self(self.0.join(name))),
                Kind::File | Kind::Other => Err(io::ErrorKind::NotADirectory.into()),
            }
        }

        pub(in crate::store) fn make(&self, name: &str) -> io::Result<()> {
            match fs_err::create_dir(self.0.join(name)) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
                made => made,
            }
        }

        pub(in crate::store) fn sync(&self) -> io::Result<()> {
            Ok(())
        }

        pub(in crate::store) fn kind(&self, name: &str) -> io::Result<Kind> {
            let kind = fs_err::symlink_metadata(self.0.join(name))?.file_type();
            Ok(if kind.is_file() {
                Kind::File
            } else if kind.is_dir() {
                Kind::Folder
            } else {
                Kind::Other
            })
        }

        pub(in crate::store) fn file(&self, name: &str) -> io::Result<File> {
            Ok(fs_err::File::open(self.0.join(name))?.into_parts().0)
        }

        pub(in crate::store) fn names(
            &self,
        ) -> io::Result<impl Iterator<Item = io::Result<String>>> {
            let entries = fs_err::read_dir(&self.0)?;
            Ok(entries.filter_map(|entry| match entry {
                Err(error) => Some(Err(error)),
                Ok(entry) => entry.file_name().into_string().ok().map(Ok),
            }))
        }

        pub(in crate::store) fn create(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
            let file = self.write(bytes)?.persist_noclobber(self.0.join(name));
            file.map_err(|error| error.error)?;
            Ok(())
        }

        pub(in crate::store) fn replace(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
            let file = self.write(bytes)?.persist(self.0.join(name));
            file.map_err(|error| error.error)?;
            Ok(())
        }

        fn write(&self, bytes: &[u8]) -> io::Result<tempfile::NamedTempFile> {
            let mut file = tempfile::Builder::new()
                .prefix(".new-")
                .tempfile_in(&self.0)?;
            file.write_all(bytes)?;
            file.as_file().sync_all()?;
            Ok(file)
        }
    }
}
