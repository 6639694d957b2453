//! Why nothing is kept.

/// Why nothing is written to a state folder; the run is then stateless. MOTD-STATE-4, MOTD-STATE-7.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Unusable {
    /// Part of it is a symbolic link. MOTD-STATE-3.
    SymbolicLink,
    /// Another user owns it, a folder above it, or a link on the way to it, as under `sudo`. MOTD-STATE-7.
    OtherOwner,
    /// Other users can write to it or to a folder above it. MOTD-STATE-7.
    OthersCanWrite,
    /// It is read-only, or cannot be made.
    ReadOnly,
    /// Part of it is not a folder.
    NotAFolder,
    /// It has not been made, and is only read.
    Missing,
    /// Another process holds its lock. MOTD-STATE-4.
    Locked,
    /// A newer version of this client wrote it.
    NewerFormat,
    /// Writing to it failed in the middle of the run, as on a full disk.
    WriteFailed,
}

impl Unusable {
    /// One lower-case fact, a fixed string.
    #[must_use]
    pub const fn fact(self) -> &'static str {
        match self {
            Self::SymbolicLink => "part of the state folder is a symbolic link; nothing was kept",
            Self::OtherOwner => {
                "another user owns the state folder or the way to it; nothing was kept"
            }
            Self::OthersCanWrite => {
                "other users can write to the state folder or above it; nothing was kept"
            }
            Self::ReadOnly => "the state folder is read-only or cannot be made; nothing was kept",
            Self::NotAFolder => "part of the state folder is not a folder; nothing was kept",
            Self::Missing => "there is no state folder yet",
            Self::Locked => "another process uses the state folder; nothing was kept",
            Self::NewerFormat => "a newer version wrote the state folder; nothing was kept",
            Self::WriteFailed => "writing to the state folder failed; nothing more was kept",
        }
    }
}
