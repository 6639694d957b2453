//! Files by the paths that an operator or a person names.

use std::io;
use std::path::Path;

/// Opens a regular file. Another user who can write into its folder can put a FIFO or a device in its place: upkeep would
/// wait for that for ever, or do something only by opening it.
///
/// `motd` has a function like this one, because it is also built without this crate.
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

#[cfg(unix)]
#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A pipe with this name, whose readers would each find this text.
    pub(crate) fn pipe(path: &Path, text: &'static str) {
        use rustix::fs::{CWD, FileType, Mode, mknodat};
        let _ = std::fs::remove_file(path);
        mknodat(CWD, path, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
        let (path, mut options) = (path.to_owned(), fs_err::OpenOptions::new());
        options.write(true);
        // It ends with the tests, or when the pipe is gone.
        std::thread::spawn(move || {
            while let Ok(mut pipe) = options.open(&path) {
                let _ = io::Write::write_all(&mut pipe, text.as_bytes());
            }
        });
    }

    #[test]
    fn only_a_regular_file_is_opened_and_nothing_waits() {
        use rustix::fs::{CWD, symlinkat};
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        std::fs::write(at("file"), "text").unwrap();
        pipe(&at("fifo"), "text");
        let _socket = std::os::unix::net::UnixListener::bind(at("socket")).unwrap();
        for (link, target) in [
            ("good", at("file")),
            ("to-fifo", at("fifo")),
            ("endless", "/dev/zero".into()),
        ] {
            symlinkat(target, CWD, at(link)).unwrap();
        }
        for name in ["file", "good"] {
            open_regular(&at(name)).unwrap();
        }
        for name in ["fifo", "socket", "to-fifo", "endless", "."] {
            let error = open_regular(&at(name)).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::InvalidInput, "{name}");
        }
        let error = open_regular(&at("missing")).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
    }
}
