//! Exit statuses, as `--help` lists them.

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Well, with notices or without.
    Well = 0,
    /// Verification failed.
    Verification = 3,
    /// The repository is unavailable, or its mirror is stale with nothing cached.
    Unavailable = 4,
    /// A notice or document was refused.
    Refused = 5,
}

impl From<Exit> for std::process::ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}
