//! Versions, version ranges (VERS), and the schemes that order them.

/// The versions that a component may have.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Versions {
    /// `versions` is absent: presence is enough.
    Any,
}
