//! Versions, version ranges (VERS), and the schemes that order them.

mod decimal;
mod intdot;
mod pypi;
mod range;
mod scheme;
mod semver;

pub use range::{Comparator, Constraint, VersionRange, Versions};
pub use scheme::{Scheme, Version};
