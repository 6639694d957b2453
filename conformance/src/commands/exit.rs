//! The exit status.

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SuiteExit {
    /// All is well.
    Well,
    /// Something is not, and was said.
    NotWell,
}

impl SuiteExit {
    /// Whether all is well.
    pub(crate) const fn of(is_well: bool) -> Self {
        if is_well { Self::Well } else { Self::NotWell }
    }
}
