//! Numbers of any size.

use alloc::string::String;
use core::cmp::Ordering;

/// A number without sign, of any size: versions hold dates, and an attacker's versions hold more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Decimal {
    /// One that fits.
    Small(u64),
    /// The digits of one that does not, without leading zeros.
    Large(String),
}

impl Decimal {
    pub(super) const ZERO: Self = Self::Small(0);

    /// Reads a string of one or more ASCII digits; leading zeros are allowed.
    pub(super) fn parse(digits: &str) -> Option<Self> {
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let significant = digits.trim_start_matches('0');
        if significant.is_empty() {
            return Some(Self::ZERO);
        }
        Some(
            significant
                .parse()
                .map_or_else(|_| Self::Large(String::from(significant)), Self::Small),
        )
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Small(left), Self::Small(right)) => left.cmp(right),
            (Self::Small(_), Self::Large(_)) => Ordering::Less,
            (Self::Large(_), Self::Small(_)) => Ordering::Greater,
            (Self::Large(left), Self::Large(right)) => {
                left.len().cmp(&right.len()).then_with(|| left.cmp(right))
            }
        }
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
