//! ln(x), ln(1 + x) and the logarithm to base 2.
//!
//! x = 2^e m with m in [0.707, 1.414]; a table has an inverse c of few bits and -ln(c), so that ln(x) = e ln(2) - ln(c) + ln(1 + z)
//! with z = c m - 1 exact as two doubles and |z| < 2^-7; next to m = 1 c is 1, and the relative precision stays.
//! ln(1 + z) is its series to z^12: z, z²/2 and z³/3 summed as two doubles, the rest, below 2^-30, as one.
//! Truncation below 2^-87 of z, rounding below 2^-72 of the result.

use super::double_double::{power_of_two, DoubleDouble};
use super::{quick_log, wide_functions};
use crate::tables::{INVERSES, INVERSE_LN2, LN2_HIGH, LN2_LOW, THIRD};

/// Above the relative error of [`log_pair`], also after a product with 1/ln 2: 2^-70.
const ERROR: f64 = f64::from_bits((1023 - 70) << 52);
/// 2^54: makes a subnormal number normal.
const NORMALISER: f64 = 18_014_398_509_481_984.0;
/// 2^-54: below it ln(1 + x) is x.
const TINY: f64 = f64::from_bits((1023 - 54) << 52);
/// The first 128th of [1, 2) that is halved, at 1.4140625.
const FIRST_HALVED: u64 = 53;

/// ln(1 + z) for |z| <= 2^-7, relative error below 2^-73.
#[inline]
fn small(z: DoubleDouble) -> DoubleDouble {
    let x = z.high;
    let upper = 1.0 / 9.0 + x * (-1.0 / 10.0 + x * (1.0 / 11.0 - x * (1.0 / 12.0)));
    let tail = x * (-0.25 + x * (0.2 + x * (-1.0 / 6.0 + x * (1.0 / 7.0 + x * (-0.125 + x * upper)))));
    let third = DoubleDouble::ordered_sum(THIRD.0, THIRD.1 + tail);
    let second = z.mul(third);
    let sum = DoubleDouble::ordered_sum(-0.5, second.high);
    let factor = DoubleDouble::ordered_sum(sum.high, sum.low + second.low);
    let correction = z.mul(z).mul(factor);
    let first = DoubleDouble::ordered_sum(z.high, correction.high);
    DoubleDouble::ordered_sum(first.high, first.low + (z.low + correction.low))
}

/// The exponent e and ln(m) of a positive normal sum of two doubles 2^e m.
#[inline]
fn split(x: DoubleDouble) -> (i64, DoubleDouble) {
    let bits = x.high.to_bits();
    let index = (bits >> 45) & 127;
    let halved = index >= FIRST_HALVED;
    let exponent = ((bits >> 52) as i64 & 0x7ff) - 1023;
    let mantissa_exponent = if halved { 1022 } else { 1023 };
    let mantissa = f64::from_bits(bits & ((1 << 52) - 1) | mantissa_exponent << 52);
    let (inverse, high, low) = INVERSES[index as usize];
    let product = DoubleDouble::product(inverse, mantissa);
    let exponent = exponent + i64::from(halved);
    // The second half is none or, of 1 + x, below 2^-53 of the first: its scaled product needs no more than a double.
    let rest = if x.low == 0.0 {
        0.0
    } else {
        scaled_down(x.low, exponent) * inverse
    };
    let z = DoubleDouble::ordered_sum(product.high - 1.0, product.low);
    let z = z.add_double(rest);
    let logarithm = small(z);
    (exponent, DoubleDouble::new((high, low)).add(logarithm))
}

/// `value 2^-exponent`, in two steps where the power alone is no normal number.
#[inline]
fn scaled_down(value: f64, exponent: i64) -> f64 {
    if exponent > 1000 {
        return value * power_of_two(-1000) * power_of_two(1000 - exponent);
    }
    value * power_of_two(-exponent)
}

/// The natural logarithm of a positive normal sum of two doubles, relative error below 2^-72.
#[inline]
fn log_pair_of(x: DoubleDouble, shift: i64) -> DoubleDouble {
    let (exponent, logarithm) = split(x);
    let e = (exponent - shift) as f64;
    if e == 0.0 {
        return logarithm;
    }
    let whole = DoubleDouble::ordered_sum(e * LN2_HIGH, e * LN2_LOW);
    whole.add(logarithm)
}

/// A positive finite number as a normal one and the exponent to take away again.
#[inline]
fn normalised(x: f64) -> (DoubleDouble, i64) {
    let (high, shift) = if x < f64::MIN_POSITIVE {
        (x * NORMALISER, 54)
    } else {
        (x, 0)
    };
    (DoubleDouble { high, low: 0.0 }, shift)
}

/// ln(x) of a positive finite number other than 1 as a sum of two doubles, relative error below 2^-72.
#[inline]
pub fn log_pair(x: f64) -> DoubleDouble {
    let (value, shift) = normalised(x);
    log_pair_of(value, shift)
}

/// Natural logarithm: of ±0 -infinity, of a negative number NaN.
#[inline]
pub fn log(x: f64) -> f64 {
    let (nearest, certain) = quick_log::log(x);
    if certain {
        return nearest;
    }
    slow_log(x)
}

#[cold]
fn slow_log(x: f64) -> f64 {
    if !(x > 0.0 && x < f64::INFINITY) {
        return outside(x);
    }
    if x == 1.0 {
        return 0.0;
    }
    let pair = log_pair(x);
    match pair.certain(ERROR) {
        Some(nearest) => nearest,
        None => wide_functions::log(x, pair).to_double(),
    }
}

/// Logarithm to base 2.
#[inline]
pub fn log2(x: f64) -> f64 {
    let (nearest, certain) = quick_log::log2(x);
    if certain {
        return nearest;
    }
    slow_log2(x)
}

#[cold]
fn slow_log2(x: f64) -> f64 {
    if !(x > 0.0 && x < f64::INFINITY) {
        return outside(x);
    }
    let (value, shift) = normalised(x);
    if value.high.to_bits() & ((1 << 52) - 1) == 0 {
        return ((value.high.to_bits() >> 52) as i64 - 1023 - shift) as f64; // a power of two
    }
    let (exponent, logarithm) = split(value);
    let e = (exponent - shift) as f64;
    let pair = DoubleDouble::new(INVERSE_LN2).mul(logarithm);
    let pair = if e == 0.0 { pair } else { pair.add_double(e) };
    match pair.certain(ERROR) {
        Some(nearest) => nearest,
        None => wide_functions::log2(x, log_pair(x)).to_double(),
    }
}

/// ln(1 + x), exact near zero: of -1 -infinity, below NaN.
#[inline]
pub fn log1p(x: f64) -> f64 {
    let (nearest, certain) = quick_log::log1p(x);
    if certain {
        return nearest;
    }
    slow_log1p(x)
}

#[cold]
fn slow_log1p(x: f64) -> f64 {
    if (-TINY..=TINY).contains(&x) {
        return x; // x²/2 is less than half a unit, also below a power of two
    }
    if !(x > -1.0 && x < f64::INFINITY) {
        return outside(x + 1.0);
    }
    let pair = log_pair_of(DoubleDouble::sum(1.0, x), 0);
    match pair.certain(ERROR) {
        Some(nearest) => nearest,
        None => wide_functions::log1p(x, pair).to_double(),
    }
}

/// The logarithm where there is no positive finite argument.
#[cold]
fn outside(x: f64) -> f64 {
    if x == 0.0 {
        f64::NEG_INFINITY
    } else if x < 0.0 {
        f64::NAN
    } else {
        x // infinity and NaN
    }
}
