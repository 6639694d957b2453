//! Exit statuses, as `--help` lists them.

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Well, with notices or without.
    Well,
    /// Something else went wrong.
    Failed,
    /// Verification failed.
    Verification,
    /// The repository is unavailable, or its mirror is stale with nothing cached.
    Unavailable,
    /// A notice or document was refused.
    Refused,
    /// As another command ended, with this status (MOTD-FAIL-1).
    Command(i32),
    /// As another command was ended, by this signal (MOTD-FAIL-1).
    #[cfg_attr(
        not(unix),
        expect(dead_code, reason = "a process ends by a signal on Unix alone")
    )]
    Signal(i32),
}

impl Exit {
    /// The status that a report asks for (MOTD-CHECK-1).
    pub(crate) const fn from_status(status: u8) -> Self {
        match status {
            0 => Self::Well,
            3 => Self::Verification,
            4 => Self::Unavailable,
            5 => Self::Refused,
            _ => Self::Failed,
        }
    }

    /// The status as a number; a signal's is the one that shells give it.
    pub(crate) const fn status(self) -> i32 {
        match self {
            Self::Well => 0,
            Self::Failed => 1,
            Self::Verification => 3,
            Self::Unavailable => 4,
            Self::Refused => 5,
            Self::Command(status) => status,
            Self::Signal(signal) => 128 + signal,
        }
    }
}
