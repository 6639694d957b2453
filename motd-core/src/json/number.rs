//! Numbers as RFC 8785 sees them.

use crate::limits;

/// A JSON number: an IEEE 754 double, always finite (RFC 8785, section 3.2.2.3).
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Number(f64);

impl Number {
    /// The number nearest to this double; `None` when it is infinite or not a number.
    #[must_use]
    pub fn from_double(double: f64) -> Option<Self> {
        double.is_finite().then_some(Self(double))
    }

    /// The double nearest to a number that another parser made; `None` when no finite one is.
    pub(super) fn from_parsed(number: &serde_json::Number) -> Option<Self> {
        number.as_f64().and_then(Self::from_double)
    }

    /// The integer, when every JSON parser agrees on it.
    #[must_use]
    #[expect(
        clippy::cast_precision_loss,
        reason = "the bound is 2^53 - 1, which a double holds exactly"
    )]
    pub fn from_integer(integer: i64) -> Option<Self> {
        (integer.unsigned_abs() <= limits::INTEGER).then_some(Self(integer as f64))
    }

    /// The number as a double.
    #[must_use]
    pub const fn as_double(self) -> f64 {
        self.0
    }

    /// The number as an integer, when it is one from -(2^53 - 1) to 2^53 - 1.
    #[must_use]
    #[expect(
        clippy::cast_precision_loss,
        reason = "the bound is 2^53 - 1, which a double holds exactly"
    )]
    #[expect(
        clippy::cast_possible_truncation,
        reason = "only integral doubles within the bound are cast"
    )]
    pub fn as_integer(self) -> Option<i64> {
        const BOUND: f64 = limits::INTEGER as f64;
        let integral = self.0 >= -BOUND && self.0 <= BOUND && self.0 % 1.0 == 0.0;
        integral.then_some(self.0 as i64)
    }
}
