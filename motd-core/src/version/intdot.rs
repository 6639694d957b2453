//! The scheme `intdot`: numbers with dots.

use alloc::vec::Vec;

use super::decimal::Decimal;

/// A version of numbers with dots, without its final zeros: so a shorter one is padded with 0, as chapter 4 asks.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct IntDot(Vec<Decimal>);

impl IntDot {
    pub(super) fn parse(text: &str) -> Option<Self> {
        numbers(text).map(Self)
    }
}

/// One or more numbers with dots between them, final zeros removed.
pub(super) fn numbers(text: &str) -> Option<Vec<Decimal>> {
    let mut numbers = text
        .split('.')
        .map(Decimal::parse)
        .collect::<Option<Vec<_>>>()?;
    while numbers.last() == Some(&Decimal::ZERO) {
        numbers.pop();
    }
    Some(numbers)
}
