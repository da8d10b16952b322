//! x^y = e^(y ln x), with the special cases of C99 (annex F).
//!
//! The first phase takes ln(x) from that of the logarithm and multiplies exactly; the second is a sum of two doubles throughout. What
//! both leave open is looked for among the exact powers, and then decided in 256 bits. The error of the exponent of e is carried
//! along: it is that of the logarithm times |y|.

use super::double_double::{shortened, size, DoubleDouble};
use super::estimate::Estimate;
use super::exact_power::exact_power;
use super::{exp, log, quick_exp, quick_log, wide_functions};

/// 2^-55: an exponent of e below it leaves 1.
const TINY: f64 = f64::from_bits((1023 - 55) << 52);
/// Above the relative error of a logarithm as a sum of two doubles and its product: 2^-71.9.
const LOG_ERROR: f64 = 1.08 * f64::from_bits((1023 - 72) << 52);
/// Above what the lower parts of the product lose, each below 2^-24 of it, in four roundings: 2^-75.
const LOW_ERROR: f64 = f64::from_bits((1023 - 75) << 52);

/// x to the power of y.
#[inline]
pub fn pow(x: f64, y: f64) -> f64 {
    let (nearest, certain) = quick_power(x, y);
    if certain {
        return nearest;
    }
    slow_pow(x, y)
}

/// x^y, and whether it is certain.
#[inline(always)]
fn quick_power(x: f64, y: f64) -> (f64, bool) {
    let (estimate, scale, meant) = power_estimate(x, y);
    let (nearest, certain) = estimate.nearest();
    (nearest * scale, certain & meant)
}

/// x^y as a number near [1, 2] and its scale, and whether they mean anything, which they do not unless x is a positive normal number
/// other than 1, and y ln x between 2^-55 and 707 in size with an error below 2^-49.
#[inline(always)]
pub(super) fn power_estimate(x: f64, y: f64) -> (Estimate, f64, bool) {
    let logarithm = quick_log::log_estimate(x);
    let (log_leading, y_leading) = (shortened(logarithm.sum, 26), shortened(y, 27));
    let product = y_leading * log_leading; // 26 and 27 bits: exact
    let low = y_leading * (logarithm.sum - log_leading) + (y - y_leading) * logarithm.sum;
    let exponent = DoubleDouble::ordered_sum(product, low + logarithm.correction * y);
    let error = size(y) * (logarithm.error + size(logarithm.correction) * f64::EPSILON) + size(product) * LOW_ERROR;
    let (estimate, scale) = quick_exp::exp_of_pair_estimate(exponent.high, exponent.low, error);
    let inside = (size(product) > TINY) & (size(product) < 707.0) & (error < 1e-15);
    (estimate, scale, inside & quick_log::normal(x))
}

#[cold]
fn slow_pow(x: f64, y: f64) -> f64 {
    let positive = size(x);
    if y == 0.0 || x == 1.0 {
        return 1.0;
    }
    if x.is_nan() || y.is_nan() {
        return x + y;
    }
    if x == 0.0 || positive == f64::INFINITY || size(y) == f64::INFINITY {
        return limit(x, y);
    }
    let parity = if x < 0.0 { parity(y) } else { Parity::Even };
    match parity {
        Parity::Even => power(positive, y),
        Parity::Odd => -power(positive, y),
        Parity::Broken => f64::NAN,
    }
}

#[derive(PartialEq)]
enum Parity {
    Even,
    Odd,
    /// Not an integer.
    Broken,
}

/// What a number other than infinity and NaN is as an integer.
fn parity(y: f64) -> Parity {
    let positive = size(y);
    if positive >= 9_007_199_254_740_992.0 {
        return Parity::Even; // from 2^53 on
    }
    let whole = positive as u64;
    if whole as f64 != positive {
        Parity::Broken
    } else if whole & 1 == 1 {
        Parity::Odd
    } else {
        Parity::Even
    }
}

/// The power where one of the two is infinite or x is zero, and none is NaN.
#[cold]
fn limit(x: f64, y: f64) -> f64 {
    if size(y) == f64::INFINITY {
        let grows = (size(x) > 1.0) == (y > 0.0);
        return match (x == -1.0, grows) {
            (true, _) => 1.0,
            (false, true) => f64::INFINITY,
            (false, false) => 0.0,
        };
    }
    let result = if (x == 0.0) == (y < 0.0) { f64::INFINITY } else { 0.0 };
    if x.is_sign_negative() && parity(y) == Parity::Odd {
        return -result;
    }
    result
}

/// The power of a positive finite x and a finite y other than zero.
fn power(x: f64, y: f64) -> f64 {
    if x == 1.0 {
        return 1.0;
    }
    let (nearest, certain) = quick_power(x, y); // open where the base was negative
    if certain {
        return nearest;
    }
    let logarithm = log::log_pair(x);
    let near = logarithm.high * y;
    if size(near) < TINY {
        return 1.0;
    }
    if near >= 710.0 {
        return f64::INFINITY;
    }
    if near <= -746.0 {
        return 0.0;
    }
    let exponent = logarithm.mul(DoubleDouble { high: y, low: 0.0 });
    if let Some(nearest) = exp::exp_of_pair(exponent, size(near) * LOG_ERROR) {
        return nearest;
    }
    if let Some(exact) = exact_power(x, y) {
        return exact;
    }
    wide_functions::pow(x, y, logarithm, exponent.high).to_double()
}
