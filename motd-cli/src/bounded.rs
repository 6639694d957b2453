//! Files of somebody else's making, of which no more is read than makes sense.

use std::io::{self, Read as _};
use std::path::Path;

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

/// Opens a regular file. An owner of its folder, or of one above the working folder, can put a FIFO, a device or a link to
/// one in its place: that would wait for ever, or do something only by being opened (MOTD-FAIL-4).
pub(crate) fn open_regular(path: &Path) -> io::Result<fs_err::File> {
    let refused = || {
        let why = format!("{}: not a regular file", path.display());
        io::Error::new(io::ErrorKind::InvalidInput, why)
    };
    if !fs_err::metadata(path)?.is_file() {
        return Err(refused());
    }
    let mut options = fs_err::OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use fs_err::os::unix::fs::OpenOptionsExt as _;
        use rustix::fs::OFlags;
        // It may have been replaced since.
        let flags = OFlags::NONBLOCK | OFlags::NOCTTY;
        options.custom_flags(flags.bits().cast_signed());
    }
    let file = options.open(path)?;
    if file.metadata()?.is_file() {
        Ok(file)
    } else {
        Err(refused())
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn only_a_regular_file_is_opened_and_nothing_waits() {
        use rustix::fs::{CWD, FileType, Mode, mknodat, symlinkat};
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        std::fs::write(at("file"), "text").unwrap();
        mknodat(CWD, at("fifo"), FileType::Fifo, Mode::RWXU, 0).unwrap();
        let _socket = std::os::unix::net::UnixListener::bind(at("socket")).unwrap();
        for (link, target) in [
            ("good", at("file")),
            ("to-fifo", at("fifo")),
            ("endless", "/dev/zero".into()),
        ] {
            symlinkat(target, CWD, at(link)).unwrap();
        }
        for name in ["file", "good"] {
            let file = open_regular(&at(name)).unwrap();
            assert_eq!(bounded(file, 4).unwrap(), b"text");
            assert!(bounded(open_regular(&at(name)).unwrap(), 3).is_err());
        }
        for name in ["fifo", "socket", "to-fifo", "endless", "."] {
            let error = open_regular(&at(name)).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::InvalidInput, "{name}");
        }
        let error = open_regular(&at("missing")).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
    }
}
