//! The first phase of the logarithms, as quick_exp.rs is that of the exponentials.
//!
//! x = 2^k m with m in [0.707, 1.414]; a table has c of few bits with z = c m - 1 small, and -ln(c) as two doubles, so that
//! ln(x) = k ln 2 - ln(c) + ln(1 + z). Next to m = 1 c is 1: then z is exact, and the error relative to it.

use super::double_double::{shortened, size, DoubleDouble};
use super::estimate::Estimate;
use crate::tables::{BINARY_LOGARITHMS, INVERSE_LN2, INVERSE_LN2_HIGH, INVERSE_LN2_LOW, LN2_HIGH, LN2_LOW, LOGARITHMS};

/// The bits of the least mantissa, 0.70703125.
const LEAST: u64 = 0x3fe6_a000_0000_0000;
/// The sign and exponent of a double.
const UPPER: u64 = 0xfff << 52;
/// The integer that is added to the bits of this number is what it grows by.
const ROUNDER: f64 = 6_755_399_441_055_744.0;
/// 5 2^-53: times z² above what is lost of the terms from z² on, 3.6 2^-53: by z², the series, their product and the last two sums
/// half a unit each, and by z_low, which the series leaves out, one.
const ERROR: f64 = 2.5 * f64::EPSILON;
/// The same for the logarithm to base 2, 1.44 times as large, with one product more.
const ERROR2: f64 = 4.0 * f64::EPSILON;
/// 2^-83: times k ln 2 - ln(c) above the error of its lower part, 2^-43 of it with two roundings, and of the sums.
const WHOLE_ERROR: f64 = f64::from_bits((1023 - 83) << 52);
/// Above what z loses by the lower part of a sum, 2^-84: 2^-82.
const SUM_ERROR: f64 = f64::from_bits((1023 - 82) << 52);
/// 2^-76: times z above what the product of z and 1/ln 2 loses.
const PRODUCT_ERROR: f64 = f64::from_bits((1023 - 76) << 52);
/// ln(1 + x) needs no reduction below this size: 1/256.
const SMALL: f64 = 0.003_906_25;

/// x = 2^k m, and where the tables have the c of m.
pub struct Split {
    pub k: f64,
    pub mantissa: f64,
    pub index: usize,
    /// 2^-k.
    scale: f64,
}

/// x = 2^k (1 + z + z_low)/c.
struct Reduced {
    k: f64,
    z: f64,
    z_low: f64,
    index: usize,
}

/// A positive normal number; others give something without meaning.
#[inline(always)]
pub fn split(x: f64) -> Split {
    let bits = x.to_bits();
    let offset = bits.wrapping_sub(LEAST);
    Split {
        k: f64::from_bits(ROUNDER.to_bits().wrapping_add((offset as i64 >> 52) as u64)) - ROUNDER,
        mantissa: f64::from_bits(bits.wrapping_sub(offset & UPPER)),
        index: (offset >> 44 & 255) as usize,
        scale: f64::from_bits((1023u64 << 52).wrapping_sub(offset & UPPER)),
    }
}

/// c m - 1 as a sum of two doubles that is exact: of the halves of m the products with c are.
#[inline(always)]
fn halves(parts: &Split) -> (f64, f64) {
    let inverse = LOGARITHMS[parts.index].0;
    let upper = shortened(parts.mantissa, 21);
    (upper * inverse - 1.0, (parts.mantissa - upper) * inverse)
}

/// The sum of the halves, |z| < 1/430, or 1/256 where c is 1.
#[inline(always)]
fn reduced(parts: &Split, (first, second): (f64, f64)) -> Reduced {
    let z = first + second;
    Reduced {
        k: parts.k,
        z,
        z_low: (first - z) + second,
        index: parts.index,
    }
}

/// The parts of a positive normal number.
#[inline(always)]
fn reduced_double(x: f64) -> Reduced {
    let parts = split(x);
    reduced(&parts, halves(&parts))
}

/// The parts of a sum of two doubles, the lower of which is below 2^-52 of the other: z and z_low have an error below 2^-83.
#[inline(always)]
fn reduced_sum(x: DoubleDouble) -> Reduced {
    let parts = split(x.high);
    let (first, second) = halves(&parts);
    let inverse = LOGARITHMS[parts.index].0;
    reduced(&parts, (first, second + x.low * parts.scale * inverse))
}

