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
        let (number, rest) = Self::split(digits)?;
        rest.is_empty().then_some(number)
    }

    /// Reads the longest beginning of ASCII digits, at least one, and gives the rest.
    pub(super) fn split(text: &str) -> Option<(Self, &str)> {
        // So many digits fit whatever they are.
        const SAFE_DIGITS: usize = 19;
        let mut small = 0_u64;
        let mut length = 0;
        for byte in text.bytes() {
            if !byte.is_ascii_digit() {
                break;
            }
            small = small.wrapping_mul(10).wrapping_add(u64::from(byte - b'0'));
            length += 1;
        }
        let (digits, rest) = text.split_at_checked(length)?;
        match length {
            0 => None,
            1..=SAFE_DIGITS => Some((Self::Small(small), rest)),
            _ => {
                let significant = digits.trim_start_matches('0');
                let number = if significant.is_empty() {
                    Self::ZERO
                } else {
                    significant
                        .parse()
                        .map_or_else(|_| Self::Large(String::from(significant)), Self::Small)
                };
                Some((number, rest))
            }
        }
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
