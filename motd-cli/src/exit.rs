//! Exit statuses, as `--help` lists them.

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Well, with notices or without.
    Well = 0,
    /// Something else went wrong.
    Failed = 1,
    /// Verification failed.
    Verification = 3,
    /// The repository is unavailable, or its mirror is stale with nothing cached.
    Unavailable = 4,
    /// A notice or document was refused.
    Refused = 5,
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
}

impl From<Exit> for std::process::ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}