/// (ln(1 + z) - z)/z² for |z| < 2^-8 with an error below 2^-56: the series to z^6, and that term by the best polynomial of lower degree
/// (Chebyshev's), 1.5 z^4/2^16 - 9/16 z²/2^32 times its coefficient.
#[inline(always)]
fn series(z: f64) -> f64 {
    const SECOND: f64 = -0.25 + 0.125 * (9.0 / 16.0) / 4_294_967_296.0;
    const FOURTH: f64 = -1.0 / 6.0 - 0.125 * 1.5 / 65_536.0;
    let square = z * z;
    let upper = (SECOND + z * 0.2) + square * (FOURTH + z * (1.0 / 7.0));
    -0.5 + (z * (1.0 / 3.0) + square * upper)
}

/// ln(x) from its parts.
#[inline(always)]
fn natural(parts: &Reduced) -> Estimate {
    let (_, high, low) = LOGARITHMS[parts.index];
    let (z, k) = (parts.z, parts.k);
    let square = z * z;
    let whole = k * LN2_HIGH + high; // exact: multiples of 2^-42 below 2^10
    let sum = whole + z;
    let low = ((whole - sum) + z + parts.z_low) + (k * LN2_LOW + low);
    Estimate {
        sum,
        correction: low + square * series(z),
        error: square * ERROR + size(whole) * WHOLE_ERROR,
    }
}

/// Whether `x` is a positive normal number.
#[inline(always)]
pub fn normal(x: f64) -> bool {
    let least = f64::MIN_POSITIVE.to_bits();
    x.to_bits().wrapping_sub(least) < f64::INFINITY.to_bits() - least
}

/// ln(x) of a positive normal number.
#[inline(always)]
pub fn log_estimate(x: f64) -> Estimate {
    natural(&reduced_double(x))
}

/// ln(x), and whether it is certain, which it never is where x is not a positive normal number.
#[inline(always)]
pub fn log(x: f64) -> (f64, bool) {
    let (nearest, certain) = log_estimate(x).nearest();
    (nearest, certain & normal(x))
}

/// ln(1 + x) where 1 + x is a positive normal number.
#[inline(always)]
pub fn log1p_estimate(x: f64) -> Estimate {
    if x > -SMALL && x < SMALL {
        let square = x * x;
        return Estimate {
            sum: x,
            correction: square * series(x),
            error: square * ERROR,
        };
    }
    let estimate = natural(&reduced_sum(DoubleDouble::sum(1.0, x)));
    Estimate {
        error: estimate.error + SUM_ERROR,
        ..estimate
    }
}

/// ln(1 + x), and whether it is certain.
#[inline(always)]
pub fn log1p(x: f64) -> (f64, bool) {
    let (nearest, certain) = log1p_estimate(x).nearest();
    (nearest, certain & normal(1.0 + x))
}

/// The logarithm to base 2 of a positive normal number. z/ln 2 is the exact product of the leading halves, and the rest.
#[inline(always)]
pub fn log2_estimate(x: f64) -> Estimate {
    let parts = reduced_double(x);
    let (high, low) = BINARY_LOGARITHMS[parts.index];
    let z = parts.z;
    let leading = shortened(z, 27);
    let product = leading * INVERSE_LN2_HIGH;
    let rest = leading * INVERSE_LN2_LOW + ((z - leading) + parts.z_low) * INVERSE_LN2.0;
    let whole = parts.k + high; // exact
    let sum = whole + product;
    let square = z * z;
    Estimate {
        sum,
        correction: (((whole - sum) + product) + low + rest) + square * (series(z) * INVERSE_LN2.0),
        error: square * ERROR2 + size(z) * PRODUCT_ERROR + size(whole) * WHOLE_ERROR,
    }
}

/// The logarithm to base 2, and whether it is certain, which it never is where x is not a positive normal number.
#[inline(always)]
pub fn log2(x: f64) -> (f64, bool) {
    let (nearest, certain) = log2_estimate(x).nearest();
    (nearest, certain & normal(x))
}
