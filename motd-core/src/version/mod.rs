//! Versions, version ranges (VERS), and the schemes that order them.

mod deb;
mod decimal;
mod intdot;
mod pypi;
mod range;
mod rpm;
mod scheme;
mod semver;

use decimal::Decimal;

pub use range::{Comparator, Constraint, VersionRange, Versions};
pub use scheme::{Scheme, Version};

/// The epoch before the first colon, when there is one, and the rest; `None` when it is not a number.
fn split_epoch(text: &str) -> Option<(Option<Decimal>, &str)> {
    match text.split_once(':') {
        Some((epoch, rest)) => Some((Some(Decimal::parse(epoch)?), rest)),
        None => Some((None, text)),
    }
}
