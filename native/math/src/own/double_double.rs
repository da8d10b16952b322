//! Sums of two doubles, `high + low` with `high` the nearest double to the sum: about 104 bits.

/// An unevaluated sum of two doubles.
#[derive(Clone, Copy, Debug)]
pub struct DoubleDouble {
    pub high: f64,
    pub low: f64,
}

impl DoubleDouble {
    pub const fn new((high, low): (f64, f64)) -> Self {
        Self { high, low }
    }

    /// `a + b` exactly, where `|a| >= |b|` or `a` is zero.
    #[inline]
    pub fn ordered_sum(a: f64, b: f64) -> Self {
        let high = a + b;
        Self {
            high,
            low: b - (high - a),
        }
    }

    /// `a + b` exactly (Knuth).
    #[inline]
    pub fn sum(a: f64, b: f64) -> Self {
        let high = a + b;
        let b_part = high - a;
        let a_part = high - b_part;
        Self {
            high,
            low: (a - a_part) + (b - b_part),
        }
    }

    /// `a b` exactly, for factors between 2^-450 and 2^450 in size.
    #[inline]
    pub fn product(a: f64, b: f64) -> Self {
        let high = a * b;
        Self {
            high,
            low: product_error(a, b, high),
        }
    }

    /// Relative error below 2^-102, as long as the two do not cancel.
    #[inline]
    pub fn add(self, other: Self) -> Self {
        let sum = Self::sum(self.high, other.high);
        Self::ordered_sum(sum.high, sum.low + (self.low + other.low))
    }

    #[inline]
    pub fn add_double(self, other: f64) -> Self {
        let sum = Self::sum(self.high, other);
        Self::ordered_sum(sum.high, sum.low + self.low)
    }

    /// Relative error below 2^-101.
    #[inline]
    pub fn mul(self, other: Self) -> Self {
        let product = Self::product(self.high, other.high);
        Self::ordered_sum(
            product.high,
            product.low + (self.high * other.low + self.low * other.high),
        )
    }

    /// Relative error below 2^-99: one correction of a rounded quotient.
    #[inline]
    pub fn div(self, other: Self) -> Self {
        let quotient = self.high / other.high;
        let back = other.mul(Self {
            high: quotient,
            low: 0.0,
        });
        let rest = (self.high - back.high) + (self.low - back.low);
        Self::ordered_sum(quotient, rest / other.high)
    }

    /// Times a power of two.
    #[inline]
    pub fn scale(self, power: f64) -> Self {
        Self {
            high: self.high * power,
            low: self.low * power,
        }
    }

    /// The double nearest to every number within `error |high|` of this sum, if that is one double (Ziv's test).
    ///
    /// `error` is at least 2^-99, so that the rounding of `low ± error` (below 2^-105) lies within the slack of each stated bound.
    #[inline]
    pub fn certain(self, error: f64) -> Option<f64> {
        let error = if self.high < 0.0 { -self.high } else { self.high } * error;
        let lowest = self.high + (self.low - error);
        (lowest == self.high + (self.low + error)).then_some(lowest)
    }
}

/// The exact `a b - high` with `high` the rounded product (Dekker). A fused multiply-add gives the same number; only what the first phases leave
/// comes here, too little to ask the processor for one.
#[inline]
fn product_error(a: f64, b: f64, high: f64) -> f64 {
    let (a_high, a_low) = halves(a);
    let (b_high, b_low) = halves(b);
    ((a_high * b_high - high) + a_high * b_low + a_low * b_high) + a_low * b_low
}

/// The leading 26 bits and the rest (Veltkamp).
#[inline]
fn halves(value: f64) -> (f64, f64) {
    let spread = value * 134_217_729.0; // 2^27 + 1
    let high = spread - (spread - value);
    (high, value - high)
}

/// 2^exponent, for the exponents of normal numbers.
#[inline]
pub fn power_of_two(exponent: i64) -> f64 {
    f64::from_bits(((exponent + 1023) as u64) << 52)
}

/// The number without its `bits` last bits.
#[inline(always)]
pub fn shortened(value: f64, bits: u32) -> f64 {
    f64::from_bits(value.to_bits() & (u64::MAX << bits))
}

/// The number without its sign.
#[inline(always)]
pub fn size(value: f64) -> f64 {
    f64::from_bits(value.to_bits() & (u64::MAX >> 1))
}
