//! The scheme `intdot`: numbers with dots; and such numbers in other schemes.

use alloc::vec::Vec;
use core::cmp::Ordering;

use super::decimal::Decimal;

/// A version of numbers with dots.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct IntDot(Numbers);

impl IntDot {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (numbers, rest) = Numbers::split(text)?;
        rest.is_empty().then_some(Self(numbers))
    }
}

/// Numbers that are compared in turn, the shorter list padded with 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Numbers {
    /// Up to four numbers that fit, padded: nearly all, and without an allocation.
    Short([u64; SHORT]),
    /// Any other, without final zeros.
    Long(Vec<Decimal>),
}

const SHORT: usize = 4;

impl Numbers {
    /// The longest beginning of numbers with single dots between them, at least one, and the rest.
    pub(super) fn split(text: &str) -> Option<(Self, &str)> {
        let mut short = [0; SHORT];
        let (mut number, mut rest) = Decimal::split(text)?;
        for place in &mut short {
            let Decimal::Small(small) = number else { break };
            *place = small;
            match rest.strip_prefix('.').and_then(Decimal::split) {
                Some((next, after)) => (number, rest) = (next, after),
                None => return Some((Self::Short(short), rest)),
            }
        }
        Self::split_long(text)
    }

    fn split_long(text: &str) -> Option<(Self, &str)> {
        let (first, mut rest) = Decimal::split(text)?;
        let mut numbers = alloc::vec![first];
        while let Some((number, after)) = rest.strip_prefix('.').and_then(Decimal::split) {
            numbers.push(number);
            rest = after;
        }
        while numbers.last() == Some(&Decimal::ZERO) {
            numbers.pop();
        }
        // One form for each list: what fits is short, however many zeros it was written with.
        let mut short = [0; SHORT];
        let fits = numbers.len() <= SHORT
            && short
                .iter_mut()
                .zip(&numbers)
                .all(|(place, number)| match number {
                    Decimal::Small(small) => {
                        *place = *small;
                        true
                    }
                    Decimal::Large(_) => false,
                });
        Some((
            if fits {
                Self::Short(short)
            } else {
                Self::Long(numbers)
            },
            rest,
        ))
    }

    /// The number at this place.
    fn at(&self, index: usize) -> Decimal {
        match self {
            Self::Short(numbers) => numbers
                .get(index)
                .map_or(Decimal::ZERO, |number| Decimal::Small(*number)),
            Self::Long(numbers) => numbers.get(index).cloned().unwrap_or(Decimal::ZERO),
        }
    }

    fn len(&self) -> usize {
        match self {
            Self::Short(numbers) => numbers.len(),
            Self::Long(numbers) => numbers.len(),
        }
    }
}

impl Ord for Numbers {
    fn cmp(&self, other: &Self) -> Ordering {
        if let (Self::Short(left), Self::Short(right)) = (self, other) {
            return left.cmp(right);
        }
        let longest = self.len().max(other.len());
        (0..longest)
            .map(|index| self.at(index).cmp(&other.at(index)))
            .find(|order| order.is_ne())
            .unwrap_or(Ordering::Equal)
    }
}

impl PartialOrd for Numbers {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
